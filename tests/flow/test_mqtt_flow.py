"""Adding a meter by MQTT: what speaks on the broker is found by listening, anything else is said by hand."""

import re
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import async_fire_mqtt_message
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from custom_components.linky_offload.flow import source_mqtt
from simulator.bridges import NAMES, publisher
from simulator.meter import SimulatedMeter
from simulator.power import Power
from simulator.state import Indexes
from simulator.tic import Mode
from tests.common import ADDRESS, OTHER_ADDRESS, PtyMeter, hear, heard_entry, meter_entry, set_up

from .broker import Said, flat, heard, offered, speaking
from .steps import confirm, go_on, open_dialog, open_reconfigure

BRIDGE = {"format": "flat", "topics": ["teleinfo/linky"], "root": "teleinfo/linky"}


@pytest.fixture(autouse=True)
def expected_lingering_timers() -> bool:
    """The pretended broker leaves one behind."""
    return True


@pytest.fixture(autouse=True)
def short_listening(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_mqtt, "LISTEN_S", 0.8)


async def test_a_home_without_mqtt_is_told_so_in_plain_words(hass: HomeAssistant) -> None:
    result = await open_dialog(hass, "mqtt_bridge")
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "mqtt_absent")
    assert result["menu_options"] == ["mqtt_bridge", "serial", "entities"]
    result = await go_on(hass, result["flow_id"], {"next_step_id": "serial"})
    assert result["step_id"] == "serial"


async def test_a_bridge_is_found_by_listening_confirmed_and_read(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient
) -> None:
    dialog = await open_dialog(hass, "mqtt_bridge")
    async with speaking(hass, flat(), ("zigbee2mqtt/lamp", '{"state": "ON"}', False)):
        result = await heard(hass, dialog)
        assert offered(result) == ["teleinfo/linky (JSON of labels, ••••9999, 1500 VA, 6 kVA)"]
        result = await go_on(hass, dialog["flow_id"], {"found": "0"})
        assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "confirm")
        described = result["description_placeholders"]
        assert [described[key] for key in ("mode", "phases", "contract", "tariff", "source")] == [
            *("standard", "1", "6 kVA", "BASE"),
            "MQTT, teleinfo/linky",
        ]
        result = await confirm(hass, dialog["flow_id"], name="Linky")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    entry = result["result"]
    assert (entry.unique_id, entry.state) == (ADDRESS, ConfigEntryState.LOADED)
    assert entry.data == {
        "internal_id": ADDRESS,
        "source": "mqtt",
        "bridge": {"format": "flat", "topics": ["teleinfo/linky", "teleinfo/status"], "root": "teleinfo/linky"},
        "address": ADDRESS,
        "mode": "standard",
        "phases": 1,
        "contract_va": 6000,
        "tariff": "BASE",
    }
    async_fire_mqtt_message(hass, "teleinfo/linky", flat(1700)[1])
    await hass.async_block_till_done()
    assert entry.runtime_data.reading.power_va == 1700


@pytest.mark.parametrize("name", NAMES)
async def test_every_bridge_is_found(hass: HomeAssistant, mqtt_mock: MqttMockHAClient, name: str) -> None:
    bridge = publisher(name)
    mode = Mode.HISTORIC if bridge.historic_only else Mode.STANDARD
    indexes = Indexes(import_wh=12_345_678.0, supplier_wh=(12_345_678.0, *(0.0,) * 9))
    meter = SimulatedMeter(contract_kva=6, phases=1, mode=mode, indexes=indexes, seed=3)
    messages: list[Said] = []
    for _ in range(4):
        meter.step([Power(1500)])
        messages += [(said.topic, said.payload.decode(), False) for said in bridge.messages(meter.state())]
    dialog = await open_dialog(hass, "mqtt_bridge")
    async with speaking(hass, *messages):
        result = await heard(hass, dialog)
    [line] = offered(result)
    assert re.search(r"1[45]\d\d VA", line), line


async def test_a_box_that_speaks_at_the_root_of_the_broker_is_named_by_its_topics(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient
) -> None:
    dialog = await open_dialog(hass, "mqtt_bridge")
    topics = ("PTEC", "TH.."), ("IINST", "007"), ("PAPP", "01500")
    async with speaking(hass, *((topic, payload, False) for topic, payload in topics)):
        result = await heard(hass, dialog)
    assert offered(result) == ["HCHC, HCHP, PTEC… (LinkyTop, 1500 VA)"]


