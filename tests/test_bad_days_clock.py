"""Clocks that jump, nights that are an hour short or long, and midnight: durations stay what they are (design §8)."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from custom_components.linky_offload.link import LinkState
from custom_components.linky_offload.meter import Quantity
from simulator.meter import PARIS, SimulatedMeter
from simulator.state import Indexes
from simulator.tariff import Calendar, TariffKind
from simulator.tic import Mode

from .common import load
from .timed_house import TimedHouse

DELAY_S = 60
LEAD_S = 10
"""The order leaves up to this much sooner, so that the plug has obeyed when the delay is over."""

HEATER = "input_boolean.heater"
PLUGS = {HEATER: 1500.0}
OPTIONS = {"profile": "contract", "contract_delay": DELAY_S}
USUAL_W = 500.0
OVERLOAD_W = 5000.0
START_WH = 20_240_587


def heater(**details: Any) -> dict[str, Any]:
    return load("heater", HEATER, power_source="declared", declared_va=1500, minimum_off=180) | details


def meter_at(*moment: int, **details: Any) -> SimulatedMeter:
    """A meter whose clock shows this local time."""
    return SimulatedMeter(
        start=datetime(*moment, tzinfo=PARIS),  # type: ignore[arg-type, misc]
        indexes=Indexes(import_wh=START_WH, supplier_wh=(START_WH / 3, 2 * START_WH / 3, *[0.0] * 8)),
        **details,
    )


async def at_home(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, meter: SimulatedMeter, *, every_s: int = 1, **details: Any
) -> TimedHouse:
    """A house with one heater; its bare load is far under the contract of 6 kVA."""
    return await TimedHouse.open(
        hass, freezer, meter, [heater(**details)], plugs=PLUGS, options=OPTIONS, base_w=USUAL_W, every_s=every_s
    )


def set_meter_clock(house: TimedHouse, ahead: timedelta) -> None:
    """Move the meter's own clock, as the grid operator does from afar."""
    house.meter._start += ahead


class WallClock:
    """The clock of the machine, apart from the one that only counts seconds."""

    def __init__(self, house: TimedHouse) -> None:
        self._house = house
        self._time = house.hass.loop.time
        self._ahead_s = 0.0
        house.hass.loop.time = lambda: self._time() - self._ahead_s  # type: ignore[method-assign]

    def set(self, ahead: timedelta) -> None:
        """Correct it, as time servers do."""
        self._ahead_s += ahead.total_seconds()
        self._house.freezer.tick(ahead)


def jump(house: TimedHouse, which: str, ahead: timedelta) -> None:
    if which == "meter":
        set_meter_clock(house, ahead)
    else:
        WallClock(house).set(ahead)


async def seconds_until(house: TimedHouse, state: str, *, longest_s: int = 600) -> int:
    """How long the meter speaks until the heater is so."""
    for second in range(longest_s):
        if house.hass.states.is_state(HEATER, state):
            return second
        await house.live(1)
    raise AssertionError(f"the heater was not {state} within {longest_s} s")


# A clock jumps --------------------------------------------------------------------------------------------------------

JUMPS = [
    pytest.param(timedelta(hours=1), id="an hour on"),
    pytest.param(timedelta(hours=-1), id="an hour back"),
    pytest.param(timedelta(days=800), id="years on"),
    pytest.param(timedelta(days=-800), id="years back"),
]


@pytest.mark.parametrize("ahead", JUMPS)
@pytest.mark.parametrize("which", ["meter", "machine"])
async def test_no_delay_is_longer_or_shorter_for_a_clock_that_jumps(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, which: str, ahead: timedelta
) -> None:
    house = await at_home(hass, freezer, meter_at(2026, 1, 15, 19))
    await house.live(90)
    house.base_w = OVERLOAD_W
    await house.live(30)
    jump(house, which, ahead)
    assert DELAY_S - LEAD_S <= 30 + await seconds_until(house, "off") <= DELAY_S
    house.base_w = USUAL_W
    await house.live(90)
    jump(house, which, ahead)
    assert 90 + await seconds_until(house, "on") == pytest.approx(180, abs=3)
    (restored,) = [event for event in house.runtime.history.events() if event["type"] == "restored"]
    assert restored["duration"] == pytest.approx(180, abs=3)


