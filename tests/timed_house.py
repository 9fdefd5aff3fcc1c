"""A house that lives by a clock that the test winds: each timer of Home Assistant runs at its own moment."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
import math
from typing import Any, Final, override

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util.async_ import get_scheduled_timer_handles
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.linky_offload.const import DOMAIN
from custom_components.linky_offload.publisher import PUBLISHERS
from custom_components.linky_offload.sources import LinkError
from simulator.meter import SimulatedMeter
from simulator.power import Power
from simulator.tic import BAUD, add_parity

from .common import coordinator
from .entity_house import INTERNAL_ID, PORT, House

_TURNS: Final = 10


@dataclass(slots=True)
class TimedHouse(House):
    """A house with a base load and plugs, each an ``input_boolean``; its meter says one frame every ``every_s``.

    The clocks of Home Assistant and of the meter start together and go on together. ``plugs``: W drawn by those that
    are on, by entity id. ``voice``: how the meter is heard, where it is not by the line. ``dialog``: a person looks at
    a page that waits for time to go by, which must not be waited for. ``parity``: the adapter delivers the parity bit.
    """

    freezer: FrozenDateTimeFactory = field(kw_only=True)
    plugs: Mapping[str, float] = field(kw_only=True)
    base_w: float = field(default=500.0, kw_only=True)
    every_s: int = field(default=1, kw_only=True)
    voice: Callable[[], None] | None = field(default=None, kw_only=True)
    dialog: bool = field(default=False, kw_only=True)
    parity: bool = field(default=True, kw_only=True)

    @classmethod
    async def open(
        cls,
        hass: HomeAssistant,
        freezer: FrozenDateTimeFactory,
        meter: SimulatedMeter,
        loads: Sequence[Mapping[str, Any]] = (),
        *,
        plugs: Mapping[str, float] | None = None,
        options: Mapping[str, Any] | None = None,
        base_w: float = 500.0,
        every_s: int = 1,
    ) -> TimedHouse:
        """Set the entry up with these loads, all of them on, on a line that says nothing yet."""
        hass.loop.slow_callback_duration = math.inf  # the clock that it is measured by is ours
        freezer.move_to(meter.now.astimezone(UTC))
        await hass.config.async_set_time_zone("Europe/Paris")
        drawn = dict(plugs or {})
        switches = {entity_id.partition(".")[2]: {"initial": True} for entity_id in drawn}
        assert await async_setup_component(hass, "input_boolean", {"input_boolean": switches})
        entry = MockConfigEntry(
            domain=DOMAIN,
            title="Linky",
            unique_id=meter.address,
            data={
                "internal_id": INTERNAL_ID,
                "source": "serial",
                "port": PORT,
                "baudrate": BAUD[meter.mode],
                "address": meter.address,
                "mode": str(meter.mode),
                "phases": meter.phases,
                "contract_va": meter.contract_kva * 1000,
                "tariff": None,
            },
            options={"profile": "strict"} if options is None else dict(options),
            subentries_data=[coordinator(loads)] if loads else [],
        )
        entry.add_to_hass(hass)
        meter.settle((Power(base_w + sum(drawn.values())),))
        house = cls(hass, meter, entry, freezer=freezer, plugs=drawn, base_w=base_w, every_s=every_s)
        await house.set_up()
        return house

    @override
    async def set_up(self) -> None:
        await House.set_up(self)
        self.hass.data[PUBLISHERS][self.entry.entry_id].now = self.hass.loop.time

    @property
    def power(self) -> Power:
        """What the house draws now."""
        on = (watts for entity_id, watts in self.plugs.items() if self.hass.states.is_state(entity_id, "on"))
        return Power(self.base_w + sum(on))

    async def wait(self, seconds: float, *, grain_s: float = 0.001) -> None:
        """Let time go by, the meter saying nothing: every timer runs when it is due, to ``grain_s``."""
        loop = self.hass.loop
        end = loop.time() + seconds
        while (now := loop.time()) < end - 1e-4:
            due = [handle.when() for handle in get_scheduled_timer_handles(loop) if not handle.cancelled()]
            moment = min([end, *(max(when, now + grain_s) for when in due)])
            self.freezer.tick(timedelta(seconds=moment - now))
            await self._settle()

    async def _settle(self) -> None:
        """Let everything run that waits for nothing but its turn."""
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        if not self.dialog:
            await self.hass.async_block_till_done()

    def send(self) -> None:
        """Have the meter say one frame now, whole and at once, or a bridge tell the same."""
        if self.voice is not None:
            self.voice()
        else:
            frame = self.meter.frame()
            self.lines[-1].push(add_parity(frame) if self.parity else frame)

    async def live(self, seconds: int) -> None:
        """Let the house live and the meter speak."""
        for _ in range(seconds):
            self.meter.step((self.power,))
            await self.wait(1)
            if self.meter.elapsed_s % self.every_s == 0:
                self.send()
                await self._settle()

    async def live_until(self, moment: datetime) -> None:
        """Live until the meter's clock shows this."""
        await self.live(round((moment - self.meter.now).total_seconds()))

    async def silence(self, seconds: int, *, grain_s: float = 5.0) -> None:
        """Let the house live while nothing is heard of its meter."""
        await self.wait(seconds, grain_s=grain_s)
        for _ in range(seconds):
            self.meter.step((self.power,))

    def pull(self) -> None:
        """Pull the adapter out of the machine."""
        self.lines[-1].on_link(LinkError.LOST)

    def plug(self) -> None:
        """Put the adapter back: the line is open again."""
        self.lines[-1].on_link(None)

    # What a person sees ----------------------------------------------------------------------------------------------

    def entity_ids(self) -> dict[str, str]:
        """The entities of the entry by unique id, those that are disabled included."""
        found = er.async_entries_for_config_entry(er.async_get(self.hass), self.entry.entry_id)
        return {entry.unique_id: entry.entity_id for entry in found}

    def states(self) -> dict[str, State]:
        """The states of the meter's own entities, by key."""
        prefix = f"{INTERNAL_ID}_"
        shown = {
            unique_id.removeprefix(prefix): self.hass.states.get(entity_id)
            for unique_id, entity_id in self.entity_ids().items()
            if unique_id.startswith(prefix)
        }
        return {key: state for key, state in shown.items() if state is not None}

    def unavailable(self) -> set[str]:
        """The keys of the meter's entities that show nothing."""
        return {key for key, state in self.states().items() if state.state == STATE_UNAVAILABLE}

    def off(self) -> set[str]:
        """The plugs that are off."""
        return {entity_id for entity_id in self.plugs if self.hass.states.is_state(entity_id, "off")}
