"""An ESP-Router-PV as the meter: what it tells is believed at once, what it only repeats never is."""

from collections.abc import AsyncIterator
import json
from typing import override

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.linky_offload.const import DOMAIN
from custom_components.linky_offload.diagnostics import async_get_config_entry_diagnostics
from custom_components.linky_offload.link import issue_id
from custom_components.linky_offload.meter import Quantity
from custom_components.linky_offload.runtime import LinkyRuntime
from custom_components.linky_offload.sources import LinkError, esp_router, silence
from simulator.esp_router import SimulatedRouter
from simulator.web import Answer, Request, WebServer
from tests.common import PtyMeter, heard_entry, set_up, until

pytestmark = pytest.mark.usefixtures("socket_enabled", "impatient")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(esp_router, "ACTIVE_S", 0.02)
    monkeypatch.setattr(silence, "DEGRADED_MIN_S", 0.3)
    monkeypatch.setattr(silence, "DEGRADED_MAX_S", 0.3)
    monkeypatch.setattr(silence, "UNAVAILABLE_MIN_S", 0.6)


class Restless(SimulatedRouter):
    """A router whose power is never twice the same to the last digit, as a real one's, unless its controller died."""

    dead = False
    asked = 0

    @override
    def body(self) -> bytes:
        self.asked += 1
        if not self.dead:
            self.grid_w += 0.01
        return super().body()


@pytest.fixture
def router() -> Restless:
    return Restless(grid_w=-1500.0)


@pytest.fixture
async def server(router: Restless, hass: HomeAssistant) -> AsyncIterator[WebServer]:
    server = router.server()
    await server.start()
    yield server
    await server.stop()


def page_entry(server: WebServer, *, idle_s: float = 0.05, **settings: object) -> MockConfigEntry:
    url = f"http://{server.address}/api/routeur"
    return heard_entry("esp_router", {}, router={"url": url, "idle": idle_s, "power_factor": 1.0, **settings})


def told(hass: HomeAssistant, entry: MockConfigEntry) -> str | None:
    found = ir.async_get(hass).async_get_issue(DOMAIN, issue_id(entry))
    return None if found is None else found.translation_key


def power(runtime: LinkyRuntime) -> float | None:
    return None if runtime.reading is None else runtime.reading.power_va


async def test_its_page_is_the_meter(hass: HomeAssistant, server: WebServer, router: Restless) -> None:
    runtime = await set_up(hass, page_entry(server))
    await until(hass, lambda: power(runtime) == 1500, "1500 VA", settle=False)
    link = runtime.link
    await until(hass, lambda: (link.available, link.degraded) == (True, False), "life", settle=False)
    assert link.error is None
    assert runtime.reading is not None
    assert (runtime.reading.contract_va, len(runtime.reading.phases)) == (6000, 1)
    router.grid_w = 800.0
    exported = Quantity.APPARENT_POWER_EXPORT
    await until(hass, lambda: runtime.reading.values[exported].value == 800, "an export", settle=False)  # type: ignore[union-attr]
    assert power(runtime) == 0


async def test_what_it_routes_is_shown(hass: HomeAssistant, server: WebServer, router: Restless) -> None:
    router.bucket_j, router.second = 600.0, 20
    runtime = await set_up(hass, page_entry(server))
    await until(hass, lambda: Quantity.ROUTER_POWER in runtime.quantities, "a power", settle=False)
    await until(hass, lambda: hass.states.get("sensor.linky_routed_power"), "the sensor", settle=False)
    states = {
        name: hass.states.get(f"sensor.linky_{name}")
        for name in ("routed_power", "router_level", "router_level_of_channel_2")
    }
    assert {name: state and state.state for name, state in states.items()} == {
        "routed_power": "1200",
        "router_level": "60.0",
        "router_level_of_channel_2": "20",
    }
    problem = hass.states.get("binary_sensor.linky_router_sampling")
    assert problem is not None
    assert problem.state == "off"


async def test_it_is_asked_often_while_it_routes_or_the_home_draws_much_and_seldom_else(
    hass: HomeAssistant, server: WebServer, router: Restless
) -> None:
    runtime = await set_up(hass, page_entry(server, idle_s=30))
    await until(hass, lambda: power(runtime) == 1500, "1500 VA", settle=False)
    feed = runtime.connection.feed
    assert isinstance(feed, esp_router.RouterPageFeed)
    assert feed.pause_s == 30
    pauses = []
    for router.bucket_j, router.grid_w in ((600.0, -100.0), (0.0, -100.0), (0.0, -3100.0)):
        feed._hear(router.body())
        pauses.append(feed.pause_s)
    assert pauses == [0.02, 30, 0.02], "routing, idle, near the contract"


