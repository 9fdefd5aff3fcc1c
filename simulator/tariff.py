"""Supplier calendars: which index runs when, its names on the wire, announced peaks (tic.md §6.4, §7.1, §8.3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import IntEnum, StrEnum


class TariffKind(StrEnum):
    """Contracts that the historic mode can express."""

    BASE = "base"
    HC = "hc"
    TEMPO = "tempo"
    EJP = "ejp"


class Colour(IntEnum):
    """Colour of a day as STGE codes it; on an EJP calendar RED is a mobile-peak day."""

    BLUE = 1
    WHITE = 2
    RED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """A mobile peak: number 1…3, its start and end (aware local time), whether it runs or is only announced."""

    number: int
    start: datetime
    end: datetime
    running: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The tariff at one moment, in the words of both modes.

    `index` 1…10 (supplier), `distributor_index` 1…4; `ptec` 4 characters, `ltarf` 16; `today`, `tomorrow` only for
    Tempo, `tomorrow` None until announced; `ejp_notice` from 30 min before a peak to its end (54E §6.1).
    """

    kind: TariffKind
    index: int
    distributor_index: int
    off_peak: bool
    ptec: str
    ltarf: str
    today: Colour | None = None
    tomorrow: Colour | None = None
    peaks: tuple[Peak, ...] = ()
    ejp_notice: bool = False

    @property
    def announced(self) -> Peak | None:
        """The nearest peak that has not begun."""
        return next((peak for peak in self.peaks if not peak.running), None)

    @property
    def running(self) -> Peak | None:
        """The peak that runs now."""
        return next((peak for peak in self.peaks if peak.running), None)


