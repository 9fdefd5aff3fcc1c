"""How much must go, phase by phase, and why (design §6.2).

Two guards stand in every profile, whatever the delays: a trip predicted at the present load, and the reserve, which
asks that the largest step this phase makes could still be seen and answered in time. Both reckon with the meter's own
rule (tic.md §9): the first four per cent below its limit, so that a meter more severe than the published one is
covered, the second two per cent; and in the same way with the breaker beside the meter where its setting is given.
"""

from dataclasses import dataclass
import math

from ..meter.trip import highest_ratio, lasting_ratio, seconds_to_trip, sustainable_ratio
from .branch import BRANCH_RATIO, PACE
from .model import Profile, Reason, Settings

GUARD_RATIO = 1.25
"""Against what the guards reckon: below 1.30 less the three per cent by which a meter's own share may be smaller."""

STEP_RATIO = 1.27
"""Against what the reserve reckons the largest step: the published rule, and two per cent."""

UNLEARNED_STEP_VA = 3000.0
UNLEARNED_SMALL_STEP_VA = 2000.0
SMALL_CONTRACT_VA = 3000.0
SOURCE_LAG_S = 2.0
UNKNOWN_CADENCE_S = 3.0
LASTING_S = 180.0
"""By the meter, a load may return where it can stay for as long without a cut."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One thing that opens when its filter passes ``ratio``², and what to keep away from it.

    ``y`` is its state in (S/``share_va``)²; a cut on a predicted trip aims at ``relief_ratio``. ``pace``: seconds of
    the meter's filter in one second of this one. ``step_ratio``: where it opens after a step that may come; a severe
    meter and the largest step at the worst moment need not be feared together, since what the step brings is seen
    again and then judged by ``ratio``.
    """

    share_va: float
    y: float
    ratio: float
    relief_ratio: float
    step_ratio: float
    pace: float = 1.0

    def trips_within(self, power_va: float, horizon: float) -> bool:
        """It opens within the horizon under this load."""
        ratio = power_va / self.share_va
        # Below its limit the filter only falls, even from a state above the guard's own limit.
        return ratio > self.ratio and seconds_to_trip(self.y, ratio, self.ratio) <= horizon * self.pace

    def leaves(self, power_va: float, horizon: float) -> bool:
        """A step to this load leaves the horizon."""
        ratio = power_va / self.share_va
        return ratio <= self.step_ratio or seconds_to_trip(self.y, ratio, self.step_ratio) >= horizon * self.pace

    def bearable_va(self, step_va: float, horizon: float, lasting_s: float = math.inf) -> float:
        """The largest load from which such a step leaves the horizon, now and for as long as the load lasts."""
        step, paced = step_va / self.share_va, horizon * self.pace
        stepped = self._highest(paced, self.step_ratio) - step
        if math.isfinite(lasting_s):
            later = lasting_ratio(self.y, step, paced, lasting_s * self.pace, self.step_ratio)
        else:
            later = sustainable_ratio(step, paced, self.step_ratio)
        return max(0.0, min(self._highest(paced, self.ratio), stepped, later)) * self.share_va

    def _highest(self, paced: float, limit: float) -> float:
        # Past a limit the filter must fall: then the load must not be over that limit at all.
        return limit if self.y >= limit**2 else highest_ratio(self.y, paced, limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseLoad:
    """One phase at the moment of a decision.

    ``power_va`` has the commands in flight taken into account, ``raw_va`` is what the meter said; ``doubtful_va`` is
    what `power_va` owes to commands that may have been lost. ``share_va`` is the phase's part of the cut-off power,
    ``threshold_va`` its part of the contract after the person's adjustment or of a lower cap, ``step_va`` the jump to
    be ready for. ``capped``: the threshold is a cap, which counts in every profile. ``branch_va`` and ``branch_y``: the
    setting of the breaker beside the meter at the mains voltage, and its state; None where there is none.
    ``guard_ratio``: the ratio at which the meter is taken to open.
    """

    phase: int
    power_va: float
    raw_va: float
    doubtful_va: float = 0.0
    trip_y: float
    share_va: float
    threshold_va: float
    step_va: float
    over_since: float | None
    capped: bool = False
    guard_ratio: float = GUARD_RATIO
    branch_va: float | None = None
    branch_y: float | None = None

    @property
    def hysteresis_va(self) -> float:
        """Room to leave above a load before it returns: max(200 VA, 3 %)."""
        return max(200.0, 0.03 * self.threshold_va)

    def filters(self, trip_limit: float = GUARD_RATIO) -> tuple[Filter, ...]:
        """What may open on this phase; ``trip_limit``: the ratio to which the meter's is relieved."""
        step_ratio = max(self.guard_ratio, STEP_RATIO)
        meter = Filter(self.share_va, self.trip_y, self.guard_ratio, min(trip_limit, self.guard_ratio), step_ratio)
        if self.branch_va is None or self.branch_y is None:
            return (meter,)
        return meter, Filter(self.branch_va, self.branch_y, BRANCH_RATIO, 1.0, BRANCH_RATIO, PACE)


@dataclass(frozen=True, slots=True)
class Need:
    """``va`` must go from ``phase``. Urgent: a trip is predicted, minimum times and wishes do not count."""

    phase: int
    va: float
    reason: Reason
    urgent: bool


def horizon_s(cadence_s: float, latency_s: float) -> float:
    """Seconds that must remain before a trip for the next sample to be seen and answered, with one retry."""
    return cadence_s + SOURCE_LAG_S + 2 * latency_s


def guard_ratio(settings: Settings) -> float:
    """At which ratio the meter is taken to open: `GUARD_RATIO`, unless a person chose to fill it up further."""
    return max(GUARD_RATIO, settings.trip_limit)


def need_of(load: PhaseLoad, settings: Settings, horizon: float, now: float, lead_s: float = 0.0) -> Need | None:
    """What this phase needs to be relieved of now, None when nothing.

    The amount covers every limit that is passed at this moment, the reason is the most pressing one. ``lead_s``: so
    much before the end of the contract delay its excess counts already.
    """
    filters = load.filters(settings.trip_limit)
    predicted = max(_over_predicted_trip(load, one, horizon) for one in filters)
    reserve = max(_over_reserve(load, one, horizon) for one in filters)
    ordinary, reason = _over_threshold(load, settings, now + lead_s)
    va = max(predicted, reserve, ordinary)
    if va <= 0:
        return None
    if predicted > 0:
        return Need(load.phase, va, Reason.PREDICTED_TRIP, urgent=True)
    if reserve > 0:
        return Need(load.phase, va, Reason.RESERVE, urgent=False)
    return Need(load.phase, va, reason, urgent=False)


def ceiling_va(load: PhaseLoad, settings: Settings, horizon: float) -> float:
    """Power under which this phase may be filled again when loads return."""
    if settings.profile is not Profile.METER:
        return min(load.threshold_va, *(one.bearable_va(load.step_va, horizon) for one in load.filters()))
    bearable = min(one.bearable_va(load.step_va, horizon, LASTING_S) for one in load.filters())
    bearable = min(settings.trip_limit * load.share_va, bearable)
    return min(load.threshold_va, bearable) if load.capped else bearable


def trip_predicted(load: PhaseLoad, horizon: float) -> bool:
    """Something would open within the horizon at the present load, if no doubtful command is counted on."""
    return any(one.trips_within(load.power_va + load.doubtful_va, horizon) for one in load.filters())


def _over_predicted_trip(load: PhaseLoad, limit: Filter, horizon: float) -> float:
    power = load.power_va + load.doubtful_va
    return power - limit.relief_ratio * limit.share_va if limit.trips_within(power, horizon) else 0.0


def _over_reserve(load: PhaseLoad, limit: Filter, horizon: float) -> float:
    if limit.leaves(load.power_va + load.step_va, horizon):
        return 0.0
    return load.power_va - limit.bearable_va(load.step_va, horizon)


def _over_threshold(load: PhaseLoad, settings: Settings, now: float) -> tuple[float, Reason]:
    over = load.power_va - load.threshold_va
    if over <= 0 or load.over_since is None:
        return 0.0, Reason.NONE
    if settings.profile is Profile.STRICT:
        return over, Reason.OVER_THRESHOLD
    delayed = settings.profile is Profile.CONTRACT or load.capped
    if delayed and now - load.over_since >= settings.contract_delay_s:
        return over, Reason.DELAY_ELAPSED
    return 0.0, Reason.NONE
