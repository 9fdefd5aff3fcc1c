"""Set-points at which a thermostat asks for nothing, and those of a thermostat that is turned down by some degrees."""

from typing import Final

from homeassistant.components.climate.const import (
    ATTR_HVAC_MODE,
    ATTR_MAX_TEMP,
    ATTR_MIN_TEMP,
    ATTR_TARGET_TEMP_HIGH,
    ATTR_TARGET_TEMP_LOW,
    ATTR_TARGET_TEMP_STEP,
    HVACMode,
)
from homeassistant.const import ATTR_TEMPERATURE, UnitOfTemperature
from homeassistant.core import HomeAssistant, State
from homeassistant.util.unit_conversion import TemperatureConverter

from ..journal import Saved
from .figure import figure
from .thermal import heats_only

FROST_C: Final = 7.0
"""Below this a home may freeze: no set-point of ours goes lower."""

_SMALLEST_TOLERANCE: Final = 0.25


def frost_limit(hass: HomeAssistant, coldest: float) -> float:
    """max(min_temp, 7 °C), in the unit of the home (design §5)."""
    unit = hass.config.units.temperature_unit
    return max(coldest, TemperatureConverter.convert(FROST_C, UnitOfTemperature.CELSIUS, unit))


def temperature_tolerance(state: State) -> float:
    """How far a set-point may be from what was asked: devices round to their step."""
    return max(_SMALLEST_TOLERANCE, (figure(state.attributes.get(ATTR_TARGET_TEMP_STEP)) or 0.0) / 2)


def cools(name: str, mode: object) -> bool:
    """Whether a target is one above which a thermostat cools: it asks for less the higher it is."""
    return name == ATTR_TARGET_TEMP_HIGH or (name == ATTR_TEMPERATURE and mode == HVACMode.COOL)


def idle_targets(
    hass: HomeAssistant, settings: Saved, state: State, chosen: float | None = None
) -> dict[str, float] | None:
    """Targets at which a climate entity asks for nothing in the mode of ``settings``; None where it has none.

    ``chosen`` is the person's set-point: for heating, or for cooling of what can only cool.
    """
    coldest, warmest = figure(state.attributes.get(ATTR_MIN_TEMP)), figure(state.attributes.get(ATTR_MAX_TEMP))
    if coldest is None or warmest is None:
        return None
    frost = frost_limit(hass, coldest)
    mode = settings.get(ATTR_HVAC_MODE)
    heat = frost if chosen is None else min(max(chosen, frost), warmest)
    cool = warmest if chosen is None or HVACMode.HEAT in (state.attributes.get("hvac_modes") or ()) else chosen
    if mode == HVACMode.HEAT_COOL and settings.get(ATTR_TARGET_TEMP_LOW) is not None:
        return {ATTR_TARGET_TEMP_LOW: heat, ATTR_TARGET_TEMP_HIGH: warmest}
    if settings.get(ATTR_TEMPERATURE) is None:
        return None
    match mode:
        case HVACMode.HEAT:
            return {ATTR_TEMPERATURE: heat}
        case HVACMode.COOL:
            return {ATTR_TEMPERATURE: min(max(cool, coldest), warmest)}
        case HVACMode.AUTO if heats_only(state):
            # A radiator on its own schedule. Where cooling exists, a low set-point could start it.
            return {ATTR_TEMPERATURE: heat}
        case _:
            return None


def asks_for_nothing(settings: Saved, idle: dict[str, float], state: State) -> bool:
    """Whether every target is at its idle one, or beyond it."""
    tolerance = temperature_tolerance(state)
    for name, limit in idle.items():
        value = figure(settings.get(name))
        if value is None or (limit - value if cools(name, settings.get(ATTR_HVAC_MODE)) else value - limit) > tolerance:
            return False
    return True


def lowered_targets(settings: Saved, idle: dict[str, float], degrees: float) -> dict[str, float]:
    """The targets of ``settings`` moved so many degrees towards the idle ones, and no further."""
    lowered: dict[str, float] = {}
    for name, limit in idle.items():
        value = figure(settings.get(name))
        if value is None:
            lowered[name] = limit
        elif cools(name, settings.get(ATTR_HVAC_MODE)):
            lowered[name] = max(value, min(limit, value + degrees))
        else:
            lowered[name] = min(value, max(limit, value - degrees))
    return lowered


def degrees_lowered(settings: Saved, owner: Saved, idle: dict[str, float]) -> float | None:
    """How far the targets are from those that the owner wants, towards the idle ones."""
    moved: list[float] = []
    for name in idle:
        value, wanted = figure(settings.get(name)), figure(owner.get(name))
        if value is not None and wanted is not None:
            moved.append(value - wanted if cools(name, settings.get(ATTR_HVAC_MODE)) else wanted - value)
    return round(min(moved), 2) if moved else None
