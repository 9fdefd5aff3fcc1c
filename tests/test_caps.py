"""Soft limits of a period."""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.linky_offload.caps import Caps
from custom_components.linky_offload.meter import TariffNow
from simulator.meter import SimulatedMeter
from simulator.power import Power

from .entity_house import House

# The caps ------------------------------------------------------------------------------------------------------------

ECOWATT = {"when": "entity", "entity": "sensor.ecowatt", "state": "red", "limit_va": 3000}
RED = {"when": "tempo_red", "limit_va": 4500}
PEAK = {"when": "ejp_peak", "limit_va": 2500}


class Told(list[float | None]):
    """The caps that were told, in order."""


def caps(hass: HomeAssistant, *rows: Mapping[str, Any]) -> tuple[Caps, Told]:
    told = Told()
    watched = Caps(hass, told.append)
    watched.configure({"soft_limits": rows})
    return watched, told


async def test_the_lowest_limit_in_force_is_the_cap(hass: HomeAssistant) -> None:
    watched, told = caps(hass, RED, ECOWATT)
    watched.follow(TariffNow(red_day=False))
    assert told == []
    watched.follow(TariffNow(red_day=True))
    watched.follow(TariffNow(red_day=True))
    hass.states.async_set("sensor.ecowatt", "red")
    await hass.async_block_till_done()
    hass.states.async_set("sensor.ecowatt", "green")
    await hass.async_block_till_done()
    watched.follow(TariffNow(red_day=False))
    assert told == [4500, 3000, 4500, None]
    watched.stop()


@pytest.mark.parametrize("state", ["unavailable", "unknown", "orange"])
async def test_only_the_state_that_was_chosen_puts_a_limit_in_force(hass: HomeAssistant, state: str) -> None:
    hass.states.async_set("sensor.ecowatt", state)
    watched, told = caps(hass, ECOWATT)
    assert told == []
    watched.stop()


async def test_a_mobile_peak_puts_its_limit_in_force(hass: HomeAssistant) -> None:
    watched, told = caps(hass, PEAK)
    watched.follow(TariffNow(mobile_peak=False))
    watched.follow(TariffNow(mobile_peak=True))
    assert told == [2500]
    watched.stop()


async def test_changed_options_are_taken_at_once(hass: HomeAssistant) -> None:
    hass.states.async_set("sensor.ecowatt", "red")
    watched, told = caps(hass, ECOWATT)
    watched.configure({"soft_limits": [{**ECOWATT, "limit_va": 2000}]})
    watched.configure({})
    assert told == [3000, 2000, None]
    hass.states.async_set("sensor.ecowatt", "green")
    hass.states.async_set("sensor.ecowatt", "red")
    await hass.async_block_till_done()
    assert told[3:] == []
    watched.stop()


async def test_a_renamed_entity_is_followed(hass: HomeAssistant) -> None:
    registry = er.async_get(hass)
    entity = registry.async_get_or_create("sensor", "test", "signal", suggested_object_id="ecowatt")
    watched, told = caps(hass, {**ECOWATT, "entity": entity.id})
    registry.async_update_entity("sensor.ecowatt", new_entity_id="sensor.signal")
    await hass.async_block_till_done()
    hass.states.async_set("sensor.signal", "red")
    await hass.async_block_till_done()
    assert told == [3000]
    watched.stop()


async def test_the_arbiter_holds_the_house_under_the_cap(hass: HomeAssistant) -> None:
    house = await House.start(hass, SimulatedMeter())
    assert house.state("threshold").state == "6000"
    hass.config_entries.async_update_entry(house.entry, options={"soft_limits": [ECOWATT]})
    hass.states.async_set("sensor.ecowatt", "red")
    await hass.async_block_till_done()
    await house.speak(1, Power(500.0))
    assert house.state("threshold").state == "3000"
    hass.states.async_set("sensor.ecowatt", "green")
    await hass.async_block_till_done()
    await house.speak(1, Power(500.0))
    assert house.state("threshold").state == "6000"
