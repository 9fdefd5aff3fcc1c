"""The settings of the protection: all have a default that suits a normal home."""

from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult, OptionsFlow
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import probatio

from ..const import (
    CONF_ADJUSTMENT,
    CONF_CONTRACT_DELAY,
    CONF_CONTRACT_POWER,
    CONF_CONTRACT_VA,
    CONF_HAND_HOLD,
    CONF_PROFILE,
    DEFAULT_ADJUSTMENT,
    DEFAULT_CONTRACT_DELAY,
    DEFAULT_HAND_HOLD,
    DEFAULT_PROFILE,
)
from ..meter import Reading
from ..offload.model import Profile
from ..runtime import LinkyConfigEntry
from .text import decimal, load_texts

CONTRACT_KVA: Final = (1, 36)
"""What a blue contract may be, kVA."""

DELAY_S: Final = (0, 600)
ADJUSTMENT_PERCENT: Final = (-99, 100)
HOLD_MIN: Final = (0, 1440)

LOWEST_THRESHOLD_VA: Final = 500
"""Below this, everything would always be off."""

HIGHEST_RATIO: Final = 1.3
"""The meter opens above this multiple of its cut-off power (tic.md §9.1): a higher threshold protects nothing."""

METER_PROFILE_CADENCE_S: Final = 3.0
"""A source slower than this leaves the meter profile no time to act (design §6.2)."""


def number_box(unit: str, step: float = 1) -> NumberSelector:
    """A plain number. Its bounds are checked by the flow, which can say in the person's language why it refuses."""
    return NumberSelector(
        NumberSelectorConfig(mode=NumberSelectorMode.BOX, step=step, unit_of_measurement=unit),
    )


CONTRACT_SELECTOR: Final = number_box("kVA")


def _within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]


def contract_error(contract_kva: float | None) -> str | None:
    """Why a contract power is refused; None when it is not, or not given."""
    return None if contract_kva is None or _within(contract_kva, CONTRACT_KVA) else "contract_out_of_range"


class LinkyOptionsFlow(OptionsFlow):
    """One form, refused with the reason beside the field."""

    config_entry: LinkyConfigEntry

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the settings and check them."""
        errors: dict[str, str] = {}
        figures: dict[str, str] = {}
        if user_input is not None:
            errors, figures = self._refusals(user_input)
            if not errors:
                options = {key: value for key, value in self.config_entry.options.items() if key != CONF_CONTRACT_POWER}
                return self.async_create_entry(data=options | user_input)
        defaults = {
            CONF_PROFILE: DEFAULT_PROFILE,
            CONF_CONTRACT_DELAY: DEFAULT_CONTRACT_DELAY,
            CONF_ADJUSTMENT: DEFAULT_ADJUSTMENT,
            CONF_HAND_HOLD: DEFAULT_HAND_HOLD,
        }
        schema = probatio.Schema(
            {
                probatio.Required(CONF_PROFILE): SelectSelector(
                    SelectSelectorConfig(
                        options=[profile.value for profile in Profile],
                        mode=SelectSelectorMode.LIST,
                        translation_key=CONF_PROFILE,
                    )
                ),
                probatio.Required(CONF_CONTRACT_DELAY): number_box("s"),
                probatio.Required(CONF_ADJUSTMENT): number_box("%"),
                probatio.Required(CONF_HAND_HOLD): number_box("min"),
                probatio.Optional(CONF_CONTRACT_POWER): CONTRACT_SELECTOR,
            }
        )
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                schema, user_input or {**defaults, **self.config_entry.options}
            ),
            errors=errors,
            description_placeholders={**await self._async_describe(), **figures},
        )

    @property
    def _reading(self) -> Reading | None:
        """The meter as it is now, None while it is not read."""
        entry = self.config_entry
        return entry.runtime_data.reading if entry.state is ConfigEntryState.LOADED else None

    def _contract_va(self, override_kva: float | None) -> float | None:
        """The contract that the threshold will be held against, VA."""
        if override_kva is not None:
            return 1000 * override_kva
        contract_va: int | None = self.config_entry.data[CONF_CONTRACT_VA]
        return contract_va

    def _refusals(self, user_input: dict[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
        """Errors by field, and the figures in their texts."""
        errors: dict[str, str] = {}
        figures: dict[str, str] = {}
        if not _within(user_input[CONF_CONTRACT_DELAY], DELAY_S):
            errors[CONF_CONTRACT_DELAY] = "delay_out_of_range"
        if not _within(user_input[CONF_HAND_HOLD], HOLD_MIN):
            errors[CONF_HAND_HOLD] = "hold_out_of_range"
        override_kva = user_input.get(CONF_CONTRACT_POWER)
        if (error := contract_error(override_kva)) is not None:
            errors[CONF_CONTRACT_POWER] = error
            return errors, figures
        adjustment = user_input[CONF_ADJUSTMENT]
        ratio = 1 + adjustment / 100
        contract_va = self._contract_va(override_kva)
        if not _within(adjustment, ADJUSTMENT_PERCENT):
            errors[CONF_ADJUSTMENT] = "adjustment_out_of_range"
        elif contract_va is not None and contract_va * ratio < LOWEST_THRESHOLD_VA:
            errors[CONF_ADJUSTMENT] = "threshold_too_low"
            figures["threshold"] = f"{contract_va * ratio:.0f}"
        elif user_input[CONF_PROFILE] != Profile.METER and ratio > HIGHEST_RATIO:
            errors[CONF_ADJUSTMENT] = "threshold_too_high"
        return errors, figures

    async def _async_describe(self) -> dict[str, str]:
        """The contract and the pace of the meter, on which the choice of a profile depends."""
        texts = await load_texts(self.hass, "pace")
        reading = self._reading
        contract_va = self._contract_va(self.config_entry.options.get(CONF_CONTRACT_POWER))
        cadence_s = None if reading is None else reading.cadence_s
        if cadence_s is None:
            pace = texts("unknown")
        else:
            key = "fast" if cadence_s <= METER_PROFILE_CADENCE_S else "slow"
            pace = texts(key, seconds=decimal(self.hass, cadence_s, 1))
        return {
            "contract": texts("no_contract") if contract_va is None else f"{contract_va / 1000:g} kVA",
            "pace": pace,
        }
