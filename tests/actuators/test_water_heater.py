"""Water heaters are taken off by what they have for it, and given back in their mode and at their temperature."""

from typing import Any

from homeassistant.const import Platform
from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.util.unit_system import METRIC_SYSTEM
import pytest

from tests.actuators.kit import actuator_of, demo, off_and_back, perform

ENTITY = "water_heater.tank"
TARGET, MODE, ON_OFF = 1, 2, 8
TANK: dict[str, Any] = {"min_temp": 5, "max_temp": 65, "temperature": 55, "current_temperature": 48}
MODES = {"operation_list": ["off", "eco", "performance"], "supported_features": TARGET | MODE}


@pytest.fixture
def calls(hass: HomeAssistant) -> list[ServiceCall]:
    """Every call to a water heater."""
    hass.config.units = METRIC_SYSTEM
    calls: list[ServiceCall] = []
    for service in ("set_temperature", "set_operation_mode", "turn_on", "turn_off"):
        hass.services.async_register("water_heater", service, calls.append)
    return calls


def told(calls: list[ServiceCall]) -> list[tuple[str, dict[str, Any]]]:
    return [(call.service, {key: value for key, value in call.data.items() if key != "entity_id"}) for call in calls]


@pytest.mark.parametrize(
    ("way", "during"),
    [
        pytest.param(None, ("off", 45), id="off"),
        pytest.param(("option", "Eco"), ("eco", 45), id="eco by the person's choice"),
        pytest.param(("setpoint", 44), ("performance", 44), id="a set-point by the person's choice"),
    ],
)
async def test_a_real_one_goes_off_and_back(
    hass: HomeAssistant, way: tuple[str, str | float] | None, during: tuple[str, float]
) -> None:
    await demo(hass, Platform.WATER_HEATER)
    entity_id = "water_heater.demo_water_heater_celsius"
    await perform(hass, "water_heater.set_operation_mode", entity_id, operation_mode="performance")
    state, attributes = await off_and_back(hass, actuator_of(hass, entity_id, way))
    assert (state, attributes["temperature"]) == during


@pytest.mark.parametrize(
    ("state", "attributes", "way", "expected"),
    [
        pytest.param("eco", MODES, None, ("set_operation_mode", {"operation_mode": "off"}), id="a mode that is off"),
        pytest.param(
            "eco",
            {"operation_list": ["eco", "performance"], "supported_features": TARGET | MODE | ON_OFF},
            None,
            ("turn_off", {}),
            id="no such mode, but it can be switched",
        ),
        pytest.param(
            "electric", {"supported_features": TARGET}, None, ("set_temperature", {"temperature": 7}), id="set-point"
        ),
        pytest.param(
            "electric",
            {"supported_features": TARGET, "min_temp": 30},
            None,
            ("set_temperature", {"temperature": 30}),
            id="its own minimum above that",
        ),
        pytest.param(
            "performance",
            {"operation_list": ["eco", "performance"], "supported_features": MODE},
            None,
            ("set_operation_mode", {"operation_mode": "eco"}),
            id="eco at the very least",
        ),
        pytest.param(
            "performance",
            MODES,
            ("option", "Éco"),
            ("set_operation_mode", {"operation_mode": "eco"}),
            id="the person's mode",
        ),
        pytest.param(
            "performance",
            MODES,
            ("setpoint", 40),
            ("set_temperature", {"temperature": 40}),
            id="the person's set-point",
        ),
        pytest.param(
            "performance",
            MODES,
            ("option", "holiday"),
            ("set_operation_mode", {"operation_mode": "off"}),
            id="a mode that no longer exists",
        ),
    ],
)
async def test_taking_it_off(
    hass: HomeAssistant,
    calls: list[ServiceCall],
    state: str,
    attributes: dict[str, Any],
    way: tuple[str, str | float] | None,
    expected: tuple[str, dict[str, Any]],
) -> None:
    actuator = actuator_of(hass, ENTITY, way)
    hass.states.async_set(ENTITY, state, TANK | attributes)
    assert actuator.view().on is True
    await actuator.async_offload(Context())
    assert told(calls) == [expected]
    service, data = expected
    mode = "off" if service == "turn_off" else data.get("operation_mode", state)
    hass.states.async_set(ENTITY, mode, TANK | attributes | data)
    assert actuator.view().on is False


