"""The tariff at one moment, from whatever the meter or its bridge tells of it (tic.md §6.4, §7.1, §8.1).

PTEC says all by itself. Standard mode scatters it: LTARF is a free text of the supplier, NTARF an index whose meaning
depends on the calendar (NGTF), and a coloured day is told by STGE, by an announced mobile peak (DPM, FPM) or by both:
each may be silent where the other speaks, so that they are combined and never believed alone. What nobody says is None.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from ..tic import Colour
from .quantity import Quantity
from .reading import Measured

TEMPO_HOUR: Final = 6
"""Hour of the local day at which a Tempo day begins: it ends at the same hour of the next day."""

COLOUR_OF_PEAK: Final = {1: Colour.WHITE, 2: Colour.RED}
"""What the mobile peaks of a Tempo calendar stand for (tic.md §8.1)."""

type Values = Mapping[Quantity, Measured]


class TariffKind(StrEnum):
    """Calendars whose periods have one meaning everywhere."""

    BASE = "base"
    HCHP = "hchp"
    EJP = "ejp"
    TEMPO = "tempo"


PERIODS_BY_INDEX: Final[Mapping[TariffKind, tuple[str, ...]]] = {
    TariffKind.BASE: ("th",),
    TariffKind.HCHP: ("hc", "hp"),
    TariffKind.EJP: ("hn", "pm"),
    TariffKind.TEMPO: ("hc_blue", "hp_blue", "hc_white", "hp_white", "hc_red", "hp_red"),
}
"""The period of each supplier index, from 1 on (tic.md §7.1)."""

SUPER_OFF_PEAK: Final = "super_hc"
"""The third period of a calendar with super off-peak hours."""

PERIODS: Final = (
    *dict.fromkeys(period for periods in PERIODS_BY_INDEX.values() for period in periods),
    SUPER_OFF_PEAK,
    *(f"index_{index}" for index in range(1, 11)),
)
"""Every period there is; ``index_n`` is one that only its number tells."""

_CALENDARS: Final = {
    "base": TariffKind.BASE,
    "h pleine/creuse": TariffKind.HCHP,
    "hc-12h30": TariffKind.HCHP,
    "ejp": TariffKind.EJP,
    "tempo": TariffKind.TEMPO,
}
_OFF_PEAK_WORDS: Final = frozenset({"hc", "creuse", "creuses"})
_PEAK_WORDS: Final = frozenset({"hp", "pleine", "pleines"})
_COLOUR_WORDS: Final = {"bleu": Colour.BLUE, "blanc": Colour.WHITE, "rouge": Colour.RED}
_UNUSED_WORDS: Final = frozenset({"inactif", "non"})  # INDEX INACTIF 2, INDEX NON CONSO
_COLOURS: Final = {str(colour): colour for colour in (Colour.BLUE, Colour.WHITE, Colour.RED)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """An announced or running mobile peak: its number (1–3) and its local times (DPMn, FPMn)."""

    number: int
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TariffNow:
    """The tariff at one moment; None is what nobody told.

    ``period``: one of ``PERIODS``. ``label``: the supplier's own words for it. ``colour_today`` is the colour in force,
    ``colour_tomorrow`` that of the Tempo day that begins next, None until it is announced. ``off_peak``: a cheap
    period runs; None where hours have no such meaning. ``mobile_peak``: that of EJP, or of a calendar like it, runs;
    red days of Tempo are told by the colour alone.
    """

    kind: TariffKind | None = None
    period: str | None = None
    label: str | None = None
    off_peak: bool | None = None
    colour_today: Colour | None = None
    colour_tomorrow: Colour | None = None
    red_day: bool | None = None
    mobile_peak: bool | None = None


UNKNOWN_TARIFF: Final = TariffNow()


def tariff_now(values: Values, moment: datetime) -> TariffNow:
    """The tariff that ``values`` tell at ``moment`` (aware, local time of the meter)."""
    kind = kind_of(values)
    label = text(values, Quantity.TARIFF_LABEL)
    words = words_of(label)
    period = _period(values, kind, words)
    today = _colour_today(values, kind, period, moment)
    return TariffNow(
        kind=kind,
        period=period,
        label=label,
        off_peak=_off_peak(values, period, words),
        colour_today=today,
        colour_tomorrow=_colour_tomorrow(values, kind, moment),
        red_day=_red_day(values, kind, today),
        mobile_peak=_mobile_peak(values, kind, period, words),
    )


def kind_of(values: Values) -> TariffKind | None:
    """The calendar: OPTARIF, else the name of the calendar, else what the running period gives away."""
    option = text(values, Quantity.TARIFF_OPTION)
    if option is not None and option in TariffKind:
        return TariffKind(option)
    calendar = " ".join((text(values, Quantity.CALENDAR) or "").split()).casefold()
    if calendar in _CALENDARS:
        return _CALENDARS[calendar]
    period = text(values, Quantity.TARIFF_PERIOD)
    if period is not None:
        return next((kind for kind, periods in PERIODS_BY_INDEX.items() if period in periods), None)
    words = words_of(text(values, Quantity.TARIFF_LABEL))
    if words & _COLOUR_WORDS.keys():
        return TariffKind.TEMPO
    return TariffKind.BASE if words == {"base"} and not calendar else None


def peaks(values: Values) -> tuple[Peak, ...]:
    """The mobile peaks that DPM and FPM tell, the earliest first."""
    found = []
    for number in (1, 2, 3):
        start = values.get(Quantity(f"peak_{number}_start"))
        end = values.get(Quantity(f"peak_{number}_end"))
        if start is None or end is None:
            continue
        if isinstance(start.value, datetime) and isinstance(end.value, datetime) and start.value < end.value:
            found.append(Peak(number=number, start=start.value, end=end.value))
    return tuple(sorted(found, key=lambda peak: peak.start))


def tempo_day(moment: datetime) -> date:
    """The Tempo day of a local time: the small hours belong to the day before."""
    return moment.date() if moment.hour >= TEMPO_HOUR else moment.date() - timedelta(days=1)


def words_of(label: str | None) -> frozenset[str]:
    """The words of a supplier's label, in lower case."""
    return frozenset((label or "").casefold().split())


