"""Fields that several forms share, and the bounds that they have in common."""

from collections.abc import Iterable, Mapping
from typing import Final

from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

CONTRACT_KVA: Final = (1, 36)
"""What a blue contract may be, kVA."""


def number_box(unit: str, step: float = 1) -> NumberSelector:
    """A plain number. Its bounds are checked by the flow, which can say in the person's language why it refuses."""
    return NumberSelector(
        NumberSelectorConfig(mode=NumberSelectorMode.BOX, step=step, unit_of_measurement=unit),
    )


def choice(key: str, options: Iterable[str], mode: SelectSelectorMode = SelectSelectorMode.DROPDOWN) -> SelectSelector:
    """One of the options, whose words are those of the group ``key`` of the language files."""
    return SelectSelector(SelectSelectorConfig(options=list(options), mode=mode, translation_key=key))


def named_choice(options: Mapping[str, str]) -> SelectSelector:
    """One of the options, which are given with their words."""
    return SelectSelector(
        SelectSelectorConfig(
            options=[SelectOptionDict(value=value, label=label) for value, label in options.items()],
            mode=SelectSelectorMode.DROPDOWN,
        )
    )


CONTRACT_SELECTOR: Final = number_box("kVA")


def within(value: float, bounds: tuple[float, float]) -> bool:
    """Whether a value is at or between the bounds."""
    return bounds[0] <= value <= bounds[1]


def contract_error(contract_kva: float | None, *, needed: bool = False) -> str | None:
    """Why a contract power is refused; None when it is not, or not given where it is not ``needed``.

    A needed one is no required field all the same: the interface would fill a required number with 0.
    """
    if contract_kva is None:
        return "contract_missing" if needed else None
    return None if within(contract_kva, CONTRACT_KVA) else "contract_out_of_range"
