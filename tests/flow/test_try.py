"""Trying an appliance out of the last page: it is saved first, switched for a moment, and the result told in words."""

from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.linky_offload import runtime, trial
from custom_components.linky_offload.flow import last_page
from custom_components.linky_offload.flow.text import decimal, explain
from custom_components.linky_offload.trial import TryResult
from tests.common import COORDINATOR_ID, PtyMeter, load, meter_entry, set_up

from .house import answer, change_coordinator, choose, reach_finish, section_answers
from .steps import Result

TANK = "input_boolean.tank"


@pytest.fixture
async def entry(hass: HomeAssistant, pty_meter: PtyMeter, monkeypatch: pytest.MonkeyPatch) -> MockConfigEntry:
    """A meter at work, and a tank that is on."""
    monkeypatch.setattr(trial, "OFF_S", 0.1)
    switches = {"tank": {"name": "Tank", "initial": True}, "lamp": {"name": "Lamp", "initial": False}}
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": switches})
    entry = meter_entry(pty_meter.port)
    await set_up(hass, entry)
    return entry


async def try_it(hass: HomeAssistant, result: Result, place: int = 0) -> Result:
    """Choose to try an appliance and wait for its result."""
    result = await choose(hass, result, "try_load")
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "try_load")
    (field,) = result["data_schema"].schema.values()
    option = field.config["options"][place]
    result = await hass.config_entries.subentries.async_configure(result["flow_id"], {"load_id": option["value"]})
    assert (result["type"], result["step_id"]) == (FlowResultType.SHOW_PROGRESS, "trying")
    await hass.async_block_till_done()
    result = await hass.config_entries.subentries.async_configure(result["flow_id"])
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "finish")
    return result


async def test_a_new_coordinator_is_created_and_its_appliance_really_switched(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    seen: list[str] = []
    hass.bus.async_listen(
        "state_changed",
        lambda event: seen.append(event.data["new_state"].state) if event.data["entity_id"] == TANK else None,
    )
    result = await try_it(hass, await reach_finish(hass, entry, [TANK]))
    assert seen == ["off", "on"]
    told = result["description_placeholders"]["tried"]
    assert told.startswith("Tank obeyed in 0.")
    assert "The meter saw no change" in told
    (subentry,) = entry.subentries.values()
    load_id = subentry.data["loads"][0]["load_id"]
    # From here on it is a change of what exists, and ends as the creation that it is to the person.
    assert result["menu_options"] == ["save", "try_load", "times", "details", "strategy", "user"]
    result = await choose(hass, result, "times")
    result = await answer(hass, result, load_1=section_answers(result)["load_1"] | {"delay_after": 30})
    result = await choose(hass, result, "save")
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "created")
    (subentry,) = entry.subentries.values()
    assert (subentry.data["loads"][0]["load_id"], subentry.data["loads"][0]["delay_after"]) == (load_id, 30)


async def test_what_the_meter_saw_is_told(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime.LinkyRuntime, "async_try_load", _returns(TryResult(latency_s=0.42, va=1983.4)))
    result = await try_it(hass, await reach_finish(hass, entry, [TANK]))
    assert result["description_placeholders"]["tried"] == "Tank obeyed in 0.42 s, and the house drew 1983 VA less."


def _returns(result: TryResult) -> Callable[..., Awaitable[TryResult]]:
    async def try_load(*_: Any) -> TryResult:
        return result

    return try_load


async def test_an_appliance_that_must_not_be_switched_now_says_why_and_another_may_be_tried(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    result = await try_it(hass, await reach_finish(hass, entry, ["input_boolean.lamp", TANK]))
    assert "Lamp" in result["description_placeholders"]["tried"]
    assert "obeyed" not in result["description_placeholders"]["tried"]
    result = await try_it(hass, result, 1)
    assert result["description_placeholders"]["tried"].startswith("Tank obeyed")
    assert len(entry.subentries) == 1


async def test_a_change_is_saved_before_the_trial(
    hass: HomeAssistant, pty_meter: PtyMeter, entry: MockConfigEntry
) -> None:
    await hass.config_entries.async_remove(entry.entry_id)
    entry = meter_entry(pty_meter.port, [load("load1", "input_boolean.lamp")])
    await set_up(hass, entry)
    result = await change_coordinator(hass, entry, COORDINATOR_ID)
    result = await answer(hass, result, name="House", loads=[TANK, "input_boolean.lamp"])
    result = await answer(hass, result, **section_answers(result))
    result = await try_it(hass, result)
    assert result["description_placeholders"]["tried"].startswith("Tank obeyed")
    assert entry.subentries[COORDINATOR_ID].title == "House"
    result = await choose(hass, result, "save")
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")


async def test_a_meter_that_stops_before_the_trial(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    result = await choose(hass, await reach_finish(hass, entry, [TANK]), "try_load")
    (field,) = result["data_schema"].schema
    await hass.config_entries.async_unload(entry.entry_id)
    result = await answer(hass, result, load_id=field.default())
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "entry_not_loaded")


async def test_a_meter_that_does_not_take_the_appliance_over(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = await reach_finish(hass, entry, [TANK])
    monkeypatch.setattr(runtime.LinkyRuntime, "configure", lambda _: None)
    assert last_page.ARRIVAL_S < 1
    result = await try_it(hass, result)
    assert result["description_placeholders"]["tried"].startswith("Tank could not be tried")
    assert entry.state is ConfigEntryState.LOADED


@pytest.mark.parametrize(("language", "text"), [("en", "0.42"), ("fr", "0,42"), ("fr-CA", "0,42")])
async def test_numbers_have_the_decimal_mark_of_the_language(hass: HomeAssistant, language: str, text: str) -> None:
    hass.config.language = language
    assert decimal(hass, 0.421, 2) == text


async def test_an_error_without_a_translation_speaks_for_itself(hass: HomeAssistant) -> None:
    assert await explain(hass, HomeAssistantError("the plug said no")) == "the plug said no"
