"""The first page of the options: when to act, and how far the threshold is from the contract."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import BooleanSelector, SelectSelectorMode
import probatio

from ..const import (
    CONF_ADJUSTMENT,
    CONF_BRANCH_BREAKER,
    CONF_CONTRACT_DELAY,
    CONF_CONTRACT_POWER,
    CONF_HAND_HOLD,
    CONF_PROFILE,
    CONF_STRICT_ORDER,
    CONF_TRIP_LIMIT,
    DEFAULT_ADJUSTMENT,
    DEFAULT_CONTRACT_DELAY,
    DEFAULT_HAND_HOLD,
    DEFAULT_PROFILE,
    DEFAULT_TRIP_LIMIT,
)
from ..offload.guard import GUARD_RATIO, STEP_RATIO, Filter, horizon_s
from ..offload.model import LoadSettings, Profile
from ..offload.steps import StepHistogram
from ..settings import fixed_threshold_va, mains_v
from .fields import CONTRACT_SELECTOR, choice, contract_error, number_box, within

DELAY_S: Final = (0, 600)
ADJUSTMENT_PERCENT: Final = (-99, 100)
HOLD_MIN: Final = (0, 1440)
TRIP_LIMIT_PERCENT: Final = (100, 130)

LOWEST_THRESHOLD_VA: Final = 500
"""Below this, everything would always be off."""

HIGHEST_RATIO: Final = 1.3
"""The meter opens above this multiple of its cut-off power (tic.md §9.1): a higher threshold protects nothing."""

METER_PROFILE_CADENCE_S: Final = 3.0
"""A source slower than this leaves the meter profile no time to act (design §6.2)."""

SECTION_FINE: Final = "fine"

_LATENCY_S: Final = LoadSettings(load_id="", name="").latency_s


@dataclass(frozen=True, slots=True)
class Meter:
    """What the pages must know of the meter. ``cadence_s`` is None until it was measured, ``contract_va`` if untold."""

    phase_count: int
    contract_va: float | None
    cadence_s: float | None

    @property
    def is_fast(self) -> bool:
        """Whether it speaks often enough for the meter profile."""
        return self.cadence_s is not None and self.cadence_s <= METER_PROFILE_CADENCE_S

    def contract_a(self, voltage: float) -> float | None:
        """The contract in amperes of each phase."""
        return None if self.contract_va is None else self.contract_va / (voltage * self.phase_count)

    def held_percent(self) -> float | None:
        """Below which share of the contract the reserve holds this house before its steps are learned, %.

        At a slow cadence that is under the threshold, in every profile (design §6.2).
        """
        if self.contract_va is None or self.cadence_s is None:
            return None
        share_va = self.contract_va / self.phase_count
        meter = Filter(share_va, 0.0, GUARD_RATIO, GUARD_RATIO, STEP_RATIO)
        bearable = meter.bearable_va(StepHistogram().expected_va(share_va), horizon_s(self.cadence_s, _LATENCY_S))
        return 100 * bearable / share_va


def suggested_profile(meter: Meter, options: Mapping[str, Any]) -> Profile:
    """The meter profile where it has time to act and the breaker beside the meter bears it, else the default."""
    breaker_a, contract_a = options.get(CONF_BRANCH_BREAKER), meter.contract_a(mains_v(options))
    bears = breaker_a is None or (contract_a is not None and breaker_a >= HIGHEST_RATIO * contract_a)
    return Profile.METER if meter.is_fast and bears else Profile(DEFAULT_PROFILE)


def protection_schema() -> probatio.Schema:
    """When to act, and in a folded section what hardly anybody changes."""
    fine: dict[probatio.Marker, object] = {
        probatio.Required(CONF_TRIP_LIMIT): number_box("%"),
        probatio.Required(CONF_STRICT_ORDER): BooleanSelector(),
    }
    return probatio.Schema(
        {
            probatio.Required(CONF_PROFILE): choice(CONF_PROFILE, Profile, SelectSelectorMode.LIST),
            probatio.Required(CONF_CONTRACT_DELAY): number_box("s"),
            probatio.Required(CONF_ADJUSTMENT): number_box("%"),
            probatio.Required(CONF_HAND_HOLD): number_box("min"),
            probatio.Optional(CONF_CONTRACT_POWER): CONTRACT_SELECTOR,
            probatio.Required(SECTION_FINE): section(probatio.Schema(fine), {"collapsed": True}),
        }
    )


def protection_values(meter: Meter, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options as `protection_schema` shows them; a profile that was never chosen is proposed."""
    return {
        CONF_PROFILE: options.get(CONF_PROFILE, suggested_profile(meter, options).value),
        CONF_CONTRACT_DELAY: options.get(CONF_CONTRACT_DELAY, DEFAULT_CONTRACT_DELAY),
        CONF_ADJUSTMENT: options.get(CONF_ADJUSTMENT, DEFAULT_ADJUSTMENT),
        CONF_HAND_HOLD: options.get(CONF_HAND_HOLD, DEFAULT_HAND_HOLD),
        CONF_CONTRACT_POWER: options.get(CONF_CONTRACT_POWER),
        SECTION_FINE: {
            CONF_TRIP_LIMIT: round(100 * options.get(CONF_TRIP_LIMIT, DEFAULT_TRIP_LIMIT), 1),
            CONF_STRICT_ORDER: options.get(CONF_STRICT_ORDER, False),
        },
    }


