"""Settings as numbers: options and subentries stay their owners."""

from typing import Any

from homeassistant.components.number.const import ATTR_VALUE, DOMAIN as NUMBER_DOMAIN, SERVICE_SET_VALUE
from homeassistant.const import ATTR_ENTITY_ID, EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.linky_offload.settings import arbiter_settings, coordinator_settings
from simulator.meter import SimulatedMeter
from simulator.power import Power

from .common import COORDINATOR_ID, coordinator
from .entity_house import INTERNAL_ID, LOADS, House


async def enabled(hass: HomeAssistant) -> House:
    """A house with every entity enabled."""
    house = await House.start(hass, SimulatedMeter(), coordinator(LOADS))
    registry = er.async_get(hass)
    for entity in er.async_entries_for_config_entry(registry, house.entry.entry_id):
        if entity.domain == NUMBER_DOMAIN:
            registry.async_update_entity(entity.entity_id, disabled_by=None)
    assert await hass.config_entries.async_unload(house.entry.entry_id)
    await house.set_up()
    await house.speak(4)
    return house


async def set_value(house: House, key: str, owner: str, value: float) -> None:
    await house.hass.services.async_call(
        NUMBER_DOMAIN,
        SERVICE_SET_VALUE,
        {ATTR_ENTITY_ID: house.entity_id(f"set_{key}", owner), ATTR_VALUE: value},
        blocking=True,
    )
    await house.tick()


def load_data(house: House, load_id: str) -> dict[str, Any]:
    loads = house.entry.subentries[COORDINATOR_ID].data["loads"]
    return next(dict(load) for load in loads if load["load_id"] == load_id)


async def test_every_number_is_configuration_and_disabled_until_wanted(hass: HomeAssistant) -> None:
    house = await House.start(hass, SimulatedMeter(), coordinator(LOADS))
    entries = [
        entity
        for entity in er.async_entries_for_config_entry(er.async_get(hass), house.entry.entry_id)
        if entity.domain == NUMBER_DOMAIN
    ]
    assert len(entries) == 5 + 2 + 2 * 10
    assert {entity.entity_category for entity in entries} == {EntityCategory.CONFIG}
    assert {entity.disabled_by for entity in entries} == {er.RegistryEntryDisabler.INTEGRATION}


@pytest.mark.parametrize(
    ("key", "default", "value", "stored"),
    [
        pytest.param("delay_before", "0", 8, 8, id="delay before"),
        pytest.param("delay_after", "0", 60, 60, id="delay after"),
        pytest.param("random_after", "0", 30, 30, id="random part"),
        pytest.param("minimum_off", "180", 300, 300, id="minimum off"),
        pytest.param("minimum_on", "180", 0, 0, id="minimum on"),
        pytest.param("longest_off", "3600", 1800, 1800, id="longest off"),
        pytest.param("longest_off", "3600", 0, None, id="longest off: without limit"),
        pytest.param("auto_on", "0", 900, 900, id="auto-on"),
        pytest.param("auto_off", "0", 0, None, id="auto-off: never"),
    ],
)
async def test_a_detail_of_a_load_is_written_where_it_belongs_and_applied_live(
    hass: HomeAssistant, key: str, default: str, value: int, stored: int | None
) -> None:
    house = await enabled(hass)
    runtime = house.runtime
    other = load_data(house, "load_tank")
    assert house.state(f"set_{key}", "load_heater").state == default
    await set_value(house, key, "load_heater", value)
    assert house.state(f"set_{key}", "load_heater").state == str(value)
    assert load_data(house, "load_heater")[key] == stored
    assert load_data(house, "load_tank") == other
    assert house.runtime is runtime
    applied = coordinator_settings(house.entry)[0].loads[0]
    assert getattr(applied, f"{key}_s") == (None if stored is None else float(stored))


async def test_a_declared_power_is_there_only_where_power_is_declared(hass: HomeAssistant) -> None:
    house = await enabled(hass)
    assert house.state("set_declared_va", "load_heater").state == "unavailable"
    assert house.state("set_declared_va", "load_tank").state == "2000"
    await set_value(house, "declared_va", "load_tank", 1850)
    assert coordinator_settings(house.entry)[0].loads[1].declared_va == 1850


