"""The present tariff period as far as the meter tells it: off-peak or not, a red day, a mobile peak (tic.md §6.4, §7).

What the meter does not say is None. Names of calendars and periods are free texts of suppliers in standard mode: only
those that leave no doubt are understood.
"""

from typing import Final

from .meter import Quantity, Reading
from .tic import Colour

_OFF_PEAK_WORDS: Final = frozenset({"hc", "creuse", "creuses"})
_PEAK_WORDS: Final = frozenset({"hp", "pleine", "pleines"})
_ONE_PRICE: Final = "base"
_MOBILE_PEAK_WORD: Final = "pointe"


def off_peak(reading: Reading) -> bool | None:
    """Whether these are off-peak hours: PTEC, else the name of the period, else the dry contact of the meter.

    The contact feeds the day/night contactor; with a price that is always the same it says nothing.
    """
    period = _text(reading, Quantity.TARIFF_PERIOD)
    if period is not None:
        return {"hc": True, "hp": False}.get(period.partition("_")[0])
    words = _label(reading)
    if words & _OFF_PEAK_WORDS:
        return True
    if words & _PEAK_WORDS:
        return False
    if not words or _ONE_PRICE in words:
        return None
    return _truth(reading, Quantity.DRY_CONTACT)


def red_day(reading: Reading) -> bool | None:
    """Whether this is a red day of Tempo, off-peak hours included."""
    colour = _text(reading, Quantity.COLOUR_TODAY)
    return None if colour is None else colour == Colour.RED


def mobile_peak(reading: Reading) -> bool | None:
    """Whether the mobile peak of EJP runs: PTEC, else the status register, else the name of the period."""
    period = _text(reading, Quantity.TARIFF_PERIOD)
    if period is not None:
        return period == "pm"
    running = reading.values.get(Quantity.PEAK_RUNNING)
    if running is None:
        return None
    # Tempo announces its red days by the same bits.
    return not red_day(reading) and (bool(running.value) or _MOBILE_PEAK_WORD in _label(reading))


def _label(reading: Reading) -> frozenset[str]:
    """The words of LTARF, in lower case."""
    return frozenset((_text(reading, Quantity.TARIFF_LABEL) or "").casefold().split())


def _text(reading: Reading, quantity: Quantity) -> str | None:
    measured = reading.values.get(quantity)
    return str(measured.value) if measured else None


def _truth(reading: Reading, quantity: Quantity) -> bool | None:
    measured = reading.values.get(quantity)
    return bool(measured.value) if measured else None
