"""Thermostats that are real entities, pilot wires that know only presets, and the ways off that a person chooses."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import Platform
from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.util.unit_system import METRIC_SYSTEM
import pytest

from tests.actuators.kit import actuator_of, demo, off_and_back, perform, templates

ENTITY = "climate.radiator"
HEAT: dict[str, Any] = {"hvac_modes": ["off", "heat"], "min_temp": 5, "max_temp": 30, "temperature": 21}
PILOT: dict[str, Any] = {"hvac_modes": ["off", "auto", "heat"], "preset_modes": ["none", "eco", "away", "frost"]}
COOLER: dict[str, Any] = {"hvac_modes": ["off", "cool"], "min_temp": 16, "max_temp": 32, "temperature": 22}


def mode_into(name: str, field: str) -> list[dict[str, Any]]:
    """A template's action that keeps what it was told in a text helper."""
    return [
        {
            "action": "input_text.set_value",
            "target": {"entity_id": f"input_text.{name}"},
            "data": {"value": f"{{{{ {field} }}}}"},
        }
    ]


async def test_a_pilot_wire_that_knows_only_presets_is_protected_from_frost(hass: HomeAssistant) -> None:
    entity = {
        "name": "Radiator",
        "hvac_modes": "{{ ['off', 'auto', 'heat'] }}",
        "hvac_mode": "{{ states('input_text.mode') }}",
        "preset_modes": "{{ ['comfort', 'eco', 'away', 'frost_protection'] }}",
        "preset_mode": "{{ states('input_text.preset') }}",
        "set_hvac_mode": mode_into("mode", "hvac_mode"),
        # As some modules do, a preset chosen by hand ends the schedule.
        "set_preset_mode": [*mode_into("preset", "preset_mode"), *mode_into("mode", "'heat'")],
    }
    await templates(
        hass, {"input_text": {"mode": {"initial": "auto"}, "preset": {"initial": "comfort"}}}, {"climate": [entity]}
    )
    state, attributes = await off_and_back(hass, actuator_of(hass, ENTITY))
    assert (state, attributes["preset_mode"]) == ("heat", "frost_protection")


@pytest.mark.parametrize(
    ("name", "way", "state", "targets"),
    [
        pytest.param("heatpump", None, "heat", {"temperature": 7}, id="heat pump in heat"),
        pytest.param("heatpump", ("setpoint", 16), "heat", {"temperature": 16}, id="heat pump at a chosen set-point"),
        pytest.param("heatpump", ("level", 2), "heat", {"temperature": 18}, id="heat pump lowered by 2 K"),
        pytest.param("heatpump", ("off", None), "off", {"temperature": 20}, id="heat pump plainly off"),
        pytest.param("hvac", None, "cool", {"temperature": 35}, id="air conditioner in cool"),
        pytest.param("hvac", ("level", 3), "cool", {"temperature": 24}, id="air conditioner raised by 3 K"),
        pytest.param(
            "ecobee", None, "heat_cool", {"target_temp_low": 7, "target_temp_high": 35}, id="heating and cooling"
        ),
        pytest.param(
            "ecobee",
            ("level", 1),
            "heat_cool",
            {"target_temp_low": 20, "target_temp_high": 25},
            id="heating and cooling, one kelvin wider",
        ),
        pytest.param("ecobee", ("preset", "Away"), "heat_cool", {"preset_mode": "away"}, id="a chosen preset"),
    ],
)
async def test_a_real_one_goes_off_and_back(
    hass: HomeAssistant, name: str, way: tuple[str, str | float | None] | None, state: str, targets: dict[str, Any]
) -> None:
    await demo(hass, Platform.CLIMATE)
    during, attributes = await off_and_back(hass, actuator_of(hass, f"climate.{name}", way))
    assert (during, {key: attributes[key] for key in targets}) == (state, targets)


@pytest.fixture
def calls(hass: HomeAssistant) -> list[ServiceCall]:
    """Every call to a thermostat."""
    hass.config.units = METRIC_SYSTEM
    calls: list[ServiceCall] = []
    for service in ("set_temperature", "set_hvac_mode", "set_preset_mode"):
        hass.services.async_register("climate", service, calls.append)
    return calls


