"""Changing a meter: another port or another meter keeps every entity, and our own reader never stands in the way."""

from collections.abc import Iterator
from contextlib import AsyncExitStack
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator.tic import Group, Mode, frame
from tests.common import (
    ADDRESS,
    OTHER_ADDRESS,
    PtyMeter,
    hear,
    historic_frame,
    line_of,
    meter_entry,
    set_up,
    standard_frame,
    until,
)

from .conftest import Talk
from .steps import Result, choose_port, go_on, open_reconfigure

OPEN = "custom_components.linky_offload.sources.serial.serialx.create_serial_connection"


@pytest.fixture
def second_port(pty_meter: PtyMeter) -> Iterator[PtyMeter]:
    """Another adapter on another meter, or the same meter through another adapter."""
    meter = PtyMeter(pty_meter.path.with_name("ttyOTHER"))
    yield meter
    meter.close()


async def reconfigure(hass: HomeAssistant, entry: MockConfigEntry, port: str) -> Result:
    """Open the dialog, which shows the present port, and choose one."""
    result = await open_reconfigure(hass, entry)
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "serial")
    (field,) = result["data_schema"].schema
    assert field.description == {"suggested_value": entry.data["port"]}
    result = await choose_port(hass, result["flow_id"], port)
    await hass.async_block_till_done()
    return result


def has_changed(result: Result) -> bool:
    return (result["type"], result.get("reason")) == (FlowResultType.ABORT, "reconfigure_successful")


async def test_another_port_and_mode_keep_the_identity(
    hass: HomeAssistant, pty_meter: PtyMeter, second_port: PtyMeter, talk: Talk
) -> None:
    entry = meter_entry(pty_meter.port)
    await set_up(hass, entry)
    async with talk(second_port, historic_frame(690), baudrate=1200):
        result = await reconfigure(hass, entry, second_port.port)
        assert has_changed(result)
    assert entry.data == {
        "internal_id": "meter1",
        "source": "serial",
        "port": second_port.port,
        "baudrate": 1200,
        "address": ADDRESS,
        "mode": "historic",
        "phases": 1,
        "contract_va": 6000,
        "tariff": "base",
    }
    assert entry.unique_id == ADDRESS
    assert entry.state is ConfigEntryState.LOADED
    assert line_of(entry.runtime_data).source.url == second_port.port


async def test_the_same_port_of_a_meter_that_is_heard_is_not_probed(hass: HomeAssistant, pty_meter: PtyMeter) -> None:
    entry = meter_entry(pty_meter.port, contract_va=None, tariff=None)
    runtime = await set_up(hass, entry)
    await hear(hass, pty_meter, runtime, 690)
    assert has_changed(await reconfigure(hass, entry, pty_meter.port))
    assert (entry.data["contract_va"], entry.data["tariff"]) == (6000, "BASE")
    assert entry.runtime_data is runtime


async def test_the_contract_of_the_person_is_not_taken_for_the_one_of_the_meter(
    hass: HomeAssistant, pty_meter: PtyMeter
) -> None:
    entry = meter_entry(pty_meter.port, options={"contract_power": 9})
    runtime = await set_up(hass, entry)
    await hear(hass, pty_meter, runtime, 690)
    assert runtime.reading is not None
    assert runtime.reading.contract_va == 9000
    assert has_changed(await reconfigure(hass, entry, pty_meter.port))
    assert entry.data["contract_va"] == 6000


async def test_the_same_port_of_a_silent_meter_is_freed_and_probed(
    hass: HomeAssistant, pty_meter: PtyMeter, talk: Talk
) -> None:
    entry = meter_entry(pty_meter.port, contract_va=None)
    await set_up(hass, entry)
    async with talk(pty_meter, b""):
        result = await reconfigure(hass, entry, pty_meter.port)
    assert result["errors"] == {"port": "nothing_received"}
    assert entry.state is ConfigEntryState.LOADED
    async with talk(pty_meter, b"\n"):
        result = await choose_port(hass, result["flow_id"], pty_meter.port)
        assert result["errors"] == {"port": "no_tic"}
    async with talk(pty_meter, standard_frame(690)):
        result = await choose_port(hass, result["flow_id"], pty_meter.port)
        await hass.async_block_till_done()
    assert has_changed(result)
    assert entry.data["contract_va"] == 6000
    assert entry.state is ConfigEntryState.LOADED


async def test_the_same_port_of_a_meter_that_has_told_too_little_is_freed_and_probed(
    hass: HomeAssistant, pty_meter: PtyMeter, talk: Talk
) -> None:
    entry = meter_entry(pty_meter.port, contract_va=None)
    runtime = await set_up(hass, entry)
    pty_meter.write(
        frame([Group("ADSC", ADDRESS), Group("PRM", "12345678901234"), Group("STGE", "003A0001")] * 2, Mode.STANDARD)
    )
    await until(hass, lambda: runtime.link.available and runtime.reading is not None, "the meter is heard")
    unload = hass.config_entries.async_unload
    async with AsyncExitStack() as stack:

        async def unload_before_the_meter_tells_more(entry_id: str) -> bool:
            unloaded = await unload(entry_id)
            await stack.enter_async_context(talk(pty_meter, standard_frame(690)))
            return unloaded

        with patch.object(hass.config_entries, "async_unload", unload_before_the_meter_tells_more):
            assert has_changed(await reconfigure(hass, entry, pty_meter.port))
    assert entry.data["contract_va"] == 6000
    assert entry.runtime_data is not runtime