def text(values: Values, quantity: Quantity) -> str | None:
    """The value of a quantity as a text, None while unknown."""
    measured = values.get(quantity)
    return str(measured.value) if measured else None


def number(values: Values, quantity: Quantity) -> int | None:
    """The value of a quantity as a whole number, None while unknown."""
    value = measured.value if (measured := values.get(quantity)) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def colour_of_period(period: str | None) -> Colour | None:
    """The colour that a period carries in its name."""
    return _COLOURS.get((period or "").rpartition("_")[2])


def is_off_peak(period: str) -> bool | None:
    """Whether a period is cheap; None where hours have no such meaning."""
    return {"hc": True, "super": True, "hp": False}.get(period.partition("_")[0])


def _period(values: Values, kind: TariffKind | None, words: frozenset[str]) -> str | None:
    told = text(values, Quantity.TARIFF_PERIOD)
    if told is not None:
        return told if told in PERIODS else None
    if words & _UNUSED_WORDS:
        return None
    index = number(values, Quantity.TARIFF_INDEX)
    return _named(kind, words, index) or _numbered(kind, index)


def _named(kind: TariffKind | None, words: frozenset[str], index: int | None) -> str | None:
    """The period by the words of its label."""
    if kind is TariffKind.BASE:
        return "th"
    if kind is TariffKind.EJP:
        return "pm" if "pointe" in words else "hn" if "normale" in words else None
    hours = "hc" if words & _OFF_PEAK_WORDS else "hp" if words & _PEAK_WORDS else None
    if hours is None or kind is not TariffKind.TEMPO:
        return SUPER_OFF_PEAK if hours == "hc" and "super" in words else hours
    colour = next((colour for word, colour in _COLOUR_WORDS.items() if word in words), None)
    return _colour_by_index(index, hours) if colour is None else f"{hours}_{colour}"


