"""Powers, currents and voltages (tic.md §6.1, §6.2, §7)."""

from collections.abc import Callable

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import (
    EntityCategory,
    UnitOfApparentPower,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfPower,
)

from ..meter import Banded, Derived, Quantity
from ..pace import Kind
from .base import MeterSensorDescription, View, by_phase, doubts, reads, rounds

PHASES = (1, 2, 3)


def _instant_va(quantity: Quantity, *, phase: int | None = None) -> MeterSensorDescription:
    """An instant apparent power: SINSTS, SINSTSn, SINSTI, PAPP."""
    return MeterSensorDescription(
        key=quantity,
        quantity=quantity,
        translation_key="apparent_power_phase" if phase else str(quantity),
        translation_placeholders={"phase": str(phase)} if phase else None,
        device_class=SensorDeviceClass.APPARENT_POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfApparentPower.VOLT_AMPERE,
        pace=Kind.POWER,
        value_fn=reads(quantity),
    )


def _daily_maximum(quantity: Quantity, day: str, *, phase: int | None = None) -> MeterSensorDescription:
    """A filtered daily maximum, dated by the meter: SMAXSN, SMAXSN-1, SMAXIN (54E §6.2.3.9). No statistics of it."""
    return MeterSensorDescription(
        key=quantity,
        quantity=quantity,
        translation_key=f"max_power_{day}_phase" if phase else str(quantity),
        translation_placeholders={"phase": str(phase)} if phase else None,
        device_class=SensorDeviceClass.APPARENT_POWER,
        native_unit_of_measurement=UnitOfApparentPower.VOLT_AMPERE,
        pace=Kind.VALUE,
        value_fn=reads(quantity),
        dated=True,
    )


def _current(phase: int) -> MeterSensorDescription:
    """RMS current of a phase: IRMSn, IINST, IINSTn."""
    quantity = Quantity(f"current_{phase}")
    return MeterSensorDescription(
        key=quantity,
        quantity=quantity,
        name_fn=by_phase("current", "current_phase"),
        translation_placeholders={"phase": str(phase)},
        device_class=SensorDeviceClass.CURRENT,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        suggested_display_precision=0,
        pace=Kind.CURRENT,
        value_fn=reads(quantity),
    )


def _voltage(phase: int) -> MeterSensorDescription:
    """RMS voltage of a phase: URMSn."""
    quantity = Quantity(f"voltage_{phase}")
    return MeterSensorDescription(
        key=quantity,
        quantity=quantity,
        name_fn=by_phase("voltage", "voltage_phase"),
        translation_placeholders={"phase": str(phase)},
        device_class=SensorDeviceClass.VOLTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricPotential.VOLT,
        suggested_display_precision=0,
        pace=Kind.VOLTAGE,
        value_fn=reads(quantity),
    )


def _mean_voltage(phase: int) -> MeterSensorDescription:
    """Mean voltage of a phase over ten minutes: UMOYn."""
    quantity = Quantity(f"mean_voltage_{phase}")
    return MeterSensorDescription(
        key=quantity,
        quantity=quantity,
        name_fn=by_phase("mean_voltage", "mean_voltage_phase"),
        translation_placeholders={"phase": str(phase)},
        device_class=SensorDeviceClass.VOLTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricPotential.VOLT,
        suggested_display_precision=0,
        pace=Kind.VOLTAGE,
        value_fn=reads(quantity),
        dated=True,
    )


def _max_current(phase: int) -> MeterSensorDescription:
    """Highest current since it was last reset, only of meters before Linky: IMAX, IMAXn."""
    quantity = Quantity(f"max_current_{phase}")
    return MeterSensorDescription(
        key=quantity,
        quantity=quantity,
        name_fn=by_phase("max_current", "max_current_phase"),
        translation_placeholders={"phase": str(phase)},
        device_class=SensorDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        pace=Kind.VALUE,
        value_fn=reads(quantity),
    )


def _mean_power(quantity: Quantity, *, enabled: bool) -> MeterSensorDescription:
    """A point of the load curve: mean active power of a past period, dated at its end (CCASN, CCAIN)."""
    return MeterSensorDescription(
        key=quantity,
        quantity=quantity,
        translation_key=str(quantity),
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        entity_registry_enabled_default=enabled,
        pace=Kind.TEXT,
        value_fn=reads(quantity),
        dated=True,
    )


