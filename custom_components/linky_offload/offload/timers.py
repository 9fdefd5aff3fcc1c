"""Switching on, or off, by itself so long after any order (reference-systems §1.9, T-15).

An order cancels the timer of the other direction. While a load is cut nothing runs out: what is due then waits until
it is back. A start by a timer is nobody's hand: where it does not fit it queues with what waits for room.
"""

from .desk import Desk
from .limits import barred
from .model import Action, Command, LoadStatus, OffloadMode, Reason
from .returning import room_now
from .track import LoadTrack


def switched(desk: Desk, load: LoadTrack, now: float) -> None:
    """The load went on or off by anybody's order: its time counts from now."""
    desk.timed.discard(load.load_id)
    load.timer_at = None
    after = load.settings.auto_off_s if load.on else load.settings.auto_on_s
    if after is not None and not load.offloaded:
        load.timer_at = now + after
        desk.timed.add(load.load_id)


def run_out(desk: Desk, now: float) -> None:
    """Switch what is due, and ask to be woken for what comes next."""
    for load_id in tuple(desk.timed):
        load = desk.tracks.get(load_id)
        if load is None or load.timer_at is None:
            desk.timed.discard(load_id)
        elif now < load.timer_at:
            desk.wake(load.timer_at, now)
        elif desk.mode is OffloadMode.AUTOMATIC and load.available and load_id not in desk.flights:
            _fire(desk, load, now)


def _fire(desk: Desk, load: LoadTrack, now: float) -> None:
    if load.offloaded:
        return
    if load.on:
        # Not an offload: nothing is to be given back. It is asked again until the load is seen off.
        load.timed_off = True
        load.timer_at = now + load.settings.obey_s
        desk.wake(load.timer_at, now)
        desk.put(Command(load_id=load.load_id, action=Action.OFFLOAD, reason=Reason.TIMER, urgent=False))
        return
    desk.timed.discard(load.load_id)
    load.timer_at = None
    load.wanted = load.offloaded = True
    load.off_since = now
    room = room_now(desk, now)
    if room is not None and room.holds(load) and barred(desk, load) is None and desk.house.open_since is None:
        desk.give_back(load, Reason.TIMER, now)
    else:
        load.show(LoadStatus.OFFLOADED, Reason.NO_ROOM, now)
