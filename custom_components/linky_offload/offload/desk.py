"""The desk of the arbiter: everything one decision works on, and the tray of what leaves with it.

The rules (overload, cutting, returning, hand) are functions over this desk; none of them keeps state of its own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
import math
import random
from typing import Final

from .appetite import Levels
from .echo import Echo
from .guard import SOURCE_LAG_S, horizon_s
from .habits import HourlyLoad
from .house import House
from .in_flight import Flight, InFlight
from .learn import Witness
from .ledger import Ledger
from .model import (
    Action,
    Command,
    CoordinatorSettings,
    Decision,
    EventType,
    LoadStatus,
    OffloadEvent,
    OffloadMode,
    Reason,
    Settings,
)
from .settling import Settling
from .strategies import STRATEGIES, Scene
from .track import LoadTrack

UNKNOWN_LATENCY_S: Final = 2.0
_WHOLE: Final = (Reason.RELEASED, Reason.SHUTDOWN, Reason.MANUAL, Reason.EXCLUDED)  # returns at the wanted level
_TICK_S: Final = 2.0  # longer than a fast meter's cadence: its samples are occasion enough
_SOONEST_S: Final = 0.01


@dataclass(frozen=True, slots=True)
class Promise:
    """Room that another load was cut for: until ``until`` only this load may have it."""

    load_id: str
    reason: Reason
    until: float


class Desk:
    """State of one arbiter and the commands and events of the decision being made."""

    def __init__(
        self,
        settings: Settings,
        mode: OffloadMode,
        habits: HourlyLoad,
        now: float,
        *,
        ledger: Ledger | None = None,
        seed: int = 0,
    ) -> None:
        """An empty desk: no load, no sample."""
        self.settings = settings
        self.mode = mode
        self.habits = habits
        self.house = House()
        self.ledger = ledger or Ledger(now)
        self.random = random.Random(seed)
        self.flights = InFlight()
        self.witness = Witness()
        self.echo = Echo()
        self.levels = Levels()
        self.silent: tuple[LoadTrack, ...] = ()  # neither sensor nor control tells whether they ask
        self.timed: set[str] = set()  # loads that will be switched by a timer
        self.coordinators: tuple[CoordinatorSettings, ...] = ()
        self.tracks: dict[str, LoadTrack] = {}
        self.candidates: set[str] = set()
        self.candidates_for: dict[int, float] = {}  # VA by phase that they cover
        self.promise: Promise | None = None
        self.observed: set[str] = set()  # observe mode: told once in an overload
        self.refused = False
        self.started_at = now
        self.degraded_since: float | None = None
        self.settling = Settling()
        self.last_return_at = -math.inf
        self.swaps_looked_at = -math.inf
        self.hour: int | None = None
        self.minute: int | None = None  # of the local day
        self.off_peak: bool | None = None
        self._commands: list[Command] = []
        self._events: list[OffloadEvent] = []
        self._shed_va: dict[int, float] = {}
        self._wake_at = math.inf

    # What is asked of it -------------------------------------------------------------------------------------------

    @property
    def phases(self) -> tuple[int, ...]:
        """Phases of the house, one until the meter has told."""
        reading = self.house.reading
        return tuple(phase.phase for phase in reading.phases) if reading and reading.phases else (1,)

    @property
    def horizon(self) -> float:
        """Seconds that must be left before a trip, see `horizon_s`."""
        latency = max((load.settings.latency_s for load in self.tracks.values()), default=UNKNOWN_LATENCY_S)
        return horizon_s(self.house.cadence_s, latency)

    def dead(self, load: LoadTrack) -> bool:
        """A day/night contactor keeps the load without power at present."""
        return self.off_peak is False and (load.settings.contactor or load.usage.contactor)

    def in_service(self) -> list[CoordinatorSettings]:
        """The enabled coordinators, by rank."""
        return [coordinator for coordinator in self._by_rank() if coordinator.enabled]

    def members(self, coordinator: CoordinatorSettings) -> list[LoadTrack]:
        """The loads of a coordinator, as they are listed."""
        return [self.tracks[load.load_id] for load in coordinator.loads]

    def scene(self, coordinator: CoordinatorSettings, now: float) -> Scene:
        """What the strategy of a coordinator looks at."""
        return Scene(now=now, ledger=self.ledger, rotation_s=coordinator.rotation_s)

    def in_cut_order(self, now: float) -> Iterator[LoadTrack]:
        """Loads of the enabled coordinators, by rank, as each strategy orders them; those of last resort at the end."""
        last: list[LoadTrack] = []
        for coordinator in self.in_service():
            scene = self.scene(coordinator, now)
            for load in STRATEGIES[coordinator.strategy].to_offload(self.members(coordinator), scene):
                if load.settings.last_resort:
                    last.append(load)
                else:
                    yield load
        yield from last

    def to_return(self, now: float) -> list[LoadTrack]:
        """Loads that are ours to return, in order: the lowest coordinators first, then those no longer listed."""
        mine = {load_id for load_id, load in self.tracks.items() if load.offloaded and self._is_to_return(load, now)}
        if not mine:
            return []
        order: list[LoadTrack] = []
        for coordinator in reversed(self._by_rank()):
            away = [self.tracks[load.load_id] for load in coordinator.loads if load.load_id in mine]
            order.extend(STRATEGIES[coordinator.strategy].to_restore(away, self.scene(coordinator, now)))
        listed = {load.load_id for load in order}
        order.extend(load for load_id, load in self.tracks.items() if load_id in mine and load_id not in listed)
        return order

    def unsettled(self, now: float) -> dict[int, float]:
        """Phases on which a load moves or has just started, so that the room there is not known yet.

        Each with the moment at which that is over at the latest; inf: when the meter shows it. An unknown phase may be
        any.
        """
        phases, awaited = self.phases, self.settling.awaited(now)
        for flight in self.flights:
            if not self._reckoned(flight):
                awaited.setdefault(flight.load_id, math.inf)
        ends: dict[int, float] = {}
        for load_id, until in awaited.items():
            if (load := self.tracks.get(load_id)) is not None:
                for phase in load.effect(0.0, phases):
                    ends[phase] = max(until, ends.get(phase, until))
        return ends

    def settles_at(self, load: LoadTrack, now: float) -> float | None:
        """When that is over on the phases of a load; None where nothing is awaited."""
        ends = self.unsettled(now)
        return max((ends[phase] for phase in load.effect(0.0, self.phases) if phase in ends), default=None)

    def _reckoned(self, flight: Flight) -> bool:
        """An order that need not be seen on the meter before another load may return.

        Where samples are rare: a return that was confirmed, of a load whose power was measured before. To wait for the
        meter would keep the others off for a minute each.
        """
        confirmed = flight.action is Action.RESTORE and flight.confirmed_at is not None
        load = self.tracks.get(flight.load_id)
        return confirmed and self._sees_late and load is not None and load.proven

    @property
    def _sees_late(self) -> bool:
        return self.degraded_since is None and self.house.samples_rare

    def follow_clock(self, hour: int | None, minute: int | None, now: float) -> None:
        """Take the time of the local day, where it is told: a new hour or a new day of the accounts may have begun."""
        self.hour = self.hour if hour is None else hour
        if minute is not None:
            self.minute = minute
            self.ledger.follow_day(minute, now, self.tracks.values())

    def let_go(self) -> None:
        """Forget the loads that are no longer configured and have nothing of ours on them."""
        for load_id, load in list(self.tracks.items()):
            if load.leaving and not load.ours and load_id not in self.flights:
                del self.tracks[load_id]
                self.ledger.close(load_id)

    # What leaves it ------------------------------------------------------------------------------------------------

    def cut(
        self, load: LoadTrack, reason: Reason, now: float, *, urgent: bool = False, phase: int | None = None
    ) -> None:
        """Order a load off; in observe mode only say so. What is told once is not told again when it is retried."""
        va = load.drawing_va
        if self.mode is OffloadMode.OBSERVE:
            self.observed.add(load.load_id)
            self.tell(EventType.OFFLOADED, now, load, reason, va=va, phase=phase, observed=True)
            return
        retry = load.failures > 0 or load.offloaded
        unseen = self.house.leaves(load.load_id) or load.on_since > self.house.sampled_at - SOURCE_LAG_S
        effect = load.effect(load.return_va if unseen else va, self.phases, phase)
        load.cut(reason, now)
        if not retry:
            load.waits_more_s = self.random.uniform(0, load.settings.random_after_s)
            self.ledger.switched(load, now)
        self.order(load, Action.OFFLOAD, effect, now, unseen=unseen)
        self.put(Command(load_id=load.load_id, action=Action.OFFLOAD, reason=reason, urgent=urgent))
        if not retry:
            self.tell(EventType.OFFLOADED, now, load, reason, va=va, phase=phase)

    def give_back(self, load: LoadTrack, reason: Reason, now: float) -> None:
        """Order a load back on."""
        load.show(LoadStatus.RECOVERING, reason, now)
        level = None if reason in _WHOLE else load.return_level
        load.turned_to, load.levelled_at = level, now
        va = load.full_va if level is None else load.return_va
        self.order(load, Action.RESTORE, load.effect(va, self.phases), now)
        action = Action.RESTORE if level is None else Action.OFFLOAD
        self.put(Command(load_id=load.load_id, action=action, reason=reason, urgent=False, level=level))
        self.last_return_at = now
        self.ledger.switched(load, now)
        if self._sees_late and load.proven:
            self.settling.begin(load.load_id, now + self.settings.verify_s)
        else:
            self.watch_effect(load, now)
        self.tell(EventType.RESTORED, now, load, reason, va=va)

    def put(self, command: Command) -> None:
        """Lay an order on the tray."""
        self._commands.append(command)

    def shed(self, effect: Mapping[int, float]) -> None:
        """A load confirmed to draw no longer what it drew at the last sample: VA by phase."""
        for phase, va in effect.items():
            self._shed_va[phase] = self._shed_va.get(phase, 0.0) + va

    def watch_effect(self, load: LoadTrack, now: float, *, draws: bool = False) -> None:
        """A load starts: no other may have its room before the meter shows it.

        ``draws``: its sensor tells that it does by now, so that the next samples contain it.
        """
        lasts = SOURCE_LAG_S + self.house.cadence_s if draws else max(self.settings.verify_s, self.horizon)
        self.settling.begin(load.load_id, now + lasts)

    def tell(
        self,
        kind: EventType,
        now: float,
        load: LoadTrack | None = None,
        reason: Reason = Reason.NONE,
        *,
        va: float | None = None,
        phase: int | None = None,
        observed: bool = False,
    ) -> None:
        """Put an event on the tray with the state of the meter at this moment."""
        self._events.append(
            OffloadEvent(
                type=kind,
                at=now,
                load_id=load.load_id if load else None,
                coordinator_id=load.coordinator_id if load else None,
                reason=reason,
                va=va,
                phase=phase,
                trip_margin=self.house.margin_now(now),
                seconds_to_trip=self.house.seconds_to_trip(now),
                observed=observed,
            )
        )

    def wake(self, at: float, now: float) -> None:
        """Ask to be looked at again at a moment to come; what lies behind has been dealt with."""
        if at > now:
            self._wake_at = min(self._wake_at, at)

    def answer(self, now: float) -> Decision:
        """Empty the tray into a decision."""
        if self.flights or self.house.overload or any(load.ours for load in self.tracks.values()):
            self.wake(now + _TICK_S, now)
        commands, self._commands = tuple(self._commands), []
        events, self._events = tuple(self._events), []
        shed_va, self._shed_va = self._shed_va, {}
        wake_at, self._wake_at = self._wake_at, math.inf
        return Decision(
            commands=commands,
            events=events,
            intents=frozenset(self.candidates)
            | {load.load_id for load in self.tracks.values() if load.ours or load.intent},
            next_at=max(wake_at, now + _SOONEST_S) if math.isfinite(wake_at) else None,
            shed_va=shed_va,
        )

    def _is_to_return(self, load: LoadTrack, now: float) -> bool:
        return bool(
            load.wanted
            and load.available
            and load.load_id not in self.flights
            and not load.suspect(now)
            and (not load.kept_off(now) or load.release_by is not None)
        )

    def _by_rank(self) -> list[CoordinatorSettings]:
        return sorted(self.coordinators, key=lambda one: one.rank)

    def order(
        self, load: LoadTrack, action: Action, effect: Mapping[int, float], now: float, *, unseen: bool = False
    ) -> None:
        """Reckon with an order that leaves now: ``effect`` is what it moves, VA by phase."""
        latency = load.settings.latency_s
        self.witness.disturb(now)
        self.echo.disturb()
        self.house.moved(effect, -1.0 if action is Action.OFFLOAD else 1.0)
        self.flights.send(load.load_id, action, effect, self.house.raw, now, latency_s=latency, unseen=unseen)
