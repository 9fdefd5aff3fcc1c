"""A loaded entry at work: from the bytes of a meter to the plugs of a home."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from homeassistant.const import EVENT_CALL_SERVICE
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockUser, async_capture_events

from custom_components.linky_offload.announcer import Update
from custom_components.linky_offload.const import DOMAIN
from custom_components.linky_offload.meter import Quantity
from custom_components.linky_offload.notices import suspect_issue_id
from custom_components.linky_offload.offload import EventType, LoadSettings, LoadStatus, OffloadEvent, OffloadMode
from custom_components.linky_offload.runtime import LinkyRuntime
from custom_components.linky_offload.settings import arbiter_settings

from .common import (
    COORDINATOR_ID,
    PtyMeter,
    flow,
    hear,
    line_of,
    load,
    meter_entry,
    new_subentry,
    set_up,
    standard_frame,
    state_of,
    until,
)

HEATER = "input_boolean.heater"
BOILER = "input_boolean.boiler"
POWER = "sensor.heater_power"
QUICK: Mapping[str, Any] = {"minimum_off": 0, "minimum_on": 0}
HEATER_LOAD = load("heater", HEATER, power_source="measured", power_sensor=POWER, **QUICK)
BOILER_LOAD = load("boiler", BOILER, power_source="declared", declared_va=2000, **QUICK)


@pytest.fixture(autouse=True)
async def plugs(hass: HomeAssistant) -> None:
    """Two plugs, both on; one measures what its heater draws."""
    assert await async_setup_component(hass, "homeassistant", {})
    switches = {name.partition(".")[2]: {"initial": True} for name in (HEATER, BOILER)}
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": switches})
    hass.states.async_set(POWER, "2000", {"unit_of_measurement": "W"})


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loads return as soon as there is room: the patience is the arbiter's own, and tested there."""
    monkeypatch.setattr(
        "custom_components.linky_offload.runtime.arbiter_settings",
        lambda options, phases: replace(arbiter_settings(options, phases), start_grace_s=0, verify_s=0),
    )
    monkeypatch.setattr("custom_components.linky_offload.offload.overload.SOURCE_LAG_S", 0.2)


async def cut(hass: HomeAssistant, meter: PtyMeter, runtime: LinkyRuntime) -> None:
    """Overload the meter until the heater is off; the meter then shows it."""
    await hear(hass, meter, runtime, 4000)
    meter.standard(7000)
    await until(hass, lambda: state_of(hass, HEATER) == "off", "the heater is cut")
    await hear(hass, meter, runtime, 5000)


async def make_room(hass: HomeAssistant, meter: PtyMeter) -> None:
    """Let the rest of the home draw little until the heater is back."""
    await flow(hass, meter, 500, lambda: state_of(hass, HEATER) == "on", "the heater is back")


async def test_an_overload_cuts_the_first_load_and_room_brings_it_back(
    hass: HomeAssistant, pty_meter: PtyMeter
) -> None:
    runtime = await set_up(hass, meter_entry(pty_meter.port, [HEATER_LOAD, BOILER_LOAD]))
    events: list[OffloadEvent] = []
    runtime.subscribe_events(events.append)

    await cut(hass, pty_meter, runtime)

    assert state_of(hass, BOILER) == "on"
    assert runtime.report.loads["heater"].status is LoadStatus.OFFLOADED
    assert list(runtime.journal.intents) == ["heater"]
    await make_room(hass, pty_meter)
    assert not runtime.journal.intents
    told = [event.type for event in events]
    assert told.index(EventType.OVERLOAD_STARTED) < told.index(EventType.OFFLOADED) < told.index(EventType.RESTORED)


