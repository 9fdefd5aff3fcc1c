"""How far a room is from its target, in the direction in which it needs something, and whether its control asks."""

from typing import Any

from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
from homeassistant.util.unit_system import METRIC_SYSTEM, US_CUSTOMARY_SYSTEM, UnitSystem
import pytest

from tests.actuators.kit import actuator_of, perform

ROOM = "climate.room"
RADIATOR: dict[str, Any] = {"hvac_modes": ["off", "heat", "auto"], "min_temp": 5, "max_temp": 30, "temperature": 20}
HEAT_PUMP: dict[str, Any] = RADIATOR | {"hvac_modes": ["off", "heat", "cool", "auto", "heat_cool", "dry"]}
RANGE: dict[str, Any] = HEAT_PUMP | {"temperature": None, "target_temp_low": 19, "target_temp_high": 25}


@pytest.mark.parametrize(
    ("mode", "attributes", "gap_k", "demand"),
    [
        pytest.param("heat", RADIATOR | {"current_temperature": 18.5}, 1.5, None, id="too cold"),
        pytest.param("heat", RADIATOR | {"current_temperature": 20.2}, -0.2, None, id="warm enough"),
        pytest.param("heat", RADIATOR, None, None, id="not measured"),
        pytest.param("heat", RADIATOR | {"current_temperature": "cold"}, None, None, id="no number"),
        pytest.param("cool", HEAT_PUMP | {"current_temperature": 23}, 3, None, id="too warm"),
        pytest.param("cool", HEAT_PUMP | {"current_temperature": 18}, -2, None, id="cool enough"),
        pytest.param("heat_cool", RANGE | {"current_temperature": 18}, 1, None, id="below its range"),
        pytest.param("heat_cool", RANGE | {"current_temperature": 27}, 2, None, id="above its range"),
        pytest.param("heat_cool", RANGE | {"current_temperature": 22}, -3, None, id="within its range"),
        pytest.param("auto", RADIATOR | {"current_temperature": 18}, 2, None, id="a radiator on its schedule"),
        pytest.param("auto", HEAT_PUMP | {"current_temperature": 18}, None, None, id="automatic: heats or cools?"),
        pytest.param(
            "auto", HEAT_PUMP | {"current_temperature": 18, "hvac_action": "heating"}, 2, True, id="automatic: it heats"
        ),
        pytest.param(
            "auto", HEAT_PUMP | {"current_temperature": 23, "hvac_action": "cooling"}, 3, True, id="automatic: it cools"
        ),
        pytest.param("heat", RADIATOR | {"hvac_action": "preheating"}, None, True, id="preheating"),
        pytest.param("heat", HEAT_PUMP | {"hvac_action": "defrosting"}, None, True, id="defrosting"),
        pytest.param("dry", HEAT_PUMP | {"hvac_action": "drying"}, None, True, id="drying"),
        pytest.param("heat", RADIATOR | {"current_temperature": 19, "hvac_action": "idle"}, 1, False, id="idle"),
        pytest.param("heat", HEAT_PUMP | {"hvac_action": "fan"}, None, False, id="only its fan"),
        pytest.param("off", RADIATOR | {"current_temperature": 12}, None, False, id="off by its owner"),
    ],
)
def test_a_room(hass: HomeAssistant, mode: str, attributes: dict[str, Any], gap_k: float | None, demand: bool) -> None:
    hass.config.units = METRIC_SYSTEM
    hass.states.async_set(ROOM, mode, attributes)
    view = actuator_of(hass, ROOM).view()
    assert (view.gap_k, view.demand) == (gap_k, demand)
    # A plug that feeds the appliance of that room tells the same.
    hass.states.async_set("switch.plug", "on")
    view = actuator_of(hass, "switch.plug", climate=ROOM).view()
    assert (view.on, view.gap_k, view.demand) == (True, gap_k, demand)


@pytest.mark.parametrize(
    ("units", "gap_k"),
    [pytest.param(METRIC_SYSTEM, 9, id="°C"), pytest.param(US_CUSTOMARY_SYSTEM, 5, id="°F")],
)
def test_the_gap_is_in_kelvin(hass: HomeAssistant, units: UnitSystem, gap_k: float) -> None:
    hass.config.units = units
    hass.states.async_set(ROOM, "heat", RADIATOR | {"current_temperature": 61, "temperature": 70, "max_temp": 90})
    assert actuator_of(hass, ROOM).view().gap_k == gap_k


@pytest.mark.parametrize("way", [None, ("off", None)], ids=["by its set-point", "plainly off"])
async def test_a_room_that_we_keep_off_is_measured_against_what_its_owner_wants(
    hass: HomeAssistant, way: tuple[str, None] | None
) -> None:
    hass.config.units = METRIC_SYSTEM
    calls: list[ServiceCall] = []
    for service in ("set_temperature", "set_hvac_mode"):
        hass.services.async_register("climate", service, calls.append)
    hass.states.async_set(ROOM, "heat", RADIATOR | {"current_temperature": 18.5, "hvac_action": "heating"})
    actuator = actuator_of(hass, ROOM, way)
    actuator.save()
    await actuator.async_offload(Context())
    cut = ("heat", {"temperature": 7}) if way is None else ("off", {"temperature": None})
    for measured, gap_k, demand in ((18.5, 1.5, True), (20.5, -0.5, False)):
        state = RADIATOR | {"current_temperature": measured, "hvac_action": "idle"} | cut[1]
        hass.states.async_set(ROOM, cut[0], state)
        view = actuator.view()
        assert (view.on, view.gap_k, view.demand) == (False, gap_k, demand)


async def test_a_plug_and_its_real_thermostat(hass: HomeAssistant) -> None:
    hass.config.units = METRIC_SYSTEM
    sensor = {"unit_of_measurement": "°C", "device_class": "temperature"}
    hass.states.async_set("sensor.room", "20", sensor)
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": {"heater": None}})
    thermostat = {
        "platform": "generic_thermostat",
        "name": "Room",
        "heater": "input_boolean.heater",
        "target_sensor": "sensor.room",
        "target_temp": 20,
        "initial_hvac_mode": "heat",
    }
    assert await async_setup_component(hass, "climate", {"climate": thermostat})
    await hass.async_block_till_done()
    plug = actuator_of(hass, "input_boolean.heater", climate=ROOM)
    hass.states.async_set("sensor.room", "18", sensor)
    await hass.async_block_till_done()
    assert (plug.view().on, plug.view().gap_k, plug.view().demand) == (True, 2, True)

    plug.save()
    await plug.async_offload(Context())
    await hass.async_block_till_done()
    # The thermostat is left alone: it still wants 20 °C, and says that it is idle since its heater is off.
    room = hass.states.get(ROOM)
    assert room is not None
    assert (room.state, room.attributes["temperature"], room.attributes["hvac_action"]) == ("heat", 20, "idle")
    assert (plug.view().on, plug.view().gap_k, plug.view().demand) == (False, 2, True)

    # Off since the room is warm, not by us: then what it says counts.
    plug.forget()
    await perform(hass, "input_boolean.turn_off", "input_boolean.heater")
    assert plug.view().demand is False


def test_a_plug_whose_thermostat_is_away_knows_nothing_of_the_room(hass: HomeAssistant) -> None:
    hass.states.async_set("switch.plug", "on")
    plug = actuator_of(hass, "switch.plug", climate=ROOM)
    assert plug.measured_ids == (ROOM,)
    for state in (None, "unavailable"):
        if state is not None:
            hass.states.async_set(ROOM, state)
        assert (plug.view().gap_k, plug.view().demand) == (None, None)
