"""Changing places: turns, needier rooms, and loads that have been off for as long as they may (design §5, §6).

The load that goes is cut first; the one that it makes room for returns once the meter shows that room, so that the
house never stands above its ceiling for a swap. Until then nobody else may have the room.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from .cutting import Group, answered_by, choose, why_not
from .desk import Desk, Promise
from .guard import Need
from .limits import barred
from .model import CoordinatorSettings, EventType, LoadStatus, OffloadMode, Reason
from .returning import Room, bears, room_now, why_no_other_moves
from .strategies import STRATEGIES, Strategy, Swap
from .strategies.hierarchical import Hierarchical
from .track import LoadTrack

_PROMISED_S: Final = 60.0
_LOOK_EVERY_S: Final = 3.0
_LISTED: Final[Strategy] = Hierarchical()


def swap_one(desk: Desk, now: float) -> None:
    """Begin one swap, if one is due and nothing else is under way. It is looked for every `_LOOK_EVERY_S`."""
    if desk.promise is not None or desk.mode is not OffloadMode.AUTOMATIC or desk.degraded_since is not None:
        return
    if now - desk.swaps_looked_at < _LOOK_EVERY_S:
        return
    desk.swaps_looked_at = now
    if why_no_other_moves(desk, now) is not None:
        return
    able = [load for load in desk.to_return(now) if _may_return(desk, load, now)]
    if not able or (room := room_now(desk, now)) is None:
        return
    free = {load.load_id: load for load in desk.in_cut_order(now) if _may_go(desk, load, now)}
    for load in able:
        if _is_overdue(load, now):
            swap = Swap(load, tuple(free.values()), Reason.LONGEST_OFF)
            if _begin(desk, swap, room, now):
                return
            load.show(LoadStatus.OFFLOADED, Reason.LONGEST_OFF, now)
            if not load.told_longest:
                load.told_longest = True
                desk.tell(EventType.REFUSED, now, load, Reason.LONGEST_OFF, va=load.return_va)
    for coordinator in desk.in_service():
        if _swap_within(desk, coordinator, able, free, room, now):
            return


def rotate(desk: Desk, coordinator_id: str, now: float) -> None:
    """Pass the turn on without waiting for its end, where the minimum times of the loads allow."""
    if desk.promise is not None or desk.mode is not OffloadMode.AUTOMATIC or why_no_other_moves(desk, now) is not None:
        return
    room = room_now(desk, now)
    able = [load for load in desk.to_return(now) if _may_return(desk, load, now)]
    free = {load.load_id: load for load in desk.in_cut_order(now) if _may_go(desk, load, now)}
    for coordinator in desk.in_service():
        if coordinator.coordinator_id == coordinator_id and room is not None:
            desk.ledger.turned_at.pop(coordinator_id, None)
            _swap_within(desk, replace(coordinator, rotation_s=0.0), able, free, room, now)


def _swap_within(
    desk: Desk,
    coordinator: CoordinatorSettings,
    able: Sequence[LoadTrack],
    free: dict[str, LoadTrack],
    room: Room,
    now: float,
) -> bool:
    """Ask the strategy of a coordinator for a swap among its own loads."""
    scene = desk.scene(coordinator, now)
    strategy = STRATEGIES[coordinator.strategy]
    every = strategy.swap_every_s(scene)
    if every is None or now - desk.ledger.turned_at.get(coordinator.coordinator_id, -every) < every:
        return False
    own = [load for load in able if load.coordinator_id == coordinator.coordinator_id]
    staying = [load for load in free.values() if load.coordinator_id == coordinator.coordinator_id]
    swap = strategy.swap(own, staying, scene) if own and staying else None
    if swap is None or not _begin(desk, swap, room, now):
        return False
    desk.ledger.turned_at[coordinator.coordinator_id] = now
    return True


def _begin(desk: Desk, swap: Swap, room: Room, now: float) -> bool:
    """Cut what the returning load needs, at most ``swap.most`` loads; False when that is not enough."""
    phases = desk.phases
    short = {p: va - room.by_phase[p] for p, va in swap.back.effect(swap.back.return_va, phases).items()}
    needs = [Need(phase, va, swap.reason, urgent=False) for phase, va in short.items() if va > 0]
    known = [load for load in swap.instead if load is not swap.back and load.drawing_va is not None]
    if not needs or not known:
        return False
    scene = desk.scene(desk.coordinators[0], now)
    choice = choose(needs, [Group(_LISTED, scene, known)], phases, one_unknown=False)
    if choice.missing_va > 0 or len(choice.loads) > swap.most:
        return False
    if not bears(desk, swap.back, now, instead=choice.loads):
        return False
    for load in choice.loads:
        desk.cut(load, swap.reason, now, phase=answered_by(load, needs).phase)
    # The room must show on the meter, which behind a slow relay takes longer.
    desk.promise = Promise(swap.back.load_id, swap.reason, now + max(_PROMISED_S, 2 * desk.horizon))
    return True


def _is_overdue(load: LoadTrack, now: float) -> bool:
    longest = load.settings.longest_off_s
    return longest is not None and now - load.off_since >= longest


def _may_return(desk: Desk, load: LoadTrack, now: float) -> bool:
    free = load.release_by is None and load.enabled
    return free and load.minimum_off_left_s(now) <= 0 and barred(desk, load) is None


def _may_go(desk: Desk, load: LoadTrack, now: float) -> bool:
    if load.offloaded or load.settings.last_resort or load.load_id in desk.flights:
        return False
    return why_not(load, urgent=False, under_way=False, now=now, minute=desk.minute) is None
