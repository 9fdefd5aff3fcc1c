"""Turning down instead of off: where that is enough, and back up as room appears (design §5, §6).

A level of ours stands beside the wanted one, which only its owner changes. A load whose level nobody tells, or of which
one unit of level draws nobody knows what, is simply cut. On a predicted trip only a told power per unit counts.
"""

from collections.abc import Mapping, Sequence
import math
from typing import Final, Literal

from .desk import Desk
from .guard import Need
from .limits import circuit_room_va
from .model import Action, Cause, Command, EventType, LoadStatus, LoadView, OffloadMode, Reason
from .returning import Room, room_is_kept, room_now, why_no_other_moves
from .track import LoadTrack

_BETWEEN_S: Final = 10.0

type Levels = dict[str, float]
"""The level to turn each load down to, by load id."""


def enough(needed: Sequence[Need], order: Sequence[LoadTrack], phases: tuple[int, ...]) -> Levels | None:
    """Levels that cover every need without cutting anything, no lower than they must be; None when they cannot."""
    left = {need.phase: need.va for need in needed}
    worst = max(needed, key=lambda need: need.va).phase
    urgent = any(need.urgent for need in needed)
    lowered: list[LoadTrack] = []
    for load in order:
        if all(va <= 0 for va in left.values()):
            break
        effect = load.effect(_freed_va(load, urgent=urgent), phases, worst)
        if any(left.get(phase, 0.0) > 0 for phase in effect):
            _move(left, effect, -1.0)
            lowered.append(load)
    if not lowered or any(va > 0 for va in left.values()):
        return None
    levels: Levels = {}
    for load in reversed(lowered):
        effect = load.effect(_freed_va(load, urgent=urgent), phases, worst)
        if (level := _highest(load, effect, left)) is not None:
            levels[load.load_id] = level
    return dict(reversed(levels.items()))


def softened(cut: Sequence[LoadTrack], needed: Sequence[Need], phases: tuple[int, ...]) -> Levels:
    """Levels at which loads that were chosen to be cut may stay, because the others leave that much to spare."""
    left = {need.phase: need.va for need in needed}
    worst = max(needed, key=lambda need: need.va).phase
    urgent = any(need.urgent for need in needed)
    for load in cut:
        _move(left, load.effect(load.drawing_va, phases, worst), -1.0)
    levels: Levels = {}
    for load in reversed(cut):
        down, unit, present = load.settings.turn_down, _unit_va(load, urgent=urgent), load.level
        drawing = load.drawing_va
        if down is None or unit is None or present is None or drawing is None or load.offloaded:
            continue
        lowest = load.effect(down.minimum * unit, phases, worst)
        if drawing <= down.minimum * unit or any(left.get(phase, -va) + va > 0 for phase, va in lowest.items()):
            continue
        _move(left, lowest, 1.0)
        if (level := _highest(load, lowest, left)) is not None:
            levels[load.load_id] = level
    return levels


def turn(
    desk: Desk,
    load: LoadTrack,
    level: float,
    reason: Reason,
    now: float,
    *,
    urgent: bool = False,
    phase: int | None = None,
) -> None:
    """Order a load that is on to a level; the wanted one is its full return."""
    unit = load.unit_va or 0.0
    present = load.level if load.level is not None else level
    down = level < present
    freed = min(load.drawing_va or 0.0, abs(present - level) * unit) if down else (level - present) * unit
    if desk.mode is OffloadMode.OBSERVE:
        desk.observed.add(load.load_id)
        desk.tell(EventType.OFFLOADED, now, load, reason, va=freed, phase=phase, observed=True)
        return
    first = load.turned_to is None
    whole = load.wanted_level is not None and level >= load.wanted_level
    load.turned_to, load.levelled_at, load.cut_reason = level, now, reason
    action = Action.OFFLOAD if down else Action.RESTORE
    desk.order(load, action, load.effect(freed, desk.phases, phase if down else None), now)
    if whole:
        desk.put(Command(load_id=load.load_id, action=Action.RESTORE, reason=reason, urgent=False))
    else:
        desk.put(Command(load_id=load.load_id, action=Action.OFFLOAD, reason=reason, urgent=urgent, level=level))
    load.show(LoadStatus.TURNED_DOWN, reason, now)
    if not down:
        desk.last_return_at = now
        desk.watch_effect(load, now)
    if first or whole:
        kind = EventType.RESTORED if whole else EventType.OFFLOADED
        desk.tell(kind, now, load, reason, va=freed, phase=phase)


def seen(desk: Desk, load: LoadTrack, view: LoadView, cause: Cause, now: float) -> None:
    """The level of a load was told: our order obeyed, or somebody's wish."""
    down = load.settings.turn_down
    if down is None or not load.available:
        return
    if not load.on and not load.offloaded:
        load.turned_to = None
    if not load.on or view.level is None:
        return
    _find(load, view.level)
    flight = desk.flights.get(load.load_id)
    target = load.turned_to
    if target is None:
        if not load.offloaded and flight is None:
            load.wanted_level = view.level
    elif abs(view.level - target) <= down.step / 2:
        if flight is not None:
            desk.flights.confirm(load.load_id, now)
            load.obeyed()
        if load.wanted_level is not None and target >= load.wanted_level:
            load.turned_to = None
            load.restored_at = now
    elif flight is None or cause in (Cause.HAND, Cause.ORDER):
        # Somebody else's level stands: what we did is void.
        desk.flights.drop(load.load_id)
        load.turned_to, load.wanted_level = None, view.level
        if cause is Cause.HAND:
            load.held_until = now + desk.settings.hand_hold_s
            desk.tell(EventType.HOLD, now, load, Reason.HAND)


