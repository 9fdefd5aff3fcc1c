"""The switches of offload coordinators and of their loads."""

from homeassistant.components.switch.const import DOMAIN as SWITCH_DOMAIN
from homeassistant.const import ATTR_ENTITY_ID, SERVICE_TURN_OFF, SERVICE_TURN_ON, STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant

from simulator.meter import SimulatedMeter

from .common import COORDINATOR_ID, coordinator
from .entity_house import LOADS, House


async def test_the_switch_writes_the_setting_and_the_arbiter_follows_without_a_reload(hass: HomeAssistant) -> None:
    hass.states.async_set("input_boolean.tank", "on")
    house = await House.start(hass, SimulatedMeter(), coordinator(LOADS))
    runtime = house.runtime
    assert house.state("next_load", COORDINATOR_ID).state == "Load_Tank"
    for service, state, next_load in (
        (SERVICE_TURN_OFF, STATE_OFF, "unknown"),
        (SERVICE_TURN_ON, STATE_ON, "Load_Tank"),
    ):
        target = {ATTR_ENTITY_ID: house.entity_id("enabled", COORDINATOR_ID)}
        await hass.services.async_call(SWITCH_DOMAIN, service, target, blocking=True)
        await house.tick()
        assert house.state("enabled", COORDINATOR_ID).state == state
        assert house.entry.subentries[COORDINATOR_ID].data["enabled"] is (state == STATE_ON)
        assert house.entry.subentries[COORDINATOR_ID].data["loads"] == LOADS
        assert house.state("next_load", COORDINATOR_ID).state == next_load
    assert house.runtime is runtime


async def test_the_switch_follows_the_form(hass: HomeAssistant) -> None:
    house = await House.start(hass, SimulatedMeter(), coordinator(LOADS))
    subentry = house.entry.subentries[COORDINATOR_ID]
    hass.config_entries.async_update_subentry(house.entry, subentry, data={**subentry.data, "enabled": False})
    await house.tick()
    assert house.state("enabled", COORDINATOR_ID).state == STATE_OFF


async def test_an_appliance_that_may_not_be_offloaded_is_never_next_and_the_switch_writes_it(
    hass: HomeAssistant,
) -> None:
    hass.states.async_set("input_boolean.tank", "on")
    house = await House.start(hass, SimulatedMeter(), coordinator(LOADS))
    assert house.state("allowed", "load_tank").state == STATE_ON
    for service, state, next_load in (
        (SERVICE_TURN_OFF, STATE_OFF, "unknown"),
        (SERVICE_TURN_ON, STATE_ON, "Load_Tank"),
    ):
        target = {ATTR_ENTITY_ID: house.entity_id("allowed", "load_tank")}
        await hass.services.async_call(SWITCH_DOMAIN, service, target, blocking=True)
        await house.tick()
        assert house.state("allowed", "load_tank").state == state
        loads = house.entry.subentries[COORDINATOR_ID].data["loads"]
        assert loads == [LOADS[0], {**LOADS[1], "allowed": state == STATE_ON}]
        assert house.state("next_load", COORDINATOR_ID).state == next_load
    assert house.state("allowed", "load_heater").state == STATE_ON
