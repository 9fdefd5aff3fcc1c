"""The meter's breaking device and the filter that opens it (54E §7, tic.md §9.1–§9.2, §9.6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
import math

FILTER_B = 0.008
TRIP_RATIO = 1.3


class Cause(IntEnum):
    """Bits 1–3 of STGE."""

    CLOSED = 0
    OVERPOWER = 1
    OVERVOLTAGE = 2
    LOAD_SHEDDING = 3
    ORDER = 4


@dataclass(frozen=True, slots=True)
class Trip:
    """An opening on overpower: seconds since the breaker was made, and the phase (1…3) that caused it."""

    elapsed_s: int
    phase: int


class PowerFilter:
    """The low-pass on the square of an apparent power: Y = B·X² + (1 − B)·Y each second, VA²."""

    def __init__(self, b: float = FILTER_B) -> None:
        self._b = b
        self.y = 0.0

    def step(self, x_va: float) -> None:
        """Take the apparent power of one second."""
        self.y = self._b * x_va * x_va + (1 - self._b) * self.y

    def settle(self, x_va: float) -> None:
        """Set the state that hours of a steady `x_va` lead to."""
        self.y = x_va * x_va

    @property
    def va(self) -> float:
        """Filtered power, √Y, VA: what SMAXSN is the daily maximum of."""
        return math.sqrt(self.y)


class Breaker:
    """Watches each phase apart and opens all of them together.

    `limit_ratio`, `b` and `share_error` (relative error of the per-phase reference) describe a meter that differs from
    the published one, for robustness studies.
    """

    def __init__(
        self,
        *,
        cutoff_va: float,
        phases: int = 1,
        limit_ratio: float = TRIP_RATIO,
        b: float = FILTER_B,
        share_error: float = 0.0,
    ) -> None:
        self.filters = tuple(PowerFilter(b) for _ in range(phases))
        self.cause = Cause.CLOSED
        self.trips: list[Trip] = []
        self.elapsed_s = 0
        self._limit_ratio = limit_ratio
        self._share_error = share_error
        self.set_cutoff(cutoff_va)

    def set_cutoff(self, cutoff_va: float) -> None:
        """Take a new cut-off power (PCOUP in VA, all phases together)."""
        self.share_va = cutoff_va / len(self.filters) * (1 + self._share_error)
        self._limit_y = (self._limit_ratio * self.share_va) ** 2

    @property
    def is_open(self) -> bool:
        """Whether the house is dark."""
        return self.cause is not Cause.CLOSED

    def settle(self, import_va: Sequence[float]) -> None:
        """Put every phase in the state that hours of these steady powers lead to."""
        for phase, x_va in zip(self.filters, import_va, strict=True):
            phase.settle(x_va)

    def step(self, import_va: Sequence[float]) -> Trip | None:
        """Take one second of apparent import per phase (VA); return the trip if this second opens the breaker.

        While open the powers are zero and the filters decay.
        """
        self.elapsed_s += 1
        trip: Trip | None = None
        for index, (phase, x_va) in enumerate(zip(self.filters, import_va, strict=True)):
            phase.step(0.0 if self.is_open else x_va)
            if trip is None and not self.is_open and phase.y >= self._limit_y:
                trip = Trip(self.elapsed_s, index + 1)
        if trip is not None:
            self.cause = Cause.OVERPOWER
            self.trips.append(trip)
        return trip

    def open_by(self, cause: Cause) -> None:
        """Open for another reason than overpower (upstream overvoltage, order, load-shedding)."""
        self.cause = cause

    def reclose(self) -> None:
        """Close, as a press on the meter's button does; the filters go on from where they are."""
        self.cause = Cause.CLOSED

    def margins(self) -> tuple[float, ...]:
        """Per phase: 1 for a cold filter, 0 at the opening."""
        return tuple(max(0.0, 1 - phase.y / self._limit_y) for phase in self.filters)