@pytest.mark.parametrize(
    ("mode", "attributes", "way", "expected"),
    [
        pytest.param("heat", PILOT, None, {"preset_mode": "frost"}, id="pilot wire"),
        pytest.param("auto", PILOT, None, {"preset_mode": "frost"}, id="pilot wire on its schedule"),
        pytest.param(
            "heat",
            PILOT | {"preset_modes": ["none", "away", "eco"]},
            None,
            {"preset_mode": "away"},
            id="away for frost",
        ),
        pytest.param(
            "heat", PILOT | {"preset_modes": ["none", "eco"]}, None, {"hvac_mode": "off"}, id="rather off than eco"
        ),
        pytest.param(
            "heat",
            {"hvac_modes": ["heat"], "preset_modes": ["none", "eco"]},
            None,
            {"preset_mode": "eco"},
            id="eco where it cannot be off",
        ),
        pytest.param("heat", PILOT, ("preset", "Éco"), {"preset_mode": "eco"}, id="a chosen preset"),
        pytest.param("heat", PILOT, ("preset", "holiday"), {"preset_mode": "frost"}, id="a preset that is gone"),
        pytest.param("heat", HEAT | PILOT, None, {"temperature": 7}, id="a set-point goes before a preset"),
        pytest.param("heat", HEAT | PILOT, ("preset", "eco"), {"preset_mode": "eco"}, id="but for the person's choice"),
        pytest.param("heat", HEAT, ("off", None), {"hvac_mode": "off"}, id="off by the person's choice"),
        pytest.param("heat", HEAT, ("setpoint", 15), {"temperature": 15}, id="a chosen set-point"),
        pytest.param("heat", HEAT, ("setpoint", 3), {"temperature": 7}, id="never below frost protection"),
        pytest.param("heat", HEAT, ("level", 30), {"temperature": 7}, id="nor by many degrees"),
        pytest.param("cool", COOLER, ("setpoint", 27), {"temperature": 27}, id="a chosen set-point of what only cools"),
        pytest.param(
            "cool",
            COOLER | {"hvac_modes": ["heat", "cool"]},
            ("setpoint", 15),
            {"temperature": 32},
            id="a set-point for heating says nothing of cooling",
        ),
        pytest.param(
            "heat",
            {"hvac_modes": ["heat"], "min_temp": 5, "max_temp": 30, "temperature": 21},
            ("off", None),
            {"temperature": 7},
            id="what cannot be off goes to its set-point",
        ),
        pytest.param(
            "heat_cool",
            {"hvac_modes": ["off", "heat_cool"], "min_temp": 10, "max_temp": 30, "temperature": 21},
            None,
            {"hvac_mode": "off"},
            id="one target for heating and cooling",
        ),
    ],
)
async def test_its_way_off(
    hass: HomeAssistant,
    calls: list[ServiceCall],
    mode: str,
    attributes: Mapping[str, Any],
    way: tuple[str, str | float | None] | None,
    expected: dict[str, Any],
) -> None:
    hass.states.async_set(ENTITY, mode, attributes)
    actuator = actuator_of(hass, ENTITY, way)
    assert actuator.view().on is True
    actuator.save()
    await actuator.async_offload(Context())
    data = {key: value for call in calls for key, value in call.data.items() if key != "entity_id"}
    assert (len(calls), data) == (1, expected)
    hass.states.async_set(ENTITY, data.pop("hvac_mode", mode), {**attributes, **data})
    assert actuator.view().on is False


@pytest.mark.parametrize(
    ("preset", "way", "on"),
    [
        pytest.param("none", None, True, id="none"),
        pytest.param("eco", None, True, id="eco still heats"),
        pytest.param("frost", None, False, id="frost protection"),
        pytest.param("eco", ("preset", "eco"), False, id="at the chosen one"),
        pytest.param("frost", ("preset", "eco"), False, id="below the chosen one"),
        pytest.param("none", ("preset", "eco"), True, id="above the chosen one"),
    ],
)
def test_a_pilot_wire_may_draw_power(hass: HomeAssistant, preset: str, way: tuple[str, str] | None, on: bool) -> None:
    hass.states.async_set(ENTITY, "heat", PILOT | {"preset_mode": preset})
    assert actuator_of(hass, ENTITY, way).view().on is on


