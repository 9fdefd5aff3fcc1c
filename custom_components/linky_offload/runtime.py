"""Wires an entry together: line → decoder → meter → arbiter → actuators, and then tells the entities."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .actuators import Actuator
from .announcer import Announcer, Update, UpdateCause
from .caps import Caps
from .commander import Commander
from .const import CONF_CONTRACT_VA, CONF_PHASES, CONF_SOURCE, SOURCE_SERIAL
from .history import History
from .identity import Identity
from .insight import Insight
from .journal import Intent, Journal
from .link import Link, LinkState
from .local_clock import LocalClock
from .memory import Memory, cut_before
from .meter import Delivery, Meter, Quantity, Reading
from .notices import Suspects
from .offload import (
    Arbiter,
    Cause,
    CoordinatorSettings,
    Decision,
    LoadSettings,
    LoadView,
    OffloadMode,
    Report,
    Settings,
)
from .sequences import Sequences
from .settings import arbiter_settings, contract_override_va, coordinator_settings, load_configs
from .tic import Decoder, Group
from .trial import TryResult, as_tried, async_try
from .watch import LoadWatch

__all__ = ["LinkState", "LinkyConfigEntry", "LinkyRuntime", "TryResult", "Update", "UpdateCause"]

type LinkyConfigEntry = ConfigEntry[LinkyRuntime]

# Loads that left the configuration while they were cut: nobody's, but still to be returned.
_LEFT = "left"


class LinkyRuntime(Announcer):
    """One meter at work."""

    def __init__(self, hass: HomeAssistant, entry: LinkyConfigEntry) -> None:
        super().__init__()
        self.reading: Reading | None = None
        self.quantities: set[Quantity] = set()
        self.journal = Journal(hass, entry.entry_id)
        self.history = History(hass, entry)
        self.insight = Insight(hass, entry.entry_id)
        self.watch = LoadWatch(hass, on_view=self._load_seen, on_wish=self._wished)
        told = entry.data[CONF_SOURCE] == SOURCE_SERIAL
        self.meter = Meter(
            contract_va=contract_override_va(entry.options),
            local_tz=dt_util.get_default_time_zone(),
            # A line tells them within seconds, a bridge that tells changes may take long, a sensor never does.
            known_va=None if told else entry.data.get(CONF_CONTRACT_VA),
            phases=None if told else entry.data.get(CONF_PHASES),
        )
        self.connection = Link(
            hass, entry, on_groups=self._read, on_delivery=self._receive, on_state=self._link_changed
        )
        self.arbiter: Arbiter
        self.mode = OffloadMode.AUTOMATIC
        self._found: tuple[Intent, ...] = ()
        self._hass = hass
        self._entry = entry
        self._loop = hass.loop
        self._memory = Memory(hass, entry.entry_id)
        self._commander = Commander(hass, self.journal, self.watch)
        self._identity = Identity(hass, entry)
        self._suspects = Suspects(hass)
        self._sequences = Sequences(hass, entry)
        self._caps = Caps(hass, self._cap_changed)
        self._clock = LocalClock(self._loop.time())
        self._decisions: deque[Decision] = deque()
        self._deciding = False
        self._stopping = False
        self._timer: asyncio.TimerHandle | None = None
        self._overload: bool | None = None
        self._remove_shutdown_job: CALLBACK_TYPE | None = None
        self._stop_telling: list[CALLBACK_TYPE] = []

    # What entities read ----------------------------------------------------------------------------------------------

    @property
    def link(self) -> LinkState:
        """The state of the line to the meter."""
        return self.connection.state

    @property
    def decoder(self) -> Decoder:
        """The decoder, for its counters."""
        return self.connection.decoder

    @property
    def actuators(self) -> Mapping[str, Actuator]:
        """The loads as Home Assistant has them, by load id."""
        return self.watch.actuators

    @property
    def report(self) -> Report:
        """The arbiter at this moment."""
        return self.arbiter.report(self._loop.time())

    # Life ------------------------------------------------------------------------------------------------------------

    async def async_load(self) -> None:
        """Read what an earlier run left and get ready to decide."""
        await self.journal.async_load()
        self._found = tuple(self.journal.intents.values())
        await self._memory.async_load()
        await self.history.async_load()
        await self.insight.async_load()
        self.mode = self._memory.mode
        self._follow_loads()
        self.arbiter = Arbiter(
            self._settings(),
            self._coordinators(),
            mode=self.mode,
            now=self._loop.time(),
            memory=cut_before(self.journal.intents, self.actuators),
            state=self._memory.state,
        )

    @callback
    def start(self) -> None:
        """Watch the loads and read the line from now on."""
        self._remove_shutdown_job = self._hass.async_add_shutdown_job(
            HassJob(self._async_shut_down, "linky_offload returns its loads")
        )
        self._stop_telling = [self.subscribe_events(self.history.note), self._sequences.async_follow(self)]
        self._caps.configure(self._entry.options)
        self.watch.start()
        self.watch.look()
        self.connection.start()

    async def async_stop(self) -> None:
        """Stop reading and deciding. Nothing is switched; the journal keeps what is cut. Harmless when stopped."""
        if self._remove_shutdown_job is not None:
            self._remove_shutdown_job()
            self._remove_shutdown_job = None
        await self._async_rest()

    async def _async_shut_down(self) -> None:
        """Home Assistant stops cleanly: what fits goes back first."""
        self._decide(self.arbiter.shutdown(self._loop.time()))
        self._stopping = True
        await self._commander.async_settle()
        await self._sequences.async_finish(self.report)
        await self._async_rest()

    async def _async_rest(self) -> None:
        self._stopping = True
        if self._timer is not None:
            self._timer.cancel()
        self.watch.stop()
        self._caps.stop()
        while self._stop_telling:
            self._stop_telling.pop()()
        await self.connection.async_stop()
        await self.journal.async_written()
        await self._memory.async_keep_now(self.arbiter, self.mode)
        await self.history.async_keep_now()
        await self.insight.async_keep_now()

    def release_order(self) -> list[str]:
        """The loads that are cut, in the order in which they should be given back."""
        return [command.load_id for command in self.arbiter.release_all(self._loop.time()).commands]

    @callback
    def configure(self) -> None:
        """Take over changed options and offload coordinators without touching the line."""
        self.meter.override_contract(contract_override_va(self._entry.options))
        self._arrange()
        self._caps.configure(self._entry.options)
        self.watch.look()
        self._publish(UpdateCause.DECISION, immediate=True)

    async def async_set_mode(self, mode: OffloadMode) -> None:
        """Let the arbiter act, only observe, or rest."""
        self.mode = mode
        self._decide(self.arbiter.set_mode(mode, self._loop.time()))
        self._memory.keep(self.arbiter, mode)
        self._publish(UpdateCause.DECISION, immediate=True)

    @callback
    def ask(self, door: Callable[[Arbiter, float], Decision]) -> Decision:
        """Knock at a door of the arbiter in a person's name, and carry out what it answers."""
        decision = door(self.arbiter, self._loop.time())
        self._decide(decision)
        self._memory.keep(self.arbiter, self.mode)
        self._publish(UpdateCause.DECISION, immediate=True)
        return decision

    async def async_try_load(self, load_id: str) -> TryResult:
        """Switch a load off for five seconds. Raises HomeAssistantError when it must not be, or does not answer."""
        result = await async_try(self._hass, self, self._commander, load_id)
        if (latency_s := result.reckoned_s) is not None and not self._stopping:
            self._memory.note_latency(load_id, latency_s)
            self.configure()
            self._memory.keep(self.arbiter, self.mode)
        return result

    # The way of a value ----------------------------------------------------------------------------------------------

    @callback
    def _read(self, groups: list[Group], now: float) -> None:
        """Groups have just arrived: decide on each at once, and tell the entities when all orders have left."""
        latest: Reading | None = None
        for group in groups:
            if (reading := self.meter.apply(group, now)) is not None:
                latest = reading
                self._observe(reading, now)
        self._show(latest, now)

    @callback
    def _receive(self, delivery: Delivery, now: float, live: bool) -> None:
        """A message of a bridge has just arrived: the same."""
        latest: Reading | None = None
        for reading in self.meter.receive(delivery, now, live=live):
            latest = reading
            self._observe(reading, now)
        self._show(latest, now)

    def _time_of_day(self, now: float) -> LocalClock:
        if self._clock.look(now):
            self._memory.keep(self.arbiter, self.mode)
        return self._clock

    def _observe(self, reading: Reading, now: float) -> None:
        clock = self._time_of_day(now)
        self.reading = reading
        tariff = self.insight.observe(reading).tariff
        self._caps.follow(tariff)
        self._decide(self.arbiter.observe(reading, now, hour=clock.hour, minute=clock.minute, off_peak=tariff.off_peak))

    def _show(self, latest: Reading | None, now: float) -> None:
        if latest is None:
            return
        if not latest.values.keys() <= self.quantities:
            new = set(latest.values) - self.quantities
            self.quantities |= new
            self.tell_new_quantities(new)
        self._identity.follow(latest.address, now)
        self._identity.count(len(latest.phases))
        self._publish(UpdateCause.READING)

    @callback
    def _load_seen(self, view: LoadView, cause: Cause) -> None:
        self._decide(self.arbiter.see_load(view, cause, self._loop.time()))
        self._publish(UpdateCause.DECISION)

    @callback
    def _wished(self, load_id: str, on: bool, by_hand: bool) -> None:
        self._decide(self.arbiter.wish(load_id, on, by_hand, self._loop.time()))
        self._publish(UpdateCause.DECISION)

    @callback
    def _link_changed(self, state: LinkState) -> None:
        now = self._loop.time()
        if state.degraded:
            self.meter.gap(now)
            self.insight.interrupt()
        self._decide(self.arbiter.set_degraded(state.degraded, now))
        self._publish(UpdateCause.LINK, immediate=True)

    @callback
    def _tick(self) -> None:
        now = self._loop.time()
        clock = self._time_of_day(now)
        self._decide(self.arbiter.tick(now, hour=clock.hour, minute=clock.minute))
        self._publish(UpdateCause.DECISION)

    @callback
    def _cap_changed(self, cap_va: float | None) -> None:
        self._decide(self.arbiter.set_cap(cap_va, self._loop.time()))

    def _decide(self, decision: Decision) -> None:
        """Carry out a decision. One that is provoked by the orders of another waits until those have left."""
        if decision.shed_va:
            self.meter.shed(decision.shed_va, self._loop.time())
        self._decisions.append(decision)
        if self._deciding:
            return
        self._deciding = True
        try:
            while self._decisions:
                self._carry_out(self._decisions.popleft())
        finally:
            self._deciding = False

    def _carry_out(self, decision: Decision) -> None:
        if self._stopping:
            self._commander.follow_intents(decision.intents)
            return
        # Urgent orders do not even wait for the journal to be told.
        urgent = [command for command in decision.commands if command.urgent]
        for command in urgent:
            self._commander.send(command)
        given_back = self._commander.follow_intents(decision.intents)
        if given_back and not given_back <= load_configs(self._entry).keys():
            self._arrange()  # one that had left the configuration is nobody's any more
        for command in decision.commands:
            if not command.urgent:
                self._commander.send(command)
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if decision.next_at is None else self._loop.call_at(decision.next_at, self._tick)
        for event in decision.events:
            self._suspects.note(event, self.actuators)
            self.tell_event(event)
        if decision.events:
            self._memory.keep(self.arbiter, self.mode)

    def _publish(self, cause: UpdateCause, *, immediate: bool = False) -> None:
        if self._stopping or self._deciding:
            return
        report = self.report
        self._suspects.follow(report)
        if report.overload is not self._overload:
            self._overload, immediate = report.overload, True
        self.tell(Update(reading=self.reading, report=report, immediate=immediate, cause=cause))

    # Loads -----------------------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        """Have the loads of the entry watched and decided on, and those that left it while they are cut."""
        self._follow_loads()
        self._decide(self.arbiter.configure(self._settings(), self._coordinators(), self._loop.time()))

    def _follow_loads(self) -> None:
        """Watch the loads of the entry, and those that left it while they were cut."""
        configs = {load_id: intent.load for load_id, intent in self.journal.intents.items()}
        configs |= load_configs(self._entry)
        self.watch.configure(configs.values())
        for load_id, intent in self.journal.intents.items():
            self.actuators[load_id].resume(intent.saved)

    def _settings(self) -> Settings:
        return arbiter_settings(self._entry.options, self._entry.data.get(CONF_PHASES))

    def _coordinators(self) -> tuple[CoordinatorSettings, ...]:
        """The coordinators of the entry, and one out of service with the loads that left before this start.

        The arbiter itself follows those that leave later.
        """
        listed = load_configs(self._entry)
        left = tuple(
            LoadSettings(load_id=intent.load.load_id, name=intent.load.name)
            for intent in self._found
            if intent.load.load_id not in listed and intent.load.load_id in self.journal.intents
        )
        hidden = (CoordinatorSettings(coordinator_id=_LEFT, name=_LEFT, loads=left, enabled=False),) if left else ()
        return (*as_tried(coordinator_settings(self._entry), self._memory.latencies_s), *hidden)
