"""Thermostats are taken off by their set-point and given back as they were."""

from collections.abc import Mapping
from typing import Any

from homeassistant.components.climate.const import HVACMode
from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
from homeassistant.util.unit_system import METRIC_SYSTEM, US_CUSTOMARY_SYSTEM
import pytest

from custom_components.linky_offload.actuators import Actuator, make_actuator
from custom_components.linky_offload.settings import LoadConfig

ENTITY = "climate.living_room"
CONFIG = LoadConfig(load_id="room", name="Living room", entity=ENTITY)
HEAT = {"hvac_modes": ["off", "heat"], "min_temp": 5, "max_temp": 30, "temperature": 21}
HEAT_PUMP = {"hvac_modes": ["off", "heat", "cool", "auto", "dry"], "min_temp": 16, "max_temp": 30, "temperature": 22}
RANGE = {
    "hvac_modes": ["off", "heat_cool"],
    "min_temp": 10,
    "max_temp": 32,
    "temperature": None,
    "target_temp_low": 19,
    "target_temp_high": 25,
}
NO_TARGET = {"hvac_modes": ["off", "heat"], "min_temp": 5, "max_temp": 30, "temperature": None}


@pytest.fixture
def actuator(hass: HomeAssistant) -> Actuator:
    hass.config.units = METRIC_SYSTEM
    hass.states.async_set(ENTITY, "heat", HEAT)
    return make_actuator(hass, CONFIG)


@pytest.fixture
def calls(hass: HomeAssistant) -> list[ServiceCall]:
    """Every call to a thermostat."""
    calls: list[ServiceCall] = []
    for service in ("set_temperature", "set_hvac_mode", "set_preset_mode"):
        hass.services.async_register("climate", service, calls.append)
    return calls


def told(calls: list[ServiceCall]) -> list[tuple[str, dict[str, Any]]]:
    """What was asked for, without the entity."""
    return [(call.service, {key: value for key, value in call.data.items() if key != "entity_id"}) for call in calls]


@pytest.mark.parametrize(
    ("mode", "attributes", "expected"),
    [
        pytest.param("heat", HEAT, ("set_temperature", {"temperature": 7}), id="heat: never below 7 °C"),
        pytest.param(
            "heat", HEAT_PUMP, ("set_temperature", {"temperature": 16}), id="heat: its own minimum above that"
        ),
        pytest.param("cool", HEAT_PUMP, ("set_temperature", {"temperature": 30}), id="cool: its maximum"),
        pytest.param(
            "heat_cool",
            RANGE,
            ("set_temperature", {"target_temp_low": 10, "target_temp_high": 32}),
            id="both: the widest range",
        ),
        pytest.param(
            "auto",
            HEAT | {"hvac_modes": ["off", "heat", "auto"]},
            ("set_temperature", {"temperature": 7}),
            id="a radiator on its schedule",
        ),
        pytest.param(
            "auto", HEAT_PUMP, ("set_hvac_mode", {"hvac_mode": "off"}), id="automatic with cooling: a low target cools"
        ),
        pytest.param("dry", HEAT_PUMP, ("set_hvac_mode", {"hvac_mode": "off"}), id="drying has no set-point"),
        pytest.param("heat", NO_TARGET, ("set_hvac_mode", {"hvac_mode": "off"}), id="no set-point at all"),
    ],
)
async def test_taking_it_off(
    hass: HomeAssistant,
    actuator: Actuator,
    calls: list[ServiceCall],
    mode: str,
    attributes: Mapping[str, Any],
    expected: tuple[str, dict[str, Any]],
) -> None:
    hass.states.async_set(ENTITY, mode, attributes)
    assert actuator.view().on is True

    await actuator.async_offload(Context())

    assert told(calls) == [expected]
    # The thermostat obeys: seen from here it is off now.
    service, data = expected
    state = data["hvac_mode"] if service == "set_hvac_mode" else mode
    hass.states.async_set(ENTITY, state, {**attributes, **data})
    assert actuator.view().on is False


@pytest.mark.parametrize(
    ("mode", "attributes", "on"),
    [
        pytest.param("heat", HEAT, True, id="heating"),
        pytest.param("off", HEAT, False, id="off"),
        pytest.param("heat", HEAT | {"temperature": 7}, False, id="at our set-point"),
        pytest.param("heat", HEAT | {"temperature": 7.5, "target_temp_step": 1}, False, id="rounded by its step"),
        pytest.param("heat", HEAT | {"temperature": 8}, True, id="just above our set-point"),
        pytest.param("cool", HEAT_PUMP | {"temperature": 30}, False, id="cooling to its maximum"),
        pytest.param("heat_cool", RANGE | {"target_temp_low": 10}, True, id="half of the range is ours"),
        pytest.param("unavailable", {}, None, id="unavailable"),
        pytest.param("unknown", {}, None, id="unknown"),
    ],
)
def test_on_means_that_it_may_draw_power(
    hass: HomeAssistant, actuator: Actuator, mode: str, attributes: Mapping[str, Any], on: bool | None
) -> None:
    hass.states.async_set(ENTITY, mode, attributes)
    assert actuator.view().on is on
    assert actuator.view().available is (on is not None)


