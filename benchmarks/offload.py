"""Offloading in closed loop: our engine, the rules of others and no rule at all in the same seeded households.

Each run lives through a household second by second behind a meter that opens by the exact rule (54E §7). What every
column means is told where it is made: `benchmarks/closed_loop/score.py`. Unless told otherwise the runs last one day,
the meter speaks every 1.5 s, and figures are summed over 20 seeds.
"""

from argparse import Namespace
from collections.abc import Sequence
import math
import os
from statistics import mean
from typing import Final

from benchmarks.closed_loop.conditions import Conditions
from benchmarks.closed_loop.cost import sample_costs_us
from benchmarks.closed_loop.figures import KEYS, Figure, by_entrant, figures_of
from benchmarks.closed_loop.plan import EXACT, plan
from benchmarks.closed_loop.runner import Result, run_all
from benchmarks.report import arguments, print_figures, print_table

COST_SIZES: Final = ((10, 4000), (100, 2000), (500, 1200))
"""Loads of a house, and samples to measure with them."""


def main() -> None:
    """Run what the command line asks for and print it."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--seeds", type=int, help="run the first N of the 20 seeds")
    parser.add_argument("--stress-seeds", type=int, help="run the first N of the stress days")
    parser.add_argument("--hours", type=float, default=24.0, help="hours of each run")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--full", action="store_true", help="every strategy, profile, pace, trouble and odd meter")
    options = parser.parse_args()
    print_figures(run(options), as_json=options.json)


def run(options: Namespace) -> dict[str, Figure]:
    """Run the benchmark, print its tables and return its figures."""
    runs = plan(seeds=options.seeds, stress_seeds=options.stress_seeds, days=options.hours / 24, full=options.full)
    plain = list(run_all(runs.plain, jobs=options.jobs))
    print(f"Days of {options.hours:g} h, one sample every {EXACT.cadence_s:g} s, summed over the seeds")
    print_results(plain)
    trials = list(run_all(runs.trials, jobs=options.jobs))
    if trials:
        print("\nStress days: avoidable + unavoidable trips")
        print_trips(trials)
    weeks = list(run_all(runs.weeks, jobs=options.jobs))
    figures: dict[str, Figure] = dict.fromkeys(KEYS)
    return figures | figures_of(plain, trials, weeks) | print_costs()


# Tables --------------------------------------------------------------------------------------------------------------


def print_results(results: Sequence[Result]) -> None:
    """Print what each entrant made of the same houses."""
    rows = []
    for entrant, own in by_entrant(results).items():
        scores = [result.score for result in own]
        days = sum(score.days for score in scores)
        samples = sum(result.samples for result in own)
        cost_s = sum(result.cost_s for result in own)
        # Whoever promises no delay keeps none.
        episodes = sum(score.episodes for score in scores) if math.isfinite(entrant.delay_s) else 0
        rows.append(
            (
                entrant.label,
                sum(score.trips for score in scores),
                sum(score.avoidable for score in scores),
                f"{sum(score.over_s for score in scores) / 60:.0f}",
                _percent(sum(score.episodes - score.late for score in scores), episodes),
                f"{sum(score.unserved_vah for score in scores) / 1000:.1f}",
                f"{sum(score.degree_hours for score in scores):.1f}",
                f"{max(score.worst_room_kh for score in scores):.1f}",
                f"{sum(score.switches for score in scores) / days:.1f}",
                max(score.most_switches for score in scores),
                _percent(sum(score.relapses for score in scores), sum(score.returns for score in scores)),
                _seconds(_quantile([wait for score in scores for wait in score.waits_s], 0.95)),
                sum(score.still_off for score in scores),
                f"{cost_s / days:.2f}",
                f"{1e6 * cost_s / samples:.0f}" if samples else "-",
            )
        )
    headings = (
        "entrant",
        "trips",
        "avoidable",
        "min > contract",
        "in time",
        "unserved kVAh",
        "K·h",
        "worst room",
        "switches/day",
        "most/load",
        "relapses",
        "room→return p95",
        "off at end",
        "s/day",
        "µs/sample",
    )
    print_table(headings, rows)


def print_trips(results: Sequence[Result]) -> None:
    """Print the trips of each entrant by pace and trouble, and the runs in which they happened."""
    conditions = list(dict.fromkeys(result.run.conditions for result in results))
    rows = []
    for entrant, own in by_entrant(results).items():
        cells = []
        for condition in conditions:
            scores = [result.score for result in own if result.run.conditions == condition]
            avoidable, rest = sum(score.avoidable for score in scores), sum(score.unavoidable for score in scores)
            cells.append(f"{avoidable}+{rest}")
        rows.append((entrant.label, *cells))
    print_table(("entrant", *(name_of(condition) for condition in conditions)), rows)


def name_of(conditions: Conditions) -> str:
    """Name conditions in a heading: their pace and what differs from the published meter."""
    words = [f"{conditions.cadence_s:g} s"]
    if conditions.loss:
        words.append("troubled")
    if conditions.trip_limit != EXACT.trip_limit:
        words.append(f"limit {conditions.trip_limit:g}")
    if conditions.b_factor != EXACT.b_factor:
        words.append(f"B {conditions.b_factor - 1:+.0%}")
    if conditions.share_error != EXACT.share_error:
        words.append(f"P {conditions.share_error:+.0%}")
    return " ".join(words)


def print_costs() -> dict[str, Figure]:
    """Measure and print what one sample costs by the number of loads."""
    figures: dict[str, Figure] = {}
    rows = []
    for loads, samples in COST_SIZES:
        costs = sample_costs_us(loads, samples=samples)
        rows.append((loads, f"{mean(costs):.0f}", f"{_quantile(costs, 0.999):.0f}"))
        figures[f"sample_us_{loads}"] = round(mean(costs), 1)
    print()
    print_table(("loads", "µs a sample", "99.9 %"), rows)
    return {key: value for key, value in figures.items() if key in KEYS}


def _percent(part: float, whole: float) -> str:
    return f"{part / whole:.1%}" if whole else "-"


def _quantile(values: Sequence[float], share: float) -> float | None:
    """Return the value that ``share`` of them do not exceed (nearest rank); None for no values."""
    if not values:
        return None
    return sorted(values)[math.ceil(share * len(values)) - 1]


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f} s"


if __name__ == "__main__":
    main()
