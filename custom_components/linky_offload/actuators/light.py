"""Lamps, and dimmers that are shown as lamps: off, and back at the brightness that they had."""

from collections.abc import Mapping
from typing import Any, Final, override

from homeassistant.components.light.const import ATTR_BRIGHTNESS, ATTR_BRIGHTNESS_PCT, ColorMode
from homeassistant.const import SERVICE_TURN_ON
from homeassistant.core import State

from ..journal import Saved
from .base import ON
from .dimmed import DimmedActuator
from .figure import figure

_FULL: Final = 255
_ATTR_COLOR_MODES: Final = "supported_color_modes"
_ROUNDING: Final = 3.0  # devices that count to 100 or to 254


class LightActuator(DimmedActuator):
    """A light; one that is off has no brightness, and comes back as its device decides unless one was saved."""

    setting = ATTR_BRIGHTNESS

    @override
    def turn_on_data(self, facts: Saved) -> dict[str, str | float | bool]:
        return {ATTR_BRIGHTNESS: facts[ATTR_BRIGHTNESS]} if ATTR_BRIGHTNESS in facts else {}

    @override
    def adjusted(self, service: str, data: Mapping[str, Any], owner: Saved, state: State) -> Saved | None:
        if service != SERVICE_TURN_ON:
            return None
        brightness, percent = figure(data.get(ATTR_BRIGHTNESS)), figure(data.get(ATTR_BRIGHTNESS_PCT))
        if brightness is None and percent is not None:
            brightness = self.to_setting(percent)
        return {**owner, ON: True} if brightness is None else {**owner, ON: True, ATTR_BRIGHTNESS: round(brightness)}

    @override
    def tolerance(self, name: str, state: State) -> float:
        return _ROUNDING

    @override
    def is_dimmable(self, state: State) -> bool:
        modes = set(state.attributes.get(_ATTR_COLOR_MODES) or ())
        return bool(modes - {ColorMode.ONOFF, ColorMode.UNKNOWN})

    @override
    def step(self, state: State) -> float:
        return 1.0

    @override
    def to_level(self, setting: float) -> float:
        return round(100 * setting / _FULL, 1)

    @override
    def to_setting(self, level: float) -> int:
        return max(1, round(level * _FULL / 100))
