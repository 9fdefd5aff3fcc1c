"""The mode and the profile of the arbiter, and the strategy of an offload coordinator."""

from homeassistant.components.select import DOMAIN as SELECT_DOMAIN, SERVICE_SELECT_OPTION
from homeassistant.const import ATTR_ENTITY_ID, ATTR_OPTION
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest

from custom_components.linky_offload.offload import OffloadMode, StrategyName
from simulator.meter import SimulatedMeter

from .common import COORDINATOR_ID, coordinator, state_of
from .entity_house import INTERNAL_ID, LOADS, House


async def select(hass: HomeAssistant, house: House, option: str) -> None:
    await hass.services.async_call(
        SELECT_DOMAIN,
        SERVICE_SELECT_OPTION,
        {ATTR_ENTITY_ID: house.entity_id("mode"), ATTR_OPTION: option},
        blocking=True,
    )


@pytest.mark.parametrize("mode", [OffloadMode.OBSERVE, OffloadMode.OFF])
async def test_a_mode_that_is_chosen_is_in_force_and_shown(hass: HomeAssistant, mode: OffloadMode) -> None:
    house = await House.start(hass, SimulatedMeter())
    assert house.state("mode").state == "automatic"
    await select(hass, house, mode)
    assert house.state("mode").state == mode
    assert house.runtime.report.mode is mode


async def test_the_mode_can_be_chosen_while_the_meter_is_silent(hass: HomeAssistant) -> None:
    house = await House.start(hass, SimulatedMeter())
    await house.lose_line()
    await select(hass, house, "off")
    assert house.state("mode").state == "off"


async def test_automations_reach_it_through_its_device(hass: HomeAssistant) -> None:
    house = await House.start(hass, SimulatedMeter())
    entry = er.async_get(hass).async_get(house.entity_id("mode") or "")
    assert entry is not None
    assert entry.entity_category is None
    assert sorted((entry.capabilities or {})["options"]) == sorted(OffloadMode)


async def wanted(hass: HomeAssistant) -> House:
    """A house whose selects that are disabled by default were enabled."""
    house = await House.start(hass, SimulatedMeter(), coordinator(LOADS))
    registry = er.async_get(hass)
    for key, owner in (("profile", INTERNAL_ID), ("strategy", COORDINATOR_ID)):
        entity_id = house.entity_id(key, owner)
        assert entity_id is not None
        assert registry.entities[entity_id].disabled_by is er.RegistryEntryDisabler.INTEGRATION
        registry.async_update_entity(entity_id, disabled_by=None)
    assert await hass.config_entries.async_unload(house.entry.entry_id)
    await house.set_up()
    await house.speak(4)
    return house


async def choose(hass: HomeAssistant, entity_id: str | None, option: str) -> None:
    await hass.services.async_call(
        SELECT_DOMAIN, SERVICE_SELECT_OPTION, {ATTR_ENTITY_ID: entity_id, ATTR_OPTION: option}, blocking=True
    )


async def test_the_profile_is_written_to_the_options_and_applied_live(hass: HomeAssistant) -> None:
    house = await wanted(hass)
    runtime = house.runtime
    assert house.state("profile").state == "contract"
    await choose(hass, house.entity_id("profile"), "strict")
    assert house.state("profile").state == "strict"
    assert house.entry.options["profile"] == "strict"
    assert house.runtime is runtime


async def test_another_strategy_keeps_what_is_offloaded(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": {"tank": {"initial": True}}})
    house = await wanted(hass)
    runtime = house.runtime
    runtime.ask(lambda arbiter, now: arbiter.offload("load_tank", now))
    await hass.async_block_till_done()
    await house.speak(2)
    assert house.state("status", "load_tank").state == "offloaded"
    for strategy in StrategyName:
        await choose(hass, house.entity_id("strategy", COORDINATOR_ID), strategy)
        await house.speak(1)
        assert house.state("strategy", COORDINATOR_ID).state == strategy
        assert house.entry.subentries[COORDINATOR_ID].data["strategy"] == strategy
        assert house.state("status", "load_tank").state == "offloaded"
        assert state_of(hass, "input_boolean.tank") == "off"
    assert house.runtime is runtime
