"""When the meter is silent, when it opens, and when values are missing (design §8)."""

from itertools import pairwise

import pytest

from custom_components.linky_offload.meter import Breaker as BreakerState
from custom_components.linky_offload.offload import (
    Arbiter,
    Cause,
    EventType,
    HourlyLoad,
    LoadView,
    OffloadMode,
    Profile,
    Reason,
    Settings,
)

from .common import LEAD_S, Bench, coordinator, plug, reading, steps

STRICT = Profile.STRICT


def silenced(*, habits: HourlyLoad | None = None, hour: int | None = None, count: int = 3) -> Bench:
    """Loads of 1 kVA each are cut at second 50; the load falls at 100, and at 101 the meter says no more."""
    loads = [plug(f"load {index}", 1000) for index in range(count)]
    bench = Bench(*loads, base=steps((0, 500), (50, 5900), (100, 500)), profile=STRICT, habits=habits, hour=hour)
    bench.at(99, lambda: setattr(bench, "muted", True))
    bench.at(110, lambda: bench.mute(muted=True))
    bench.run(120)
    assert len(bench.off()) == count
    return bench


# The meter is silent --------------------------------------------------------------------------------------------------


def test_nothing_returns_while_the_silence_is_short() -> None:
    bench = silenced().run(110 + 899)
    assert bench.returns() == []
    assert {bench.report(load_id).reason for load_id in bench.plugs} == {Reason.METER_SILENT}
    assert [event.type for event in bench.events][-1] is EventType.DEGRADED


def test_a_long_silence_returns_what_fits_beside_half_the_contract_one_by_one() -> None:
    """6 kVA, half of it for the house: three loads of 1 kVA fit."""
    bench = silenced().run(1500)
    returned = bench.returns()
    assert len(returned) == 3
    assert returned[0] == pytest.approx(110 + 900, abs=2)
    assert all(later - earlier >= 30 for earlier, later in pairwise(returned))


def test_a_fourth_does_not_fit_beside_half_the_contract() -> None:
    assert len(silenced(count=4).run(3000).returns()) == 3


@pytest.mark.parametrize(
    ("usual_va", "expected"),
    [
        pytest.param(4900.0, 1, id="a house that usually draws much at this hour"),
        pytest.param(900.0, 4, id="a house that usually draws little at this hour"),
    ],
)
def test_the_habits_of_the_hour_tell_how_much_fits(usual_va: float, expected: int) -> None:
    habits = HourlyLoad()
    for _ in range(2000):
        habits.note(18, usual_va)
    assert len(silenced(habits=habits, hour=18, count=4).run(3000).returns()) == expected


def test_a_load_that_is_on_keeps_its_power_reserved_in_silence() -> None:
    loads = [plug("on", 2500, on=False), plug("a", 1000)]
    bench = Bench(*loads, base=steps((0, 500), (50, 5900), (100, 500)), profile=STRICT)
    bench.at(99, lambda: bench.mute(muted=True))
    bench.at(105, lambda: bench.wish("on", on=True, by_hand=True))
    assert bench.run(2000).returns() == []


def test_in_silence_nothing_is_cut() -> None:
    bench = Bench(plug("a", 2000), base=steps((0, 1000), (50, 4500)))
    bench.at(90, lambda: bench.mute(muted=True))
    assert bench.run(1000).commands == []


@pytest.mark.parametrize(
    ("profile", "base_va", "off"),
    [
        pytest.param(Profile.METER, 3500, 0, id="by the meter, below the contract"),
        pytest.param(Profile.METER, 4500, 1, id="by the meter, above the contract: living there takes eyes"),
        pytest.param(Profile.CONTRACT, 4500, 0, id="above the contract, where the filter can hold it with a step more"),
        pytest.param(Profile.CONTRACT, 5600, 2, id="above what the filter could hold"),
    ],
)
def test_what_nobody_sees_must_not_open_the_meter(profile: Profile, base_va: float, off: int) -> None:
    """The meter falls silent; nothing returns before the silence has lasted for long, and what is cut stays few."""
    loads = [plug(name, 1000) for name in "ab"]
    bench = Bench(*loads, base=steps((0, 1000), (80, base_va)), profile=profile)
    bench.at(90, lambda: bench.mute(muted=True))
    bench.run(900)
    assert len(bench.off()) == off
    assert all(at == pytest.approx(90, abs=2) for at in bench.cuts())
    assert {reason for _, _, reason in bench.reasons()} <= {Reason.METER_SILENT}
    assert bench.trips == 0


def test_in_silence_a_load_that_starts_is_reckoned_with() -> None:
    tank = plug("tank", 2500, measured=True, asks=lambda now: now >= 200)
    bench = Bench(tank, plug("a", 1000), base=steps((0, 4000)), profile=Profile.METER)
    bench.at(90, lambda: bench.mute(muted=True))
    assert bench.run(180).commands == []
    bench.run(230)
    assert len(bench.off()) == 1
    assert bench.cuts()[0] == pytest.approx(200, abs=2)


def test_in_silence_an_order_that_is_not_obeyed_counts_for_nothing() -> None:
    deaf = plug("deaf", 2500, deaf=True)
    bench = Bench(deaf, plug("a", 2500), base=steps((0, 500), (80, 3000)), profile=Profile.METER)
    bench.at(90, lambda: bench.mute(muted=True))
    bench.run(150)
    assert bench.off() == ["a"]


def test_the_delay_above_the_contract_starts_anew_after_a_silence() -> None:
    """Nobody knows how long the overload lasted."""
    bench = Bench(plug("a", 2000, measured=True), base=steps((0, 1000), (50, 4500)))
    bench.at(90, lambda: bench.mute(muted=True))
    bench.at(100, lambda: bench.mute(muted=False))
    assert bench.run(400).cuts() == [pytest.approx(161 - LEAD_S, abs=2)]
    assert [event.at for event in bench.told(EventType.LIVE_AGAIN)] == [100]