def _colour_by_index(index: int | None, hours: str) -> str | None:
    """The Tempo period of an index if it has these hours; a label without its colour proves nothing else."""
    period = _numbered(TariffKind.TEMPO, index)
    return period if period is not None and period.startswith(hours) else None


def _numbered(kind: TariffKind | None, index: int | None) -> str | None:
    """The period by its index: its meaning in a known calendar, else just its number."""
    if index is None or not 1 <= index <= 10:
        return None
    if kind is None:
        return f"index_{index}"
    names = PERIODS_BY_INDEX[kind]
    return names[index - 1] if index <= len(names) else None


def _off_peak(values: Values, period: str | None, words: frozenset[str]) -> bool | None:
    """By the period, else by the dry contact, which feeds the day/night contactor of a calendar without known words."""
    if period is not None and not period.startswith("index"):
        return is_off_peak(period)
    contact = values.get(Quantity.DRY_CONTACT)
    known = words and "base" not in words and not words & _UNUSED_WORDS
    return bool(contact.value) if known and contact is not None else None


def _colour_today(values: Values, kind: TariffKind | None, period: str | None, moment: datetime) -> Colour | None:
    """The period counts first: it is what is billed. Then STGE, then a mobile peak that runs."""
    if (told := colour_of_period(period)) is not None:
        return told
    if (colour := _COLOURS.get(text(values, Quantity.COLOUR_TODAY) or "")) is not None:
        return colour
    if kind is not TariffKind.TEMPO:
        return None
    running = next((peak.number for peak in peaks(values) if peak.start <= moment < peak.end), None)
    return COLOUR_OF_PEAK.get(running or number(values, Quantity.PEAK_RUNNING) or 0)


def _colour_tomorrow(values: Values, kind: TariffKind | None, moment: datetime) -> Colour | None:
    """An announced peak goes before STGE, which may say nothing of it or still hold the colour without it.

    Blue is never concluded from silence: only STGE or DEMAIN can say it.
    """
    told = _COLOURS.get(text(values, Quantity.COLOUR_TOMORROW) or "")
    if kind is not TariffKind.TEMPO:
        return told
    tomorrow = tempo_day(moment) + timedelta(days=1)
    announced = [peak for peak in peaks(values) if peak.start > moment]
    for peak in announced:
        if tempo_day(peak.start) == tomorrow:
            return COLOUR_OF_PEAK.get(peak.number, told)
    if told is None and not announced:
        return COLOUR_OF_PEAK.get(number(values, Quantity.PEAK_NOTICE) or 0)
    return told


def _red_day(values: Values, kind: TariffKind | None, today: Colour | None) -> bool | None:
    if today is not None:
        return today is Colour.RED
    told = text(values, Quantity.COLOUR_TODAY)
    uncoloured = told == Colour.NONE and kind is not TariffKind.TEMPO
    return False if uncoloured or kind not in {None, TariffKind.TEMPO} else None


def _mobile_peak(values: Values, kind: TariffKind | None, period: str | None, words: frozenset[str]) -> bool | None:
    if kind is TariffKind.TEMPO:
        return False
    if "pointe" in words:
        return True
    running = number(values, Quantity.PEAK_RUNNING)
    if running:
        # A coloured day without a known calendar: Tempo announces its white and red days by the same bits.
        return text(values, Quantity.COLOUR_TODAY) in {None, str(Colour.NONE)}
    if period in {"hn", "pm"}:
        return period == "pm"
    if text(values, Quantity.TARIFF_PERIOD) is not None:
        return False
    return None if running is None else False
