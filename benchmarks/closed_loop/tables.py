"""The tables of the benchmark, for the terminal and for the page."""

from collections.abc import Sequence
from dataclasses import replace
import math
from typing import Final, NamedTuple, override

from benchmarks.closed_loop.conditions import Conditions
from benchmarks.closed_loop.cost import SampleCost
from benchmarks.closed_loop.figures import Outcome, by_entrant
from benchmarks.closed_loop.plan import CADENCES_S, EXACT, LEAST_HARM, ODD_METERS, TROUBLED
from benchmarks.closed_loop.runner import Result
from benchmarks.closed_loop.score import jain
from benchmarks.closed_loop.waits import Delay


class Table(NamedTuple):
    """Headings, and rows whose first column names them."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Cell(NamedTuple):
    """The stress days of one entrant at one pace in one kind of trouble."""

    runs: int
    avoidable: int
    unavoidable: int

    @override
    def __str__(self) -> str:
        return f"{self.avoidable}+{self.unavoidable} of {self.runs}" if self.runs else "-"


TROUBLES: Final[dict[str, tuple[Conditions, ...]]] = {
    "exact": (EXACT,),
    "troubled": (TROUBLED,),
    "odd meter": ODD_METERS,
}
"""The kinds of stress days: a plain one, one with every trouble at once, and one with a meter unlike the published."""


def compared(results: Sequence[Result]) -> Table:
    """What each entrant made of the same houses."""
    headings = (
        "entrant",
        "trips",
        "avoidable",
        "min > contract",
        "in time",
        "unserved kVAh",
        "K·h",
        "worst rooms K·h",
        "switches/day",
        "most/load",
        "relapses",
        "room→return p95",
        "delays aside",
        "off at end",
    )
    rows = []
    for entrant, own in by_entrant(results).items():
        scores = [result.score for result in own]
        days = sum(score.days for score in scores)
        # Whoever promises no delay keeps none.
        episodes = sum(score.episodes for score in scores) if math.isfinite(entrant.delay_s) else 0
        rows.append(
            (
                entrant.label,
                str(sum(score.trips for score in scores)),
                str(sum(score.avoidable for score in scores)),
                f"{sum(score.over_s for score in scores) / 60:.0f}",
                percent(sum(score.episodes - score.late for score in scores), episodes),
                f"{sum(score.unserved_vah for score in scores) / 1000:.1f}",
                f"{sum(score.degree_hours for score in scores):.1f}",
                f"{sum(score.worst_room_kh for score in scores):.1f}",
                f"{sum(score.switches for score in scores) / days:.1f}",
                str(max(score.most_switches for score in scores)),
                percent(sum(score.relapses for score in scores), sum(score.returns for score in scores)),
                seconds(quantile([wait.seconds for score in scores for wait in score.waits], 0.95)),
                seconds(quantile([wait.idle_s for score in scores for wait in score.waits], 0.95)),
                str(sum(score.still_off for score in scores)),
            )
        )
    return Table(headings, tuple(rows))


def stress_grid(trials: Sequence[Result]) -> dict[str, dict[str, Cell]]:
    """Return the trips by entrant, then by pace and kind of trouble."""
    return {
        entrant.label: {
            f"{cadence:g} s {name}": _cell(
                [
                    result
                    for result in own
                    if result.run.conditions.cadence_s == cadence
                    and any(_alike(result.run.conditions, one) for one in kinds)
                ]
            )
            for name, kinds in TROUBLES.items()
            for cadence in CADENCES_S
        }
        for entrant, own in by_entrant(trials).items()
    }


def stress(trials: Sequence[Result]) -> Table:
    """The stress days: avoidable + unavoidable trips."""
    grid = stress_grid(trials)
    headings = next((tuple(cells) for cells in grid.values()), ())
    return Table(
        ("entrant", *headings), tuple((label, *(str(cell) for cell in cells.values())) for label, cells in grid.items())
    )


def trouble_of(conditions: Conditions) -> str:
    """Name what differs from a plain day at the published meter: for the list of what tripped."""
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


def tripped(results: Sequence[Result]) -> Table:
    """Every run of ours in which the meter opened."""
    return Table(
        ("entrant", "seed", "conditions", "avoidable", "unavoidable"),
        tuple(
            (
                result.run.entrant.label,
                str(result.run.seed),
                trouble_of(result.run.conditions),
                str(result.score.avoidable),
                str(result.score.unavoidable),
            )
            for result in results
            if result.score.trips
        ),
    )


def optimum(outcome: Outcome) -> Table:
    """The judged days beside the least that hindsight leaves unserved."""
    days = {result.run.seed: result.score for result in outcome.of(LEAST_HARM)}
    rows = [
        (seed, days[seed].unserved_vah, least_vah) for seed, least_vah in outcome.optimum_vah.items() if seed in days
    ]
    return Table(
        ("seed", "ours VAh", "optimum VAh", "×"),
        tuple((str(seed), f"{own:.0f}", f"{least:.0f}", _times(own, least)) for seed, own, least in rows),
    )


def delays(results: Sequence[Result]) -> Table:
    """What returns waited for though there was room, by who decided: how many of them, and how long altogether."""
    rows = []
    for entrant, own in by_entrant(results).items():
        waits = [wait for result in own for wait in result.score.waits]
        cells = []
        for delay in Delay:
            delayed = [wait.aside_s[delay] for wait in waits if delay in wait.aside_s]
            cells.append(f"{len(delayed)}, {sum(delayed):.0f} s" if delayed else "-")
        rows.append((entrant.label, str(len(waits)), *cells, f"{sum(wait.idle_s for wait in waits):.0f} s"))
    return Table(("entrant", "returns", *(str(delay) for delay in Delay), "nothing"), tuple(rows))


def weeks(results: Sequence[Result]) -> Table:
    """How evenly each week of cascade-cyclic was shared."""
    return Table(
        ("seed", "phase", "withheld ÷ demanded, load by load", "Jain"),
        tuple(
            (
                str(result.run.seed),
                str(phase + 1),
                " ".join(f"{share:.1%}" for share in sorted(shares.values())),
                "-" if (index := jain(list(shares.values()))) is None else f"{index:.3f}",
            )
            for result in results
            for phase, shares in result.score.withheld.items()
        ),
    )


def costs(measured: Sequence[SampleCost]) -> Table:
    """What a sample costs by the number of loads."""
    return Table(
        ("loads", "µs a sample", "99.9 %"),
        tuple((str(cost.loads), f"{cost.mean_us:.0f}", f"{cost.p999_us:.0f}") for cost in measured),
    )


def percent(part: float, whole: float) -> str:
    """Return a share for a reader."""
    return f"{part / whole:.1%}" if whole else "-"


def quantile(values: Sequence[float], share: float) -> float | None:
    """Return the value that ``share`` of them do not exceed (nearest rank); None for no values."""
    if not values:
        return None
    return sorted(values)[math.ceil(share * len(values)) - 1]


def seconds(value: float | None) -> str:
    """Return a time for a reader."""
    return "-" if value is None else f"{value:.0f} s"


def _cell(results: Sequence[Result]) -> Cell:
    return Cell(
        len(results),
        sum(result.score.avoidable for result in results),
        sum(result.score.unavoidable for result in results),
    )


def _alike(conditions: Conditions, kind: Conditions) -> bool:
    """Tell whether conditions are of a kind, whatever their pace."""
    return replace(conditions, cadence_s=kind.cadence_s) == kind


def _times(part: float, whole: float) -> str:
    return f"{part / whole:.2f}" if whole else "-"
