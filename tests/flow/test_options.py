"""The settings of the protection: what is offered, what is refused and why."""

from dataclasses import replace
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.linky_offload.flow.protection import Meter as MeterFacts, suggested_profile
from custom_components.linky_offload.meter import Measured, Quantity
from custom_components.linky_offload.offload.model import Profile
from custom_components.linky_offload.runtime import LinkyRuntime
from tests.common import PtyMeter, hear, meter_entry, set_up

from .steps import open_page, shown, submit

GOOD: dict[str, Any] = {
    "profile": "contract",
    "contract_delay": 60,
    "adjustment": 0,
    "hand_hold": 60,
    "fine": {"trip_limit": 125, "strict_order": False},
}
KEPT = {
    "profile": "contract",
    "contract_delay": 60,
    "adjustment": 0,
    "hand_hold": 60,
    "trip_limit": 1.25,
    "strict_order": False,
}
FAST = MeterFacts(phase_count=1, contract_va=6000, cadence_s=1.5)


async def hear_at(hass: HomeAssistant, meter: PtyMeter, entry: MockConfigEntry, cadence_s: float) -> LinkyRuntime:
    """Set a meter to work that speaks at this pace."""
    runtime = await set_up(hass, entry)
    await hear(hass, meter, runtime, 690)
    assert runtime.reading is not None
    runtime.reading = replace(runtime.reading, cadence_s=cadence_s)
    return runtime


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A meter of 6 kVA that is not running."""
    entry = meter_entry("/dev/none", options={})
    entry.add_to_hass(hass)
    return entry


async def test_the_settings_are_a_menu_of_pages(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    result = await hass.config_entries.options.async_init(entry.entry_id)
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "init")
    assert result["menu_options"] == [
        "protection",
        "threshold",
        "breaker",
        "soft_limits",
        "circuits",
        "actions",
        "publishing",
        "own_states",
    ]


# When to act ----------------------------------------------------------------------------------------------------------


async def test_the_form_shows_the_defaults_then_what_was_saved(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    result = await open_page(hass, entry, "protection")
    assert shown(result) == GOOD
    assert result["description_placeholders"] == {
        "contract": "6 kVA",
        "pace": "The pace of your meter is not known yet.",
        "suggested": "Above the contract for a short while",
    }
    answers = {"profile": "strict", "contract_delay": 0, "adjustment": -10, "hand_hold": 1440, "contract_power": 9}
    answers["fine"] = {"trip_limit": 130, "strict_order": True}
    result = await submit(hass, result, answers)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    plain = {key: value for key, value in answers.items() if key != "fine"}
    assert entry.options == plain | {"trip_limit": 1.3, "strict_order": True}
    result = await open_page(hass, entry, "protection")
    assert shown(result) == answers
    assert result["description_placeholders"]["contract"] == "9 kVA"


async def test_an_emptied_contract_gives_the_word_back_to_the_meter_and_keeps_the_rest(hass: HomeAssistant) -> None:
    entry = meter_entry("/dev/none", options={"contract_power": 9, "branch_breaker": 45})
    entry.add_to_hass(hass)
    await submit(hass, await open_page(hass, entry, "protection"), GOOD)
    assert entry.options == {**KEPT, "branch_breaker": 45}


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
    "filled up to more than the meter bears": (
        {"fine": {"trip_limit": 131, "strict_order": False}},
        {"fine": "trip_limit_out_of_range"},
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
    result = await open_page(hass, entry, "protection")
    result = await submit(hass, result, GOOD | wrong)
    assert (result["type"], result["errors"]) == (FlowResultType.FORM, errors)
    assert shown(result) == GOOD | wrong
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
    result = await open_page(hass, entry, "protection")
    result = await submit(hass, result, GOOD | answer)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_an_unknown_contract_refuses_no_threshold_as_too_low(hass: HomeAssistant) -> None:
    entry = meter_entry("/dev/none", options={}, contract_va=None)
    entry.add_to_hass(hass)
    result = await open_page(hass, entry, "protection")
    assert result["description_placeholders"]["contract"] == "not known"
    result = await submit(hass, result, GOOD | {"adjustment": -95})
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_an_adjustment_does_not_matter_beside_a_threshold_of_the_person(hass: HomeAssistant) -> None:
    entry = meter_entry("/dev/none", options={"threshold_kind": "va", "threshold_value": 4000})
    entry.add_to_hass(hass)
    result = await submit(hass, await open_page(hass, entry, "protection"), GOOD | {"adjustment": 50})
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    ("cadence_s", "words", "profile"),
    [
        pytest.param(1.5, "every 1.5 s: every choice", "meter", id="a fast meter may use every profile"),
        pytest.param(3.2, "every 3.2 s only: the third choice below would act too late", "contract", id="a slow one"),
        pytest.param(120, "held under about 93 % of the contract", "contract", id="one that must be held lower"),
    ],
)
async def test_the_form_tells_the_pace_of_the_meter_and_what_follows(
    hass: HomeAssistant, pty_meter: PtyMeter, cadence_s: float, words: str, profile: str
) -> None:
    entry = meter_entry(pty_meter.port, options={})
    await hear_at(hass, pty_meter, entry, cadence_s)
    result = await open_page(hass, entry, "protection")
    assert words in result["description_placeholders"]["pace"]
    assert shown(result)["profile"] == profile


async def test_a_slow_meter_of_unknown_contract_is_told_no_figure(hass: HomeAssistant, pty_meter: PtyMeter) -> None:
    entry = meter_entry(pty_meter.port, options={}, contract_va=None)
    await hear_at(hass, pty_meter, entry, 60)
    result = await open_page(hass, entry, "protection")
    assert result["description_placeholders"]["pace"].endswith("the third choice below would act too late.")


async def test_a_profile_that_was_chosen_is_not_replaced_by_the_proposed_one(
    hass: HomeAssistant, pty_meter: PtyMeter
) -> None:
    entry = meter_entry(pty_meter.port, options={"profile": "strict"})
    await hear_at(hass, pty_meter, entry, 1.5)
    assert shown(await open_page(hass, entry, "protection"))["profile"] == "strict"


PROPOSALS: dict[str, tuple[MeterFacts, dict[str, Any], Profile]] = {
    "fast, no breaker given": (FAST, {}, Profile.METER),
    "3 s is just fast enough": (replace(FAST, cadence_s=3.0), {}, Profile.METER),
    "slower": (replace(FAST, cadence_s=3.1), {}, Profile.CONTRACT),
    "of unknown pace": (replace(FAST, cadence_s=None), {}, Profile.CONTRACT),
    "a breaker of 45 A bears 1.3 × 26 A": (FAST, {"branch_breaker": 45}, Profile.METER),
    "one of 30 A does not": (FAST, {"branch_breaker": 30}, Profile.CONTRACT),
    "one of 32 A does at 245 V": (FAST, {"branch_breaker": 32, "mains_v": 245}, Profile.METER),
    "three phases share the contract": (
        replace(FAST, phase_count=3, contract_va=12_000),
        {"branch_breaker": 25},
        Profile.METER,
    ),
    "a breaker, but the contract is unknown": (
        replace(FAST, contract_va=None),
        {"branch_breaker": 90},
        Profile.CONTRACT,
    ),
}


@pytest.mark.parametrize(("meter", "options", "profile"), PROPOSALS.values(), ids=PROPOSALS.keys())
def test_the_meter_profile_is_proposed_where_there_is_time_and_a_breaker_that_bears_it(
    meter: MeterFacts, options: dict[str, Any], profile: Profile
) -> None:
    assert suggested_profile(meter, options) is profile


@pytest.mark.parametrize(
    ("contract_va", "cadence_s", "percent"),
    [
        pytest.param(6000, 1.5, 124, id="6 kVA at the pace of a serial line"),
        pytest.param(6000, 60, 104, id="6 kVA behind a relay of 60 s"),
        pytest.param(3000, 60, 95, id="3 kVA behind it: below the contract"),
        pytest.param(None, 60, None, id="contract unknown"),
        pytest.param(6000, None, None, id="pace unknown"),
    ],
)
def test_the_reserve_of_a_slow_source_is_told(
    contract_va: float | None, cadence_s: float | None, percent: int | None
) -> None:
    held = MeterFacts(phase_count=1, contract_va=contract_va, cadence_s=cadence_s).held_percent()
    assert (None if held is None else round(held)) == percent


# Another threshold ----------------------------------------------------------------------------------------------------

THRESHOLD = {"threshold_kind": "contract", "mains_v": 230}


async def test_a_threshold_of_the_person_replaces_the_contract_and_goes_away_again(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    result = await open_page(hass, entry, "threshold")
    assert shown(result) == THRESHOLD
    answers = {"threshold_kind": "a", "threshold_value": 20, "mains_v": 225}
    await submit(hass, result, answers)
    assert entry.options == answers
    result = await open_page(hass, entry, "threshold")
    assert shown(result) == answers
    await submit(hass, result, answers | {"threshold_kind": "contract"})
    assert entry.options == {"threshold_kind": "contract", "mains_v": 225}


THRESHOLDS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "no figure": ({"threshold_kind": "va"}, {"threshold_value": "threshold_missing"}),
    "below 500 VA": ({"threshold_kind": "va", "threshold_value": 499}, {"threshold_value": "threshold_too_low"}),
    "2 A": ({"threshold_kind": "a", "threshold_value": 2}, {"threshold_value": "threshold_too_low"}),
    "a negative one": ({"threshold_kind": "w", "threshold_value": -4000}, {"threshold_value": "threshold_too_low"}),
    "above 130 % of the contract": (
        {"threshold_kind": "w", "threshold_value": 7801},
        {"threshold_value": "threshold_above_meter"},
    ),
    "34 A of 6 kVA": ({"threshold_kind": "a", "threshold_value": 34}, {"threshold_value": "threshold_above_meter"}),
    "a mains of 127 V": ({"mains_v": 127}, {"mains_v": "mains_out_of_range"}),
}


@pytest.mark.parametrize(("wrong", "errors"), THRESHOLDS.values(), ids=THRESHOLDS.keys())
async def test_a_threshold_that_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry, wrong: dict[str, Any], errors: dict[str, str]
) -> None:
    result = await submit(hass, await open_page(hass, entry, "threshold"), THRESHOLD | wrong)
    assert (result["type"], result["errors"]) == (FlowResultType.FORM, errors)
    assert shown(result) == THRESHOLD | wrong
    result = await submit(hass, result, THRESHOLD | {"threshold_kind": "va", "threshold_value": 7800})
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_amperes_are_of_each_phase(hass: HomeAssistant) -> None:
    entry = meter_entry("/dev/none", options={}, phases=3, contract_va=None)
    entry.add_to_hass(hass)
    answers = THRESHOLD | {"threshold_kind": "a", "threshold_value": 67.9}
    result = await submit(hass, await open_page(hass, entry, "threshold"), answers)
    assert result["errors"] == {"threshold_value": "threshold_above_meter"}
    assert result["description_placeholders"] == {"phases": "3", "threshold": "46851", "limit": "46800"}
    result = await submit(hass, result, answers | {"threshold_value": 67})
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_the_voltage_that_the_meter_measures_is_proposed(hass: HomeAssistant, pty_meter: PtyMeter) -> None:
    entry = meter_entry(pty_meter.port, options={})
    runtime = await hear_at(hass, pty_meter, entry, 1.5)
    assert runtime.reading is not None
    volts = {Quantity.VOLTAGE_1: 236, Quantity.VOLTAGE_2: 241, Quantity.VOLTAGE_3: 0}
    told = {quantity: Measured(value=value, at=0.0) for quantity, value in volts.items()}
    runtime.reading = replace(runtime.reading, values=told)
    assert shown(await open_page(hass, entry, "threshold"))["mains_v"] == 238


# The breaker ----------------------------------------------------------------------------------------------------------


async def test_the_breaker_is_given_and_taken_away(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    result = await open_page(hass, entry, "breaker")
    assert (shown(result), result["description_placeholders"]) == ({}, {"needed": "34 A"})
    for wrong in (4, 126):
        result = await submit(hass, result, {"branch_breaker": wrong})
        assert result["errors"] == {"branch_breaker": "breaker_out_of_range"}
    await submit(hass, result, {"branch_breaker": 45})
    assert entry.options == {"branch_breaker": 45}
    result = await open_page(hass, entry, "breaker")
    assert shown(result) == {"branch_breaker": 45}
    await submit(hass, result, {})
    assert entry.options == {}


async def test_the_breaker_that_is_needed_is_not_told_without_a_contract(hass: HomeAssistant) -> None:
    entry = meter_entry("/dev/none", options={}, contract_va=None)
    entry.add_to_hass(hass)
    result = await open_page(hass, entry, "breaker")
    assert result["description_placeholders"] == {"needed": "not known"}


# Publishing -----------------------------------------------------------------------------------------------------------


async def test_the_publishing_policy_is_balanced_until_another_is_chosen(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    result = await open_page(hass, entry, "publishing")
    assert result["data_schema"]({}) == {"publishing": "balanced"}
    await submit(hass, result, {"publishing": "economy"})
    assert entry.options == {"publishing": "economy"}
    assert shown(await open_page(hass, entry, "publishing")) == {"publishing": "economy"}


# Actions --------------------------------------------------------------------------------------------------------------


async def test_actions_are_kept_as_they_were_entered(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    notify = [{"action": "notify.phone", "data": {"message": "{{ loads }}"}}]
    result = await open_page(hass, entry, "actions")
    assert shown(result) == {}
    await submit(hass, result, {"actions_begin": notify, "actions_end": []})
    assert entry.options == {"actions_begin": notify}
    assert shown(await open_page(hass, entry, "actions")) == {"actions_begin": notify}


async def test_actions_that_cannot_be_run_are_refused(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    result = await open_page(hass, entry, "actions")
    result = await submit(hass, result, {"actions_begin": [{"delay": 5}], "actions_end": [{"shout": "loud"}]})
    assert result["errors"] == {"actions_end": "actions_invalid"}
    assert "action" in result["description_placeholders"]["detail"]
    result = await submit(hass, result, {"actions_end": [{"delay": 5}]})
    assert entry.options == {"actions_end": [{"delay": 5}]}
