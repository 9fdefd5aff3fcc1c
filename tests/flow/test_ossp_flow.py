"""Adding a plug to a meter: it is looked at before it is taken, and can be compared with another instrument."""

from collections.abc import AsyncIterator
from typing import Any

from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.linky_offload.flow.ossp import host_of
from custom_components.linky_offload.ossp import client
from custom_components.linky_offload.ossp.hub import async_ossp
from simulator.ossp import SimulatedPlug
from simulator.web import WebServer
from tests.common import PtyMeter, meter_entry, set_up, until

from .steps import Result, shown

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("REFRESH_S", 0.05), ("SILENT_S", 0.5), ("ANSWER_S", 0.3), ("FIRST_RETRY_S", 0.05)):
        monkeypatch.setattr(client, name, seconds)


@pytest.fixture
def plug() -> SimulatedPlug:
    return SimulatedPlug((2, 4))


@pytest.fixture
async def server(plug: SimulatedPlug, hass: HomeAssistant) -> AsyncIterator[WebServer]:
    server = plug.server()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def entry(hass: HomeAssistant, pty_meter: PtyMeter) -> AsyncIterator[MockConfigEntry]:
    entry = meter_entry(pty_meter.port)
    await set_up(hass, entry)
    yield entry
    assert await hass.config_entries.async_unload(entry.entry_id)


async def open_form(hass: HomeAssistant, entry: MockConfigEntry) -> Result:
    result = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "ossp_plug"), context={"source": SOURCE_USER}
    )
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "user")
    return result


async def answer(hass: HomeAssistant, result: Result, answers: dict[str, Any]) -> Result:
    return await hass.config_entries.subentries.async_configure(result["flow_id"], answers)


async def add(hass: HomeAssistant, entry: MockConfigEntry, host: str) -> str:
    """Add a plug and wait until it is connected."""
    await answer(hass, await open_form(hass, entry), {"name": "Kettle", "host": host, "enabled": True})
    await hass.async_block_till_done()
    (subentry,) = entry.get_subentries_of_type("ossp_plug")
    hub = async_ossp(hass, entry)
    hub.follow()
    await until(hass, lambda: hub.plugs[subentry.subentry_id].client.available, "the plug", settle=False)
    return subentry.subentry_id


async def change(hass: HomeAssistant, entry: MockConfigEntry, subentry_id: str, page: str) -> Result:
    """Choose to change the plug, and a page."""
    menu = await entry.start_subentry_reconfigure_flow(hass, subentry_id)
    assert (menu["type"], menu["menu_options"]) == (FlowResultType.MENU, ["user", "calibrate", "corrections"])
    return await answer(hass, menu, {"next_step_id": page})


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("192.168.1.61", "192.168.1.61"),
        (" http://ossp.local/ ", "ossp.local"),
        ("ossp:8080", "ossp:8080"),
        ("ws://ossp/ws", "ossp"),
        ("[fd00::1]", "[fd00::1]"),
        ("", None),
        ("two words", None),
        ("https://ossp", None),
        ("http://me@ossp", None),
        ("ossp:port", None),
    ],
)
def test_an_address_is_what_a_person_types(text: str, host: str | None) -> None:
    assert host_of(text) == host


async def test_a_plug_is_added_with_the_outputs_that_it_has(
    hass: HomeAssistant, entry: MockConfigEntry, server: WebServer
) -> None:
    result = await open_form(hass, entry)
    assert shown(result) == {"name": "Smart plug", "enabled": True}
    for host, reason in (("no address", "host_invalid"), ("127.0.0.1:9", "ossp_unreachable")):
        result = await answer(hass, result, {"name": "Kettle", "host": host, "enabled": True})
        assert result["errors"] == {"host": reason}
    result = await answer(hass, result, {"name": " Kettle ", "host": f"http://{server.address}/", "enabled": True})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    (subentry,) = entry.get_subentries_of_type("ossp_plug")
    assert (subentry.title, dict(subentry.data)) == (
        "Kettle",
        {"host": server.address, "outputs": [2, 4], "enabled": True},
    )
    again = await open_form(hass, entry)
    again = await answer(hass, again, {"name": "Kettle", "host": server.address, "enabled": True})
    assert again["errors"] == {"host": "host_taken"}


