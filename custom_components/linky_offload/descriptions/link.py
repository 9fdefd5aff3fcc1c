"""The quality of the link to the meter: what is decoded, what is lost."""

from collections.abc import Callable
from datetime import datetime
import time

from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import EntityCategory, UnitOfRatio, UnitOfTime
from homeassistant.helpers.typing import StateType

from ..pace import Kind
from ..telling import wall_time
from ..tic import Mode, ParityState
from .base import MeterBinarySensorDescription, MeterSensorDescription, View

MODES = [str(mode) for mode in Mode]
PARITY_STATES = [str(ParityState.CHECKED), str(ParityState.STRIPPED)]


def _wired(view: View) -> bool:
    return view.wired


def _count(key: str, value_fn: Callable[[View], StateType]) -> MeterSensorDescription:
    return MeterSensorDescription(
        key=key,
        translation_key=key,
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        # Counters move with every group: a state each few minutes is enough to draw them.
        pace=Kind.SLOW,
        exists_fn=_wired,
        value_fn=value_fn,
        without_link=True,
    )


def _damaged_percent(view: View) -> float | None:
    """Share of the groups that were dropped since the start, in percent; None before the first group."""
    total = view.stats.groups + view.stats.damaged
    return round(100 * view.stats.damaged / total, 2) if total else None


def _cadence(view: View) -> float | None:
    cadence = view.reading.cadence_s if view.reading else None
    return None if cadence is None else round(cadence, 1)


def _last_reading(view: View) -> datetime | None:
    """When the meter last said something that makes a reading; the loop's clock is the monotonic one."""
    return None if view.reading is None else wall_time(view.reading.now, time.monotonic()).replace(microsecond=0)


LINK_SENSORS: tuple[MeterSensorDescription, ...] = (
    MeterSensorDescription(
        key="tic_mode",
        translation_key="tic_mode",
        device_class=SensorDeviceClass.ENUM,
        options=MODES,
        entity_category=EntityCategory.DIAGNOSTIC,
        pace=Kind.TEXT,
        # Sensors and routers know no such thing.
        exists_fn=lambda view: view.wired or view.mode is not None,
        value_fn=lambda view: None if view.mode is None else str(view.mode),
    ),
    MeterSensorDescription(
        key="damaged_groups",
        translation_key="damaged_groups",
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        suggested_display_precision=2,
        entity_category=EntityCategory.DIAGNOSTIC,
        pace=Kind.SLOW,
        exists_fn=_wired,
        value_fn=_damaged_percent,
        without_link=True,
    ),
    MeterSensorDescription(
        key="cadence",
        translation_key="cadence",
        device_class=SensorDeviceClass.DURATION,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        pace=Kind.SLOW,
        value_fn=_cadence,
    ),
    MeterSensorDescription(
        key="last_reading",
        translation_key="last_reading",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        pace=Kind.SLOW,
        value_fn=_last_reading,
        without_link=True,
    ),
    _count("groups", lambda view: view.stats.groups),
    _count("checksum_errors", lambda view: view.stats.checksum_errors),
    _count("parity_errors", lambda view: view.stats.parity_errors),
    MeterSensorDescription(
        key="parity_check",
        translation_key="parity_check",
        device_class=SensorDeviceClass.ENUM,
        options=PARITY_STATES,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        pace=Kind.TEXT,
        exists_fn=_wired,
        value_fn=lambda view: None if view.parity is ParityState.UNKNOWN else str(view.parity),
    ),
)

LINK_BINARY_SENSORS: tuple[MeterBinarySensorDescription, ...] = (
    MeterBinarySensorDescription(
        key="link",
        translation_key="link",
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        entity_category=EntityCategory.DIAGNOSTIC,
        pace=Kind.AT_ONCE,
        value_fn=lambda view: view.link.available and not view.link.degraded,
        without_link=True,
    ),
)
