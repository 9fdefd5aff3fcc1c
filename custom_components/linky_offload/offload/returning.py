"""Which load returns: only into room that was reckoned first (design §6.6, §8)."""

from collections.abc import Iterable, Mapping, Sequence, Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from .desk import Desk
from .guard import ceiling_va
from .limits import barred
from .model import LoadStatus, OffloadMode, Profile, Reason
from .reserve import idle_reserve_va
from .track import LoadTrack

RESERVE_ROOM_AFTER_S: Final = 600.0
_RELEASE_SPACING_S: Final = 2.0
_SILENT_SPACING_S: Final = 30.0
_RECLOSED_SPACING_S: Final = 30.0
_RECLOSED_FOR_S: Final = 600.0
_UNKNOWN_BASE_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Room:
    """VA that may be added to each phase without passing its ceiling, hysteresis already taken off."""

    by_phase: Mapping[int, float]

    def holds(self, load: LoadTrack) -> bool:
        """Tell whether the load fits on its phases, or on every phase when its own is unknown."""
        phases = tuple(self.by_phase)
        return all(va <= self.by_phase[phase] for phase, va in load.effect(load.return_va, phases).items())

    def without(self, loads: Iterable[LoadTrack]) -> Room:
        """The room that is left beside these loads at their full power."""
        left = dict(self.by_phase)
        for load in loads:
            for phase, va in load.effect(load.return_va, tuple(left)).items():
                left[phase] -= va
        return Room(left)


def return_overdue(desk: Desk, now: float) -> None:
    """Return what was taken out of service and has waited as long as was promised, room or not."""
    if all(load.release_by is None for load in desk.tracks.values()):
        return
    spacing = _RECLOSED_SPACING_S if _just_reclosed(desk, now) else _RELEASE_SPACING_S
    if desk.house.open_since is not None or now - desk.last_return_at < spacing:
        return
    for load in desk.to_return(now):
        if load.release_by is not None and now >= load.release_by:
            desk.give_back(load, Reason.RELEASED, now)
            return


def return_one(desk: Desk, now: float) -> None:
    """Return one load, if one may, and note on the others why they wait."""
    waiting = desk.to_return(now)
    if not waiting:
        return
    unsettled = desk.unsettled(now).keys()
    hindrance = why_none_returns(desk, now) or (Reason.VERIFYING if unsettled >= set(desk.phases) else None)
    if hindrance is not None:
        for load in waiting:
            load.show(LoadStatus.OFFLOADED, hindrance, now)
        return
    room = room_now(desk, now) if desk.degraded_since is None else _room_in_silence(desk)
    if _keep_promise(desk, waiting, room, now):
        return
    # What was taken out of service goes first: nobody decides for it any more.
    order = sorted(waiting, key=lambda one: one.release_by is None)
    picked = _first_to_return(desk, order, room, unsettled, now)
    if picked is not None:
        desk.give_back(picked, Reason.ROOM if picked.release_by is None else Reason.RELEASED, now)


def _keep_promise(desk: Desk, waiting: Sequence[LoadTrack], room: Room | None, now: float) -> bool:
    """Return the load for which another was cut; True as long as the room is kept for it."""
    promise = desk.promise
    if promise is None:
        return False
    load = next((one for one in waiting if one.load_id == promise.load_id), None)
    if load is None or now >= promise.until or desk.mode is not OffloadMode.AUTOMATIC:
        desk.promise = None
        return False
    settled = desk.settles_at(load, now) is None
    if settled and room is not None and room.holds(load) and barred(desk, load) is None:
        desk.promise = None
        desk.give_back(load, promise.reason, now)
        return True
    for other in waiting:
        other.show(LoadStatus.OFFLOADED, Reason.NO_ROOM, now)
    return True


def room_now(desk: Desk, now: float) -> Room | None:
    """Room by the last samples; None while they are stale or the contract is unknown."""
    loads = desk.house.loads(desk.settings, desk.flights, now)
    if not loads:
        return None
    horizon, idle = desk.horizon, idle_reserve_va(desk, now)
    # By the meter, what happened lately is lived through again before a return (`bears`), which is the better guard.
    hysteresis = 0.0 if desk.settings.profile is Profile.METER else 1.0
    # The hysteresis and the reserve stand for the same surprise: the larger of the two is enough.
    return Room(
        {
            load.phase: ceiling_va(load, desk.settings, horizon)
            - max(hysteresis * load.hysteresis_va, idle[load.phase])
            - load.power_va
            for load in loads
        }
    )


def _room_in_silence(desk: Desk) -> Room | None:
    """Room under the contract while the meter is silent: the usual load of this hour, and ours at full power."""
    reading = desk.house.reading
    contract = (reading.contract_va or reading.cutoff_va) if reading is not None else None
    if contract is None:
        return None
    habit = desk.habits.expected_va(desk.hour) if desk.hour is not None else None
    base = habit if habit is not None else _UNKNOWN_BASE_SHARE * contract
    phases = desk.phases
    whole = Room(dict.fromkeys(phases, (contract - base) / len(phases)))
    return whole.without(load for load in desk.tracks.values() if load.on and not load.offloaded)