async def test_its_own_pause_is_no_silence(
    hass: HomeAssistant, server: WebServer, router: Restless, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(silence, "DEGRADED_MIN_S", 0.1)
    monkeypatch.setattr(silence, "DEGRADED_MAX_S", 9.0)
    runtime = await set_up(hass, page_entry(server, idle_s=1.0))
    await until(hass, lambda: power(runtime) == 1500, "1500 VA", settle=False)
    states = set()

    def watch() -> bool:
        states.add(runtime.link.degraded)
        return router.asked > 3

    await until(hass, watch, "some more questions", settle=False)
    assert states == {False}


async def test_a_page_whose_controller_died_is_not_believed(
    hass: HomeAssistant, server: WebServer, router: Restless
) -> None:
    entry = page_entry(server)
    runtime = await set_up(hass, entry)
    await until(hass, lambda: power(runtime) == 1500, "1500 VA", settle=False)
    router.dead = True
    await until(hass, lambda: runtime.link.degraded, "no decision on old words", settle=False)
    await until(hass, lambda: told(hass, entry) == "router_silent", "the issue", settle=False)
    assert (runtime.link.available, runtime.link.connected) == (False, True)
    router.dead = False
    await until(hass, lambda: runtime.link.available and not runtime.link.degraded, "its return", settle=False)
    assert told(hass, entry) is None


async def test_a_router_that_is_gone_is_told_and_its_return_ends_it(
    hass: HomeAssistant, server: WebServer, router: Restless
) -> None:
    entry = page_entry(server)
    runtime = await set_up(hass, entry)
    await until(hass, lambda: power(runtime) == 1500, "1500 VA", settle=False)
    await server.stop()
    await until(hass, lambda: runtime.link.error is LinkError.ROUTER, "its absence", settle=False)
    assert (runtime.link.connected, runtime.link.available, runtime.link.degraded) == (False, False, True)
    await until(hass, lambda: told(hass, entry) == "router_unreachable", "the issue", settle=False)
    await server.start()
    await until(hass, lambda: runtime.link.available, "its return", settle=False)
    assert (runtime.link.error, told(hass, entry)) == (None, None)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Answer(b"<html>"), id="a page for people"),
        pytest.param(Answer(b'{"REE": '), id="half an answer"),
        pytest.param(Answer(b"{" + b" " * 100_000), id="an answer without end"),
        pytest.param(Answer(status=500), id="an error"),
        pytest.param(Answer(status=302, headers={"Location": "/elsewhere"}), id="sent elsewhere"),
    ],
)
async def test_one_bad_answer_is_passed_over(
    hass: HomeAssistant, router: Restless, answer: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    bad = False

    async def page(_: Request) -> Answer:
        nonlocal bad
        bad = not bad
        return answer if bad else Answer(router.body())

    server = WebServer({"/api/routeur": page})
    await server.start()
    bad = True  # the first question is answered well
    runtime = await set_up(hass, page_entry(server))
    await until(hass, lambda: power(runtime) == 1500 and router.asked > 4, "1500 VA", settle=False)
    assert runtime.link.error is None
    assert "ERROR" not in caplog.text
    await server.stop()


async def test_home_assistant_tries_again_a_router_that_does_not_answer_at_the_start(
    hass: HomeAssistant, server: WebServer
) -> None:
    entry = page_entry(server)
    await server.stop()
    entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert (entry.state, entry.error_reason_translation_key) == (ConfigEntryState.SETUP_RETRY, "router_unreachable")


async def test_an_unloaded_entry_asks_no_more(hass: HomeAssistant, server: WebServer, router: Restless) -> None:
    entry = page_entry(server)
    runtime = await set_up(hass, entry)
    await until(hass, lambda: power(runtime) == 1500, "1500 VA", settle=False)
    assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()
    asked = router.asked
    await hass.async_block_till_done(wait_background_tasks=True)
    assert router.asked == asked


async def test_its_address_is_not_in_the_diagnostics(hass: HomeAssistant, server: WebServer) -> None:
    entry = page_entry(server)
    await set_up(hass, entry)
    diagnostics = await async_get_config_entry_diagnostics(hass, entry)
    assert server.address not in json.dumps(diagnostics)
    assert diagnostics["source"]["format"] == "esp_router"


async def test_its_cable_is_the_meter(hass: HomeAssistant, pty_meter: PtyMeter) -> None:
    settings = {"power_factor": 1.0}
    entry = heard_entry("esp_router", {}, router=settings, port=pty_meter.port, baudrate=9600)
    runtime = await set_up(hass, entry)
    router = SimulatedRouter(grid_w=-2000)

    def hears(va: int) -> bool:
        router.grid_w -= 0.01
        line = router.line()
        pty_meter.write(line[:20])
        pty_meter.write(line[20:])
        return power(runtime) == va

    await until(hass, lambda: hears(2000), "2000 VA")
    pty_meter.write(SimulatedRouter(grid_w=-9000).line().replace(b"-9", b"-8"))
    router.grid_w = -2100
    await until(hass, lambda: hears(2100), "2100 VA")
    diagnostics = await async_get_config_entry_diagnostics(hass, entry)
    assert diagnostics["source"]["odd"] == {"damaged_line": 1, "nothing": 1}
    pty_meter.unplug()
    await until(hass, lambda: not runtime.link.connected, "the loss")
    assert await hass.config_entries.async_unload(entry.entry_id)