def _find(load: LoadTrack, level: float) -> None:
    """After a restart: a load that stands below the level that was saved when we turned it down is still ours."""
    if load.saved_level is not None and load.turned_to is None and not load.offloaded and level < load.saved_level:
        load.turned_to, load.wanted_level, load.cut_reason = level, load.saved_level, Reason.STARTING
    load.saved_level = None


def raise_one(desk: Desk, now: float) -> None:
    """Raise one load towards its wanted level, as far as there is room beside those that wait to return."""
    turned = [load for load in desk.tracks.values() if load.turned_to is not None and not load.offloaded]
    if not turned:
        return
    waiting = any(load.no_room_since is not None and room_is_kept(load, now) for load in desk.to_return(now))
    if desk.degraded_since is not None or why_no_other_moves(desk, now) is not None or desk.promise is not None:
        return
    room = room_now(desk, now)
    for load in turned:
        wanted = load.wanted_level
        if wanted is None or load.level is None or not load.available or load.suspect(now):
            continue
        due = load.levelled_at + max(_BETWEEN_S, load.settings.delay_after_s)
        if load.release_by is None and (waiting or now < due):
            desk.wake(due, now)
            continue
        level = _room_level(desk, load, wanted, room)
        overdue = load.release_by is not None and now >= load.release_by
        if overdue or (level is not None and level > load.level):
            released = load.release_by is not None
            turn(desk, load, wanted if overdue or level is None else level, _up(released=released), now)
            return


def _up(*, released: bool) -> Reason:
    return Reason.RELEASED if released else Reason.ROOM


def _room_level(desk: Desk, load: LoadTrack, wanted: float, room: Room | None) -> float | None:
    """The highest level up to the wanted one that fits beside what the house draws."""
    down, unit = load.settings.turn_down, load.unit_va
    if room is None or down is None or unit is None or load.level is None:
        return None
    share = load.effect(1.0, tuple(room.by_phase))
    spare = min(circuit_room_va(desk, load), *(room.by_phase[phase] / part for phase, part in share.items()))
    if spare <= 0:
        return None
    if load.level + spare / unit >= wanted:
        return wanted
    return _rounded(load, load.level + spare / unit)


def _freed_va(load: LoadTrack, *, urgent: bool) -> float | None:
    """What turning the load down as far as it goes would free; None where it cannot be turned down."""
    down, unit, drawing = load.settings.turn_down, _unit_va(load, urgent=urgent), load.drawing_va
    if down is None or unit is None or drawing is None or load.level is None or load.offloaded:
        return None
    if load.level < down.minimum + down.step or drawing <= down.minimum * unit:
        return None
    return drawing - down.minimum * unit


def _unit_va(load: LoadTrack, *, urgent: bool) -> float | None:
    down = load.settings.turn_down
    return down.va_per_unit if urgent and down is not None else load.unit_va


def _highest(load: LoadTrack, effect: Mapping[int, float], left: dict[int, float]) -> float | None:
    """Raise a load from its lowest level as far as the needs leave to spare; None when that is where it stands."""
    down, unit = load.settings.turn_down, load.unit_va
    total = sum(effect.values())
    if down is None or unit is None or load.level is None or total <= 0:
        return None
    spare = min((-left[phase] * total / va for phase, va in effect.items() if phase in left and va > 0), default=0.0)
    level = _rounded(load, down.minimum + max(0.0, spare) / unit)
    if level >= load.level:
        return None
    _move(left, {phase: (level - down.minimum) * unit * va / total for phase, va in effect.items()}, 1.0)
    return level


def _rounded(load: LoadTrack, level: float) -> float:
    """A level that the load has, not above the given one."""
    down = load.settings.turn_down
    assert down is not None  # only loads that can be turned down come here
    steps = math.floor((level - down.minimum) / down.step + 1e-9)
    return min(down.maximum, down.minimum + max(0, steps) * down.step)


def _move(left: dict[int, float], effect: Mapping[int, float], sign: float) -> None:
    for phase, va in effect.items():
        if phase in left:
            left[phase] += sign * va


def give_up(desk: Desk, reason: Reason, now: float, room: Room | Literal["any"] | None = "any") -> None:
    """Order every load that is turned down back to its wanted level, where a given room holds that."""
    for load in desk.tracks.values():
        wanted = load.wanted_level
        if load.turned_to is None or load.offloaded or wanted is None or not load.available:
            continue
        if room == "any" or _room_level(desk, load, wanted, room) == wanted:
            turn(desk, load, wanted, reason, now)
            room = room if room == "any" or desk.degraded_since is not None else room_now(desk, now)
