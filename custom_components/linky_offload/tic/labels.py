"""The closed list of labels, and what each may carry (tic.md §6 and §7).

The checksum keeps 6 bits: one random group in 64 passes it. What passes is believed only when its label is in the
table of its mode and its content has that label's length, characters and, where the list is closed, one of its values.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
import re
from typing import Final

from .group import Mode


@dataclass(frozen=True, slots=True)
class Rule:
    """What one label may carry.

    ``label`` is the name the group is given; ``shape`` the regular expression that everything between the label and
    the checksum must match whole, horodate included; ``unit`` the unit that the wire leaves out, None for texts and
    numbers without one; ``dated`` tells that a horodate and a tabulation precede the data; ``heads`` that a long
    frame begins with this label; ``bursts`` that a short frame does (tic.md §6.3).
    """

    mode: Mode
    label: str
    shape: str
    unit: str | None = None
    dated: bool = False
    heads: bool = False
    bursts: bool = False
    allows: Callable[[str], object] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Compile the shape once: a frozen dataclass sets its derived field this way."""
        object.__setattr__(self, "allows", re.compile(self.shape).fullmatch)


def _digits(count: int) -> str:
    return f"[0-9]{{{count}}}"


def _text(length: int) -> str:
    return f"[ -~]{{{length}}}"


# The type is two hexadecimal digits. A run of X stands for an address or PRM that its owner masked: published logs and
# privacy filters of bridges do it, and the rest of such a meter must still be read.
_ADDRESS: Final = "[0-9]{4}[0-9A-F]{2}[0-9]{6}|X{10,12}"
_PRM: Final = "[0-9]{14}|X{14}"
# 8 digits come from the concentrators of tele-reading (tic.md §6.6).
_OLD_INDEX: Final = "[0-9]{8,9}"
_KVA: Final = "0[1-9]|[12][0-9]|3[0-6]"
_PROFILE: Final = "(?:[0-9A-F]{8}|NONUTILE)(?: (?:[0-9A-F]{8}|NONUTILE)){10}"
# Fields out of their range are refused; a day that its month does not have is left to ``parse_horodate``.
# The space stands for the season in the horodates of mobile peaks only.
_MOMENT: Final = "[0-9]{2}(?:0[0-9]|1[0-2])(?:[0-2][0-9]|3[01])(?:[01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]\t"
_HORODATE: Final = f"[HEhe]{_MOMENT}"
_SEASONLESS: Final = f"[HEhe ]{_MOMENT}"

_PERIODS: Final = r"TH\.\.|HC\.\.|HP\.\.|HN\.\.|PM\.\.|H[CP]J[BWR]"
# BBRx: x has bit 5 set and bit 6 clear (tic.md §6.4).
_OPTIONS: Final = r"BASE|HC\.\.|EJP\.|BBR[!-?]"


def _historic() -> Iterator[tuple[str, str, str | None]]:
    yield "ADCO", _ADDRESS, None
    yield "OPTARIF", _OPTIONS, None
    yield "ISOUSC", _digits(2), "A"
    yield "BASE HCHC HCHP EJPHN EJPHPM", _OLD_INDEX, "Wh"
    yield "BBRHCJB BBRHPJB BBRHCJW BBRHPJW BBRHCJR BBRHPJR", _OLD_INDEX, "Wh"
    yield "GAZ AUTRE", _digits(7), "dal"
    yield "PEJP", _digits(2), "min"
    yield "PTEC", _PERIODS, None
    yield "DEMAIN", "----|BLEU|BLAN|ROUG", None
    yield "IINST IINST1 IINST2 IINST3", _digits(3), "A"
    yield "ADPS ADIR1 ADIR2 ADIR3", _digits(3), "A"
    yield "IMAX IMAX1 IMAX2 IMAX3", _digits(3), "A"
    yield "PMAX", _digits(5), None  # W on old meters, VA on Linky
    yield "PAPP", _digits(5), "VA"
    yield "HHPHC", "[A-Z]", None
    yield "MOTDETAT", "[0-9A-F]{6}|[0-9A-F]{10}", None
    yield "PPOT", "[0-9A-F]{2}", None


def _standard() -> Iterator[tuple[str, str, str | None]]:
    yield "ADSC", _ADDRESS, None
    yield "VTIC", _digits(2), None
    yield "DATE", _HORODATE, None
    yield "NGTF LTARF", _text(16), None
    yield "EAST EAIT", _digits(9), "Wh"
    yield " ".join(f"EASF{index:02}" for index in range(1, 11)), _digits(9), "Wh"
    yield "EASD01 EASD02 EASD03 EASD04", _digits(9), "Wh"
    yield "ERQ1 ERQ2 ERQ3 ERQ4", _digits(9), "varh"
    yield "IRMS1 IRMS2 IRMS3", _digits(3), "A"
    yield "URMS1 URMS2 URMS3", _digits(3), "V"
    yield "PREF PCOUP", _KVA, "kVA"
    yield "SINSTS SINSTS1 SINSTS2 SINSTS3 SINSTI", _digits(5), "VA"
    yield "SMAXSN SMAXSN1 SMAXSN2 SMAXSN3 SMAXIN", _HORODATE + _digits(5), "VA"
    yield "SMAXSN-1 SMAXSN1-1 SMAXSN2-1 SMAXSN3-1 SMAXIN-1", _HORODATE + _digits(5), "VA"
    yield "CCASN CCASN-1 CCAIN CCAIN-1", _HORODATE + _digits(5), "W"
    yield "UMOY1 UMOY2 UMOY3", _HORODATE + _digits(3), "V"
    yield "STGE", "[0-9A-Fa-f]{8}", None
    yield "DPM1 FPM1 DPM2 FPM2 DPM3 FPM3", _SEASONLESS + _digits(2), None
    yield "MSG1", _text(32), None
    yield "MSG2", _text(16), None
    yield "PRM", _PRM, None
    yield "RELAIS", "[01][0-9]{2}|2[0-4][0-9]|25[0-5]", None
    yield "NTARF", "0[1-9]|10", None
    yield "NJOURF NJOURF+1", "0[0-9]", None
    yield "PJOURF+1 PPOINTE", _PROFILE, None


# Names that pilot meters (types 67 and 68) give to labels of the specification (tic.md §5).
PILOT_ALIASES: Final = {"SINST1": "SINSTS", "SMAXN": "SMAXSN", "SMAXN-1": "SMAXSN-1"}


def _table(mode: Mode, entries: Iterator[tuple[str, str, str | None]]) -> dict[bytes, Rule]:
    return {
        label.encode(): Rule(
            mode,
            label,
            shape,
            unit,
            dated="\t" in shape,
            heads=label in {"ADCO", "ADSC"},
            bursts=label.startswith("ADIR"),
        )
        for labels, shape, unit in entries
        for label in labels.split()
    }


HISTORIC_RULES: Final = _table(Mode.HISTORIC, _historic())
STANDARD_RULES: Final = _table(Mode.STANDARD, _standard())
STANDARD_RULES.update({alias.encode(): STANDARD_RULES[label.encode()] for alias, label in PILOT_ALIASES.items()})
