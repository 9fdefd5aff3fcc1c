"""Offloading in closed loop: our engine, the rules of others and no rule at all in the same seeded households.

Each run lives through a household second by second behind a meter that opens by the exact rule (54E §7). What every
column means is told where it is made: `benchmarks/closed_loop/score.py`. Unless told otherwise the runs last one day,
the meter speaks every 1.5 s, and figures are summed over 20 seeds.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
import os
from typing import Final

from benchmarks.closed_loop import page, tables
from benchmarks.closed_loop.cost import SIZES, measure
from benchmarks.closed_loop.figures import Outcome, figures_of
from benchmarks.closed_loop.goals import goals_of
from benchmarks.closed_loop.optimum import optimum
from benchmarks.closed_loop.plan import EXACT, plan
from benchmarks.closed_loop.progress import Progress
from benchmarks.closed_loop.runner import run_all
from benchmarks.report import arguments, print_figures, print_table

DAY_HOURS: Final = 24.0


def main() -> None:
    """Run what the command line asks for, print it, and write the page when it is asked for."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--seeds", type=int, help="run the first N of the 20 seeds")
    parser.add_argument("--stress-seeds", type=int, help="run the first N of the stress days")
    parser.add_argument("--hours", type=float, default=DAY_HOURS, help="hours of each run")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--full", action="store_true", help="every strategy, profile, pace, trouble and odd meter")
    parser.add_argument("--report", action="store_true", help=f"write {page.PAGE.name} and its pictures from this run")
    options = parser.parse_args()
    _refuse_a_partial_report(parser, options)
    outcome = run(options)
    print_outcome(outcome)
    if options.report:
        page.write(outcome, full=options.full)
    print_figures(figures_of(outcome), as_json=options.json)


def run(options: Namespace, sizes: Sequence[tuple[int, int]] = SIZES) -> Outcome:
    """Run the benchmark. ``sizes``: loads, and samples with them, to measure the cost of a sample with."""
    # Asked for first: a stored optimum of other houses must be known before the long runs.
    optimum_vah = optimum() if options.hours == DAY_HOURS else {}
    runs = plan(
        seeds=options.seeds, stress_seeds=options.stress_seeds, days=options.hours / DAY_HOURS, full=options.full
    )
    results = run_all([*runs.plain, *runs.trials, *runs.weeks], jobs=options.jobs, progress=Progress())
    trials_from, weeks_from = len(runs.plain), len(runs.plain) + len(runs.trials)
    return Outcome(
        plain=results[:trials_from],
        trials=results[trials_from:weeks_from],
        weeks=results[weeks_from:],
        costs=[measure(loads, samples=samples) for loads, samples in sizes],
        optimum_vah=optimum_vah,
    )


def print_outcome(outcome: Outcome) -> None:
    """Print all tables."""
    print(f"Plain days, one sample every {EXACT.cadence_s:g} s, summed over the seeds")
    print_table(*tables.compared(outcome.plain))
    for heading, table in (
        ("Stress days: avoidable + unavoidable trips of runs", tables.stress(outcome.trials)),
        ("Runs of ours in which the meter opened", tables.tripped(outcome.guarded)),
        ("Unserved energy beside hindsight", tables.optimum(outcome)),
        ("Weeks of cascade-cyclic", tables.weeks(outcome.weeks)),
        ("What a sample costs", tables.costs(outcome.costs)),
    ):
        if table.rows:
            print(f"\n{heading}")
            print_table(*table)
    print("\nGoals")
    print_table(
        ("case", "goal", "measured", ""),
        [(goal.case, goal.goal, goal.measured, goal.verdict) for goal in goals_of(outcome)],
    )


def _refuse_a_partial_report(parser: ArgumentParser, options: Namespace) -> None:
    partial = options.seeds is not None or options.stress_seeds is not None or options.hours != DAY_HOURS
    if options.report and partial:
        parser.error("the page is only written from whole days of all seeds")


if __name__ == "__main__":
    main()
