"""Cascado-cyclic offloading by the rule of Remora, then down the list: reference-systems.md §4.4.

The heaters of rooms take turns; the other loads follow hierarchically once no heater is left.
"""

import math
from typing import Final, Self, override

from benchmarks.closed_loop.controller import Controller, HouseFacts, Order, Orders, Sample
from benchmarks.closed_loop.rules.wiring import Line, Plugs, Wired, first_drawing, lines_of

CUT_SHARE: Final = 0.9  # §4.4, trigger
RETURN_SHARE: Final = 0.8  # §4.4, return condition
AFTER_CUT_S: Final = 5.0  # §4.4, rate of cuts
AFTER_CHANGE_S: Final = 180.0  # §4.4, return condition and rotation


class Turntable:
    """One cyclic group and the rest behind it, on one line.

    The group is first in, first out. The rest is cut after it and returns before it, up the list.
    """

    def __init__(self, line: Line, plugs: Plugs) -> None:
        self.line = line
        self._plugs = plugs
        self._group = [load for load in line.loads if load.facts.has_room]
        self._rest = [load for load in line.loads if not load.facts.has_room]
        self._turned: list[Wired] = []
        self._stacked: list[Wired] = []
        self._next = 0
        self._changed_at = -math.inf

    def read(self, power_va: float, now: float) -> list[Order]:
        """Cut one, return one, or pass the turn on."""
        calm_s = now - self._changed_at
        if power_va > CUT_SHARE * self.line.limit_va:
            orders = self._cut() if calm_s >= AFTER_CUT_S else []
        elif calm_s < AFTER_CHANGE_S:
            orders = []
        elif power_va < RETURN_SHARE * self.line.limit_va:
            orders = self._return()
        else:
            orders = self._rotate()
        if orders:
            self._changed_at = now
        return orders

    def _cut(self) -> list[Order]:
        if (load := self._take_turn()) is None:
            load = first_drawing(self._rest, self._plugs)
            if load is None:
                return []
            self._stacked.append(load)
        return [self._plugs.order(load.load_id, on=False)]

    def _return(self) -> list[Order]:
        if self._stacked:
            return [self._plugs.order(self._stacked.pop().load_id, on=True)]
        return [self._plugs.order(self._turned.pop(0).load_id, on=True)] if self._turned else []

    def _rotate(self) -> list[Order]:
        if not self._turned or (load := self._take_turn()) is None:
            return []
        oldest = self._turned.pop(0)
        return [self._plugs.order(load.load_id, on=False), self._plugs.order(oldest.load_id, on=True)]

    def _take_turn(self) -> Wired | None:
        """Put the next of the group after the newest cut on the list, and return it."""
        order = self._group[self._next :] + self._group[: self._next]
        load = first_drawing(order, self._plugs)
        if load is not None:
            self._turned.append(load)
            self._next = (self._group.index(load) + 1) % len(self._group)
        return load


class JeedomCyclic(Controller):
    """A `Turntable` a line."""

    name = "jeedom cascado-cyclic"

    def __init__(self, facts: HouseFacts) -> None:
        super().__init__(facts)
        self._plugs = Plugs()
        self._tables = [Turntable(line, self._plugs) for line in lines_of(facts)]

    @override
    def sample(self, sample: Sample, now: float) -> Orders:
        """Let every line look at its power."""
        orders: list[Order] = []
        for table in self._tables:
            orders += table.read(table.line.power_va(sample), now)
        return orders

    @override
    def plug(self, load_id: str, on: bool | None, power_va: float | None, now: float) -> Orders:
        """Note what a plug tells."""
        return self._plugs.note(load_id, on, power_va)

    @override
    def restart(self, now: float) -> Self:
        """The turn is kept."""
        return self
