"""The phases as the trip rule sees them: one filter and one share of the cut-off power each (54E §7, tic.md §9.2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .cadence import BURST_S, Cadence
from .powers import PhasePower
from .reading import PhaseReading
from .trip import TripFilter
from .trip_check import TripCheck


@dataclass(slots=True)
class _Phase:
    filter: TripFilter = field(default_factory=TripFilter)
    power_va: float | None = None
    estimated: bool = False
    at: float | None = None


class PhaseWatch:
    """The latest power and the filter of every phase, and the pace at which powers come.

    ``delivered``: messages of a bridge bring them, and each of these counts for the pace, whatever it says: a bridge
    that tells changes only is quiet while nothing changes.
    """

    def __init__(self) -> None:
        self.cadence = Cadence()
        self.check = TripCheck()
        self.delivered = False
        self._phases: list[_Phase] = []
        self._share_va: float | None = None

    def arrange(self, count: int | None, cutoff_va: int | None) -> None:
        """Hold ``count`` phases that share ``cutoff_va`` equally (tic.md §9.2); another count starts new filters."""
        if count is None:
            return
        if count != len(self._phases):
            self._phases = [_Phase() for _ in range(count)]
            self.check.arrange(count)
        self._share_va = None if cutoff_va is None else cutoff_va / count
        if self._share_va is not None:
            for phase in self._phases:
                phase.filter.rescale(self._share_va)

    def observe(self, sample: PhasePower, now: float) -> None:
        """Take the power of one phase, received at ``now``; the first phase sets the cadence."""
        phase = self._phases[sample.phase - 1]
        phase.power_va, phase.estimated, phase.at = sample.power_va, sample.estimated, now
        if self._share_va is not None:
            phase.filter.observe(sample.power_va, self._share_va, now)
            self.check.observe(sample.phase, sample.power_va, self._share_va, now)
        if sample.phase == 1 and not self.delivered:
            self.cadence.note(now)

    def deliver(self, now: float, *, live: bool) -> None:
        """A message of a bridge came at ``now``; one that is not live says nothing of the pace."""
        if not self.delivered:
            self.delivered = True
            self.cadence = Cadence(BURST_S)
        if live:
            self.cadence.note(now)

    def bound(self, phase: int, max_va: float, now: float, *, age_s: float, today: bool) -> None:
        """Correct the filter of ``phase`` (1–3) by the meter's own daily maximum, see ``TripFilter.bound``."""
        if self._share_va is not None and phase <= len(self._phases):
            self._phases[phase - 1].filter.bound(max_va, now, age_s=age_s, today=today)

    def shed(self, shed_va: Mapping[int, float], now: float) -> None:
        """Loads are known to be off from ``now`` on that drew so much, VA by phase, see ``TripFilter.shed``."""
        for number, va in shed_va.items():
            if number <= len(self._phases):
                self._phases[number - 1].filter.shed(va, now)

    def lose_line(self) -> None:
        """Samples were missed: the next ones are taken as after a gap."""
        self.cadence.interrupt()
        self.check.lose_line()
        for phase in self._phases:
            phase.filter.lose_line()

    def readings(self, now: float) -> tuple[PhaseReading, ...]:
        """The phases at ``now``."""
        return tuple(
            PhaseReading(
                phase=number,
                power_va=phase.power_va,
                estimated=phase.estimated,
                at=phase.at,
                trip_y=None if self._share_va is None else phase.filter.value_at(now),
                share_va=self._share_va,
            )
            for number, phase in enumerate(self._phases, 1)
        )
