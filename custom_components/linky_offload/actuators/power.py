"""The apparent power of a load by its sensor."""

from datetime import timedelta
from typing import Final

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, UnitOfApparentPower, UnitOfPower
from homeassistant.core import State
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import PowerConverter

from .figure import figure

# Plugs that report on change repeat themselves at least every hour; beyond that the sensor is held to be dead.
STALE_POWER: Final = timedelta(minutes=65)

_KVA_UNITS: Final = {UnitOfApparentPower.VOLT_AMPERE: 1.0, UnitOfApparentPower.KILO_VOLT_AMPERE: 1000.0}


def apparent_power_va(state: State | None, power_factor: float) -> float | None:
    """VA as they are, watts divided by the power factor; None when the sensor is silent or no sensor of power."""
    if state is None or dt_util.utcnow() - state.last_reported > STALE_POWER:
        return None
    value, va_per_unit = figure(state.state), va_of_one(state.attributes.get(ATTR_UNIT_OF_MEASUREMENT), power_factor)
    if value is None or va_per_unit is None:
        return None
    return max(0.0, value * va_per_unit)


def va_of_one(unit: str | None, power_factor: float) -> float | None:
    """VA of one unit of power; None for what is no power."""
    if unit in _KVA_UNITS:
        return _KVA_UNITS[UnitOfApparentPower(unit)]
    if unit in PowerConverter.VALID_UNITS:
        return PowerConverter.convert(1.0, unit, UnitOfPower.WATT) / power_factor
    return None
