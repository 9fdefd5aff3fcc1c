"""A bridge heard through Home Assistant's MQTT: what is live is believed at once, what is not never acts."""

from collections.abc import Callable
import json
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_mqtt_message
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from custom_components.linky_offload import link
from custom_components.linky_offload.const import DOMAIN
from custom_components.linky_offload.diagnostics import async_get_config_entry_diagnostics
from custom_components.linky_offload.link import issue_id, slow_issue_id
from custom_components.linky_offload.meter import cadence
from custom_components.linky_offload.runtime import LinkyRuntime
from custom_components.linky_offload.sources import LinkError, mqtt, silence
from tests.common import ADDRESS, heard_entry, load, set_up, state_of, until

TOPIC = "teleinfo/linky"
BRIDGE = {"format": "flat", "topics": [TOPIC, "teleinfo/status"], "root": TOPIC}


@pytest.fixture(autouse=True)
def expected_lingering_timers() -> bool:
    """The pretended broker leaves one behind."""
    return True


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silence, "DEGRADED_MIN_S", 0.2)
    monkeypatch.setattr(silence, "DEGRADED_MAX_S", 0.2)
    monkeypatch.setattr(silence, "UNAVAILABLE_MIN_S", 0.4)


@pytest.fixture
async def entry(hass: HomeAssistant, mqtt_mock: MqttMockHAClient) -> MockConfigEntry:
    entry = heard_entry("mqtt", BRIDGE)
    await set_up(hass, entry)
    return entry


@pytest.fixture
def runtime(entry: MockConfigEntry) -> LinkyRuntime:
    runtime: LinkyRuntime = entry.runtime_data
    return runtime


async def say(hass: HomeAssistant, *, topic: str = TOPIC, retain: bool = False, **labels: str) -> None:
    """Publish labels as a JSON object."""
    async_fire_mqtt_message(hass, topic, json.dumps(labels), retain=retain)
    await hass.async_block_till_done()


def power(runtime: LinkyRuntime) -> float | None:
    return None if runtime.reading is None else runtime.reading.power_va


def told(hass: HomeAssistant, entry: MockConfigEntry, issue: Callable[[Any], str] = issue_id) -> str | None:
    found = ir.async_get(hass).async_get_issue(DOMAIN, issue(entry))
    return None if found is None else found.translation_key


async def test_a_live_message_is_a_reading_and_opens_the_link(hass: HomeAssistant, runtime: LinkyRuntime) -> None:
    assert (runtime.link.connected, runtime.link.available) == (True, False)
    await say(hass, ADSC=ADDRESS, PREF="06", SINSTS="01500", IRMS1="007")
    assert (power(runtime), runtime.link.available, runtime.link.degraded) == (1500, True, False)


async def test_what_the_broker_kept_tells_the_contract_but_no_power_and_no_life(
    hass: HomeAssistant, runtime: LinkyRuntime
) -> None:
    await say(hass, PREF="09", SINSTS="08000", retain=True)
    assert (power(runtime), runtime.link.available) == (None, False)
    await say(hass, SINSTS="01500")
    assert (power(runtime), runtime.link.available) == (1500, True)
    assert runtime.reading is not None
    assert runtime.reading.contract_va == 9000


async def test_an_overload_is_cut_on_a_live_message_and_on_no_other(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient
) -> None:
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": {"heater": {"initial": True}}})
    heater = load("heater", "input_boolean.heater", power_source="declared", declared_va=2000, minimum_on=0)
    runtime = await set_up(hass, heard_entry("mqtt", BRIDGE, [heater]))
    await say(hass, PREF="06", SINSTS="01500", IRMS1="007")
    await say(hass, SINSTS="07500", IRMS1="033", retain=True)
    assert state_of(hass, "input_boolean.heater") == "on", "what the broker had kept"
    async_fire_mqtt_message(hass, "teleinfo/status", "offline")
    await say(hass, SINSTS="07500", IRMS1="033", retain=True)
    assert state_of(hass, "input_boolean.heater") == "on", "what was kept of a bridge that is gone"
    await say(hass, SINSTS="07500", IRMS1="033")
    await until(hass, lambda: state_of(hass, "input_boolean.heater") == "off", "the cut")
    assert runtime.journal.intents


async def test_a_second_phase_that_is_named_late_is_remembered(
    hass: HomeAssistant, entry: MockConfigEntry, runtime: LinkyRuntime
) -> None:
    await say(hass, SINSTS="01500")
    assert entry.data["phases"] == 1
    await say(hass, SINSTS="01500", SINSTS1="00500", SINSTS2="00400", SINSTS3="00600", IRMS1="002")
    assert entry.data["phases"] == 3
    assert runtime.reading is not None
    assert [phase.power_va for phase in runtime.reading.phases] == [500, 400, 600]
    assert entry.runtime_data is runtime


async def test_a_bridge_that_is_gone_is_told_and_its_return_ends_it(
    hass: HomeAssistant, entry: MockConfigEntry, runtime: LinkyRuntime, impatient: None
) -> None:
    await say(hass, SINSTS="01500")
    async_fire_mqtt_message(hass, "teleinfo/status", "offline")
    await hass.async_block_till_done()
    assert (runtime.link.connected, runtime.link.degraded, runtime.link.available) == (False, True, False)
    assert runtime.link.error is LinkError.OFFLINE
    await until(hass, lambda: told(hass, entry) == "bridge_offline", "the issue")
    # Live words prove more than a last will.
    await say(hass, SINSTS="01600")
    assert (runtime.link.connected, runtime.link.degraded, power(runtime)) == (True, False, 1600)
    assert told(hass, entry) is None


