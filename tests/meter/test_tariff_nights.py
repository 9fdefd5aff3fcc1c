"""Two days of a meter on the line: what is announced is what comes."""

from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise

import pytest

from custom_components.linky_offload.meter import Derivation, Derived, Meter
from custom_components.linky_offload.tic import Group, Mode as TicMode
from simulator.meter import SimulatedMeter
from simulator.power import Power
from simulator.tariff import Calendar, Colour, TariffKind
from simulator.tic import Mode

from .readings import PARIS

START = datetime(2026, 1, 15, 18, tzinfo=UTC)
FRIDAY, SATURDAY = (START.date() + timedelta(days=days) for days in (1, 2))
STEP = timedelta(minutes=3)
STEPS = timedelta(hours=40) // STEP
LATE = 2 * STEP
TOLD = {"ADSC", "ADCO", "DATE", "STGE", "NGTF", "LTARF", "NTARF", "SINSTS", "PAPP", "IINST", "OPTARIF", "PTEC", "PEJP"}
TOLD |= {"DEMAIN", "NJOURF", "NJOURF+1", "PJOURF+1", "PPOINTE", "DPM1", "FPM1", "DPM2", "FPM2"}


class Night:
    """What was derived every few minutes, from a few frames each time."""

    def __init__(self, calendar: Calendar, mode: Mode = Mode.STANDARD, start: datetime = START) -> None:
        self.meter = SimulatedMeter(calendar=calendar, mode=mode, start=start)
        self._reader = Meter(local_tz=PARIS)
        self._derivation = Derivation(PARIS)
        self._frame = 0
        self.told = [self._listen() for _ in range(STEPS)]

    def _listen(self) -> tuple[datetime, Derived]:
        self.meter.elapsed_s += int(STEP.total_seconds()) - 3
        for _ in range(3):
            self._frame += 1
            self.meter.step((Power(500.0),))
            for told in self.meter.groups():
                if told.label not in TOLD:
                    continue
                group = Group(told.label, told.data, told.horodate, TicMode(self.meter.mode), self._frame)
                reading = self._reader.apply(group, float(self.meter.elapsed_s))
                if reading is not None:
                    self._derivation.observe(reading, self.meter.now.astimezone(UTC))
        return self.meter.now, self._derivation.derived

    @property
    def announced(self) -> list[tuple[datetime, datetime | None]]:
        """Each moment, and the change that was announced to come next."""
        return [(moment, derived.days.next_change) for moment, derived in self.told]

    @property
    def changes(self) -> list[datetime]:
        """The moments by which the period had really changed."""
        return [
            moment
            for (_, before), (moment, after) in pairwise(self.told)
            if before.tariff.period != after.tariff.period and before.tariff.period is not None
        ]


TEMPO = {FRIDAY: Colour.RED, SATURDAY: Colour.WHITE}
CALENDARS = {
    "peak and off-peak": Calendar(kind=TariffKind.HC),
    "hours in hexadecimal": Calendar(kind=TariffKind.HC, hex_times=True),
    "Tempo": Calendar(kind=TariffKind.TEMPO, marks=TEMPO),
    "Tempo in hexadecimal": Calendar(kind=TariffKind.TEMPO, marks=TEMPO, hex_times=True),
    "EJP": Calendar(kind=TariffKind.EJP, marks={FRIDAY: Colour.RED}),
}


@cache
def night(name: str, mode: Mode) -> Night:
    return Night(CALENDARS[name], mode)


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        *((name, Mode.STANDARD) for name in CALENDARS),
        *((name, Mode.HISTORIC) for name in ("peak and off-peak", "Tempo", "EJP")),
    ],
)
def test_a_change_that_was_announced_comes(name: str, mode: Mode) -> None:
    lived = night(name, mode)
    end = lived.told[-1][0]
    assert len(lived.changes) >= 2
    for moment, announced in lived.announced:
        if announced is None or announced > end:
            continue
        assert announced > moment - STEP
        assert any(timedelta(0) <= change - announced <= LATE for change in lived.changes)
        assert not any(moment < change < announced for change in lived.changes)


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("peak and off-peak", Mode.STANDARD),
        ("Tempo", Mode.STANDARD),
        ("Tempo", Mode.HISTORIC),
        ("Tempo in hexadecimal", Mode.STANDARD),
    ],
)
def test_the_next_change_is_always_known(name: str, mode: Mode) -> None:
    assert [moment for moment, announced in night(name, mode).announced[3:] if announced is None] == []


def test_hours_that_read_two_ways_are_known_from_the_first_change_on() -> None:
    lived = night("hours in hexadecimal", Mode.STANDARD)
    first = lived.changes[0]
    known = {moment >= first for moment, announced in lived.announced[3:] if announced is not None}
    unknown = {moment > first + LATE for moment, announced in lived.announced[3:] if announced is None}
    assert (known, unknown) == ({True}, {False})


@pytest.mark.parametrize("mode", Mode)
def test_colours_change_at_six_and_are_announced_in_the_evening(mode: Mode) -> None:
    told = {f"{moment:%d %H:%M}": derived.tariff for moment, derived in night("Tempo", mode).told}
    assert (told["15 19:30"].colour_today, told["15 19:30"].colour_tomorrow) == ("blue", None)
    assert told["15 20:30"].colour_tomorrow == "red"
    assert (told["16 05:30"].colour_today, told["16 05:30"].colour_tomorrow) == ("blue", "red")
    assert (told["16 06:30"].colour_today, told["16 06:30"].red_day) == ("red", True)
    assert told["16 22:30"].colour_tomorrow == "white"
    assert told["17 05:30"].red_day is True
    assert told["17 06:30"].colour_today == "white"


def test_a_mobile_peak_of_ejp_runs_from_seven_to_one() -> None:
    for mode in Mode:
        told = {f"{moment:%d %H:%M}": derived.tariff.mobile_peak for moment, derived in night("EJP", mode).told}
        assert [told[time] for time in ("16 06:57", "16 07:06", "17 00:57", "17 01:06")] == [False, True, True, False]


@pytest.mark.parametrize(
    ("start", "day"),
    [(datetime(2026, 3, 28, 11, tzinfo=UTC), 29), (datetime(2026, 10, 24, 11, tzinfo=UTC), 25)],
    ids=["to summer time", "to winter time"],
)
def test_the_nights_that_change_the_time(start: datetime, day: int) -> None:
    lived = Night(Calendar(kind=TariffKind.HC), start=start)
    assert {change.strftime("%H:%M") for change in lived.changes} == {"06:21", "22:21"}
    for moment, announced in lived.announced[3:]:
        assert announced is not None
        coming = [change for change in lived.changes if change > moment]
        assert not coming or timedelta(0) <= coming[0] - announced <= LATE
    assert any(moment.day == day for moment, _ in lived.announced)
