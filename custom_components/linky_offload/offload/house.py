"""The meter's side of a decision: power by phase now, how long it has been too much, and what to be ready for."""

from collections.abc import Sequence
import math

from ..meter import Breaker, PhaseReading, Reading
from ..meter.trip import TRIP_RATIO, margin, seconds_to_trip, step
from .guard import PhaseLoad
from .in_flight import InFlight
from .model import Action, Settings
from .steps import StepHistogram

FRESH_S = 10.0
_CALM_S = 30.0
_NEAR_TRIP_Y = 0.85 * TRIP_RATIO**2
_DARK_VA = 1.0


class House:
    """What the samples of the meter tell, phase by phase."""

    def __init__(self) -> None:
        """Nothing is known before the first sample."""
        self.reading: Reading | None = None
        self.raw: dict[int, float] = {}
        self.over_since: dict[int, float] = {}
        self.overload: bool | None = None
        self.open_since: float | None = None
        self.closed_at: float | None = None
        self._below_since: float | None = None
        self._sampled_at: dict[int, float] = {}
        self._steps: dict[int, StepHistogram] = {}

    def take(self, reading: Reading, flights: InFlight, now: float) -> None:
        """Take a new view of the meter."""
        self.reading = reading
        longest = _longest_wait_s(reading)
        for phase in reading.phases:
            if phase.power_va is None or phase.at is None:
                continue
            number, power = phase.phase, phase.power_va
            previous, sampled = self.raw.get(number), self._sampled_at.get(number)
            if sampled is not None and phase.at <= sampled:
                continue
            returning = any(f.action is Action.RESTORE and number in f.va for f in flights)
            if previous is not None and sampled is not None and phase.at - sampled <= longest and not returning:
                self._histogram(number).note(power - previous)
            self.raw[number] = power
            self._sampled_at[number] = phase.at

    @property
    def sampled_at(self) -> float:
        """The moment of which every phase has told, -inf before the first sample."""
        return min(self._sampled_at.values(), default=-math.inf)

    def fresh(self, now: float) -> bool:
        """Every phase has spoken lately enough to act on, and the contract is known."""
        reading = self.reading
        if reading is None or not reading.phases:
            return False
        oldest = _longest_wait_s(reading)
        return all(
            phase.power_va is not None
            and phase.at is not None
            and phase.share_va is not None
            and phase.trip_y is not None
            and now - phase.at <= oldest
            for phase in reading.phases
        )

    def loads(self, settings: Settings, flights: InFlight, now: float) -> list[PhaseLoad]:
        """Each phase with the commands in flight taken into account; none while the view is stale or incomplete."""
        if not self.fresh(now) or self.reading is None:
            return []
        contract = self.reading.contract_va or self.reading.cutoff_va or 0
        return [self._load(phase, contract, settings, flights, now) for phase in self.reading.phases]

    def watch(self, loads: Sequence[PhaseLoad], settings: Settings, now: float) -> bool | None:
        """Follow the overload; True when it starts, False when it ends, None when nothing changes.

        The meter's own word (STGE bit 7, ADPS, ADIR) counts as well, unless the person moved the threshold.
        """
        if not loads:
            self.over_since.clear()  # nobody knows how long it lasts while nothing is heard
        for load in loads:
            if load.power_va > load.threshold_va:
                self.over_since.setdefault(load.phase, now)
            elif load.raw_va <= load.threshold_va:  # until the meter shows it, an order has ended nothing
                self.over_since.pop(load.phase, None)
        signal = bool(self.reading and self.reading.over_reference) and settings.adjustment_percent == 0
        if not loads and not signal:
            return None
        if self.over_since or signal:
            self._below_since = None
            started = not self.overload
            self.overload = True
            return True if started else None
        if not self.overload:
            self.overload = False
            return None
        self._below_since = now if self._below_since is None else self._below_since
        clear = all(load.power_va <= load.threshold_va - load.hysteresis_va for load in loads)
        if clear or now - self._below_since >= _CALM_S:
            self.overload, self._below_since = False, None
            return False
        return None

    def watch_breaker(self, now: float) -> bool | None:
        """Follow the breaking device; True when the meter opens, False when it closes again, None otherwise.

        An opening that the meter cannot tell (historic mode) shows as a dead house right after a trip was near.
        """
        reading = self.reading
        if reading is None or not reading.phases:
            return None
        told = reading.breaker
        dark = all(phase.power_va is not None and phase.power_va < _DARK_VA for phase in reading.phases)
        near = any(phase.trip_y is not None and phase.trip_y >= _NEAR_TRIP_Y for phase in reading.phases)
        if told is None:
            is_open = dark and not reading.exporting and (near or self.open_since is not None)
        else:
            is_open = told not in (Breaker.CLOSED, Breaker.UNDEFINED)
        if is_open and self.open_since is None:
            self.open_since, self.closed_at = now, None
            return True
        if not is_open and self.open_since is not None:
            self.open_since, self.closed_at = None, now
            return False
        return None

    def margin_now(self, now: float) -> float | None:
        """Trip margin of the worst phase at this moment, 1 cold … 0 the meter opens."""
        values = [y for phase in self._phases() if (y := _y_at(phase, now, self.reading)) is not None]
        return min(margin(y) for y in values) if values else None

    def seconds_to_trip(self, now: float) -> float | None:
        """Seconds until the meter opens at the present raw load, inf when it never does."""
        times = [
            seconds_to_trip(y, phase.power_va / phase.share_va)
            for phase in self._phases()
            if phase.power_va is not None and phase.share_va and (y := _y_at(phase, now, self.reading)) is not None
        ]
        return min(times) if times else None

    def _phases(self) -> tuple[PhaseReading, ...]:
        return self.reading.phases if self.reading is not None else ()

    def _histogram(self, phase: int) -> StepHistogram:
        return self._steps.setdefault(phase, StepHistogram())

    def _load(
        self, phase: PhaseReading, contract_va: int, settings: Settings, flights: InFlight, now: float
    ) -> PhaseLoad:
        assert phase.power_va is not None  # `fresh` has seen to all three
        assert phase.share_va is not None
        assert self.reading is not None
        share = contract_va / len(self.reading.phases)
        power = max(0.0, phase.power_va + flights.correction_va(phase.phase, phase.power_va))
        taken_off = max(0.0, phase.power_va - power)
        return PhaseLoad(
            phase=phase.phase,
            power_va=power,
            raw_va=phase.power_va,
            doubtful_va=min(taken_off, flights.doubtful_va(phase.phase, now)),
            trip_y=_y_at(phase, now, self.reading) or 0.0,
            share_va=phase.share_va,
            threshold_va=share * (1 + settings.adjustment_percent / 100),
            step_va=self._histogram(phase.phase).expected_va(share),
            over_since=self.over_since.get(phase.phase),
        )


def _longest_wait_s(reading: Reading) -> float:
    """Seconds between two samples beyond which the first one tells nothing of the present."""
    return max(FRESH_S, 3 * (reading.cadence_s or 0.0))


def _y_at(phase: PhaseReading, now: float, reading: Reading | None) -> float | None:
    """State of the filter now, the last known load held since the view was made."""
    if phase.trip_y is None or reading is None:
        return None
    if phase.power_va is None or not phase.share_va or now <= reading.now:
        return phase.trip_y
    return step(phase.trip_y, phase.power_va / phase.share_va, now - reading.now)