async def test_a_lost_broker_is_told_and_its_return_ends_it(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, entry: MockConfigEntry, runtime: LinkyRuntime
) -> None:
    await say(hass, SINSTS="01500")
    mqtt_mock.connected = False
    runtime.connection.feed._broker_changed(connected=False)  # type: ignore[attr-defined]
    assert (runtime.link.error, runtime.link.degraded, runtime.link.available) == (LinkError.BROKER, True, False)
    runtime.connection.feed._broker_changed(connected=True)  # type: ignore[attr-defined]
    assert runtime.link.error is None
    assert not runtime.link.available, "nothing was heard since"
    await say(hass, SINSTS="01700")
    assert (runtime.link.available, power(runtime)) == (True, 1700)


async def test_silence_is_told_in_words_of_its_own(
    hass: HomeAssistant, impatient: None, entry: MockConfigEntry, runtime: LinkyRuntime
) -> None:
    await say(hass, SINSTS="01500")
    await until(hass, lambda: told(hass, entry) == "bridge_silent", "the issue")
    assert (runtime.link.connected, runtime.link.available, runtime.link.degraded) == (True, False, True)


async def test_a_bridge_that_speaks_too_rarely_shows_but_protects_nothing(
    hass: HomeAssistant, entry: MockConfigEntry, runtime: LinkyRuntime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(silence, "SLOW_S", 0.0)
    monkeypatch.setattr(cadence, "ENOUGH", 1)
    runtime.connection._silence._cadence._burst_s = 0.0
    await say(hass, SINSTS="01500")
    await say(hass, SINSTS="07500")
    assert (runtime.link.slow, runtime.link.degraded, runtime.link.available) == (True, True, True)
    assert (power(runtime), runtime.report.degraded) == (7500, True)
    assert told(hass, entry, slow_issue_id) == "source_slow"
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert told(hass, entry, slow_issue_id) is None


@pytest.mark.parametrize("payload", ["", "{", '{"TIC":', "[]", "null", "\x00\xff", '{"SINSTS": "NaN"}', "9" * 70_000])
async def test_a_broken_message_is_counted_and_shown_never_raised(
    hass: HomeAssistant, entry: MockConfigEntry, runtime: LinkyRuntime, payload: str, caplog: pytest.LogCaptureFixture
) -> None:
    async_fire_mqtt_message(hass, TOPIC, payload)
    await hass.async_block_till_done()
    await say(hass, SINSTS="01500")
    assert power(runtime) == 1500
    assert "ERROR" not in caplog.text
    diagnostics = await async_get_config_entry_diagnostics(hass, entry)
    assert diagnostics["source"]["format"] == "flat"
    assert payload in {"", "[]", "null"} or sum(diagnostics["source"]["odd"].values()) > 0


async def test_the_address_and_nothing_of_the_home_is_in_the_diagnostics(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    for _ in range(3):
        await say(hass, ADSC=ADDRESS, SINSTS="01500")
    assert ADDRESS not in json.dumps(await async_get_config_entry_diagnostics(hass, entry))


@pytest.mark.parametrize(
    ("settings", "payload", "va", "contract_va"),
    [
        pytest.param({"format": "keyed", "power_key": "PAPP"}, '{"PAPP": 1500}', 1500, 6000, id="one key"),
        pytest.param(
            {"format": "keyed", "power_key": "METER.P", "contract_key": "METER.PMAX"},
            '{"METER": {"P": 1500, "PMAX": 9000}}',
            1500,
            9000,
            id="nested keys, with the contract",
        ),
        pytest.param(
            {"format": "value", "template": "{{ value_json.house.watt / 0.5 }}"},
            '{"house": {"watt": 750}}',
            1500,
            6000,
            id="a template",
        ),
        pytest.param({"format": "value", "template": "{{ value_json.nothing }}"}, "{}", None, 6000, id="no such key"),
    ],
)
async def test_any_other_message_is_read_as_its_owner_says(
    hass: HomeAssistant,
    mqtt_mock: MqttMockHAClient,
    settings: dict[str, str],
    payload: str,
    va: float | None,
    contract_va: int,
) -> None:
    runtime = await set_up(hass, heard_entry("mqtt", {"topics": ["home/power"], "root": "home/power"} | settings))
    for _ in range(2):
        async_fire_mqtt_message(hass, "home/power", payload)
    await hass.async_block_till_done()
    assert power(runtime) == va
    if runtime.reading is not None:
        assert runtime.reading.contract_va == contract_va


async def test_a_home_without_mqtt_is_tried_again_by_home_assistant(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt, "_WAIT_S", 0.1)
    entry = heard_entry("mqtt", BRIDGE)
    entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert (entry.state, entry.error_reason_translation_key) == (ConfigEntryState.SETUP_RETRY, "mqtt_missing")


async def test_a_home_whose_mqtt_comes_late_is_heard_then(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A meter that has something to give back starts without its source."""
    monkeypatch.setattr(mqtt, "RETRY_S", 0.05)
    entry = heard_entry("mqtt", BRIDGE)
    entry.add_to_hass(hass)
    runtime = LinkyRuntime(hass, entry)
    await runtime.async_load()
    runtime.start()
    await until(hass, lambda: runtime.link.connected, "the subscription")
    await say(hass, SINSTS="01500")
    assert power(runtime) == 1500
    await runtime.async_stop()


async def test_an_unloaded_entry_hears_no_more(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, entry: MockConfigEntry, runtime: LinkyRuntime
) -> None:
    await say(hass, SINSTS="01500")
    assert await hass.config_entries.async_unload(entry.entry_id)
    await say(hass, SINSTS="01600")
    assert power(runtime) == 1500
    assert told(hass, entry) is None


def test_a_link_is_looked_at_even_when_nothing_happens() -> None:
    assert 0 < link.LOOK_S <= silence.UNAVAILABLE_MIN_S