async def test_two_meters_are_listed_and_nothing_is_chosen_for_the_person(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient
) -> None:
    dialog = await open_dialog(hass, "mqtt_bridge")
    async with speaking(hass, flat(), flat(900, OTHER_ADDRESS, "garage/linky")):
        result = await heard(hass, dialog)
    assert len(offered(result)) == 2


async def test_nothing_found_may_be_listened_to_again_on_a_given_topic(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient
) -> None:
    result = await heard(hass, await open_dialog(hass, "mqtt_bridge"))
    assert (offered(result), result["description_placeholders"]["count"]) == ([], "0")
    assert result["errors"] == {"found": "no_meter_heard"}
    flow_id = result["flow_id"]
    for wrong in ("a/#/b", "a+b"):
        result = await go_on(hass, flow_id, {"found": "again", "topic": wrong})
        assert result["errors"] == {"topic": "topic_invalid"}
    async with speaking(hass, flat(), flat(900, OTHER_ADDRESS, "garage/linky")):
        result = await heard(hass, await go_on(hass, flow_id, {"found": "again", "topic": "garage/#"}))
    assert [line.split(" ")[0] for line in offered(result)] == ["garage/linky"]
    assert result["errors"] == {}


@pytest.mark.parametrize(
    ("answers", "errors"),
    [
        pytest.param({"topic": "home/#/power", "power_key": "P"}, {"topic": "topic_invalid"}, id="no topic"),
        pytest.param({"topic": " ", "power_key": "P"}, {"topic": "topic_invalid"}, id="an empty topic"),
        pytest.param({"topic": "home/+/power"}, {"topic": "topic_wildcard"}, id="any device"),
        pytest.param({"topic": "#", "power_key": "P"}, {"topic": "topic_wildcard"}, id="everything"),
        pytest.param(
            {"topic": "home", "contract_key": "C", "template": "{{ 1 }}"},
            {"contract_key": "key_missing"},
            id="a contract without the key of a power",
        ),
        pytest.param(
            {"topic": "home", "power_key": "P", "template": "{{ 1 }}"}, {"power_key": "key_or_template"}, id="both"
        ),
    ],
)
async def test_wrong_words_by_hand_are_refused_with_the_reason(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, answers: dict[str, str], errors: dict[str, str]
) -> None:
    result = await heard(hass, await open_dialog(hass, "mqtt_bridge"))
    result = await go_on(hass, result["flow_id"], {"found": "by_hand"})
    assert result["step_id"] == "mqtt_manual"
    result = await go_on(hass, result["flow_id"], answers)
    assert result["errors"] == errors


async def test_by_hand_the_topic_is_listened_to_before_it_is_believed(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient
) -> None:
    result = await heard(hass, await open_dialog(hass, "mqtt_bridge"))
    flow_id = result["flow_id"]
    await go_on(hass, flow_id, {"found": "by_hand"})
    answers = {"topic": "home/power", "power_key": "now.va"}
    result = await heard(hass, await go_on(hass, flow_id, answers))
    assert (result["step_id"], result["errors"]) == ("mqtt_manual", {"topic": "nothing_heard"})
    async with speaking(hass, ("home/power", '{"now": {"va": 1234}}', False)):
        result = await heard(hass, await go_on(hass, flow_id, {**answers, "power_key": "now.watt"}))
        assert result["errors"] == {"topic": "no_value_heard"}
        result = await heard(hass, await go_on(hass, flow_id, answers))
        assert result["step_id"] == "confirm"
        assert [str(field) for field in result["data_schema"].schema] == ["name", "contract_power"]
        result = await confirm(hass, flow_id, contract_power=9)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"]["bridge"] == {
        "format": "keyed",
        "topics": ["home/power"],
        "root": "home/power",
        "power_key": "now.va",
    }
    assert result["options"] == {"contract_power": 9}
    runtime = result["result"].runtime_data
    async_fire_mqtt_message(hass, "home/power", '{"now": {"va": 1300}}')
    await hass.async_block_till_done()
    assert (runtime.reading.power_va, runtime.reading.contract_va) == (1300, 9000)


