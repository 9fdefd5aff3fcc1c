"""What happened lately is lived through again before a load returns, and what is known between two samples counts."""

from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.linky_offload.meter.trip import (
    TRIP_RATIO,
    lasting_ratio,
    seconds_to_trip,
    step,
    sustainable_ratio,
)
from custom_components.linky_offload.offload import Arbiter, Cause, EventType, LoadView, OffloadMode, Profile, Settings
from custom_components.linky_offload.offload.guard import GUARD_RATIO, Filter
from custom_components.linky_offload.offload.recent import REMEMBERED_S, REPLAYED_S, Recent

from .common import Bench, coordinator, plug, reading, steps

SHARE_VA = 6000.0
HORIZON_S = 7.5


def lately(*powers_va: float, cadence_s: float = 1.5) -> Recent:
    """Powers of 20 s each, over and over until the memory is full."""
    recent, now = Recent(), 0.0
    while now <= REMEMBERED_S:
        recent.note(powers_va[int(now / 20) % len(powers_va)], now)
        now += cadence_s
    return recent


def bears(recent: Recent, extra_va: float, *, y: float = 0.5, step_va: float = 0.0, rare: bool = False) -> bool:
    meter = Filter(SHARE_VA, y, GUARD_RATIO, GUARD_RATIO, GUARD_RATIO)
    return recent.bears(meter, extra_va, step_va, HORIZON_S, rare=rare)


# Living through it again ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("recent", "extra_va", "y", "borne"),
    [
        pytest.param(lately(2000), 5000, 0.5, True, id="quiet minutes"),
        pytest.param(lately(2000), 7000, 0.5, False, id="a load that would open the meter within them"),
        pytest.param(lately(2000), 5800, 1.5, False, id="less, into a hot filter"),
        pytest.param(lately(4000, 8000), 500, 0.5, True, id="pulses that leave room"),
        pytest.param(lately(4000, 8000), 3000, 0.5, False, id="the pulses will come again"),
        pytest.param(lately(4000, 8000, cadence_s=10.0), 3000, 0.5, False, id="one sample in ten seconds"),
        pytest.param(Recent(), 9000, 0.5, True, id="nothing is known"),
    ],
)
def test_a_return_is_tried_on_the_last_minutes(recent: Recent, extra_va: float, y: float, *, borne: bool) -> None:
    assert bears(recent, extra_va, y=y) is borne


def test_a_step_to_be_ready_for_takes_room_too() -> None:
    assert bears(lately(2000), 5000, y=1.4)
    assert not bears(lately(2000), 5000, y=1.4, step_va=9000)


def test_minutes_long_gone_are_forgotten() -> None:
    recent = lately(9000)
    assert not bears(recent, 0)
    for second in range(int(REMEMBERED_S)):
        recent.note(1000, REMEMBERED_S + 2 + second)
    assert bears(recent, 5000)


@given(va=st.floats(100, 3000), powers=st.lists(st.floats(3000, 9000), min_size=1, max_size=9), y=st.floats(0, 1.6))
def test_a_cut_is_reckoned_as_if_it_had_always_been(va: float, powers: list[float], y: float) -> None:
    cut, without = lately(*powers), lately(*(power - va for power in powers))
    cut.shift(-va)
    for extra_va in (0.0, 1000.0, 3000.0):
        # On the very edge the sums may round to either side.
        near = {bears(without, extra_va + moved, y=y) for moved in (-0.01, 0.01)}
        assert bears(cut, extra_va, y=y) in near


@pytest.mark.parametrize(
    ("powers", "extra_va"),
    [
        pytest.param([9000.0] * 8 + [2000.0] * 22, 2000, id="what was before the last two minutes"),
        pytest.param([2000.0] * 30, 6500, id="what they bear once"),
    ],
)
def test_behind_rare_samples_all_that_is_remembered_must_be_borne_twice(powers: list[float], extra_va: float) -> None:
    recent = Recent()
    for place, va in enumerate([2000.0, *powers]):
        recent.note(va, place * REMEMBERED_S / len(powers))
    assert bears(recent, extra_va)
    assert not bears(recent, extra_va, rare=True)


