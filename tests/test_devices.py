"""The devices of an entry follow its offload coordinators while it is loaded."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from custom_components.linky_offload.const import DOMAIN
from simulator.meter import SimulatedMeter

from .common import COORDINATOR_ID, coordinator, load, new_subentry
from .entity_house import INTERNAL_ID, LOADS, House


def child(hass: HomeAssistant, house: House, load_id: str) -> dr.ChildDeviceEntry | None:
    return dr.async_get(hass).async_get_child_device_by_identifier((DOMAIN, load_id), house.entry.entry_id)


async def test_the_meter_tells_its_maker_its_model_and_its_version(hass: HomeAssistant) -> None:
    house = await House.start(hass, SimulatedMeter())
    meter = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, INTERNAL_ID), house.entry.entry_id)
    assert meter is not None
    assert (meter.name, meter.manufacturer, meter.model) == ("Linky", "Landis+Gyr", "Linky G3 60 A")
    assert (meter.serial_number, meter.sw_version) == (house.meter.address, "02")


async def test_a_coordinator_is_a_service_of_the_meter_and_its_loads_are_parts_of_it(hass: HomeAssistant) -> None:
    house = await House.start(hass, SimulatedMeter(), coordinator(LOADS))
    registry = dr.async_get(hass)
    meter = registry.async_get_device_by_identifier((DOMAIN, INTERNAL_ID), house.entry.entry_id)
    group = registry.async_get_device_by_identifier((DOMAIN, COORDINATOR_ID), house.entry.entry_id)
    tank = child(hass, house, "load_tank")
    assert meter is not None
    assert group is not None
    assert tank is not None
    assert (group.via_device_id, group.entry_type) == (meter.id, dr.DeviceEntryType.SERVICE)
    assert (tank.parent_device_id, tank.config_subentry_id) == (group.id, COORDINATOR_ID)


async def test_a_load_that_is_added_gets_its_device_and_its_entities(hass: HomeAssistant) -> None:
    house = await House.start(hass, SimulatedMeter(), coordinator(LOADS))
    subentry = house.entry.subentries[COORDINATOR_ID]
    more = [*LOADS, load("load_dryer", "input_boolean.dryer")]
    hass.config_entries.async_update_subentry(house.entry, subentry, data={**subentry.data, "loads": more})
    await house.tick()
    assert child(hass, house, "load_dryer") is not None
    assert house.state("status", "load_dryer").state == "unreachable"
    assert house.entity_id("try", "load_dryer") is not None


async def test_a_load_that_is_taken_out_leaves_nothing_behind(hass: HomeAssistant) -> None:
    house = await House.start(hass, SimulatedMeter(), coordinator(LOADS))
    subentry = house.entry.subentries[COORDINATOR_ID]
    hass.config_entries.async_update_subentry(house.entry, subentry, data={**subentry.data, "loads": LOADS[:1]})
    await house.tick()
    assert child(hass, house, "load_tank") is None
    assert house.entity_id("status", "load_tank") is None
    assert house.state("status", "load_heater").state == "unreachable"


async def test_a_load_taken_out_while_home_assistant_was_down_leaves_nothing_behind(hass: HomeAssistant) -> None:
    house = await House.start(hass, SimulatedMeter(), coordinator(LOADS))
    assert await hass.config_entries.async_unload(house.entry.entry_id)
    subentry = house.entry.subentries[COORDINATOR_ID]
    hass.config_entries.async_update_subentry(house.entry, subentry, data={**subentry.data, "loads": LOADS[:1]})
    await house.set_up()
    assert child(hass, house, "load_tank") is None
    assert child(hass, house, "load_heater") is not None


async def test_a_load_that_changes_coordinator_keeps_its_unique_ids(hass: HomeAssistant) -> None:
    house = await House.start(hass, SimulatedMeter(), coordinator(LOADS))
    first = house.entry.subentries[COORDINATOR_ID]
    second = new_subentry(LOADS[1:])
    hass.config_entries.async_update_subentry(house.entry, first, data={**first.data, "loads": LOADS[:1]})
    hass.config_entries.async_add_subentry(house.entry, second)
    await house.tick()
    await house.tick()
    tank = child(hass, house, "load_tank")
    assert tank is not None
    assert tank.config_subentry_id == second.subentry_id
    assert house.state("status", "load_tank").state == "unreachable"
    assert house.state("enabled", second.subentry_id).state == "on"


async def test_names_follow_the_forms(hass: HomeAssistant) -> None:
    house = await House.start(hass, SimulatedMeter(), coordinator(LOADS))
    subentry = house.entry.subentries[COORDINATOR_ID]
    renamed = [LOADS[0], {**LOADS[1], "name": "Boiler"}]
    hass.config_entries.async_update_subentry(
        house.entry, subentry, title="Basement", data={**subentry.data, "loads": renamed}
    )
    await house.tick()
    group = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, COORDINATOR_ID), house.entry.entry_id)
    tank = child(hass, house, "load_tank")
    assert group is not None
    assert tank is not None
    assert (group.name, tank.name) == ("Basement", "Boiler")


async def test_a_coordinator_that_is_removed_takes_its_entities_with_it(hass: HomeAssistant) -> None:
    house = await House.start(hass, SimulatedMeter(), coordinator(LOADS))
    hass.config_entries.async_remove_subentry(house.entry, COORDINATOR_ID)
    await house.tick()
    entries = er.async_entries_for_config_entry(er.async_get(hass), house.entry.entry_id)
    assert all(entry.unique_id.startswith(f"{INTERNAL_ID}_") for entry in entries)


async def test_a_renamed_entity_goes_on_being_published(hass: HomeAssistant) -> None:
    house = await House.start(hass, SimulatedMeter())
    er.async_get(hass).async_update_entity(house.entity_id("mode") or "", new_entity_id="select.protection")
    await hass.async_block_till_done()
    await house.tick()
    assert house.state("mode").entity_id == "select.protection"
    assert house.state("mode").state == "automatic"
