"""The tariff: option, period, colours, calendar, mobile peaks (tic.md §6.4, §7, §8.1)."""

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import EntityCategory

from ..meter import PERIODS, Quantity, TariffKind
from ..pace import Kind
from .base import Facts, MeterBinarySensorDescription, MeterSensorDescription, View, chooses, reads, tells

TARIFFS = [str(kind) for kind in TariffKind]
COLOURS = ["blue", "white", "red"]
NOT_ANNOUNCED = "not_announced"
COLOURS_TOMORROW = [NOT_ANNOUNCED, *COLOURS]
PEAKS = ["none", "peak_1", "peak_2", "peak_3"]


def _has_colours(view: View) -> bool:
    """The status register of every standard-mode meter has room for a colour: only Tempo fills it (STGE 24–25)."""
    return view.met and (view.derived.tariff.kind is TariffKind.TEMPO or view.derived.tariff.colour_today is not None)


def _colour_today(view: View) -> str | None:
    colour = view.derived.tariff.colour_today
    return None if colour is None else str(colour)


def _colour_tomorrow(view: View) -> str | None:
    """Nothing announced is something to say, once the meter has told what it is."""
    if view.derived.tariff.kind is not TariffKind.TEMPO:
        return None
    colour = view.derived.tariff.colour_tomorrow
    return NOT_ANNOUNCED if colour is None else str(colour)


def has_periods(view: View) -> bool:
    """The price changes with the hour."""
    tariff = view.derived.tariff
    return view.met and (
        tariff.kind in {TariffKind.HCHP, TariffKind.EJP, TariffKind.TEMPO} or view.derived.days.next_change is not None
    )


def _has_mobile_peaks(view: View, facts: Facts) -> bool:
    return facts.tariff in {"ejp", "tempo"}


def _peak(quantity: Quantity) -> MeterSensorDescription:
    """Number of a mobile peak, announced or running (STGE 28–31)."""

    def slug(view: View) -> str | None:
        number = view.value(quantity)
        return PEAKS[number] if isinstance(number, int) and 0 <= number < len(PEAKS) else None

    return MeterSensorDescription(
        key=quantity,
        quantity=quantity,
        translation_key=str(quantity),
        device_class=SensorDeviceClass.ENUM,
        options=PEAKS,
        enabled_fn=_has_mobile_peaks,
        pace=Kind.TEXT,
        value_fn=slug,
    )


def _peak_time(number: int, edge: str) -> MeterSensorDescription:
    """Start or end of an announced mobile peak: DPMn, FPMn."""
    quantity = Quantity(f"peak_{number}_{edge}")
    return MeterSensorDescription(
        key=quantity,
        quantity=quantity,
        translation_key=f"peak_{edge}",
        translation_placeholders={"number": str(number)},
        device_class=SensorDeviceClass.TIMESTAMP,
        pace=Kind.TEXT,
        value_fn=reads(quantity),
    )


def _calendar_detail(quantity: Quantity) -> MeterSensorDescription:
    """A raw piece of the supplier's calendar, for those who debug it."""
    return MeterSensorDescription(
        key=quantity,
        quantity=quantity,
        translation_key=str(quantity),
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        pace=Kind.TEXT,
        value_fn=reads(quantity),
    )


TARIFF_SENSORS: tuple[MeterSensorDescription, ...] = (
    MeterSensorDescription(
        key=Quantity.TARIFF_OPTION,
        quantity=Quantity.TARIFF_OPTION,
        translation_key="tariff_option",
        device_class=SensorDeviceClass.ENUM,
        options=TARIFFS,
        entity_category=EntityCategory.DIAGNOSTIC,
        pace=Kind.TEXT,
        value_fn=chooses(Quantity.TARIFF_OPTION, TARIFFS),
    ),
    MeterSensorDescription(
        key=Quantity.TARIFF_PERIOD,
        quantity=Quantity.TARIFF_PERIOD,
        translation_key="tariff_period",
        device_class=SensorDeviceClass.ENUM,
        options=list(PERIODS),
        exists_fn=lambda view: view.met and view.derived.tariff.period is not None,
        pace=Kind.TEXT,
        value_fn=lambda view: view.derived.tariff.period,
    ),
    MeterSensorDescription(
        key="tariff_next_change",
        translation_key="tariff_next_change",
        device_class=SensorDeviceClass.TIMESTAMP,
        exists_fn=has_periods,
        pace=Kind.TEXT,
        value_fn=lambda view: view.derived.days.next_change,
    ),
    MeterSensorDescription(
        key=Quantity.TARIFF_INDEX,
        quantity=Quantity.TARIFF_INDEX,
        translation_key="tariff_index",
        pace=Kind.TEXT,
        value_fn=reads(Quantity.TARIFF_INDEX),
    ),
    MeterSensorDescription(
        key=Quantity.TARIFF_LABEL,
        quantity=Quantity.TARIFF_LABEL,
        translation_key="tariff_label",
        pace=Kind.TEXT,
        value_fn=reads(Quantity.TARIFF_LABEL),
    ),
    MeterSensorDescription(
        key=Quantity.CALENDAR,
        quantity=Quantity.CALENDAR,
        translation_key="calendar",
        entity_category=EntityCategory.DIAGNOSTIC,
        pace=Kind.TEXT,
        value_fn=reads(Quantity.CALENDAR),
    ),
    MeterSensorDescription(
        key=Quantity.COLOUR_TODAY,
        quantity=Quantity.COLOUR_TODAY,
        translation_key="colour_today",
        device_class=SensorDeviceClass.ENUM,
        options=COLOURS,
        exists_fn=_has_colours,
        pace=Kind.TEXT,
        value_fn=_colour_today,
    ),
    MeterSensorDescription(
        key=Quantity.COLOUR_TOMORROW,
        quantity=Quantity.COLOUR_TOMORROW,
        translation_key="colour_tomorrow",
        device_class=SensorDeviceClass.ENUM,
        options=COLOURS_TOMORROW,
        exists_fn=_has_colours,
        pace=Kind.TEXT,
        value_fn=_colour_tomorrow,
    ),
    _peak(Quantity.PEAK_NOTICE),
    _peak(Quantity.PEAK_RUNNING),
    *(_peak_time(number, edge) for number in (1, 2, 3) for edge in ("start", "end")),
    _calendar_detail(Quantity.DAY_TODAY),
    _calendar_detail(Quantity.DAY_TOMORROW),
    _calendar_detail(Quantity.PROFILE_TOMORROW),
    _calendar_detail(Quantity.PROFILE_PEAK),
    _calendar_detail(Quantity.PEAK_HOURS_PROGRAM),
)


# PEJP is sent during the notice and the mobile peak itself; the meter's room turns its absence into a no.
TARIFF_BINARY_SENSORS: tuple[MeterBinarySensorDescription, ...] = (
    MeterBinarySensorDescription(
        key="off_peak",
        translation_key="off_peak",
        exists_fn=lambda view: view.met and view.derived.tariff.off_peak is not None,
        pace=Kind.AT_ONCE,
        value_fn=lambda view: view.derived.tariff.off_peak,
    ),
    MeterBinarySensorDescription(
        key=Quantity.EJP_NOTICE,
        quantity=Quantity.EJP_NOTICE,
        translation_key="ejp_notice",
        pace=Kind.AT_ONCE,
        value_fn=tells(Quantity.EJP_NOTICE),
    ),
)