def test_when_the_meter_speaks_again_it_counts_again() -> None:
    bench = silenced()
    bench.base = steps((0, 4000))
    bench.at(300, lambda: bench.mute(muted=False))
    bench.run(400)
    assert len(bench.returns()) == 1
    assert bench.returns()[0] == pytest.approx(301, abs=2)


def test_silence_is_told_once() -> None:
    bench = silenced()
    bench.mute(muted=True)
    assert len(bench.told(EventType.DEGRADED)) == 1


@pytest.mark.parametrize(
    "powers", [pytest.param((None,), id="no power"), pytest.param((500.0, None, 500.0), id="one phase is missing")]
)
def test_unknown_is_not_zero(powers: tuple[float | None, ...]) -> None:
    """A cut load stays off as long as a power is missing, and the figures are unknown."""
    bench = Bench(plug("a", 2000), base=steps((0, 1000), (50, 4500)), profile=STRICT).run(80)
    bench.muted = True
    for now in range(81, 200):
        bench.run(now)
        bench.take(bench.arbiter.observe(reading(now, powers), now))
    assert len(bench.commands) == 1
    report = bench.arbiter.report(bench.now)
    assert (report.headroom_va, report.load_percent, report.overload) == (None, None, None)


def test_a_stale_value_decides_nothing() -> None:
    """The source lives, but power groups no longer come."""
    load = plug("a", 2000)
    arbiter = Arbiter(
        Settings(profile=STRICT, start_grace_s=0),
        [coordinator(load)],
        mode=OffloadMode.AUTOMATIC,
        now=0.0,
        memory={},
    )
    arbiter.see_load(LoadView(load_id="a", available=True, on=True), Cause.FIRST, 0.0)
    assert arbiter.observe(reading(30.0, [9000.0], at=0.0), 30.0).commands == ()
    assert arbiter.observe(reading(31.0, [9000.0], at=31.0), 31.0).commands != ()


# The meter opens ------------------------------------------------------------------------------------------------------


def opened(*, tells: bool = True) -> Bench:
    """Two loads are cut at 51; from 60 to 90 the house draws far too much. The meter opens, and is closed at 400."""
    base = steps((0, 1000), (50, 5900), (60, 24000), (90, 1000))
    bench = Bench(*(plug(name, 1500) for name in "ab"), base=base, profile=STRICT, tells_breaker=tells)
    bench.at(400, bench.breaker.reclose)
    return bench


def test_after_closing_the_first_return_waits_until_the_house_is_awake() -> None:
    """The first sample after the dark shows the least: thermostats and plugs come back one by one."""
    bench = opened().run(600)
    closed_at = bench.told(EventType.METER_CLOSED)[0].at
    assert closed_at + 10 <= bench.returns()[0] <= closed_at + 15


@pytest.mark.parametrize("tells", [True, False], ids=["told by STGE", "guessed: a dead house right after a near trip"])
def test_an_opening_and_a_closing(tells: bool) -> None:
    """While it is open nothing returns; afterwards one load at a time, at least 30 s apart."""
    bench = opened(tells=tells).run(399)
    assert bench.trips == 1
    assert bench.returns() == []
    assert bench.report("a").reason is Reason.METER_OPEN
    bench.run(700)
    kinds = (EventType.METER_OPENED, EventType.METER_CLOSED)
    assert [event.type for event in bench.told(*kinds)] == list(kinds)
    first, second = bench.returns()
    assert first >= 400
    assert second - first >= 30


def test_a_quiet_house_is_not_an_open_meter() -> None:
    """Historic mode: 0 VA alone means nothing, solar panels make it every day."""
    bench = Bench(plug("a", 2000, on=False), base=steps((0, 3000), (50, 0)), tells_breaker=False).run(200)
    assert bench.told(EventType.METER_OPENED) == []


@pytest.mark.parametrize("state", [BreakerState.LOAD_SHEDDING, BreakerState.REMOTE_ORDER, BreakerState.OVERHEAT])
def test_any_opening_counts(state: BreakerState) -> None:
    bench = Bench(plug("a", 2000))
    bench.take(bench.arbiter.observe(reading(0.5, [0.0], breaker=state), 0.5))
    assert [event.type for event in bench.events] == [EventType.METER_OPENED]


def test_an_undefined_state_is_no_opening() -> None:
    bench = Bench(plug("a", 2000))
    bench.take(bench.arbiter.observe(reading(0.5, [500.0], breaker=BreakerState.UNDEFINED), 0.5))
    assert bench.events == []


def test_what_is_overdue_waits_for_the_meter_too() -> None:
    """Taken out of service just before the opening: a dark house is given nothing, and then one load at a time."""
    bench = opened()
    bench.at(59, lambda: bench.take(bench.arbiter.set_mode(OffloadMode.OFF, 59.0)))
    bench.settings = Settings(profile=STRICT, start_grace_s=0, release_within_s=120)
    bench.at(58, lambda: bench.take(bench.arbiter.configure(bench.settings, bench.coordinators, 58.0)))
    bench.run(700)
    first, second = bench.returns()
    assert first >= 400
    assert second - first >= 30


def test_a_clean_stop_while_the_meter_is_open_returns_nothing() -> None:
    bench = opened().run(200)
    assert bench.arbiter.shutdown(bench.now).commands == ()


def test_a_dark_house_is_asked_for_nothing() -> None:
    bench = opened().run(399)
    assert [at for at, _ in bench.commands if at > 80] == []
