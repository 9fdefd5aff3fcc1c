"""A central power manager of thermostats that cuts the warmest room first: anchors.md §2.1.

The check that its thermostats make before they start has no place here: the heaters start by themselves. The power that
it reserves for a return until the next value of the meter needs no book, because every calculation follows a new value.
"""

import math
from typing import Final, Self, override

from benchmarks.closed_loop.controller import Controller, HouseFacts, Order, Orders, Sample
from benchmarks.closed_loop.rules.wiring import Line, Plugs, Wired, lines_of

COALESCE_S: Final = 20.0  # §2.1, trigger: the first change arms the calculation


class Manager:
    """The calculation for one line: thermostats only, declared powers, no dead band, no delay."""

    def __init__(self, line: Line, plugs: Plugs) -> None:
        self._line = line
        self._plugs = plugs
        self._loads = [load for load in line.loads if load.facts.has_room]
        self._power_va = math.nan
        self.shed: list[Wired] = []

    def changed(self, sample: Sample) -> bool:
        """Note the power; True when it is another than before."""
        before, self._power_va = self._power_va, self._line.power_va(sample)
        return self._power_va != before

    def calculate(self, gaps_k: dict[str, float], asking: set[str]) -> list[Order]:
        """Shed the closest to its set-point first, or restore the furthest first."""
        available_va = self._line.limit_va - self._power_va
        loads = sorted(self._loads, key=lambda load: gaps_k.get(load.load_id, math.inf))
        orders = []
        if available_va < 0:
            for load in loads:
                if available_va >= 0:
                    break
                if self._is_active(load, asking):
                    available_va += load.typed_va
                    self.shed.append(load)
                    orders.append(self._plugs.order(load.load_id, on=False))
            return orders
        for load in reversed(loads):
            if load in self.shed and load.typed_va < available_va:
                available_va -= load.typed_va
                self.shed.remove(load)
                orders.append(self._plugs.order(load.load_id, on=True))
        return orders

    def _is_active(self, load: Wired, asking: set[str]) -> bool:
        """Tell whether a thermostat heats. It would know by itself; here its room and its sensor tell, each late."""
        heats = load.load_id in asking or (self._plugs.measured_va(load) is not None and self._plugs.draws(load))
        return heats and self._plugs.is_on(load) and not self._plugs.is_held(load)


class ComfortManager(Controller):
    """A `Manager` a line, all with one timer."""

    name = "comfort manager"

    def __init__(self, facts: HouseFacts) -> None:
        super().__init__(facts)
        self._plugs = Plugs()
        self._managers = [Manager(line, self._plugs) for line in lines_of(facts)]
        self._gaps_k: dict[str, float] = {}
        self._asking: set[str] = set()

    @override
    def sample(self, sample: Sample, now: float) -> Orders:
        """A change arms the timer; further changes wait with it."""
        changed = [manager.changed(sample) for manager in self._managers]
        if any(changed) and self.next_at is None:
            self.next_at = now + COALESCE_S
        return ()

    @override
    def plug(self, load_id: str, on: bool | None, power_va: float | None, now: float) -> Orders:
        """Note what a plug tells."""
        return self._plugs.note(load_id, on, power_va)

    @override
    def room(self, load_id: str, temperature_c: float, target_c: float, asks: bool, now: float) -> Orders:
        """Note how far a room is from its set-point, and whether its thermostat heats."""
        self._gaps_k[load_id] = target_c - temperature_c
        if asks:
            self._asking.add(load_id)
        else:
            self._asking.discard(load_id)
        return ()

    @override
    def tick(self, now: float) -> Orders:
        """The timer has run out: calculate with the last value."""
        self.next_at = None
        return [order for manager in self._managers for order in manager.calculate(self._gaps_k, self._asking)]

    @override
    def restart(self, now: float) -> Self:
        """Each thermostat restores that it was shed; the timer is lost."""
        fresh = type(self)(self.facts)
        for kept, manager in zip(self._managers, fresh._managers, strict=True):
            manager.shed = kept.shed
        return fresh
