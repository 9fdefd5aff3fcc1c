"""Once a day, the trip model is held against the meter's own filter: do we know when it opens (tic.md §9.1).

SMAXSN-1 is the highest output of the meter's filter on the day before, with its moment. A second filter, which only
the powers feed and which no maximum ever corrects, keeps its own highest output; after midnight the two are compared.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
import math
from typing import Final

from .trip import GAP_S, RESYNC_S, K, TripFilter

WARM_S: Final = 5 / K
"""Seconds without a gap after which what the filter was begun with is forgotten, to less than 1 %."""

_REMEMBERED_S: Final = 30 * 3600.0
_FEWEST_VA: Final = 200
"""A maximum below which a percentage says nothing."""


@dataclass(slots=True)
class _Phase:
    """``warm``: stretches of time in which the filter was known, begin and end, oldest first."""

    filter: TripFilter = field(default_factory=TripFilter)
    begun_at: float | None = None
    latest_at: float = -math.inf
    warm: deque[list[float]] = field(default_factory=deque)
    highest_va: float = 0.0
    yesterday_va: float = 0.0
    error: float | None = None

    def observe(self, power_va: float, share_va: float, now: float) -> None:
        if self.begun_at is None or now - self.latest_at > GAP_S:
            self.filter = TripFilter()
            self.begun_at = now
        self.filter.observe(power_va, share_va, now)
        self.latest_at = now
        if now - self.begun_at < WARM_S or self.filter.y is None:
            return
        if not self.warm or self.warm[-1][0] != self.begun_at + WARM_S:
            self.warm.append([self.begun_at + WARM_S, now])
        self.warm[-1][1] = now
        while self.warm[0][1] < now - _REMEMBERED_S:
            self.warm.popleft()
        self.highest_va = max(self.highest_va, math.sqrt(self.filter.y) * share_va)

    def knew(self, at: float) -> bool:
        return any(begin <= at <= end + RESYNC_S for begin, end in self.warm)


class TripCheck:
    """The daily verdict: by how many percent the model's highest value differs from the meter's, the worst phase's."""

    def __init__(self) -> None:
        self._phases: list[_Phase] = []
        self._day: date | None = None
        self._clock: datetime | None = None
        self._clock_at = 0.0
        self._judged: date | None = None

    def arrange(self, count: int) -> None:
        """Follow ``count`` phases; another count begins anew."""
        if count != len(self._phases):
            self._phases = [_Phase() for _ in range(count)]

    def observe(self, phase: int, power_va: float, share_va: float, now: float) -> None:
        """Take a sample as the trip model does: import of a phase (1–3) and its share of the cut-off power, VA."""
        self._phases[phase - 1].observe(power_va, share_va, now)

    def lose_line(self) -> None:
        """Samples were missed: the filter is not known until it has run anew for ``WARM_S``."""
        for phase in self._phases:
            phase.begun_at = None

    def tell_clock(self, clock: datetime, now: float) -> None:
        """Take the meter's clock, which tells when its day ends."""
        self._clock, self._clock_at = clock, now
        if clock.date() == self._day:
            return
        for phase in self._phases:
            phase.yesterday_va, phase.highest_va = phase.highest_va, 0.0
            phase.error = None
        self._day = clock.date()

    def tell_maximum(self, phase: int, maximum_va: int, horodate: datetime) -> float | None:
        """Take SMAXSN-1 of a phase; the verdict in percent once all phases told, None before and without one.

        A maximum of a moment at which the filter was not known, or of another day than yesterday, gives no verdict.
        """
        if self._day is None or self._judged == self._day or phase > len(self._phases):
            return None
        if horodate.date() != self._day - timedelta(days=1) or maximum_va < _FEWEST_VA or self._clock is None:
            return None
        ours = self._phases[phase - 1]
        if not ours.knew(self._clock_at - (self._clock - horodate).total_seconds()):
            return None
        ours.error = 100 * (ours.yesterday_va - maximum_va) / maximum_va
        errors: list[float] = [each.error for each in self._phases if each.error is not None]
        if len(errors) < len(self._phases):
            return None
        self._judged = self._day
        lowest, highest = min(errors), max(errors)
        return round(highest if highest >= -lowest else lowest, 1)
