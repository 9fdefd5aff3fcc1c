"""What a person or an automation may ask for by name, and what is answered."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
from homeassistant.helpers.service import async_get_all_descriptions
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import probatio
import pytest

from custom_components.linky_offload.const import DOMAIN
from custom_components.linky_offload.offload import EventType, OffloadMode
from simulator.meter import SimulatedMeter
from simulator.power import Power

from .common import COORDINATOR_ID, coordinator, load
from .entity_house import INTERNAL_ID, House
from .test_translations import ICONS, TEXTS

LOADS = [
    load("load_heater", "input_boolean.heater", power_source="declared", declared_va=1000),
    load("load_tank", "input_boolean.tank", power_source="declared", declared_va=2000),
]
ACTIONS = {
    *("offload", "restore", "restore_all", "hold", "exclude", "include", "rotate", "simulate", "get_history"),
    "configure_plug",
    "record",
}


@pytest.fixture
async def house(hass: HomeAssistant) -> House:
    """A meter at rest with two appliances that are on."""
    assert await async_setup_component(
        hass, "input_boolean", {"input_boolean": {"heater": {"initial": True}, "tank": {"initial": True}}}
    )
    return await House.start(hass, SimulatedMeter(), coordinator(LOADS))


async def ask(hass: HomeAssistant, action: str, *, response: bool = False, **data: Any) -> Any:
    """Call one of our actions and let everything settle."""
    answer = await hass.services.async_call(DOMAIN, action, data, blocking=True, return_response=response)
    await hass.async_block_till_done()
    return answer


def is_on(hass: HomeAssistant, name: str) -> bool:
    state = hass.states.get(f"input_boolean.{name}")
    assert state is not None
    return state.state == "on"


def device_of(house: House, identifier: str, *, child: bool = False) -> str:
    registry = dr.async_get(house.hass)
    find = registry.async_get_child_device_by_identifier if child else registry.async_get_device_by_identifier
    device = find((DOMAIN, identifier), house.entry.entry_id)
    assert device is not None
    return device.id


# Registration --------------------------------------------------------------------------------------------------------


async def test_actions_exist_and_are_described_before_any_meter_is_set_up(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    described = (await async_get_all_descriptions(hass))[DOMAIN]
    assert set(described) == set(hass.services.async_services_for_domain(DOMAIN)) == ACTIONS
    for action, description in described.items():
        for texts in TEXTS.values():
            assert set(texts["services"][action].get("fields", {})) == set(description["fields"]), action
    assert set(ICONS["services"]) == ACTIONS


@pytest.mark.parametrize("action", ["restore_all", "simulate", "get_history"])
async def test_a_meter_that_is_not_loaded_is_told_as_such(house: House, action: str) -> None:
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    data: dict[str, Any] = {"power": 7000} if action == "simulate" else {}
    with pytest.raises(ServiceValidationError) as raised:
        await ask(
            house.hass,
            action,
            response=action != "restore_all",
            config_entry_id=house.entry.entry_id,
            **data,
        )
    assert raised.value.translation_key == "service_config_entry_not_loaded"


# Targets -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "cut"),
    [
        pytest.param("its device", {"tank"}, id="the appliance's device here"),
        pytest.param("its entity", {"tank"}, id="one of its entities here, even a diagnostic one"),
        pytest.param("itself", {"tank"}, id="the entity that switches it"),
        pytest.param("coordinator", {"tank", "heater"}, id="its coordinator's device: all of them"),
        pytest.param("area", {"tank"}, id="the area in which it stands"),
    ],
)
async def test_an_appliance_is_meant_by(house: House, kind: str, cut: set[str]) -> None:
    hass = house.hass
    area = ar.async_get(hass).async_create("Cellar")
    er.async_get(hass).async_update_entity("input_boolean.tank", area_id=area.id)
    targets: dict[str, dict[str, Any]] = {
        "its device": {"device_id": device_of(house, "load_tank", child=True)},
        "its entity": {"entity_id": house.entity_id("learned_power", "load_tank")},
        "itself": {"entity_id": "input_boolean.tank"},
        "coordinator": {"device_id": device_of(house, COORDINATOR_ID)},
        "area": {"area_id": area.id},
    }
    await ask(hass, "offload", **targets[kind])
    assert {name for name in ("heater", "tank") if not is_on(hass, name)} == cut


@pytest.mark.parametrize(
    "target",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"entity_id": "input_boolean.elsewhere"}, id="an entity that is nobody's"),
        pytest.param({"device_id": "meter"}, id="the meter, which is no appliance"),
    ],
)
@pytest.mark.parametrize("action", ["offload", "restore", "hold", "exclude"])
async def test_an_action_on_no_appliance_is_refused(house: House, action: str, target: dict[str, Any]) -> None:
    if "device_id" in target:
        target = {"device_id": device_of(house, INTERNAL_ID)}
    data: dict[str, Any] = {"duration": {"minutes": 5}} if action == "hold" else {}
    with pytest.raises(ServiceValidationError) as raised:
        await ask(house.hass, action, **target, **data)
    assert raised.value.translation_key == "no_appliance_targeted"


# Offload and restore -------------------------------------------------------------------------------------------------


async def test_an_offload_on_request_lasts_until_it_is_asked_back(house: House) -> None:
    hass = house.hass
    await ask(hass, "offload", entity_id="input_boolean.tank")
    assert not is_on(hass, "tank")
    await house.speak(3, Power(500.0))
    assert house.state("status", "load_tank").state == "offloaded"
    assert house.state("reason", "load_tank").state == "manual"
    await ask(hass, "restore", entity_id="input_boolean.tank")
    assert is_on(hass, "tank")
    await house.tick()
    assert house.state("status", "load_tank").state in {"recovering", "held"}


async def test_restore_all_gives_back_what_fits(house: House) -> None:
    hass = house.hass
    await ask(hass, "offload", entity_id=["input_boolean.tank", "input_boolean.heater"])
    assert not is_on(hass, "tank")
    # The meter must show the cut before anything is counted on again.
    async with asyncio.timeout(30):
        while house.runtime.arbiter._desk.flights:
            await asyncio.sleep(0.1)
            await house.speak(1, Power(500.0))
    await ask(hass, "restore_all", config_entry_id=house.entry.entry_id)
    assert is_on(hass, "tank")
    assert is_on(hass, "heater")


async def test_what_one_appliance_refuses_does_not_spare_the_others(house: House) -> None:
    hass = house.hass
    await hass.services.async_call("input_boolean", "turn_off", {"entity_id": "input_boolean.heater"}, blocking=True)
    await hass.async_block_till_done()
    with pytest.raises(HomeAssistantError) as raised:
        await ask(hass, "offload", entity_id=["input_boolean.heater", "input_boolean.tank"])
    assert raised.value.translation_key == "offload_refused"
    assert raised.value.translation_placeholders == {"name": "Load_Heater"}
    await hass.async_block_till_done()
    assert not is_on(hass, "tank")


async def test_an_unavailable_appliance_cannot_be_returned(house: House) -> None:
    hass = house.hass
    await ask(hass, "offload", entity_id="input_boolean.tank")
    hass.states.async_set("input_boolean.tank", "unavailable")
    await hass.async_block_till_done()
    with pytest.raises(HomeAssistantError) as raised:
        await ask(hass, "restore", entity_id="input_boolean.tank")
    assert raised.value.translation_key == "restore_unavailable"


@pytest.mark.parametrize("action", ["offload", "restore", "restore_all"])
async def test_nothing_is_touched_while_the_mode_is_off(house: House, action: str) -> None:
    await house.runtime.async_set_mode(OffloadMode.OFF)
    target: dict[str, Any] = {} if action == "restore_all" else {"entity_id": "input_boolean.tank"}
    with pytest.raises(ServiceValidationError) as raised:
        await ask(house.hass, action, **target)
    assert raised.value.translation_key == "mode_is_off"
    assert is_on(house.hass, "tank")


@pytest.mark.parametrize(
    "duration",
    [
        pytest.param({"seconds": 0}, id="none at all"),
        pytest.param({"days": 8}, id="more than a week"),
        pytest.param("soon", id="no duration"),
    ],
)
async def test_a_duration_that_makes_no_sense_is_refused(house: House, duration: Any) -> None:
    with pytest.raises(probatio.Invalid):
        await ask(house.hass, "hold", entity_id="input_boolean.tank", duration=duration)


# Hold, exclude, include ----------------------------------------------------------------------------------------------


async def test_a_hold_is_shown_and_spares_the_appliance(house: House) -> None:
    hass = house.hass
    await ask(hass, "hold", entity_id="input_boolean.heater", duration={"hours": 2})
    await house.tick()
    assert house.state("status", "load_heater").state == "held"
    left = house.runtime.report.loads["load_heater"].held_until
    assert left is not None
    assert left - hass.loop.time() == pytest.approx(7200, abs=60)


async def test_an_excluded_appliance_returns_and_is_spared_until_it_is_included(house: House) -> None:
    hass = house.hass
    await ask(hass, "offload", entity_id="input_boolean.tank")
    await ask(hass, "exclude", entity_id="input_boolean.tank")
    assert is_on(hass, "tank")
    assert house.runtime.report.loads["load_tank"].excluded_until == float("inf")
    await ask(hass, "include", config_entry_id=house.entry.entry_id)
    assert house.runtime.report.loads["load_tank"].excluded_until is None


async def test_one_appliance_is_included_alone(house: House) -> None:
    hass = house.hass
    await ask(hass, "exclude", entity_id=["input_boolean.tank", "input_boolean.heater"], duration={"hours": 1})
    await ask(hass, "include", entity_id="input_boolean.tank")
    loads = house.runtime.report.loads
    assert loads["load_tank"].excluded_until is None
    assert loads["load_heater"].excluded_until is not None


async def test_requests_and_history_outlive_a_restart(house: House) -> None:
    hass = house.hass
    await ask(hass, "offload", entity_id="input_boolean.tank", duration={"hours": 1})
    await ask(hass, "exclude", entity_id="input_boolean.heater", duration={"hours": 1})
    assert await hass.config_entries.async_unload(house.entry.entry_id)
    assert not is_on(hass, "tank")
    await house.set_up()
    await house.speak(4, Power(500.0))
    assert house.state("status", "load_tank").state == "offloaded"
    assert house.state("reason", "load_heater").state == "excluded"
    left = datetime.fromisoformat(house.state("next_transition", "load_tank").state) - dt_util.utcnow()
    assert timedelta(minutes=59) < left <= timedelta(hours=1)
    events = (await ask(hass, "get_history", response=True))["events"]
    assert [event["type"] for event in events] == [EventType.OFFLOADED]


# Turns ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("named", [True, False], ids=["the coordinator named", "all those of the meter"])
async def test_only_coordinators_that_take_turns_pass_the_turn_on(house: House, named: bool) -> None:
    hass = house.hass
    target: dict[str, Any] = (
        {"device_id": device_of(house, COORDINATOR_ID)} if named else {"config_entry_id": house.entry.entry_id}
    )
    with pytest.raises(ServiceValidationError) as raised:
        await ask(hass, "rotate", **target)
    assert raised.value.translation_key == "nothing_takes_turns"

    subentry = house.entry.subentries[COORDINATOR_ID]
    hass.config_entries.async_update_subentry(
        house.entry, subentry, data={**subentry.data, "strategy": "cascade_cyclic"}
    )
    await hass.async_block_till_done()
    await house.speak(2, Power(500.0))
    await ask(hass, "rotate", **target)


async def test_a_rotation_aimed_at_nothing_of_ours_is_refused(house: House) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await ask(house.hass, "rotate", entity_id="input_boolean.elsewhere")
    assert raised.value.translation_key == "no_coordinator_targeted"


# Simulate ------------------------------------------------------------------------------------------------------------


async def test_a_simulation_tells_what_would_go_and_why_and_touches_nothing(house: House) -> None:
    hass = house.hass
    answer = await ask(hass, "simulate", response=True, power=6900)
    assert answer["power"] == 6900
    assert answer["need"] >= 900
    assert answer["missing"] == 0
    assert answer["reason"] != "none"
    assert answer["offloaded"]
    assert {one["load_id"] for one in [*answer["offloaded"], *answer["kept"]]} == {"load_heater", "load_tank"}
    assert all(one["va"] in {1000, 2000} for one in answer["offloaded"])
    assert is_on(hass, "tank")
    assert is_on(hass, "heater")
    assert house.runtime.history.events() == []


async def test_a_simulation_below_the_threshold_needs_nothing(house: House) -> None:
    answer = await ask(house.hass, "simulate", response=True, power=1000, config_entry_id=house.entry.entry_id)
    assert answer["need"] == 0
    assert answer["offloaded"] == []


async def test_a_meter_that_never_spoke_cannot_be_simulated(hass: HomeAssistant) -> None:
    await House.start(hass, SimulatedMeter(), coordinator(LOADS), frames=0)
    with pytest.raises(HomeAssistantError) as raised:
        await ask(hass, "simulate", response=True, power=9000)
    assert raised.value.translation_key == "meter_unknown"


# History -------------------------------------------------------------------------------------------------------------


async def test_the_history_tells_events_with_zoned_times_and_durations(house: House) -> None:
    hass = house.hass
    before = dt_util.now() - timedelta(seconds=2)
    await ask(hass, "offload", entity_id="input_boolean.tank")
    await ask(hass, "restore", entity_id="input_boolean.tank")
    events = (await ask(hass, "get_history", response=True))["events"]
    assert [event["type"] for event in events] == [EventType.OFFLOADED, EventType.RESTORED]
    for event in events:
        time = dt_util.parse_datetime(event["time"], raise_on_error=True)
        assert time.utcoffset() == dt_util.now().utcoffset()
        assert before <= time <= dt_util.now()
        assert event["load"] == "Load_Tank"
        assert event["load_id"] == "load_tank"
        assert event["coordinator"] == "Home"
        assert event["reason"] == "manual"
        assert event["trip_margin"] is not None
    assert events[0]["duration"] is None
    assert events[1]["duration"] >= 0


async def test_the_history_is_filtered(house: House) -> None:
    hass = house.hass
    await ask(hass, "offload", entity_id=["input_boolean.tank", "input_boolean.heater"])

    async def told(**fields: Any) -> list[str | None]:
        events = (await ask(hass, "get_history", response=True, **fields))["events"]
        return [event["load_id"] for event in events if event["type"] == EventType.OFFLOADED]

    assert set(await told()) == {"load_tank", "load_heater"}
    assert await told(entity_id="input_boolean.tank") == ["load_tank"]
    assert len(await told(limit=1)) <= 1
    assert await told(since=(dt_util.now() + timedelta(hours=1)).isoformat()) == []
    # Without a zone, it is the time of the home.
    assert await told(since=(dt_util.now() + timedelta(hours=1)).replace(tzinfo=None).isoformat()) == []
    assert len(await told(since=(dt_util.now() - timedelta(hours=1)).isoformat())) == 2
