"""What the names of options and presets mean: off, frost protection, away, eco, in French and in English."""

from collections.abc import Iterable
from enum import IntEnum
import re
from typing import Final
import unicodedata


class Rest(IntEnum):
    """How little an appliance heats at an option, the least first."""

    OFF = 0
    FROST = 1
    AWAY = 2
    ECO = 3


# Looked for as whole words, frost protection first: some call it “hors gel (arrêt)”.
_WORDS: Final = {
    Rest.FROST: r"hors ?gel|hg|frost|frost ?(?:protection|protect|free)|anti ?(?:gel|frost|freeze)|freeze|frostschutz",
    Rest.OFF: r"off|arret|arrete|stop|stopped|eteint|eteinte|desactive",
    Rest.AWAY: r"away|absent|absence|vacances|vacation|holiday|holidays",
    Rest.ECO: r"eco|economy|economic|economique|economie|reduit|reduced",
}
_PATTERNS: Final = {rest: re.compile(rf"\b(?:{words})\b") for rest, words in _WORDS.items()}


def plain(text: str) -> str:
    """Lower case, no accents, words apart by one space."""
    bare = "".join(char for char in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(char))
    return " ".join(re.findall(r"[a-z0-9]+", bare))


def rest_of(option: object) -> Rest | None:
    """What an option means, None when its name tells nothing of the kind."""
    text = plain(str(option))
    return next((rest for rest, pattern in _PATTERNS.items() if pattern.search(text)), None)


def named(options: Iterable[str], wanted: str) -> str | None:
    """The option that a person means: by its very name, else whatever its case and accents."""
    known = list(options)
    if wanted in known:
        return wanted
    return next((option for option in known if plain(option) == plain(wanted)), None)


def resting(options: Iterable[str], *order: Rest) -> str | None:
    """The first option of the first meaning in ``order`` that there is."""
    meanings = {option: rest_of(option) for option in options}
    return next((option for rest in order for option, meaning in meanings.items() if meaning is rest), None)
