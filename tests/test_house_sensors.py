"""What the house as a whole tells: what is off, what was offloaded, what was withheld and in which room."""

from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest

from custom_components.linky_offload.offload import LoadReport, LoadStatus, OffloadMode, Reason, Report
from custom_components.linky_offload.rooms import async_rooms, degree_hours, withheld
from simulator.meter import SimulatedMeter
from simulator.power import Power

from .common import COORDINATOR_ID, coordinator, load, meter_entry
from .entity_house import House

LOADS = [
    load("heater", "input_boolean.heater", power_source="declared", declared_va=1000),
    load("tank", "input_boolean.tank", power_source="declared", declared_va=2000),
]


@pytest.fixture
async def house(hass: HomeAssistant) -> House:
    """A meter at rest with two appliances that are on."""
    assert await async_setup_component(
        hass, "input_boolean", {"input_boolean": {"heater": {"initial": True}, "tank": {"initial": True}}}
    )
    return await House.start(hass, SimulatedMeter(), coordinator(LOADS))


async def offload(house: House, load_id: str, for_s: float | None = None) -> None:
    house.runtime.ask(lambda arbiter, now: arbiter.offload(load_id, now, for_s))
    await house.hass.async_block_till_done()
    await house.speak(2, Power(500.0))


async def test_what_is_off_is_counted_and_named(house: House) -> None:
    assert house.state("offloaded_loads").state == "0"
    assert house.state("offloaded_loads").attributes["loads"] == []
    await offload(house, "tank")
    assert house.state("offloaded_loads").state == "1"
    assert house.state("offloaded_loads").attributes["loads"] == ["Tank"]


async def test_offloads_are_counted_and_the_last_ones_listed(house: House) -> None:
    assert house.state("last_offloads").state == "0"
    await offload(house, "tank")
    state = house.state("last_offloads")
    assert state.state == "1"
    (only,) = state.attributes["offloads"]
    assert (only["load"], only["power"], only["reason"], only["stop"]) == ("Tank", 2000, "manual", None)
    assert datetime.fromisoformat(only["start"]).utcoffset() == dt_util.now().utcoffset()
    house.runtime.ask(lambda arbiter, now: arbiter.restore("tank", now))
    await house.hass.async_block_till_done()
    await house.tick()
    assert house.state("last_offloads").attributes["offloads"][0]["duration"] is not None


async def test_a_countdown_has_a_time_of_day_that_does_not_wander(house: House) -> None:
    assert house.state("next_transition", "tank").state == "unknown"
    before = dt_util.utcnow()
    await offload(house, "tank", 600)
    first = house.state("next_transition", "tank").state
    assert 598 <= (datetime.fromisoformat(first) - before).total_seconds() <= 605
    await house.speak(3, Power(500.0))
    assert house.state("next_transition", "tank").state == first


async def test_the_accounts_of_a_load_and_of_the_house_begin_at_nothing(house: House) -> None:
    for key, owner in (
        ("off_today", "tank"),
        ("withheld_today", "tank"),
        ("switches_today", "tank"),
        ("house_withheld_today", "house"),
        ("house_degree_hours_today", "house"),
    ):
        assert float(house.state(key, owner).state) == 0, key
    assert house.state("fairness", COORDINATOR_ID).state in {"unknown", "100"}
    await offload(house, "tank")
    assert house.state("switches_today", "tank").state == "1"


async def test_the_branch_breaker_has_its_margin_where_it_is_given(house: House) -> None:
    assert house.entity_id("branch_margin") is None
    house.hass.config_entries.async_update_entry(house.entry, options={"branch_breaker": 30})
    await house.hass.async_block_till_done()
    await house.speak(2, Power(500.0))
    assert int(house.state("branch_margin").state) > 90


async def test_the_last_reading_has_its_time_even_when_the_meter_is_silent(house: House) -> None:
    entity_id = house.entity_id("last_reading")
    assert entity_id is not None
    er.async_get(house.hass).async_update_entity(entity_id, disabled_by=None)
    assert await house.hass.config_entries.async_unload(house.entry.entry_id)
    await house.set_up()
    assert house.state("last_reading").state == "unknown"
    before = dt_util.utcnow().replace(microsecond=0)
    await house.speak(2)
    told = house.state("last_reading").state
    assert timedelta(0) <= datetime.fromisoformat(told) - before <= timedelta(seconds=30)
    await house.lose_line()
    assert house.state("last_reading").state == told


# Rooms ---------------------------------------------------------------------------------------------------------------


def report(**figures: tuple[float, float]) -> Report:
    """A report with VAh and degree-hours by load."""
    return Report(
        mode=OffloadMode.AUTOMATIC,
        loads=MappingProxyType(
            {
                load_id: LoadReport(
                    load_id=load_id,
                    coordinator_id="c",
                    status=LoadStatus.NORMAL,
                    reason=Reason.NONE,
                    power_va=None,
                    since=0,
                    wanted=True,
                    withheld_vah=vah,
                    degree_hours=kh,
                )
                for load_id, (vah, kh) in figures.items()
            }
        ),
    )


@pytest.mark.parametrize(
    ("rooms", "vah", "kelvin_hours"),
    [
        pytest.param({}, (600, {}), (6, {}), id="no rooms: the house is the sum"),
        pytest.param(
            {"one": "Bath", "two": "Bath", "three": None},
            (600, {"Bath": 300}),
            (5, {"Bath": 2}),
            id="two heaters of a room: their VAh add up, its degrees are the same",
        ),
        pytest.param(
            {"one": "Bath", "two": "Attic", "three": "Bath"},
            (600, {"Attic": 200, "Bath": 400}),
            (5, {"Attic": 2, "Bath": 3}),
            id="rooms by name",
        ),
    ],
)
def test_figures_by_room(rooms: dict[str, str | None], vah: Any, kelvin_hours: Any) -> None:
    told = report(one=(100, 1), two=(200, 2), three=(300, 3))
    assert withheld(told, rooms) == vah
    assert degree_hours(told, rooms) == kelvin_hours


async def test_a_load_stands_where_its_thermostat_or_its_own_entity_does(hass: HomeAssistant) -> None:
    areas, registry = ar.async_get(hass), er.async_get(hass)
    bath, attic = areas.async_create("Bath"), areas.async_create("Attic")
    for name, area in (("switch.plug", attic), ("climate.bath", bath)):
        domain, object_id = name.split(".")
        registry.async_get_or_create(domain, "test", object_id, suggested_object_id=object_id)
        registry.async_update_entity(name, area_id=area.id)
    registry.async_get_or_create("switch", "test", "nowhere", suggested_object_id="nowhere")
    entry = meter_entry(
        "/dev/tic",
        [
            load("heated", "switch.plug", climate="climate.bath"),
            load("plain", "switch.plug"),
            load("nowhere", "switch.nowhere"),
            load("unregistered", "switch.unregistered"),
        ],
    )
    entry.add_to_hass(hass)
    assert async_rooms(hass, entry) == {"heated": "Bath", "plain": "Attic", "nowhere": None, "unregistered": None}
