"""What a PV router beside the meter tells of itself (reference §3.5)."""

from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import EntityCategory, UnitOfEnergy, UnitOfPower, UnitOfRatio, UnitOfTime

from ..meter import Quantity
from ..pace import Kind
from .base import MeterBinarySensorDescription, MeterSensorDescription, View, reads

USUAL_SAMPLES = (45, 70)
"""Samples of a period of the mains; a controller that takes fewer, or many more, measures wrongly."""


def _level(quantity: Quantity) -> MeterSensorDescription:
    return MeterSensorDescription(
        key=quantity,
        quantity=quantity,
        translation_key=str(quantity),
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        suggested_display_precision=0,
        pace=Kind.SHARE,
        value_fn=reads(quantity),
    )


def _inner(
    quantity: Quantity, unit: str | None = None, device_class: SensorDeviceClass | None = None
) -> MeterSensorDescription:
    """A figure of the router's own working."""
    return MeterSensorDescription(
        key=quantity,
        quantity=quantity,
        translation_key=str(quantity),
        device_class=device_class,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=unit,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        pace=Kind.VALUE,
        value_fn=reads(quantity),
    )


def _samples_badly(view: View) -> bool | None:
    samples = view.value(Quantity.ROUTER_SAMPLES)
    if not isinstance(samples, int | float):
        return None
    return not USUAL_SAMPLES[0] <= samples <= USUAL_SAMPLES[1]


ROUTER_SENSORS: tuple[MeterSensorDescription, ...] = (
    MeterSensorDescription(
        key=Quantity.ROUTER_POWER,
        quantity=Quantity.ROUTER_POWER,
        translation_key=str(Quantity.ROUTER_POWER),
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_display_precision=0,
        pace=Kind.POWER,
        value_fn=reads(Quantity.ROUTER_POWER),
    ),
    _level(Quantity.ROUTER_LEVEL),
    _level(Quantity.ROUTER_SECOND_LEVEL),
    # What the bucket holds goes up and down: no energy to the statistics, though it is one.
    _inner(Quantity.ROUTER_BUCKET, UnitOfEnergy.JOULE),
    _inner(Quantity.ROUTER_FIRE_DELAY, UnitOfTime.MICROSECONDS, SensorDeviceClass.DURATION),
    _inner(Quantity.ROUTER_MINIMUM_POWER, UnitOfPower.WATT, SensorDeviceClass.POWER),
    _inner(Quantity.ROUTER_SAMPLES),
)

ROUTER_BINARY_SENSORS: tuple[MeterBinarySensorDescription, ...] = (
    MeterBinarySensorDescription(
        key="router_problem",
        exists_fn=lambda view: Quantity.ROUTER_SAMPLES in view.seen,
        translation_key="router_problem",
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
        pace=Kind.TEXT,
        value_fn=_samples_badly,
    ),
)