OPTARIF = {TariffKind.BASE: "BASE", TariffKind.HC: "HC..", TariffKind.TEMPO: "BBR(", TariffKind.EJP: "EJP."}
NGTF = {
    TariffKind.BASE: "      BASE      ",
    TariffKind.HC: "H PLEINE/CREUSE ",
    TariffKind.TEMPO: "     TEMPO      ",
    TariffKind.EJP: "      EJP       ",
}
# Labels of the historic indexes, in supplier-index order.
INDEX_LABELS = {
    TariffKind.BASE: ("BASE",),
    TariffKind.HC: ("HCHC", "HCHP"),
    TariffKind.TEMPO: ("BBRHCJB", "BBRHPJB", "BBRHCJW", "BBRHPJW", "BBRHCJR", "BBRHPJR"),
    TariffKind.EJP: ("EJPHN", "EJPHPM"),
}
_COLOUR_FR = {Colour.BLUE: "BLEU ", Colour.WHITE: "BLANC", Colour.RED: "ROUGE"}
_COLOUR_LETTER = {Colour.BLUE: "B", Colour.WHITE: "W", Colour.RED: "R"}
_OFF_PEAK = {TariffKind.HC: (time(22, 20), time(6, 20)), TariffKind.TEMPO: (time(22), time(6))}
_TEMPO_CHANGE = time(6)
_ANNOUNCEMENT = time(20)
_EJP_START = time(7)
_EJP_LENGTH = timedelta(hours=18)
_EJP_NOTICE = timedelta(minutes=30)
_BLOCKS = 11


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """A contract and the marked days of it; days that `marks` leaves out are blue.

    `hex_times` writes hours and minutes of the day profiles as hexadecimal bytes, as some meters do (tic.md §8.3).
    """

    kind: TariffKind = TariffKind.BASE
    marks: Mapping[date, Colour] = field(default_factory=dict)
    hex_times: bool = False

    def at(self, now: datetime) -> Period:
        """Return the tariff at an aware local time."""
        match self.kind:
            case TariffKind.BASE:
                return Period(
                    kind=self.kind, index=1, distributor_index=1, off_peak=False, ptec="TH..", ltarf="      BASE      "
                )
            case TariffKind.HC:
                return self._hc(now)
            case TariffKind.TEMPO:
                return self._tempo(now)
            case TariffKind.EJP:
                return self._ejp(now)

    def colour(self, day: date) -> Colour:
        """Return the colour of a day."""
        return self.marks.get(day, Colour.BLUE)

    def profile(self) -> str:
        """Return the data of PJOURF+1: tomorrow's profile, mobile peaks ignored."""
        if self.kind is TariffKind.HC:
            start, end = _OFF_PEAK[self.kind]
            return self._join([(time(0), "C001"), (end, "8002"), (start, "C001")])
        if self.kind is TariffKind.TEMPO:
            return self._join(self._tempo_blocks(Colour.BLUE))
        return self._join([(time(0), "8001")])

    def peak_profile(self, peak: Peak) -> str:
        """Return the data of PPOINTE: the profile of the nearest announced peak day."""
        if self.kind is TariffKind.EJP:
            return self._join([(time(0), "8001"), (_EJP_START, "8002")])
        return self._join(self._tempo_blocks(Colour(peak.number + 1)))

    def _hc(self, now: datetime) -> Period:
        off_peak = self._is_off_peak(now)
        return Period(
            kind=self.kind,
            index=1 if off_peak else 2,
            distributor_index=_distributor_index(now, off_peak=off_peak),
            off_peak=off_peak,
            ptec="HC.." if off_peak else "HP..",
            ltarf="  HEURE  CREUSE " if off_peak else "  HEURE  PLEINE ",
        )

    def _tempo(self, now: datetime) -> Period:
        off_peak = self._is_off_peak(now)
        # A Tempo day runs from 06:00 to 06:00.
        day = now.date() if now.time() >= _TEMPO_CHANGE else now.date() - timedelta(days=1)
        announced = now.time() >= _ANNOUNCEMENT or now.time() < _TEMPO_CHANGE
        today = self.colour(day)
        tomorrow = self.colour(day + timedelta(days=1)) if announced else None
        hours = "HC" if off_peak else "HP"
        return Period(
            kind=self.kind,
            index=2 * today - (1 if off_peak else 0),
            distributor_index=_distributor_index(now, off_peak=off_peak),
            off_peak=off_peak,
            ptec=f"{hours}J{_COLOUR_LETTER[today]}",
            ltarf=f"    {hours}  {_COLOUR_FR[today]}   ",
            today=today,
            tomorrow=tomorrow,
            peaks=self._tempo_peaks(now, day, today, tomorrow),
        )

    def _tempo_peaks(self, now: datetime, day: date, today: Colour, tomorrow: Colour | None) -> tuple[Peak, ...]:
        """White days are peaks 1, red days peaks 2, from 06:00 to 06:00."""
        return tuple(
            Peak(
                number=colour - 1,
                start=datetime.combine(first, _TEMPO_CHANGE, now.tzinfo),
                end=datetime.combine(first + timedelta(days=1), _TEMPO_CHANGE, now.tzinfo),
                running=first == day,
            )
            for first, colour in ((day, today), (day + timedelta(days=1), tomorrow))
            if colour is not None and colour is not Colour.BLUE
        )

    def _ejp(self, now: datetime) -> Period:
        peaks = self._ejp_peaks(now)
        running = any(peak.running for peak in peaks)
        return Period(
            kind=self.kind,
            index=2 if running else 1,
            distributor_index=_distributor_index(now, off_peak=False),
            off_peak=False,
            ptec="PM.." if running else "HN..",
            ltarf=" HEURE   POINTE " if running else " HEURE  NORMALE ",
            peaks=peaks,
            ejp_notice=any(now >= peak.start - _EJP_NOTICE for peak in peaks),
        )

    def _ejp_peaks(self, now: datetime) -> tuple[Peak, ...]:
        """Return the peak that runs and the one announced since the evening before."""
        peaks = []
        for offset in (-1, 0, 1):
            day = now.date() + timedelta(days=offset)
            start = datetime.combine(day, _EJP_START, now.tzinfo)
            announced = datetime.combine(day - timedelta(days=1), _ANNOUNCEMENT, now.tzinfo)
            end = start + _EJP_LENGTH
            if self.colour(day) is Colour.RED and announced <= now < end:
                peaks.append(Peak(number=1, start=start, end=end, running=now >= start))
        return tuple(peaks)

    def _is_off_peak(self, now: datetime) -> bool:
        start, end = _OFF_PEAK[self.kind]
        return now.time() >= start or now.time() < end

    def _tempo_blocks(self, colour: Colour) -> list[tuple[time, str]]:
        off, peak = f"400{2 * colour - 1}", f"400{2 * colour}"
        start, end = _OFF_PEAK[TariffKind.TEMPO]
        return [(time(0), off), (end, peak), (start, off)]

    def _join(self, blocks: list[tuple[time, str]]) -> str:
        width = "02X" if self.hex_times else "02d"
        texts = [f"{start.hour:{width}}{start.minute:{width}}{action}" for start, action in blocks]
        return " ".join(texts + ["NONUTILE"] * (_BLOCKS - len(texts)))


def _distributor_index(now: datetime, *, off_peak: bool) -> int:
    """Return the grid operator's index: off-peak and peak, low season (April to October) then high."""
    high_season = now.month >= 11 or now.month <= 3
    return (3 if high_season else 1) + (0 if off_peak else 1)
