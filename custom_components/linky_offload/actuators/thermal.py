"""What a room or a tank asks for: how far it is from its target, and whether its own control wants power."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.components.climate.const import (
    ATTR_CURRENT_TEMPERATURE,
    ATTR_HVAC_ACTION,
    ATTR_HVAC_MODE,
    ATTR_HVAC_MODES,
    ATTR_PRESET_MODE,
    ATTR_TARGET_TEMP_HIGH,
    ATTR_TARGET_TEMP_LOW,
    HVACAction,
    HVACMode,
)
from homeassistant.const import ATTR_TEMPERATURE, UnitOfTemperature
from homeassistant.core import HomeAssistant, State

from ..journal import Saved
from .figure import figure

TARGETS: Final = (ATTR_TEMPERATURE, ATTR_TARGET_TEMP_LOW, ATTR_TARGET_TEMP_HIGH)
COOLING_MODES: Final = frozenset({HVACMode.COOL, HVACMode.HEAT_COOL, HVACMode.DRY})

_HEATING: Final = frozenset({HVACAction.HEATING, HVACAction.PREHEATING})
_WORKING: Final = _HEATING | {HVACAction.COOLING, HVACAction.DRYING, HVACAction.DEFROSTING}
_RESTING: Final = frozenset({HVACAction.IDLE, HVACAction.OFF, HVACAction.FAN})
_FAHRENHEIT_PER_KELVIN: Final = 1.8


@dataclass(frozen=True, slots=True)
class Thermal:
    """``gap_k``: target − measured in the direction of need, K. ``demand``: its own control asks for power."""

    gap_k: float | None = None
    demand: bool | None = None


UNKNOWN: Final = Thermal()


def targets_in(data: Mapping[str, Any]) -> dict[str, str | float | bool]:
    """The targets among attributes or the data of a call."""
    found = {name: figure(data.get(name)) for name in TARGETS}
    return {name: value for name, value in found.items() if value is not None}


def thermostat_settings(state: State) -> dict[str, str | float | bool]:
    """Mode, targets and preset of a climate entity."""
    settings = {ATTR_HVAC_MODE: state.state, **targets_in(state.attributes)}
    if (preset := state.attributes.get(ATTR_PRESET_MODE)) is not None:
        settings[ATTR_PRESET_MODE] = preset
    return settings


def heats_only(state: State) -> bool:
    """Whether a climate entity knows no mode that cools: a radiator, not a heat pump."""
    return not COOLING_MODES.intersection(state.attributes.get(ATTR_HVAC_MODES) or ())


def thermal_of_room(hass: HomeAssistant, state: State, *, held: bool, owner: Saved | None = None) -> Thermal:
    """A thermostat, with the settings that its ``owner`` wants where we changed them.

    While a load is ``held`` off by us, what its control does says nothing of what it needs: the gap does.
    """
    settings = thermostat_settings(state) if owner is None else owner
    mode = settings.get(ATTR_HVAC_MODE)
    if mode == HVACMode.OFF:
        return Thermal(demand=False)
    action = state.attributes.get(ATTR_HVAC_ACTION)
    gap_k = _kelvin(hass, _gap(state, settings, action))
    if action in _WORKING:
        return Thermal(gap_k, demand=True)
    if held:
        return Thermal(gap_k, demand=None if gap_k is None else gap_k > 0)
    return Thermal(gap_k, demand=False if action in _RESTING else None)


def thermal_of_tank(hass: HomeAssistant, state: State, target: float | None, *, held: bool) -> Thermal:
    """A water heater; it does not tell whether it heats."""
    current = figure(state.attributes.get(ATTR_CURRENT_TEMPERATURE))
    if target is None or current is None:
        return UNKNOWN
    gap_k = _kelvin(hass, target - current)
    return Thermal(gap_k, demand=gap_k > 0 if held and gap_k is not None else None)


def _gap(state: State, settings: Saved, action: str | None) -> float | None:
    current = figure(state.attributes.get(ATTR_CURRENT_TEMPERATURE))
    if current is None:
        return None
    target, low, high = (figure(settings.get(name)) for name in TARGETS)
    match settings.get(ATTR_HVAC_MODE):
        case HVACMode.HEAT if target is not None:
            return target - current
        case HVACMode.COOL if target is not None:
            return current - target
        case HVACMode.HEAT_COOL | HVACMode.AUTO if low is not None and high is not None:
            return max(low - current, current - high)
        case HVACMode.HEAT_COOL | HVACMode.AUTO if target is not None:
            if action == HVACAction.COOLING:
                return current - target
            if action in _HEATING or heats_only(state):
                return target - current
    return None


def _kelvin(hass: HomeAssistant, degrees: float | None) -> float | None:
    if degrees is None:
        return None
    fahrenheit = hass.config.units.temperature_unit == UnitOfTemperature.FAHRENHEIT
    return round(degrees / _FAHRENHEIT_PER_KELVIN if fahrenheit else degrees, 2)
