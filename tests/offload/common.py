"""A bench that closes the loop without Home Assistant: plugs, appliances, a breaker, a meter, and the arbiter.

Everything is driven by one queue of moments, so a run is deterministic and takes milliseconds. The breaker is the
simulator's, which was written apart from `meter.trip`; the view that the arbiter gets goes through `TripFilter`.
Seconds count from the start of the bench.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
import heapq
import itertools
import math
import random
from types import MappingProxyType
from typing import Any, Self

from custom_components.linky_offload.meter import Breaker as BreakerState, TripFilter
from custom_components.linky_offload.offload import (
    Action,
    Arbiter,
    Cause,
    Command,
    CoordinatorSettings,
    Decision,
    EventType,
    HourlyLoad,
    LoadMemory,
    LoadReport,
    LoadView,
    OffloadEvent,
    OffloadMode,
    Profile,
    Reason,
    Settings,
)
from simulator.breaker import Breaker

from .parts import Base, Plug, coordinator, plug, reading, steps

__all__ = ["Base", "Bench", "Plug", "coordinator", "plug", "reading", "steps"]


LEAD_S = 7.5
"""At 1.5 s of cadence and 2 s of latency: so much before the end of a contract delay a load goes."""


class Bench:
    """A house, its meter and its arbiter. `run` lets time pass; everything that happened is kept with its second."""

    def __init__(
        self,
        *plugs: Plug,
        base: Base | None = None,
        contract_va: int = 6000,
        phases: int = 1,
        cadence_s: float = 1.5,
        lag_s: float = 1.0,
        profile: Profile = Profile.CONTRACT,
        mode: OffloadMode = OffloadMode.AUTOMATIC,
        limit_ratio: float = 1.3,
        lost: float = 0.0,
        seed: int = 0,
        tells_breaker: bool = True,
        coordinators: Sequence[CoordinatorSettings] | None = None,
        memory: Mapping[str, LoadMemory] = MappingProxyType({}),
        habits: HourlyLoad | None = None,
        hour: int | None = None,
        **settings: Any,
    ) -> None:
        self.now = 0.0
        self.plugs = {one.load_id: one for one in plugs}
        self.base = base or steps((0, (500.0,) * phases))
        self.contract_va = contract_va
        self.cadence_s = cadence_s
        self.breaker = Breaker(cutoff_va=contract_va, phases=phases, limit_ratio=limit_ratio)
        self.settings = Settings(profile=profile, **{"start_grace_s": 0.0, **settings})
        self.coordinators = [coordinator(*plugs)] if coordinators is None else list(coordinators)
        self.arbiter = Arbiter(self.settings, self.coordinators, mode=mode, now=0.0, memory=memory, habits=habits)
        self.commands: list[tuple[float, Command]] = []
        self.events: list[OffloadEvent] = []
        self.intents: list[tuple[float, frozenset[str]]] = []
        self.ticks: list[float] = []
        self.muted = False
        self._lag_s = lag_s
        self._lost = lost
        self._random = random.Random(seed)
        self._tells_breaker = tells_breaker
        self._hour = hour
        self._filters = [TripFilter() for _ in range(phases)]
        self._shown: dict[str, float] = {}
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._next_at = math.inf
        self._fed = False
        self.breaker.settle([min(power, self.breaker.share_va) for power in self.powers()])
        for one in plugs:
            self._see(one, Cause.FIRST)
        self.at(0.0, self._second)
        self.at(0.0, self._sample)

    # Time -----------------------------------------------------------------------------------------------------------

    def at(self, when: float, what: Callable[[], None]) -> None:
        """Let something happen at a second to come."""
        heapq.heappush(self._queue, (when, next(self._order), what))

    def run(self, until: float) -> Self:
        """Let time pass."""
        while True:
            due = min(self._queue[0][0], self._next_at)
            if due > until:
                break
            self.now = due
            if self._next_at <= due:
                self._next_at = math.inf
                self.ticks.append(due)
                self.take(self.arbiter.tick(due))
            else:
                heapq.heappop(self._queue)[2]()
        self.now = until
        return self

    def take(self, decision: Decision) -> None:
        """Carry out what the arbiter decided."""
        assert decision.next_at is None or decision.next_at > self.now, "asked to be woken in the past"
        self._next_at = math.inf if decision.next_at is None else decision.next_at
        for phase, va in decision.shed_va.items():
            self._filters[phase - 1].shed(va, self.now)
        for command in decision.commands:
            self.commands.append((self.now, command))
            one = self.plugs[command.load_id]
            if not one.deaf and self._random.random() >= self._lost:
                self.at(self.now + one.latency_s, partial(self._obey, one, command))
        self.events.extend(decision.events)
        if not self.intents or self.intents[-1][1] != decision.intents:
            self.intents.append((self.now, decision.intents))

    # What people and automations do ---------------------------------------------------------------------------------

    def switch(self, load_id: str, *, on: bool, cause: Cause) -> None:
        """Somebody else moves a plug."""
        one = self.plugs[load_id]
        if one.on is not on:
            one.on = on
            self._see(one, cause)

    def wish(self, load_id: str, *, on: bool, by_hand: bool) -> None:
        """Somebody calls a service for a load: the wish is heard first, then the plug follows."""
        self.take(self.arbiter.wish(load_id, on, by_hand, self.now))
        self.switch(load_id, on=on, cause=Cause.HAND if by_hand else Cause.ORDER)

    def lose(self, load_id: str) -> None:
        """A plug leaves the network."""
        self.plugs[load_id].available = False
        self._see(self.plugs[load_id], Cause.MEASURE)

    def find(self, load_id: str, *, on: bool) -> None:
        """A plug is back on the network, in some state."""
        one = self.plugs[load_id]
        one.available, one.on = True, on
        self._see(one, Cause.REAPPEARED)

    def mute(self, *, muted: bool) -> None:
        """The meter falls silent and the source is judged degraded; or it speaks again."""
        self.muted = muted
        self.take(self.arbiter.set_degraded(muted, self.now))

    # What a test asks -----------------------------------------------------------------------------------------------

    @property
    def trips(self) -> int:
        """How often the breaker opened on overpower."""
        return len(self.breaker.trips)

    def cuts(self, load_id: str | None = None) -> list[float]:
        """Seconds at which a load (any load) was ordered off."""
        return self._ordered(Action.OFFLOAD, load_id)

    def returns(self, load_id: str | None = None) -> list[float]:
        """Seconds at which a load (any load) was ordered back on."""
        return self._ordered(Action.RESTORE, load_id)

    def told(self, *kinds: EventType) -> list[OffloadEvent]:
        """Events of these kinds."""
        return [event for event in self.events if event.type in kinds]

    def reasons(self) -> list[tuple[str, Action, Reason]]:
        """Every order, without its time."""
        return [(command.load_id, command.action, command.reason) for _, command in self.commands]

    def report(self, load_id: str) -> LoadReport:
        """What entities show of a load now."""
        return self.arbiter.report(self.now).loads[load_id]

    def off(self) -> list[str]:
        """Plugs that are off now."""
        return [one.load_id for one in self.plugs.values() if not one.on]

    def powers(self) -> tuple[float, ...]:
        """Apparent import by phase, VA."""
        if self.breaker.is_open:
            return (0.0,) * len(self.breaker.filters)
        totals = list(self.base(self.now))
        for one in self.plugs.values():
            for phase in one.phases:
                totals[phase - 1] += one.draw_va(self.now) / len(one.phases)
        return tuple(totals)

    # Inside ---------------------------------------------------------------------------------------------------------

    def _ordered(self, action: Action, load_id: str | None) -> list[float]:
        return [at for at, command in self.commands if command.action is action and load_id in (None, command.load_id)]

    def _second(self) -> None:
        if self._fed:
            self.breaker.step(self.powers())
        self._fed = True
        self.at(self.now + 1.0, self._second)
        for one in self.plugs.values():
            if one.measured and self._shown.get(one.load_id) != one.draw_va(self.now):
                self._see(one, Cause.MEASURE)

    def _sample(self) -> None:
        powers = self.powers()
        is_open = self.breaker.is_open
        self.at(self.now + self._lag_s, lambda: self._deliver(powers, is_open))
        self.at(self.now + self.cadence_s, self._sample)

    def _deliver(self, powers: tuple[float, ...], is_open: bool) -> None:
        if self.muted:
            return
        share = self.breaker.share_va
        for trip_filter, power in zip(self._filters, powers, strict=True):
            trip_filter.observe(power, share, self.now)
        state = (BreakerState.OVERPOWER if is_open else BreakerState.CLOSED) if self._tells_breaker else None
        view = reading(
            self.now,
            powers,
            contract_va=self.contract_va,
            cadence_s=self.cadence_s,
            trip_y=[trip_filter.y or 0.0 for trip_filter in self._filters],
            breaker=state,
        )
        self.take(self.arbiter.observe(view, self.now, hour=self._hour))

    def _obey(self, one: Plug, command: Command) -> None:
        if one.available:
            one.on = command.action is Action.RESTORE
            self._see(one, Cause.OURS)

    def _see(self, one: Plug, cause: Cause) -> None:
        power = one.draw_va(self.now) if one.measured and one.available else None
        if power is not None:
            self._shown[one.load_id] = power
        view = LoadView(
            load_id=one.load_id, available=one.available, on=one.on if one.available else None, power_va=power
        )
        self.take(self.arbiter.see_load(view, cause, self.now))