async def test_one_that_nothing_takes_off_is_not_available(hass: HomeAssistant, calls: list[ServiceCall]) -> None:
    hass.states.async_set(ENTITY, "performance", TANK | {"operation_list": ["performance"], "supported_features": MODE})
    actuator = actuator_of(hass, ENTITY)
    assert actuator.view().available is False
    await actuator.async_offload(Context())
    assert calls == []


async def test_one_without_modes_is_switched_on_again(hass: HomeAssistant, calls: list[ServiceCall]) -> None:
    hass.states.async_set(ENTITY, "electric", TANK | {"supported_features": ON_OFF})
    actuator = actuator_of(hass, ENTITY)
    actuator.save()
    await actuator.async_offload(Context())
    hass.states.async_set(ENTITY, "off", TANK | {"supported_features": ON_OFF})
    await actuator.async_restore(Context())
    assert told(calls) == [("turn_off", {}), ("turn_on", {})]


async def test_switched_off_by_its_owner_while_cold_it_gets_its_target_back(
    hass: HomeAssistant, calls: list[ServiceCall]
) -> None:
    hass.states.async_set(ENTITY, "electric", TANK | {"supported_features": TARGET})
    actuator = actuator_of(hass, ENTITY)
    actuator.save()
    hass.states.async_set(ENTITY, "off", TANK | {"supported_features": TARGET, "temperature": 7})
    await actuator.async_let_go(Context())
    assert told(calls) == [("set_temperature", {"temperature": 55})]


async def test_a_tank_tells_how_cold_it_is_also_while_it_is_off(hass: HomeAssistant, calls: list[ServiceCall]) -> None:
    actuator = actuator_of(hass, ENTITY)
    attributes = TANK | {"supported_features": TARGET}
    hass.states.async_set(ENTITY, "electric", attributes)
    assert (actuator.view().gap_k, actuator.view().demand) == (7, None)

    actuator.save()
    await actuator.async_offload(Context())
    hass.states.async_set(ENTITY, "electric", attributes | {"temperature": 7})
    assert (actuator.view().on, actuator.view().gap_k, actuator.view().demand) == (False, 7, True)
    hass.states.async_set(ENTITY, "electric", attributes | {"temperature": 7, "current_temperature": 56})
    assert (actuator.view().gap_k, actuator.view().demand) == (-1, False)

    actuator.forget()
    hass.states.async_set(ENTITY, "off", attributes)
    assert (actuator.view().gap_k, actuator.view().demand) == (None, False)


@pytest.mark.parametrize(
    ("service", "data", "on", "wanted"),
    [
        pytest.param(
            "set_temperature", {"temperature": 60}, True, {"operation_mode": "eco", "temperature": 60}, id="a target"
        ),
        pytest.param(
            "set_temperature",
            {"temperature": 60, "operation_mode": "performance"},
            True,
            {"operation_mode": "performance", "temperature": 60},
            id="a target and a mode",
        ),
        pytest.param("set_operation_mode", {"operation_mode": "off"}, False, {"operation_mode": "off"}, id="off"),
    ],
)
async def test_what_others_ask_while_it_is_off(
    hass: HomeAssistant,
    calls: list[ServiceCall],
    service: str,
    data: dict[str, Any],
    on: bool,
    wanted: dict[str, Any],
) -> None:
    hass.states.async_set(ENTITY, "eco", TANK | MODES)
    actuator = actuator_of(hass, ENTITY)
    actuator.save()
    await actuator.async_offload(Context())
    hass.states.async_set(ENTITY, "off", TANK | MODES)
    order = actuator.order(service, data)
    assert order is not None
    assert order.on is on
    assert order.wanted == {"operation_mode": "eco", "temperature": 55} | wanted
    toggled = actuator.order("toggle", {})
    assert toggled is not None
    assert toggled.on is True