async def test_the_meter_is_told_what_a_cut_load_drew(
    hass: HomeAssistant, pty_meter: PtyMeter, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = await set_up(hass, meter_entry(pty_meter.port, [HEATER_LOAD, BOILER_LOAD]))
    shed: list[Mapping[int, float]] = []
    monkeypatch.setattr(runtime.meter, "shed", lambda shed_va, _now: shed.append(dict(shed_va)))

    await cut(hass, pty_meter, runtime)

    assert shed == [{1: 2000.0}]


async def test_an_order_leaves_in_the_turn_in_which_its_group_was_read_and_entities_are_told_afterwards(
    hass: HomeAssistant, pty_meter: PtyMeter
) -> None:
    runtime = await set_up(hass, meter_entry(pty_meter.port, [HEATER_LOAD], options={}))
    await hear(hass, pty_meter, runtime, 7000)
    await runtime.journal.async_written()
    happened: list[str] = []
    hass.bus.async_listen(EVENT_CALL_SERVICE, callback(lambda event: happened.append(event.data["service"])))
    runtime.subscribe(lambda update: happened.append(update.cause))

    # As the event loop would call it: nothing is awaited in between. At 24 kVA a trip is due within seconds; a current
    # far above the contract is believed at its repetition.
    line_of(runtime)._received(standard_frame(24_000) + frame_until(standard_frame(24_000), b"SINSTS"))

    assert happened[:2] == ["turn_off", "reading"]
    await hass.async_block_till_done()
    assert state_of(hass, HEATER) == "off"


def frame_until(frame: bytes, label: bytes) -> bytes:
    """A frame cut right after the CR of a group."""
    return frame[: frame.index(b"\r", frame.index(label)) + 1]


@pytest.mark.parametrize(
    ("by_person", "then"),
    [
        pytest.param(True, LoadStatus.HELD, id="a person is respected"),
        pytest.param(False, LoadStatus.OFFLOADED, id="an automation waits for room"),
    ],
)
async def test_a_cut_load_that_is_switched_on(
    hass: HomeAssistant, pty_meter: PtyMeter, hass_admin_user: MockUser, by_person: bool, then: LoadStatus
) -> None:
    runtime = await set_up(hass, meter_entry(pty_meter.port, [HEATER_LOAD]))
    await cut(hass, pty_meter, runtime)

    context = Context(user_id=hass_admin_user.id) if by_person else Context(parent_id=Context().id)
    await hass.services.async_call("input_boolean", "turn_on", {"entity_id": HEATER}, blocking=True, context=context)
    await hass.async_block_till_done()

    assert runtime.report.loads["heater"].status is then
    assert state_of(hass, HEATER) == ("on" if by_person else "off")


async def test_a_cut_load_that_is_switched_off_by_its_owner_stays_off(
    hass: HomeAssistant, pty_meter: PtyMeter, hass_admin_user: MockUser
) -> None:
    runtime = await set_up(hass, meter_entry(pty_meter.port, [HEATER_LOAD]))
    await cut(hass, pty_meter, runtime)

    # Its state does not change by this.
    await hass.services.async_call(
        "homeassistant",
        "turn_off",
        {"entity_id": HEATER},
        blocking=True,
        context=Context(user_id=hass_admin_user.id),
    )
    await hear(hass, pty_meter, runtime, 500)
    await asyncio.sleep(0.6)
    await hear(hass, pty_meter, runtime, 501)

    assert state_of(hass, HEATER) == "off"
    assert runtime.report.loads["heater"].wanted is False
    assert not runtime.journal.intents


async def test_observe_mode_decides_and_touches_nothing(hass: HomeAssistant, pty_meter: PtyMeter) -> None:
    runtime = await set_up(hass, meter_entry(pty_meter.port, [HEATER_LOAD]))
    events: list[OffloadEvent] = []
    runtime.subscribe_events(events.append)
    await runtime.async_set_mode(OffloadMode.OBSERVE)

    await hear(hass, pty_meter, runtime, 4000)
    await hear(hass, pty_meter, runtime, 7000)

    decided = [event for event in events if event.type is EventType.OFFLOADED]
    assert [(event.load_id, event.observed) for event in decided] == [("heater", True)]
    assert state_of(hass, HEATER) == "on"
    assert not runtime.journal.intents


async def test_leaving_automatic_gives_back_and_is_remembered_over_a_reload(
    hass: HomeAssistant, pty_meter: PtyMeter
) -> None:
    entry = meter_entry(pty_meter.port, [HEATER_LOAD])
    runtime = await set_up(hass, entry)
    await cut(hass, pty_meter, runtime)

    await runtime.async_set_mode(OffloadMode.OFF)
    await make_room(hass, pty_meter)

    assert await hass.config_entries.async_reload(entry.entry_id)
    assert entry.runtime_data.mode is OffloadMode.OFF
    assert entry.runtime_data.report.mode is OffloadMode.OFF


async def test_a_reload_switches_nothing_and_the_load_returns_afterwards(
    hass: HomeAssistant, pty_meter: PtyMeter
) -> None:
    entry = meter_entry(pty_meter.port, [HEATER_LOAD])
    runtime = await set_up(hass, entry)
    await cut(hass, pty_meter, runtime)
    calls = async_capture_events(hass, EVENT_CALL_SERVICE)

    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()

    assert calls == []
    runtime = entry.runtime_data
    assert runtime.report.loads["heater"].status is LoadStatus.OFFLOADED
    await make_room(hass, pty_meter)
    assert not runtime.journal.intents


async def test_a_load_that_leaves_the_configuration_while_cut_is_given_back(
    hass: HomeAssistant, pty_meter: PtyMeter
) -> None:
    entry = meter_entry(pty_meter.port, [HEATER_LOAD, BOILER_LOAD])
    runtime = await set_up(hass, entry)
    await cut(hass, pty_meter, runtime)

    subentry = entry.subentries[COORDINATOR_ID]
    hass.config_entries.async_update_subentry(entry, subentry, data={**subentry.data, "loads": [BOILER_LOAD]})
    await hass.async_block_till_done()

    assert entry.runtime_data is runtime, "nothing was reloaded"
    await make_room(hass, pty_meter)
    assert not runtime.journal.intents
    assert list(runtime.actuators) == ["boiler"], "it is nobody's any more"


async def test_a_load_that_left_while_cut_is_given_back_even_after_a_restart(
    hass: HomeAssistant, pty_meter: PtyMeter
) -> None:
    entry = meter_entry(pty_meter.port, [HEATER_LOAD])
    runtime = await set_up(hass, entry)
    await cut(hass, pty_meter, runtime)

    assert hass.config_entries.async_remove_subentry(entry, COORDINATOR_ID)
    await hass.async_block_till_done()
    assert await hass.config_entries.async_reload(entry.entry_id)

    assert state_of(hass, HEATER) == "off"
    await make_room(hass, pty_meter)
    runtime = entry.runtime_data
    assert not runtime.journal.intents
    assert not runtime.actuators, "it is nobody's any more"

    # What was found at the start is not taken up again by a later change of the settings.
    await flow(hass, pty_meter, 500, lambda: "heater" not in runtime.report.loads, "the load is forgotten")
    hass.config_entries.async_add_subentry(entry, new_subentry([BOILER_LOAD]))
    await hass.async_block_till_done()
    assert list(runtime.report.loads) == ["boiler"]


async def test_a_coordinator_added_later_is_served_without_a_reload(hass: HomeAssistant, pty_meter: PtyMeter) -> None:
    entry = meter_entry(pty_meter.port)
    runtime = await set_up(hass, entry)
    await hear(hass, pty_meter, runtime, 4000)

    hass.config_entries.async_add_subentry(entry, new_subentry([HEATER_LOAD]))
    await hass.async_block_till_done()

    assert entry.runtime_data is runtime
    await cut(hass, pty_meter, runtime)


async def test_changed_options_are_applied_without_a_reload(hass: HomeAssistant, pty_meter: PtyMeter) -> None:
    entry = meter_entry(pty_meter.port, [HEATER_LOAD])
    runtime = await set_up(hass, entry)
    await hear(hass, pty_meter, runtime, 4000)
    assert runtime.report.threshold_va == 6000

    hass.config_entries.async_update_entry(entry, options={"profile": "strict", "contract_power": 9, "adjustment": -10})
    await hass.async_block_till_done()
    await hear(hass, pty_meter, runtime, 4100)

    assert entry.runtime_data is runtime
    assert runtime.report.threshold_va == pytest.approx(8100)


async def test_quantities_and_updates_are_told_to_subscribers(hass: HomeAssistant, pty_meter: PtyMeter) -> None:
    runtime = await set_up(hass, meter_entry(pty_meter.port))
    seen: set[Quantity] = set()
    updates: list[Update] = []
    stop_quantities = runtime.subscribe_new_quantities(seen.update)
    stop_updates = runtime.subscribe(updates.append)

    await hear(hass, pty_meter, runtime, 800)

    # An index is believed at its repetition.
    await flow(hass, pty_meter, 800, lambda: Quantity.IMPORT_TOTAL in seen, "an index")
    assert {Quantity.APPARENT_POWER, Quantity.CONTRACT_POWER} <= seen == runtime.quantities
    assert updates[0].immediate, "the line came alive"
    stop_quantities()
    stop_updates()
    count = len(updates)
    await hear(hass, pty_meter, runtime, 900)
    assert len(updates) == count


# Suspects -------------------------------------------------------------------------------------------------------------


async def test_a_load_that_does_not_obey_is_told_until_it_does(
    hass: HomeAssistant, pty_meter: PtyMeter, issue_registry: ir.IssueRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.linky_offload.settings.LoadSettings", partial(LoadSettings, obey_s=0.2))
    runtime = await set_up(hass, meter_entry(pty_meter.port, [load("deaf", "switch.deaf", **QUICK)]))
    hass.states.async_set("switch.deaf", "on")
    await hear(hass, pty_meter, runtime, 4000)
    pty_meter.standard(7000)

    def told() -> bool:
        return issue_registry.async_get_issue(DOMAIN, suspect_issue_id("deaf")) is not None

    await flow(hass, pty_meter, 7000, told, "the issue")
    assert runtime.report.loads["deaf"].status is LoadStatus.SUSPECT

    # Late, but it obeys: our own order, confirmed by the device itself.
    hass.states.async_set("switch.deaf", "off")
    await until(hass, lambda: not told(), "the end of the issue")
    assert list(runtime.journal.intents) == ["deaf"]


async def test_the_hour_of_the_day_is_followed(
    hass: HomeAssistant, pty_meter: PtyMeter, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = datetime(2026, 1, 15, 18, 59, 30, tzinfo=UTC)
    monkeypatch.setattr("custom_components.linky_offload.runtime.dt_util.now", lambda: clock)
    entry = meter_entry(pty_meter.port)
    runtime = await set_up(hass, entry)
    await hear(hass, pty_meter, runtime, 800)

    clock += timedelta(minutes=1)
    runtime._clock._read_at -= 60
    await hear(hass, pty_meter, runtime, 900)

    assert set(runtime.arbiter.habits.dump()) == {"18", "19"}
