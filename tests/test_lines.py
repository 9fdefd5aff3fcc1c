"""Lines as a home has them: two meters at once, and a meter whose mode the grid operator changes from afar."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
import os
from pathlib import Path
import termios

from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, recorder
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
    do_adhoc_statistics,
)

from custom_components.linky_offload.const import DOMAIN
from custom_components.linky_offload.runtime import LinkyRuntime
from custom_components.linky_offload.sources import line
from simulator.meter import SimulatedMeter
from simulator.power import Power
from simulator.tariff import Calendar, TariffKind
from simulator.tic import BAUD, Mode, add_parity

from .common import (
    ADDRESS,
    OTHER_ADDRESS,
    WAIT_S,
    PtyMeter,
    coordinator,
    flow,
    hear,
    load,
    meter_entry,
    set_up,
    state_of,
    until,
)

SPEEDS = {9600: termios.B9600, 1200: termios.B1200}


# Two meters -----------------------------------------------------------------------------------------------------------


@pytest.fixture
async def second(hass: HomeAssistant, tmp_path: Path) -> AsyncIterator[tuple[PtyMeter, MockConfigEntry]]:
    """Another meter, of 9 kVA, with an appliance of its own."""
    plugs = {"heater": {"initial": True}, "workshop": {"initial": True}}
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": plugs})
    meter = PtyMeter(tmp_path / "ttySecond", address=OTHER_ADDRESS, contract_kva=9)
    workshop = load("workshop", "input_boolean.workshop", power_source="declared", declared_va=3000)
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Workshop",
        unique_id=OTHER_ADDRESS,
        data=meter_entry(meter.port, internal_id="meter2", address=OTHER_ADDRESS).data,
        options={"profile": "strict"},
        subentries_data=[coordinator([workshop], subentry_id="01JCOORDINATOR0000000000BB")],
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    yield meter, entry
    await hass.config_entries.async_unload(entry.entry_id)
    meter.close()


def power_of(hass: HomeAssistant, internal_id: str) -> str:
    """The power that the entity of a meter shows."""
    entity_id = er.async_get(hass).async_get_entity_id("sensor", DOMAIN, f"{internal_id}_apparent_power")
    return "" if entity_id is None else state_of(hass, entity_id)


async def test_two_meters_are_read_side_by_side(
    hass: HomeAssistant, pty_meter: PtyMeter, second: tuple[PtyMeter, MockConfigEntry]
) -> None:
    heater = load("heater", "input_boolean.heater", power_source="declared", declared_va=2000)
    first = await set_up(hass, meter_entry(pty_meter.port, [heater]))
    meter, entry = second
    other: LinkyRuntime = entry.runtime_data
    await hear(hass, pty_meter, first, 690)
    await flow(hass, meter, 1500, lambda: other.reading is not None and other.reading.power_va == 1500, "1500 VA")

    async def both() -> None:
        while (power_of(hass, "meter1"), power_of(hass, "meter2")) != ("690", "1500"):
            pty_meter.standard(690)
            meter.standard(1500)
            await asyncio.sleep(0.1)

    await asyncio.wait_for(both(), WAIT_S)
    assert (first.reading.address, other.reading.address) == (ADDRESS, OTHER_ADDRESS)  # type: ignore[union-attr]

    # An overload of one cuts nothing of the other.
    meter.standard(14_000)
    await until(hass, lambda: state_of(hass, "input_boolean.workshop") == "off", "the workshop is cut")
    assert state_of(hass, "input_boolean.heater") == "on"

    # A dongle that is pulled out takes nothing with it.
    meter.unplug()
    await until(hass, lambda: not other.link.connected, "the loss")
    await hear(hass, pty_meter, first, 700)
    assert first.link.available


# A change of mode -----------------------------------------------------------------------------------------------------


def speed_of(meter: PtyMeter) -> int | None:
    """The speed at which the line is open."""
    descriptor = os.open(meter.path, os.O_RDWR | os.O_NOCTTY)
    try:
        code = termios.tcgetattr(descriptor)[5]
    finally:
        os.close(descriptor)
    return next((baudrate for baudrate, known in SPEEDS.items() if known == code), None)


@asynccontextmanager
async def speaking(wire: PtyMeter, meter: SimulatedMeter) -> AsyncIterator[None]:
    """Let the meter live ten seconds in each twentieth of one, and say so at its speed."""

    async def speak() -> None:
        while True:
            for _ in range(10):
                meter.step([Power(3000)])
            heard = speed_of(wire) == BAUD[meter.mode]
            wire.write(add_parity(meter.frame()) if heard else b"\xf8\x9c\x00\xe3" * 8)
            await asyncio.sleep(0.05)

    task = asyncio.get_running_loop().create_task(speak())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(Mode.HISTORIC, Mode.STANDARD, id="historic to standard"),
        pytest.param(Mode.STANDARD, Mode.HISTORIC, id="standard to historic"),
    ],
)
async def test_a_change_of_mode_keeps_the_entities_and_their_statistics(
    hass: HomeAssistant,
    recorder_mock: object,
    pty_meter: PtyMeter,
    monkeypatch: pytest.MonkeyPatch,
    before: Mode,
    after: Mode,
) -> None:
    monkeypatch.setattr(line, "HUNT_AFTER_S", 0.3)
    meter = SimulatedMeter(mode=before, calendar=Calendar(kind=TariffKind.HC))
    entry = meter_entry(
        pty_meter.port, options={"publishing": "live"}, mode=str(before), baudrate=BAUD[before], tariff="hchp"
    )
    began = dt_util.utcnow()

    def entity_id(key: str) -> str | None:
        return er.async_get(hass).async_get_entity_id("sensor", DOMAIN, f"meter1_{key}")

    def index() -> float:
        found = entity_id("import_index_2")
        value = "" if found is None else state_of(hass, found)
        return float(value) if value not in {"", "unknown", "unavailable"} else 0.0

    async with speaking(pty_meter, meter):
        runtime = await set_up(hass, entry)
        await until(hass, lambda: index() > 0 and runtime.decoder.mode is not None, "the index in the first mode")
        kept = {
            key: entity_id(key)
            for key in ("apparent_power", "import_index_1", "import_index_2", "tariff_period", "trip_margin")
        }
        assert None not in kept.values()
        first = index()
        meter.mode = after
        await until(hass, lambda: entry.data["mode"] == str(after), "the other mode")
        assert entry.data["baudrate"] == BAUD[after]
        at_change = index()
        await until(hass, lambda: index() > at_change, "the index in the other mode")
        last = index()
    assert entry.runtime_data is runtime, "the line was not opened anew"
    assert {key: entity_id(key) for key in kept} == kept
    assert first <= at_change < last

    await async_wait_recording_done(hass)
    period = began.replace(minute=began.minute - began.minute % 5, second=0, microsecond=0)
    for start in (period, period + timedelta(minutes=5)):
        do_adhoc_statistics(hass, start=start)
    await async_wait_recording_done(hass)
    statistic_id = kept["import_index_2"]
    assert statistic_id is not None
    rows = await recorder.get_instance(hass).async_add_executor_job(
        statistics_during_period, hass, period, None, {statistic_id}, "5minute", None, {"state", "sum"}
    )
    newest = rows[statistic_id][-1]
    assert newest["state"] is not None
    # A counter that had begun anew would have counted all its kilowatt-hours once more.
    assert newest["sum"] == pytest.approx(newest["state"] - first, abs=0.5)
    await hass.config_entries.async_unload(entry.entry_id)
