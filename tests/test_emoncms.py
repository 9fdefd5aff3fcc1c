"""What the meter and its plugs tell reaches an Emoncms server by Home Assistant's own exporter, as it is."""

from collections.abc import AsyncIterator
from datetime import timedelta

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from simulator.emoncms import SimulatedEmoncms
from simulator.web import WebServer

from .common import PtyMeter, flow, hear, meter_entry, set_up, state_of, until

pytestmark = pytest.mark.usefixtures("socket_enabled")

NODE = 7
POWER, THRESHOLD, OVERLOAD = (
    "sensor.linky_apparent_power",
    "sensor.linky_offload_threshold",
    "binary_sensor.linky_overload",
)
INDEX, VOLTAGE = "sensor.linky_energy_imported", "sensor.linky_voltage"
UNKNOWN = "sensor.linky_next_to_be_offloaded"


@pytest.fixture(autouse=True)
def expected_lingering_timers() -> bool:
    """The exporter never stops its own."""
    return True


@pytest.fixture
def emoncms() -> SimulatedEmoncms:
    return SimulatedEmoncms()


@pytest.fixture
async def server(emoncms: SimulatedEmoncms, hass: HomeAssistant) -> AsyncIterator[WebServer]:
    server = emoncms.server()
    await server.start()
    yield server
    await server.stop()


async def export(hass: HomeAssistant, server: WebServer, key: str, *entities: str) -> None:
    """Configure Home Assistant's exporter as the guide says."""
    settings = {
        "api_key": key,
        "url": f"http://{server.address}",
        "inputnode": NODE,
        "whitelist": list(entities),
        "scan_interval": 10,
    }
    assert await async_setup_component(hass, "emoncms_history", {"emoncms_history": settings})


async def pass_time(hass: HomeAssistant, turn: int = 1) -> None:
    """Let ten seconds pass."""
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=10 * turn + 1))
    await hass.async_block_till_done()


async def test_every_figure_arrives_under_the_name_of_its_entity(
    hass: HomeAssistant, pty_meter: PtyMeter, emoncms: SimulatedEmoncms, server: WebServer
) -> None:
    entry = meter_entry(pty_meter.port)
    runtime = await set_up(hass, entry)
    await hear(hass, pty_meter, runtime, 1700)
    await flow(hass, pty_meter, 1700, lambda: hass.states.get(VOLTAGE), "the sensors")
    await export(hass, server, emoncms.key, POWER, THRESHOLD, OVERLOAD, INDEX, VOLTAGE, UNKNOWN, "sensor.nothing")
    await pass_time(hass)
    await until(hass, lambda: emoncms.inputs, "an upload", settle=False)
    node, figures = emoncms.inputs[-1]
    assert node == str(NODE)
    assert figures == {
        POWER: 1700,
        THRESHOLD: 6000,
        OVERLOAD: 0,
        INDEX: pytest.approx(12345.678),
        VOLTAGE: 230,
    }
    assert {entity: float(state_of(hass, entity)) for entity in (POWER, THRESHOLD, INDEX)} == {
        entity: figures[entity] for entity in (POWER, THRESHOLD, INDEX)
    }
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_what_is_not_known_is_not_sent(
    hass: HomeAssistant, pty_meter: PtyMeter, emoncms: SimulatedEmoncms, server: WebServer
) -> None:
    entry = meter_entry(pty_meter.port)
    runtime = await set_up(hass, entry)
    await hear(hass, pty_meter, runtime, 1700)
    await flow(hass, pty_meter, 1700, lambda: hass.states.get(POWER), "the sensor")
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert state_of(hass, POWER) == "unavailable"
    await export(hass, server, emoncms.key, POWER)
    await pass_time(hass)
    assert emoncms.inputs == []


async def test_a_server_that_was_away_gets_the_next_figures(
    hass: HomeAssistant, pty_meter: PtyMeter, emoncms: SimulatedEmoncms, server: WebServer
) -> None:
    entry = meter_entry(pty_meter.port)
    runtime = await set_up(hass, entry)
    await hear(hass, pty_meter, runtime, 1700)
    await flow(hass, pty_meter, 1700, lambda: hass.states.get(POWER), "the sensor")
    await export(hass, server, emoncms.key, POWER)
    await server.stop()
    await pass_time(hass)
    assert emoncms.inputs == []
    await server.start()
    await pass_time(hass, 2)
    await until(hass, lambda: emoncms.inputs, "an upload", settle=False)
    assert emoncms.inputs == [(str(NODE), {POWER: 1700})]
    assert await hass.config_entries.async_unload(entry.entry_id)
