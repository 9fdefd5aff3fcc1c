"""A good schedule of a window to start the solver from, by simulated annealing over single minutes of single loads.

It looks at the very constraints of `optimum_milp`. What it finds is no more than a start: the solver betters it and
proves how far from the best it is. Its value also bounds how long each load can wait in a better schedule, which keeps
the graphs of the loads small.
"""

from collections.abc import Sequence
import math
import random
from typing import Final

from benchmarks.closed_loop.optimum_paths import followed
from benchmarks.closed_loop.optimum_window import Window, square_of

_EXCESS_VAH: Final = 3000.0
"""What one unit of the filter above its limit costs in a minute."""
_CROWDED_VAH: Final = 100.0
"""What each minute above it costs: more than to withhold a load for its minimum time."""
_HOT_VAH: Final = 12.0
_COLD_VAH: Final = 0.3

type Off = list[bytearray]
"""By load, a 1 for each minute in which its plug is off."""


class _State:
    """A schedule with its consequences, which are worked out again from the first minute that changed."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._minutes = window.minutes
        loads, phases = range(len(window.ways)), range(len(window.looks))
        self.off: Off = [bytearray(self._minutes) for _ in loads]
        self._node = [[0] + [-1] * (self._minutes - 1) for _ in loads]
        self._draws = [[0.0] * self._minutes for _ in loads]
        self._costs = [[0.0] * self._minutes for _ in loads]
        self._power = [[0.0] * self._minutes for _ in phases]
        self._y = [[y] * (self._minutes + 1) for y in window.y]
        self._excess = [[0.0] * self._minutes for _ in phases]
        for load in loads:
            self._walk(load, 0, 0)
        for phase in phases:
            self._pass(phase, 0)

    @property
    def unserved_vah(self) -> float:
        return math.fsum(map(math.fsum, self._costs))

    @property
    def worth(self) -> float:
        above = [value for excess in self._excess for value in excess if value]
        return self.unserved_vah + _EXCESS_VAH * sum(above) + _CROWDED_VAH * len(above)

    def withheld(self, load: int) -> list[int]:
        """Minutes in which a load asks and is withheld because that was wished."""
        off = self.off[load]
        return [minute for minute, cost in enumerate(self._costs[load]) if cost and off[minute]]

    def drawing(self, load: int) -> list[int]:
        """Minutes in which it draws."""
        return [minute for minute, draw in enumerate(self._draws[load]) if draw]

    def crowded(self) -> list[int]:
        """Minutes after which a filter is above its limit."""
        return [minute for excess in self._excess for minute, value in enumerate(excess) if value]

    def followed(self) -> Off:
        """Return the minutes in which each plug is off."""
        return [followed(way.paths, wishes) for way, wishes in zip(self._window.ways, self.off, strict=True)]

    def set(self, changes: Sequence[tuple[int, int, int]]) -> None:
        """Withhold (1) or not (0): (load, minute, value)."""
        spans: dict[int, tuple[int, int]] = {}
        for load, minute, value in changes:
            self.off[load][minute] = value
            begins, ends = spans.get(load, (minute, minute))
            spans[load] = min(minute, begins), max(minute, ends)
        touched: dict[int, int] = {}
        for load, (minute, last) in spans.items():
            self._walk(load, minute, last)
            for phase in self._window.ways[load].phases:
                touched[phase] = min(minute, touched.get(phase, minute))
        for phase, minute in touched.items():
            self._pass(phase, minute)

    def _walk(self, load: int, minute: int, last: int) -> None:
        """Follow a load through its graph; the changes lie between two minutes."""
        way, off = self._window.ways[load], self.off[load]
        nodes, draws, costs = self._node[load], self._draws[load], self._costs[load]
        share, va, powers = way.phase_share, way.va / 3600, [self._power[phase] for phase in way.phases]
        place = nodes[minute]
        for now in range(minute, self._minutes):
            if now > last and nodes[now] == place:
                return  # it has met its old path again
            nodes[now] = place
            node = way.paths[now][place]
            arc = node.off if node.on is None or (node.off is not None and off[now]) else node.on
            assert arc is not None
            draw, cost, place = share * arc.share, va * arc.withheld_s, arc.to
            if draw != draws[now]:
                for power in powers:
                    power[now] += draw - draws[now]
                draws[now] = draw
            costs[now] = cost

    def _pass(self, phase: int, minute: int) -> None:
        """Lead a filter on."""
        looks, power, states, excess = (
            self._window.looks[phase],
            self._power[phase],
            self._y[phase],
            self._excess[phase],
        )
        limit, y = self._window.limit, states[minute]
        for now in range(minute, self._minutes):
            states[now] = y
            drawn = power[now]
            square = square_of(drawn)
            highest = after = 0.0
            for look in looks[now]:
                after = look.decay * y + look.square * square + look.linear * drawn + look.fixed
                highest = max(highest, after)
            y = after
            excess[now] = max(0.0, highest - limit)


def anneal(window: Window, *, rounds: int, seed: int) -> tuple[Off, float] | None:
    """Return a schedule and its unserved energy, VAh; None when none was found in which the meter stays closed."""
    rng = random.Random(f"anneal {seed}")
    state = _State(window)
    worth = state.worth
    best: tuple[Off, float] | None = None
    for number in range(rounds):
        if worth == 0:
            break
        heat = _HOT_VAH * (_COLD_VAH / _HOT_VAH) ** (number / rounds)
        changes = _draw(state, rng, len(window.ways), window.minutes)
        before = [(load, minute, state.off[load][minute]) for load, minute, _ in changes]
        state.set(changes)
        after = state.worth
        if after > worth and rng.random() >= math.exp((worth - after) / heat):
            state.set(before)
            continue
        worth = after
        if (best is None or worth < best[1] - 1e-6) and not state.crowded():
            best = (state.followed(), worth)
    return (state.followed(), 0.0) if worth == 0 else best


def _draw(state: _State, rng: random.Random, loads: int, minutes: int) -> list[tuple[int, int, int]]:
    """Draw a change: withhold a minute, give one back, move one, hand one to another load."""
    load, kind = rng.randrange(loads), rng.random()
    withheld = state.withheld(load)
    if kind < 0.3 or not withheld:
        crowded = state.crowded()
        drawing = state.drawing(load)
        if not drawing:
            return []
        if crowded and rng.random() < 0.7:
            until = rng.choice(crowded)
            drawing = [minute for minute in drawing if until - 4 <= minute <= until] or drawing
        return [(load, rng.choice(drawing), 1)]
    taken = rng.choice(withheld)
    if kind < 0.5:
        return [(load, taken, 0)]
    if kind < 0.75:
        to = min(minutes - 1, max(0, taken + rng.choice((-8, -4, -3, -2, -1, 1, 2, 3, 4, 8))))
        return [(load, taken, 0), (load, to, 1)]
    other = rng.randrange(loads)
    to = min(minutes - 1, max(0, taken + rng.randint(-2, 2)))
    return [(load, taken, 0), (other, to, 1)]
