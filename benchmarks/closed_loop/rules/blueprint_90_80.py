"""The load-shedding blueprint for Linky meters: off at 90 %, on below 80 %: anchors.md §2.6.

It looks at every new value of the meter and once a minute. The powers are those typed into the form.
"""

import math
from typing import Final, Self, override

from benchmarks.closed_loop.controller import Controller, HouseFacts, Order, Orders, Sample
from benchmarks.closed_loop.rules.wiring import Line, Plugs, Wired, lines_of

SHED_SHARE: Final = 0.9  # §2.6, shed at 90 % of max
RESTORE_SHARE: Final = 0.8  # §2.6, restore below 80 %
AFTER_ACTION_S: Final = 300.0  # §2.6, five minutes since the last action of any load
TICK_S: Final = 60.0  # §2.6, failsafe tick


class Automation:
    """One automation on one line."""

    def __init__(self, line: Line, plugs: Plugs) -> None:
        self._line = line
        self._plugs = plugs
        self._shed: list[Wired] = []
        self._acted_at = -math.inf
        self._power_va = 0.0

    def hear(self, sample: Sample, now: float) -> list[Order]:
        """Look when the power has changed."""
        power_va = self._line.power_va(sample)
        if power_va == self._power_va:
            return []
        self._power_va = power_va
        return self.look(now)

    def look(self, now: float) -> list[Order]:
        """Shed or restore as many as the powers of the form tell."""
        orders: list[Order] = []
        if self._power_va > SHED_SHARE * self._line.limit_va:
            orders = self._shed_some()
        elif self._power_va < RESTORE_SHARE * self._line.limit_va and now - self._acted_at >= AFTER_ACTION_S:
            orders = self._restore_some()
        if orders:
            self._acted_at = now
        return orders

    def _shed_some(self) -> list[Order]:
        """Take switches that are on, idle ones too, in the order of the list until the deficit is covered."""
        deficit_va = self._power_va - SHED_SHARE * self._line.limit_va
        orders = []
        for load in self._line.loads:
            if deficit_va <= 0:
                break
            if self._plugs.is_on(load):
                deficit_va -= load.typed_va
                orders.append(self._plugs.order(load.load_id, on=False))
                if load not in self._shed:
                    self._shed.append(load)
        return orders

    def _restore_some(self) -> list[Order]:
        """Return what fits below 80 %, what was to be kept longest first."""
        room_va = RESTORE_SHARE * self._line.limit_va - self._power_va
        orders = []
        for load in reversed(self._line.loads):
            if load in self._shed and load.typed_va <= room_va:
                room_va -= load.typed_va
                self._shed.remove(load)
                orders.append(self._plugs.order(load.load_id, on=True))
        return orders


class Blueprint(Controller):
    """An `Automation` a line."""

    name = "blueprint 90/80"
    next_at = TICK_S

    def __init__(self, facts: HouseFacts) -> None:
        super().__init__(facts)
        self._plugs = Plugs()
        self._automations = [Automation(line, self._plugs) for line in lines_of(facts)]

    @override
    def sample(self, sample: Sample, now: float) -> Orders:
        """Let every automation hear the new value."""
        return [order for automation in self._automations for order in automation.hear(sample, now)]

    @override
    def plug(self, load_id: str, on: bool | None, power_va: float | None, now: float) -> Orders:
        """Note what a plug tells."""
        return self._plugs.note(load_id, on, power_va)

    @override
    def tick(self, now: float) -> Orders:
        """Look once a minute whatever the meter says."""
        self.next_at = now + TICK_S
        return [order for automation in self._automations for order in automation.look(now)]

    @override
    def restart(self, now: float) -> Self:
        """Its list and its last action are kept in helpers."""
        self.next_at = now + TICK_S
        return self
