"""The desk of the arbiter: everything one decision works on, and the tray of what leaves with it.

The rules (overload, cutting, returning, hand) are functions over this desk; none of them keeps state of its own.
"""

from collections.abc import Iterator, Mapping
import math
from typing import Final

from .guard import SOURCE_LAG_S, horizon_s
from .habits import HourlyLoad
from .house import House
from .in_flight import InFlight
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
from .strategies import STRATEGIES
from .track import LoadTrack

UNKNOWN_LATENCY_S: Final = 2.0
_TICK_S: Final = 1.0
_SOONEST_S: Final = 0.01


class Desk:
    """State of one arbiter and the commands and events of the decision being made."""

    def __init__(self, settings: Settings, mode: OffloadMode, habits: HourlyLoad, now: float) -> None:
        """An empty desk: no load, no sample."""
        self.settings = settings
        self.mode = mode
        self.habits = habits
        self.house = House()
        self.flights = InFlight()
        self.coordinators: tuple[CoordinatorSettings, ...] = ()
        self.tracks: dict[str, LoadTrack] = {}
        self.candidates: set[str] = set()
        self.observed: set[str] = set()  # observe mode: told once in an overload
        self.refused = False
        self.started_at = now
        self.degraded_since: float | None = None
        self.verifying_until = -math.inf
        self.last_return_at = -math.inf
        self.hour: int | None = None
        self._commands: list[Command] = []
        self._events: list[OffloadEvent] = []
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
        cadence = self.house.reading.cadence_s if self.house.reading else None
        latency = max((load.settings.latency_s for load in self.tracks.values()), default=UNKNOWN_LATENCY_S)
        return horizon_s(cadence, latency)

    def in_cut_order(self) -> Iterator[LoadTrack]:
        """Loads of the enabled coordinators, by rank, in the order of each strategy."""
        for coordinator in self._by_rank():
            if coordinator.enabled:
                members = [self.tracks[load.load_id] for load in coordinator.loads]
                yield from STRATEGIES[coordinator.strategy].to_offload(members)

    def to_return(self, now: float) -> list[LoadTrack]:
        """Loads that are ours to return, in order: the lowest coordinators first, then those no longer listed."""
        order: list[LoadTrack] = []
        for coordinator in reversed(self._by_rank()):
            members = [self.tracks[load.load_id] for load in coordinator.loads]
            order.extend(STRATEGIES[coordinator.strategy].to_restore(members))
        listed = {load.load_id for load in order}
        order.extend(load for load in self.tracks.values() if load.load_id not in listed)
        return [
            load
            for load in order
            if load.offloaded
            and load.wanted
            and load.available
            and load.load_id not in self.flights
            and not load.suspect(now)
        ]

    def let_go(self) -> None:
        """Forget the loads that are no longer configured and have nothing of ours on them."""
        for load_id, load in list(self.tracks.items()):
            if load.leaving and not load.offloaded and load_id not in self.flights:
                del self.tracks[load_id]

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
        unseen = load.on_since > self.house.sampled_at - SOURCE_LAG_S
        effect = load.effect(load.return_va if unseen else va, self.phases, phase)
        load.cut(reason, now)
        self._send(load, Action.OFFLOAD, effect, now, unseen=unseen)
        self._commands.append(Command(load_id=load.load_id, action=Action.OFFLOAD, reason=reason, urgent=urgent))
        if not retry:
            self.tell(EventType.OFFLOADED, now, load, reason, va=va, phase=phase)

    def give_back(self, load: LoadTrack, reason: Reason, now: float) -> None:
        """Order a load back on."""
        load.show(LoadStatus.RECOVERING, reason, now)
        self._send(load, Action.RESTORE, load.effect(load.return_va, self.phases), now)
        self._commands.append(Command(load_id=load.load_id, action=Action.RESTORE, reason=reason, urgent=False))
        self.last_return_at = now
        self.watch_effect(now)
        self.tell(EventType.RESTORED, now, load, reason, va=load.return_va)

    def watch_effect(self, now: float) -> None:
        """A load starts: no other may have its room before the meter shows it."""
        self.verifying_until = now + max(self.settings.verify_s, self.horizon)

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
        if self.flights or self.house.overload or any(load.offloaded for load in self.tracks.values()):
            self.wake(now + _TICK_S, now)
        commands, self._commands = tuple(self._commands), []
        events, self._events = tuple(self._events), []
        wake_at, self._wake_at = self._wake_at, math.inf
        return Decision(
            commands=commands,
            events=events,
            intents=frozenset(self.candidates)
            | {load.load_id for load in self.tracks.values() if load.offloaded or load.intent},
            next_at=max(wake_at, now + _SOONEST_S) if math.isfinite(wake_at) else None,
        )

    def _by_rank(self) -> list[CoordinatorSettings]:
        return sorted(self.coordinators, key=lambda one: one.rank)

    def _send(
        self, load: LoadTrack, action: Action, effect: Mapping[int, float], now: float, *, unseen: bool = False
    ) -> None:
        latency = load.settings.latency_s
        self.flights.send(load.load_id, action, effect, self.house.raw, now, latency_s=latency, unseen=unseen)
