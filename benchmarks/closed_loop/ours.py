"""Our engine at the door of the benchmark: the very `Arbiter` and `TripFilter` that run in Home Assistant.

This adapter does what the runtime does around them: it follows the filters and the pace of the meter, tells when the
source is silent, says who is behind a change of a plug, and keeps over a restart what the journal and the store keep.
"""

from collections.abc import Mapping
import math
from types import MappingProxyType
from typing import Any, Final, Self, override

from benchmarks.closed_loop.controller import Controller, HouseFacts, LoadFacts, LoadKind, Order, Orders, Sample
from custom_components.linky_offload.flow.appliance import PRESETS, Preset
from custom_components.linky_offload.meter import Breaker, Cadence, PhaseReading, Reading, TripFilter
from custom_components.linky_offload.offload import (
    Action,
    Appliance,
    Arbiter,
    Cause,
    CoordinatorSettings,
    Decision,
    EventType,
    LoadMemory,
    LoadSettings,
    LoadView,
    OffloadEvent,
    OffloadMode,
    Profile,
    Settings,
    StrategyName,
)
from custom_components.linky_offload.sources.silence import Silence, Voice
from custom_components.linky_offload.tic import Mode

_SOONEST_S: Final = 0.001
_APPLIANCES: Final = {
    LoadKind.HEATER: Appliance.HEATER,
    LoadKind.HEAT_PUMP: Appliance.HEAT_PUMP,
    LoadKind.TANK: Appliance.WATER_HEATER,
    LoadKind.CAR: Appliance.CAR,
    LoadKind.PROGRAM: Appliance.PROGRAMME,
}
_NO_VALUES: Final[Mapping[object, object]] = MappingProxyType({})


