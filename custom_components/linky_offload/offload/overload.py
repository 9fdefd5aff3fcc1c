"""Overload: followed from the first sample above the threshold, answered when a need is due."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from .cutting import choose, why_not
from .desk import Desk
from .guard import SOURCE_LAG_S, Need, PhaseLoad, need_of
from .model import Action, EventType, LoadStatus, OffloadMode, Reason
from .track import LoadTrack

_RELAPSE_S: Final = 30.0
_GUARDS: Final = (Reason.PREDICTED_TRIP, Reason.RESERVE)


def follow(desk: Desk, loads: Sequence[PhaseLoad], now: float) -> None:
    """Tell when an overload begins and ends, and keep the intents of what it may cost."""
    change = desk.house.watch(loads, desk.settings, now)
    if change is False:
        desk.candidates.clear()
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
    for load in loads:
        if load.over_since is not None:
            desk.wake(load.over_since + desk.settings.contract_delay_s, now)
    found = (need_of(load, desk.settings, horizon, now) for load in loads)
    return [need for need in found if need is not None]


def answer(desk: Desk, needed: Sequence[Need], now: float) -> None:
    """Take just enough off, in one go."""
    if desk.mode is OffloadMode.OBSERVE:
        needed = _beside_observed(desk, needed)
        if not needed:
            return
    urgent = any(need.urgent for need in needed)
    pressing = max(needed, key=lambda need: (need.urgent, need.reason is Reason.RESERVE, need.va))
    order = _takeable(desk, now, urgent=urgent)
    measuring = any(f.action is Action.OFFLOAD and not f.va for f in desk.flights)
    if measuring and not urgent:
        for load in order:
            load.show(LoadStatus.WAITING, Reason.MEASURING, now)
        return
    choice = choose(needed, order, desk.phases, one_unknown=not urgent)
    for load in choice.loads:
        wait = 0.0 if pressing.reason in _GUARDS else _delay_before_left(desk, load, now)
        if wait > 0:
            load.show(LoadStatus.WAITING, Reason.DELAY_BEFORE, now)
            desk.wake(now + wait, now)
            continue
        if _relapsed(desk, load, needed, now):
            load.relapses += 1
            desk.tell(EventType.RELAPSE, now, load, pressing.reason, va=load.drawing_va, phase=pressing.phase)
        desk.cut(load, pressing.reason, now, urgent=urgent, phase=pressing.phase)
    nothing_left = choice.missing_va > 0 and not choice.loads and not desk.flights and not desk.observed
    if nothing_left and not desk.refused:
        desk.refused = True
        desk.tell(EventType.REFUSED, now, reason=pressing.reason, va=choice.missing_va, phase=pressing.phase)


def note_start(desk: Desk, load: LoadTrack, now: float, *, switched: bool) -> None:
    """An automation or a thermostat started a load: while others wait for room, it may have to wait its turn too.

    An appliance that merely goes on with what it does (``switched`` is False) goes behind loads that are cut only, so
    that a passing overload does not stop a machine between two phases of its programme.
    """
    queue = any(other.offloaded and other.enabled for other in desk.tracks.values())
    if queue or (switched and _overloaded(desk, load)):
        load.started_at = now


def turn_away(desk: Desk, now: float) -> None:
    """Cut what has just started and turns out to be without room."""
    if desk.mode is not OffloadMode.AUTOMATIC or not desk.house.over_since:
        return
    for load in desk.in_cut_order():
        if load.started_at is None or now - load.started_at > desk.horizon:
            continue
        free = load.on and load.available and not load.offloaded and not load.held(now) and not load.suspect(now)
        if free and _overloaded(desk, load):
            load.started_at = None
            desk.cut(load, Reason.STARTED_WITHOUT_ROOM, now)


def cut_confirmed(desk: Desk, load: LoadTrack, now: float) -> None:
    """A load is off at our order, perhaps only at a later try, which was not told of yet."""
    if load.failures:
        load.show(LoadStatus.OFFLOADED, load.cut_reason, now)
        desk.tell(EventType.OFFLOADED, now, load, load.cut_reason, va=load.drawing_va)
    load.obeyed()


def check_obedience(desk: Desk, now: float) -> None:
    """Give up on orders that were not obeyed in time: the next load is taken, this one is tried again later."""
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
        first = load.failures == 0
        load.disobeyed(now)
        if flight.action is Action.OFFLOAD:
            # It is still on, so it is not ours; a late obedience is recognised by its cause.
            load.offloaded = False
        load.show(LoadStatus.SUSPECT, Reason.DID_NOT_OBEY, now)
        if first:
            desk.tell(EventType.SUSPECT, now, load, Reason.DID_NOT_OBEY)


def learn(desk: Desk, now: float) -> None:
    """Take the steps that our own orders made on the meter, and the habits of the rest of the house."""
    raw = desk.house.raw
    for flight in desk.flights.landed(desk.house.sampled_at, SOURCE_LAG_S):
        load = desk.tracks.get(flight.load_id)
        if load is None or load.settings.measured or not flight.alone:
            continue
        sign = 1.0 if flight.action is Action.RESTORE else -1.0
        moved = {p: sign * (power - flight.raw_before[p]) for p, power in raw.items() if p in flight.raw_before}
        own = [moved[p] for p in load.settings.phases if p in moved]
        load.learn(sum(own) if own else max(moved.values(), default=0.0))
    reading = desk.house.reading
    if desk.hour is None or reading is None or not reading.power_changed or reading.power_va is None:
        return
    ours = sum(load.drawing_va or 0.0 for load in desk.tracks.values() if load.on)
    desk.habits.note(desk.hour, reading.power_va - ours)


def _takeable(desk: Desk, now: float, *, urgent: bool) -> list[LoadTrack]:
    order: list[LoadTrack] = []
    for load in desk.in_cut_order():
        lost = urgent and desk.flights.doubtful(load.load_id, now)
        if (load.offloaded and not lost) or load.load_id in desk.observed:
            continue
        hindrance = why_not(load, urgent=urgent, under_way=not lost and _under_way(desk, load), now=now)
        if hindrance is None:
            order.append(load)
        else:
            load.show(*hindrance, now)
    return sorted(order, key=lambda load: _reluctance(load, now)) if urgent else order


def _reluctance(load: LoadTrack, now: float) -> int:
    """When a trip is predicted everything may go: first what nothing protects, last what may not obey anyway."""
    if load.offloaded or load.suspect(now):
        return 2
    return 1 if load.held(now) or load.minimum_on_left_s(now) > 0 else 0


def _overloaded(desk: Desk, load: LoadTrack) -> bool:
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
        return
    over = [
        Need(load.phase, load.power_va - load.threshold_va, Reason.OVER_THRESHOLD, urgent=False)
        for load in loads
        if load.power_va > load.threshold_va
    ]
    if not over:
        return
    for load in choose(over, _takeable(desk, now, urgent=False), desk.phases, one_unknown=True).loads:
        desk.candidates.add(load.load_id)
        load.show(LoadStatus.WAITING, Reason.DELAY_BEFORE, now)


def _delay_before_left(desk: Desk, load: LoadTrack, now: float) -> float:
    """Seconds that the load's own delay still keeps it on, counted from the end of the contract delay."""
    since = min(desk.house.over_since.values(), default=now)
    delay = desk.settings.ordinary_delay_s + load.settings.delay_before_s
    return since + delay - now


def _relapsed(desk: Desk, load: LoadTrack, needed: Sequence[Need], now: float) -> bool:
    """The load had just returned when this need began: its return was the mistake."""
    if load.restored_at is None:
        return False
    began = [desk.house.over_since.get(need.phase, now) for need in needed]
    return any(0 <= since - load.restored_at <= _RELAPSE_S for since in began)
