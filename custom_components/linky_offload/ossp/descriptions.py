"""What an Open Source Smart Plug measures, as sensors; the words of all its entities."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from homeassistant.components.sensor import SensorDeviceClass, SensorEntityDescription, SensorStateClass
from homeassistant.const import (
    EntityCategory,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfPower,
    UnitOfTime,
)

from ..pace import Kind
from .gauge import Gauge
from .settings import CALIBRATED


@dataclass(frozen=True, kw_only=True)
class OsspSensorDescription(SensorEntityDescription):
    """A measure of a plug. ``kept``: it only rises, over restarts too."""

    pace: Kind
    value_fn: Callable[[Gauge], float | None]
    kept: bool = False


def _kwh(gauge: Gauge) -> float:
    return gauge.energy_wh / 1000


OSSP_SENSORS: Final = (
    OsspSensorDescription(
        key="power",
        translation_key="ossp_power",
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_display_precision=0,
        pace=Kind.POWER,
        value_fn=lambda gauge: gauge.now.power,
    ),
    OsspSensorDescription(
        key="voltage",
        translation_key="ossp_voltage",
        device_class=SensorDeviceClass.VOLTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricPotential.VOLT,
        suggested_display_precision=0,
        pace=Kind.VOLTAGE,
        value_fn=lambda gauge: gauge.now.voltage,
    ),
    OsspSensorDescription(
        key="current",
        translation_key="ossp_current",
        device_class=SensorDeviceClass.CURRENT,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        suggested_display_precision=2,
        pace=Kind.VALUE,
        value_fn=lambda gauge: gauge.now.current,
    ),
    OsspSensorDescription(
        key="power_factor",
        translation_key="ossp_power_factor",
        device_class=SensorDeviceClass.POWER_FACTOR,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=2,
        entity_registry_enabled_default=False,
        pace=Kind.VALUE,
        value_fn=lambda gauge: gauge.now.power_factor,
    ),
    OsspSensorDescription(
        key="energy",
        translation_key="ossp_energy",
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        pace=Kind.INDEX,
        value_fn=_kwh,
        kept=True,
    ),
    OsspSensorDescription(
        key="measured_for",
        translation_key="ossp_measured_for",
        device_class=SensorDeviceClass.DURATION,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_unit_of_measurement=UnitOfTime.HOURS,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        pace=Kind.SLOW,
        value_fn=lambda gauge: gauge.seconds,
        kept=True,
    ),
)

OSSP_KEYS: Final = {
    "sensor": {str(description.translation_key) for description in OSSP_SENSORS},
    "binary_sensor": {"ossp_link", "ossp_problem"},
    "switch": {"ossp_output", "ossp_numbered_output"},
    "number": {f"ossp_{measure}_{part}" for measure in CALIBRATED for part in ("gain", "offset")},
}
"""The translation keys of all entities of a plug, by platform."""