@pytest.mark.parametrize(
    ("heats_s", "comes_back"),
    [
        pytest.param(25, True, id="pulses that it can bear for as long as is tried"),
        pytest.param(32, False, id="pulses that would send it off at once"),
    ],
)
def test_between_two_pulses_of_an_oven_only_what_can_stay_returns(heats_s: int, *, comes_back: bool) -> None:
    """A heater that came back between two pulses and went at the second would only wear its switch."""
    pulses = [(at, va) for start in range(60, 1500, 60) for at, va in ((start, 6800.0), (start + heats_s, 3900.0))]
    bench = Bench(plug("a", 2600), base=steps((0, 3900.0), *pulses), profile=Profile.METER)
    bench.run(1500)
    assert bool(bench.returns()) is comes_back
    stays = [cut - back for back, cut in zip(bench.returns(), bench.cuts()[1:], strict=False)]
    assert all(stay >= REPLAYED_S for stay in stays)
    bench.base = steps((0, 3900.0))
    bench.run(3 * 1500)
    assert bench.off() == []


# A load that does not last for ever -----------------------------------------------------------------------------------


@given(y=st.floats(0, GUARD_RATIO**2), jump=st.floats(0, 0.8), horizon=st.floats(1, 60), lasting=st.floats(1, 1200))
def test_after_it_has_lasted_a_step_leaves_the_horizon(y: float, jump: float, horizon: float, lasting: float) -> None:
    ratio = lasting_ratio(y, jump, horizon, lasting, GUARD_RATIO)
    after = step(y, ratio, lasting)
    if ratio > 0 and after < GUARD_RATIO**2:
        left = seconds_to_trip(after, ratio + jump, GUARD_RATIO)
        assert left == pytest.approx(horizon, rel=1e-3, abs=1e-3) or ratio + jump <= GUARD_RATIO + 1e-6


def test_what_lasts_for_ever_is_sustained() -> None:
    assert lasting_ratio(0.7, 0.4, 8.0, 1e6, TRIP_RATIO) == pytest.approx(sustainable_ratio(0.4, 8.0, TRIP_RATIO))


# Between two samples --------------------------------------------------------------------------------------------------


def test_where_samples_are_rare_a_confirmed_cut_is_believed() -> None:
    """One load is enough; until the next sample the filter is followed without it, and nothing more is asked for."""
    loads = [plug("a", 4500), plug("b", 3000)]
    bench = Bench(*loads, base=steps((0, -5000), (100, 2300)), cadence_s=60.0, profile=Profile.METER)
    bench.run(180)
    assert bench.off() == ["a"]


def test_where_samples_are_rare_a_start_that_a_load_tells_of_is_answered_at_once() -> None:
    """The meter tells at 241 s and again at 301 s; a thermostat comes on at 260 s, for which there is no reserve."""
    loads = [plug("a", 2000, measured=True), plug("b", 2000, measured=True, asks=lambda now: now >= 260)]
    bench = Bench(*loads, base=steps((0, 3900.0)), cadence_s=60.0, profile=Profile.METER)
    bench.run(259)
    assert bench.off() == []
    bench.run(263)
    assert bench.off() == ["a"]


@pytest.mark.parametrize(
    ("asks", "raw_after", "counted"),
    [
        pytest.param(((10, 2000.0),), None, 2000.0, id="a start since the last sample"),
        pytest.param(((10, 2000.0), (20, 0.0)), None, 0.0, id="one that is over again"),
        pytest.param(((10, 0.0),), None, 0.0, id="an end: a late word may be of what the sample knew"),
        pytest.param(((10, 2000.0),), (60.0, 5000.0), 0.0, id="until a sample knows of it"),
        pytest.param(((59, 2000.0),), (60.0, 3000.0), 2000.0, id="which one of the same moment may not"),
        pytest.param(((59, 2000.0),), (60.0, 5000.0), 0.0, id="or does"),
    ],
)
@pytest.mark.parametrize("cadence_s", [pytest.param(1.5, id="a fast meter"), pytest.param(60.0, id="a slow one")])
def test_what_starts_between_two_samples_is_counted_until_one_shows_it(
    asks: tuple[tuple[int, float], ...], raw_after: tuple[float, float] | None, counted: float, cadence_s: float
) -> None:
    arbiter = Arbiter(
        Settings(start_grace_s=0),
        [coordinator(plug("a", 2000, measured=True))],
        mode=OffloadMode.AUTOMATIC,
        now=-600.0,
        memory={},
    )
    before = 0.0 if asks[0][1] else 2000.0
    for now, power_va, cause in ((-600.0, before, Cause.FIRST), (-1.0, before, Cause.MEASURE)):
        arbiter.see_load(LoadView(load_id="a", available=True, on=True, power_va=power_va), cause, now)
    arbiter.observe(reading(0.0, [3000.0], cadence_s=cadence_s), 0.0)
    for at, power_va in asks:
        arbiter.see_load(LoadView(load_id="a", available=True, on=True, power_va=power_va), Cause.MEASURE, float(at))
    raw, now = 3000.0, float(asks[-1][0])
    if raw_after is not None:
        now, raw = raw_after
        arbiter.observe(reading(now, [raw], cadence_s=cadence_s), now)
    desk = arbiter._desk
    loads = desk.house.loads(
        desk.settings, desk.flights, min(now, 9.0) if cadence_s < 60 and raw_after is None else now
    )
    expected = counted if cadence_s == 60.0 else 0.0
    assert [load.power_va for load in loads] == ([raw + expected] if loads else [])


