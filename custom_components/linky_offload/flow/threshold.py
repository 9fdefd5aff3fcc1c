"""The pages of a threshold of the person's own, and of the breaker beside the meter."""

from collections.abc import Mapping
from statistics import fmean
from typing import Any, Final

from homeassistant.helpers.selector import SelectSelectorMode
import probatio

from ..const import (
    CONF_BRANCH_BREAKER,
    CONF_MAINS_V,
    CONF_THRESHOLD_KIND,
    CONF_THRESHOLD_VALUE,
    DEFAULT_MAINS_V,
    THRESHOLD_A,
    THRESHOLD_CONTRACT,
    THRESHOLD_VA,
    THRESHOLD_W,
)
from ..meter import Quantity, Reading
from ..settings import fixed_threshold_va
from .fields import CONTRACT_KVA, choice, number_box, within
from .protection import HIGHEST_RATIO, LOWEST_THRESHOLD_VA, Meter

MAINS_V: Final = (200, 260)
BREAKER_A: Final = (5, 125)

_VOLTAGES: Final = (Quantity.VOLTAGE_1, Quantity.VOLTAGE_2, Quantity.VOLTAGE_3)


def measured_mains_v(reading: Reading | None) -> float | None:
    """The voltage that the meter tells, mean of its phases; None where it tells none that makes sense."""
    values = [] if reading is None else [reading.values[one].value for one in _VOLTAGES if one in reading.values]
    told = [float(value) for value in values if isinstance(value, (int, float)) and within(value, MAINS_V)]
    return round(fmean(told)) if told else None


def threshold_schema() -> probatio.Schema:
    """What counts, its figure, and the voltage that turns amperes into VA."""
    kinds = (THRESHOLD_CONTRACT, THRESHOLD_VA, THRESHOLD_W, THRESHOLD_A)
    return probatio.Schema(
        {
            probatio.Required(CONF_THRESHOLD_KIND): choice(CONF_THRESHOLD_KIND, kinds, SelectSelectorMode.LIST),
            probatio.Optional(CONF_THRESHOLD_VALUE): number_box(""),
            probatio.Required(CONF_MAINS_V): number_box("V"),
        }
    )


def threshold_values(options: Mapping[str, Any], reading: Reading | None) -> dict[str, Any]:
    """The options as `threshold_schema` shows them; a voltage that was never given is the one measured."""
    return {
        CONF_THRESHOLD_KIND: options.get(CONF_THRESHOLD_KIND, THRESHOLD_CONTRACT),
        CONF_THRESHOLD_VALUE: options.get(CONF_THRESHOLD_VALUE),
        CONF_MAINS_V: options.get(CONF_MAINS_V) or measured_mains_v(reading) or DEFAULT_MAINS_V,
    }


def threshold_refusals(meter: Meter, answers: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """Errors by field, and the figures in their texts."""
    if not within(answers[CONF_MAINS_V], MAINS_V):
        return {CONF_MAINS_V: "mains_out_of_range"}, {}
    if answers[CONF_THRESHOLD_KIND] == THRESHOLD_CONTRACT:
        return {}, {}
    threshold_va = fixed_threshold_va(answers, meter.phase_count)
    if threshold_va is None:
        return {CONF_THRESHOLD_VALUE: "threshold_missing"}, {}
    if threshold_va < LOWEST_THRESHOLD_VA:
        return {CONF_THRESHOLD_VALUE: "threshold_too_low"}, {"threshold": f"{threshold_va:.0f}"}
    limit_va = HIGHEST_RATIO * (meter.contract_va or 1000 * CONTRACT_KVA[1])
    if threshold_va > limit_va:
        figures = {"threshold": f"{threshold_va:.0f}", "limit": f"{limit_va:.0f}"}
        return {CONF_THRESHOLD_VALUE: "threshold_above_meter"}, figures
    return {}, {}


def threshold_changes(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers as options; a figure is of no use beside the contract."""
    kind = answers[CONF_THRESHOLD_KIND]
    return {
        CONF_THRESHOLD_KIND: kind,
        CONF_THRESHOLD_VALUE: None if kind == THRESHOLD_CONTRACT else answers[CONF_THRESHOLD_VALUE],
        CONF_MAINS_V: answers[CONF_MAINS_V],
    }


def breaker_schema() -> probatio.Schema:
    """The setting of the breaker."""
    return probatio.Schema({probatio.Optional(CONF_BRANCH_BREAKER): number_box("A")})


def breaker_refusals(answers: Mapping[str, Any]) -> dict[str, str]:
    """Errors by field."""
    breaker_a = answers.get(CONF_BRANCH_BREAKER)
    refused = breaker_a is not None and not within(breaker_a, BREAKER_A)
    return {CONF_BRANCH_BREAKER: "breaker_out_of_range"} if refused else {}
