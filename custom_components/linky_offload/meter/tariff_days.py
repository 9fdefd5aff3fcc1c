"""The tariff of today and tomorrow, as far as it is known, and its next change (tic.md §8.3).

The meter sends the profile of the next day only: that of today is the one it announced for this day's number. Some
meters write its hours in decimal, others as hexadecimal bytes; a doubt is ended by the first change of index that is
seen. Where no profile comes (historic mode, many bridges), Tempo and EJP have hours of their own and other hours are
learned. Mobile peaks lie over all that.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, Final

from ..tic import Encoding, Profile, parse_profile
from .learned_hours import NEAR_MIN, LearnedHours, Program
from .quantity import Quantity
from .tariff_now import (
    PERIODS_BY_INDEX,
    TEMPO_HOUR,
    Peak,
    TariffKind,
    TariffNow,
    Values,
    number,
    peaks,
    tempo_day,
    text,
)

TEMPO_PROGRAM: Final[Program] = ((0, "hc"), (TEMPO_HOUR * 60, "hp"), (22 * 60, "hc"))
EJP_START: Final = time(7)
EJP_LENGTH: Final = timedelta(hours=18)
EJP_NOTICE: Final = time(6)
DAYS: Final = 2

_SETTLED: Final = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of one period, from ``start`` to ``end`` (aware, local)."""

    start: datetime
    end: datetime
    period: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TariffDays:
    """What is known of today and tomorrow: ``spans`` in order, gaps where nothing is known.

    ``next_change``: when the running period ends and another is known to begin, ``next_period``; None while unknown.
    """

    spans: tuple[Span, ...] = ()
    next_change: datetime | None = None
    next_period: str | None = None


NO_DAYS: Final = TariffDays()


class _Settling[T]:
    """Two things that are told one after the other belong together once they have stayed as they are for a while."""

    __slots__ = ("_since", "_value")

    def __init__(self) -> None:
        self._value: T | None = None
        self._since: datetime | None = None

    def settled(self, value: T, moment: datetime) -> bool:
        """See ``value`` at ``moment``; True when it has not changed for long enough."""
        if self._since is None or value != self._value:
            self._value, self._since = value, moment
        return moment - self._since >= _SETTLED