async def test_one_that_nothing_takes_off_is_not_available(hass: HomeAssistant, calls: list[ServiceCall]) -> None:
    hass.states.async_set(ENTITY, "heat", {"hvac_modes": ["heat"], "preset_modes": ["comfort"]})
    assert actuator_of(hass, ENTITY).view().available is False


async def test_a_preset_of_frost_protection_brings_its_own_target_which_is_not_its_owners(
    hass: HomeAssistant, calls: list[ServiceCall]
) -> None:
    attributes = HEAT | PILOT | {"current_temperature": 18, "preset_mode": "none"}
    hass.states.async_set(ENTITY, "heat", attributes)
    actuator = actuator_of(hass, ENTITY, ("preset", "frost"))
    actuator.save()
    await actuator.async_offload(Context())
    hass.states.async_set(ENTITY, "heat", attributes | {"preset_mode": "frost", "temperature": 7})
    assert actuator.view().gap_k == 3
    assert actuator.saved == {"hvac_mode": "heat", "temperature": 21, "preset_mode": "none"}


async def test_a_set_point_moved_by_its_owner_ends_the_preset_that_was_saved(
    hass: HomeAssistant, calls: list[ServiceCall]
) -> None:
    hass.states.async_set(ENTITY, "heat", HEAT | PILOT | {"preset_mode": "eco", "temperature": 18})
    actuator = actuator_of(hass, ENTITY)
    order = actuator.order("set_temperature", {"temperature": 20, "hvac_mode": "auto"})
    assert order is not None
    assert order.wanted == {"hvac_mode": "auto", "temperature": 20, "preset_mode": "none"}
    hass.states.async_set(ENTITY, "heat", HEAT | {"preset_mode": "eco"})
    order = actuator.order("set_temperature", {"temperature": "20"})
    assert order is not None
    assert order.wanted == {"hvac_mode": "heat", "temperature": 20}


@pytest.mark.parametrize(
    ("service", "data", "on"),
    [
        pytest.param("set_temperature", {"temperature": 19}, True, id="another target"),
        pytest.param("set_temperature", {"temperature": 6}, False, id="a target at which it asks for nothing"),
        pytest.param("set_preset_mode", {"preset_mode": "eco"}, True, id="a preset"),
        pytest.param("set_hvac_mode", {"hvac_mode": "off"}, False, id="off"),
        pytest.param("set_hvac_mode", {"hvac_mode": "heat"}, True, id="the mode that it has"),
        pytest.param("turn_on", {}, True, id="on"),
        pytest.param("toggle", {}, False, id="toggled: it is in heat"),
        pytest.param("set_fan_mode", {"fan_mode": "low"}, None, id="nothing of ours"),
        pytest.param("set_hvac_mode", {}, None, id="a call without data"),
    ],
)
async def test_what_others_ask_while_it_is_off(
    hass: HomeAssistant, calls: list[ServiceCall], service: str, data: dict[str, Any], on: bool | None
) -> None:
    hass.states.async_set(ENTITY, "heat", HEAT)
    actuator = actuator_of(hass, ENTITY)
    actuator.save()
    await actuator.async_offload(Context())
    hass.states.async_set(ENTITY, "heat", HEAT | {"temperature": 7})
    order = actuator.order(service, data)
    assert (None if order is None else order.on) is on


async def test_on_a_schedule_what_the_person_does_is_seen_through_a_real_thermostat(hass: HomeAssistant) -> None:
    await demo(hass, Platform.CLIMATE)
    actuator = actuator_of(hass, "climate.heatpump")
    actuator.save()
    await actuator.async_offload(Context())
    await perform(hass, "climate.set_temperature", "climate.heatpump", temperature=19)
    assert actuator.view().on is True
    actuator.save()
    assert actuator.saved == {"hvac_mode": "heat", "temperature": 19}
