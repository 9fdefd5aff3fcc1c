"""Fans, and what is shown as one: off, and back at their speed or preset."""

from collections.abc import Mapping
from typing import Any, Final, override

from homeassistant.components.fan.const import (
    ATTR_PERCENTAGE,
    ATTR_PERCENTAGE_STEP,
    ATTR_PRESET_MODE,
    SERVICE_SET_PERCENTAGE,
    SERVICE_SET_PRESET_MODE,
    FanEntityFeature,
)
from homeassistant.const import ATTR_SUPPORTED_FEATURES, SERVICE_TURN_ON
from homeassistant.core import State

from ..journal import Saved
from .base import ON
from .dimmed import DimmedActuator
from .figure import figure

_STEP: Final = 1.0


class FanActuator(DimmedActuator):
    """A fan; a preset sets the speed by itself, so that of the two only the preset is put back."""

    setting = ATTR_PERCENTAGE

    @override
    def facts(self, state: State) -> dict[str, str | float | bool]:
        facts = super().facts(state)
        if (preset := state.attributes.get(ATTR_PRESET_MODE)) is not None:
            facts[ATTR_PRESET_MODE] = preset
        return facts

    @override
    def turn_on_data(self, facts: Saved) -> dict[str, str | float | bool]:
        if ATTR_PRESET_MODE in facts:
            return {ATTR_PRESET_MODE: facts[ATTR_PRESET_MODE]}
        return {ATTR_PERCENTAGE: facts[ATTR_PERCENTAGE]} if facts.get(ATTR_PERCENTAGE) else {}

    @override
    def adjusted(self, service: str, data: Mapping[str, Any], owner: Saved, state: State) -> Saved | None:
        if service not in (SERVICE_TURN_ON, SERVICE_SET_PERCENTAGE, SERVICE_SET_PRESET_MODE):
            return None
        if (preset := data.get(ATTR_PRESET_MODE)) is not None:
            return {**owner, ON: True, ATTR_PRESET_MODE: str(preset)}
        percentage = figure(data.get(ATTR_PERCENTAGE))
        if percentage is None:
            return {**owner, ON: True} if service == SERVICE_TURN_ON else None
        others = {name: value for name, value in owner.items() if name != ATTR_PRESET_MODE}
        return {**others, ON: percentage > 0, ATTR_PERCENTAGE: round(percentage)}

    @override
    def tolerance(self, name: str, state: State) -> float:
        return self.step(state) / 2

    @override
    def is_dimmable(self, state: State) -> bool:
        return bool(state.attributes.get(ATTR_SUPPORTED_FEATURES, 0) & FanEntityFeature.SET_SPEED)

    @override
    def step(self, state: State) -> float:
        return figure(state.attributes.get(ATTR_PERCENTAGE_STEP)) or _STEP

    @override
    def to_level(self, setting: float) -> float:
        return setting

    @override
    def to_setting(self, level: float) -> int:
        return round(level)