@pytest.mark.parametrize("ahead", JUMPS)
@pytest.mark.parametrize("which", ["meter", "machine"])
async def test_no_energy_is_won_or_lost_by_a_clock_that_jumps(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, which: str, ahead: timedelta
) -> None:
    house = await at_home(hass, freezer, meter_at(2026, 1, 15, 19))
    house.base_w = OVERLOAD_W / 2
    await house.live(20)
    jump(house, which, ahead)
    await house.live(20)
    counters = house.runtime.insight.derived.counters
    assert counters[Quantity.IMPORT_TOTAL] == int(house.meter.indexes().import_wh)
    assert "apparent_power" not in house.unavailable()


async def test_how_far_the_meters_clock_is_ahead_is_told(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    house = await at_home(hass, freezer, meter_at(2026, 1, 15, 19))
    set_meter_clock(house, timedelta(minutes=4))
    await house.live(10)
    assert house.runtime.insight.derived.clock_offset_s == pytest.approx(240, abs=2)


async def test_a_meter_that_lost_its_clock_says_so_and_its_tariff_runs_on_ours(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await at_home(hass, freezer, meter_at(2026, 1, 15, 19, calendar=Calendar(kind=TariffKind.HC)))
    await house.live(5)
    assert house.state("clock_degraded").state == "off"
    change = house.state("tariff_next_change").state
    assert change == "2026-01-15T21:20:00+00:00"
    set_meter_clock(house, -timedelta(days=7000, hours=9))
    house.meter.clock_degraded = True
    await house.live(30)
    assert house.state("clock_degraded").state == "on"
    assert house.state("tariff_next_change").state == change
    assert house.state("tariff_period").state == "hp"
    assert "apparent_power" not in house.unavailable()


# The nights of the change ---------------------------------------------------------------------------------------------

NIGHTS = [
    pytest.param((2026, 3, 29, 1, 50), "2026-03-29T04:20:00+00:00", id="to summer time: an hour short"),
    pytest.param((2026, 10, 25, 2, 50), "2026-10-25T05:20:00+00:00", id="to winter time: an hour long"),
]


@pytest.mark.parametrize(("start", "off_peak_ends"), NIGHTS)
@pytest.mark.parametrize("mode", list(Mode))
async def test_the_night_in_which_the_local_time_jumps(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, mode: Mode, start: tuple[int, ...], off_peak_ends: str
) -> None:
    meter = meter_at(*start, calendar=Calendar(kind=TariffKind.HC), mode=mode)
    house = await at_home(hass, freezer, meter, every_s=2)
    links: list[LinkState] = []
    house.runtime.subscribe(lambda _: links.append(house.runtime.link))
    utc = meter.now.astimezone(UTC)
    await house.live(60)
    offset = meter.now.utcoffset()

    # It begins before the jump, and the heater comes back after it.
    await house.live(8 * 60 - 60)
    house.base_w = OVERLOAD_W
    cut_after = await seconds_until(house, "off")
    cut_at = hass.loop.time()
    assert meter.now.utcoffset() == offset
    house.base_w = USUAL_W
    back_after = await seconds_until(house, "on")
    assert meter.now.utcoffset() != offset
    assert DELAY_S - LEAD_S <= cut_after <= DELAY_S
    assert back_after == pytest.approx(180, abs=5)
    await house.live(180)

    # Energy, clocks and the account of the day go on as if nothing had happened.
    assert meter.now.astimezone(UTC) - utc == timedelta(seconds=meter.elapsed_s)
    derived = house.runtime.insight.derived
    counted = sum(derived.counters[one] for one in (Quantity.IMPORT_INDEX_1, Quantity.IMPORT_INDEX_2))
    assert counted == pytest.approx(sum(meter.indexes().supplier_wh), abs=3)
    assert [link for link in links if link.degraded or not link.available] == []
    report = house.runtime.report.loads["heater"]
    assert report.off_today_s == pytest.approx(back_after, abs=4)
    assert report.switches_today == 2
    assert house.runtime.history.offloads_today == 1
    (restored,) = [event for event in house.runtime.history.events() if event["type"] == "restored"]
    assert restored["duration"] == pytest.approx(back_after, abs=2)
    assert hass.loop.time() - cut_at == pytest.approx(back_after + 180, abs=2)
    assert house.state("tariff_period").state == "hc"

    if mode is Mode.STANDARD:
        assert derived.clock_offset_s == 0
        reading = house.runtime.reading
        assert reading is not None
        clock = reading.values[Quantity.CLOCK].value
        assert isinstance(clock, datetime)
        assert abs(clock - dt_util.utcnow()) < timedelta(seconds=3)
        assert house.state("tariff_next_change").state == off_peak_ends
        midnight = meter.now.replace(hour=0, minute=0, second=0, microsecond=0)
        noon = midnight.replace(hour=12)
        assert await night_of(hass, house, midnight, noon) == [
            (midnight, datetime.fromisoformat(off_peak_ends), "Off-peak"),
            (datetime.fromisoformat(off_peak_ends), midnight.replace(hour=22, minute=20), "Peak"),
        ]


async def night_of(
    hass: HomeAssistant, house: TimedHouse, start: datetime, end: datetime
) -> list[tuple[datetime, datetime, str]]:
    """The events of the tariff calendar: start, end, name."""
    answer = await hass.services.async_call(
        Platform.CALENDAR,
        "get_events",
        {
            "entity_id": house.entity_id("tariff_calendar"),
            "start_date_time": start.isoformat(),
            "end_date_time": end.isoformat(),
        },
        blocking=True,
        return_response=True,
    )
    assert answer is not None
    (calendar,) = answer.values()
    assert isinstance(calendar, dict)
    return [
        (datetime.fromisoformat(event["start"]), datetime.fromisoformat(event["end"]), event["summary"])
        for event in cast(list[dict[str, str]], calendar["events"])
    ]


# Midnight -------------------------------------------------------------------------------------------------------------


async def test_at_midnight_the_day_begins_anew_for_the_meter_and_for_us(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await at_home(hass, freezer, meter_at(2026, 1, 15, 23, 42), every_s=2)
    await house.live(10 * 60)
    house.base_w = OVERLOAD_W
    await seconds_until(house, "off")
    await house.live(5 * 60)
    assert house.runtime.history.offloads_today == 1
    assert house.state("switches_today", "heater").state == "1"
    # It falls, but not so far that the heater could return.
    house.base_w = 4600.0
    while house.meter.now.day == 15:
        await house.live(2)
    midnight = house.meter.now.replace(hour=0, minute=0, second=0)
    counted = float(house.state("import_total").state)
    await house.live(90)
    assert house.off() == {HEATER}

    # The meter's day.
    maxima = house.meter.state().import_maxima
    assert maxima.today is not None
    assert maxima.yesterday is not None
    assert maxima.today.value < maxima.yesterday.value - 100
    assert float(house.state("max_power_today").state) == pytest.approx(maxima.today.value, abs=1)
    assert float(house.state("max_power_yesterday").state) == pytest.approx(maxima.yesterday.value, abs=1)
    assert abs(float(house.state("trip_model_error").state)) <= 1.0
    assert counted < float(house.state("import_total").state) < counted + 0.2

    # Ours: the heater is off since yesterday, and the account of today holds today's part of it.
    report = house.runtime.report.loads["heater"]
    assert report.off_today_s == pytest.approx((house.meter.now - midnight).total_seconds(), abs=20)
    assert report.switches_today == 0
    assert house.state("switches_today", "heater").state == "0"
    assert house.state("last_offloads").state == "0"

    house.base_w = USUAL_W
    await seconds_until(house, "on")
    assert house.runtime.report.loads["heater"].switches_today == 1


async def test_a_day_that_begins_while_the_meter_is_silent_begins_all_the_same(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await at_home(hass, freezer, meter_at(2026, 1, 15, 23, 50))
    await house.live(70)
    house.base_w = OVERLOAD_W
    await seconds_until(house, "off")
    await house.silence(700)
    assert house.meter.now.day == 16
    assert house.off() == {HEATER}
    midnight = house.meter.now.replace(hour=0, minute=0, second=0)
    report = house.runtime.report.loads["heater"]
    assert report.switches_today == 0
    assert report.off_today_s == pytest.approx((house.meter.now - midnight).total_seconds(), abs=20)
