"""A meter that a bridge announces is offered unasked, and nothing else is."""

from collections.abc import Sequence
import json

from homeassistant.config_entries import SOURCE_MQTT
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.service_info.mqtt import MqttServiceInfo
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from custom_components.linky_offload.flow import listening, source_mqtt
from tests.common import ADDRESS, meter_entry

from .broker import flat, heard, speaking
from .steps import Result, confirm, go_on, open_dialog
from .wording import FOLDER


@pytest.fixture(autouse=True)
def expected_lingering_timers() -> bool:
    """The pretended broker leaves one behind."""
    return True


@pytest.fixture(autouse=True)
def short_listening(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_mqtt, "LISTEN_S", 0.8)


def announcement(topic: str, payload: str | bytes) -> MqttServiceInfo:
    return MqttServiceInfo(
        topic=topic,
        payload=payload,
        qos=0,
        retain=True,
        subscribed_topic="+/ADSC",
        timestamp=dt_util.utcnow().timestamp(),
    )


async def discover(hass: HomeAssistant, topic: str, payload: str | bytes) -> Result:
    return await hass.config_entries.flow.async_init(
        "linky_offload", context={"source": SOURCE_MQTT}, data=announcement(topic, payload)
    )


async def test_a_bridge_that_says_an_address_is_offered_unasked(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient
) -> None:
    result = await discover(hass, "ticmeter/ADSC", ADDRESS)
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "mqtt_discovered")
    assert result["description_placeholders"] == {"address": "041961••••99", "topic": "ticmeter/#"}
    [shown] = hass.config_entries.flow.async_progress()
    assert shown["context"]["title_placeholders"] == {"name": "041961••••99 (MQTT, ticmeter)"}
    labels = {"ADSC": ADDRESS, "PREF": "6", "SINSTS": "1500", "IRMS1": "7"}
    async with speaking(hass, *((f"ticmeter/{label}", value, False) for label, value in labels.items())):
        result = await heard(hass, await go_on(hass, result["flow_id"], {}))
        assert result["step_id"] == "confirm"
        result = await confirm(hass, result["flow_id"])
    assert (result["type"], result["result"].unique_id) == (FlowResultType.CREATE_ENTRY, ADDRESS)
    assert result["data"]["bridge"]["topics"] == ["ticmeter/+"]


async def test_who_adds_a_meter_does_not_wait_for_what_was_only_discovered(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient
) -> None:
    await discover(hass, "ticmeter/ADSC", ADDRESS)
    dialog = await open_dialog(hass, "mqtt_bridge")
    async with speaking(hass, flat()):
        await heard(hass, dialog)
        result = await go_on(hass, dialog["flow_id"], {"found": "0"})
        assert result["step_id"] == "confirm"
        await confirm(hass, dialog["flow_id"])
    assert hass.config_entries.flow.async_progress() == [], "the offer is withdrawn"


@pytest.mark.parametrize(
    ("topic", "payload", "reason"),
    [
        pytest.param("lamp/ADSC", "on", "not_a_meter", id="no address"),
        pytest.param("lamp/ADSC", b"\xff\xfe", "not_a_meter", id="no text"),
        pytest.param("lamp/ADSC", "0" * 200, "not_a_meter", id="too long"),
        pytest.param("ticmeter/ADSC", ADDRESS, "already_configured", id="a meter that is set up"),
        pytest.param("ticmeter/ADSC", ADDRESS[1:], "already_configured", id="the same without its first zero"),
    ],
)
async def test_what_is_no_new_meter_is_not_offered(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, topic: str, payload: str | bytes, reason: str
) -> None:
    meter_entry("/dev/elsewhere").add_to_hass(hass)
    result = await discover(hass, topic, payload)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, reason)


async def test_only_topics_that_carry_nothing_but_an_address_are_watched() -> None:
    manifest = json.loads((FOLDER.parent / "manifest.json").read_text())
    assert manifest["after_dependencies"] == ["mqtt"]
    assert {topic.rpartition("/")[2] for topic in manifest["mqtt"]} == {"ADCO", "ADSC"}


def test_subscriptions_match_as_a_broker_would() -> None:
    cases: Sequence[tuple[str, str, bool]] = (
        ("#", "a/b", True),
        ("a/#", "a", True),
        ("a/#", "a/b/c", True),
        ("a/+", "a/b", True),
        ("a/+", "a/b/c", False),
        ("a/+", "a", False),
        ("a/b", "a/b", True),
        ("a/b", "a/c", False),
        ("+/+/c", "a/b/c", True),
    )
    for subscription, topic, matches in cases:
        assert listening._matches(subscription, topic) is matches, (subscription, topic)
