"""A charging manager with a circuit that caps its loads: anchors.md §2.2.

Every 30 s it serves one load: it may have what it draws now and what the circuit has left. A load that can only be
switched is off at once when the cap is below its power, and on again as soon as it is not.
"""

import math
from typing import Final, Self, override

from benchmarks.closed_loop.controller import Controller, HouseFacts, Orders, Sample
from benchmarks.closed_loop.rules.wiring import Plugs, Wired, wire

LOOP_S: Final = 30.0  # §2.2, loop
TIMEOUT_S: Final = 60.0  # §2.2, stale meter


class CircuitCap(Controller):
    """One circuit for the house; of three phases it takes the highest, as the original does."""

    name = "circuit cap"
    next_at = LOOP_S

    def __init__(self, facts: HouseFacts) -> None:
        super().__init__(facts)
        self._plugs = Plugs()
        self._loads = [wire(load, facts) for load in facts.loads]
        self._turn = 0
        self._measured_va: float | None = None
        self._told_at = 0.0

    @override
    def sample(self, sample: Sample, now: float) -> Orders:
        """Note the value for the loop."""
        self._measured_va, self._told_at = float(max(sample.phases_va)), now
        return ()

    @override
    def plug(self, load_id: str, on: bool | None, power_va: float | None, now: float) -> Orders:
        """Note what a plug tells."""
        return self._plugs.note(load_id, on, power_va)

    @override
    def tick(self, now: float) -> Orders:
        """Serve the load whose turn it is."""
        self.next_at = now + LOOP_S
        load = self._loads[self._turn]
        self._turn = (self._turn + 1) % len(self._loads)
        measured_va = math.inf if now - self._told_at > TIMEOUT_S else self._measured_va
        if measured_va is None:
            return ()
        granted = self._drawn_va(load) + self.facts.contract_share_va - measured_va >= load.typed_va
        return () if granted is self._plugs.is_on(load) else (self._plugs.order(load.load_id, on=granted),)

    @override
    def restart(self, now: float) -> Self:
        """It keeps nothing, and starts its loop anew."""
        fresh = type(self)(self.facts)
        fresh.next_at, fresh._told_at = now + LOOP_S, now
        return fresh

    def _drawn_va(self, load: Wired) -> float:
        """VA a phase that a load draws now: measured, else its power while it is on."""
        power = self._plugs.measured_va(load)
        if power is not None:
            return power
        return load.typed_va if self._plugs.is_on(load) else 0.0
