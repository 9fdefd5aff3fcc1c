"""The buttons of a load."""

from unittest.mock import patch

from homeassistant.components.button.const import DOMAIN as BUTTON_DOMAIN, SERVICE_PRESS
from homeassistant.const import ATTR_ENTITY_ID, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest

from custom_components.linky_offload import trial
from simulator.meter import SimulatedMeter
from simulator.power import Power

from .common import coordinator
from .entity_house import LOADS, House


async def press(hass: HomeAssistant, house: House) -> None:
    await hass.services.async_call(
        BUTTON_DOMAIN, SERVICE_PRESS, {ATTR_ENTITY_ID: house.entity_id("try", "load_tank")}, blocking=True
    )


async def test_a_load_that_is_tried_tells_how_fast_it_was_and_is_on_again(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": {"tank": {"initial": True}}})
    meter = SimulatedMeter()
    meter.settle([Power(2500.0)])
    house = await House.start(hass, meter, coordinator(LOADS))
    assert house.state("last_try", "load_tank").state == STATE_UNKNOWN
    with patch.object(trial, "OFF_S", 0.1):
        await press(hass, house)
    await house.tick()
    assert float(house.state("last_try", "load_tank").state) < 5
    assert hass.states.get("input_boolean.tank").state == "on"  # type: ignore[union-attr]


async def test_a_load_that_cannot_be_tried_says_why_in_words(hass: HomeAssistant) -> None:
    house = await House.start(hass, SimulatedMeter(), coordinator(LOADS))
    with pytest.raises(HomeAssistantError) as refused:
        await press(hass, house)
    assert refused.value.translation_key == "try_unavailable"
    assert house.state("last_try", "load_tank").state == STATE_UNKNOWN


async def test_a_learned_power_is_forgotten_on_request(hass: HomeAssistant) -> None:
    house = await House.start(hass, SimulatedMeter(), coordinator(LOADS))
    entity_id = house.entity_id("relearn", "load_heater")
    assert entity_id is not None
    er.async_get(hass).async_update_entity(entity_id, disabled_by=None)
    assert await hass.config_entries.async_unload(house.entry.entry_id)
    await house.set_up()
    track = house.runtime.arbiter._desk.tracks["load_heater"]
    track.learned.step({1: 1500.0}, ())
    await house.tick()
    assert house.state("learned_power", "load_heater").state == "1500"
    await hass.services.async_call(BUTTON_DOMAIN, SERVICE_PRESS, {ATTR_ENTITY_ID: entity_id}, blocking=True)
    await house.tick()
    assert house.state("learned_power", "load_heater").state == STATE_UNKNOWN
