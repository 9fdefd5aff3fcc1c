"""Texts that a form must show inside its own: no placeholder is translated by the interface, so they are here."""

from collections.abc import Mapping

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import async_get_translations

from ..const import DOMAIN


class Texts:
    """The options of one group of ``selector`` translations, in the language of this Home Assistant."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def __call__(self, key: str, **placeholders: str) -> str:
        """The text of ``key``, which is its own text where the language files lack it."""
        return self._texts.get(key, key).format(**placeholders)


async def load_texts(hass: HomeAssistant, group: str) -> Texts:
    """Read the texts of ``group``."""
    prefix = f"component.{DOMAIN}.selector.{group}.options."
    translations = await async_get_translations(hass, hass.config.language, "selector", {DOMAIN})
    return Texts({key.removeprefix(prefix): text for key, text in translations.items() if key.startswith(prefix)})


def decimal(hass: HomeAssistant, value: float, digits: int) -> str:
    """A number with the decimal mark of the language of this Home Assistant."""
    text = f"{value:.{digits}f}"
    return text.replace(".", ",") if hass.config.language.startswith("fr") else text


def kva(hass: HomeAssistant, va: float) -> str:
    """A contract as it is written on a bill: kVA, with no more digits than it has."""
    return f"{decimal(hass, va / 1000, 2).rstrip('0').rstrip('.,')} kVA"


async def explain(hass: HomeAssistant, err: HomeAssistantError) -> str:
    """The message of an error in the language of this Home Assistant; its own words when it has no translation."""
    translations = await async_get_translations(hass, hass.config.language, "exceptions", {DOMAIN})
    message = translations.get(f"component.{err.translation_domain}.exceptions.{err.translation_key}.message")
    return str(err) if message is None else message.format(**(err.translation_placeholders or {}))
