"""What the labels of standard mode mean (tic.md §7, §8)."""

from collections.abc import Mapping
from datetime import datetime

from ..tic import Colour, Stge, parse_relays
from .meaning import Meaning, instant, number, rank, text, thousands
from .quantity import Quantity
from .reading import Breaker, Scalar

_PHASES = _PEAKS = (1, 2, 3)

_STATUS = (
    Quantity.DRY_CONTACT,
    Quantity.BREAKER,
    Quantity.COVER_OPEN,
    Quantity.OVERVOLTAGE,
    Quantity.OVER_REFERENCE,
    Quantity.PRODUCER,
    Quantity.EXPORTING,
    Quantity.TARIFF_INDEX,
    Quantity.GRID_TARIFF_INDEX,
    Quantity.CLOCK_DEGRADED,
    Quantity.EURIDIS,
    Quantity.PLC_STATE,
    Quantity.PLC_SYNCHRONISED,
    Quantity.COLOUR_TODAY,
    Quantity.COLOUR_TOMORROW,
    Quantity.PEAK_NOTICE,
    Quantity.PEAK_RUNNING,
)

_BREAKERS = tuple(Breaker)


def _status(data: str, _: datetime | None) -> tuple[Scalar | None, ...]:
    """STGE. A colour announced for today and none for tomorrow means "not announced yet", never "no colour"."""
    status = Stge.from_hex(data)
    coloured = status.colour_today is not Colour.NONE
    unannounced = coloured and status.colour_tomorrow is Colour.NONE
    return (
        status.dry_contact_closed,
        _BREAKERS[status.breaker],
        status.cover_open,
        status.overvoltage,
        status.over_reference,
        status.producer,
        status.exporting,
        status.supplier_index,
        status.grid_index,
        status.clock_degraded,
        status.euridis,
        status.plc_state,
        status.plc_synchronised,
        status.colour_today,
        "unknown" if unannounced else status.colour_tomorrow,
        status.peak_notice,
        status.peak_running,
    )


MEANINGS: Mapping[str, Meaning] = {
    "ADSC": text(Quantity.ADDRESS),
    "VTIC": text(Quantity.TIC_VERSION),
    "DATE": instant(Quantity.CLOCK),
    "NGTF": text(Quantity.CALENDAR),
    "LTARF": text(Quantity.TARIFF_LABEL),
    "EAST": number(Quantity.IMPORT_TOTAL),
    **{f"EASF{index:02}": number(Quantity(f"import_index_{index}")) for index in range(1, 11)},
    **{f"EASD{index:02}": number(Quantity(f"grid_index_{index}")) for index in range(1, 5)},
    "EAIT": number(Quantity.EXPORT_TOTAL),
    **{f"ERQ{quadrant}": number(Quantity(f"reactive_q{quadrant}")) for quadrant in range(1, 5)},
    **{f"IRMS{phase}": number(Quantity(f"current_{phase}")) for phase in _PHASES},
    **{f"URMS{phase}": number(Quantity(f"voltage_{phase}")) for phase in _PHASES},
    "PREF": thousands(Quantity.CONTRACT_POWER),
    "PCOUP": thousands(Quantity.CUTOFF_POWER),
    "SINSTS": number(Quantity.APPARENT_POWER),
    **{f"SINSTS{phase}": number(Quantity(f"apparent_power_{phase}")) for phase in _PHASES},
    "SMAXSN": number(Quantity.MAX_POWER_TODAY),
    **{f"SMAXSN{phase}": number(Quantity(f"max_power_today_{phase}")) for phase in _PHASES},
    "SMAXSN-1": number(Quantity.MAX_POWER_YESTERDAY),
    **{f"SMAXSN{phase}-1": number(Quantity(f"max_power_yesterday_{phase}")) for phase in _PHASES},
    "SINSTI": number(Quantity.APPARENT_POWER_EXPORT),
    "SMAXIN": number(Quantity.MAX_EXPORT_TODAY),
    "SMAXIN-1": number(Quantity.MAX_EXPORT_YESTERDAY),
    "CCASN": number(Quantity.LOAD_CURVE),
    "CCASN-1": number(Quantity.LOAD_CURVE_PREVIOUS),
    "CCAIN": number(Quantity.EXPORT_CURVE),
    "CCAIN-1": number(Quantity.EXPORT_CURVE_PREVIOUS),
    **{f"UMOY{phase}": number(Quantity(f"mean_voltage_{phase}")) for phase in _PHASES},
    "STGE": Meaning(_STATUS, _status),
    **{f"DPM{peak}": instant(Quantity(f"peak_{peak}_start")) for peak in _PEAKS},
    **{f"FPM{peak}": instant(Quantity(f"peak_{peak}_end")) for peak in _PEAKS},
    "MSG1": text(Quantity.MESSAGE),
    "MSG2": text(Quantity.SHORT_MESSAGE),
    "PRM": text(Quantity.PRM),
    "RELAIS": Meaning(tuple(Quantity(f"relay_{relay}") for relay in range(1, 9)), lambda data, _: parse_relays(data)),
    "NTARF": rank(Quantity.TARIFF_INDEX, 10),
    "NJOURF": number(Quantity.DAY_TODAY),
    "NJOURF+1": number(Quantity.DAY_TOMORROW),
    "PJOURF+1": text(Quantity.PROFILE_TOMORROW),
    "PPOINTE": text(Quantity.PROFILE_PEAK),
}
"""Label → meaning."""

QUANTITIES = frozenset(quantity for meaning in MEANINGS.values() for quantity in meaning.quantities)
"""All that standard mode can tell."""