def protection_refusals(
    meter: Meter, options: Mapping[str, Any], answers: Mapping[str, Any]
) -> tuple[dict[str, str], dict[str, str]]:
    """Errors by field, and the figures in their texts."""
    errors: dict[str, str] = {}
    if not within(answers[CONF_CONTRACT_DELAY], DELAY_S):
        errors[CONF_CONTRACT_DELAY] = "delay_out_of_range"
    if not within(answers[CONF_HAND_HOLD], HOLD_MIN):
        errors[CONF_HAND_HOLD] = "hold_out_of_range"
    if not within(answers[SECTION_FINE][CONF_TRIP_LIMIT], TRIP_LIMIT_PERCENT):
        errors[SECTION_FINE] = "trip_limit_out_of_range"
    override_kva = answers.get(CONF_CONTRACT_POWER)
    if (error := contract_error(override_kva)) is not None:
        return errors | {CONF_CONTRACT_POWER: error}, {}
    adjustment = answers[CONF_ADJUSTMENT]
    if not within(adjustment, ADJUSTMENT_PERCENT):
        return errors | {CONF_ADJUSTMENT: "adjustment_out_of_range"}, {}
    if fixed_threshold_va(options, meter.phase_count) is not None:
        return errors, {}  # the adjustment is of the contract, which does not count
    contract_va = meter.contract_va if override_kva is None else 1000 * override_kva
    ratio = 1 + adjustment / 100
    if contract_va is not None and contract_va * ratio < LOWEST_THRESHOLD_VA:
        return errors | {CONF_ADJUSTMENT: "threshold_too_low"}, {"threshold": f"{contract_va * ratio:.0f}"}
    if answers[CONF_PROFILE] != Profile.METER and ratio > HIGHEST_RATIO:
        errors[CONF_ADJUSTMENT] = "threshold_too_high"
    return errors, {}


def protection_changes(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers as options; None for what is no longer given."""
    fine = answers[SECTION_FINE]
    return {
        **{key: answers[key] for key in (CONF_PROFILE, CONF_CONTRACT_DELAY, CONF_ADJUSTMENT, CONF_HAND_HOLD)},
        CONF_CONTRACT_POWER: answers.get(CONF_CONTRACT_POWER),
        CONF_TRIP_LIMIT: fine[CONF_TRIP_LIMIT] / 100,
        CONF_STRICT_ORDER: fine[CONF_STRICT_ORDER],
    }
