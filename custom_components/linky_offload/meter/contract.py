"""What the home may draw: contract and cut-off power, whichever way the meter or the person says it (tic.md §6.5)."""

from .quantity import Quantity
from .vote import Vote

HISTORIC_VOLTS = 200
"""Volts by which a subscribed current stands for a power: a convention, not a voltage (tic.md §6.5)."""

CONTRACT_QUANTITIES = frozenset({Quantity.CONTRACT_POWER, Quantity.CUTOFF_POWER, Quantity.SUBSCRIBED_CURRENT})
"""What the meter says of the contract: PREF, PCOUP and ISOUSC."""

_VA_PER_KVA = 1000


def contract_from_current(current_a: int, phases: int) -> int:
    """Contract power in VA for the subscribed current of one phase (ISOUSC), rounded to the whole kVA that is sold.

    Three-phase currents are rounded by the meter, one way or the other: the nearest kVA undoes both.
    """
    return round(current_a * HISTORIC_VOLTS * phases / _VA_PER_KVA) * _VA_PER_KVA


class Contract:
    """The believed contract of the meter; a change is believed at its third repetition (tic.md §12.20).

    ``override_va`` is the person's own figure for the contract, VA over all phases: it wins over the meter's.
    ``known_va`` is what was found out earlier: it serves until the meter tells.
    """

    def __init__(self, override_va: int | None, known_va: int | None = None) -> None:
        self.override_va = override_va
        self._known_va = known_va
        self._votes: dict[Quantity, Vote[int]] = {}
        self.forget()

    def forget(self) -> None:
        """The meter changed its mode: what the other mode said is to be heard anew."""
        self._votes = {quantity: Vote(first=1, change=3) for quantity in CONTRACT_QUANTITIES}

    def offer(self, quantity: Quantity, value: int) -> bool:
        """Hear PREF or PCOUP in VA, or ISOUSC in A; True when the belief changes."""
        return self._votes[quantity].offer(value)

    def believed(self, quantity: Quantity) -> int | None:
        """The figure believed for one of ``CONTRACT_QUANTITIES``, in VA or A."""
        return self._votes[quantity].value

    def meter_va(self, phases: int | None) -> int | None:
        """The contract in VA as the meter tells it: PREF, else worked out of ISOUSC once the phases are counted."""
        reference = self.believed(Quantity.CONTRACT_POWER)
        if reference is not None:
            return reference
        current = self.believed(Quantity.SUBSCRIBED_CURRENT)
        if current is None or phases is None:
            return self._known_va
        return contract_from_current(current, phases)

    def contract_va(self, phases: int | None) -> int | None:
        """The contract in VA, the person's figure first; None while nobody told."""
        return self.override_va if self.override_va is not None else self.meter_va(phases)

    def cutoff_va(self, phases: int | None) -> int | None:
        """The power that the trip rule compares with, VA: PCOUP, else the contract (tic.md §9.4)."""
        cutoff = self.believed(Quantity.CUTOFF_POWER)
        return cutoff if cutoff is not None else self.contract_va(phases)
