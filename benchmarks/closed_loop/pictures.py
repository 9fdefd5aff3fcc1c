"""The pictures of the page: ours beside the rules, the stress grid, and how the cost of a sample grows."""

from collections.abc import Callable, Sequence
import math
from typing import Final

from benchmarks.closed_loop.cost import SampleCost
from benchmarks.closed_loop.figures import Outcome, total
from benchmarks.closed_loop.ours import Ours
from benchmarks.closed_loop.plan import CADENCES_S, IN_CONTRACT, LEAST_HARM
from benchmarks.closed_loop.runner import Entrant, Result
from benchmarks.closed_loop.score import Score
from benchmarks.closed_loop.svg import Ink, Sheet
from benchmarks.closed_loop.tables import TROUBLES, Cell

_ROW: Final = 24.0
_GOALS_US: Final = ((10, 100.0), (500, 2000.0))

_COLUMNS: Final[tuple[tuple[str, Callable[[Score], float], float], ...]] = (
    ("trips", lambda one: one.trips, 1),
    ("unserved, kVAh", lambda one: one.unserved_vah, 1000),
    ("discomfort, K·h", lambda one: one.degree_hours, 1),
    ("worst rooms, K·h", lambda one: one.worst_room_kh, 1),
    ("switches", lambda one: one.switches, 1),
    ("h above contract", lambda one: one.over_s, 3600),
)


def comparison(outcome: Outcome) -> str:
    """Draw ours and each rule, row by row, with a bar in each column; all bars begin at 0."""
    rules = sorted(outcome.rules.items(), key=lambda item: total(item[1], lambda one: one.unserved_vah) or 0.0)
    own = [(entrant, outcome.of(entrant)) for entrant in (LEAST_HARM, IN_CONTRACT)]
    rows: list[tuple[Entrant, Sequence[Result]]] = [(entrant, runs) for entrant, runs in (*own, *rules) if runs]
    days = max((len(runs) for _, runs in rows), default=0)
    left, width, top = 216.0, 138.0, 84.0
    sheet = Sheet(
        left + width * len(_COLUMNS) + 20,
        top + _ROW * len(rows) + 20,
        "The same houses under our engine and under the rules of others",
        f"Sums over {days} one-day houses, one sample every 1.5 s; shorter is better. The meter opening is a trip.",
    )
    for column, (heading, figure, scale) in enumerate(_COLUMNS):
        x = left + column * width
        sheet.text(x, top - 10, heading, "faint")
        values = [(total(runs, figure) or 0.0) / scale for _, runs in rows]
        longest = max(values, default=0.0) or 1.0
        for place, value in enumerate(values):
            y = top + place * _ROW
            length = (width - 62) * value / longest
            sheet.box(x, y + 4, max(1.0, length), _ROW - 8, "ours" if rows[place][0].strategy else "rule")
            sheet.text(x + max(1.0, length) + 5, y + 17, _figure(value))
    for place, (entrant, _) in enumerate(rows):
        y = top + place * _ROW + 17
        sheet.text(20, y, entrant.label, "strong" if entrant.strategy else "")
    return sheet.render()


def stress(grid: dict[str, dict[str, Cell]]) -> str:
    """Draw the avoidable trips of each strategy and profile by trouble and pace."""
    left, width, top = 186.0, 74.0, 104.0
    columns = len(TROUBLES) * len(CADENCES_S)
    runs = sum(cell.runs for cells in grid.values() for cell in cells.values())
    sheet = Sheet(
        left + width * columns + 20,
        top + _ROW * len(grid) + 20,
        "Stress days: avoidable trips",
        f"Each cell: avoidable trips, and in how many days. {runs} days in all; a cell without any is pale.",
    )
    for place, name in enumerate(TROUBLES):
        x = left + place * len(CADENCES_S) * width
        sheet.text(x + len(CADENCES_S) * width / 2, top - 28, name, "strong", "middle")
        for column, cadence in enumerate(CADENCES_S):
            sheet.text(x + (column + 0.5) * width, top - 10, f"{cadence:g} s", "faint", "middle")
    for row, (label, cells) in enumerate(grid.items()):
        y = top + row * _ROW
        sheet.text(20, y + 16, label.removeprefix(f"{Ours.name} "))
        for column, (name, cell) in enumerate(cells.items()):
            x = left + column * width
            ink: Ink = "bad" if cell.avoidable else "good" if cell.runs else "none"
            sheet.box(x + 1, y + 1, width - 2, _ROW - 2, ink, f"{label}, {name}: {cell}")
            words = f"{cell.avoidable} in {cell.runs}" if cell.runs else "–"
            sheet.text(x + width / 2, y + 16, words, "on-bad" if cell.avoidable else "", "middle")
    return sheet.render()


def cost(costs: Sequence[SampleCost]) -> str:
    """Draw how the cost of a sample grows with the loads, both on logarithmic scales."""
    left, right, top, bottom, width, height = 110.0, 140.0, 80.0, 50.0, 760.0, 420.0
    sheet = Sheet(
        width,
        height,
        "What one sample costs",
        "Microseconds of one core by the number of loads, decisions included; both scales are logarithmic.",
    )
    most = max(10_000.0, *(cost.p999_us for cost in costs)) if costs else 10_000.0
    decades = math.ceil(math.log10(most))

    def x_of(loads: float) -> float:
        return left + (width - left - right) * math.log10(loads / 10) / math.log10(50)

    def y_of(microseconds: float) -> float:
        share = (math.log10(max(10.0, microseconds)) - 1) / (decades - 1)
        return height - bottom - (height - bottom - top) * share

    for decade in range(1, decades + 1):
        y = y_of(10.0**decade)
        sheet.line(left, y, width - right, y)
        sheet.text(left - 8, y + 4, f"{10**decade:,} µs".replace(",", "\N{NO-BREAK SPACE}"), "faint", "end")
    for loads, goal_us in _GOALS_US:
        x, y = x_of(loads), y_of(goal_us)
        sheet.line(x - 18, y, x + 18, y, "goal")
        sheet.text(x + 4, y + 18, f"goal: {goal_us:g}", "faint")
    for measured in costs:
        sheet.text(x_of(measured.loads), height - bottom + 20, str(measured.loads), "faint", "middle")
    sheet.text((left + width - right) / 2, height - 10, "loads", "faint", "middle")
    if costs:
        last = costs[-1]
        sheet.curve([(x_of(one.loads), y_of(one.p999_us)) for one in costs], "rule")
        sheet.curve([(x_of(one.loads), y_of(one.mean_us)) for one in costs], "ours")
        sheet.text(x_of(last.loads) + 12, y_of(last.p999_us) + 4, f"99.9 %: {last.p999_us:.0f}")
        sheet.text(x_of(last.loads) + 12, y_of(last.mean_us) + 4, f"mean: {last.mean_us:.0f}", "strong")
    return sheet.render()


def _figure(value: float) -> str:
    return f"{value:.1f}" if value < 10 and value != int(value) else f"{value:.0f}"
