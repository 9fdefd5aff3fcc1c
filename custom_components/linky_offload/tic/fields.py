"""What is packed inside single values: horodate, STGE, RELAIS, PPOT (tic.md §4, §6.2, §8)."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from enum import StrEnum
import re
from typing import Final, Self

_HORODATE: Final = re.compile(r"([HEhe ])(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})", re.ASCII)
_WINTER: Final = timezone(timedelta(hours=1))
_SUMMER: Final = timezone(timedelta(hours=2))


@dataclass(frozen=True, slots=True)
class Horodate:
    """A meter's time: ``season`` letter and ``naive`` legal time (tic.md §4).

    ``season`` is H (winter), E (summer), h or e (the same from a degraded clock), or a space where none is given.
    """

    season: str
    naive: datetime

    @property
    def degraded(self) -> bool:
        """The meter lost its clock and was not set again: the time may be hours off."""
        return self.season in {"h", "e"}

    def to_datetime(self, local_tz: tzinfo) -> datetime:
        """Return the aware time.

        In metropolitan France the letter alone gives the offset, which removes the doubt of the hour that October
        repeats. Elsewhere, and for a horodate without season, ``local_tz`` gives it.
        """
        if self.season == " " or not _has_paris_time(local_tz, self.naive.year):
            return self.naive.replace(tzinfo=local_tz)
        return self.naive.replace(tzinfo=_SUMMER if self.season in "Ee" else _WINTER)


def _has_paris_time(local_tz: tzinfo, year: int) -> bool:
    """Tell whether a zone keeps UTC+1 in winter and UTC+2 in summer, as the season letters suppose."""
    winter, summer = datetime(year, 1, 1, tzinfo=local_tz), datetime(year, 7, 1, tzinfo=local_tz)
    return winter.utcoffset() == timedelta(hours=1) and summer.utcoffset() == timedelta(hours=2)


def parse_horodate(text: str) -> Horodate | None:
    """Read ``SAAMMJJhhmmss``; None when it names no day of the calendar, as the zeros of a register never used."""
    match = _HORODATE.fullmatch(text)
    if match is None:
        return None
    season, *parts = match.groups()
    year, month, day, hour, minute, second = map(int, parts)
    try:
        return Horodate(season, datetime(2000 + year, month, day, hour, minute, second))  # noqa: DTZ001 aware later
    except ValueError:
        return None


class Colour(StrEnum):
    """A Tempo day, STGE bits 24–25 and 26–27; NONE when none is announced."""

    NONE = "none"
    BLUE = "blue"
    WHITE = "white"
    RED = "red"


class Euridis(StrEnum):
    """State of the Euridis output, STGE bits 19–20."""

    OFF = "off"
    UNSECURED = "unsecured"
    UNDEFINED = "undefined"
    SECURED = "secured"


class PlcState(StrEnum):
    """State of the power-line modem, STGE bits 21–22."""

    UNLOCKED = "unlocked"
    LOCKED = "locked"
    REGISTERED = "registered"
    UNDEFINED = "undefined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stge:
    """The status register, every bit of tic.md §8.1.

    ``breaker``: 0 closed, 1–7 open and why. ``supplier_index`` 1–16 and ``grid_index`` 1–4 count from one, as NTARF.
    ``peak_notice`` and ``peak_running``: 0 none, 1–3 the mobile peak announced or running.
    """

    dry_contact_closed: bool
    breaker: int
    cover_open: bool
    overvoltage: bool
    over_reference: bool
    producer: bool
    exporting: bool
    supplier_index: int
    grid_index: int
    clock_degraded: bool
    standard_mode: bool
    euridis: Euridis
    plc_state: PlcState
    plc_synchronised: bool
    colour_today: Colour
    colour_tomorrow: Colour
    peak_notice: int
    peak_running: int

    @classmethod
    def from_hex(cls, text: str) -> Self:
        """Read the 8 hexadecimal digits of STGE; ValueError for anything else."""
        if len(text) != 8:
            raise ValueError(f"STGE has 8 digits, not {text!r}")
        value = int(text, 16)

        def bits(lowest: int, count: int = 1) -> int:
            return value >> lowest & (1 << count) - 1

        return cls(
            dry_contact_closed=not bits(0),
            breaker=bits(1, 3),
            cover_open=bool(bits(4)),
            overvoltage=bool(bits(6)),
            over_reference=bool(bits(7)),
            producer=bool(bits(8)),
            exporting=bool(bits(9)),
            supplier_index=bits(10, 4) + 1,
            grid_index=bits(14, 2) + 1,
            clock_degraded=bool(bits(16)),
            standard_mode=bool(bits(17)),
            euridis=tuple(Euridis)[bits(19, 2)],
            plc_state=tuple(PlcState)[bits(21, 2)],
            plc_synchronised=bool(bits(23)),
            colour_today=tuple(Colour)[bits(24, 2)],
            colour_tomorrow=tuple(Colour)[bits(26, 2)],
            peak_notice=bits(28, 2),
            peak_running=bits(30, 2),
        )


def parse_relays(data: str) -> tuple[bool, ...]:
    """Read RELAIS, decimal: relay 1 (the dry contact) to 8, True when closed (tic.md §8.2). ValueError above 255."""
    value = int(data)
    if not 0 <= value <= 255:
        raise ValueError(f"RELAIS is one byte, not {data!r}")
    return tuple(bool(value >> relay & 1) for relay in range(8))


def parse_lost_phases(data: str) -> tuple[bool, bool, bool]:
    """Read PPOT, hexadecimal: True for each phase that is missing (tic.md §6.2). ValueError if not a number."""
    value = int(data, 16)
    return bool(value & 2), bool(value & 4), bool(value & 8)
