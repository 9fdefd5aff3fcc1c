"""The status register, relays, phases, clock, identity and messages (tic.md §7, §8.1, §8.2)."""

from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import EntityCategory, UnitOfTime

from ..meter import Breaker, Quantity
from ..pace import Kind
from .base import MeterBinarySensorDescription, MeterSensorDescription, chooses, reads, tells

BREAKER_STATES = [str(state) for state in Breaker]
EURIDIS_STATES = ["off", "unsecured", "secured"]
PLC_STATES = ["unlocked", "locked", "registered"]


def _state(quantity: Quantity, options: list[str], *, enabled: bool = True) -> MeterSensorDescription:
    return MeterSensorDescription(
        key=quantity,
        quantity=quantity,
        translation_key=str(quantity),
        device_class=SensorDeviceClass.ENUM,
        options=options,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=enabled,
        pace=Kind.TEXT,
        value_fn=chooses(quantity, options),
    )


def _text(quantity: Quantity, *, enabled: bool = False) -> MeterSensorDescription:
    return MeterSensorDescription(
        key=quantity,
        quantity=quantity,
        translation_key=str(quantity),
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=enabled,
        pace=Kind.TEXT,
        value_fn=reads(quantity),
    )


STATUS_SENSORS: tuple[MeterSensorDescription, ...] = (
    _state(Quantity.BREAKER, BREAKER_STATES),
    _state(Quantity.EURIDIS, EURIDIS_STATES, enabled=False),
    _state(Quantity.PLC_STATE, PLC_STATES, enabled=False),
    _text(Quantity.GRID_TARIFF_INDEX),
    _text(Quantity.MESSAGE, enabled=True),
    _text(Quantity.SHORT_MESSAGE, enabled=True),
    _text(Quantity.ADDRESS),
    _text(Quantity.PRM),
    _text(Quantity.TIC_VERSION),
    MeterSensorDescription(
        key=Quantity.CLOCK,
        quantity=Quantity.CLOCK,
        translation_key="clock",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        # It changes at every frame; a state each few minutes is enough to see that it drifts.
        pace=Kind.SLOW,
        value_fn=reads(Quantity.CLOCK),
    ),
    MeterSensorDescription(
        key="clock_offset",
        translation_key="clock_offset",
        device_class=SensorDeviceClass.DURATION,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        exists_fn=lambda view: Quantity.CLOCK in view.seen,
        pace=Kind.SLOW,
        value_fn=lambda view: view.derived.clock_offset_s,
    ),
)


def _flag(
    quantity: Quantity,
    device_class: BinarySensorDeviceClass | None = None,
    *,
    category: EntityCategory | None = EntityCategory.DIAGNOSTIC,
    enabled: bool = True,
) -> MeterBinarySensorDescription:
    return MeterBinarySensorDescription(
        key=quantity,
        quantity=quantity,
        translation_key=str(quantity),
        device_class=device_class,
        entity_category=category,
        entity_registry_enabled_default=enabled,
        pace=Kind.AT_ONCE,
        value_fn=tells(quantity),
    )


def _relay(number: int) -> MeterBinarySensorDescription:
    """Relay 1 is the dry contact once more; 2–8 are virtual (RELAIS)."""
    quantity = Quantity(f"relay_{number}")
    return MeterBinarySensorDescription(
        key=quantity,
        quantity=quantity,
        translation_key="relay",
        translation_placeholders={"number": str(number)},
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        pace=Kind.AT_ONCE,
        value_fn=tells(quantity),
    )


def _phase_lost(phase: int) -> MeterBinarySensorDescription:
    """PPOT, only of three-phase meters in historic mode."""
    quantity = Quantity(f"phase_lost_{phase}")
    return MeterBinarySensorDescription(
        key=quantity,
        quantity=quantity,
        translation_key="phase_lost",
        translation_placeholders={"phase": str(phase)},
        device_class=BinarySensorDeviceClass.PROBLEM,
        pace=Kind.AT_ONCE,
        value_fn=tells(quantity),
    )


STATUS_BINARY_SENSORS: tuple[MeterBinarySensorDescription, ...] = (
    _flag(Quantity.EXPORTING, category=None),
    _flag(Quantity.DRY_CONTACT, category=None),
    _flag(Quantity.COVER_OPEN, BinarySensorDeviceClass.TAMPER),
    _flag(Quantity.OVERVOLTAGE, BinarySensorDeviceClass.PROBLEM),
    _flag(Quantity.PRODUCER, enabled=False),
    _flag(Quantity.CLOCK_DEGRADED, BinarySensorDeviceClass.PROBLEM),
    _flag(Quantity.PLC_SYNCHRONISED, BinarySensorDeviceClass.CONNECTIVITY, enabled=False),
    *(_relay(number) for number in range(1, 9)),
    *(_phase_lost(phase) for phase in (1, 2, 3)),
)
