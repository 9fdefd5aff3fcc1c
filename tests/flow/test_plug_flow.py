"""Adding a Tasmota plug that offloads by itself: found on the broker, or given by hand and heard."""

import asyncio
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_mqtt_message
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from custom_components.linky_offload.const import SUBENTRY_PLUG
from custom_components.linky_offload.flow import plug as plug_flow
from simulator.offload_plug import VERSIONS, OffloadPlug
from tests.common import heard_entry, set_up, until
from tests.plug_house import METER, PLUG_ID, PlugHouse, entry_with_plug, plug_subentry

from .steps import Result, shown


@pytest.fixture(autouse=True)
def expected_lingering_timers() -> bool:
    """The pretended broker leaves one behind."""
    return True


@pytest.fixture(autouse=True)
def short_listening(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plug_flow, "LISTEN_S", 0.4)
    monkeypatch.setattr(plug_flow, "ANSWER_S", 0.2)


@pytest.fixture
async def entry(hass: HomeAssistant, mqtt_mock: MqttMockHAClient) -> MockConfigEntry:
    entry = heard_entry("mqtt", METER)
    await set_up(hass, entry)
    return entry


async def add(hass: HomeAssistant, entry: MockConfigEntry, *plugs: PlugHouse) -> Result:
    """Open the form while the broker hands over what it had kept of the plugs."""
    subentries = hass.config_entries.subentries
    result: Result = await subentries.async_init((entry.entry_id, SUBENTRY_PLUG), context={"source": SOURCE_USER})
    if result["type"] is not FlowResultType.SHOW_PROGRESS:
        return result
    for _ in range(5):
        await asyncio.sleep(0.05)
        for plug in plugs:
            plug.say(plug.firmware.birth(), kept=True)
    await hass.async_block_till_done()
    return await subentries.async_configure(result["flow_id"])


async def answer(hass: HomeAssistant, result: Result, **answers: Any) -> Result:
    return await hass.config_entries.subentries.async_configure(result["flow_id"], answers)


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_plug_that_is_there_is_asked_found_and_added(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, entry: MockConfigEntry, version: str
) -> None:
    plug = PlugHouse(hass, mqtt_mock, OffloadPlug(version=version))
    result = await add(hass, entry, plug)
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "pick")
    assert plug.orders == ["STATUS 10"], "asked once, whatever is said again"
    options = next(iter(result["data_schema"].schema.values())).config["options"]
    assert options[0] == {
        "value": "delestage_A1B2C3/%prefix%",
        "label": f"delestage_A1B2C3 (version {version})",
    }
    result = await answer(hass, result, plug="delestage_A1B2C3/%prefix%", name=" Radiator ")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    [subentry] = entry.get_subentries_of_type(SUBENTRY_PLUG)
    assert (subentry.title, dict(subentry.data)) == ("Radiator", {"full_topic": "delestage_A1B2C3/%prefix%"})


async def test_other_devices_and_our_own_states_are_no_plugs(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, entry: MockConfigEntry
) -> None:
    hass.config_entries.async_update_entry(entry, options={"own_states": True, "own_topic": "linky_offload"})

    subentries = hass.config_entries.subentries
    result: Result = await subentries.async_init((entry.entry_id, SUBENTRY_PLUG), context={"source": SOURCE_USER})
    for _ in range(5):
        await asyncio.sleep(0.05)
        async_fire_mqtt_message(hass, "tele/lamp/SENSOR", '{"ENERGY":{"Power":3}}')
        async_fire_mqtt_message(hass, "linky_offload/a/tele/SENSOR", '{"Offload":{"State":"ON","Stage":2}}')
    await hass.async_block_till_done()
    result = await subentries.async_configure(result["flow_id"])
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "by_hand")


async def test_a_plug_is_added_once(hass: HomeAssistant, mqtt_mock: MqttMockHAClient) -> None:
    entry = entry_with_plug(profile="strict")
    await set_up(hass, entry)
    plug = PlugHouse(hass, mqtt_mock, OffloadPlug(version="3.0"))
    result = await add(hass, entry, plug)
    assert result["step_id"] == "by_hand", "what is there already is not offered"
    result = await answer(hass, result, full_topic="delestage_A1B2C3/%prefix%/")
    assert result["errors"] == {"full_topic": "plug_known"}


