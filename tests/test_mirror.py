"""Our states told to others as a plug with Plug Offload would: at each change, again and again, and as a whole."""

from datetime import timedelta
import json
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from custom_components.linky_offload.bridges.offload_plug import OffloadPlug, Stage
from custom_components.linky_offload.bridges.plug_topics import PlugTopics
from custom_components.linky_offload.mirror import stage_of
from custom_components.linky_offload.offload import LoadStatus, Reason

from .common import PtyMeter, hear, load, meter_entry, set_up, until

TOPIC = "linky_offload/heater/tele/SENSOR"
WILL = "linky_offload/heater/tele/LWT"


@pytest.fixture(autouse=True)
def expected_lingering_timers() -> bool:
    """The pretended broker leaves one behind."""
    return True


def published(client: MqttMockHAClient, topic: str) -> list[Any]:
    """What was published on a topic."""
    payloads = [call.args[1] for call in client.async_publish.call_args_list if call.args[0] == topic]
    return [json.loads(payload) if payload[:1] in {b"{", "{"} else payload for payload in payloads]


def ours(client: MqttMockHAClient) -> list[str]:
    topics = [call.args[0] for call in client.async_publish.call_args_list]
    return [topic for topic in topics if topic.startswith("linky_offload")]


@pytest.fixture
async def entry(hass: HomeAssistant, mqtt_mock: MqttMockHAClient, pty_meter: PtyMeter) -> MockConfigEntry:
    """A heater of 2 kVA under a meter of 6 kVA, published."""
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": {"heater": {"initial": True}}})
    heater = load("heater", "input_boolean.heater", power_source="declared", declared_va=2000, phase="1", delay_after=7)
    entry = meter_entry(pty_meter.port, [heater], options={"profile": "strict", "own_states": True})
    await set_up(hass, entry)
    return entry


async def ticks(hass: HomeAssistant, count: int, start: int = 0) -> None:
    """Let so many rounds of five seconds go by."""
    for number in range(start + 1, start + count + 1):
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=5.1 * number))
        await hass.async_block_till_done()


async def test_it_says_that_it_is_there_and_how_it_is_set(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, entry: MockConfigEntry, pty_meter: PtyMeter
) -> None:
    await hear(hass, pty_meter, entry.runtime_data, 1500)
    assert published(mqtt_mock, WILL) == [b"Online"]
    [will] = [call for call in mqtt_mock.async_publish.call_args_list if call.args[0] == WILL]
    assert will.args[3] is True, "the broker keeps it"
    first = published(mqtt_mock, TOPIC)[0]
    assert first["Offload"].items() >= {"State": "OFF", "Stage": 0, "Phase": 1, "After": 7, "Adjust": 0}.items()
    assert len(first["Time"]) == len("2026-11-20T12:00:00")


async def test_a_cut_is_said_at_once_and_five_times_more(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, entry: MockConfigEntry, pty_meter: PtyMeter
) -> None:
    await hear(hass, pty_meter, entry.runtime_data, 1500)
    mqtt_mock.async_publish.reset_mock()
    await hear(hass, pty_meter, entry.runtime_data, 7500)
    await until(hass, lambda: {"Offload": {"State": "ON", "Stage": 2}} in published(mqtt_mock, TOPIC), "the cut")
    mqtt_mock.async_publish.reset_mock()
    await ticks(hass, 8)
    assert published(mqtt_mock, TOPIC) == [{"Offload": {"State": "ON", "Stage": 2}}] * 5


async def test_the_whole_is_said_every_five_minutes(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, entry: MockConfigEntry, pty_meter: PtyMeter
) -> None:
    await hear(hass, pty_meter, entry.runtime_data, 1500)
    mqtt_mock.async_publish.reset_mock()
    await ticks(hass, 60)
    [told] = published(mqtt_mock, TOPIC)
    assert told["Offload"].items() >= {"Device": 2000, "Max": 6000, "Contract": 6000}.items()