async def test_a_reader_that_does_not_let_go_of_the_port(hass: HomeAssistant, pty_meter: PtyMeter, talk: Talk) -> None:
    entry = meter_entry(pty_meter.port)
    runtime = await set_up(hass, entry)
    with patch.object(hass.config_entries, "async_unload", return_value=False):
        result = await reconfigure(hass, entry, pty_meter.port)
    assert result["errors"] == {"port": "port_busy"}
    await hear(hass, pty_meter, runtime, 690)
    assert has_changed(await choose_port(hass, result["flow_id"], pty_meter.port))


async def test_a_meter_that_could_not_be_opened_starts_on_its_new_port_at_once(
    hass: HomeAssistant, pty_meter: PtyMeter, talk: Talk
) -> None:
    entry = meter_entry("/dev/serial/by-id/gone")
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    async with talk(pty_meter, standard_frame(690)):
        assert has_changed(await reconfigure(hass, entry, pty_meter.port))
        await until(hass, lambda: entry.state is ConfigEntryState.LOADED, "the entry is loaded")


async def test_a_replaced_meter_keeps_everything_once_the_person_says_so(
    hass: HomeAssistant, pty_meter: PtyMeter, second_port: PtyMeter, talk: Talk
) -> None:
    entry = meter_entry(pty_meter.port)
    await set_up(hass, entry)
    async with talk(second_port, standard_frame(690, OTHER_ADDRESS, 9)):
        result = await reconfigure(hass, entry, second_port.port)
        assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "compare")
        assert result["menu_options"] == ["replace", "serial"]
        assert (
            result["description_placeholders"].items() >= {"known": "041961••••99", "address": "041961••••88"}.items()
        )
        result = await go_on(hass, result["flow_id"], {"next_step_id": "replace"})
        await hass.async_block_till_done()
    assert has_changed(result)
    assert entry.unique_id == OTHER_ADDRESS
    assert (entry.data["internal_id"], entry.data["address"]) == ("meter1", OTHER_ADDRESS)
    assert entry.data["contract_va"] == 9000


async def test_a_wrong_meter_leads_back_to_the_port(
    hass: HomeAssistant, pty_meter: PtyMeter, second_port: PtyMeter, talk: Talk
) -> None:
    entry = meter_entry(pty_meter.port)
    runtime = await set_up(hass, entry)
    before = dict(entry.data)
    async with talk(second_port, standard_frame(690, OTHER_ADDRESS)):
        result = await reconfigure(hass, entry, second_port.port)
        result = await go_on(hass, result["flow_id"], {"next_step_id": "serial"})
    assert (result["type"], result["step_id"], result["errors"]) == (FlowResultType.FORM, "serial", {})
    assert (dict(entry.data), entry.unique_id) == (before, ADDRESS)
    await hear(hass, pty_meter, runtime, 690)
    assert has_changed(await choose_port(hass, result["flow_id"], pty_meter.port))


async def test_a_meter_of_another_entry_is_refused(
    hass: HomeAssistant, pty_meter: PtyMeter, second_port: PtyMeter, talk: Talk
) -> None:
    other = MockConfigEntry(
        domain="linky_offload",
        title="Garage",
        unique_id=OTHER_ADDRESS,
        data={"source": "serial", "port": "/dev/garage", "address": None},
    )
    other.add_to_hass(hass)
    entry = meter_entry(pty_meter.port)
    runtime = await set_up(hass, entry)
    async with talk(second_port, standard_frame(690, OTHER_ADDRESS)):
        result = await reconfigure(hass, entry, second_port.port)
    assert result["errors"] == {"port": "other_meter"}
    assert result["description_placeholders"] == {"name": "Garage"}
    await hear(hass, pty_meter, runtime, 690)
    assert has_changed(await choose_port(hass, result["flow_id"], pty_meter.port))


async def test_an_address_learnt_at_last_becomes_the_unique_id(
    hass: HomeAssistant, pty_meter: PtyMeter, second_port: PtyMeter, talk: Talk
) -> None:
    entry = meter_entry(pty_meter.port, address=None)
    await set_up(hass, entry)
    async with talk(second_port, standard_frame(690)):
        assert has_changed(await reconfigure(hass, entry, second_port.port))
    assert (entry.unique_id, entry.data["address"], entry.data["internal_id"]) == (ADDRESS, ADDRESS, "meter1")


async def test_a_line_that_hides_the_address_leaves_the_known_one(
    hass: HomeAssistant, pty_meter: PtyMeter, second_port: PtyMeter, talk: Talk
) -> None:
    entry = meter_entry(pty_meter.port)
    await set_up(hass, entry)
    nameless = historic_frame(690).replace(historic_frame(690).split(b"\r")[0] + b"\r", b"\x02")
    async with talk(second_port, nameless):
        assert has_changed(await reconfigure(hass, entry, second_port.port))
    assert (entry.unique_id, entry.data["address"]) == (ADDRESS, ADDRESS)
    assert entry.data["mode"] == "historic"