async def test_the_frost_limit_is_seven_degrees_in_any_unit(
    hass: HomeAssistant, actuator: Actuator, calls: list[ServiceCall]
) -> None:
    hass.config.units = US_CUSTOMARY_SYSTEM
    hass.states.async_set(ENTITY, "heat", HEAT | {"min_temp": 41, "max_temp": 86, "temperature": 70})
    await actuator.async_offload(Context())
    assert calls[0].data["temperature"] == pytest.approx(44.6)


@pytest.mark.parametrize(
    ("before", "cut", "expected"),
    [
        pytest.param(
            ("heat", HEAT),
            ("heat", HEAT | {"temperature": 7}),
            [("set_temperature", {"temperature": 21})],
            id="only the set-point was moved",
        ),
        pytest.param(
            ("auto", HEAT_PUMP),
            ("off", HEAT_PUMP),
            [("set_hvac_mode", {"hvac_mode": "auto"})],
            id="only the mode was changed",
        ),
        pytest.param(
            ("heat", HEAT | {"preset_mode": "eco", "temperature": 18}),
            ("heat", HEAT | {"preset_mode": "none", "temperature": 7}),
            [("set_temperature", {"temperature": 18}), ("set_preset_mode", {"preset_mode": "eco"})],
            id="a preset that our set-point ended",
        ),
        pytest.param(
            ("heat", HEAT | {"preset_mode": "none"}),
            ("heat", HEAT | {"preset_mode": "frost", "temperature": 7}),
            [("set_preset_mode", {"preset_mode": "none"}), ("set_temperature", {"temperature": 21})],
            id="a preset that our set-point began",
        ),
        pytest.param(
            ("heat_cool", RANGE),
            ("heat_cool", RANGE | {"target_temp_low": 10, "target_temp_high": 32}),
            [("set_temperature", {"target_temp_low": 19, "target_temp_high": 25})],
            id="a range",
        ),
        pytest.param(("heat", HEAT), ("heat", HEAT), [], id="it is as it was"),
    ],
)
async def test_giving_it_back(
    hass: HomeAssistant,
    actuator: Actuator,
    calls: list[ServiceCall],
    before: tuple[str, Mapping[str, Any]],
    cut: tuple[str, Mapping[str, Any]],
    expected: list[tuple[str, dict[str, Any]]],
) -> None:
    hass.states.async_set(ENTITY, *before)
    actuator.save()
    hass.states.async_set(ENTITY, *cut)
    actuator.save()  # off by us: what was saved stays

    # What the thermostat is told shows in its state, mode by mode.
    def obey(call: ServiceCall) -> None:
        calls.append(call)
        state = hass.states.get(ENTITY)
        assert state is not None
        data = {key: value for key, value in call.data.items() if key != "entity_id"}
        hass.states.async_set(ENTITY, data.pop("hvac_mode", state.state), state.attributes | data)

    for service in ("set_temperature", "set_hvac_mode", "set_preset_mode"):
        hass.services.async_register("climate", service, obey)
    await actuator.async_restore(Context())

    assert told(calls) == expected
    state = hass.states.get(ENTITY)
    assert state is not None
    assert (state.state, dict(state.attributes)) == (before[0], dict(before[1]))


async def test_switched_off_by_its_owner_while_cut_it_gets_its_target_back_and_stays_off(
    hass: HomeAssistant, actuator: Actuator, calls: list[ServiceCall]
) -> None:
    actuator.save()
    hass.states.async_set(ENTITY, "off", HEAT | {"temperature": 7})
    await actuator.async_let_go(Context())
    assert told(calls) == [("set_temperature", {"temperature": 21})]


async def test_an_unavailable_thermostat_is_left_alone(
    hass: HomeAssistant, actuator: Actuator, calls: list[ServiceCall]
) -> None:
    actuator.save()
    hass.states.async_set(ENTITY, "unavailable")
    actuator.save()
    assert actuator.saved
    await actuator.async_offload(Context())
    await actuator.async_let_go(Context())
    assert calls == []


async def test_a_real_thermostat_keeps_its_mode_and_its_preset(hass: HomeAssistant) -> None:
    hass.config.units = METRIC_SYSTEM
    hass.states.async_set("sensor.room", "19", {"unit_of_measurement": "°C", "device_class": "temperature"})
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": {"heater": None}})
    thermostat = {
        "platform": "generic_thermostat",
        "name": "Living room",
        "heater": "input_boolean.heater",
        "target_sensor": "sensor.room",
        "target_temp": 21,
        "away_temp": 17.5,
        "initial_hvac_mode": HVACMode.HEAT,
        "precision": 0.5,
    }
    assert await async_setup_component(hass, "climate", {"climate": thermostat})
    await hass.async_block_till_done()
    await hass.services.async_call(
        "climate", "set_preset_mode", {"entity_id": ENTITY, "preset_mode": "away"}, blocking=True
    )
    actuator = make_actuator(hass, CONFIG)
    before = hass.states.get(ENTITY)
    assert before is not None
    assert before.attributes["temperature"] == 17.5
    assert actuator.view().on is True
    actuator.save()

    await actuator.async_offload(Context())
    assert actuator.view().on is False
    during = hass.states.get(ENTITY)
    assert during is not None
    assert (during.state, during.attributes["temperature"]) == ("heat", 7)

    await actuator.async_restore(Context())
    after = hass.states.get(ENTITY)
    assert after is not None
    assert (after.state, after.attributes) == (before.state, before.attributes)
