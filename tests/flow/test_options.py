"""The settings of the protection: what is offered, what is refused and why."""

from dataclasses import replace
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, get_schema_suggested_value

from tests.common import PtyMeter, hear, meter_entry, set_up

from .steps import Result

GOOD = {"profile": "contract", "contract_delay": 60, "adjustment": 0, "hand_hold": 60}


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A meter of 6 kVA that is not running."""
    entry = meter_entry("/dev/none", options={})
    entry.add_to_hass(hass)
    return entry


async def open_options(hass: HomeAssistant, entry: MockConfigEntry) -> Result:
    """Choose to configure a meter."""
    return await hass.config_entries.options.async_init(entry.entry_id)


async def submit(hass: HomeAssistant, result: Result, answers: dict[str, Any]) -> Result:
    """Send the form."""
    return await hass.config_entries.options.async_configure(result["flow_id"], answers)


async def test_the_form_shows_the_defaults_then_what_was_saved(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    result = await open_options(hass, entry)
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "init")
    shown = result["data_schema"].schema
    assert {key: get_schema_suggested_value(shown, key) for key in GOOD} == GOOD
    assert get_schema_suggested_value(shown, "contract_power") is None
    assert result["description_placeholders"] == {
        "contract": "6 kVA",
        "pace": "The pace of your meter is not known yet.",
    }
    answer = {"profile": "strict", "contract_delay": 0, "adjustment": -10, "hand_hold": 1440, "contract_power": 9}
    result = await submit(hass, result, answer)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options == answer
    result = await open_options(hass, entry)
    shown = result["data_schema"].schema
    assert {key: get_schema_suggested_value(shown, key) for key in answer} == answer
    assert result["description_placeholders"]["contract"] == "9 kVA"


async def test_an_emptied_contract_gives_the_word_back_to_the_meter_and_keeps_the_rest(hass: HomeAssistant) -> None:
    entry = meter_entry("/dev/none", options={"contract_power": 9, "set_by_something_else": 1})
    entry.add_to_hass(hass)
    result = await open_options(hass, entry)
    await submit(hass, result, GOOD)
    assert entry.options == {**GOOD, "set_by_something_else": 1}


REFUSALS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "a delay below 0 s": ({"contract_delay": -1}, {"contract_delay": "delay_out_of_range"}),
    "a delay above 10 min": ({"contract_delay": 601}, {"contract_delay": "delay_out_of_range"}),
    "a hold below 0 min": ({"hand_hold": -1}, {"hand_hold": "hold_out_of_range"}),
    "a hold above a day": ({"hand_hold": 1441}, {"hand_hold": "hold_out_of_range"}),
    "−100 %": ({"adjustment": -100}, {"adjustment": "adjustment_out_of_range"}),
    "+101 %": ({"profile": "meter", "adjustment": 101}, {"adjustment": "adjustment_out_of_range"}),
    "a threshold of 480 VA": ({"adjustment": -92}, {"adjustment": "threshold_too_low"}),
    "a threshold of 480 VA for the meter": (
        {"profile": "meter", "adjustment": -92},
        {"adjustment": "threshold_too_low"},
    ),
    "a threshold of 450 VA by the person's contract": (
        {"adjustment": -85, "contract_power": 3},
        {"adjustment": "threshold_too_low"},
    ),
    "above what the meter bears, held strictly": (
        {"profile": "strict", "adjustment": 31},
        {"adjustment": "threshold_too_high"},
    ),
    "above what the meter bears, with a delay": (
        {"profile": "contract", "adjustment": 31},
        {"adjustment": "threshold_too_high"},
    ),
    "a contract of 0 kVA": ({"contract_power": 0}, {"contract_power": "contract_out_of_range"}),
    "a contract of 37 kVA": ({"contract_power": 37}, {"contract_power": "contract_out_of_range"}),
    "several at once": (
        {"contract_delay": 700, "hand_hold": -5, "adjustment": -99},
        {
            "contract_delay": "delay_out_of_range",
            "hand_hold": "hold_out_of_range",
            "adjustment": "threshold_too_low",
        },
    ),
}


@pytest.mark.parametrize(("wrong", "errors"), REFUSALS.values(), ids=REFUSALS.keys())
async def test_nonsense_is_refused_beside_its_field_and_may_be_mended(
    hass: HomeAssistant, entry: MockConfigEntry, wrong: dict[str, Any], errors: dict[str, str]
) -> None:
    result = await open_options(hass, entry)
    result = await submit(hass, result, GOOD | wrong)
    assert (result["type"], result["errors"]) == (FlowResultType.FORM, errors)
    for key, value in wrong.items():
        assert get_schema_suggested_value(result["data_schema"].schema, key) == value
    result = await submit(hass, result, GOOD)
    assert result["type"] is FlowResultType.CREATE_ENTRY


ACCEPTED: dict[str, dict[str, Any]] = {
    "just 500 VA": {"adjustment": -91.6},
    "just what the meter bears": {"adjustment": 30},
    "the meter profile sets no threshold above": {"profile": "meter", "adjustment": 100},
}


@pytest.mark.parametrize("answer", ACCEPTED.values(), ids=ACCEPTED.keys())
async def test_the_bounds_themselves_are_accepted(
    hass: HomeAssistant, entry: MockConfigEntry, answer: dict[str, Any]
) -> None:
    result = await open_options(hass, entry)
    result = await submit(hass, result, GOOD | answer)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_an_unknown_contract_refuses_no_threshold_as_too_low(hass: HomeAssistant) -> None:
    entry = meter_entry("/dev/none", options={}, contract_va=None)
    entry.add_to_hass(hass)
    result = await open_options(hass, entry)
    assert result["description_placeholders"]["contract"] == "not known"
    result = await submit(hass, result, GOOD | {"adjustment": -95})
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    ("cadence_s", "words"),
    [
        pytest.param(1.5, "every 1.5 s: every choice", id="a fast meter may use every profile"),
        pytest.param(3.2, "every 3.2 s only", id="a slow meter is told what does not suit it"),
    ],
)
async def test_the_form_tells_the_pace_of_the_meter(
    hass: HomeAssistant, pty_meter: PtyMeter, cadence_s: float, words: str
) -> None:
    entry = meter_entry(pty_meter.port)
    runtime = await set_up(hass, entry)
    await hear(hass, pty_meter, runtime, 690)
    assert runtime.reading is not None
    runtime.reading = replace(runtime.reading, cadence_s=cadence_s)
    result = await open_options(hass, entry)
    assert words in result["description_placeholders"]["pace"]