def _counts_energy(view: View) -> bool:
    """An index tells active power, and so does a bridge that measures it."""
    return view.met and not view.seen.isdisjoint(
        {Quantity.ACTIVE_POWER, Quantity.IMPORT_TOTAL, Quantity.IMPORT_INDEX_1, Quantity.IMPORT_INDEX_2}
    )


def _exports(view: View) -> bool:
    """Power leaves this home at times, or its meter is a producer's."""
    return view.derived.exports or Quantity.APPARENT_POWER_EXPORT in view.seen


def _exports_watts(view: View) -> bool:
    return _exports(view) and not view.seen.isdisjoint({Quantity.ACTIVE_POWER, Quantity.EXPORT_TOTAL})


def _factor(view: View) -> float | None:
    factor = view.derived.power_factor
    return None if factor is None else round(factor.value, 2)


def _watts(
    key: str,
    derive: Callable[[Derived], Banded | None],
    exists_fn: Callable[[View], bool],
    quantity: Quantity | None = None,
) -> MeterSensorDescription:
    """A power in W: measured by a bridge, else worked out of an index, with what it may be off by."""
    return MeterSensorDescription(
        key=key,
        quantity=quantity,
        translation_key=key,
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        exists_fn=exists_fn,
        pace=Kind.POWER,
        value_fn=rounds(derive),
        attributes_fn=doubts(derive),
    )


def _crossing_va(key: str, derive: Callable[[Derived], Banded | None]) -> MeterSensorDescription:
    """An apparent power that crosses the meter, of a home that exports at times."""
    return MeterSensorDescription(
        key=key,
        translation_key=key,
        device_class=SensorDeviceClass.APPARENT_POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfApparentPower.VOLT_AMPERE,
        exists_fn=_exports,
        pace=Kind.POWER,
        value_fn=rounds(derive),
        attributes_fn=doubts(derive),
    )


POWER_SENSORS: tuple[MeterSensorDescription, ...] = (
    _instant_va(Quantity.APPARENT_POWER),
    _watts(Quantity.ACTIVE_POWER, lambda derived: derived.active, _counts_energy, Quantity.ACTIVE_POWER),
    MeterSensorDescription(
        key="power_factor",
        translation_key="power_factor",
        device_class=SensorDeviceClass.POWER_FACTOR,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=2,
        entity_registry_enabled_default=False,
        exists_fn=_counts_energy,
        pace=Kind.VALUE,
        value_fn=_factor,
    ),
    _crossing_va("net_power", lambda derived: derived.net_va),
    _watts("net_active_power", lambda derived: derived.net_w, _exports_watts),
    _crossing_va("surplus", lambda derived: derived.surplus),
    *(_instant_va(Quantity(f"apparent_power_{phase}"), phase=phase) for phase in PHASES),
    _instant_va(Quantity.APPARENT_POWER_EXPORT),
    *(_current(phase) for phase in PHASES),
    *(_voltage(phase) for phase in PHASES),
    *(_mean_voltage(phase) for phase in PHASES),
    *(_max_current(phase) for phase in PHASES),
    _daily_maximum(Quantity.MAX_POWER_TODAY, "today"),
    *(_daily_maximum(Quantity(f"max_power_today_{phase}"), "today", phase=phase) for phase in PHASES),
    _daily_maximum(Quantity.MAX_POWER_YESTERDAY, "yesterday"),
    *(_daily_maximum(Quantity(f"max_power_yesterday_{phase}"), "yesterday", phase=phase) for phase in PHASES),
    _daily_maximum(Quantity.MAX_EXPORT_TODAY, "today"),
    _daily_maximum(Quantity.MAX_EXPORT_YESTERDAY, "yesterday"),
    MeterSensorDescription(
        key=Quantity.MAX_ACTIVE_POWER,
        quantity=Quantity.MAX_ACTIVE_POWER,
        translation_key="max_active_power",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        pace=Kind.VALUE,
        value_fn=reads(Quantity.MAX_ACTIVE_POWER),
    ),
    _mean_power(Quantity.LOAD_CURVE, enabled=True),
    _mean_power(Quantity.LOAD_CURVE_PREVIOUS, enabled=False),
    _mean_power(Quantity.EXPORT_CURVE, enabled=True),
    _mean_power(Quantity.EXPORT_CURVE_PREVIOUS, enabled=False),
)
