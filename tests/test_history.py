"""The last events, kept over restarts."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.linky_offload.history import HISTORY_SIZE, History, local
from custom_components.linky_offload.offload import EventType, OffloadEvent, Reason

from .common import COORDINATOR_ID, load, meter_entry

NOON = datetime(2026, 1, 15, 11, tzinfo=UTC)


class Clock:
    """Wall clock and monotonic clock that go together; the test moves them."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._start = hass.loop.time()
        self.passed_s = 0.0

    def monotonic(self) -> float:
        return self._start + self.passed_s

    def utc(self) -> datetime:
        return NOON + timedelta(seconds=self.passed_s)


@pytest.fixture
async def clock(hass: HomeAssistant) -> Iterator[Clock]:  # type: ignore[misc]
    await hass.config.async_set_time_zone("Europe/Paris")
    clock = Clock(hass)
    with (
        patch("custom_components.linky_offload.telling.dt_util.utcnow", clock.utc),
        patch("custom_components.linky_offload.history.dt_util.now", lambda: dt_util.as_local(clock.utc())),
    ):
        yield clock


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    entry = meter_entry("/dev/tic", [load("heater", "switch.heater"), load("boiler", "switch.boiler")])
    entry.add_to_hass(hass)
    return entry


class Teller:
    """Tells events of the present moment."""

    def __init__(self, hass: HomeAssistant, entry: MockConfigEntry, clock: Clock) -> None:
        self._hass, self._entry, self._clock = hass, entry, clock
        self.history = History(hass, entry)

    def note(self, kind: EventType, load_id: str | None = None, *, ago_s: float = 0, **details: Any) -> None:
        with patch.object(self._hass.loop, "time", self._clock.monotonic):
            self.history.note(OffloadEvent(type=kind, at=self._clock.monotonic() - ago_s, load_id=load_id, **details))

    async def restart(self) -> None:
        await self.history.async_keep_now()
        self.history = History(self._hass, self._entry)
        await self.history.async_load()


@pytest.fixture
def teller(hass: HomeAssistant, entry: MockConfigEntry, clock: Clock) -> Teller:
    return Teller(hass, entry, clock)


def test_an_event_is_told_in_words_and_with_its_own_time(teller: Teller) -> None:
    teller.note(
        EventType.OFFLOADED,
        "boiler",
        ago_s=2.5,
        coordinator_id=COORDINATOR_ID,
        reason=Reason.RESERVE,
        va=2010.4,
        phase=2,
        trip_margin=0.417,
        seconds_to_trip=31.9,
    )
    assert teller.history.events() == [
        {
            "time": "2026-01-15T10:59:57.500+00:00",
            "type": "offloaded",
            "duration": None,
            "load": "Boiler",
            "load_id": "boiler",
            "coordinator": "Home",
            "reason": "reserve",
            "va": 2010,
            "phase": 2,
            "trip_margin": 41,
            "seconds_to_trip": 31,
            "observed": False,
        }
    ]
    assert local(teller.history.events()[0])["time"] == "2026-01-15T11:59:57.500+01:00"


@pytest.mark.parametrize(
    ("begins", "ends", "load_id"),
    [
        pytest.param(EventType.OVERLOAD_STARTED, EventType.OVERLOAD_ENDED, None, id="an overload"),
        pytest.param(EventType.OFFLOADED, EventType.RESTORED, "boiler", id="an offload"),
        pytest.param(EventType.OFFLOADED, EventType.HOLD, "boiler", id="an offload that a hand ends"),
        pytest.param(EventType.DEGRADED, EventType.LIVE_AGAIN, None, id="a silence"),
        pytest.param(EventType.METER_OPENED, EventType.METER_CLOSED, None, id="an opened meter"),
    ],
)
async def test_what_ends_something_tells_how_long_it_lasted_even_over_a_restart(
    teller: Teller, clock: Clock, begins: EventType, ends: EventType, load_id: str | None
) -> None:
    teller.note(begins, load_id)
    clock.passed_s = 754.3
    await teller.restart()
    teller.note(ends, load_id)
    assert [event["duration"] for event in teller.history.events()] == [None, 754.3]
    # It ended: another end has nothing to end.
    teller.note(ends, load_id)
    assert teller.history.events()[-1]["duration"] is None


