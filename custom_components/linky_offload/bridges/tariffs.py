"""The tariff as Tasmota teleinfo tells it: names of periods in French, levels and hours (mqtt-formats §1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from ..meter import Quantity
from ..tic import Mode
from .draft import Draft
from .payload import Json

_HISTORIC_INDEXES: Final = {
    "TH..": "BASE",
    "HC..": "HCHC",
    "HP..": "HCHP",
    "HN..": "EJPHN",
    "PM..": "EJPHPM",
    **{f"H{hours}J{colour}": f"BBRH{hours}J{colour}" for hours in "CP" for colour in "BWR"},
}
"""The firmware names the indexes of historic mode by the periods of PTEC."""

_OPTIONS: Final = {"TH..": "BASE", "HC..": "HC..", "HN..": "EJP.", "HCJB": "BBR("}

_STANDARD_NAMES: Final = {
    "BASE": 1,
    "HEURE CREUSE": 1,
    "HEURE PLEINE": 2,
    "HC BLEU": 1,
    "BLEU HC": 1,
    "HP BLEU": 2,
    "BLEU HP": 2,
    "HC BLANC": 3,
    "BLANC HC": 3,
    "HP BLANC": 4,
    "BLANC HP": 4,
    "HC ROUGE": 5,
    "ROUGE HC": 5,
    "HP ROUGE": 6,
    "ROUGE HP": 6,
    "HEURE NORMALE": 1,
    "HEURE POINTE": 2,
}
"""Periods of the usual calendars and the supplier's index of each (tic.md §7.1)."""

_OWN_KEYS: Final = frozenset(
    {"serial", "name", "period", "profile", "color", "hour", "tday", "tmrw", "today", "tomorrow", "CONSO", "PROD"}
)
_LISTS_ALL: Final = "tday"
"""A key of the firmware that lists every period in the order of the indexes; older ones left out those at 0."""

_COLOURS: Final = {"Bleu": "blue", "Blanc": "white", "Rouge": "red"}
_LEVELS: Final = {1: "blue", 2: "white", 3: "red"}
_LETTERS: Final = {"blue": "B", "white": "W", "red": "R"}
_TOMORROWS: Final = {"Bleu": "BLEU", "Blanc": "BLAN", "Rouge": "ROUG", "Inconnu": "----"}
_INDEX_OF: Final = {"blue": 1, "white": 3, "red": 5}
_MOST_INDEXES: Final = 10


@dataclass(frozen=True, slots=True)
class Period:
    """A period by its colour (None unknown) and whether its hours are the cheap ones (None unknown)."""

    colour: str | None
    off_peak: bool | None

    @classmethod
    def of_contract(cls, contract: Json) -> Self:
        """The period in CONTRACT: ``color`` Bleu/Blanc/Rouge, ``hour`` Creuse/Pleine."""
        hour, colour = contract.get("hour"), contract.get("color")
        return cls(
            _COLOURS.get(colour) if isinstance(colour, str) else None,
            hour == "Creuse" if isinstance(hour, str) and hour in {"Creuse", "Pleine"} else None,
        )

    @classmethod
    def of_calendar(cls, calendar: Json) -> Self:
        """The period in CAL: ``level`` 1–3, ``hp`` 0/1."""
        level, peak = calendar.get("level"), calendar.get("hp")
        return cls(
            _LEVELS.get(level) if isinstance(level, int) else None,
            peak == 0 if isinstance(peak, int) and peak in {0, 1} else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The supplier's calendar: ``indexes`` key → label of its index; ``mode`` None where the names do not tell it."""

    mode: Mode | None
    indexes: Mapping[str, str]
    tempo: bool
    two_hours: bool
    option: str | None

    def tell(self, period: Period, draft: Draft) -> None:
        """Write down the period that runs, where its colour and its hours name it without a doubt."""
        if self.tempo and period.colour is not None:
            if self.mode is not Mode.HISTORIC:
                draft.tell(Quantity.COLOUR_TODAY, period.colour)
            if period.off_peak is not None:
                hours = "HC" if period.off_peak else "HP"
                self._put(draft, f"{hours}J{_LETTERS[period.colour]}", _INDEX_OF[period.colour] + (not period.off_peak))
        elif self.two_hours and period.off_peak is not None:
            self._put(draft, "HC.." if period.off_peak else "HP..", 1 if period.off_peak else 2)
        if self.option is not None:
            draft.put("OPTARIF", self.option)

    def tell_tomorrow(self, colour: object, draft: Draft) -> None:
        """Write down the colour of tomorrow: Bleu, Blanc, Rouge, or Inconnu before it is announced."""
        word = _TOMORROWS.get(colour) if isinstance(colour, str) and self.tempo else None
        if word is None:
            return
        if self.mode is Mode.HISTORIC:
            draft.put("DEMAIN", word)
        else:
            draft.tell(Quantity.COLOUR_TOMORROW, _COLOURS.get(str(colour), "unknown"))

    def _put(self, draft: Draft, period: str, index: int) -> None:
        if self.mode is Mode.HISTORIC:
            draft.put("PTEC", period)
        elif self.mode is Mode.STANDARD:
            draft.put("NTARF", index)


def read_plan(contract: Json) -> Plan | None:
    """The calendar behind a CONTRACT section; None when it names no period."""
    keys = [key for key, value in contract.items() if key not in _OWN_KEYS and not isinstance(value, (dict, list))]
    if not keys or len(keys) > _MOST_INDEXES:
        return None
    historic = {key: _HISTORIC_INDEXES[key] for key in keys if key in _HISTORIC_INDEXES}
    if historic:
        option = next((option for key, option in _OPTIONS.items() if key in historic), None)
        return Plan(
            mode=Mode.HISTORIC,
            indexes=historic,
            tempo="HCJB" in historic or "HPJB" in historic,
            two_hours="HC.." in historic or "HP.." in historic,
            option=option,
        )
    numbers = {key: _number_of(key, place, ordered=_LISTS_ALL in contract) for place, key in enumerate(keys, 1)}
    known = {" ".join(key.split()).upper() for key in keys}
    return Plan(
        mode=Mode.STANDARD,
        indexes={key: f"EASF{number:02}" for key, number in numbers.items() if number is not None},
        tempo=any("BLEU" in key for key in known),
        two_hours="HEURE CREUSE" in known or "HEURE PLEINE" in known,
        option=None,
    )


def _number_of(key: str, place: int, *, ordered: bool) -> int | None:
    """The supplier's index of a period: by its usual name, by its number, or by its place in a whole list."""
    name = " ".join(key.split()).upper()
    if name in _STANDARD_NAMES:
        return _STANDARD_NAMES[name]
    number = name.removeprefix("PERIOD")
    if number != name and number.isascii() and number.isdigit() and 1 <= int(number[:3]) <= _MOST_INDEXES:
        return int(number[:3])
    return place if ordered else None
