"""What the forms find out about the entities of a house."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.linky_offload.flow.house import (
    friendly_name,
    is_power_sensor,
    kind_of,
    members,
    names_of,
    power_sensor_of,
    present_id,
    stored_id,
    thermostats,
)
from custom_components.linky_offload.offload.model import Appliance

from .house import Plugs, registry_id


@pytest.fixture
def plugs(hass: HomeAssistant) -> Plugs:
    return Plugs.of(hass)


async def test_a_stored_entity_is_found_again_under_its_new_name(hass: HomeAssistant, plugs: Plugs) -> None:
    plug = plugs.plug("tank", "Tank")
    stored = stored_id(hass, plug)
    assert stored == registry_id(hass, plug)
    er.async_get(hass).async_update_entity(plug, new_entity_id="switch.boiler")
    assert present_id(hass, stored) == "switch.boiler"
    assert stored_id(hass, "switch.from_yaml") == "switch.from_yaml"


async def test_the_name_of_an_entity_that_has_no_state_yet(hass: HomeAssistant, plugs: Plugs) -> None:
    plug = plugs.plug("tank", "Tank")
    hass.states.async_remove(plug)
    assert friendly_name(hass, plug) == "Tank"
    er.async_get(hass).async_update_entity(plug, name="Hot water")
    assert friendly_name(hass, plug) == "Hot water"
    assert friendly_name(hass, "switch.nowhere") == "switch.nowhere"


async def test_an_appliance_is_known_by_its_device_as_well(hass: HomeAssistant, plugs: Plugs) -> None:
    assert names_of(hass, plugs.entity("switch.outlet_1", "Outlet", device="Radiateur")) == [
        "Outlet",
        "outlet_1",
        "Radiateur",
    ]
    assert names_of(hass, "switch.bare") == ["switch.bare", "bare"]


@pytest.mark.parametrize(
    ("entity_id", "state", "attributes", "kind"),
    [
        pytest.param("climate.a", "heat", {"hvac_modes": ["off", "heat"]}, Appliance.HEATER, id="only heats"),
        pytest.param("climate.a", "cool", {"hvac_modes": ["off", "cool"]}, Appliance.HEAT_PUMP, id="cools"),
        pytest.param("climate.cumulus", "heat", {}, Appliance.WATER_HEATER, id="its name goes before"),
        pytest.param("water_heater.a", "eco", {}, Appliance.WATER_HEATER, id="a water heater"),
        pytest.param("number.a", "16", {"unit_of_measurement": "A"}, Appliance.CAR, id="a current that can be set"),
        pytest.param("number.a", "16", {"unit_of_measurement": "°C"}, Appliance.OTHER, id="another number"),
        pytest.param("select.a", "Confort", {"options": ["Confort", "Hors gel"]}, Appliance.HEATER, id="a pilot wire"),
        pytest.param("select.a", "Red", {"options": ["Red", "Blue"]}, Appliance.OTHER, id="another list"),
        pytest.param("switch.a", "on", {}, Appliance.OTHER, id="a switch"),
    ],
)
async def test_what_an_appliance_is_follows_from_its_entity_where_no_name_tells(
    hass: HomeAssistant, entity_id: str, state: str, attributes: dict[str, object], kind: Appliance
) -> None:
    hass.states.async_set(entity_id, state, attributes)
    assert kind_of(hass, entity_id) is kind


async def test_a_thermostat_that_is_not_there_yet_is_a_heater(hass: HomeAssistant) -> None:
    assert kind_of(hass, "climate.not_yet") is Appliance.HEATER


async def test_a_thermostat_of_any_helper_is_found_by_the_switches_that_it_names(
    hass: HomeAssistant, plugs: Plugs
) -> None:
    first, second = plugs.plug("first", "First"), plugs.plug("second", "Second")
    helper = MockConfigEntry(
        domain="clever_thermostat",
        data={"heaters": [first, 7], "inner": {"boiler": second}, "cold_tolerance": 0.3, "power": "input_number.power"},
    )
    helper.add_to_hass(hass)
    registry = er.async_get(hass)
    registry.async_get_or_create(
        "climate", "clever_thermostat", "living", suggested_object_id="living", config_entry=helper
    )
    assert thermostats(hass) == {first: "climate.living", second: "climate.living"}
    assert members(hass, "climate.living") == {"climate.living", first, second}
    # A second climate entity leaves no telling which of them drives the switch.
    registry.async_get_or_create("climate", "clever_thermostat", "bedroom", config_entry=helper)
    assert thermostats(hass) == {}


async def test_a_group_that_contains_itself_ends(hass: HomeAssistant) -> None:
    hass.states.async_set("light.all", "on", {"entity_id": ["light.all", "light.one", 3]})
    hass.states.async_set("light.one", "on", {"entity_id": "all"})
    assert members(hass, "light.all") == {"light.all", "light.one"}


@pytest.mark.parametrize(
    ("entity_id", "attributes", "measures"),
    [
        pytest.param("sensor.a", {"device_class": "power"}, True, id="power by its class"),
        pytest.param("sensor.a", {"device_class": "apparent_power"}, True, id="apparent power by its class"),
        pytest.param("sensor.a", {"unit_of_measurement": "kW"}, True, id="power by its unit"),
        pytest.param("sensor.a", {"unit_of_measurement": "VA"}, True, id="apparent power by its unit"),
        pytest.param("sensor.a", {"unit_of_measurement": "kWh", "device_class": "energy"}, False, id="energy"),
        pytest.param("sensor.a", {}, False, id="a bare number"),
        pytest.param("number.a", {"unit_of_measurement": "W"}, False, id="a number of watts that is no sensor"),
    ],
)
async def test_what_measures_a_power(
    hass: HomeAssistant, entity_id: str, attributes: dict[str, str], measures: bool
) -> None:
    hass.states.async_set(entity_id, "12", attributes)
    assert is_power_sensor(hass, entity_id) is measures


async def test_the_sensor_of_the_same_outlet_of_a_strip_is_proposed(hass: HomeAssistant, plugs: Plugs) -> None:
    for outlet in ("left", "right"):
        plugs.entity(f"switch.strip_{outlet}", outlet, device="Strip")
        plugs.entity(f"sensor.strip_{outlet}_power", outlet, device="Strip", original_device_class="power")
    plugs.entity("sensor.strip_total", "total", device="Strip", original_device_class="apparent_power")
    assert power_sensor_of(hass, "switch.strip_left") == "sensor.strip_left_power"
    assert power_sensor_of(hass, "switch.strip_right") == "sensor.strip_right_power"


async def test_no_sensor_is_proposed_where_the_device_has_none(hass: HomeAssistant, plugs: Plugs) -> None:
    assert power_sensor_of(hass, plugs.plug("bare", "Bare", "energy")) is None
    assert power_sensor_of(hass, "switch.from_yaml") is None
