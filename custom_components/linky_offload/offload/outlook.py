"""When the present state of a load ends, as far as the clock decides it: what a countdown shows (T-11)."""

import math

from .desk import Desk
from .model import LoadStatus, Reason
from .overload import delay_before_left
from .track import LoadTrack


def next_change_at(desk: Desk, load: LoadTrack, now: float) -> float | None:
    """The moment (monotonic second) until which the load waits; None where it waits for room, or for nothing."""
    at = _waits_until(desk, load, now)
    return at if at is not None and now < at < math.inf else None


def _waits_until(desk: Desk, load: LoadTrack, now: float) -> float | None:
    match load.status:
        case LoadStatus.HELD:
            return load.excluded_until if load.reason is Reason.EXCLUDED else load.held_until
        case LoadStatus.SUSPECT:
            return load.suspect_until
        case LoadStatus.WAITING if load.reason is Reason.DELAY_BEFORE:
            return now + delay_before_left(desk, load, now)
        case LoadStatus.RECOVERING:
            return desk.settling.until(load.load_id)
        case LoadStatus.OFFLOADED:
            return _off_until(desk, load, now)
        case LoadStatus.NORMAL:
            return load.timer_at
        case _:
            return None


def _off_until(desk: Desk, load: LoadTrack, now: float) -> float | None:
    if load.kept_off(now):
        return load.kept_off_until
    match load.reason:
        case Reason.MINIMUM_OFF | Reason.BACK_OFF:
            return now + load.minimum_off_left_s(now)
        case Reason.DELAY_AFTER if load.room_since is not None:
            return load.room_since + load.settings.delay_after_s + load.waits_more_s
        case Reason.VERIFYING:
            return desk.settles_at(load, now)
        case Reason.STARTING:
            return desk.started_at + desk.settings.start_grace_s
        case Reason.METER_SILENT if desk.degraded_since is not None:
            return desk.degraded_since + desk.settings.degraded_hold_s
        case _:
            return load.release_by