@dataclass(slots=True)
class DayPrograms:
    """What one meter has told and shown of its days; ``dump`` and ``restore`` carry it over a restart."""

    encoding: Encoding | None = None
    profiles: dict[int, str] = field(default_factory=dict)
    peak_profiles: dict[int, str] = field(default_factory=dict)
    meanings: dict[int, str] = field(default_factory=dict)
    hours: LearnedHours = field(default_factory=LearnedHours)
    _announced: _Settling[tuple[int, str]] = field(default_factory=_Settling)
    _running: _Settling[tuple[int, str]] = field(default_factory=_Settling)
    _index: int | None = None
    _at: datetime | None = None

    def observe(self, values: Values, now: TariffNow, moment: datetime) -> bool:
        """Learn from ``values`` at ``moment``; True when there is something new to keep."""
        learned = self._hear_profiles(values, moment)
        index = number(values, Quantity.TARIFF_INDEX)
        if index is not None and now.period is not None and self._running.settled((index, now.period), moment):
            learned = learned or self.meanings.get(index) != now.period
            self.meanings[index] = now.period
        learned = self._see_change(index, values, moment) or learned
        if now.period is not None and now.kind in {None, TariffKind.HCHP}:
            learned = self.hours.observe(now.period, moment) or learned
        self._index, self._at = index, moment
        return learned

    def days(self, values: Values, now: TariffNow, moment: datetime) -> TariffDays:
        """Today and tomorrow as known at ``moment``."""
        spans: list[Span] = []
        carried: str | None = None
        for offset in range(DAYS):
            day = moment.date() + timedelta(days=offset)
            program = self._program(values, now, day, today=offset == 0)
            if not program:
                carried = None
                continue
            if program[0][0] > 0:
                program = ((0, carried or program[-1][1]), *program)
            carried = program[-1][1]
            spans.extend(_spans(day, program, moment))
        spans = self._coloured(spans, now, moment)
        spans = self._with_peaks(spans, values, now, moment)
        return _days(merged(spans), now.period, moment)

    def dump(self) -> dict[str, Any]:
        """What is worth keeping over a restart, as JSON has it."""
        return {
            "encoding": self.encoding,
            "profiles": {str(day): profile for day, profile in self.profiles.items()},
            "peak_profiles": {str(peak): profile for peak, profile in self.peak_profiles.items()},
            "meanings": {str(index): period for index, period in self.meanings.items()},
            "hours": self.hours.dump(),
        }

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Take back what ``dump`` gave."""
        self.encoding = None if kept["encoding"] is None else Encoding(kept["encoding"])
        self.profiles = {int(day): profile for day, profile in kept["profiles"].items()}
        self.peak_profiles = {int(peak): profile for peak, profile in kept["peak_profiles"].items()}
        self.meanings = {int(index): period for index, period in kept["meanings"].items()}
        self.hours = LearnedHours.restore(kept["hours"])

    # What is learned -------------------------------------------------------------------------------------------------

    def _hear_profiles(self, values: Values, moment: datetime) -> bool:
        """Keep the profile of each numbered day, and that of the announced peak."""
        learned = False
        day, profile = number(values, Quantity.DAY_TOMORROW), text(values, Quantity.PROFILE_TOMORROW)
        # At midnight one of the two changes before the other: a known profile is replaced by a pair that stays.
        if (
            day is not None
            and profile is not None
            and (self._announced.settled((day, profile), moment) or day not in self.profiles)
        ):
            learned = self._keep(self.profiles, day, profile)
        peak_profile = text(values, Quantity.PROFILE_PEAK)
        if peak_profile is not None:
            # PPOINTE is that of the nearest peak that has not begun.
            running = number(values, Quantity.PEAK_RUNNING)
            announced = [peak.number for peak in peaks(values) if peak.number != running]
            if announced:
                learned = self._keep(self.peak_profiles, announced[0], peak_profile) or learned
        return learned

    def _keep(self, profiles: dict[int, str], key: int, profile: str) -> bool:
        if profiles.get(key) == profile:
            return False
        profiles[key] = profile
        parsed = _parsed(profile)
        if parsed is not None and parsed.encoding is not None:
            self.encoding = parsed.encoding
        return True

    def _see_change(self, index: int | None, values: Values, moment: datetime) -> bool:
        """A change of index that only one reading of today's profile explains proves the encoding."""
        if self.encoding is not None or index is None or self._index in {None, index} or self._at is None:
            return False
        if moment - self._at > timedelta(minutes=NEAR_MIN):
            return False
        profile = _parsed(self._profile_of_today(values))
        if profile is None or profile.decimal is None or profile.hexadecimal is None:
            return False
        minute = moment.hour * 60 + moment.minute
        fits = [
            any(slot.index == index and abs(slot.start_min - minute) <= NEAR_MIN for slot in slots)
            for slots in (profile.decimal, profile.hexadecimal)
        ]
        if fits[0] is fits[1]:
            return False
        self.encoding = Encoding.DECIMAL if fits[0] else Encoding.HEXADECIMAL
        return True

    # What a day brings -----------------------------------------------------------------------------------------------

    def _program(self, values: Values, now: TariffNow, day: date, *, today: bool) -> Program | None:
        match now.kind:
            case TariffKind.BASE:
                return ((0, "th"),)
            case TariffKind.EJP:
                return ((0, "hn"),)
        profile = self._profile_of_today(values) if today else text(values, Quantity.PROFILE_TOMORROW)
        program = self._read(profile, now.kind)
        if now.kind is TariffKind.TEMPO:
            hours = tuple((minute, period.partition("_")[0]) for minute, period in program or ())
            return hours if hours and all(period in {"hc", "hp"} for _, period in hours) else TEMPO_PROGRAM
        return program or self.hours.program()

    def _profile_of_today(self, values: Values) -> str | None:
        day = number(values, Quantity.DAY_TODAY)
        return None if day is None else self.profiles.get(day)

    def _read(self, text_: str | None, kind: TariffKind | None) -> Program | None:
        profile = _parsed(text_)
        slots = profile.slots(tempo=kind is TariffKind.TEMPO, learned=self.encoding) if profile else None
        if slots is None:
            return None
        return tuple((slot.start_min, self._meaning(slot.index, kind)) for slot in slots if slot.index is not None)

    def _meaning(self, index: int, kind: TariffKind | None) -> str:
        """The period of an index: what it was seen to mean, else what the calendar means by it."""
        if (seen := self.meanings.get(index)) is not None:
            return seen
        names = PERIODS_BY_INDEX[kind] if kind is not None else ()
        return names[index - 1] if index <= len(names) else f"index_{index}"

    # Colours and peaks -----------------------------------------------------------------------------------------------

    def _coloured(self, spans: list[Span], now: TariffNow, moment: datetime) -> list[Span]:
        """Under Tempo hours get the colour of their Tempo day, where it is known."""
        if now.kind is not TariffKind.TEMPO:
            return spans
        first = tempo_day(moment)
        colours = {first: now.colour_today, first + timedelta(days=1): now.colour_tomorrow}
        painted = []
        for span in spans:
            for part in _split(span, [_local(span.start.date(), time(TEMPO_HOUR), moment)]):
                colour = colours.get(tempo_day(part.start))
                period = part.period if colour is None else f"{part.period}_{colour}"
                painted.append(Span(start=part.start, end=part.end, period=period))
        return painted

    def _with_peaks(self, spans: list[Span], values: Values, now: TariffNow, moment: datetime) -> list[Span]:
        """Mobile peaks take the place of the hours that they cover; under Tempo the colours have told them already."""
        if now.kind is TariffKind.TEMPO:
            return spans
        for peak in self._peaks(values, now, moment):
            program = None if now.kind is TariffKind.EJP else self._read(self.peak_profiles.get(peak.number), now.kind)
            covered = []
            for span in spans:
                for part in _split(span, [peak.start, peak.end]):
                    if not peak.start <= part.start < peak.end:
                        covered.append(part)
                    elif program:
                        covered.extend(_clipped(part, program, moment))
                    else:
                        covered.append(Span(start=part.start, end=part.end, period="pm"))
            spans = covered
        return spans

    def _peaks(self, values: Values, now: TariffNow, moment: datetime) -> tuple[Peak, ...]:
        """The announced ones; those of EJP in historic mode from PTEC and PEJP, for they have fixed hours."""
        told = peaks(values)
        if told or now.kind is not TariffKind.EJP:
            return told
        day = moment.date()
        if now.period == "pm":
            if moment.time() < EJP_START:
                day -= timedelta(days=1)
        else:
            # The notice comes half an hour ahead, and may be seen a little longer than the peak itself.
            notice = values.get(Quantity.EJP_NOTICE)
            if notice is None or notice.value is not True or not EJP_NOTICE <= moment.time() < EJP_START:
                return ()
        start = _local(day, EJP_START, moment)
        return (Peak(number=1, start=start, end=start + EJP_LENGTH),)


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in order, neighbours of one period made one."""
    joined: list[Span] = []
    for span in spans:
        if joined and joined[-1].end == span.start and joined[-1].period == span.period:
            span = Span(start=joined.pop().start, end=span.end, period=span.period)
        joined.append(span)
    return tuple(joined)


def _days(spans: tuple[Span, ...], period: str | None, moment: datetime) -> TariffDays:
    """The spans and their next change; nothing at all if the running one is not the period that the meter tells."""
    place = next((place for place, span in enumerate(spans) if span.start <= moment < span.end), None)
    if place is None:
        return TariffDays(spans=spans)
    if not _agree(spans[place], period):
        # The meter may be some seconds ahead of its own announcement, or behind it.
        near = timedelta(minutes=NEAR_MIN)
        ahead, behind = spans[place].end - moment <= near, moment - spans[place].start <= near
        place += 1 if ahead else -1
        if not (ahead or behind) or not 0 <= place < len(spans) or not _agree(spans[place], period):
            return NO_DAYS
    follower = spans[place + 1] if place + 1 < len(spans) else None
    if follower is None or follower.start != spans[place].end:
        return TariffDays(spans=spans)
    return TariffDays(spans=spans, next_change=spans[place].end, next_period=follower.period)


def _agree(span: Span, period: str | None) -> bool:
    """Whether what was announced and what is told may be the same; a mobile peak has several names."""
    return period is None or span.period in {"pm", period, period.partition("_")[0]}


def _parsed(profile: str | None) -> Profile | None:
    if profile is None:
        return None
    try:
        return parse_profile(profile)
    except ValueError:
        return None


def _local(day: date, at: time, like: datetime) -> datetime:
    return datetime.combine(day, at, like.tzinfo)


def _spans(day: date, program: Program, like: datetime) -> list[Span]:
    """A program laid over a day of 23 to 25 hours: its times are those of the clock on the wall."""
    starts = [_local(day, time(minute // 60, minute % 60), like) for minute, _ in program]
    ends = [*starts[1:], _local(day + timedelta(days=1), time(), like)]
    return [
        Span(start=start, end=end, period=period) for start, end, (_, period) in zip(starts, ends, program, strict=True)
    ]


def _split(span: Span, cuts: Iterable[datetime]) -> list[Span]:
    """The span cut at these moments."""
    edges = [span.start, *sorted(cut for cut in cuts if span.start < cut < span.end), span.end]
    return [Span(start=start, end=end, period=span.period) for start, end in pairwise(edges)]


def _clipped(span: Span, program: Program, like: datetime) -> list[Span]:
    """What a program brings within the span, which lies in one day."""
    if program[0][0] > 0:
        program = ((0, program[-1][1]), *program)
    return [
        Span(start=max(part.start, span.start), end=min(part.end, span.end), period=part.period)
        for part in _spans(span.start.date(), program, like)
        if part.start < span.end and part.end > span.start
    ]