def why_none_returns(desk: Desk, now: float) -> Reason | None:
    """What keeps every load from returning now, None when nothing does."""
    house, since_last = desk.house, now - desk.last_return_at
    if house.open_since is not None:
        return Reason.METER_OPEN
    if _just_reclosed(desk, now):
        # The plugs and thermostats of a house that was dark come back one by one: the first sample shows the least.
        closed_at = house.closed_at or 0.0
        if since_last < _RECLOSED_SPACING_S or now - closed_at < max(desk.horizon, desk.settings.verify_s):
            return Reason.METER_OPEN
    if desk.degraded_since is not None:
        early = now - desk.degraded_since < desk.settings.degraded_hold_s
        if early or since_last < _SILENT_SPACING_S:
            return Reason.METER_SILENT
    return Reason.STARTING if now - desk.started_at < desk.settings.start_grace_s else None


def why_no_other_moves(desk: Desk, now: float) -> Reason | None:
    """What keeps loads from changing places or being raised: beside what keeps every load, one that is under way."""
    return why_none_returns(desk, now) or (Reason.VERIFYING if desk.unsettled(now) else None)


def _just_reclosed(desk: Desk, now: float) -> bool:
    return desk.house.closed_at is not None and now - desk.house.closed_at < _RECLOSED_FOR_S


def _first_to_return(
    desk: Desk, order: Sequence[LoadTrack], room: Room | None, unsettled: AbstractSet[int], now: float
) -> LoadTrack | None:
    """Pick the next load to return; ``unsettled``: phases on which another has to be verified first.

    One that does not fit may be passed over by a smaller one, for ten minutes; then its room is kept for it, for as
    long again, since the room for it may never come. What fits beside it returns: on another phase, mostly. So does
    what fits beside a load that is next and waits for one on its phase to be verified.
    """
    picked: LoadTrack | None = None
    left, closed = room, False
    for load in order:
        reason = barred(desk, load) or _why_wait(desk, load, room, unsettled, now)
        free = reason is None and not closed and (left is None or left.holds(load))
        if free and picked is None:
            picked = load
            continue
        shown = reason or (Reason.VERIFYING if free else Reason.NO_ROOM)
        # That it stays off beyond its longest time says more than that it has no room.
        overdue = shown is Reason.NO_ROOM and load.told_longest
        load.show(LoadStatus.OFFLOADED, Reason.LONGEST_OFF if overdue else shown, now)
        kept = reason is Reason.VERIFYING or (reason is Reason.NO_ROOM and room_is_kept(load, now))
        if kept and left is not None:
            left = left.without((load,))
        closed = closed or (reason is Reason.NO_ROOM and desk.settings.strict_order)
    return picked


def room_is_kept(load: LoadTrack, now: float) -> bool:
    """No smaller load passes this one at present, for it has been passed for long enough."""
    longest = load.settings.longest_off_s
    passed_s = RESERVE_ROOM_AFTER_S if longest is None else min(RESERVE_ROOM_AFTER_S, longest / 2)
    waited = 0.0 if load.no_room_since is None else now - load.no_room_since
    return waited % (2 * passed_s) >= passed_s if passed_s > 0 else True


def _why_wait(desk: Desk, load: LoadTrack, room: Room | None, unsettled: AbstractSet[int], now: float) -> Reason | None:
    """What keeps one load from returning; follows how long it has had room, and how long it has had none."""
    if room is None or not room.holds(load):
        load.room_since = None
        load.no_room_since = now if load.no_room_since is None else load.no_room_since
        load.doubt(now)
        return Reason.NO_ROOM
    load.room_since = now if load.room_since is None else load.room_since
    verifying = not unsettled.isdisjoint(load.effect(0.0, desk.phases))
    if load.release_by is not None:
        return Reason.VERIFYING if verifying else None
    if load.minimum_off_left_s(now) > 0:
        # Its minimum time is the appliance's need; what comes on top was earned by relapses.
        if now - load.off_since < load.settings.minimum_off_s:
            return Reason.MINIMUM_OFF
        return Reason.BACK_OFF
    if now - load.room_since < load.settings.delay_after_s + load.waits_more_s:
        return Reason.DELAY_AFTER
    if verifying:
        return Reason.VERIFYING
    return None if bears(desk, load, now) else Reason.NO_ROOM


def bears(desk: Desk, load: LoadTrack, now: float, *, instead: Iterable[LoadTrack] = ()) -> bool:
    """What was drawn lately may come again with this load on and those ``instead`` of it off.

    By the meter with the largest step on top. Elsewhere the threshold sees to that, unless samples are rare: one that
    fell into the pause of a hob knows nothing of the hob, but one of the last minutes does.
    """
    by_meter = desk.settings.profile is Profile.METER
    if not (by_meter or desk.house.samples_rare) or desk.degraded_since is not None:
        return True
    phases, horizon = desk.phases, desk.horizon
    moved = load.effect(load.return_va, phases)
    for other in instead:
        for phase, va in other.effect(other.drawing_va, phases).items():
            moved[phase] = moved.get(phase, 0.0) - va
    loads = [one for one in desk.house.loads(desk.settings, desk.flights, now) if moved.get(one.phase, 0.0) != 0.0]
    return all(desk.house.bears(one, moved[one.phase], one.step_va if by_meter else 0.0, horizon) for one in loads)
