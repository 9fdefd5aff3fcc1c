"""Adding a Tasmota plug that offloads by itself: found on the broker, or given by hand and heard."""

import asyncio
from typing import Any

from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_mqtt_message
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from custom_components.linky_offload.const import SUBENTRY_PLUG
from custom_components.linky_offload.flow import plug as plug_flow
from simulator.offload_plug import VERSIONS, OffloadPlug
from tests.common import heard_entry, set_up
from tests.plug_house import METER, PlugHouse, entry_with_plug

from .steps import Result


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
        "label": f"delestage_A1B2C3 (Plug Offload {version})",
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


async def test_without_a_broker_no_plug_can_be_added(hass: HomeAssistant) -> None:
    entry = heard_entry("entities", {})
    entry.add_to_hass(hass)
    result = await add(hass, entry)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "no_broker")
