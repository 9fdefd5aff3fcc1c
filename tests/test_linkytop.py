"""A LinkyTop as a person sees it: what it says of itself, and how often it is let measure."""

from datetime import UTC, datetime
import json

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_mqtt_message
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from custom_components.linky_offload.const import DOMAIN
from custom_components.linky_offload.diagnostics import async_get_config_entry_diagnostics
from custom_components.linky_offload.linkytop import async_linkytop, is_pressing
from custom_components.linky_offload.offload import LoadReport, LoadStatus, OffloadMode, Reason, Report

from .common import heard_entry, set_up, until

BOX = {"format": "linkytop", "topics": ["HCHC", "HCHP", "PTEC", "IINST", "PAPP"], "root": "HCHC"}


@pytest.fixture(autouse=True)
def expected_lingering_timers() -> bool:
    """The pretended broker leaves one behind."""
    return True


@pytest.fixture
async def entry(hass: HomeAssistant, mqtt_mock: MqttMockHAClient) -> MockConfigEntry:
    entry = heard_entry("mqtt", BOX)
    await set_up(hass, entry)
    return entry


def state(hass: HomeAssistant, platform: str, key: str) -> State | None:
    entity_id = er.async_get(hass).async_get_entity_id(platform, DOMAIN, f"meter1_{key}")
    return None if entity_id is None else hass.states.get(entity_id)


async def say(hass: HomeAssistant, *said: tuple[str, str]) -> None:
    for topic, payload in said:
        async_fire_mqtt_message(hass, topic, payload)
    await hass.async_block_till_done()


async def shows(hass: HomeAssistant, platform: str, key: str, wanted: str) -> None:
    def same() -> bool:
        found = state(hass, platform, key)
        return found is not None and found.state == wanted

    await until(hass, same, f"{key} is {wanted}")


async def test_what_it_says_of_itself_is_shown(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await say(hass, ("delay", "slow"), ("sleep_time", "90"), ("ERROR", "PTEC"))
    await shows(hass, "sensor", "box_pace", "slow")
    await shows(hass, "sensor", "box_sleep", "90")
    await shows(hass, "binary_sensor", "box_problem", "on")
    problem = state(hass, "binary_sensor", "box_problem")
    assert problem is not None
    assert problem.attributes["missing"] == ["PTEC"]
    await say(hass, ("PTEC", "HP"), ("delay", "fast"))
    await shows(hass, "binary_sensor", "box_problem", "off")
    await shows(hass, "sensor", "box_sleep", "unknown")


async def test_moments_and_the_last_missing_label_are_for_who_wants_them(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    registry = er.async_get(hass)
    for key in ("box_missing", "box_started", "box_seen"):
        entity_id = registry.async_get_entity_id("sensor", DOMAIN, f"meter1_{key}")
        assert entity_id is not None
        registry.async_update_entity(entity_id, disabled_by=None)
    await hass.config_entries.async_reload(entry.entry_id)
    await say(hass, ("hello", "coucou from esp"), ("ERROR", "HCHC"))
    await shows(hass, "sensor", "box_missing", "hchc")
    started = state(hass, "sensor", "box_started")
    assert started is not None
    await until(hass, lambda: "T" in (state(hass, "sensor", "box_started") or started).state, "its start")
    at = datetime.fromisoformat((state(hass, "sensor", "box_started") or started).state)
    assert abs((datetime.now(UTC) - at).total_seconds()) < 30


async def test_its_pace_is_set_by_a_switch_and_a_list(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    linkytop = async_linkytop(hass, entry)
    assert linkytop is not None
    registry = er.async_get(hass)
    delay = registry.async_get_entity_id("select", DOMAIN, "meter1_measurement_delay")
    switch = registry.async_get_entity_id("switch", DOMAIN, "meter1_real_time")
    assert delay is not None
    assert switch is not None
    assert (linkytop.pace, linkytop.delay_s) == ("slow", 30)
    await hass.services.async_call("select", "select_option", {ATTR_ENTITY_ID: delay, "option": "1800"}, blocking=True)
    assert (linkytop.pace, linkytop.delay_s, entry.options["measurement_delay"]) == ("slow", 1800, 1800)
    await hass.services.async_call("switch", "turn_on", {ATTR_ENTITY_ID: switch}, blocking=True)
    assert (linkytop.pace, entry.options["real_time"]) == ("fast", True)
    shown = hass.states.get(switch)
    assert shown is not None
    assert shown.state == "on"
    await hass.services.async_call("switch", "turn_off", {ATTR_ENTITY_ID: switch}, blocking=True)
    assert linkytop.pace == "slow"


async def test_an_overload_wants_every_value(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    linkytop = async_linkytop(hass, entry)
    assert linkytop is not None
    await say(hass, ("PTEC", "HP"), ("IINST", "039"), ("PAPP", "09000"))
    await until(hass, lambda: entry.runtime_data.report.overload is True, "the overload")
    assert linkytop.pace == "fast"
    await say(hass, ("PAPP", "00500"))
    await until(hass, lambda: linkytop.pace == "slow", "calm")


def report(status: LoadStatus, *, overload: bool | None = False) -> Report:
    load = LoadReport(
        load_id="a",
        coordinator_id="b",
        status=status,
        reason=Reason.NONE,
        power_va=None,
        since=0.0,
        wanted=True,
    )
    return Report(mode=OffloadMode.AUTOMATIC, overload=overload, loads={"a": load})


@pytest.mark.parametrize(
    ("told", "pressing"),
    [
        pytest.param(report(LoadStatus.NORMAL), False, id="nothing happens"),
        pytest.param(report(LoadStatus.OFFLOADED), False, id="cut, for as long as it takes"),
        pytest.param(report(LoadStatus.WAITING), True, id="about to be cut"),
        pytest.param(report(LoadStatus.RECOVERING), True, id="just returned"),
        pytest.param(report(LoadStatus.NORMAL, overload=True), True, id="too much is drawn"),
        pytest.param(report(LoadStatus.NORMAL, overload=None), False, id="nothing is known"),
    ],
)
def test_when_a_value_must_not_be_waited_for(told: Report, pressing: bool) -> None:
    assert is_pressing(told) is pressing


async def test_diagnostics_tell_of_it_but_not_of_its_credentials(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient
) -> None:
    stored = {"user": "linkytop", "digest": "ab" * 32}
    entry = heard_entry("mqtt", BOX, options={"delay_service": stored})
    await set_up(hass, entry)
    await say(hass, ("delay", "never"))
    told = await async_get_config_entry_diagnostics(hass, entry)
    assert told["linkytop"]["odd"] == {"bad_value": 1}
    assert stored["digest"] not in json.dumps(told)


async def test_another_bridge_has_none_of_this(hass: HomeAssistant, mqtt_mock: MqttMockHAClient) -> None:
    entry = heard_entry("mqtt", {"format": "flat", "topics": ["teleinfo/linky"], "root": "teleinfo/linky"})
    await set_up(hass, entry)
    assert async_linkytop(hass, entry) is None
    assert [state(hass, *of) for of in (("switch", "real_time"), ("select", "measurement_delay"))] == [None, None]
