"""A Linky on the other end of a line that the test holds: everything between the bytes and the states is real."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Self
from unittest.mock import patch

from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.linky_offload.const import DOMAIN
from custom_components.linky_offload.publisher import PUBLISHERS
from custom_components.linky_offload.runtime import LinkyRuntime
from custom_components.linky_offload.sources import LinkError
from simulator.meter import SimulatedMeter
from simulator.power import Power
from simulator.tic import add_parity

from .common import load

INTERNAL_ID = "house"
PORT = "/dev/serial/by-id/usb-Maker_Dongle_SN12345678-if00-port0"

LOADS = [
    load("load_heater", "input_boolean.heater", power_source="learned"),
    load("load_tank", "input_boolean.tank", power_source="declared", declared_va=2000),
]


class Line:
    """Stands for the serial source: the test pushes the bytes."""

    has_baudrate = True

    def __init__(
        self,
        url: str,
        baudrate: int,
        *,
        on_data: Callable[[bytes], None],
        on_link: Callable[[LinkError | None], None],
    ) -> None:
        self.url, self.baudrate, self.push, self.on_link = url, baudrate, on_data, on_link

    async def async_open(self) -> None:
        self.on_link(None)

    async def async_run(self) -> None:
        await asyncio.Event().wait()

    async def async_close(self) -> None: ...

    async def async_set_baudrate(self, baudrate: int) -> None:
        self.baudrate = baudrate

    def reopen(self) -> None: ...


@dataclass(slots=True)
class House:
    """One entry of the integration, its meter and the clock of its publisher (monotonic seconds)."""

    hass: HomeAssistant
    meter: SimulatedMeter
    entry: MockConfigEntry
    elapsed_s: float = 0.0
    lines: list[Line] = field(default_factory=list)

    @classmethod
    async def start(
        cls, hass: HomeAssistant, meter: SimulatedMeter, *subentries: ConfigSubentryDataWithId, frames: int = 4
    ) -> Self:
        """Set the entry up and let the meter speak."""
        await hass.config.async_set_time_zone("Europe/Paris")
        entry = MockConfigEntry(
            domain=DOMAIN,
            title="Linky",
            unique_id=meter.address,
            data={
                "internal_id": INTERNAL_ID,
                "source": "serial",
                "port": PORT,
                "baudrate": 9600 if meter.mode == "standard" else 1200,
                "address": meter.address,
                "mode": str(meter.mode),
                "phases": meter.phases,
                "contract_va": meter.contract_kva * 1000,
                "tariff": None,
            },
            subentries_data=subentries,
        )
        entry.add_to_hass(hass)
        house = cls(hass, meter, entry)
        await house.set_up()
        if frames:
            await house.speak(frames)
        return house

    async def set_up(self) -> None:
        """Set the entry up, for the first time or again."""
        with self.line():
            assert await self.hass.config_entries.async_setup(self.entry.entry_id)
            await self.hass.async_block_till_done()
        self.elapsed_s = max(self.elapsed_s, self.hass.loop.time())
        self.hass.data[PUBLISHERS][self.entry.entry_id].now = lambda: self.elapsed_s

    @contextmanager
    def line(self) -> Iterator[None]:
        """Give our line to whatever opens a port."""

        def made(*args: Any, **kwargs: Any) -> Line:
            self.lines.append(Line(*args, **kwargs))
            return self.lines[-1]

        with patch("custom_components.linky_offload.sources.cable.SerialSource", made):
            yield

    @property
    def runtime(self) -> LinkyRuntime:
        runtime: LinkyRuntime = self.entry.runtime_data
        return runtime

    async def speak(self, frames: int = 1, *powers: Power) -> None:
        """Send some frames, one second of the house each, then let the publisher look."""
        for _ in range(frames):
            self.meter.step(powers or self.meter.powers)
            self.lines[-1].push(add_parity(self.meter.frame()))
        await self.tick()

    async def tick(self, seconds: float = 1.0) -> None:
        """Let some time go by, and then the publisher look once."""
        self.elapsed_s += seconds
        async_fire_time_changed(self.hass, dt_util.utcnow() + timedelta(seconds=1))
        await self.hass.async_block_till_done()

    async def lose_line(self) -> None:
        """Pull the dongle out."""
        self.lines[-1].on_link(LinkError.LOST)
        await self.tick()

    def entity_id(self, key: str, owner: str = INTERNAL_ID) -> str | None:
        """The entity of a unique id, None when there is none."""
        unique_id = f"{owner}_{key}"
        entries = er.async_entries_for_config_entry(er.async_get(self.hass), self.entry.entry_id)
        return next((entry.entity_id for entry in entries if entry.unique_id == unique_id), None)

    def state(self, key: str, owner: str = INTERNAL_ID) -> State:
        """The state of an entity that must be there."""
        entity_id = self.entity_id(key, owner)
        assert entity_id is not None, key
        state = self.hass.states.get(entity_id)
        assert state is not None, entity_id
        return state
