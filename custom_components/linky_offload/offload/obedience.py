"""Orders that are not obeyed, by state or by power: the next load is taken, this one tried later (design §6.5).

A load behind a day/night contactor is dead outside off-peak hours: it waits for its contactor and is not suspect.
"""

from typing import Final

from .desk import Desk
from .model import Action, EventType, LoadStatus, Reason
from .track import LoadTrack

_STILL_SHARE: Final = 0.5
_POWER_AFTER: Final = 6.0  # times the patience with its state: sensors tell late


def check_obedience(desk: Desk, now: float) -> None:
    """Give up on orders that were not obeyed in time."""
    for flight in desk.flights:
        if flight.confirmed_at is not None:
            if desk.degraded_since is not None:
                desk.flights.drop(flight.load_id)  # no sample will show it
            continue
        load = desk.tracks[flight.load_id]
        if now - flight.asked_at < load.settings.obey_s:
            desk.wake(flight.asked_at + load.settings.obey_s, now)
            continue
        desk.flights.drop(flight.load_id)
        desk.house.moved(flight.va, 1.0 if flight.action is Action.OFFLOAD else -1.0)  # it has moved nothing
        if flight.action is Action.OFFLOAD:
            # It is still on, so it is not ours; a late obedience is recognised by its cause.
            load.offloaded = False
        _keep_seen_level(load)
        _doubt(desk, load, now)
    for load in desk.tracks.values():
        if load.offloaded and _still_draws(desk, load, now) and not load.suspect(now) and not desk.dead(load):
            _doubt(desk, load, now)


def _still_draws(desk: Desk, load: LoadTrack, now: float) -> bool:
    """It says that it is off, and its sensor says that it is not. After a start, sensors have the same patience."""
    off_for_s = now - max(load.off_since, desk.started_at)
    said_off = load.on is False and off_for_s >= _POWER_AFTER * load.settings.obey_s
    if not said_off or not load.settings.measured or load.power_va is None or load.before_cut_va is None:
        return False
    return load.power_va >= _STILL_SHARE * load.before_cut_va


def _keep_seen_level(load: LoadTrack) -> None:
    """A level that was not taken: what it shows is what it has."""
    if load.turned_to is None:
        return
    if load.offloaded:
        load.turned_to = None
        return
    lowered = load.level is not None and load.wanted_level is not None and load.level < load.wanted_level
    load.turned_to = load.level if lowered else None


def _doubt(desk: Desk, load: LoadTrack, now: float) -> None:
    first = load.failures == 0
    load.disobeyed(now)
    if desk.dead(load):
        return
    load.show(LoadStatus.SUSPECT, Reason.DID_NOT_OBEY, now)
    if first:
        desk.tell(EventType.SUSPECT, now, load, Reason.DID_NOT_OBEY)
