"""The mode of the arbiter."""

from homeassistant.components.select import DOMAIN as SELECT_DOMAIN, SERVICE_SELECT_OPTION
from homeassistant.const import ATTR_ENTITY_ID, ATTR_OPTION
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.linky_offload.offload import OffloadMode
from simulator.meter import SimulatedMeter

from .entity_house import House


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
