"""Switches that a thermostat drives, under an offload coordinator."""

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.common import PtyMeter, load, meter_entry, set_up

from .house import Plugs, add_coordinator, answer, change_coordinator, choose, registry_id, section_answers


@pytest.fixture
def plugs(hass: HomeAssistant) -> Plugs:
    return Plugs.of(hass)


@pytest.fixture
async def entry(hass: HomeAssistant, pty_meter: PtyMeter) -> MockConfigEntry:
    """A meter at work, without any coordinator."""
    entry = meter_entry(pty_meter.port)
    await set_up(hass, entry)
    return entry


async def test_a_thermostat_is_proposed_for_the_switch_that_it_drives(
    hass: HomeAssistant, entry: MockConfigEntry, plugs: Plugs
) -> None:
    heater, lamp = plugs.plug("radiator", "Radiator"), plugs.plug("lamp", "Lamp")
    living = plugs.thermostat("living", "Living room", heater)
    result = await add_coordinator(hass, entry)
    result = await answer(hass, result, name="Home", loads=[heater, lamp])
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "thermostat")
    assert result["description_placeholders"] == {"pairs": "- Radiator → Living room"}
    result = await answer(hass, result, use_thermostat=True)
    assert result["description_placeholders"] == {"load_1": "1. Living room", "load_2": "2. Lamp"}
    result = await answer(hass, result, **section_answers(result))
    result = await choose(hass, result, "automatic")
    assert [saved["entity"] for saved in result["data"]["loads"]] == [
        registry_id(hass, entity_id) for entity_id in (living, lamp)
    ]


async def test_the_switch_may_be_kept_in_spite_of_its_thermostat(
    hass: HomeAssistant, entry: MockConfigEntry, plugs: Plugs
) -> None:
    heater = plugs.plug("radiator", "Radiator", "power")
    plugs.thermostat("living", "Living room", registry_id(hass, heater))
    result = await add_coordinator(hass, entry)
    result = await answer(hass, result, name="Home", loads=[heater])
    result = await answer(hass, result, use_thermostat=False)
    assert result["description_placeholders"] == {"load_1": "1. Radiator"}
    result = await answer(hass, result, **section_answers(result))
    result = await choose(hass, result, "automatic")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    # Changing the coordinator does not ask again.
    (subentry_id,) = entry.subentries
    result = await change_coordinator(hass, entry, subentry_id)
    result = await answer(hass, result, name="Home", loads=[heater])
    assert result["step_id"] == "loads"


async def test_a_thermostat_that_is_taken_already_is_refused_in_the_place_of_its_switch(
    hass: HomeAssistant, entry: MockConfigEntry, plugs: Plugs
) -> None:
    first, second = plugs.plug("first", "First"), plugs.plug("second", "Second")
    plugs.thermostat("living", "Living room", first)
    result = await answer(hass, await add_coordinator(hass, entry), name="Home", loads=[first, second])
    other = meter_entry("/dev/other", [load("elsewhere", "climate.living")])
    hass.config_entries.async_update_entry(entry, unique_id="041961777777")
    other.add_to_hass(hass)
    result = await answer(hass, result, use_thermostat=True)
    assert (result["step_id"], result["errors"]) == ("user", {"loads": "load_taken"})
    assert result["description_placeholders"] == {"load": "Living room", "coordinator": "Home"}
    result = await answer(hass, result, name="Home", loads=[second])
    assert result["step_id"] == "loads"


async def test_the_sensor_of_the_heater_measures_its_thermostat(
    hass: HomeAssistant, entry: MockConfigEntry, plugs: Plugs
) -> None:
    living = plugs.thermostat("living", "Living room", plugs.plug("radiator", "Radiator", "power"))
    result = await answer(hass, await add_coordinator(hass, entry), name="Home", loads=[living])
    assert section_answers(result)["load_1"]["power_sensor"] == "sensor.radiator_power"