async def test_what_tells_no_state_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry, server: WebServer, plug: SimulatedPlug
) -> None:
    plug.mute = True
    answers = {"name": "Kettle", "host": server.address, "enabled": True}
    result = await answer(hass, await open_form(hass, entry), answers)
    assert result["errors"] == {"host": "ossp_silent"}
    plug.mute = False
    assert (await answer(hass, result, answers))["type"] is FlowResultType.CREATE_ENTRY


async def test_a_plug_may_be_left_alone_and_renamed_while_it_is_off(
    hass: HomeAssistant, entry: MockConfigEntry, server: WebServer
) -> None:
    plug_id = await add(hass, entry, server.address)
    await server.stop()
    result = await change(hass, entry, plug_id, "user")
    assert shown(result) == {"name": "Kettle", "host": server.address, "enabled": True}
    result = await answer(hass, result, {"name": "Old kettle", "host": server.address, "enabled": False})
    assert result["reason"] == "reconfigure_successful"
    subentry = entry.subentries[plug_id]
    assert (subentry.title, subentry.data["outputs"], subentry.data["enabled"]) == ("Old kettle", [2, 4], False)
    async_ossp(hass, entry).follow()
    assert async_ossp(hass, entry).plugs == {}


async def test_gains_are_reckoned_from_what_a_wattmeter_shows(
    hass: HomeAssistant, entry: MockConfigEntry, server: WebServer, plug: SimulatedPlug
) -> None:
    plug_id = await add(hass, entry, server.address)
    result = await change(hass, entry, plug_id, "calibrate")
    assert result["description_placeholders"] == {"voltage": "230.0 V", "current": "0.00 A", "power": "0 W"}
    result = await answer(hass, result, {"power": 2100})
    assert result["errors"] == {"power": "nothing_to_compare"}
    plug.press(2)
    gauge = async_ossp(hass, entry).plugs[plug_id].gauge
    await until(hass, lambda: gauge.now.power == 2000, "the load", settle=False)
    result = await answer(hass, result, {"power": 90_000})
    assert result["errors"] == {"power": "too_far_off"}
    result = await answer(hass, result, {"power": 2100, "voltage": 235.75})
    assert result["reason"] == "reconfigure_successful"
    data = entry.subentries[plug_id].data
    assert (data["power_gain"], data["voltage_gain"], "current_gain" in data) == (1.05, 1.025, False)
    async_ossp(hass, entry).follow()
    await until(hass, lambda: gauge.now.power == pytest.approx(2100), "the correction", settle=False)
    result = await change(hass, entry, plug_id, "calibrate")
    await answer(hass, result, {"power": 2000})
    assert entry.subentries[plug_id].data["power_gain"] == pytest.approx(1.0), "not of what is corrected already"


async def test_gains_and_offsets_may_be_given_as_they_are(
    hass: HomeAssistant, entry: MockConfigEntry, server: WebServer
) -> None:
    plug_id = await add(hass, entry, server.address)
    result = await change(hass, entry, plug_id, "corrections")
    neutral = {
        f"{measure}_{part}": float(part == "gain")
        for measure in ("voltage", "current", "power")
        for part in ("gain", "offset")
    }
    assert shown(result) == neutral
    result = await answer(hass, result, neutral | {"power_gain": 20, "current_offset": -50})
    assert result["errors"] == {"power_gain": "gain_out_of_range", "current_offset": "offset_out_of_range"}
    result = await answer(hass, result, neutral | {"power_offset": -12})
    assert result["reason"] == "reconfigure_successful"
    assert entry.subentries[plug_id].data["power_offset"] == -12
