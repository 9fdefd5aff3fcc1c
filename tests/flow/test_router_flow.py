"""Adding a meter by an ESP-Router-PV: what answers is looked at before it is taken, and refused with the reason."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from custom_components.linky_offload.flow import source_mqtt, source_router
from simulator.esp_router import SimulatedRouter
from simulator.web import WebServer
from tests.common import PtyMeter, flow, hear, heard_entry, meter_entry, set_up, state_of, until

from .broker import heard, offered, speaking
from .steps import Result, confirm, go_on, open_dialog, open_reconfigure, shown

pytestmark = pytest.mark.usefixtures("socket_enabled")

POWER = "sensor.linky_apparent_power"
READING = {"power_factor": 0.95, "routed": "auto"}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_router, "CABLE_S", 0.4)
    monkeypatch.setattr(source_mqtt, "LISTEN_S", 0.4)


@pytest.fixture
def router() -> SimulatedRouter:
    return SimulatedRouter(grid_w=-1500.0)


@pytest.fixture
async def server(router: SimulatedRouter, hass: HomeAssistant) -> AsyncIterator[WebServer]:
    server = router.server()
    await server.start()
    yield server
    await server.stop()


async def home(hass: HomeAssistant, result: Result, way: str, contract_kva: float = 9) -> Result:
    """Fill in the first page."""
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "esp_router")
    return await go_on(hass, result["flow_id"], {"contract_power": contract_kva, "router_way": way})


async def page(hass: HomeAssistant, result: Result, url: str, **answers: Any) -> Result:
    """Fill in the page of the address."""
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "esp_router_page")
    return await go_on(hass, result["flow_id"], {"url": url, "idle": 10, **READING, **answers})


async def test_a_router_makes_a_meter(hass: HomeAssistant, server: WebServer) -> None:
    result = await home(hass, await open_dialog(hass, "esp_router"), "page")
    assert shown(result) == {"idle": 10, **READING}
    result = await page(hass, result, server.address)
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "confirm")
    described = result["description_placeholders"]
    url = f"http://{server.address}/api/routeur"
    assert [described[key] for key in ("model", "phases", "contract", "source")] == [
        *("not told", "1", "9 kVA"),
        f"ESP-Router-PV, {url}",
    ]
    assert [str(field) for field in result["data_schema"].schema] == ["name"]
    result = await confirm(hass, result["flow_id"])
    assert result["type"] is FlowResultType.CREATE_ENTRY
    entry = result["result"]
    assert entry.state is ConfigEntryState.LOADED
    assert {key: value for key, value in entry.data.items() if value is not None and key != "internal_id"} == {
        "source": "esp_router",
        "router": {"url": url, "idle": 10, **READING, "heater_w": None},
        "phases": 1,
        "contract_va": 9000,
    }
    assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("192.168.1.60", "http://192.168.1.60/api/routeur"),
        ("  router.local:8080/ ", "http://router.local:8080/api/routeur"),
        ("http://router/other", "http://router/other"),
        ("https://[fd00::1]", "https://[fd00::1]/api/routeur"),
        ("", None),
        ("not an address", None),
        ("ftp://router", None),
        ("http://", None),
        ("http://me:secret@router", None),
        ("router:port", None),
    ],
)
def test_an_address_is_what_a_person_types(text: str, url: str | None) -> None:
    assert source_router.page_of(text) == url


@pytest.mark.parametrize(
    ("answers", "field", "reason"),
    [
        pytest.param({"url": "no address"}, "url", "url_invalid", id="no address"),
        pytest.param({"url": "127.0.0.1:9"}, "url", "router_unreachable", id="nothing there"),
        pytest.param({"url": "{server}/nothing"}, "url", "router_unreachable", id="another page"),
        pytest.param({"idle": 0}, "idle", "idle_out_of_range", id="no pause"),
        pytest.param({"idle": 61}, "idle", "idle_out_of_range", id="a long pause"),
        pytest.param({"power_factor": 1.2}, "power_factor", "power_factor_out_of_range", id="power factor"),
        pytest.param({"heater_w": 20}, "heater_w", "heater_out_of_range", id="a small heater"),
    ],
)
async def test_what_is_wrong_is_said_next_to_the_field_and_can_be_mended(
    hass: HomeAssistant, server: WebServer, answers: dict[str, Any], field: str, reason: str
) -> None:
    result = await home(hass, await open_dialog(hass, "esp_router"), "page")
    answers = {"url": "{server}"} | answers
    url = str(answers.pop("url")).format(server=server.address)
    result = await page(hass, result, url, **answers)
    assert result["errors"] == {field: reason}
    result = await page(hass, result, server.address)
    assert result["step_id"] == "confirm"


async def test_a_router_without_its_controller_or_another_device_is_told_apart(
    hass: HomeAssistant, server: WebServer, router: SimulatedRouter, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = await home(hass, await open_dialog(hass, "esp_router"), "page")
    router.started = False
    result = await page(hass, result, server.address)
    assert result["errors"] == {"url": "router_waits"}
    monkeypatch.setattr(SimulatedRouter, "body", lambda _: b'{"VO2": 20}')
    result = await page(hass, result, server.address)
    assert result["errors"] == {"url": "router_not_understood"}
    monkeypatch.undo()
    router.started = True
    assert (await page(hass, result, server.address))["step_id"] == "confirm"


async def test_a_contract_that_nobody_has_is_refused(hass: HomeAssistant) -> None:
    result = await home(hass, await open_dialog(hass, "esp_router"), "page", contract_kva=60)
    assert result["errors"] == {"contract_power": "contract_out_of_range"}
    result = await go_on(hass, result["flow_id"], {"router_way": "page"})
    assert result["errors"] == {"contract_power": "contract_missing"}
    assert (await home(hass, result, "page"))["step_id"] == "esp_router_page"


async def test_a_router_is_added_once(hass: HomeAssistant, server: WebServer) -> None:
    url = f"http://{server.address}/api/routeur"
    heard_entry("esp_router", {}, router={"url": url}).add_to_hass(hass)
    result = await home(hass, await open_dialog(hass, "esp_router"), "page")
    result = await page(hass, result, server.address)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")


# The cable ------------------------------------------------------------------------------------------------------------


async def cable(hass: HomeAssistant, result: Result, meter: PtyMeter, router: SimulatedRouter | None) -> Result:
    """Fill in the page of the port, while a router speaks on it."""
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "esp_router_cable")

    async def speak() -> None:
        while router is not None:
            router.grid_w -= 0.01
            meter.write(router.line())
            await asyncio.sleep(0.02)

    task = hass.loop.create_task(speak())
    try:
        return await go_on(hass, result["flow_id"], {"port": meter.port, "baudrate": "2400", **READING})
    finally:
        task.cancel()


async def test_a_cable_makes_a_meter_once_a_line_is_heard_on_it(
    hass: HomeAssistant, pty_meter: PtyMeter, router: SimulatedRouter
) -> None:
    result = await home(hass, await open_dialog(hass, "esp_router"), "cable")
    assert shown(result) == {"baudrate": "9600", **READING}
    result = await cable(hass, result, pty_meter, None)
    assert result["errors"] == {"port": "no_router_line"}
    pty_meter.unplug()
    result = await cable(hass, result, pty_meter, None)
    assert result["errors"] == {"port": "port_missing"}
    pty_meter.plug()
    result = await cable(hass, result, pty_meter, router)
    assert result["step_id"] == "confirm"
    result = await confirm(hass, result["flow_id"], name="Router")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    entry = result["result"]
    assert (entry.data["port"], entry.data["baudrate"]) == (pty_meter.port, 2400)
    again = await home(hass, await open_dialog(hass, "esp_router"), "cable")
    again = await cable(hass, again, pty_meter, None)
    assert again["reason"] == "already_configured"
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_the_port_that_is_being_read_is_not_listened_to_twice(hass: HomeAssistant, pty_meter: PtyMeter) -> None:
    entry = heard_entry("esp_router", {}, router={"power_factor": 0.9}, port=pty_meter.port, baudrate=2400)
    await set_up(hass, entry)
    result = await open_reconfigure(hass, entry, "esp_router")
    assert shown(result) == {"router_way": "cable", "contract_power": 6}
    result = await home(hass, result, "cable")
    assert shown(result) == {"port": pty_meter.port, "baudrate": "2400", "power_factor": 0.9, "routed": "auto"}
    result = await cable(hass, result, pty_meter, None)
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert entry.data["router"] == {**READING, "heater_w": None}
    assert await hass.config_entries.async_unload(entry.entry_id)


# MQTT and change ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("expected_lingering_timers", [True])
async def test_by_mqtt_it_is_found_as_any_bridge(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, router: SimulatedRouter
) -> None:
    dialog = await home(hass, await open_dialog(hass, "esp_router"), "mqtt")
    async with speaking(hass, ("pv/router", router.line().decode(), False)):
        result = await heard(hass, dialog)
    assert offered(result) == ["pv/router (ESP-Router-PV, 1579 VA)"]
    result = await go_on(hass, dialog["flow_id"], {"found": "0"})
    result = await confirm(hass, result["flow_id"], contract_power=9)
    assert result["result"].data["bridge"] == {
        "format": "esp_router",
        "topics": ["pv/router", "pv/status"],
        "root": "pv/router",
    }


async def test_a_meter_on_a_line_becomes_one_behind_a_router_and_keeps_its_entities(
    hass: HomeAssistant, pty_meter: PtyMeter, server: WebServer
) -> None:
    entry: MockConfigEntry = meter_entry(pty_meter.port)
    runtime = await set_up(hass, entry)
    await hear(hass, pty_meter, runtime, 1700)
    await flow(hass, pty_meter, 1700, lambda: hass.states.get(POWER), "the sensor")
    result = await open_reconfigure(hass, entry, "esp_router")
    assert shown(result) == {"router_way": "page", "contract_power": 6}
    result = await page(hass, await home(hass, result, "page"), server.address)
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert (entry.data["source"], entry.data["internal_id"], "port" in entry.data) == ("esp_router", "meter1", False)
    await until(hass, lambda: state_of(hass, POWER) == "1579", "the power by the router", settle=False)
    assert await hass.config_entries.async_unload(entry.entry_id)
