"""Overload: followed from the first sample above the threshold, answered when a need is due."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
import math
from typing import Final

from ..meter.trip import sustainable_ratio
from . import levels
from .cutting import Choice, Group, answered_by, choose, most_pressing, protected, why_not
from .desk import Desk
from .echo import LEAST_VA, phases_of
from .guard import SOURCE_LAG_S, Need, PhaseLoad, guard_ratio, need_of
from .in_flight import Flight
from .learn import step_of
from .model import Action, EventType, LoadStatus, OffloadMode, Profile, Reason
from .sight import hear_step
from .strategies import STRATEGIES
from .track import LATE_REPORT_S, LoadTrack

_RELAPSE_S: Final = 30.0
_MISTAKE_S: Final = 180.0
_EMPTY_S: Final = 4 * 3600.0
_SHOWN_SHARE: Final = 0.25
_WHOLE_SHARE: Final = 0.8
_LEAST_STEP_VA: Final = 100.0
_LONGEST_LEAD_S: Final = 10.0
_AMPLY: Final = 1.1  # candidates cover a little more, so that not every sample chooses them anew
_GUARDS: Final = (Reason.PREDICTED_TRIP, Reason.RESERVE, Reason.METER_SILENT)


def follow(desk: Desk, loads: Sequence[PhaseLoad], now: float) -> None:
    """Tell when an overload begins and ends, and keep the intents of what it may cost."""
    change = desk.house.watch(loads, desk.settings, now)
    if change is False:
        desk.candidates.clear()
        desk.candidates_for.clear()
        desk.observed.clear()
        desk.refused = False
    if change is not None:
        worst = max(loads, key=lambda load: load.power_va - load.threshold_va, default=None)
        desk.tell(
            EventType.OVERLOAD_STARTED if change else EventType.OVERLOAD_ENDED,
            now,
            va=worst.power_va - worst.threshold_va if worst else None,
            phase=worst.phase if worst else None,
        )
    _note_candidates(desk, loads, now)


def needs(desk: Desk, loads: Sequence[PhaseLoad], now: float) -> list[Need]:
    """What must go now, phase by phase; also asks to be woken when a delay runs out."""
    if desk.mode is OffloadMode.OFF:
        return []
    horizon = desk.horizon
    lead = lead_s(desk)
    for load in loads:
        if load.over_since is not None:
            desk.wake(load.over_since + desk.settings.contract_delay_s - lead, now)
    found = (need_of(load, desk.settings, horizon, now, lead) for load in loads)
    return [need for need in found if need is not None]


def needs_unseen(desk: Desk, now: float) -> list[Need]:
    """What must go while no sample tells, since nobody would see a trip come: what is above the contract.

    By the meter, all of it: living there takes eyes. Elsewhere only where the filter could not hold it with a step
    more. What alone would open the meter goes urgently. A load of long ago tells nothing of the present.
    """
    house = desk.house
    long_ago = now - house.sampled_at >= desk.settings.degraded_hold_s
    if desk.mode is OffloadMode.OFF or house.open_since is not None or long_ago:
        return []
    needed: list[Need] = []
    limit = guard_ratio(desk.settings)
    for phase, power_va, share_va, step_va in house.unseen():
        held = 1.0
        if desk.settings.profile is not Profile.METER:
            held = max(held, sustainable_ratio(step_va / share_va, desk.horizon, limit))
        if power_va > held * share_va:
            urgent = power_va > limit * share_va
            needed.append(Need(phase, power_va - share_va, Reason.METER_SILENT, urgent=urgent))
    return needed


def answer(desk: Desk, needed: Sequence[Need], now: float) -> None:
    """Take just enough off, in one go."""
    if desk.mode is OffloadMode.OBSERVE:
        needed = _beside_observed(desk, needed)
        if not needed:
            return
    urgent = any(need.urgent for need in needed)
    pressing = most_pressing(needed)
    groups = _takeable(desk, now, urgent=urgent)
    measuring = any(f.action is Action.OFFLOAD and not f.va for f in desk.flights)
    if measuring and not urgent:
        for load in (load for group in groups for load in group.loads):
            load.show(LoadStatus.WAITING, Reason.MEASURING, now)
        return
    free = [load for group in groups for load in group.loads if not load.held(now)]
    lower = levels.enough(needed, free, desk.phases)
    if lower is None:
        choice = choose(needed, groups, desk.phases, one_unknown=not urgent)
        lower = levels.softened(choice.loads, needed, desk.phases)
    else:
        choice = Choice(tuple(desk.tracks[load_id] for load_id in lower), 0.0)
    for load in choice.loads:
        own = answered_by(load, needed)
        wait = 0.0 if pressing.reason in _GUARDS else delay_before_left(desk, load, now)
        if wait > 0:
            load.show(LoadStatus.WAITING, Reason.DELAY_BEFORE, now)
            desk.wake(now + wait, now)
            continue
        if _relapsed(desk, load, needed, now):
            load.relapses += 1
            desk.tell(EventType.RELAPSE, now, load, own.reason, va=load.drawing_va, phase=own.phase)
        if load.load_id in lower:
            level = lower[load.load_id]
            levels.turn(desk, load, level, own.reason, now, urgent=urgent, phase=own.phase)
        else:
            desk.cut(load, own.reason, now, urgent=urgent, phase=own.phase)
    nothing_left = choice.missing_va > 0 and not choice.loads and not desk.flights and not desk.observed
    if nothing_left and not desk.refused:
        desk.refused = True
        desk.tell(EventType.REFUSED, now, reason=pressing.reason, va=choice.missing_va, phase=pressing.phase)


def note_start(desk: Desk, load: LoadTrack, now: float, *, switched: bool) -> None:
    """An automation or a thermostat started a load: while others wait for room, it may have to wait its turn too.

    An appliance that merely goes on with what it does (``switched`` is False) goes behind loads that are cut only, so
    that a passing overload does not stop a machine between two phases of its programme; and under a contract delay not
    even then, since thermostats come on and go off in turns, so that most of these excesses pass by themselves.
    """
    if not switched:
        if desk.settings.profile is Profile.CONTRACT:
            return
        if load.restored_at is not None and now - load.restored_at < LATE_REPORT_S:
            return  # a slow sensor tells of our own return
    queue = any(other.offloaded and other.enabled for other in desk.tracks.values())
    if queue or (switched and _overloaded(desk, load, now)):
        load.started_at = now


def turn_away(desk: Desk, now: float) -> None:
    """Cut what has just started and turns out to be without room; by the meter, its filter alone tells."""
    if desk.mode is not OffloadMode.AUTOMATIC or not desk.house.over_since or desk.settings.profile is Profile.METER:
        return
    for load in desk.in_cut_order(now):
        if load.started_at is None or now - load.started_at > desk.horizon:
            continue
        free = load.on and load.available and not load.offloaded and not load.held(now) and not load.suspect(now)
        free = free and load.settings.allowed and not load.excluded(now) and not protected(load, desk.minute)
        if free and _overloaded(desk, load, now):
            load.started_at = None
            desk.cut(load, Reason.STARTED_WITHOUT_ROOM, now)


def cut_confirmed(desk: Desk, load: LoadTrack, now: float) -> None:
    """A load is off at our order, perhaps only at a later try, which was not told of yet."""
    flight = desk.flights.confirm(load.load_id, now)
    if flight is not None and not flight.unseen and load.proven and (load.phases or len(desk.phases) == 1):
        desk.shed(flight.va)
    if load.failures:
        load.show(LoadStatus.OFFLOADED, load.cut_reason, now)
        desk.tell(EventType.OFFLOADED, now, load, load.cut_reason, va=load.drawing_va)
    load.obeyed()


def learn(desk: Desk, now: float) -> None:
    """Take the steps that our own orders made on the meter, and the habits of the rest of the house."""
    raw = desk.house.raw
    for flight in desk.flights.landed(desk.house.sampled_at, SOURCE_LAG_S):
        load = desk.tracks.get(flight.load_id)
        sign = 1.0 if flight.action is Action.RESTORE else -1.0
        desk.levels.expect(flight.va, sign)
        moved = step_of(sign, flight.raw_before, raw)
        if flight.action is Action.RESTORE and _shown(flight, moved):
            desk.settling.shown(flight.load_id)
        if load is not None and flight.alone and load.turned_to is None:
            if _may_be_one_load(desk, moved):
                _learn_step(load, moved, now)
            _note_empty(load, flight, moved, now)
    for load in desk.tracks.values():
        if load.freed_nothing_at is not None and now - load.freed_nothing_at >= _EMPTY_S:
            load.freed_nothing_at = None
    for load_id, moved in desk.witness.landed(raw, desk.house.sampled_at, SOURCE_LAG_S):
        if (load := desk.tracks.get(load_id)) is not None:
            _learn_step(load, moved, now)
    if len(raw) > 1:
        for load_id, phases in desk.echo.landed(raw, desk.house.sampled_at, SOURCE_LAG_S):
            if (load := desk.tracks.get(load_id)) is not None:
                load.learned.heard(phases)
    reading = desk.house.reading
    if desk.hour is None or reading is None or not reading.power_changed or reading.power_va is None:
        return
    ours = sum(load.drawing_va or 0.0 for load in desk.tracks.values() if load.on)
    desk.habits.note(desk.hour, reading.power_va - ours)


def _shown(flight: Flight, moved: Mapping[int, float]) -> bool:
    """The phases of an order moved as far as was reckoned, or nearly so."""
    return bool(flight.va) and all(moved.get(phase, 0.0) >= _WHOLE_SHARE * va for phase, va in flight.va.items())


def _may_be_one_load(desk: Desk, moved: Mapping[int, float]) -> bool:
    """No load draws more than its phase may give: with such a step another one moved, a hob at that moment."""
    reading = desk.house.reading
    shares = {one.phase: one.share_va for one in reading.phases} if reading is not None else {}
    return all(va <= (shares.get(phase) or math.inf) for phase, va in moved.items())


def _learn_step(load: LoadTrack, moved: Mapping[int, float], now: float) -> None:
    """A step of the meter that only this load can have made; its power is learned where no sensor tells it."""
    own = load.settings
    hear_step(load, moved, now)
    if own.measured:
        load.learned.vote(moved, own.phases)
    else:
        load.learned.step(moved, own.phases)
    size_va = load.before_cut_va if own.measured else own.declared_va
    unknown = not own.phases and len(moved) > 1
    if unknown and size_va is not None and size_va >= LEAST_VA and (where := phases_of(size_va, moved)):
        load.learned.heard(where)  # a step of a size that was known beforehand is seldom another's: one is enough


def _note_empty(load: LoadTrack, flight: Flight, moved: Mapping[int, float], now: float) -> None:
    """Remember a cut that moved nothing: a load without a sensor was on and drew nothing, and may do so for hours."""
    if load.settings.measured:
        return
    expected = sum(flight.va.values())
    shown = sum(moved.get(phase, 0.0) for phase in flight.va) if flight.va else max(moved.values(), default=0.0)
    if shown >= max(_LEAST_STEP_VA, _SHOWN_SHARE * expected):
        load.freed_nothing_at = None
    elif flight.action is Action.OFFLOAD:
        load.freed_nothing_at = now


def _takeable(desk: Desk, now: float, *, urgent: bool) -> list[Group]:
    """What may be cut, with what keeps the others shown on them."""
    groups, hindered = takeable(desk, now, urgent=urgent)
    for load, hindrance in hindered:
        load.show(*hindrance, now)
    return groups


def takeable(
    desk: Desk, now: float, *, urgent: bool
) -> tuple[list[Group], list[tuple[LoadTrack, tuple[LoadStatus, Reason]]]]:
    """What may be cut, the freest first, then by the rank of the coordinators; and what keeps the others."""
    hindered: list[tuple[LoadTrack, tuple[LoadStatus, Reason]]] = []
    found: list[tuple[tuple[int, int, int], Group]] = []
    for coordinator in desk.in_service():
        tiers: dict[tuple[int, int, int], list[LoadTrack]] = {}
        for load in desk.members(coordinator):
            lost = urgent and desk.flights.doubtful(load.load_id, now)
            if (load.offloaded and not lost) or load.load_id in desk.observed:
                continue
            under_way = not lost and _under_way(desk, load)
            hindrance = why_not(load, urgent=urgent, under_way=under_way, now=now, minute=desk.minute)
            if hindrance is None:
                tiers.setdefault(_reluctance(desk, load, now), []).append(load)
            else:
                hindered.append((load, hindrance))
        strategy, scene = STRATEGIES[coordinator.strategy], desk.scene(coordinator, now)
        found += [(tier, Group(strategy, scene, strategy.to_offload(loads, scene))) for tier, loads in tiers.items()]
    return [group for _, group in sorted(found, key=lambda one: one[0])], hindered


def _reluctance(desk: Desk, load: LoadTrack, now: float) -> tuple[int, int, int]:
    """Which of the loads that may go go first.

    When a trip is predicted everything may go: what may not obey anyway last, before it the last resorts, before them
    what a person, its protected hours or its minimum time on stand for, and what freed nothing when it was cut last.
    """
    guarded = load.held(now) or protected(load, desk.minute) or load.minimum_on_left_s(now) > 0
    in_vain = load.offloaded or load.suspect(now)
    return int(in_vain), int(load.settings.last_resort), int(guarded or load.freed_nothing_at is not None)


def _overloaded(desk: Desk, load: LoadTrack, now: float) -> bool:
    """A phase that the load may be on is above its threshold."""
    return any(phase in desk.house.over_since for phase in load.effect(1.0, desk.phases))


def _beside_observed(desk: Desk, needed: Sequence[Need]) -> list[Need]:
    """What would still be needed if the loads that observe mode only told of had been cut."""
    told = [desk.tracks[load_id] for load_id in desk.observed if load_id in desk.tracks]
    left: list[Need] = []
    for need in needed:
        spared = sum(load.effect(load.drawing_va, desk.phases, need.phase).get(need.phase, 0.0) for load in told)
        if need.va > spared and not any(load.drawing_va is None for load in told):
            left.append(replace(need, va=need.va - spared))
    return left


def _under_way(desk: Desk, load: LoadTrack) -> bool:
    """An order to the load is not settled; a confirmed return is, and may be revoked at once."""
    flight = desk.flights.get(load.load_id)
    return flight is not None and (flight.action is Action.OFFLOAD or flight.confirmed_at is None)


def _note_candidates(desk: Desk, loads: Sequence[PhaseLoad], now: float) -> None:
    """Loads that this overload may cost: their intent is in the journal before any order leaves."""
    if desk.mode is not OffloadMode.AUTOMATIC:
        desk.candidates.clear()
        desk.candidates_for.clear()
        return
    over = [
        Need(load.phase, load.power_va - load.threshold_va, Reason.OVER_THRESHOLD, urgent=False)
        for load in loads
        if load.power_va > load.threshold_va
    ]
    if not over:
        return
    if all(need.va <= desk.candidates_for.get(need.phase, 0.0) for need in over):
        return
    desk.candidates_for = {need.phase: _AMPLY * need.va for need in over}
    ample = [replace(need, va=desk.candidates_for[need.phase]) for need in over]
    for load in choose(ample, _takeable(desk, now, urgent=False), desk.phases, one_unknown=True).loads:
        desk.candidates.add(load.load_id)
        load.show(LoadStatus.WAITING, Reason.DELAY_BEFORE, now)


def delay_before_left(desk: Desk, load: LoadTrack, now: float) -> float:
    """Seconds that the load's own delay still keeps it on, counted from the end of the contract delay."""
    since = min(desk.house.over_since.values(), default=now)
    delay = max(0.0, desk.settings.ordinary_delay_s - lead_s(desk)) + load.settings.delay_before_s
    return since + delay - now


def lead_s(desk: Desk) -> float:
    """Seconds by which loads go before the contract delay is over.

    The delay is how long the house may stay above the threshold: an order takes time, and the load that went may free
    less than it is said to draw, or nothing. Then there is still time to see that and to cut another.
    """
    return min(desk.horizon, _LONGEST_LEAD_S, desk.settings.contract_delay_s / 2)


def _relapsed(desk: Desk, load: LoadTrack, needed: Sequence[Need], now: float) -> bool:
    """The load had just returned when this need began: its return was the mistake.

    By the meter, a house may live above its contract for an hour before anything must go: that was no mistake.
    """
    if load.restored_at is None or now - load.restored_at > _MISTAKE_S:
        return False
    began = [desk.house.over_since.get(need.phase, now) for need in needed]
    return any(0 <= since - load.restored_at <= _RELAPSE_S for since in began)