async def test_a_plug_given_by_hand_must_answer(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, entry: MockConfigEntry
) -> None:
    plug = PlugHouse(hass, mqtt_mock, OffloadPlug(version="9.2", deaf=True))
    result = await add(hass, entry)
    assert result["step_id"] == "by_hand"
    result = await answer(hass, result, full_topic="delestage_A1B2C3")
    assert result["errors"] == {"full_topic": "full_topic_invalid"}
    result = await answer(hass, result, full_topic="delestage_A1B2C3/%prefix%/")
    assert result["errors"] == {"full_topic": "plug_silent"}
    plug.firmware.deaf = False
    result = await answer(hass, result, full_topic="delestage_A1B2C3/%prefix%/")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert [subentry.title for subentry in entry.get_subentries_of_type(SUBENTRY_PLUG)] == ["delestage_A1B2C3"]


async def test_from_the_list_one_may_go_on_by_hand(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, entry: MockConfigEntry
) -> None:
    result = await add(hass, entry, PlugHouse(hass, mqtt_mock, OffloadPlug(version="3.0")))
    result = await answer(hass, result, plug="by_hand")
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "by_hand")


async def change(hass: HomeAssistant, entry: MockConfigEntry, **answers: Any) -> Result:
    """Choose to change the plug of the entry, and fill in its form."""
    result: Result = await entry.start_subentry_reconfigure_flow(hass, PLUG_ID)
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "by_hand")
    assert shown(result) == {"full_topic": "delestage_A1B2C3/%prefix%", "name": "Radiator"}
    return await answer(hass, result, **answers)


def kept(entry: MockConfigEntry) -> tuple[str, str, str | None]:
    """Name, topic and unique id of the plug."""
    [plug] = entry.get_subentries_of_type(SUBENTRY_PLUG)
    return plug.title, plug.data["full_topic"], plug.unique_id


async def test_a_plug_that_moved_to_another_topic_keeps_its_device_and_its_entities(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient
) -> None:
    entry = entry_with_plug(profile="strict")
    before = PlugHouse(hass, mqtt_mock, OffloadPlug(version="3.0"))
    await set_up(hass, entry)
    await before.tell(*before.firmware.birth())
    await until(hass, lambda: before.shown("plug_power") == "2000", "its first word")
    device, entity_id = before.device(entry).id, before.entity_id("plug_power")

    after = PlugHouse(hass, mqtt_mock, OffloadPlug(version="3.0", name="delestage_C0FFEE", device=1500))
    result = await change(hass, entry, full_topic="delestage_C0FFEE/%prefix%/", name="Boiler")
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    topic = "delestage_C0FFEE/%prefix%"
    assert kept(entry) == ("Boiler", topic, topic)
    await until(hass, lambda: after.shown("plug_power") == "1500", "the word of the other topic")
    assert (after.device(entry).id, after.entity_id("plug_power")) == (device, entity_id)
    assert after.device(entry).name == "Boiler"
    await before.tell(before.firmware.telemetry())
    assert after.shown("plug_power") == "1500", "the former topic is no longer heard"


async def test_another_name_needs_no_answer_of_the_plug(hass: HomeAssistant) -> None:
    entry = entry_with_plug()
    entry.add_to_hass(hass)
    topic = "delestage_A1B2C3/%prefix%"
    result = await change(hass, entry, full_topic=topic, name=" Boiler ")
    assert (result["reason"], kept(entry)) == ("reconfigure_successful", ("Boiler", topic, topic))


async def test_a_wrong_topic_leaves_the_plug_as_it_is(hass: HomeAssistant, mqtt_mock: MqttMockHAClient) -> None:
    entry = entry_with_plug()
    entry.add_to_hass(hass)
    other = plug_subentry("delestage_C0FFEE/%prefix%")
    taken = ConfigSubentry(
        data=MappingProxyType(other["data"]), subentry_type=SUBENTRY_PLUG, title="Other", unique_id="other"
    )
    before = kept(entry)
    result = await change(hass, entry, full_topic="%prefix%/#", name="Boiler")
    assert result["errors"] == {"full_topic": "full_topic_invalid"}
    result = await answer(hass, result, full_topic="nobody/%prefix%", name="Boiler")
    assert result["errors"] == {"full_topic": "plug_silent"}
    assert shown(result) == {"full_topic": "nobody/%prefix%", "name": "Boiler"}
    assert kept(entry) == before
    hass.config_entries.async_add_subentry(entry, taken)
    result = await answer(hass, result, full_topic="delestage_C0FFEE/%prefix%/", name="Boiler")
    assert result["errors"] == {"full_topic": "plug_known"}


async def test_without_a_broker_no_other_topic_can_be_tried(hass: HomeAssistant) -> None:
    entry = entry_with_plug()
    entry.add_to_hass(hass)
    result = await change(hass, entry, full_topic="nobody/%prefix%", name="Boiler")
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "no_broker")


async def test_without_a_broker_no_plug_can_be_added(hass: HomeAssistant) -> None:
    entry = heard_entry("entities", {})
    entry.add_to_hass(hass)
    result = await add(hass, entry)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "no_broker")
