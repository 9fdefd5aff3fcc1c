"""Who may ask for a LinkyTop's delay, and our states told to others: the pages of the options for MQTT."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import MqttMockHAClient
from yarl import URL

from custom_components.linky_offload.delay_service import Credentials
from tests.common import heard_entry, meter_entry

from .steps import Result, open_page, shown, submit

BOX = {"format": "linkytop", "topics": ["HCHC", "HCHP", "PTEC", "IINST", "PAPP"], "root": "HCHC"}


@pytest.fixture(autouse=True)
def expected_lingering_timers() -> bool:
    """The pretended broker leaves one behind."""
    return True


@pytest.fixture
def box(hass: HomeAssistant) -> MockConfigEntry:
    entry = heard_entry("mqtt", BOX, options={})
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
def line(hass: HomeAssistant) -> MockConfigEntry:
    entry = meter_entry("/dev/none", options={})
    entry.add_to_hass(hass)
    return entry


async def test_only_a_linkytop_has_a_page_for_its_service(
    hass: HomeAssistant, box: MockConfigEntry, line: MockConfigEntry
) -> None:
    pages = [(await hass.config_entries.options.async_init(entry.entry_id))["menu_options"] for entry in (box, line)]
    assert ["delay_service" in menu for menu in pages] == [True, False]
    assert all("own_states" in menu for menu in pages)


async def serve(hass: HomeAssistant, box: MockConfigEntry) -> Result:
    return await submit(hass, await open_page(hass, box, "delay_service"), {"serve": True})


async def test_credentials_are_made_shown_once_and_kept_as_a_digest(hass: HomeAssistant, box: MockConfigEntry) -> None:
    result = await serve(hass, box)
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "delay_credentials")
    told = result["description_placeholders"]
    url = URL(told["url"])
    assert (url.scheme, url.user, url.password, url.path) == ("http", told["user"], told["password"], "/delay")
    assert "delay_service" not in box.options, "nothing is kept before it was seen"
    result = await submit(hass, result, {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert told["password"] not in str(box.options)
    assert Credentials.read(box.options["delay_service"]) is not None


async def test_asking_again_makes_others(hass: HomeAssistant, box: MockConfigEntry) -> None:
    first = await serve(hass, box)
    await submit(hass, first, {})
    former = box.options["delay_service"]
    second = await serve(hass, box)
    assert second["description_placeholders"]["password"] != first["description_placeholders"]["password"]
    assert box.options["delay_service"] == former
    await submit(hass, second, {})
    assert box.options["delay_service"] != former


async def test_nobody_is_answered_any_more(hass: HomeAssistant, box: MockConfigEntry) -> None:
    await submit(hass, await serve(hass, box), {})
    result = await submit(hass, await open_page(hass, box, "delay_service"), {"serve": False})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert "delay_service" not in box.options


# Our states -----------------------------------------------------------------------------------------------------------


async def test_they_are_off_until_somebody_wants_them(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, line: MockConfigEntry
) -> None:
    result = await open_page(hass, line, "own_states")
    assert shown(result) == {"own_topic": "linky_offload"}
    result = await submit(hass, result, {"own_states": True, "own_topic": " home/linky/ "})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert line.options == {"own_states": True, "own_topic": "home/linky"}
    result = await open_page(hass, line, "own_states")
    assert shown(result) == {"own_states": True, "own_topic": "home/linky"}
    await submit(hass, result, {"own_states": False, "own_topic": "home/linky"})
    assert line.options == {}


@pytest.mark.parametrize(
    "topic",
    [
        pytest.param("home/+", id="a wildcard"),
        pytest.param("home//linky", id="an empty level"),
        pytest.param("$SYS/linky", id="the broker's own"),
        pytest.param("%prefix%/linky", id="a placeholder"),
        pytest.param("x" * 300, id="too long"),
    ],
)
async def test_a_topic_that_nothing_can_be_published_under_is_refused(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, line: MockConfigEntry, topic: str
) -> None:
    answers: dict[str, Any] = {"own_states": True, "own_topic": topic}
    result = await submit(hass, await open_page(hass, line, "own_states"), answers)
    assert result["errors"] == {"own_topic": "topic_invalid"}


async def test_without_a_broker_nothing_can_be_published(hass: HomeAssistant, line: MockConfigEntry) -> None:
    result = await submit(hass, await open_page(hass, line, "own_states"), {"own_states": True})
    assert result["errors"] == {"own_states": "no_broker"}
