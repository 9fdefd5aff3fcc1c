"""How a value that a bridge reformatted is written again as the meter writes it (tic.md §6, §7).

Bridges send numbers for texts of digits, lose leading zeros, trim paddings and put a horodate into its value. Here
each label takes back the form that its rule demands; what cannot take it is refused with its ``Oddity``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
import math
import re
from typing import Final

from ..tic import HISTORIC_RULES, STANDARD_RULES, Rule
from .oddity import Oddity

NO_VALUE: Final = -32_768
"""What Zigbee gives for a value that it does not have."""

_LARGEST: Final = 10**15
"""Far above every register; JSON allows integers that no float can hold."""

_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{0,9})?", re.ASCII)
_WORDS_FOR_NOTHING: Final = frozenset({"", "null", "none", "nan", "unknown", "unavailable", "undefined"})
_HORODATED: Final = re.compile(r"([HEhe ]?)([0-9]{12})[ \t]*([0-9]*)", re.ASCII)
_ANY_MOMENT: Final = "H000000000000\t"
_ADDRESS_DIGITS: Final = 12


class Refused(Exception):  # noqa: N818 it is caught in this room, no error of a caller
    """A value that may not be believed, and why."""

    def __init__(self, oddity: Oddity) -> None:
        super().__init__(oddity)
        self.oddity = oddity


class _Kind(Enum):
    NUMBER = auto()
    TEXT = auto()
    HEX = auto()
    ADDRESS = auto()
    WORD = auto()
    MOMENT = auto()


@dataclass(frozen=True, slots=True)
class Form:
    """How the data of one label is written: its rule, its kind and its width in characters."""

    rule: Rule
    kind: _Kind
    width: int


_FIXED: Final = {
    "PREF": 2, "PCOUP": 2, "NTARF": 2, "NJOURF": 2, "NJOURF+1": 2, "RELAIS": 3, "PRM": 14,
}  # fmt: skip
_HEX: Final = {"STGE": 8, "PPOT": 2, "MOTDETAT": 6}
_DIGITS: Final = re.compile(r"\[0-9\]\{(?:8,)?(\d+)\}$")
_TEXT: Final = re.compile(r"\[ -~\]\{(\d+)\}")


def _form(rule: Rule) -> Form:
    if rule.label in {"ADCO", "ADSC"}:
        return Form(rule, _Kind.ADDRESS, _ADDRESS_DIGITS)
    if rule.label in _HEX:
        return Form(rule, _Kind.HEX, _HEX[rule.label])
    if rule.label in _FIXED:
        return Form(rule, _Kind.NUMBER, _FIXED[rule.label])
    if rule.label == "DATE" or rule.label.startswith(("DPM", "FPM")):
        return Form(rule, _Kind.MOMENT, 0 if rule.label == "DATE" else 2)
    if text := _TEXT.fullmatch(rule.shape):
        return Form(rule, _Kind.TEXT, int(text[1]))
    if digits := _DIGITS.search(rule.shape):
        return Form(rule, _Kind.NUMBER, int(digits[1]))
    return Form(rule, _Kind.WORD, 0)


FORMS: Final[dict[str, Form]] = {
    label.decode(): _form(rule) for rules in (HISTORIC_RULES, STANDARD_RULES) for label, rule in rules.items()
}
"""Label → its form; no label is of both modes. Pilot meters' names lead to the labels of the specification."""


def number(value: object) -> float | int:
    """The finite number that a JSON value or a text stands for; Refused otherwise."""
    match value:
        case None:
            raise Refused(Oddity.NULL)
        case bool():
            raise Refused(Oddity.WRONG_TYPE)
        case int():
            found: float | int = value
        case float():
            if not math.isfinite(value):
                raise Refused(Oddity.NOT_FINITE)
            found = value
        case str():
            found = _number_of_text(value)
        case _:
            raise Refused(Oddity.WRONG_TYPE)
    if found == NO_VALUE:
        raise Refused(Oddity.NULL)
    if not -_LARGEST < found < _LARGEST:
        raise Refused(Oddity.OUT_OF_RANGE)
    return found


