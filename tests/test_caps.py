"""Soft limits of a period, and the period itself as far as the meter tells it."""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.linky_offload.caps import Caps
from custom_components.linky_offload.meter import Measured, Quantity, Reading
from custom_components.linky_offload.period import mobile_peak, off_peak, red_day
from custom_components.linky_offload.tic import Mode
from simulator.meter import SimulatedMeter
from simulator.power import Power

from .entity_house import House


def reading(values: Mapping[Quantity, Any]) -> Reading:
    """A reading with nothing but these values."""
    return Reading(
        now=0,
        mode=Mode.STANDARD,
        address=None,
        contract_va=None,
        cutoff_va=None,
        phases=(),
        over_reference=None,
        exporting=None,
        breaker=None,
        cadence_s=None,
        power_changed=False,
        values={quantity: Measured(value, 0) for quantity, value in values.items()},
    )


PERIOD, LABEL, CONTACT = Quantity.TARIFF_PERIOD, Quantity.TARIFF_LABEL, Quantity.DRY_CONTACT


# The period ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "told"),
    [
        pytest.param({}, None, id="nothing told"),
        pytest.param({PERIOD: "hc"}, True, id="PTEC HC.."),
        pytest.param({PERIOD: "hp"}, False, id="PTEC HP.."),
        pytest.param({PERIOD: "hc_red"}, True, id="PTEC HCJR"),
        pytest.param({PERIOD: "hp_white"}, False, id="PTEC HPJW"),
        pytest.param({PERIOD: "th"}, None, id="PTEC TH..: one price"),
        pytest.param({PERIOD: "hn"}, None, id="PTEC HN..: EJP knows no off-peak hours"),
        pytest.param({PERIOD: "pm"}, None, id="PTEC PM.."),
        pytest.param({LABEL: "HEURE CREUSE"}, True, id="HEURE CREUSE"),
        pytest.param({LABEL: "Heures creuses"}, True, id="Heures creuses"),
        pytest.param({LABEL: "HEURE PLEINE", CONTACT: True}, False, id="the name goes before the contact"),
        pytest.param({LABEL: "HC BLEU"}, True, id="HC BLEU"),
        pytest.param({LABEL: "HP ROUGE"}, False, id="HP ROUGE"),
        pytest.param({LABEL: "HC SEMAINE"}, True, id="HC SEMAINE"),
        pytest.param({LABEL: "BASE", CONTACT: False}, None, id="one price: the contact says nothing"),
        pytest.param({LABEL: "ZONE 3", CONTACT: True}, True, id="an unknown name, the contact closed"),
        pytest.param({LABEL: "ZONE 3", CONTACT: False}, False, id="an unknown name, the contact open"),
        pytest.param({LABEL: "ZONE 3"}, None, id="an unknown name and no contact"),
        pytest.param({CONTACT: True}, None, id="a contact without any name"),
    ],
)
def test_off_peak(values: Mapping[Quantity, Any], told: bool | None) -> None:
    assert off_peak(reading(values)) is told


@pytest.mark.parametrize(
    ("values", "told"),
    [
        pytest.param({}, None, id="nothing told"),
        pytest.param({Quantity.COLOUR_TODAY: "red"}, True, id="red"),
        pytest.param({Quantity.COLOUR_TODAY: "white"}, False, id="white"),
        pytest.param({Quantity.COLOUR_TODAY: "none"}, False, id="no Tempo"),
    ],
)
def test_red_day(values: Mapping[Quantity, Any], told: bool | None) -> None:
    assert red_day(reading(values)) is told


@pytest.mark.parametrize(
    ("values", "told"),
    [
        pytest.param({}, None, id="nothing told"),
        pytest.param({PERIOD: "pm"}, True, id="PTEC PM.."),
        pytest.param({PERIOD: "hn"}, False, id="PTEC HN.."),
        pytest.param({Quantity.PEAK_RUNNING: 2}, True, id="STGE: PM2 runs"),
        pytest.param({Quantity.PEAK_RUNNING: 0}, False, id="STGE: none runs"),
        pytest.param({Quantity.PEAK_RUNNING: 0, LABEL: "HEURE POINTE"}, True, id="HEURE POINTE"),
        pytest.param({Quantity.PEAK_RUNNING: 1, Quantity.COLOUR_TODAY: "red"}, False, id="a red day of Tempo"),
    ],
)
def test_mobile_peak(values: Mapping[Quantity, Any], told: bool | None) -> None:
    assert mobile_peak(reading(values)) is told


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
    watched.follow(reading({Quantity.COLOUR_TODAY: "blue"}))
    assert told == []
    watched.follow(reading({Quantity.COLOUR_TODAY: "red"}))
    watched.follow(reading({Quantity.COLOUR_TODAY: "red"}))
    hass.states.async_set("sensor.ecowatt", "red")
    await hass.async_block_till_done()
    hass.states.async_set("sensor.ecowatt", "green")
    await hass.async_block_till_done()
    watched.follow(reading({Quantity.COLOUR_TODAY: "white"}))
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
    watched.follow(reading({PERIOD: "hn"}))
    watched.follow(reading({PERIOD: "pm"}))
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
