"""What the arbiter decides, as events of the meter."""

import math

from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event
import pytest

from custom_components.linky_offload.offload import EventType, OffloadEvent, Reason
from simulator.meter import SimulatedMeter
from simulator.power import Power

from .common import COORDINATOR_ID, coordinator
from .entity_house import LOADS, House


async def test_an_overload_that_nothing_can_help_is_told_with_its_numbers(hass: HomeAssistant) -> None:
    house = await House.start(hass, SimulatedMeter())
    seen: list[str] = []

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        new = event.data["new_state"]
        assert new is not None
        seen.append(new.attributes["event_type"])

    async_track_state_change_event(hass, house.entity_id("decision") or "", note)
    await house.speak(1, Power(7000.0))
    assert seen[0] == "overload_started"
    attributes = house.state("decision").attributes
    assert attributes["load"] is None
    assert attributes["observed"] is False
    assert attributes["seconds_to_trip"] == 900


@pytest.mark.parametrize("event_type", EventType)
async def test_every_kind_of_event_can_be_told(hass: HomeAssistant, event_type: EventType) -> None:
    house = await House.start(hass, SimulatedMeter(), coordinator(LOADS), frames=0)
    house.runtime.tell_event(OffloadEvent(type=event_type, at=0.0))
    assert house.state("decision").attributes["event_type"] == event_type


async def test_an_event_tells_which_load_why_and_how_near_the_trip_was(hass: HomeAssistant) -> None:
    house = await House.start(hass, SimulatedMeter(), coordinator(LOADS))
    house.runtime.tell_event(
        OffloadEvent(
            type=EventType.OFFLOADED,
            at=12.0,
            load_id="load_tank",
            coordinator_id=COORDINATOR_ID,
            reason=Reason.PREDICTED_TRIP,
            va=1999.6,
            phase=1,
            trip_margin=0.129,
            seconds_to_trip=14.9,
        )
    )
    attributes = dict(house.state("decision").attributes)
    for added_by_home_assistant in ("event_types", "friendly_name"):
        del attributes[added_by_home_assistant]
    assert attributes == {
        "event_type": "offloaded",
        "load": "Load_Tank",
        "load_id": "load_tank",
        "coordinator": "Home",
        "reason": "predicted_trip",
        "va": 2000,
        "phase": 1,
        "trip_margin": 12,
        "seconds_to_trip": 14,
        "observed": False,
    }


async def test_unknown_figures_are_none_and_never_zero(hass: HomeAssistant) -> None:
    house = await House.start(hass, SimulatedMeter())
    house.runtime.tell_event(OffloadEvent(type=EventType.DEGRADED, at=0.0, reason=Reason.METER_SILENT))
    attributes = house.state("decision").attributes
    for figure in ("va", "phase", "trip_margin", "seconds_to_trip", "load", "load_id", "coordinator"):
        assert attributes[figure] is None


async def test_two_events_of_one_moment_are_two_states(hass: HomeAssistant) -> None:
    house = await House.start(hass, SimulatedMeter())
    house.runtime.tell_event(OffloadEvent(type=EventType.OVERLOAD_STARTED, at=0.0, seconds_to_trip=math.inf))
    first = house.state("decision").state
    house.runtime.tell_event(OffloadEvent(type=EventType.OVERLOAD_STARTED, at=0.0, seconds_to_trip=math.inf))
    assert house.state("decision").state > first


async def test_events_are_told_while_the_meter_is_silent(hass: HomeAssistant) -> None:
    house = await House.start(hass, SimulatedMeter())
    await house.lose_line()
    assert house.state("decision").attributes["event_type"] == "degraded"