async def test_what_is_said_is_read_by_whoever_reads_such_plugs(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, entry: MockConfigEntry, pty_meter: PtyMeter
) -> None:
    await hear(hass, pty_meter, entry.runtime_data, 1500)
    reader = OffloadPlug(PlugTopics("linky_offload/heater/%prefix%"))
    for call in mqtt_mock.async_publish.call_args_list:
        reader.take(call.args[0], call.args[1], retained=False)
    assert (reader.online, reader.state.stage, reader.state.phase, reader.counts) == (True, Stage.NONE, 1, {})


async def test_it_goes_with_the_option_and_with_the_entry(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, entry: MockConfigEntry, pty_meter: PtyMeter
) -> None:
    await hear(hass, pty_meter, entry.runtime_data, 1500)
    hass.config_entries.async_update_entry(entry, options={"profile": "strict"})
    await hass.async_block_till_done()
    assert published(mqtt_mock, WILL) == [b"Online", b"Offline"]
    mqtt_mock.async_publish.reset_mock()
    await hear(hass, pty_meter, entry.runtime_data, 7500)
    await ticks(hass, 3)
    assert ours(mqtt_mock) == []
    hass.config_entries.async_update_entry(entry, options={"own_states": True, "own_topic": "linky_offload/home"})
    await hass.async_block_till_done()
    assert published(mqtt_mock, "linky_offload/home/heater/tele/LWT") == [b"Online"]
    assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()
    assert published(mqtt_mock, "linky_offload/home/heater/tele/LWT") == [b"Online", b"Offline"]


async def test_it_goes_with_home_assistant(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, entry: MockConfigEntry, pty_meter: PtyMeter
) -> None:
    await hear(hass, pty_meter, entry.runtime_data, 1500)
    await hass.async_stop(force=True)
    assert published(mqtt_mock, WILL) == [b"Online", b"Offline"]


async def test_nothing_is_published_unless_it_is_wanted(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, pty_meter: PtyMeter
) -> None:
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": {"heater": {"initial": True}}})
    runtime = await set_up(hass, meter_entry(pty_meter.port, [load("heater", "input_boolean.heater")]))
    await hear(hass, pty_meter, runtime, 7500)
    assert ours(mqtt_mock) == []


async def test_two_appliances_of_one_name_have_a_topic_each(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, pty_meter: PtyMeter
) -> None:
    switches = {"a": {"initial": True}, "b": {"initial": True}}
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": switches})
    loads = [load(key, f"input_boolean.{key}", name="Été / Salle") for key in switches]
    runtime = await set_up(hass, meter_entry(pty_meter.port, loads, options={"own_states": True}))
    await hear(hass, pty_meter, runtime, 1500)
    wills = {topic for topic in ours(mqtt_mock) if topic.endswith("LWT")}
    assert wills == {"linky_offload/ete_salle/tele/LWT", "linky_offload/ete_salle_2/tele/LWT"}


@pytest.mark.parametrize(
    ("status", "reason", "stage"),
    [
        (LoadStatus.NORMAL, Reason.NONE, Stage.NONE),
        (LoadStatus.WAITING, Reason.DELAY_BEFORE, Stage.BEFORE),
        (LoadStatus.OFFLOADED, Reason.NO_ROOM, Stage.ACTIVE),
        (LoadStatus.OFFLOADED, Reason.DELAY_AFTER, Stage.AFTER),
        (LoadStatus.RECOVERING, Reason.ROOM, Stage.NONE),
        (LoadStatus.TURNED_DOWN, Reason.OVER_THRESHOLD, Stage.NONE),
        (LoadStatus.HELD, Reason.HAND, Stage.NONE),
        (LoadStatus.UNAVAILABLE, Reason.NONE, Stage.NONE),
    ],
)
def test_a_state_of_ours_is_a_stage(status: LoadStatus, reason: Reason, stage: Stage) -> None:
    assert stage_of(status, reason) is stage