async def test_a_load_changes_its_place_in_the_list(hass: HomeAssistant) -> None:
    house = await enabled(hass)
    assert house.state("set_position", "load_tank").state == "2"
    await set_value(house, "position", "load_tank", 1)
    assert [load.load_id for load in coordinator_settings(house.entry)[0].loads] == ["load_tank", "load_heater"]
    assert house.state("set_position", "load_tank").state == "1"
    assert house.state("set_position", "load_heater").state == "2"
    with pytest.raises(ServiceValidationError):
        await set_value(house, "position", "load_tank", 3)


@pytest.mark.parametrize(
    ("key", "default", "value"),
    [pytest.param("rank", "1", 3, id="rank"), pytest.param("rotation", "300", 120, id="turn")],
)
async def test_a_setting_of_a_coordinator_is_written(hass: HomeAssistant, key: str, default: str, value: int) -> None:
    house = await enabled(hass)
    assert house.state(f"set_{key}", COORDINATOR_ID).state == default
    await set_value(house, key, COORDINATOR_ID, value)
    assert house.state(f"set_{key}", COORDINATOR_ID).state == str(value)
    assert house.entry.subentries[COORDINATOR_ID].data[key] == value


async def test_options_are_written_and_applied_live(hass: HomeAssistant) -> None:
    house = await enabled(hass)
    runtime = house.runtime
    assert house.state("set_adjustment").state == "0"
    await set_value(house, "adjustment", INTERNAL_ID, -10)
    await house.speak(1, Power(500.0))
    assert house.state("threshold").state == "5400"
    await set_value(house, "contract_power", INTERNAL_ID, 3)
    await house.speak(1, Power(500.0))
    assert house.state("threshold").state == "2700"
    await set_value(house, "contract_delay", INTERNAL_ID, 20)
    await set_value(house, "hand_hold", INTERNAL_ID, 30)
    applied = arbiter_settings(house.entry.options)
    assert (applied.contract_delay_s, applied.hand_hold_s) == (20, 1800)
    assert house.runtime is runtime


@pytest.mark.parametrize(
    ("profile", "value"),
    [
        pytest.param("contract", 31, id="above the meter's own limit"),
        pytest.param("contract", -95, id="nearly nothing left"),
        pytest.param("meter", 101, id="more than double"),
    ],
)
async def test_a_threshold_that_makes_no_sense_is_refused(hass: HomeAssistant, profile: str, value: int) -> None:
    house = await enabled(hass)
    hass.config_entries.async_update_entry(house.entry, options={"profile": profile})
    await house.tick()
    with pytest.raises(ServiceValidationError):
        await set_value(house, "adjustment", INTERNAL_ID, value)
    assert "adjustment" not in house.entry.options


@pytest.mark.parametrize(
    ("kind", "value", "unit", "threshold_va"),
    [
        pytest.param("va", 4500, "VA", "4500", id="VA"),
        pytest.param("w", 4000, "W", "4000", id="W"),
        pytest.param("a", 20, "A", "4600", id="A at 230 V"),
    ],
)
async def test_a_fixed_threshold_has_the_unit_that_was_chosen(
    hass: HomeAssistant, kind: str, value: int, unit: str, threshold_va: str
) -> None:
    house = await enabled(hass)
    assert house.state("set_threshold_value").state == "unavailable"
    hass.config_entries.async_update_entry(house.entry, options={"threshold_kind": kind, "threshold_value": value + 1})
    await house.tick()
    for nonsense in (value / 15, value * 2):
        with pytest.raises(ServiceValidationError):
            await set_value(house, "threshold_value", INTERNAL_ID, nonsense)
    assert house.state("set_threshold_value").attributes["unit_of_measurement"] == unit
    await set_value(house, "threshold_value", INTERNAL_ID, value)
    await house.speak(1, Power(500.0))
    assert house.state("threshold").state == threshold_va
