"""What a view of a load teaches beside its meaning: its power, its phase, its use, its level, and its timers."""

from . import levels, timers
from .desk import Desk
from .hand import Meaning
from .model import Cause, LoadView
from .track import IDLE_VA, LATE_REPORT_S, LoadTrack

_SWITCHED_BY_OTHERS = (Meaning.STARTED, Meaning.HELD_ON, Meaning.TAKEN_BACK, Meaning.CAME_BACK, Meaning.SWITCHED_OFF)


def learn_from(desk: Desk, load: LoadTrack, view: LoadView, cause: Cause, meaning: Meaning, now: float) -> None:
    """Take what can be learned; to be called when the meaning has been acted upon."""
    measured = load.settings.measured and load.power_va is not None
    draws = bool(load.on) and load.available and measured
    load.learned.measure(load.power_va if draws and (load.power_va or 0.0) >= IDLE_VA else None, now)
    load.usage.see(load.idle if draws else None, desk.off_peak, now, told_at=load.on_since + LATE_REPORT_S)
    # A sensor tells late: what was switched on a moment ago has not yet shown whether it draws.
    settled = bool(load.on) and load.available and now - load.on_since >= LATE_REPORT_S
    power_va = (0.0 if load.idle else load.drawing_va) if settled else None
    change_va = desk.echo.told(load.load_id, power_va, now, seek=measured and not load.settings.phases)
    if change_va:
        desk.house.moved(load.effect(change_va, desk.phases))
    if meaning in _SWITCHED_BY_OTHERS:
        desk.witness.note(load.load_id, on=bool(load.on), raw=desk.house.raw, now=now)
    if meaning in (*_SWITCHED_BY_OTHERS, Meaning.RETURN_CONFIRMED, Meaning.CUT_CONFIRMED):
        timers.switched(desk, load, now)
    levels.seen(desk, load, view, cause, now)
