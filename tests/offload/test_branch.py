"""The breaker beside the meter: its heat, its two guards, its margin (tic.md §9.5, design §6.1)."""

import math

from hypothesis import given, strategies as st
import pytest

from custom_components.linky_offload.offload import Action, Profile, Reason, Settings
from custom_components.linky_offload.offload.branch import BRANCH_RATIO, PACE, BranchFilter, branch_margin
from custom_components.linky_offload.offload.guard import Filter, PhaseLoad, ceiling_va, need_of

from .common import Bench, plug, steps

RATED_VA = 30 * 230.0


def heated(ratio: float, seconds: float, *, start: float = 0.0) -> float:
    """State in (I/Ir)² after a steady load, from the state that ``start`` leaves."""
    one = BranchFilter()
    one.observe(start * RATED_VA, 0.0)
    one.observe(ratio * RATED_VA, 0.0)
    for second in range(1, int(seconds) + 1):
        one.observe(ratio * RATED_VA, float(second))
    state = one.y_at(seconds, RATED_VA)
    assert state is not None
    return state


@pytest.mark.parametrize(
    ("ratio", "seconds"),
    [pytest.param(1.4, 58, id="1.4 Ir: about a minute"), pytest.param(2.5, 13, id="2.5 Ir: 13 s")],
)
def test_from_cold_it_opens_as_the_typical_breaker_does(ratio: float, seconds: int) -> None:
    assert heated(ratio, seconds - 1) < BRANCH_RATIO**2 <= heated(ratio, seconds + 1)


@given(ratio=st.floats(1.12, 4), start=st.floats(0, 1.05))
def test_the_meter_s_functions_at_its_pace_tell_when_it_opens(ratio: float, start: float) -> None:
    """Two ways to the same second: stepping the filter, and the closed form of the guards."""
    one = BranchFilter()
    one.observe(start * RATED_VA, 0.0)
    y = one.y_at(0.0, RATED_VA) or 0.0
    due = 60 * math.log((ratio**2 - y) / (ratio**2 - BRANCH_RATIO**2))
    limit = Filter(RATED_VA, y, BRANCH_RATIO, 1.0, BRANCH_RATIO, PACE)
    assert limit.trips_within(ratio * RATED_VA, due + 0.01)
    assert not limit.trips_within(ratio * RATED_VA, due - 0.01)


def test_at_1_1_ir_it_never_opens() -> None:
    assert heated(1.1, 3600) <= BRANCH_RATIO**2
    assert not Filter(RATED_VA, 1.2, BRANCH_RATIO, 1.0, BRANCH_RATIO, PACE).trips_within(1.1 * RATED_VA, 1e6)


def test_over_a_silence_the_higher_load_is_assumed() -> None:
    one, steady = BranchFilter(), BranchFilter()
    one.observe(1000, 0.0)
    one.observe(6000, 100.0)
    steady.observe(1000, 0.0)
    steady.observe(6000, 0.0)
    steady.observe(6000, 100.0)
    assert one.y_at(100.0, RATED_VA) == pytest.approx(steady.y_at(100.0, RATED_VA))


def test_nothing_is_known_before_the_first_sample() -> None:
    assert BranchFilter().y_at(0.0, RATED_VA) is None


@pytest.mark.parametrize(("y", "margin"), [(0.0, 1.0), (0.605, 0.5), (1.21, 0.0), (2.0, 0.0)])
def test_the_margin_goes_from_cold_to_due(y: float, margin: float) -> None:
    assert branch_margin(y) == pytest.approx(margin)


def phase(power_va: float, *, y: float | None) -> PhaseLoad:
    """A 12 kVA phase with a 30 A breaker."""
    return PhaseLoad(
        phase=1,
        power_va=power_va,
        raw_va=power_va,
        trip_y=0.1,
        share_va=12000,
        threshold_va=12000,
        step_va=2000,
        over_since=None,
        branch_va=None if y is None else RATED_VA,
        branch_y=y,
    )


@pytest.mark.parametrize(
    ("load", "reason", "aim_va"),
    [
        pytest.param(phase(10500, y=None), None, None, id="without a breaker, below the contract: nothing"),
        pytest.param(phase(6000, y=0.6), None, None, id="well below its setting: nothing"),
        pytest.param(phase(10500, y=1.1), Reason.PREDICTED_TRIP, RATED_VA, id="about to open: down to its setting"),
        pytest.param(phase(7400, y=1.15), Reason.RESERVE, None, id="hot: the next appliance would open it"),
    ],
)
def test_it_guards_in_every_profile(load: PhaseLoad, reason: Reason | None, aim_va: float | None) -> None:
    for profile in Profile:
        need = need_of(load, Settings(profile=profile), 7.5, 100.0)
        assert (need.reason if need else None) is reason
        if aim_va is not None:
            assert need is not None
            assert need.urgent
            assert load.power_va - need.va == pytest.approx(aim_va)


@given(y=st.floats(0, 1.5), profile=st.sampled_from(Profile))
def test_the_house_is_never_refilled_into_a_need(y: float, profile: Profile) -> None:
    settings = Settings(profile=profile)
    full = ceiling_va(phase(0, y=y), settings, 7.5)
    assert need_of(phase(max(0.0, full - 1), y=y), settings, 7.5, 100.0) is None


def test_a_house_with_a_small_breaker_stays_under_it() -> None:
    """9 kVA by contract, a breaker of 30 A: the meter would let 1.5 Ir pass for ever."""
    loads = [plug(name, 2000) for name in "ab"]
    bench = Bench(
        *loads,
        base=steps((0, 2000), (50, 6500)),
        contract_va=9000,
        profile=Profile.METER,
        branch_breaker_a=30.0,
    )
    worst = 1.0
    for second in range(1, 900):
        bench.run(float(second))
        margin = bench.arbiter.report(bench.now).branch_margin
        worst = min(worst, 1.0 if margin is None else margin)
    assert worst > 0
    assert {action for _, action, _ in bench.reasons()} == {Action.OFFLOAD}
    assert bench.trips == 0


def test_without_its_setting_no_margin_is_told() -> None:
    assert Bench(plug("a", 100)).run(10).arbiter.report(10).branch_margin is None