class Ours(Controller):
    """The arbiter with one coordinator that holds every load of the house."""

    name = "ours"

    def __init__(
        self,
        facts: HouseFacts,
        *,
        strategy: StrategyName = StrategyName.HIERARCHICAL,
        profile: Profile = Profile.CONTRACT,
        started: float = 0.0,
        memory: Mapping[str, LoadMemory] = MappingProxyType({}),
        state: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        super().__init__(facts)
        self._strategy = strategy
        self._profile = profile
        self.arbiter = Arbiter(
            Settings(profile=profile),
            [_coordinator(facts, strategy)],
            mode=OffloadMode.AUTOMATIC,
            now=started,
            memory=memory,
            state=state,
        )
        self.events: list[OffloadEvent] = []
        self._filters = [TripFilter() for _ in range(facts.phases)]
        self._cadence = Cadence()
        self._silence = Silence(started)
        self._degraded = False
        self._tick_at: float | None = None
        self._positions: dict[str, bool | None] = {}
        self._powers: dict[str, float | None] = {}
        self._rooms: dict[str, tuple[float, bool]] = {}
        self._ordered: dict[str, bool] = {}
        self._intents: frozenset[str] = frozenset(load_id for load_id, known in memory.items() if known.intent)

    @override
    def sample(self, sample: Sample, now: float) -> Orders:
        """Follow the filters and let the arbiter decide."""
        self._silence.note(now)
        self._cadence.note(now)
        orders: list[Order] = []
        if self._degraded:
            self._degraded = False
            orders += self._orders(self.arbiter.set_degraded(degraded=False, now=now))
        share = self.facts.cutoff_share_va
        phases = []
        for number, (power, state) in enumerate(zip(sample.phases_va, self._filters, strict=True), 1):
            state.observe(power, share, now)
            if sample.maxima is not None:
                highest_va, age_s = sample.maxima[number - 1]
                state.bound(highest_va, now, age_s=age_s, today=True)
            phases.append(
                PhaseReading(
                    phase=number,
                    power_va=float(power),
                    estimated=False,
                    at=now,
                    trip_y=state.value_at(now),
                    share_va=share,
                )
            )
        reading = Reading(
            now=now,
            mode=Mode.HISTORIC if self.facts.historic else Mode.STANDARD,
            address=None,
            contract_va=int(self.facts.contract_va),
            cutoff_va=int(self.facts.cutoff_va),
            phases=tuple(phases),
            over_reference=sample.over_reference,
            exporting=False,
            breaker=_breaker(sample),
            cadence_s=self._cadence.p99_s,
            power_changed=True,
            values=_NO_VALUES,  # type: ignore[arg-type]  # an empty mapping is one of any type
        )
        orders += self._orders(self.arbiter.observe(reading, now, hour=sample.hour))
        self._look_ahead(now)
        return orders

    @override
    def plug(self, load_id: str, on: bool | None, power_va: float | None, now: float) -> Orders:
        """Tell the arbiter what the plug tells, and who moved it."""
        before = self._positions.get(load_id)
        first = load_id not in self._positions
        self._positions[load_id] = on
        if first:
            cause = Cause.FIRST
        elif before is None:
            cause = Cause.REAPPEARED
        elif on is before:
            cause = Cause.MEASURE
        elif self._ordered.get(load_id) is on:
            cause = Cause.OURS
        else:
            cause = Cause.ORDER
        self._powers[load_id] = power_va
        return self._see(load_id, cause, now)

    @override
    def room(self, load_id: str, temperature_c: float, target_c: float, asks: bool, now: float) -> Orders:
        """Tell the arbiter how far the room of a load is from its target."""
        self._rooms[load_id] = (target_c - temperature_c, asks)
        return self._see(load_id, Cause.MEASURE, now)

    def _see(self, load_id: str, cause: Cause, now: float) -> Orders:
        on = self._positions.get(load_id)
        gap_k, demand = self._rooms.get(load_id, (None, None))
        view = LoadView(
            load_id=load_id,
            available=on is not None,
            on=on,
            power_va=self._powers.get(load_id),
            gap_k=gap_k,
            demand=demand,
        )
        decision = self.arbiter.see_load(view, cause, now)
        for phase, va in decision.shed_va.items():
            self._filters[phase - 1].shed(va, now)
        orders = self._orders(decision)
        self._look_ahead(now)
        return orders

    @override
    def tick(self, now: float) -> Orders:
        """Judge the silence of the meter, or let the arbiter look at the time."""
        orders: list[Order] = []
        if not self._degraded and self._silence.voice(now) is not Voice.SPEAKING:
            self._degraded = True
            for state in self._filters:
                state.lose_line()
            orders += self._orders(self.arbiter.set_degraded(degraded=True, now=now))
        if self._tick_at is not None and now >= self._tick_at:
            orders += self._orders(self.arbiter.tick(now))
        self._look_ahead(now)
        return orders

    @override
    def restart(self, now: float) -> Self:
        """Start anew with the journal and what the arbiter keeps: learned powers, habits, ledger."""
        memory = {
            load_id: LoadMemory(intent=load_id in self._intents, learned_va=known.learned_va)
            for load_id, known in self.arbiter.memory().items()
        }
        fresh = type(self)(
            self.facts,
            strategy=self._strategy,
            profile=self._profile,
            started=now,
            memory=memory,
            state=self.arbiter.state(now),
        )
        fresh.events = self.events
        return fresh

    def relapses(self) -> int:
        """Returns that the engine itself took for mistakes."""
        return sum(1 for event in self.events if event.type is EventType.RELAPSE)

    def _orders(self, decision: Decision) -> list[Order]:
        self._intents = decision.intents
        self._tick_at = decision.next_at
        self.events.extend(decision.events)
        orders = [Order(command.load_id, command.action is Action.RESTORE) for command in decision.commands]
        self._ordered.update(orders)
        return orders

    def _look_ahead(self, now: float) -> None:
        silence_at = None if self._degraded else self._silence.next_change(now)
        wake = min(math.inf if at is None else at for at in (self._tick_at, silence_at))
        # As an event loop does, let time pass before the next look.
        self.next_at = max(wake, now + _SOONEST_S) if math.isfinite(wake) else None


def _coordinator(facts: HouseFacts, strategy: StrategyName) -> CoordinatorSettings:
    loads = tuple(_load(load) for load in facts.loads)
    return CoordinatorSettings(coordinator_id="house", name="house", loads=loads, strategy=strategy)


def preset_of(kind: LoadKind) -> Preset:
    """Return the times that the form presets for a load of this kind."""
    return PRESETS[_APPLIANCES[kind]]


def _load(load: LoadFacts) -> LoadSettings:
    """A load as the form presets it for its kind."""
    preset = preset_of(load.kind)
    return LoadSettings(
        load_id=load.load_id,
        name=load.load_id,
        phases=load.phases,
        declared_va=load.declared_va,
        measured=load.measured,
        appliance=_APPLIANCES[load.kind],
        minimum_off_s=preset.minimum_off_s,
        minimum_on_s=preset.minimum_on_s,
        longest_off_s=preset.longest_off_s,
        last_resort=preset.last_resort,
    )


def _breaker(sample: Sample) -> Breaker | None:
    if sample.opened is None:
        return None
    return Breaker.OVERPOWER if sample.opened else Breaker.CLOSED
