"""How much must go, phase by phase, and why (design §6.2).

Two guards stand in every profile, whatever the delays: a trip predicted at the present load, and the reserve, which
asks that the largest step this phase makes could still be seen and answered in time. Both reckon with the meter's own
rule (tic.md §9), two per cent below its limit so that a meter slightly more severe than the published one is covered.
"""

from dataclasses import dataclass

from ..meter.trip import highest_ratio, seconds_to_trip, sustainable_ratio
from .model import Profile, Reason, Settings

GUARD_RATIO = 1.27
UNLEARNED_STEP_VA = 3000.0
UNLEARNED_SMALL_STEP_VA = 2000.0
SMALL_CONTRACT_VA = 3000.0
SOURCE_LAG_S = 2.0
UNKNOWN_CADENCE_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseLoad:
    """One phase at the moment of a decision.

    ``power_va`` has the commands in flight taken into account, ``raw_va`` is what the meter said; ``doubtful_va`` is
    what `power_va` owes to commands that may have been lost. ``share_va`` is the phase's part of the cut-off power,
    ``threshold_va`` its part of the contract after the person's adjustment, ``step_va`` the jump to be ready for.
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

    @property
    def hysteresis_va(self) -> float:
        """Room to leave above a load before it returns: max(200 VA, 3 %)."""
        return max(200.0, 0.03 * self.threshold_va)


@dataclass(frozen=True, slots=True)
class Need:
    """``va`` must go from ``phase``. Urgent: a trip is predicted, minimum times and wishes do not count."""

    phase: int
    va: float
    reason: Reason
    urgent: bool


def horizon_s(cadence_s: float | None, latency_s: float) -> float:
    """Seconds that must remain before a trip for the next sample to be seen and answered, with one retry."""
    return (cadence_s or UNKNOWN_CADENCE_S) + SOURCE_LAG_S + 2 * latency_s


def need_of(load: PhaseLoad, settings: Settings, horizon: float, now: float) -> Need | None:
    """What this phase needs to be relieved of now, None when nothing.

    The amount covers every limit that is passed at this moment, the reason is the most pressing one.
    """
    predicted = _over_predicted_trip(load, settings, horizon)
    reserve = _over_reserve(load, horizon)
    ordinary, reason = _over_threshold(load, settings, now)
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
    bearable = _bearable_ratio(load, horizon) * load.share_va
    if settings.profile is Profile.METER:
        return min(settings.trip_limit * load.share_va, bearable)
    return min(load.threshold_va, bearable)


def trip_predicted(load: PhaseLoad, horizon: float) -> bool:
    """The meter would open within the horizon at the present load, if no doubtful command is counted on."""
    ratio = (load.power_va + load.doubtful_va) / load.share_va
    # Below its limit the filter only falls, even from a state above the guard's own limit.
    return ratio > GUARD_RATIO and seconds_to_trip(load.trip_y, ratio, GUARD_RATIO) <= horizon


def _over_predicted_trip(load: PhaseLoad, settings: Settings, horizon: float) -> float:
    if not trip_predicted(load, horizon):
        return 0.0
    return load.power_va + load.doubtful_va - min(settings.trip_limit, GUARD_RATIO) * load.share_va


def _over_reserve(load: PhaseLoad, horizon: float) -> float:
    jump = (load.power_va + load.step_va) / load.share_va
    if jump <= GUARD_RATIO or seconds_to_trip(load.trip_y, jump, GUARD_RATIO) >= horizon:
        return 0.0
    return load.power_va - _bearable_ratio(load, horizon) * load.share_va


def _bearable_ratio(load: PhaseLoad, horizon: float) -> float:
    """The largest S/P from which the next step of this phase leaves the horizon, now and for as long as it lasts."""
    step = load.step_va / load.share_va
    # Past the guard's limit the filter must fall: then a step must not carry the load over that limit at all.
    now = GUARD_RATIO if load.trip_y >= GUARD_RATIO**2 else highest_ratio(load.trip_y, horizon, GUARD_RATIO)
    return max(0.0, min(now - step, sustainable_ratio(step, horizon, GUARD_RATIO)))


def _over_threshold(load: PhaseLoad, settings: Settings, now: float) -> tuple[float, Reason]:
    over = load.power_va - load.threshold_va
    if over <= 0 or load.over_since is None:
        return 0.0, Reason.NONE
    if settings.profile is Profile.STRICT:
        return over, Reason.OVER_THRESHOLD
    if settings.profile is Profile.CONTRACT and now - load.over_since >= settings.contract_delay_s:
        return over, Reason.DELAY_ELAPSED
    return 0.0, Reason.NONE