async def test_a_bare_number_needs_neither_key_nor_template(hass: HomeAssistant, mqtt_mock: MqttMockHAClient) -> None:
    result = await heard(hass, await open_dialog(hass, "mqtt_bridge"))
    await go_on(hass, result["flow_id"], {"found": "by_hand"})
    async with speaking(hass, ("node/sensor/power/state", "1234.5", False)):
        result = await heard(hass, await go_on(hass, result["flow_id"], {"topic": "node/sensor/power/state"}))
        result = await confirm(hass, result["flow_id"], contract_power=6)
    assert result["data"]["bridge"]["format"] == "value"
    async_fire_mqtt_message(hass, "node/sensor/power/state", "1300")
    await hass.async_block_till_done()
    assert result["result"].runtime_data.reading.power_va == 1300


async def test_a_broker_that_refuses_is_told(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: Any, **__: Any) -> None:
        raise HomeAssistantError("not connected")

    monkeypatch.setattr("homeassistant.components.mqtt.async_subscribe", refuse)
    result = await heard(hass, await open_dialog(hass, "mqtt_bridge"))
    assert result["errors"] == {"topic": "topic_refused"}


@pytest.mark.parametrize(
    "known", [pytest.param(ADDRESS, id="as it is"), pytest.param(ADDRESS[1:], id="without its first zero")]
)
async def test_a_meter_that_is_there_already_is_not_added_twice(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, known: str
) -> None:
    meter_entry("/dev/elsewhere", address=known).add_to_hass(hass)
    dialog = await open_dialog(hass, "mqtt_bridge")
    async with speaking(hass, flat()):
        await heard(hass, dialog)
        result = await go_on(hass, dialog["flow_id"], {"found": "0"})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")


def entities_of(hass: HomeAssistant, entry_id: str) -> dict[str, str]:
    entries = er.async_entries_for_config_entry(er.async_get(hass), entry_id)
    return {entry.unique_id: entry.entity_id for entry in entries}


async def test_from_a_line_to_a_bridge_every_entity_stays(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, pty_meter: PtyMeter
) -> None:
    entry = meter_entry(pty_meter.port)
    await hear(hass, pty_meter, await set_up(hass, entry), 800)
    before = entities_of(hass, entry.entry_id)
    dialog = await open_reconfigure(hass, entry, "mqtt_bridge")
    async with speaking(hass, flat(address=ADDRESS[1:])):
        await heard(hass, dialog)
        result = await go_on(hass, dialog["flow_id"], {"found": "0"})
        await hass.async_block_till_done()
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    assert entry.data["source"] == "mqtt"
    assert not {"port", "baudrate"} & set(entry.data)
    assert (entry.data["internal_id"], entry.data["address"], entry.unique_id) == ("meter1", ADDRESS, ADDRESS)
    async_fire_mqtt_message(hass, "teleinfo/linky", flat(1900)[1])
    await hass.async_block_till_done()
    after = entities_of(hass, entry.entry_id)
    assert before.items() <= after.items()
    assert entry.runtime_data.reading.power_va == 1900


async def test_from_a_bridge_to_a_line_and_a_wrong_meter_leads_back(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient
) -> None:
    entry = heard_entry("mqtt", BRIDGE, address=ADDRESS)
    await set_up(hass, entry)
    dialog = await open_reconfigure(hass, entry, "mqtt_bridge")
    async with speaking(hass, flat(900, OTHER_ADDRESS)):
        await heard(hass, dialog)
        result = await go_on(hass, dialog["flow_id"], {"found": "0"})
        assert (result["step_id"], result["menu_options"]) == ("compare", ["replace", "mqtt_bridge"])
        result = await heard(hass, await go_on(hass, dialog["flow_id"], {"next_step_id": "mqtt_bridge"}))
    assert len(offered(result)) == 1
    assert entry.data["address"] == ADDRESS


async def test_a_bridge_of_another_entry_is_refused(hass: HomeAssistant, mqtt_mock: MqttMockHAClient) -> None:
    meter_entry("/dev/garage", address=OTHER_ADDRESS).add_to_hass(hass)
    entry = heard_entry("mqtt", BRIDGE, address=ADDRESS)
    await set_up(hass, entry)
    dialog = await open_reconfigure(hass, entry, "mqtt_bridge")
    async with speaking(hass, flat(900, OTHER_ADDRESS)):
        await heard(hass, dialog)
        result = await go_on(hass, dialog["flow_id"], {"found": "0"})
    assert (result["step_id"], result["errors"]) == ("mqtt_pick", {"found": "other_meter"})
