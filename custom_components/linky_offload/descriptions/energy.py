"""Energy registers (tic.md §6.1, §7, §7.1). They are counters: the last value stays true while the meter is silent."""

from collections.abc import Callable

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import EntityCategory, UnitOfEnergy, UnitOfReactiveEnergy
from homeassistant.helpers.typing import StateType

from ..meter import Quantity
from ..pace import Kind
from ..tic import Mode
from .base import ATTR_METER_INDEX, Facts, MeterSensorDescription, View

# What each supplier index counts, for the tariffs whose indexes have one meaning everywhere (tic.md §7.1).
INDEX_NAMES: dict[str, tuple[str, ...]] = {
    "hchp": ("import_off_peak", "import_peak"),
    "ejp": ("import_normal_hours", "import_mobile_peak"),
    "tempo": (
        "import_blue_off_peak",
        "import_blue_peak",
        "import_white_off_peak",
        "import_white_peak",
        "import_red_off_peak",
        "import_red_peak",
    ),
}


def _counts(quantity: Quantity) -> Callable[[View], StateType]:
    """The counter of a register, which a new meter does not make leap."""
    return lambda view: view.derived.counters.get(quantity)


def _displayed(quantity: Quantity) -> Callable[[View], dict[str, StateType] | None]:
    """What the meter itself displays, where that is another figure."""

    def attribute(view: View) -> dict[str, StateType] | None:
        told = view.value(quantity)
        if not isinstance(told, int) or view.derived.counters.get(quantity) == told:
            return None
        return {ATTR_METER_INDEX: told}

    return attribute


def _index_name(index: int) -> Callable[[Facts], str]:
    def name(facts: Facts) -> str:
        names = INDEX_NAMES.get(facts.tariff or "", ())
        return names[index - 1] if index <= len(names) else "import_index"

    return name


def _index_in_use(quantity: Quantity, index: int) -> Callable[[View, Facts], bool]:
    """A standard-mode meter always sends its ten registers: one that is 0 and does not count now is unused."""

    def in_use(view: View, facts: Facts) -> bool:
        return bool(view.value(quantity)) or view.value(Quantity.TARIFF_INDEX) == index or view.mode is Mode.HISTORIC

    return in_use


def _register(quantity: Quantity, *, index: int | None = None, enabled: bool = True) -> MeterSensorDescription:
    """A register of active energy: EAST, BASE, EAIT, and EASDnn, the grid operator's own, which follow the season."""
    return MeterSensorDescription(
        key=quantity,
        quantity=quantity,
        translation_key="grid_index" if index else str(quantity),
        translation_placeholders={"index": str(index)} if index else None,
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=1,
        entity_registry_enabled_default=enabled,
        pace=Kind.INDEX,
        value_fn=_counts(quantity),
        attributes_fn=_displayed(quantity),
        kept=True,
    )


def _supplier_index(index: int) -> MeterSensorDescription:
    """EASFnn, or the historic register that counts the same (HCHC, HCHP, EJPHN, BBRHCJB …)."""
    quantity = Quantity(f"import_index_{index}")
    return MeterSensorDescription(
        key=quantity,
        quantity=quantity,
        name_fn=_index_name(index),
        translation_placeholders={"index": str(index)},
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=1,
        enabled_fn=_index_in_use(quantity, index),
        pace=Kind.INDEX,
        value_fn=_counts(quantity),
        attributes_fn=_displayed(quantity),
        kept=True,
    )


def _reactive(quadrant: int) -> MeterSensorDescription:
    """ERQn: reactive energy of a quadrant, only of producers."""
    quantity = Quantity(f"reactive_q{quadrant}")
    return MeterSensorDescription(
        key=quantity,
        quantity=quantity,
        translation_key="reactive_energy",
        translation_placeholders={"quadrant": str(quadrant)},
        device_class=SensorDeviceClass.REACTIVE_ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfReactiveEnergy.VOLT_AMPERE_REACTIVE_HOUR,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        pace=Kind.INDEX,
        value_fn=_counts(quantity),
        attributes_fn=_displayed(quantity),
        kept=True,
    )


ENERGY_SENSORS: tuple[MeterSensorDescription, ...] = (
    _register(Quantity.IMPORT_TOTAL),
    *(_supplier_index(index) for index in range(1, 11)),
    *(_register(Quantity(f"grid_index_{index}"), index=index, enabled=False) for index in range(1, 5)),
    _register(Quantity.EXPORT_TOTAL),
    *(_reactive(quadrant) for quadrant in range(1, 5)),
)
