"""What the labels of historic mode mean (tic.md §6; index labels as in §7.1)."""

from collections.abc import Mapping

from ..tic import parse_lost_phases
from .meaning import Meaning, number, slugs, text
from .quantity import Quantity

_OPTIONS = {"BAS": ("base",), "HC.": ("hchp",), "EJP": ("ejp",), "BBR": ("tempo",)}

_PERIODS = {
    "TH..": ("th", "none"),
    "HC..": ("hc", "none"),
    "HP..": ("hp", "none"),
    "HN..": ("hn", "none"),
    "PM..": ("pm", "none"),
    "HCJB": ("hc_blue", "blue"),
    "HPJB": ("hp_blue", "blue"),
    "HCJW": ("hc_white", "white"),
    "HPJW": ("hp_white", "white"),
    "HCJR": ("hc_red", "red"),
    "HPJR": ("hp_red", "red"),
}

_COLOURS = {"----": ("unknown",), "BLEU": ("blue",), "BLAN": ("white",), "ROUG": ("red",)}


def _warning(quantity: Quantity) -> Meaning:
    """ADPS and ADIR: their coming is the warning, their data the current of it."""
    return Meaning((quantity, Quantity.OVER_REFERENCE), lambda data, _: (int(data), True))


_COMMON = {
    "ADCO": text(Quantity.ADDRESS),
    "OPTARIF": slugs((Quantity.TARIFF_OPTION,), _OPTIONS, 3),
    "ISOUSC": number(Quantity.SUBSCRIBED_CURRENT),
    "BASE": number(Quantity.IMPORT_TOTAL),
    "HCHC": number(Quantity.IMPORT_INDEX_1),
    "HCHP": number(Quantity.IMPORT_INDEX_2),
    "EJPHN": number(Quantity.IMPORT_INDEX_1),
    "EJPHPM": number(Quantity.IMPORT_INDEX_2),
    "BBRHCJB": number(Quantity.IMPORT_INDEX_1),
    "BBRHPJB": number(Quantity.IMPORT_INDEX_2),
    "BBRHCJW": number(Quantity.IMPORT_INDEX_3),
    "BBRHPJW": number(Quantity.IMPORT_INDEX_4),
    "BBRHCJR": number(Quantity.IMPORT_INDEX_5),
    "BBRHPJR": number(Quantity.IMPORT_INDEX_6),
    "PEJP": Meaning((Quantity.EJP_NOTICE,), lambda _data, _horodate: (True,)),
    "PTEC": slugs((Quantity.TARIFF_PERIOD, Quantity.COLOUR_TODAY), _PERIODS, 4),
    "DEMAIN": slugs((Quantity.COLOUR_TOMORROW,), _COLOURS, 4),
    "IINST": number(Quantity.CURRENT_1),
    "IINST1": number(Quantity.CURRENT_1),
    "IINST2": number(Quantity.CURRENT_2),
    "IINST3": number(Quantity.CURRENT_3),
    "ADPS": _warning(Quantity.WARNING_CURRENT_1),
    "ADIR1": _warning(Quantity.WARNING_CURRENT_1),
    "ADIR2": _warning(Quantity.WARNING_CURRENT_2),
    "ADIR3": _warning(Quantity.WARNING_CURRENT_3),
    "PAPP": number(Quantity.APPARENT_POWER),
    "HHPHC": text(Quantity.PEAK_HOURS_PROGRAM),
    "PPOT": Meaning(
        (Quantity.PHASE_LOST_1, Quantity.PHASE_LOST_2, Quantity.PHASE_LOST_3), lambda data, _: parse_lost_phases(data)
    ),
}

_LINKY = _COMMON | {"PMAX": number(Quantity.MAX_POWER_YESTERDAY)}
"""On a Linky IMAX is a constant, hence left out, and PMAX the highest VA of the day before (tic.md §12.9)."""

_BEFORE_LINKY = _COMMON | {
    "IMAX": number(Quantity.MAX_CURRENT_1),
    "IMAX1": number(Quantity.MAX_CURRENT_1),
    "IMAX2": number(Quantity.MAX_CURRENT_2),
    "IMAX3": number(Quantity.MAX_CURRENT_3),
    "PMAX": number(Quantity.MAX_ACTIVE_POWER),
}

BY_KIND: Mapping[bool | None, Mapping[str, Meaning]] = {None: _COMMON, True: _LINKY, False: _BEFORE_LINKY}
"""Label → meaning, by whether the meter is a Linky; what differs is left out while that is unknown (None)."""

QUANTITIES = frozenset({Quantity.CONTRACT_POWER}).union(
    quantity for kind in BY_KIND.values() for meaning in kind.values() for quantity in meaning.quantities
)
"""All that historic mode can tell; the contract is worked out of ISOUSC."""
