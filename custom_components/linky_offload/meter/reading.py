"""What the house knows of the meter at one moment: frozen, normalised, every value with its age."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ..tic import Mode
from .quantity import Quantity

type Scalar = int | float | str | bool | datetime


class Breaker(StrEnum):
    """State of the breaking device, STGE bits 1–3 (tic.md §8.1)."""

    CLOSED = "closed"
    OVERPOWER = "overpower"
    OVERVOLTAGE = "overvoltage"
    LOAD_SHEDDING = "load_shedding"
    REMOTE_ORDER = "remote_order"
    OVERHEAT_HIGH_CURRENT = "overheat_high_current"
    OVERHEAT = "overheat"
    UNDEFINED = "undefined"


@dataclass(frozen=True, slots=True)
class Measured:
    """One value, with the monotonic second (``at``) of its reception and, where the meter gives one, its own time."""

    value: Scalar
    at: float
    horodate: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseReading:
    """One phase as the trip rule sees it (54E §7: one filter a phase).

    ``power_va``: apparent import of the phase, 0 while it exports, None when unknown.
    ``estimated``: the power was worked out from amperes or shared out of a total, not read.
    ``at``: monotonic second at which the power was received.
    ``trip_y``: state of the meter's filter, (S/P)² with P the phase's share of the cut-off power; None while unknown.
    ``share_va``: P, in VA; None while the cut-off power is unknown.
    """

    phase: int
    power_va: float | None
    estimated: bool
    at: float | None
    trip_y: float | None
    share_va: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A consistent view of the meter at ``now`` (monotonic seconds).

    ``phases`` holds one or three entries, none before the phase count is known. ``contract_va`` and ``cutoff_va`` are
    totals over all phases. ``over_reference`` is the meter's own word (STGE bit 7, ADPS, ADIR): None while it has
    said nothing. ``cadence_s`` is the 99th percentile of the intervals between power values.
    ``power_changed`` tells that the group that made this reading carried a power of at least one phase.
    """

    now: float
    mode: Mode | None
    address: str | None
    contract_va: int | None
    cutoff_va: int | None
    phases: tuple[PhaseReading, ...]
    over_reference: bool | None
    exporting: bool | None
    breaker: Breaker | None
    cadence_s: float | None
    power_changed: bool
    values: Mapping[Quantity, Measured]

    @property
    def power_va(self) -> float | None:
        """Import of the whole house, VA: the meter's own total where it gives one, else the sum of the phases."""
        total = self.values.get(Quantity.APPARENT_POWER)
        if total is not None and isinstance(total.value, (int, float)):
            return float(total.value)
        if not self.phases or any(phase.power_va is None for phase in self.phases):
            return None
        return sum(phase.power_va for phase in self.phases if phase.power_va is not None)
