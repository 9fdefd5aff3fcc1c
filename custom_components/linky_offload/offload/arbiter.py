"""The arbiter: decides, alone, for the whole meter, how much goes, when, and what returns (design §6).

It holds no clock: every door takes `now`, and every answer says when to call `tick` next.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, override

from ..meter import Reading
from . import keeping, levels, limits, overload, sight, state as kept, timers, turns
from .desk import Desk
from .habits import HourlyLoad
from .hand import Meaning, meaning_of
from .ledger import Ledger
from .manual import ManualDoors
from .model import (
    Action,
    Cause,
    CoordinatorSettings,
    Decision,
    EventType,
    LoadMemory,
    LoadView,
    OffloadMode,
    Reason,
    Report,
    Settings,
)
from .obedience import check_obedience
from .reporting import report_of, show_resting
from .returning import return_one, return_overdue, room_now
from .track import LoadTrack


class Arbiter(ManualDoors):
    """One meter's decisions. Not thread-safe; all times are monotonic seconds given by the caller."""

    def __init__(
        self,
        settings: Settings,
        coordinators: Sequence[CoordinatorSettings],
        *,
        mode: OffloadMode,
        now: float,
        memory: Mapping[str, LoadMemory] = MappingProxyType({}),
        habits: HourlyLoad | None = None,
        ledger: Mapping[str, Any] | None = None,
        state: Mapping[str, Any] = MappingProxyType({}),
        seed: int = 0,
    ) -> None:
        """Start with what an earlier run left: the intents of the journal in ``memory``, and `state`.

        ``habits`` and ``ledger`` go before those of the state. ``seed`` makes the random part of delays differ from
        home to home.
        """
        accounts = Ledger(now, ledger if ledger is not None else state.get("ledger"))
        usual = habits if habits is not None else HourlyLoad(state.get("habits"))
        self._desk = Desk(settings, mode, usual, now, ledger=accounts, seed=seed)
        self._arrange(coordinators, now)
        kept.restore(self._desk, state, now)
        for load_id, known in memory.items():
            if (load := self._desk.tracks.get(load_id)) is not None:
                load.remember(known)
        self._set_releases(now)

    @property
    def habits(self) -> HourlyLoad:
        """What the house draws by itself, hour by hour; to be kept over restarts."""
        return self._desk.habits

    def ledger(self, now: float) -> dict[str, Any]:
        """What was withheld from each load, and where the turns stand, JSON-able; to be kept over restarts."""
        desk = self._desk
        for load in desk.tracks.values():
            desk.ledger.book(load, now)
        return desk.ledger.dump(now)

    def observe(
        self,
        reading: Reading,
        now: float,
        *,
        hour: int | None = None,
        minute: int | None = None,
        off_peak: bool | None = None,
    ) -> Decision:
        """A new view of the meter.

        ``hour`` (local, 0–23) lets the habits of the house be learned; ``minute`` of the local day tells protected
        hours and when a new day begins. ``off_peak``: a cheap period of the tariff runs; None while unknown.
        """
        desk = self._desk
        desk.off_peak = off_peak
        desk.follow_clock(hour, minute, now)
        desk.house.take(reading, desk.flights, now)
        overload.learn(desk, now)
        sight.follow_appetites(desk, now)
        opened = desk.house.watch_breaker(now)
        if opened is not None:
            desk.tell(EventType.METER_OPENED if opened else EventType.METER_CLOSED, now)
        return self._decide(now)

    def see_load(self, view: LoadView, cause: Cause, now: float) -> Decision:
        """The entity of a load changed, or the measure of its power."""
        desk = self._desk
        load = desk.tracks.get(view.load_id)
        if load is None:
            return self._decide(now)
        flight = desk.flights.get(view.load_id)
        match meaning := meaning_of(load, view, cause, flight.action if flight else None, now):
            case Meaning.CUT_CONFIRMED:
                overload.cut_confirmed(desk, load, now)
                self._set_releases(now)
            case Meaning.RETURN_CONFIRMED:
                desk.flights.confirm(load.load_id, now)
                load.obeyed()
                load.returned(now)
            case Meaning.TAKEN_BACK | Meaning.HELD_ON:
                desk.flights.drop(load.load_id)
                load.forget()
                load.obeyed()
                load.held_until = now + desk.settings.hand_hold_s
                desk.watch_effect(load, now)
                desk.tell(EventType.HOLD, now, load, Reason.HAND)
            case Meaning.SWITCHED_OFF:
                desk.flights.drop(load.load_id)
                load.held_until = None
            case Meaning.CAME_BACK:
                self._came_back(load, now)
            case Meaning.STARTED | Meaning.AWOKE:
                overload.note_start(desk, load, now, switched=meaning is Meaning.STARTED)
                desk.watch_effect(load, now, draws=meaning is Meaning.AWOKE)
            case Meaning.NOTHING:
                pass
        sight.learn_from(desk, load, view, cause, meaning, now)
        desk.ledger.book(load, now)
        return self._decide(now)

    def wish(self, load_id: str, on: bool, by_hand: bool, now: float) -> Decision:
        """Somebody else ordered the load on or off, whether or not its state changes by it.

        Switching off a load that is already cut moves nothing, and must not be undone by us later.
        """
        desk = self._desk
        load = desk.tracks.get(load_id)
        if load is None:
            return self._decide(now)
        load.wanted = on
        if not on:
            load.held_until = None
            flight = desk.flights.get(load_id)
            if flight is not None and flight.action is Action.RESTORE:
                desk.flights.drop(load_id)
            load.forget()
        elif by_hand and load.available and load.on and not load.offloaded:
            load.held_until = now + desk.settings.hand_hold_s
        return self._decide(now)

    def set_mode(self, mode: OffloadMode, now: float) -> Decision:
        """Automatic, observe or off. Leaving automatic gives back what is cut."""
        self._desk.mode = mode
        self._desk.observed.clear()
        self._set_releases(now)
        return self._decide(now)

    def configure(self, settings: Settings, coordinators: Sequence[CoordinatorSettings], now: float) -> Decision:
        """Take changed settings live. A load taken out of service while cut is given back."""
        self._desk.settings = settings
        self._arrange(coordinators, now)
        self._set_releases(now)
        return self._decide(now)

    def set_cap(self, va: float | None, now: float) -> Decision:
        """Soft limit of the present period, VA of the whole house; None when there is none. The guards stay."""
        self._desk.house.cap_va = va
        return self._decide(now)

    def set_degraded(self, degraded: bool, now: float) -> Decision:
        """The source has gone silent, or speaks again."""
        desk = self._desk
        if degraded and desk.degraded_since is None:
            desk.degraded_since = now
            desk.tell(EventType.DEGRADED, now, reason=Reason.METER_SILENT)
        elif not degraded and desk.degraded_since is not None:
            desk.degraded_since = None
            desk.tell(EventType.LIVE_AGAIN, now)
        return self._decide(now)

    def tick(self, now: float, *, hour: int | None = None, minute: int | None = None) -> Decision:
        """Time has passed; ``hour`` and ``minute`` as in `observe`, for a meter that may be silent meanwhile."""
        self._desk.follow_clock(hour, minute, now)
        return self._decide(now)

    def shutdown(self, now: float) -> Decision:
        """Home Assistant stops cleanly: return what fits, leave the rest to the next start."""
        desk = self._desk
        for load in desk.tracks.values():
            load.release_by = now  # whole: nobody will raise a level any more
        room = room_now(desk, now) if desk.house.open_since is None else None
        levels.give_up(desk, Reason.SHUTDOWN, now, room)
        for load in desk.to_return(now):
            if room is not None and room.holds(load) and limits.barred(desk, load) is None:
                room = room.without((load,))
                desk.give_back(load, Reason.SHUTDOWN, now)
        return desk.answer(now)

    def release_all(self, now: float) -> Decision:
        """The entry is disabled or removed: return everything, the caller spaces the orders."""
        for load in self._desk.tracks.values():
            load.release_by = now
        levels.give_up(self._desk, Reason.RELEASED, now)
        for load in self._desk.to_return(now):
            self._desk.give_back(load, Reason.RELEASED, now)
        return self._desk.answer(now)

    def report(self, now: float) -> Report:
        """Everything that entities show."""
        return report_of(self._desk, now)

    def state(self, now: float) -> kept.ArbiterState:
        """What was learned and asked for, JSON-able, to be given to the next arbiter after a restart."""
        return kept.dump(self._desk, now)

    def memory(self) -> dict[str, LoadMemory]:
        """What should outlive a restart, load by load."""
        return {load_id: load.memory() for load_id, load in self._desk.tracks.items()}

    @override
    def _decide(self, now: float) -> Decision:
        desk = self._desk
        desk.let_go()
        desk.ledger.sweep(desk.tracks.values(), now)
        loads = [] if desk.degraded_since is not None else desk.house.loads(desk.settings, desk.flights, now)
        overload.follow(desk, loads, now)
        check_obedience(desk, now)
        overload.turn_away(desk, now)
        timers.run_out(desk, now)
        keeping.keep_limits(desk, now)
        show_resting(desk, now)
        if loads:
            needed = overload.needs(desk, desk.house.loads(desk.settings, desk.flights, now), now)
        else:
            needed = overload.needs_unseen(desk, now)
        return_overdue(desk, now)
        if needed:
            overload.answer(desk, needed, now)
        else:
            return_one(desk, now)
            levels.raise_one(desk, now)
            turns.swap_one(desk, now)
        return desk.answer(now)

    def _came_back(self, load: LoadTrack, now: float) -> None:
        """A cut load is on again, by itself or by an automation: it stays only if there is room for it."""
        desk = self._desk
        desk.flights.drop(load.load_id)
        room = room_now(desk, now)
        fits = room is not None and room.holds(load) and limits.barred(desk, load) is None
        if fits or not (load.enabled and load.settings.allowed) or desk.mode is not OffloadMode.AUTOMATIC:
            load.obeyed()
            load.returned(now)
            desk.watch_effect(load, now)
        else:
            desk.cut(load, Reason.CAME_BACK_ON, now)

    def _arrange(self, coordinators: Sequence[CoordinatorSettings], now: float) -> None:
        """Follow the settings: keep what is known of each load, let go of those that left once they are back."""
        desk = self._desk
        desk.coordinators = tuple(coordinators)
        listed: set[str] = set()
        for coordinator in coordinators:
            for settings in coordinator.loads:
                listed.add(settings.load_id)
                load = desk.tracks.get(settings.load_id)
                if load is None:
                    load = LoadTrack(settings, coordinator.coordinator_id, now)
                    desk.tracks[settings.load_id] = load
                load.configured(settings, coordinator.coordinator_id, coordinator.enabled)
        for load_id, load in list(desk.tracks.items()):
            if load_id not in listed:
                load.enabled, load.leaving = False, True
                desk.candidates.discard(load_id)

    def _set_releases(self, now: float) -> None:
        """Loads that are cut and no longer in service get a time by which they are back."""
        desk = self._desk
        for load in desk.tracks.values():
            in_service = load.enabled and load.settings.allowed and desk.mode is OffloadMode.AUTOMATIC
            if in_service or not (load.ours or load.intent):
                load.release_by = None
            elif load.release_by is None:
                load.release_by = now + desk.settings.release_within_s