def _number_of_text(value: str) -> float | int:
    text = value.strip()
    if text.lower() in _WORDS_FOR_NOTHING:
        raise Refused(Oddity.NULL)
    if not _NUMBER.fullmatch(text):
        raise Refused(Oddity.NOT_FINITE if "inf" in text.lower() else Oddity.BAD_VALUE)
    return float(text) if "." in text else int(text)


def _digits(value: object, width: int) -> str:
    found = number(value)
    whole = math.floor(found + 0.5)
    if not 0 <= whole < 10**width:
        raise Refused(Oddity.OUT_OF_RANGE)
    return f"{whole:0{width}d}"


def _number_data(value: object, width: int) -> str:
    if isinstance(value, str) and len(value) == width and value.isascii() and value.isdigit():
        return value
    return _digits(value, width)


def _text_data(value: object, width: int) -> str:
    if not isinstance(value, str):
        raise Refused(Oddity.NULL if value is None else Oddity.WRONG_TYPE)
    text = value if len(value) <= width else " ".join(value.split())
    if not text.strip():
        raise Refused(Oddity.NULL)
    return text.ljust(width)


def _hex_data(value: object, width: int) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        if not 0 <= value < 16**width:
            raise Refused(Oddity.OUT_OF_RANGE)
        return f"{value:0{width}X}"
    text = _word_data(value, 0).removeprefix("0x").removeprefix("0X")
    return text.zfill(width)


def _address_data(value: object, width: int) -> str:
    """An address read as a number lost its first zero, and never more: no maker has the code 00 (tic.md §5)."""
    if isinstance(value, str):
        text = value.strip()
        if not text:
            raise Refused(Oddity.NULL)
    else:
        text = _digits(value, width).lstrip("0")
    if not text.strip("0"):
        raise Refused(Oddity.NULL)
    return text.zfill(width) if len(text) == width - 1 else text


def _word_data(value: object, _width: int) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise Refused(Oddity.NULL if value is None else Oddity.WRONG_TYPE)
    if isinstance(value, int):
        raise Refused(Oddity.BAD_VALUE)
    text = value.strip()
    if not text:
        raise Refused(Oddity.NULL)
    return text


_WRITERS: Final[dict[_Kind, Callable[[object, int], str]]] = {
    _Kind.NUMBER: _number_data,
    _Kind.TEXT: _text_data,
    _Kind.HEX: _hex_data,
    _Kind.ADDRESS: _address_data,
    _Kind.WORD: _word_data,
}
_DOTTED: Final = frozenset({"PTEC", "OPTARIF"})


def _split(value: object, horodate: str | None) -> tuple[str | None, object]:
    """Part a horodate from the value that a bridge put behind it in one text (``"H240213064656 03112"``)."""
    if horodate is not None or not isinstance(value, str):
        return horodate, value
    match = _HORODATED.fullmatch(value.rstrip() if value[:1] == " " else value.strip())
    if match is None:
        return None, value
    return (match[1] or " ") + match[2], match[3]


def write(form: Form, value: object, horodate: str | None = None) -> tuple[str, str | None]:
    """Data and horodate of ``value`` as the meter writes them; Refused for what its label cannot carry."""
    rule = form.rule
    if not rule.dated:
        data = _WRITERS[form.kind](value, form.width)
        if rule.label in _DOTTED:
            data = data.ljust(4, ".") if data != "BBR" else "BBR("
        if not rule.allows(data):
            raise Refused(Oddity.BAD_VALUE)
        return data, None
    horodate, value = _split(value, horodate)
    if form.kind is _Kind.MOMENT:
        if horodate is None:
            raise Refused(Oddity.NULL)
        data = "0" * form.width
        if not rule.allows(f"{horodate}\t{data}"):
            raise Refused(Oddity.BAD_VALUE)
        return data, horodate
    data = _number_data(value, form.width)
    if horodate is not None and not rule.allows(f"{horodate}\t{data}"):
        horodate = None  # its time is damaged, or not the meter's; the value stands by itself
    if horodate is None and not rule.allows(_ANY_MOMENT + data):
        raise Refused(Oddity.BAD_VALUE)
    return data, horodate
