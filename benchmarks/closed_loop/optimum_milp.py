"""The mixed-integer programme of one window: a binary for each load and minute, solved by HiGHS.

Each load is a flow of 1 through its graph (`optimum_paths`); its binary of a minute lets the flow through the ``on`` or
through the ``off`` arcs. Whole binaries make the flow whole; without them a flow is a mixture of schedules of its load,
which is as tight as a relaxation can be that looks at one load at a time. The filters stay below their limit at every
look of `optimum_window`, the squares above their tangents.

Minimised is what the benchmark calls unserved: rated power × time in which a load asked and was withheld, VAh.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import highspy
import numpy as np

from benchmarks.closed_loop.optimum_anneal import Off
from benchmarks.closed_loop.optimum_paths import followed
from benchmarks.closed_loop.optimum_window import SPACING, Look, Way, Window, square_of

_INF: Final = highspy.kHighsInf

type _Terms = list[tuple[int, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """``bound_vah``: no schedule of the window is below it."""

    off: Off
    unserved_vah: float
    bound_vah: float
    seconds: float


class _Rows:
    """A sparse programme that grows column by column and row by row."""

    def __init__(self) -> None:
        self.cost: list[float] = []
        self.upper: list[float] = []
        self.whole: list[highspy.HighsVarType] = []
        self.row_lower: list[float] = []
        self.row_upper: list[float] = []
        self.starts = [0]
        self.index: list[int] = []
        self.value: list[float] = []

    def column(self, *, cost: float = 0.0, upper: float = _INF, whole: bool = False) -> int:
        self.cost.append(cost)
        self.upper.append(upper)
        self.whole.append(highspy.HighsVarType.kInteger if whole else highspy.HighsVarType.kContinuous)
        return len(self.cost) - 1

    def row(self, terms: Sequence[tuple[int, float]], *, lower: float = -_INF, upper: float = _INF) -> None:
        for column, value in terms:
            self.index.append(column)
            self.value.append(value)
        self.starts.append(len(self.index))
        self.row_lower.append(lower)
        self.row_upper.append(upper)

    def programme(self) -> highspy.HighsLp:
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.cost), len(self.row_lower)
        lp.col_cost_ = np.array(self.cost)
        lp.col_lower_ = np.zeros(len(self.cost))
        lp.col_upper_ = np.array(self.upper)
        lp.row_lower_ = np.array(self.row_lower)
        lp.row_upper_ = np.array(self.row_upper)
        lp.integrality_ = self.whole
        matrix = lp.a_matrix_
        matrix.format_ = highspy.MatrixFormat.kRowwise
        matrix.num_col_, matrix.num_row_ = lp.num_col_, lp.num_row_
        matrix.start_ = np.array(self.starts, dtype=np.int32)
        matrix.index_ = np.array(self.index, dtype=np.int32)
        matrix.value_ = np.array(self.value)
        return lp


def solve(window: Window, start: Off, *, gap: float, seconds: float) -> Solution | None:
    """Find the schedule that withholds least; stop at a relative ``gap`` or after ``seconds``.

    ``start``: a schedule to begin with. Returns None when none was found in which the meter stays closed.
    """
    rows = _Rows()
    drawn: list[list[_Terms]] = [[[] for _ in range(window.minutes)] for _ in window.y]
    switches = [_flow(rows, way, drawn) for way in window.ways]
    for phase, (looks, y, own) in enumerate(zip(window.looks, window.y, drawn, strict=True)):
        _filter(rows, looks, y, own, most=_most_drawn(window, phase), limit=window.limit)
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    # It starts from a good schedule, so that all its effort goes into the bound.
    options = {
        "output_flag": False,
        "threads": 1,
        "mip_rel_gap": gap,
        "time_limit": seconds,
        "mip_heuristic_effort": 0.0,
        "mip_allow_cut_separation_at_nodes": False,
    }
    for option, value in options.items():
        solver.setOptionValue(option, value)
    solver.passModel(rows.programme())
    known = [
        (column, 1.0 - minutes[minute])
        for own, minutes in zip(switches, start, strict=True)
        for minute, column in own.items()
    ]
    solver.setSolution(
        len(known),
        np.array([column for column, _ in known], dtype=np.int32),
        np.array([value for _, value in known], dtype=np.float64),
    )
    solver.run()
    info = solver.getInfo()
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None
    values = solver.getSolution().col_value
    off = []
    for way, binaries in zip(window.ways, switches, strict=True):
        wishes = bytearray(window.minutes)  # where there is nothing to decide a binary means nothing
        for minute, column in binaries.items():
            wishes[minute] = values[column] < 0.5
        off.append(followed(way.paths, wishes))
    return Solution(
        off=off,
        unserved_vah=info.objective_function_value,
        bound_vah=max(0.0, info.mip_dual_bound),
        seconds=solver.getRunTime(),
    )


def _flow(rows: _Rows, way: Way, drawn: Sequence[Sequence[_Terms]]) -> dict[int, int]:
    """Let a load flow through its graph; return the binaries of the minutes in which there is something to decide."""
    switches: dict[int, int] = {}
    arrives: list[_Terms] = [[]]
    for minute, layer in enumerate(way.paths):
        width = 1 + max(arc.to for node in layer for arc in node if arc is not None)
        onward: list[_Terms] = [[] for _ in range(width)]
        ons: _Terms = []
        offs: _Terms = []
        for place, node in enumerate(layer):
            leaves: _Terms = []
            if node.on is not None:
                on = rows.column(upper=1.0)
                leaves.append((on, -1.0))
                onward[node.on.to].append((on, 1.0))
                for phase in way.phases if node.on.share else ():
                    drawn[phase][minute].append((on, way.phase_share * node.on.share))
                if node.off is not None:
                    ons.append((on, 1.0))
            if node.off is not None:
                off = rows.column(cost=way.va * node.off.withheld_s / 3600, upper=1.0)
                leaves.append((off, -1.0))
                onward[node.off.to].append((off, 1.0))
                offs.append((off, 1.0))
            come = 0.0 if minute else -1.0
            rows.row([*arrives[place], *leaves], lower=come, upper=come)
        if offs:
            switch = switches[minute] = rows.column(upper=1.0, whole=True)
            if ons:
                rows.row([*ons, (switch, -1.0)], upper=0.0)
            rows.row([*offs, (switch, 1.0)], upper=1.0)
        arrives = onward
    return switches


def _most_drawn(window: Window, phase: int) -> list[float]:
    """Return what the loads of a phase can draw together at most, minute by minute."""
    ways = [way for way in window.ways if phase in way.phases]
    return [
        sum(way.phase_share * max(node.on.share if node.on else 0.0 for node in way.paths[minute]) for way in ways)
        for minute in range(window.minutes)
    ]


def _filter(
    rows: _Rows, looks: Sequence[Sequence[Look]], y: float, drawn: Sequence[_Terms], *, most: list[float], limit: float
) -> None:
    """Lead the filter of one phase through the window, below its limit.

    ``most``: what its loads draw together at most; a look that even then stays below the limit needs no row.
    """
    state = -1  # at first the state is a number, not a column
    highest = y
    for own, terms, peak in zip(looks, drawn, most, strict=True):
        power, square = rows.column(upper=peak), rows.column()
        rows.row([*terms, (power, -1.0)], lower=0.0, upper=0.0)
        for step in range(round(peak / SPACING) + 1):
            at = step * SPACING
            rows.row([(square, 1.0), (power, -2 * at)], lower=SPACING**2 / 4 - at * at)
        after = rows.column(upper=limit)
        for look in own:
            come = [(square, look.square), (power, look.linear)]
            fixed = look.fixed
            if state < 0:
                fixed += look.decay * y
            else:
                come.append((state, look.decay))
            worst = look.decay * highest + look.square * square_of(peak) + look.linear * peak + look.fixed
            if look is own[-1]:
                rows.row([*come, (after, -1.0)], lower=-fixed, upper=-fixed)
                highest = min(worst, limit)
            elif worst > limit:
                rows.row(come, upper=limit - fixed)
        state = after
