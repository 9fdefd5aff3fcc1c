"""What a meter's address tells of it: maker, year, type (tic.md §5).

ADCO and ADSC carry the same twelve characters ``CC AA TT NNNNNN``: maker, year of manufacture, type, serial number.
"""

from dataclasses import dataclass
import re
from typing import Final

_ADDRESS: Final = re.compile(r"(\d{2})(\d{2})([0-9A-F]{2})\d{6}", re.ASCII)

# Electronic meters were not made before the nineties.
_CENTURY_TURN: Final = 80

_MAKERS: Final = {
    "01": "Crouzet / Monetel",
    "02": "Sagemcom",
    "03": "Itron (Actaris, Schlumberger)",
    "04": "Landis+Gyr",
    "05": "Sauter / Stepper / Zellweger",
    "06": "Itron",
    "07": "Maec",
    "08": "Enerdis (Matra, Chauvin Arnoux)",
    "09": "Faure-Herman",
    "10": "Sevme / SIS",
    "11": "Elster / Honeywell (Magnol)",
    "12": "Gaz Thermique",
    "14": "Ghielmetti / Dialog / Micronique",
    "15": "Mecelec",
    "16": "Legrand / Baco",
    "17": "Serd-Schlumberger",
    "18": "Schneider / Merlin Gerin / Gardy",
    "19": "General Electric / Power Control",
    "20": "Nuovo Pignone / Dresser",
    "21": "SCLE",
    "22": "EDF",
    "23": "GDF",
    "24": "Hager-GE",
    "25": "Delta Dore",
    "26": "RIZ",
    "27": "Iskraemeco",
    "28": "GMT",
    "29": "Analog Device",
    "30": "Michaud",
    "31": "Hexing",
    "32": "Siame",
    "33": "Larsen & Toubro",
    "34": "Elster / Honeywell",
    "35": "Electronic Afzar Azma",
    "36": "Advanced Electronic Co",
    "37": "AEM",
    "38": "Zhejiang Chint",
    "39": "ZIV",
    "70": "Landis+Gyr",
    "71": "Stepper",
    "81": "Sagemcom",
    "82": "Landis+Gyr",
    "83": "Elster / Honeywell",
    "84": "Sagemcom",
    "85": "Itron",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterModel:
    """What is printed on the meter, as far as its address tells.

    ``manufacturer`` and ``phases`` are None when the code does not tell; ``model`` is a name without language.
    """

    manufacturer: str | None
    year: int
    type_code: str
    model: str
    phases: int | None
    linky: bool


# type codes: (model, phases, is a Linky)
_TYPES: Final[dict[str, tuple[str, int | None, bool]]] = {
    code: (model, phases, linky)
    for codes, model, phases, linky in (
        ("60", "Linky G1 60 A", 1, True),
        ("61 64 70", "Linky G3 60 A", 1, True),
        ("62", "Linky G1 90 A", 1, True),
        ("65 75", "Linky G3 90 A", 1, True),
        ("67", "Linky G1 90 A pilot", 1, True),
        ("63", "Linky G1 3 × 60 A", 3, True),
        ("68", "Linky G1 3 × 60 A pilot", 3, True),
        ("71 76", "Linky G3 3 × 60 A", 3, True),
        ("66", "Modular meter", None, False),
        ("86", "SEI G3 60 A", 1, True),
        ("87", "SEI G3 3 × 60 A", 3, True),
        ("92", "ORES Linky 90 A", 1, True),
        ("93 94", "ORES Linky 3 × 60 A", 3, True),
        ("01 15 20 22 23 28 29", "Bleu CBEMM", 1, False),
        ("05 11 25 42 43", "Bleu CBEMM", 1, False),
        ("09 21 26 27 30 31 32", "Bleu CBETM", 3, False),
        ("90", "CPL G1", 1, False),
        ("91", "CPL G2", 3, False),
        ("03 04 53 54", "Concentrator", None, False),
        ("06 07 10 12 33 34 35 36", "Jaune / PME-PMI", 3, False),
    )
    for code in codes.split()
}


def describe_address(address: str) -> MeterModel | None:
    """Describe the meter of ``address`` (12 characters); None when it is not one, masked for instance."""
    match = _ADDRESS.fullmatch(address)
    if match is None:
        return None
    maker, year, type_code = match.groups()
    model, phases, linky = _TYPES.get(type_code, (f"Type {type_code}", None, False))
    return MeterModel(
        manufacturer=_MAKERS.get(maker),
        year=int(year) + (1900 if int(year) >= _CENTURY_TURN else 2000),
        type_code=type_code,
        model=model,
        phases=phases,
        linky=linky,
    )