@pytest.mark.parametrize("profile", list(Profile))
def test_where_samples_are_rare_nothing_returns_into_the_pause_of_a_hob(profile: Profile) -> None:
    """Half of the samples fall into its pauses: there the house seems to have room for all."""
    turns = [(at, va) for start in range(200, 2000, 120) for at, va in ((start, 6500.0), (start + 60, 2500.0))]
    bench = Bench(plug("a", 3000, measured=True), base=steps((0, 2500.0), *turns), cadence_s=60.0, profile=profile).run(
        2000
    )
    assert bench.off() == ["a"]
    assert bench.returns() == []
    bench.base = steps((0, 2500.0))
    bench.run(2000 + 3 * REMEMBERED_S)
    assert bench.off() == []


@pytest.mark.parametrize(
    ("options", "together"),
    [
        pytest.param({"measured": True}, True, id="measured: its power is known"),
        pytest.param({}, False, id="declared: the meter must show it"),
    ],
)
def test_where_samples_are_rare_a_return_of_known_power_keeps_none_waiting(
    options: dict[str, bool], *, together: bool
) -> None:
    loads = [plug(name, 2000, minimum_off_s=900.0, **options) for name in ("a", "b")]
    bench = Bench(*loads, base=steps((0, 500.0), (100, 5600.0), (500, 500.0)), cadence_s=60.0).run(1500)
    first, second = sorted(bench.returns())
    assert (second - first < 30) is together


@pytest.mark.parametrize(
    ("options", "shed_va"),
    [
        pytest.param({"measured": True}, {1: 4500.0}, id="measured"),
        pytest.param({}, {}, id="only declared"),
        pytest.param({"declared": None}, {}, id="unknown"),
    ],
)
def test_the_filter_is_told_of_a_confirmed_cut_whose_power_was_measured(
    options: dict[str, Any], shed_va: dict[int, float]
) -> None:
    one = plug("a", 4500, **options)
    arbiter = Arbiter(Settings(start_grace_s=0), [coordinator(one)], mode=OffloadMode.AUTOMATIC, now=0.0, memory={})
    power_va = 4500.0 if one.measured else None
    arbiter.see_load(LoadView(load_id="a", available=True, on=True, power_va=power_va), Cause.FIRST, 0.0)
    ordered = arbiter.observe(reading(60.0, [9500.0], cadence_s=60.0), 60.0)
    assert [command.load_id for command in ordered.commands] == ["a"]
    off = LoadView(load_id="a", available=True, on=False, power_va=power_va)
    assert arbiter.see_load(off, Cause.OURS, 61.0).shed_va == shed_va
    assert arbiter.see_load(off, Cause.MEASURE, 62.0).shed_va == {}


@pytest.mark.parametrize(
    ("told_s", "expected"),
    [
        pytest.param(None, 60.0, id="the longest time seen, until the pace is known"),
        pytest.param(1.5, 1.5, id="then the pace"),
    ],
)
def test_the_pace_of_a_slow_meter_is_seen_at_its_second_sample(told_s: float | None, expected: float) -> None:
    arbiter = Arbiter(
        Settings(start_grace_s=0), [coordinator(plug("a", 2000))], mode=OffloadMode.AUTOMATIC, now=0.0, memory={}
    )
    arbiter.see_load(LoadView(load_id="a", available=True, on=True), Cause.FIRST, 0.0)
    for now in (0.0, 60.0):
        arbiter.observe(reading(now, [3000.0], cadence_s=told_s), now)
    assert arbiter._desk.house.cadence_s == expected  # nothing outside the guards shows it


def test_what_is_cut_long_after_a_return_has_not_relapsed() -> None:
    """By the meter the house may be above its contract for minutes: only an early cut makes the return a mistake."""
    loads = [plug("a", 2000, measured=True, minimum_off_s=60), plug("b", 2000, measured=True, minimum_off_s=60)]
    base = steps((0, 2500), (100, 5500), (300, 2600), (800, 5500), (1100, 2600))
    bench = Bench(*loads, base=base, profile=Profile.METER).run(1000)
    assert len(bench.cuts()) >= 2
    assert bench.told(EventType.RELAPSE) == []
