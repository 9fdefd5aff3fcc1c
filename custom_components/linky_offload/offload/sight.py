"""What a view of a load teaches beside its meaning: its power, its phase, its use, its level, and its timers.

Of a load that tells nothing, a view of the meter does.
"""

from collections.abc import Mapping

from . import levels, timers
from .appetite import share_of
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
        desk.house.told(load.load_id, load.effect(change_va, desk.phases), now)
    if meaning in _SWITCHED_BY_OTHERS:
        desk.witness.note(load.load_id, on=bool(load.on), raw=desk.house.raw, now=now)
    if meaning in (*_SWITCHED_BY_OTHERS, Meaning.RETURN_CONFIRMED, Meaning.CUT_CONFIRMED):
        timers.switched(desk, load, now)
    levels.seen(desk, load, view, cause, now)


def follow_appetites(desk: Desk, now: float) -> None:
    """Let a sample of the meter tell of the loads that tell nothing themselves."""
    raw, phases, meter = desk.house.raw, desk.phases, desk.levels
    steps = meter.steps(raw, desk.house.sampled_at, moving=bool(desk.flights))
    look = not desk.flights and meter.look(now)
    if look:
        for load in desk.tracks.values():
            unseen = load.on is False or meter.blind
            load.appetite.pass_time(dead=desk.dead(load), unseen=unseen, now=now)
        desk.silent = tuple(load for load in desk.tracks.values() if _is_silent(load))
    if not desk.silent or not (steps or look):
        return
    told = _told_va(desk, phases) if look else {}
    for load in desk.silent:
        own_va, own = load.known_va, load.phases if len(phases) > 1 else phases
        if own_va is None or not own or load.appetite.dead or not load.on or load.offloaded:
            continue
        if steps:
            load.appetite.stepped(share_of(steps, own), own_va, now)
        if look:
            unexplained = sum(raw.get(phase, 0.0) - told[phase] for phase in own if phase in told)
            load.appetite.weigh(unexplained, own_va, now)


def _told_va(desk: Desk, phases: tuple[int, ...]) -> dict[int, float]:
    """What is drawn, VA by phase, by the loads that tell whether they draw and whose phase is known."""
    told = dict.fromkeys(phases, 0.0)
    for load in desk.tracks.values():
        known = load.phases or len(phases) == 1
        if known and load.on and not load.offloaded and not load.idle and not _is_silent(load):
            for phase, va in load.effect(load.known_va, phases).items():
                told[phase] += va
    return told


def hear_step(load: LoadTrack, moved: Mapping[int, float], now: float) -> None:
    """A step of the meter that only this load can have made tells whether it drew."""
    own_va = load.known_va
    if _is_silent(load) and own_va is not None and moved:
        own = [moved[phase] for phase in load.phases if phase in moved]
        load.appetite.switched(sum(own) if own else max(moved.values()), own_va, now)


def _is_silent(load: LoadTrack) -> bool:
    """Neither a sensor nor a control of its own tells whether it asks."""
    return load.demand is None and (not load.settings.measured or load.power_va is None)
