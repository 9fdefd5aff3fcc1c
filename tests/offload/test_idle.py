"""Loads that are on and draw nothing: how soon they start, contactors, and plugs that say they are off."""

from functools import partial
import math

from hypothesis import given, strategies as st
import pytest

from custom_components.linky_offload.offload import Cause, EventType, LoadStatus, Profile, Reason
from custom_components.linky_offload.offload.usage import SOON_S, Usage, likely_va

from .common import Bench, plug, reading, steps


@pytest.mark.parametrize(
    ("starts", "expected"),
    [
        pytest.param([], 0, id="nothing is armed"),
        pytest.param([(2000, 0.05)], 0, id="one that hardly ever starts"),
        pytest.param([(2000, 0.5)], 2000, id="one that starts often"),
        pytest.param([(1000, 0.3), (1000, 0.3)], 1000, id="two that rarely start together"),
        pytest.param([(1000, 0.9), (1000, 0.9)], 2000, id="two that mostly do"),
    ],
)
def test_what_armed_loads_may_draw_has_a_90th_percentile(starts: list[tuple[float, float]], expected: float) -> None:
    assert likely_va(starts) == expected


@given(st.lists(st.tuples(st.floats(50, 3000), st.floats(0, 1)), min_size=9, max_size=40))
def test_of_many_it_is_between_nothing_and_all(starts: list[tuple[float, float]]) -> None:
    total = sum(va for va, _ in starts)
    assert 0 <= likely_va(starts) <= total + 1.3 * max(va for va, _ in starts) * len(starts) ** 0.5


def test_how_soon_an_idle_load_starts_is_learned() -> None:
    usage = Usage()
    for cycle in range(10):
        usage.see(True, None, 50.0 * cycle)
        usage.see(False, None, 50.0 * cycle + SOON_S)
    soon = usage.starts_soon(500.0)
    assert soon == pytest.approx(1 - math.exp(-1), abs=0.05)
    assert Usage().starts_soon(500.0) is None
    assert Usage.load(usage.dump()).starts_soon(500.0) == soon


def test_the_longer_a_load_stays_idle_the_less_soon_its_start_is() -> None:
    usage = Usage()
    for cycle in range(10):
        usage.see(False, None, 50.0 * cycle)
        usage.see(True, None, 50.0 * cycle + SOON_S)
    at_once, hours_later = usage.starts_soon(460.0), usage.starts_soon(20_000.0)
    assert at_once is not None
    assert hours_later is not None
    assert hours_later < 0.01 < at_once


def test_the_late_word_of_a_sensor_after_a_return_is_no_start_out_of_idleness() -> None:
    usage = Usage()
    for cycle in range(10):
        back = 1000.0 * cycle
        usage.see(True, None, back, told_at=back + 60)  # the plug says "on", its sensor still 0
        usage.see(False, None, back + 3, told_at=back + 60)
        usage.see(None, None, back + 500)
    assert usage.starts == 0
    usage.see(True, None, 20_000.0, told_at=20_060.0)
    usage.see(False, None, 20_360.0, told_at=20_060.0)
    assert (usage.starts, usage.idle_s) == (1, 300.0)


def test_room_is_kept_for_a_load_that_starts_again_and_again() -> None:
    """An oven heats 30 s of 60: between two pulses there seems to be room for the heater, and there is none."""
    oven = plug("oven", 2500, measured=True, asks=lambda now: now % 60 < 30)
    heater = plug("heater", 2000)
    bench = Bench(heater, oven, base=steps((0, 500), (600, 2000)), profile=Profile.STRICT).run(3000)
    assert len(bench.cuts("heater")) == 1
    assert bench.told(EventType.RELAPSE) == []


def test_loads_started_together_are_turned_away_only_as_far_as_room_lacks() -> None:
    loads = [plug(name, 1000, on=False) for name in "abc"]
    bench = Bench(*loads, base=steps((0, 4500)), profile=Profile.STRICT)
    for name in "abc":
        bench.at(50, partial(bench.switch, name, on=True, cause=Cause.ORDER))
    bench.run(70)
    assert len(bench.off()) == 2
    assert bench.run(600).trips == 0


# Contactor, and plugs that say they are off ---------------------------------------------------------------------------


def test_a_load_behind_a_contactor_is_learned() -> None:
    usage = Usage()
    hour = 3600.0
    for day in range(2):
        usage.see(False, True, day * 24 * hour)
        usage.see(True, True, day * 24 * hour + 4 * hour)
        usage.see(True, False, day * 24 * hour + 8 * hour)
    usage.see(True, False, 40 * hour)
    assert usage.contactor
    usage.see(False, False, 41 * hour)
    usage.see(False, False, 42 * hour)
    assert not usage.contactor


@pytest.mark.parametrize(
    ("off_peak", "reason"),
    [
        pytest.param(False, Reason.CONTACTOR, id="outside off-peak hours it waits for them"),
        pytest.param(True, Reason.IDLE, id="inside it is merely idle"),
        pytest.param(None, Reason.IDLE, id="where nobody knows the hours"),
    ],
)
def test_a_dead_load_is_told_as_what_it_is(off_peak: bool | None, reason: Reason) -> None:
    bench = Bench(plug("tank", 0, measured=True, contactor=True)).run(10)
    bench.take(bench.arbiter.observe(reading(10.5, [500]), 10.5, off_peak=off_peak))
    assert bench.report("tank").reason is reason


@pytest.mark.parametrize(
    ("off_peak", "suspect"), [(False, False), (True, True)], ids=["outside off-peak hours", "in off-peak hours"]
)
def test_a_plug_without_power_is_not_disobedient(off_peak: bool, *, suspect: bool) -> None:
    arbiter = Bench(plug("tank", 2000, contactor=True)).run(10).arbiter
    told: list[EventType] = []
    arbiter.offload("tank", 10.0)
    for second in range(11, 40):
        decision = arbiter.observe(reading(float(second), [2500]), float(second), off_peak=off_peak)
        told += [event.type for event in decision.events]
    assert (EventType.SUSPECT in told) is suspect


@pytest.mark.parametrize(("lies", "suspect"), [(True, True), (False, False)], ids=["it still draws", "it does not"])
def test_a_plug_that_says_off_and_draws_is_suspect(*, lies: bool, suspect: bool) -> None:
    liar, honest = plug("liar", 2000, measured=True), plug("honest", 1500)
    liar.lies = lies
    bench = Bench(liar, honest, base=steps((0, 500), (50, 3000)), profile=Profile.STRICT).run(80)
    assert bench.report("liar").status is LoadStatus.OFFLOADED
    bench.run(125)
    assert (bench.report("liar").status is LoadStatus.SUSPECT) is suspect
    assert len(bench.told(EventType.SUSPECT)) == int(suspect)
    assert bench.off() == (["liar", "honest"] if lies else ["liar"])
