"""What the person wants done when an offload begins and when it ends."""

import asyncio
from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from custom_components.linky_offload.announcer import Announcer, Update, UpdateCause
from custom_components.linky_offload.offload import (
    EventType,
    LoadReport,
    LoadStatus,
    OffloadEvent,
    OffloadMode,
    Reason,
    Report,
)
from custom_components.linky_offload.sequences import Sequences, async_check

from .common import PtyMeter, flow, hear, load, meter_entry, set_up, state_of

BEGIN = {
    "event": "begun",
    "event_data": {
        "loads": "{{ loads }}",
        "ids": "{{ load_ids }}",
        "why": "{{ reason }}",
        "va": "{{ va }}",
        "phase": "{{ phase }}",
        "margin": "{{ trip_margin }}",
        "left": "{{ seconds_to_trip }}",
        "meter": "{{ meter }}",
    },
}
END = {"event": "ended", "event_data": {"loads": "{{ loads }}", "duration": "{{ duration }}"}}
OFFLOADED, TURNED_DOWN, NORMAL = LoadStatus.OFFLOADED, LoadStatus.TURNED_DOWN, LoadStatus.NORMAL


class Arbiter(Announcer):
    """Stands for the runtime: the test tells what happens."""

    def cut(self, *load_ids: str, at: float = 0.0, observed: bool = False) -> None:
        for load_id in load_ids:
            self.tell_event(
                OffloadEvent(
                    type=EventType.OFFLOADED,
                    at=at,
                    load_id=load_id,
                    reason=Reason.RESERVE,
                    va=1990.0,
                    phase=1,
                    trip_margin=0.25,
                    seconds_to_trip=12.0,
                    observed=observed,
                )
            )

    def show(self, **statuses: LoadStatus) -> None:
        report = self.report(**statuses)
        self.tell(Update(reading=None, report=report, immediate=False, cause=UpdateCause.DECISION))

    def report(self, **statuses: LoadStatus) -> Report:
        loads = {
            load_id: LoadReport(
                load_id=load_id,
                coordinator_id="c",
                status=status,
                reason=Reason.NONE,
                power_va=None,
                since=0,
                wanted=True,
            )
            for load_id, status in statuses.items()
        }
        return Report(mode=OffloadMode.AUTOMATIC, loads=MappingProxyType(loads))


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No order is under way that must leave first."""
    monkeypatch.setattr("custom_components.linky_offload.sequences.BEGIN_AFTER_S", 0.0)


def sequenced(hass: HomeAssistant, begin: Sequence[Any] = (BEGIN,), end: Sequence[Any] = (END,)) -> Arbiter:
    """An arbiter that the sequences of an entry follow."""
    entry = meter_entry(
        "/dev/tic",
        [load("heater", "switch.heater"), load("boiler", "switch.boiler")],
        options={"actions_begin": list(begin), "actions_end": list(end)},
    )
    entry.add_to_hass(hass)
    arbiter = Arbiter()
    entry.async_on_unload(Sequences(hass, entry).async_follow(arbiter))
    return arbiter


async def settle(hass: HomeAssistant) -> None:
    await asyncio.sleep(0.01)
    await hass.async_block_till_done(wait_background_tasks=True)


@pytest.mark.usefixtures("at_once")
async def test_the_beginning_knows_all_the_loads_of_the_first_cut_and_why(hass: HomeAssistant) -> None:
    begun = async_capture_events(hass, "begun")
    arbiter = sequenced(hass)
    arbiter.cut("heater", "boiler")
    arbiter.show(heater=OFFLOADED, boiler=OFFLOADED)
    await settle(hass)
    assert [event.data for event in begun] == [
        {
            "loads": ["Heater", "Boiler"],
            "ids": ["heater", "boiler"],
            "why": "reserve",
            "va": 1990,
            "phase": 1,
            "margin": 25,
            "left": 12,
            "meter": "Linky",
        }
    ]


@pytest.mark.usefixtures("at_once")
async def test_one_episode_has_one_beginning_and_one_end(hass: HomeAssistant) -> None:
    begun, ended = async_capture_events(hass, "begun"), async_capture_events(hass, "ended")
    arbiter = sequenced(hass)
    now = hass.loop.time()
    arbiter.cut("heater", at=now - 300)
    arbiter.show(heater=OFFLOADED, boiler=NORMAL)
    await settle(hass)
    arbiter.cut("boiler", at=now)
    arbiter.show(heater=OFFLOADED, boiler=TURNED_DOWN)
    arbiter.show(heater=NORMAL, boiler=TURNED_DOWN)
    await settle(hass)
    assert ended == []
    arbiter.show(heater=NORMAL, boiler=LoadStatus.RECOVERING)
    arbiter.show(heater=NORMAL, boiler=NORMAL)
    await settle(hass)
    assert len(begun) == 1
    assert [event.data["loads"] for event in ended] == [["Heater", "Boiler"]]
    assert 299 <= ended[0].data["duration"] <= 310
    arbiter.cut("boiler", at=now)
    await settle(hass)
    assert begun[1].data["loads"] == ["Boiler"]


@pytest.mark.usefixtures("at_once")
async def test_what_is_only_observed_begins_nothing(hass: HomeAssistant) -> None:
    begun = async_capture_events(hass, "begun")
    arbiter = sequenced(hass)
    arbiter.cut("heater", observed=True)
    arbiter.show(heater=NORMAL)
    await settle(hass)
    assert begun == []


@pytest.mark.usefixtures("at_once")
async def test_loads_that_were_cut_before_a_restart_have_only_their_end(hass: HomeAssistant) -> None:
    begun, ended = async_capture_events(hass, "begun"), async_capture_events(hass, "ended")
    arbiter = sequenced(hass)
    arbiter.show(heater=OFFLOADED, gone=OFFLOADED)
    await settle(hass)
    arbiter.show(heater=NORMAL, gone=NORMAL)
    await settle(hass)
    assert begun == []
    assert [event.data["loads"] for event in ended] == [["Heater"]]


@pytest.mark.parametrize(
    ("sequence", "told"),
    [
        pytest.param([{"event": 12, "no_such": "key"}], "cannot be run", id="no sequence at all"),
        pytest.param([{"action": "nowhere.nothing"}], "nowhere.nothing", id="an action that does not exist"),
        pytest.param(
            [{"event": "x", "event_data": {"y": "{{ 1 / 0 }}"}}], "division by zero", id="a template that fails"
        ),
    ],
)
@pytest.mark.usefixtures("at_once")
async def test_what_goes_wrong_is_told_and_stops_only_the_sequence(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture, sequence: list[Any], told: str
) -> None:
    ended = async_capture_events(hass, "ended")
    arbiter = sequenced(hass, sequence)
    arbiter.cut("heater")
    arbiter.show(heater=OFFLOADED)
    await settle(hass)
    assert told in caplog.text
    arbiter.show(heater=NORMAL)
    await settle(hass)
    assert len(ended) == 1


@pytest.mark.usefixtures("at_once")
async def test_without_sequences_nothing_is_run(hass: HomeAssistant) -> None:
    arbiter = sequenced(hass, (), ())
    arbiter.cut("heater")
    arbiter.show(heater=OFFLOADED)
    arbiter.show(heater=NORMAL)
    await settle(hass)


@pytest.mark.usefixtures("at_once")
async def test_a_sequence_that_waits_ends_with_the_entry(hass: HomeAssistant) -> None:
    begun = async_capture_events(hass, "begun")
    entry: MockConfigEntry = meter_entry("/dev/tic", options={"actions_begin": [{"delay": {"hours": 3}}, BEGIN]})
    entry.add_to_hass(hass)
    arbiter = Arbiter()
    stop = Sequences(hass, entry).async_follow(arbiter)
    arbiter.cut("heater")
    await hass.async_block_till_done()
    stop()
    await entry._async_process_on_unload(hass)
    await settle(hass)
    assert begun == []


@pytest.mark.usefixtures("at_once")
async def test_a_sequence_that_was_about_to_begin_does_not_when_the_entry_goes(hass: HomeAssistant) -> None:
    begun = async_capture_events(hass, "begun")
    entry = meter_entry("/dev/tic", options={"actions_begin": [BEGIN]})
    entry.add_to_hass(hass)
    arbiter = Arbiter()
    stop = Sequences(hass, entry).async_follow(arbiter)
    arbiter.cut("heater")
    stop()
    await settle(hass)
    assert begun == []


@pytest.mark.usefixtures("at_once")
async def test_when_home_assistant_stops_the_end_is_waited_for_if_everything_is_back(hass: HomeAssistant) -> None:
    begun, ended = async_capture_events(hass, "begun"), async_capture_events(hass, "ended")
    arbiter = Arbiter()
    entry = meter_entry(
        "/dev/tic", [load("heater", "switch.heater")], options={"actions_begin": [BEGIN], "actions_end": [END]}
    )
    entry.add_to_hass(hass)
    sequences = Sequences(hass, entry)
    sequences.async_follow(arbiter)
    await sequences.async_finish(arbiter.report(heater=NORMAL))
    assert ended == [], "nothing had begun"
    arbiter.cut("heater", at=hass.loop.time() - 60)
    await settle(hass)
    await sequences.async_finish(arbiter.report(heater=OFFLOADED))
    assert ended == [], "it is not back: the end comes after the next start"
    await sequences.async_finish(arbiter.report(heater=LoadStatus.RECOVERING))
    assert [event.data["loads"] for event in ended] == [["Heater"]]
    assert 59 <= ended[0].data["duration"] <= 70
    await sequences.async_finish(arbiter.report(heater=NORMAL))
    assert (len(begun), len(ended)) == (1, 1)


@pytest.mark.usefixtures("at_once")
async def test_a_long_sequence_does_not_hold_up_the_stop(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("custom_components.linky_offload.sequences.END_WAIT_S", 0.05)
    ended = async_capture_events(hass, "ended")
    arbiter = Arbiter()
    entry = meter_entry("/dev/tic", options={"actions_end": [END, {"delay": {"hours": 3}}, END]})
    entry.add_to_hass(hass)
    sequences = Sequences(hass, entry)
    sequences.async_follow(arbiter)
    arbiter.cut("heater")
    await settle(hass)
    await sequences.async_finish(arbiter.report())
    assert len(ended) == 1
    assert "cut short by the stop" in caplog.text


async def test_a_sequence_is_checked_as_the_form_gives_it(hass: HomeAssistant) -> None:
    assert await async_check(hass, [BEGIN, {"delay": 5}])


async def test_a_real_overload_cuts_first_and_then_runs_them(hass: HomeAssistant, pty_meter: PtyMeter) -> None:
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": {"heater": {"initial": True}}})
    told: list[str] = []

    async def notify(call: ServiceCall) -> None:
        told.append(f"{call.data['what']} is {state_of(hass, 'input_boolean.heater')}")

    hass.services.async_register("notify", "me", notify)
    entry = meter_entry(
        pty_meter.port,
        [load("heater", "input_boolean.heater", power_source="declared", declared_va=3000, minimum_on=0)],
        options={
            "profile": "strict",
            "actions_begin": [{"action": "notify.me", "data": {"what": "{{ loads | join }}"}}],
        },
    )
    runtime = await set_up(hass, entry)
    await hear(hass, pty_meter, runtime, 4000)
    await flow(hass, pty_meter, 7500, lambda: told, "the actions of the beginning")
    assert told == ["Heater is off"]
