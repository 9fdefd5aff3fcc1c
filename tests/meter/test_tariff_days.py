"""Today and tomorrow, and the next change, from profiles, peaks, fixed hours and habit."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import pairwise
import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.linky_offload.meter import Quantity, TariffDays
from custom_components.linky_offload.meter.tariff_days import DayPrograms
from custom_components.linky_offload.meter.tariff_now import PERIODS, tariff_now
from custom_components.linky_offload.tic import Encoding

from .readings import paris, values_of

UNUSED = "NONUTILE"


def profile(*blocks: str) -> str:
    return " ".join([*blocks, *(UNUSED for _ in range(11 - len(blocks)))])


DECIMAL = profile("06208002", "2220C001")  # 22:20 is no time in hexadecimal
HEXADECIMAL = profile("061E8002", "161EC001")  # 06:30 and 22:30
EITHER = profile("0000C001", "06008002", "1600C001")  # until 16:00 or 22:00
HC = {Quantity.CALENDAR: "H PLEINE/CREUSE", Quantity.DAY_TODAY: 0, Quantity.DAY_TOMORROW: 0}
TEMPO = {Quantity.CALENDAR: "TEMPO", Quantity.DAY_TODAY: 0, Quantity.DAY_TOMORROW: 0}
NOON = paris("2026-01-07 12:00")


class Day:
    """One meter whose values are told over and over."""

    def __init__(self, values: Mapping[Quantity, Any]) -> None:
        self.values = dict(values)
        self.programs = DayPrograms()

    def at(self, moment: datetime, **changes: Any) -> TariffDays:
        self.values |= {Quantity(name): value for name, value in changes.items()}
        values = values_of(self.values, moment.timestamp())
        now = tariff_now(values, moment)
        self.programs.observe(values, now, moment)
        return self.programs.days(values, now, moment)


def told(days: TariffDays) -> list[str]:
    """'07 06:20 hp' for each span."""
    return [f"{span.start:%d %H:%M} {span.period}" for span in days.spans]


# Profiles ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [pytest.param(DECIMAL, "06:20", "22:20", id="decimal"), pytest.param(HEXADECIMAL, "06:30", "22:30", id="hex")],
)
def test_the_hours_of_peak_and_off_peak(text: str, start: str, end: str) -> None:
    days = Day({**HC, Quantity.TARIFF_INDEX: 2, Quantity.PROFILE_TOMORROW: text}).at(NOON)
    expected = [f"07 00:00 hc|07 {start} hp|07 {end} hc|08 {start} hp|08 {end} hc"]
    assert ["|".join(told(days))] == expected
    assert days.next_change == paris(f"2026-01-07 {end}")
    assert days.next_period == "hc"


def test_a_profile_that_reads_both_ways_tells_nothing() -> None:
    days = Day({**HC, Quantity.TARIFF_INDEX: 2, Quantity.PROFILE_TOMORROW: EITHER}).at(NOON)
    assert (days.spans, days.next_change) == ((), None)


@pytest.mark.parametrize(
    ("time", "encoding"), [("16:00", Encoding.DECIMAL), ("22:00", Encoding.HEXADECIMAL)], ids=["decimal", "hexadecimal"]
)
def test_the_first_change_that_is_seen_ends_the_doubt(time: str, encoding: Encoding) -> None:
    day = Day({**HC, Quantity.TARIFF_INDEX: 2, Quantity.PROFILE_TOMORROW: EITHER})
    change = paris(f"2026-01-07 {time}")
    day.at(change - timedelta(minutes=1))
    days = day.at(change + timedelta(minutes=1), tariff_index=1)
    assert day.programs.encoding is encoding
    assert f"08 {time} hc" in told(days)


def test_a_change_that_was_not_watched_proves_no_encoding() -> None:
    day = Day({**HC, Quantity.TARIFF_INDEX: 2, Quantity.PROFILE_TOMORROW: EITHER})
    day.at(paris("2026-01-07 12:00"))
    day.at(paris("2026-01-07 16:01"), tariff_index=1)
    assert day.programs.encoding is None


def test_a_proved_encoding_reads_the_other_profiles() -> None:
    day = Day({**HC, Quantity.TARIFF_INDEX: 2, Quantity.PROFILE_TOMORROW: HEXADECIMAL})
    day.at(NOON)
    days = day.at(NOON + timedelta(minutes=1), day_tomorrow=1, profile_tomorrow=EITHER)
    assert told(days)[-1] == "08 22:00 hc"


def test_today_is_the_profile_that_was_announced_for_its_number() -> None:
    weekend = profile("00008001")
    day = Day({**HC, Quantity.DAY_TOMORROW: 1, Quantity.TARIFF_INDEX: 2, Quantity.PROFILE_TOMORROW: weekend})
    first = day.at(NOON)
    assert told(first) == ["08 00:00 hc"]  # nobody told of today
    assert first.next_change is None
    second = day.at(NOON + timedelta(days=1), tariff_index=1, day_today=1, day_tomorrow=0, profile_tomorrow=DECIMAL)
    assert told(second) == ["08 00:00 hc", "09 06:20 hp", "09 22:20 hc"]
    assert second.next_change == paris("2026-01-09 06:20")


@pytest.mark.parametrize("first", [Quantity.DAY_TOMORROW, Quantity.PROFILE_TOMORROW], ids=["day", "profile"])
def test_at_midnight_day_and_profile_change_one_after_the_other(first: Quantity) -> None:
    weekend = profile("00008001")
    new = {Quantity.DAY_TOMORROW: 3, Quantity.PROFILE_TOMORROW: weekend}
    day = Day({**HC, Quantity.PROFILE_TOMORROW: DECIMAL})
    midnight = paris("2026-01-08 00:00")
    day.at(midnight - timedelta(minutes=1))
    day.at(midnight, **{first: new[first]})
    for second in (1, 20, 40):
        day.at(midnight + timedelta(seconds=second), **new)
    assert day.programs.profiles == {0: DECIMAL, 3: weekend}


def test_indexes_of_an_unknown_calendar_are_called_what_they_were_seen_to_be() -> None:
    text = profile("00008003", "06008002", "22008001")
    day = Day(
        {
            Quantity.CALENDAR: "H SUPER CREUSES",
            Quantity.DAY_TODAY: 0,
            Quantity.DAY_TOMORROW: 0,
            Quantity.PROFILE_TOMORROW: text,
        }
    )
    day.programs.encoding = Encoding.DECIMAL
    days = TariffDays()
    for minute in range(2):
        day.at(NOON + timedelta(minutes=minute), tariff_index=3, tariff_label="HEURES SUPER CREUSES")
    day.at(NOON + timedelta(minutes=2), tariff_label="HEURES PLEINES")  # the label comes before its index
    for minute in range(3, 5):
        days = day.at(NOON + timedelta(minutes=minute), tariff_index=2)
    assert told(days)[:3] == ["07 00:00 super_hc", "07 06:00 hp", "07 22:00 index_1"]


@pytest.mark.parametrize(
    ("time", "index", "change"),
    [
        pytest.param("22:18", 1, "2026-01-08 06:20", id="the meter is a little ahead"),
        pytest.param("22:22", 2, "2026-01-07 22:20", id="the meter is a little late"),
        pytest.param("12:00", 1, None, id="off-peak in the middle of peak hours: the profile is not in force"),
    ],
)
def test_a_profile_against_the_period_that_runs(time: str, index: int, change: str | None) -> None:
    days = Day({**HC, Quantity.TARIFF_INDEX: index, Quantity.PROFILE_TOMORROW: DECIMAL}).at(paris(f"2026-01-07 {time}"))
    assert days.next_change == (None if change is None else paris(change))
    assert bool(days.spans) is (change is not None)


def test_one_price_has_no_change() -> None:
    days = Day({Quantity.CALENDAR: "BASE", Quantity.TARIFF_INDEX: 1}).at(NOON)
    assert (told(days), days.next_change) == (["07 00:00 th"], None)


# Tempo and EJP -------------------------------------------------------------------------------------------------------


def test_tempo_has_its_hours_without_any_profile() -> None:
    days = Day(
        {Quantity.TARIFF_OPTION: "tempo", Quantity.TARIFF_PERIOD: "hp_white", Quantity.COLOUR_TOMORROW: "red"}
    ).at(NOON)
    assert told(days) == [
        "07 00:00 hc",  # the end of a day whose colour nobody tells any more
        "07 06:00 hp_white",
        "07 22:00 hc_white",
        "08 06:00 hp_red",
        "08 22:00 hc_red",
    ]
    assert (days.next_change, days.next_period) == (paris("2026-01-07 22:00"), "hc_white")


def test_the_hours_of_a_colour_not_announced_are_known_all_the_same() -> None:
    days = Day({Quantity.TARIFF_OPTION: "tempo", Quantity.TARIFF_PERIOD: "hc_blue"}).at(paris("2026-01-07 23:00"))
    assert told(days)[-2:] == ["08 06:00 hp", "08 22:00 hc"]
    assert days.next_period == "hp"


def test_a_tempo_profile_that_ends_at_16_is_hexadecimal() -> None:
    text = profile("00004001", "06004002", "16004001")
    days = Day({**TEMPO, Quantity.TARIFF_INDEX: 2, Quantity.PROFILE_TOMORROW: text}).at(NOON)
    assert days.next_change == paris("2026-01-07 22:00")


def test_a_red_day_announced_by_a_peak_alone() -> None:
    values = {
        **TEMPO,
        Quantity.TARIFF_INDEX: 2,
        Quantity.COLOUR_TODAY: "blue",
        Quantity.COLOUR_TOMORROW: "unknown",
        Quantity.PEAK_2_START: paris("2026-01-08 06:00"),
        Quantity.PEAK_2_END: paris("2026-01-09 06:00"),
    }
    assert told(Day(values).at(NOON))[-2:] == ["08 06:00 hp_red", "08 22:00 hc_red"]


def test_in_the_small_hours_the_tempo_day_is_that_of_the_evening_before() -> None:
    days = Day(
        {Quantity.TARIFF_OPTION: "tempo", Quantity.TARIFF_PERIOD: "hc_red", Quantity.COLOUR_TOMORROW: "blue"}
    ).at(paris("2026-01-08 02:00"))
    assert told(days)[:3] == ["08 00:00 hc_red", "08 06:00 hp_blue", "08 22:00 hc_blue"]


@pytest.mark.parametrize(
    ("time", "values", "change"),
    [
        pytest.param(
            "2026-01-07 06:40",
            {Quantity.TARIFF_PERIOD: "hn", Quantity.EJP_NOTICE: True},
            "2026-01-07 07:00",
            id="notice",
        ),
        pytest.param(
            "2026-01-07 12:00",
            {Quantity.TARIFF_PERIOD: "pm", Quantity.EJP_NOTICE: True},
            "2026-01-08 01:00",
            id="by day",
        ),
        pytest.param("2026-01-08 00:30", {Quantity.TARIFF_PERIOD: "pm"}, "2026-01-08 01:00", id="after midnight"),
        pytest.param(
            "2026-01-07 12:00", {Quantity.TARIFF_PERIOD: "hn", Quantity.EJP_NOTICE: False}, None, id="nothing announced"
        ),
        pytest.param(
            "2026-01-07 21:00",
            {
                Quantity.TARIFF_PERIOD: "hn",
                Quantity.PEAK_1_START: paris("2026-01-08 07:00"),
                Quantity.PEAK_1_END: paris("2026-01-09 01:00"),
            },
            "2026-01-08 07:00",
            id="announced by DPM1",
        ),
    ],
)
def test_the_mobile_peaks_of_ejp(time: str, values: Mapping[Quantity, Any], change: str | None) -> None:
    days = Day({Quantity.TARIFF_OPTION: "ejp", **values}).at(paris(time))
    assert days.next_change == (None if change is None else paris(change))


def test_a_mobile_peak_of_another_calendar_brings_its_own_profile() -> None:
    values = {
        Quantity.CALENDAR: "MON POINTE",
        Quantity.TARIFF_INDEX: 1,
        Quantity.DAY_TODAY: 0,
        Quantity.DAY_TOMORROW: 0,
        Quantity.PROFILE_TOMORROW: profile("00008001"),
        Quantity.PROFILE_PEAK: profile("00008001", "07308003", "20308001"),
        Quantity.PEAK_1_START: paris("2026-01-08 00:00"),
        Quantity.PEAK_1_END: paris("2026-01-09 00:00"),
    }
    day = Day(values)
    day.programs.encoding = Encoding.DECIMAL
    assert told(day.at(NOON)) == ["07 00:00 index_1", "08 07:30 index_3", "08 20:30 index_1"]


# Learned hours -------------------------------------------------------------------------------------------------------


def live(day: Day, start: datetime, hours: float, peak: tuple[int, int] = (390, 1350)) -> TariffDays:
    """Watch PTEC for some hours, each minute; peak hours between two minutes of the day."""
    days = TariffDays()
    for minute in range(int(hours * 60)):
        moment = start + timedelta(minutes=minute)
        at = moment.hour * 60 + moment.minute
        days = day.at(moment, tariff_period="hp" if peak[0] <= at < peak[1] else "hc")
    return days


def test_hours_are_believed_once_they_were_seen_on_two_days() -> None:
    day = Day({Quantity.TARIFF_OPTION: "hchp"})
    assert live(day, NOON, 24).next_change is None
    days = live(day, NOON + timedelta(days=1), 24)
    assert days.next_change == paris("2026-01-09 22:30")
    assert told(days)[:3] == ["09 00:00 hc", "09 06:30 hp", "09 22:30 hc"]


def test_hours_that_move_are_forgotten_and_learned_anew() -> None:
    day = Day({Quantity.TARIFF_OPTION: "hchp"})
    live(day, NOON, 48)
    moved = (390, 1410)
    assert live(day, NOON + timedelta(days=2), 12, moved).next_change is None
    days = live(day, NOON + timedelta(days=2, hours=12), 24, moved)
    assert told(days)[:3] == ["10 00:00 hc", "10 06:30 hp", "10 23:30 hc"]


def test_what_was_learned_outlives_a_restart() -> None:
    day = Day({**HC, Quantity.TARIFF_INDEX: 2, Quantity.PROFILE_TOMORROW: HEXADECIMAL})
    day.at(NOON)
    historic = Day({Quantity.TARIFF_OPTION: "hchp"})
    live(historic, NOON, 48)
    for one in (day, historic):
        again = DayPrograms()
        again.restore(json.loads(json.dumps(one.programs.dump())))
        assert again.dump() == one.programs.dump()
        assert again.hours.program() == one.programs.hours.program()


# Always --------------------------------------------------------------------------------------------------------------

BLOCK = st.builds(
    lambda hour, minute, action: f"{hour:02}{minute:02}{action:04X}",
    st.integers(0, 23),
    st.integers(0, 59),
    st.integers(0, 0xFFFF),
)
PROFILES = st.one_of(st.lists(BLOCK, max_size=11).map(lambda blocks: profile(*blocks)), st.text(max_size=98))
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(lambda moment: paris(str(moment)))  # noqa: DTZ001


@given(
    MOMENTS,
    PROFILES,
    PROFILES,
    st.sampled_from(["BASE", "TEMPO", "EJP", "H PLEINE/CREUSE", "ELSE"]),
    st.integers(1, 16),
    st.lists(MOMENTS, min_size=2, max_size=2),
)
def test_spans_follow_each_other_and_the_next_change_is_ahead(
    moment: datetime, text: str, peak: str, calendar: str, index: int, times: list[datetime]
) -> None:
    values = {
        Quantity.CALENDAR: calendar,
        Quantity.TARIFF_INDEX: index,
        Quantity.DAY_TODAY: 0,
        Quantity.DAY_TOMORROW: 0,
    }
    values |= {
        Quantity.PROFILE_TOMORROW: text,
        Quantity.PROFILE_PEAK: peak,
        Quantity.PEAK_1_START: times[0],
        Quantity.PEAK_1_END: times[1],
    }
    days = Day(values).at(moment)
    for one, other in pairwise(days.spans):
        assert one.end <= other.start
        assert one.end < other.start or one.period != other.period
    assert all(span.start < span.end and span.period in PERIODS for span in days.spans)
    assert days.next_change is None or days.next_change > moment - timedelta(minutes=5)
