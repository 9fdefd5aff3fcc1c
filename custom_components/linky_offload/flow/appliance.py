"""What an appliance is, guessed from its names, and what follows from it: gentle times, power factor, warnings."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
import re
from typing import Final
import unicodedata

from ..offload.model import Appliance


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """Settings that harm an appliance of a kind the least (design §5). ``longest_off_s`` is None without a limit."""

    minimum_off_s: int = 180
    minimum_on_s: int = 180
    longest_off_s: int | None = 3600
    last_resort: bool = False
    power_factor: float = 1.0


MOTOR: Final = 0.9

PRESETS: Final = {
    Appliance.HEATER: Preset(),
    Appliance.WATER_HEATER: Preset(minimum_off_s=300, minimum_on_s=300, longest_off_s=14_400),
    Appliance.HEAT_PUMP: Preset(minimum_off_s=600, minimum_on_s=600, power_factor=MOTOR),
    Appliance.COLD: Preset(
        minimum_off_s=600, minimum_on_s=600, longest_off_s=1800, last_resort=True, power_factor=MOTOR
    ),
    Appliance.CAR: Preset(minimum_off_s=300, minimum_on_s=300, longest_off_s=None),
    Appliance.PROGRAMME: Preset(last_resort=True, power_factor=MOTOR),
    Appliance.OTHER: Preset(),
}


class Risk(StrEnum):
    """Why switching an appliance off may do more harm than an opened meter."""

    HOME_ASSISTANT = "home_assistant"
    INTERNET = "internet"
    MEDICAL = "medical"
    FREEZER = "freezer"


# Whole words, French and English, without accents. The first kind that matches is taken.
_KIND_WORDS: Final = {
    Appliance.WATER_HEATER: r"water heater|boiler|chauffe eau|cumulus|ballon|ecs",
    Appliance.HEAT_PUMP: r"heat pump|pompe a chaleur|pac|clim|climatis(?:ation|eur)|air condition(?:er|ing)|ac",
    Appliance.COLD: r"fridge|refrigerator|freezer|frigo|refrigerateur|congelateur|congelo",
    Appliance.CAR: r"car|ev|vehicle|charger|wallbox|voiture|borne|vehicule",
    Appliance.PROGRAMME: r"washer|washing machine|dishwasher|dryer|(?:lave|seche) linge|lave vaisselle|machine a laver",
    Appliance.HEATER: r"heater|heating|radiator|convector|towel rail|radiateur|chauffage|convecteur|seche serviettes?",
}

_RISK_WORDS: Final = {
    Risk.HOME_ASSISTANT: r"home assistant|homeassistant|hassio|hass|raspberry|rpi|nuc|proxmox|server|serveur|nas",
    Risk.INTERNET: r"box|livebox|freebox|bbox|router|routeur|modem|internet|wifi|wi fi|fibre|ont|network|reseau",
    Risk.MEDICAL: r"cpap|ppc|apnee|apnea|oxygene|oxygen|respirateur|respirator|ventilator|medical|dialyse|dialysis",
    Risk.FREEZER: r"freezer|congelateur|congelo",
}


def _compiled[K: StrEnum](words: dict[K, str]) -> dict[K, re.Pattern[str]]:
    return {key: re.compile(rf"\b(?:{pattern})\b") for key, pattern in words.items()}


_KINDS: Final = _compiled(_KIND_WORDS)
_RISKS: Final = _compiled(_RISK_WORDS)


def _plain(names: Iterable[str]) -> str:
    """Lower case, no accents, words apart by one space; names apart by a bar so that no word spans two."""
    text = unicodedata.normalize("NFKD", " | ".join(names).casefold())
    return re.sub(r"[^a-z0-9|]+", " ", "".join(char for char in text if not unicodedata.combining(char)))


def guess_kind(names: Iterable[str]) -> Appliance:
    """The kind that the names of an appliance speak of, OTHER when none does."""
    text = _plain(names)
    return next((kind for kind, pattern in _KINDS.items() if pattern.search(text)), Appliance.OTHER)


def risks_of(names: Iterable[str]) -> tuple[Risk, ...]:
    """What the names of an appliance warn of."""
    text = _plain(names)
    return tuple(risk for risk, pattern in _RISKS.items() if pattern.search(text))
