"""What no other software shows: contract, threshold, room, trip margin, and the meter's own warnings (tic.md §9)."""

from collections.abc import Callable

from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import EntityCategory, UnitOfApparentPower, UnitOfElectricCurrent, UnitOfRatio, UnitOfTime
from homeassistant.helpers.typing import StateType

from ..figures import shown_percent, shown_seconds, whole
from ..meter import Quantity
from ..pace import Kind
from ..tic import Mode
from .base import MeterBinarySensorDescription, MeterSensorDescription, View, by_phase, reads, tells

LOW_MARGIN = 0.5


def _margin_is_low(view: View) -> bool:
    margin = view.report.trip_margin
    return margin is not None and margin < LOW_MARGIN


def _contract(key: Quantity, value_fn: Callable[[View], StateType]) -> MeterSensorDescription:
    return MeterSensorDescription(
        key=key,
        quantity=key,
        translation_key=str(key),
        device_class=SensorDeviceClass.APPARENT_POWER,
        native_unit_of_measurement=UnitOfApparentPower.VOLT_AMPERE,
        suggested_unit_of_measurement=UnitOfApparentPower.KILO_VOLT_AMPERE,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
        exists_fn=lambda view: value_fn(view) is not None,
        pace=Kind.TEXT,
        value_fn=value_fn,
    )


PROTECTION_SENSORS: tuple[MeterSensorDescription, ...] = (
    MeterSensorDescription(
        key="trip_margin",
        translation_key="trip_margin",
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        pace=Kind.MARGIN,
        urgent_fn=_margin_is_low,
        value_fn=lambda view: shown_percent(view.report.trip_margin),
    ),
    MeterSensorDescription(
        key="seconds_to_trip",
        translation_key="seconds_to_trip",
        device_class=SensorDeviceClass.DURATION,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_display_precision=0,
        pace=Kind.MARGIN,
        urgent_fn=_margin_is_low,
        value_fn=lambda view: shown_seconds(view.report.seconds_to_trip),
    ),
    MeterSensorDescription(
        key="branch_margin",
        translation_key="branch_margin",
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        exists_fn=lambda view: view.report.branch_margin is not None,
        pace=Kind.MARGIN,
        value_fn=lambda view: shown_percent(view.report.branch_margin),
    ),
    MeterSensorDescription(
        key="headroom",
        translation_key="headroom",
        device_class=SensorDeviceClass.APPARENT_POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfApparentPower.VOLT_AMPERE,
        pace=Kind.ROOM,
        value_fn=lambda view: whole(view.report.headroom_va),
    ),
    MeterSensorDescription(
        key="load_percent",
        translation_key="load_percent",
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        pace=Kind.SHARE,
        value_fn=lambda view: whole(view.report.load_percent),
    ),
    MeterSensorDescription(
        key="threshold",
        translation_key="threshold",
        device_class=SensorDeviceClass.APPARENT_POWER,
        native_unit_of_measurement=UnitOfApparentPower.VOLT_AMPERE,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
        pace=Kind.TEXT,
        value_fn=lambda view: whole(view.report.threshold_va),
    ),
    MeterSensorDescription(
        key=Quantity.TRIP_MODEL_ERROR,
        quantity=Quantity.TRIP_MODEL_ERROR,
        translation_key="trip_model_error",
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC,
        exists_fn=lambda view: view.value(Quantity.MAX_POWER_YESTERDAY) is not None and view.mode is Mode.STANDARD,
        pace=Kind.TEXT,
        value_fn=reads(Quantity.TRIP_MODEL_ERROR),
        kept=True,
    ),
    _contract(Quantity.CONTRACT_POWER, lambda view: view.reading.contract_va if view.reading else None),
    _contract(Quantity.CUTOFF_POWER, lambda view: view.reading.cutoff_va if view.reading else None),
    MeterSensorDescription(
        key=Quantity.SUBSCRIBED_CURRENT,
        quantity=Quantity.SUBSCRIBED_CURRENT,
        translation_key="subscribed_current",
        device_class=SensorDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        entity_category=EntityCategory.DIAGNOSTIC,
        pace=Kind.TEXT,
        value_fn=reads(Quantity.SUBSCRIBED_CURRENT),
    ),
)


def _warning(phase: int) -> MeterBinarySensorDescription:
    """ADPS, ADIRn: the historic meter warns that the current is above ISOUSC, by sending the label or not."""
    warning, current = Quantity(f"warning_current_{phase}"), Quantity(f"current_{phase}")

    def warns(view: View) -> bool | None:
        return view.value(warning) is not None if view.mode is Mode.HISTORIC else None

    def amperes(view: View) -> dict[str, StateType]:
        value = view.value(warning)
        return {"current": value} if isinstance(value, int | float) else {}

    return MeterBinarySensorDescription(
        key=warning,
        quantity=warning,
        name_fn=by_phase("warning_current", "warning_current_phase"),
        translation_placeholders={"phase": str(phase)},
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
        exists_fn=lambda view: view.mode is Mode.HISTORIC and current in view.seen,
        pace=Kind.AT_ONCE,
        value_fn=warns,
        attributes_fn=amperes,
    )


PROTECTION_BINARY_SENSORS: tuple[MeterBinarySensorDescription, ...] = (
    MeterBinarySensorDescription(
        key="overload",
        translation_key="overload",
        device_class=BinarySensorDeviceClass.PROBLEM,
        pace=Kind.AT_ONCE,
        value_fn=lambda view: view.report.overload,
    ),
    MeterBinarySensorDescription(
        key=Quantity.OVER_REFERENCE,
        quantity=Quantity.OVER_REFERENCE,
        translation_key="over_reference",
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
        pace=Kind.AT_ONCE,
        value_fn=tells(Quantity.OVER_REFERENCE),
    ),
    *(_warning(phase) for phase in (1, 2, 3)),
)