def test_each_load_has_its_own_offload(teller: Teller, clock: Clock) -> None:
    teller.note(EventType.OFFLOADED, "boiler")
    clock.passed_s = 60
    teller.note(EventType.OFFLOADED, "heater")
    clock.passed_s = 100
    teller.note(EventType.RESTORED, "heater")
    teller.note(EventType.RESTORED, "boiler")
    assert [event["duration"] for event in teller.history.events()] == [None, None, 40.0, 100.0]


def test_what_was_only_observed_has_no_part_in_what_was_done(teller: Teller, clock: Clock) -> None:
    teller.note(EventType.OFFLOADED, "boiler", observed=True)
    clock.passed_s = 60
    teller.note(EventType.RESTORED, "boiler")
    assert teller.history.events()[-1]["duration"] is None
    assert teller.history.offloads_today == 0


def test_an_event_of_a_load_that_is_gone_still_has_its_id(teller: Teller) -> None:
    teller.note(EventType.RESTORED, "gone", coordinator_id="gone")
    event = teller.history.events()[0]
    assert (event["load"], event["load_id"], event["coordinator"]) == (None, "gone", None)


async def test_only_the_last_events_are_kept(teller: Teller) -> None:
    for number in range(HISTORY_SIZE + 20):
        teller.note(EventType.REFUSED, va=float(number))
    await teller.restart()
    events = teller.history.events()
    assert len(events) == HISTORY_SIZE
    assert [events[0]["va"], events[-1]["va"]] == [20, HISTORY_SIZE + 19]


async def test_offloads_are_counted_by_the_day_of_the_home_however_many(teller: Teller, clock: Clock) -> None:
    for _ in range(HISTORY_SIZE + 5):
        teller.note(EventType.OFFLOADED, "boiler")
    await teller.restart()
    assert teller.history.offloads_today == HISTORY_SIZE + 5
    clock.passed_s = 11 * 3600  # 23:00 in Paris
    assert teller.history.offloads_today == HISTORY_SIZE + 5
    clock.passed_s = 12 * 3600
    assert teller.history.offloads_today == 0
    teller.note(EventType.OFFLOADED, "boiler")
    assert teller.history.offloads_today == 1


def test_the_last_offloads_are_listed_with_their_ends(teller: Teller, clock: Clock) -> None:
    teller.note(EventType.OFFLOADED, "boiler", va=2000.0, reason=Reason.DELAY_ELAPSED)
    clock.passed_s = 60
    teller.note(EventType.OFFLOADED, "heater", va=900.0, reason=Reason.RESERVE)
    clock.passed_s = 300
    teller.note(EventType.RESTORED, "boiler", va=2000.0)
    clock.passed_s = 400
    teller.note(EventType.OFFLOADED, "boiler", va=1980.0, reason=Reason.RESERVE)
    started = {"start": "2026-01-15T12:06:40.000+01:00", "stop": None, "duration": None}
    assert teller.history.offloads(2) == [
        {"load": "Boiler", "power": 1980, "reason": "reserve", **started},
        {
            "load": "Heater",
            "start": "2026-01-15T12:01:00.000+01:00",
            "stop": None,
            "duration": None,
            "power": 900,
            "reason": "reserve",
        },
    ]
    assert teller.history.offloads(10)[2] == {
        "load": "Boiler",
        "start": "2026-01-15T12:00:00.000+01:00",
        "stop": "2026-01-15T12:05:00.000+01:00",
        "duration": 300.0,
        "power": 2000,
        "reason": "delay_elapsed",
    }


async def test_a_removed_history_is_empty(teller: Teller) -> None:
    teller.note(EventType.REFUSED)
    await teller.restart()
    assert len(teller.history.events()) == 1
    await teller.history.async_remove()
    other = Teller(teller._hass, teller._entry, teller._clock)
    await other.history.async_load()
    assert other.history.events() == []
