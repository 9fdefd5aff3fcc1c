"""The hierarchical mode of the Jeedom offload plugin, with known powers: reference-systems.md §4.3, §4.5."""

from dataclasses import dataclass
import math
from typing import Final, Self, override

from benchmarks.closed_loop.controller import Controller, HouseFacts, Order, Orders, Sample
from benchmarks.closed_loop.rules.wiring import Line, Plugs, Wired, first_drawing, lines_of

BETWEEN_READINGS_S: Final = 10.0  # §4.1, minimum delay between readings
BEFORE_RETURN_S: Final = 300.0  # §4.1, delay before reactivation


@dataclass(frozen=True, slots=True)
class Cut:
    """A load that was cut, when, and the VA a phase that it drew then."""

    load: Wired
    at: float
    va: float


class Equipment:
    """One offload equipment of the plugin, on one line."""

    def __init__(self, line: Line, plugs: Plugs) -> None:
        self.line = line
        self._plugs = plugs
        self._cuts: list[Cut] = []

    def read(self, power_va: float, now: float) -> list[Order]:
        """Cut as many as it takes (§4.5.3), or return the last one that was cut if it fits (§4.5.4)."""
        limit_va = self.line.limit_va
        orders: list[Order] = []
        while power_va > limit_va:
            load = first_drawing(self.line.loads, self._plugs)
            if load is None:
                return orders
            self._cuts.append(Cut(load, now, self._plugs.known_va(load)))
            power_va -= self._cuts[-1].va
            orders.append(self._plugs.order(load.load_id, on=False))
        if not orders and self._cuts:
            last = self._cuts[-1]
            if now - last.at >= BEFORE_RETURN_S and power_va + last.va <= limit_va:
                self._cuts.pop()
                orders.append(self._plugs.order(last.load.load_id, on=True))
        return orders


class JeedomHierarchical(Controller):
    """Cuts down the list and returns up the list, one return a reading."""

    name = "jeedom hierarchical"

    def __init__(self, facts: HouseFacts) -> None:
        super().__init__(facts)
        self._plugs = Plugs()
        self._equipments = [Equipment(line, self._plugs) for line in lines_of(facts)]
        self._read_at = -math.inf

    @override
    def sample(self, sample: Sample, now: float) -> Orders:
        """Take a reading, unless it comes too soon after the last one."""
        if now - self._read_at < BETWEEN_READINGS_S:
            return ()
        self._read_at = now
        orders: list[Order] = []
        for equipment in self._equipments:
            orders += equipment.read(equipment.line.power_va(sample), now)
        return orders

    @override
    def plug(self, load_id: str, on: bool | None, power_va: float | None, now: float) -> Orders:
        """Note what a plug tells."""
        return self._plugs.note(load_id, on, power_va)

    @override
    def restart(self, now: float) -> Self:
        """The plugin keeps its list in the database."""
        return self
