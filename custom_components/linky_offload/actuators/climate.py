"""Thermostats: taken off by their set-point, so that they keep their mode, their display and their frost protection."""

from typing import Final, override

from homeassistant.components.climate.const import (
    ATTR_HVAC_MODE,
    ATTR_HVAC_MODES,
    ATTR_MAX_TEMP,
    ATTR_MIN_TEMP,
    ATTR_PRESET_MODE,
    ATTR_TARGET_TEMP_HIGH,
    ATTR_TARGET_TEMP_LOW,
    ATTR_TARGET_TEMP_STEP,
    DOMAIN as CLIMATE_DOMAIN,
    PRESET_NONE,
    SERVICE_SET_HVAC_MODE,
    SERVICE_SET_PRESET_MODE,
    SERVICE_SET_TEMPERATURE,
    HVACMode,
)
from homeassistant.const import ATTR_TEMPERATURE, UnitOfTemperature
from homeassistant.core import Context, State
from homeassistant.util.unit_conversion import TemperatureConverter

from ..journal import Saved
from .base import Actuator

FROST_C: Final = 7.0
"""Below this a home may freeze: no set-point of ours goes lower."""

_TARGETS: Final = (ATTR_TEMPERATURE, ATTR_TARGET_TEMP_LOW, ATTR_TARGET_TEMP_HIGH)
_COOLING_MODES: Final = frozenset({HVACMode.COOL, HVACMode.HEAT_COOL, HVACMode.DRY})
_SMALLEST_TOLERANCE: Final = 0.25


class ClimateActuator(Actuator):
    """In heat the set-point goes down to max(min_temp, 7 °C), in cool up to max_temp; `off` where there is none."""

    @override
    def is_on(self, state: State) -> bool:
        if state.state == HVACMode.OFF:
            return False
        targets = self._idle_targets(state)
        return targets is None or not _is_at(state, targets)

    @override
    def capture(self, state: State) -> Saved:
        saved: dict[str, str | float | bool] = {ATTR_HVAC_MODE: state.state}
        for name in (*_TARGETS, ATTR_PRESET_MODE):
            if (value := state.attributes.get(name)) is not None:
                saved[name] = value
        return saved

    @override
    async def async_offload(self, context: Context) -> None:
        if (state := self.state) is None:
            return
        if (targets := self._idle_targets(state)) is not None:
            await self.call(CLIMATE_DOMAIN, SERVICE_SET_TEMPERATURE, context, **targets)
        else:
            await self._set_mode(HVACMode.OFF, context)

    @override
    async def async_restore(self, context: Context) -> None:
        """Mode, then targets, then preset: a preset brings its own targets, and a target may end a preset."""
        mode = self.saved.get(ATTR_HVAC_MODE)
        if mode is not None and self.state is not None and self.state.state != mode:
            await self._set_mode(str(mode), context)
        preset = self.saved.get(ATTR_PRESET_MODE)
        if preset == PRESET_NONE:
            await self._set_preset(preset, context)
        await self._set_targets(context)
        if preset is not None:
            await self._set_preset(str(preset), context)

    @override
    async def async_let_go(self, context: Context) -> None:
        """Switched off by its owner while off by us: it must not come on at 7 °C when he wants it again."""
        if self.state is not None and self.state.state == HVACMode.OFF:
            await self._set_targets(context)

    async def _set_mode(self, mode: str, context: Context) -> None:
        await self.call(CLIMATE_DOMAIN, SERVICE_SET_HVAC_MODE, context, **{ATTR_HVAC_MODE: mode})

    async def _set_preset(self, preset: str, context: Context) -> None:
        if self.state is not None and self.state.attributes.get(ATTR_PRESET_MODE) != preset:
            await self.call(CLIMATE_DOMAIN, SERVICE_SET_PRESET_MODE, context, **{ATTR_PRESET_MODE: preset})

    async def _set_targets(self, context: Context) -> None:
        targets = {name: float(self.saved[name]) for name in _TARGETS if name in self.saved}
        if targets and self.state is not None and not _is_at(self.state, targets):
            await self.call(CLIMATE_DOMAIN, SERVICE_SET_TEMPERATURE, context, **targets)

    def _idle_targets(self, state: State) -> dict[str, float] | None:
        """Set-points at which the thermostat asks for nothing; None where it has none for its mode."""
        coldest, warmest = state.attributes.get(ATTR_MIN_TEMP), state.attributes.get(ATTR_MAX_TEMP)
        if coldest is None or warmest is None:
            return None
        unit = self.hass.config.units.temperature_unit
        frost = max(float(coldest), TemperatureConverter.convert(FROST_C, UnitOfTemperature.CELSIUS, unit))
        if state.attributes.get(ATTR_TARGET_TEMP_LOW) is not None and state.state == HVACMode.HEAT_COOL:
            return {ATTR_TARGET_TEMP_LOW: frost, ATTR_TARGET_TEMP_HIGH: float(warmest)}
        if state.attributes.get(ATTR_TEMPERATURE) is None:
            return None
        match state.state:
            case HVACMode.HEAT:
                return {ATTR_TEMPERATURE: frost}
            case HVACMode.COOL:
                return {ATTR_TEMPERATURE: float(warmest)}
            case HVACMode.AUTO if not _COOLING_MODES.intersection(state.attributes.get(ATTR_HVAC_MODES) or ()):
                # A radiator on its own schedule. Where cooling exists, a low set-point could start it.
                return {ATTR_TEMPERATURE: frost}
            case _:
                return None


def _is_at(state: State, targets: dict[str, float]) -> bool:
    step = state.attributes.get(ATTR_TARGET_TEMP_STEP) or 0.0
    tolerance = max(_SMALLEST_TOLERANCE, float(step) / 2)
    return all(
        (value := state.attributes.get(name)) is not None and abs(float(value) - target) <= tolerance
        for name, target in targets.items()
    )
