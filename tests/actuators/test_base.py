"""What every kind of load has in common: identity, power, failures."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError, ServiceNotFound
from homeassistant.helpers import entity_registry as er
import probatio
import pytest

from custom_components.linky_offload.actuators import make_actuator, resolve_entity_id
from custom_components.linky_offload.actuators.climate import ClimateActuator
from custom_components.linky_offload.actuators.light import LightActuator
from custom_components.linky_offload.actuators.switch import SwitchActuator
from custom_components.linky_offload.settings import LoadConfig

SENSOR = "sensor.power"


def config(entity: str = "switch.plug", power_factor: float = 1.0) -> LoadConfig:
    return LoadConfig(load_id="load", name="Load", entity=entity, power_sensor=SENSOR, power_factor=power_factor)


@pytest.mark.parametrize(
    ("entity", "kind"),
    [
        pytest.param("switch.plug", SwitchActuator, id="switch"),
        pytest.param("input_boolean.plug", SwitchActuator, id="input_boolean"),
        pytest.param("light.lamp", LightActuator, id="light"),
        pytest.param("climate.room", ClimateActuator, id="climate"),
        pytest.param("0123456789abcdef", SwitchActuator, id="an entity that no longer exists"),
    ],
)
def test_each_domain_has_its_kind(hass: HomeAssistant, entity: str, kind: type) -> None:
    assert type(make_actuator(hass, config(entity))) is kind


def test_entities_are_found_by_registry_id_under_their_present_name(
    hass: HomeAssistant, entity_registry: er.EntityRegistry
) -> None:
    entry = entity_registry.async_get_or_create("switch", "test", "unique", suggested_object_id="before")
    actuator = make_actuator(hass, config(entry.id))
    assert str(actuator.entity_id) == "switch.before"

    entity_registry.async_update_entity("switch.before", new_entity_id="switch.after")
    actuator.resolve()
    assert str(actuator.entity_id) == "switch.after"

    entity_registry.async_remove("switch.after")
    actuator.resolve()
    assert actuator.entity_id is None
    assert actuator.view().available is False
    assert resolve_entity_id(hass, "switch.of_yaml") == "switch.of_yaml"


@pytest.mark.parametrize(
    ("state", "attributes", "power_factor", "expected"),
    [
        pytest.param("2000", {"unit_of_measurement": "W"}, 1.0, 2000, id="watts of a resistance"),
        pytest.param("900", {"unit_of_measurement": "W"}, 0.9, 1000, id="watts of a motor"),
        pytest.param("1.5", {"unit_of_measurement": "kW"}, 1.0, 1500, id="kilowatts"),
        pytest.param("1000", {"unit_of_measurement": "VA"}, 0.5, 1000, id="VA need no power factor"),
        pytest.param("1.2", {"unit_of_measurement": "kVA"}, 1.0, 1200, id="kVA"),
        pytest.param("-5", {"unit_of_measurement": "W"}, 1.0, 0, id="a negative idle reading"),
        pytest.param("0", {"unit_of_measurement": "W"}, 1.0, 0, id="nothing drawn"),
        pytest.param("2000", {}, 1.0, None, id="no unit"),
        pytest.param("20", {"unit_of_measurement": "A"}, 1.0, None, id="not a power"),
        pytest.param("unavailable", {"unit_of_measurement": "W"}, 1.0, None, id="unavailable"),
        pytest.param("nan", {"unit_of_measurement": "W"}, 1.0, None, id="not a number"),
        pytest.param("inf", {"unit_of_measurement": "W"}, 1.0, None, id="infinite"),
    ],
)
def test_power_is_apparent_power_or_unknown(
    hass: HomeAssistant, state: str, attributes: Mapping[str, Any], power_factor: float, expected: float | None
) -> None:
    hass.states.async_set(SENSOR, state, attributes)
    actuator = make_actuator(hass, config(power_factor=power_factor))
    assert actuator.view().power_va == (None if expected is None else pytest.approx(expected))


def test_a_load_without_sensor_or_whose_sensor_is_missing_has_no_measured_power(hass: HomeAssistant) -> None:
    assert make_actuator(hass, config()).power_va() is None
    assert make_actuator(hass, LoadConfig(load_id="load", name="Load", entity="switch.plug")).power_va() is None


def test_a_sensor_that_has_not_reported_for_an_hour_is_not_believed(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    hass.states.async_set(SENSOR, "0", {"unit_of_measurement": "W"})
    actuator = make_actuator(hass, config())
    freezer.tick(timedelta(minutes=64))
    assert actuator.power_va() == 0
    freezer.tick(timedelta(minutes=2))
    assert actuator.power_va() is None
    # The same value reported again is news.
    hass.states.async_set(SENSOR, "0", {"unit_of_measurement": "W"})
    assert actuator.power_va() == 0


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(HomeAssistantError("the device refused"), id="refused by the device"),
        pytest.param(ServiceNotFound("switch", "turn_off"), id="no such service"),
        pytest.param(probatio.Invalid("bad data"), id="refused by the schema"),
        pytest.param(TimeoutError(), id="timed out inside"),
    ],
)
async def test_a_failing_call_is_logged_once_until_one_succeeds(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    failing = True

    def turn_off(_call: ServiceCall) -> None:
        if failing:
            raise error

    hass.services.async_register("switch", "turn_off", turn_off)
    actuator = make_actuator(hass, config())

    assert not await actuator.call("turn_off", Context())
    assert not await actuator.call("turn_off", Context())
    assert caplog.text.count("switch.turn_off of switch.plug failed") == 1

    failing = False
    assert await actuator.call("turn_off", Context())
    failing = True
    assert not await actuator.call("turn_off", Context())
    assert caplog.text.count("switch.turn_off of switch.plug failed") == 2


async def test_a_call_that_hangs_is_given_up(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def turn_off(_call: ServiceCall) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr("custom_components.linky_offload.actuators.entity.CALL_TIMEOUT_S", 0.01)
    hass.services.async_register("switch", "turn_off", turn_off)
    assert not await make_actuator(hass, config()).call("turn_off", Context())
    assert "TimeoutError" in caplog.text


async def test_an_entity_that_is_gone_is_not_called(hass: HomeAssistant) -> None:
    actuator = make_actuator(hass, config("0123456789abcdef"))
    assert not await actuator.call("turn_off", Context())
    await actuator.async_offload(Context())
    await actuator.async_restore(Context())
