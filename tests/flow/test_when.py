"""When to act, said and asked beside the first appliances."""

from dataclasses import replace
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, get_schema_suggested_value

from custom_components.linky_offload.offload.model import OffloadMode, Profile
from tests.common import PtyMeter, hear, meter_entry, set_up

from .house import Plugs, answer, change_coordinator, choose, reach_finish, section_answers
from .steps import Result

CAR = "switch.car"


@pytest.fixture
def entry(pty_meter: PtyMeter) -> MockConfigEntry:
    return meter_entry(pty_meter.port, options={})


async def ready(
    hass: HomeAssistant, meter: PtyMeter, entry: MockConfigEntry, cadence_s: float | None, **options: Any
) -> Result:
    """The last page of a new coordinator, on a meter that speaks at this pace."""
    runtime = await set_up(hass, entry)
    hass.config_entries.async_update_entry(entry, options=options)
    await hear(hass, meter, runtime, 690)
    assert runtime.reading is not None
    runtime.reading = replace(runtime.reading, cadence_s=cadence_s)
    return await reach_finish(hass, entry, [Plugs.of(hass).plug("car", "Car")])


def said(result: Result) -> str:
    return str(result["description_placeholders"]["when"])


@pytest.mark.parametrize(
    ("cadence_s", "sentence", "kept"),
    [
        pytest.param(1.5, "just before the meter would open", Profile.METER, id="a fast meter"),
        pytest.param(10.0, "for a short while", Profile.CONTRACT, id="a slow meter"),
        pytest.param(None, "for a short while", None, id="a pace that is not known yet stays open"),
    ],
)
async def test_who_changes_nothing_gets_what_the_page_says(
    hass: HomeAssistant,
    pty_meter: PtyMeter,
    entry: MockConfigEntry,
    cadence_s: float | None,
    sentence: str,
    kept: Profile | None,
) -> None:
    result = await ready(hass, pty_meter, entry, cadence_s)
    assert sentence in said(result)
    assert "profile" not in entry.options
    result = await choose(hass, result, "automatic")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options.get("profile") == kept
    assert entry.runtime_data.mode is OffloadMode.AUTOMATIC


async def test_another_choice_is_said_and_kept_with_the_breaker(
    hass: HomeAssistant, pty_meter: PtyMeter, entry: MockConfigEntry
) -> None:
    result = await choose(hass, await ready(hass, pty_meter, entry, 1.5), "when")
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "when")
    assert get_schema_suggested_value(result["data_schema"].schema, "profile") == Profile.METER
    told = result["description_placeholders"]
    assert told["pace"].startswith("Your meter speaks every 1.5 s")
    assert told["suggested"].startswith("As much as the meter bears")
    assert told["needed"] == "34 A"  # 1.3 times 6 kVA at 230 V

    result = await answer(hass, result, profile="strict", branch_breaker=30)
    assert result["step_id"] == "finish"
    assert "first value above" in said(result)

    result = await choose(hass, result, "when")  # opened again, it shows what was chosen
    schema = result["data_schema"].schema
    assert get_schema_suggested_value(schema, "profile") == "strict"
    assert get_schema_suggested_value(schema, "branch_breaker") == 30
    result = await choose(hass, await answer(hass, result, profile="strict", branch_breaker=30), "observe")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert (entry.options["profile"], entry.options["branch_breaker"]) == ("strict", 30)


async def test_a_breaker_that_none_has_is_refused_beside_the_field(
    hass: HomeAssistant, pty_meter: PtyMeter, entry: MockConfigEntry
) -> None:
    result = await choose(hass, await ready(hass, pty_meter, entry, 1.5), "when")
    result = await answer(hass, result, profile="strict", branch_breaker=300)
    assert (result["step_id"], result["errors"]) == ("when", {"branch_breaker": "breaker_out_of_range"})
    assert get_schema_suggested_value(result["data_schema"].schema, "profile") == "strict"


async def test_a_breaker_set_to_the_contract_keeps_the_house_near_it(
    hass: HomeAssistant, pty_meter: PtyMeter, entry: MockConfigEntry
) -> None:
    result = await ready(hass, pty_meter, entry, 1.5, branch_breaker=30)
    assert "for a short while" in said(result)
    await choose(hass, result, "automatic")
    assert entry.options["profile"] == Profile.CONTRACT


async def test_a_breaker_that_is_emptied_is_forgotten(
    hass: HomeAssistant, pty_meter: PtyMeter, entry: MockConfigEntry
) -> None:
    result = await choose(hass, await ready(hass, pty_meter, entry, 1.5, branch_breaker=30), "when")
    result = await answer(hass, result, profile="meter")
    await choose(hass, result, "automatic")
    assert entry.options == {"profile": "meter"}


async def test_what_was_once_chosen_is_said_and_not_asked_again(
    hass: HomeAssistant, pty_meter: PtyMeter, entry: MockConfigEntry
) -> None:
    result = await ready(hass, pty_meter, entry, 1.5, profile="strict")
    assert "when" not in result["menu_options"]
    assert "first value above" in said(result)
    await choose(hass, result, "automatic")
    assert entry.options["profile"] == "strict"


async def test_a_house_that_never_chose_is_not_changed_in_passing(
    hass: HomeAssistant, pty_meter: PtyMeter, entry: MockConfigEntry
) -> None:
    await choose(hass, await ready(hass, pty_meter, entry, None), "automatic")
    entry.runtime_data.reading = replace(entry.runtime_data.reading, cadence_s=1.5)
    [coordinator] = entry.subentries
    result = await change_coordinator(hass, entry, coordinator)
    result = await answer(hass, result, name="Home", loads=[CAR])
    result = await answer(hass, result, **section_answers(result))
    assert "when" in result["menu_options"]
    assert "for a short while" in said(result)
    await choose(hass, result, "save")
    assert "profile" not in entry.options
