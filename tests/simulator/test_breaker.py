"""When the meter opens: the published filter, second by second."""

from typing import Any

from hypothesis import given, strategies as st
import pytest

from simulator.breaker import Breaker, Cause

PCOUP_VA = 6000.0
NEVER = None
# Seconds to the opening at a steady multiple of the cut-off power, by the multiple that was steady before.
BEFORE = (0.0, 0.5, 0.8, 1.0, 1.2)
SECONDS: dict[float, tuple[int | None, ...]] = {
    1.0: (NEVER,) * 5,
    1.1: (NEVER,) * 5,
    1.2: (NEVER,) * 5,
    1.29: (NEVER,) * 5,
    1.31: (522, 502, 464, 413, 294),
    1.35: (327, 308, 273, 228, 132),
    1.4: (247, 230, 198, 158, 82),
    1.45: (203, 188, 158, 123, 59),
    1.5: (174, 159, 132, 100, 46),
    1.6: (135, 122, 99, 73, 32),
    1.7: (110, 99, 79, 57, 24),
    1.8: (92, 82, 65, 46, 19),
    2.0: (69, 61, 47, 33, 13),
    2.5: (40, 35, 26, 18, 7),
    3.0: (26, 23, 17, 12, 5),
    4.0: (14, 12, 9, 6, 3),
    5.0: (9, 8, 6, 4, 2),
    10.0: (3, 2, 2, 1, 1),
}
CELLS = [
    pytest.param(before, ratio, seconds, id=f"{ratio:g} after {before:g}")
    for ratio, row in SECONDS.items()
    for before, seconds in zip(BEFORE, row, strict=True)
]


def seconds_to_open(breaker: Breaker, powers: list[float], limit_s: int = 3600) -> int | None:
    for second in range(1, limit_s + 1):
        if breaker.step(powers):
            return second
    return None


@pytest.mark.parametrize(("before", "ratio", "expected"), CELLS)
def test_time_to_the_opening(before: float, ratio: float, expected: int | None) -> None:
    breaker = Breaker(cutoff_va=PCOUP_VA)
    breaker.settle([before * PCOUP_VA])
    seconds = seconds_to_open(breaker, [ratio * PCOUP_VA])
    assert seconds == (None if expected is None else pytest.approx(expected, abs=1))


def test_three_phases_are_watched_apart_and_open_together() -> None:
    breaker = Breaker(cutoff_va=12000, phases=3)
    assert seconds_to_open(breaker, [500, 8000, 4500]) == pytest.approx(69, abs=1)
    assert breaker.trips[0].phase == 2
    assert breaker.is_open
    assert breaker.cause is Cause.OVERPOWER


def test_a_balanced_load_counts_a_third_a_phase() -> None:
    assert seconds_to_open(Breaker(cutoff_va=12000, phases=3), [5100, 5100, 5100]) is None


def test_an_open_breaker_stays_open_and_its_filter_decays_until_it_is_closed_by_hand() -> None:
    breaker = Breaker(cutoff_va=PCOUP_VA)
    seconds_to_open(breaker, [2 * PCOUP_VA])
    at_trip_va = breaker.filters[0].va
    assert seconds_to_open(breaker, [2 * PCOUP_VA], 65) is None
    assert at_trip_va == pytest.approx(1.3 * PCOUP_VA, rel=0.01)
    assert breaker.filters[0].va == pytest.approx(PCOUP_VA, rel=0.01)
    breaker.reclose()
    assert breaker.cause is Cause.CLOSED
    assert seconds_to_open(breaker, [2 * PCOUP_VA]) == pytest.approx(33, abs=2)
    assert [trip.phase for trip in breaker.trips] == [1, 1]
    assert breaker.trips[1].elapsed_s > breaker.trips[0].elapsed_s + 65


def test_another_cause_of_opening_is_no_trip() -> None:
    breaker = Breaker(cutoff_va=PCOUP_VA)
    breaker.open_by(Cause.OVERVOLTAGE)
    assert breaker.step([3 * PCOUP_VA]) is None
    assert (breaker.is_open, breaker.trips) == (True, [])


def test_a_new_cutoff_power_moves_the_limit() -> None:
    breaker = Breaker(cutoff_va=PCOUP_VA)
    breaker.settle([PCOUP_VA])
    breaker.set_cutoff(3000)
    assert breaker.step([PCOUP_VA]) is not None


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({"limit_ratio": 1.27}, 160, id="a lower limit opens earlier"),
        pytest.param({"b": 0.008 * 1.2}, 145, id="a quicker filter opens earlier"),
        pytest.param({"b": 0.008 * 0.8}, 218, id="a slower filter opens later"),
        pytest.param({"share_error": -0.05}, 143, id="a reference too small opens earlier"),
    ],
)
def test_meters_that_differ_from_the_published_one(options: dict[str, Any], expected: int) -> None:
    seconds = seconds_to_open(Breaker(cutoff_va=PCOUP_VA, **options), [1.5 * PCOUP_VA])
    assert seconds == pytest.approx(expected, abs=4)


def test_the_margin_runs_from_cold_to_the_opening() -> None:
    breaker = Breaker(cutoff_va=PCOUP_VA)
    assert breaker.margins() == (1.0,)
    breaker.settle([PCOUP_VA])
    assert breaker.margins()[0] == pytest.approx(1 - 1 / 1.69)
    seconds_to_open(breaker, [2 * PCOUP_VA])
    assert breaker.margins() == (0.0,)


@given(st.lists(st.floats(0, 1.2999), min_size=1, max_size=300), st.sampled_from([1, 3]))
def test_below_1_3_times_the_cutoff_power_it_never_opens(ratios: list[float], phases: int) -> None:
    breaker = Breaker(cutoff_va=9000, phases=phases)
    for ratio in ratios:
        assert breaker.step([ratio * 9000 / phases] * phases) is None


@given(st.lists(st.floats(0, 12), min_size=1, max_size=200))
def test_the_filter_lies_between_the_extremes_of_what_it_saw(ratios: list[float]) -> None:
    breaker = Breaker(cutoff_va=1000)
    for ratio in ratios:
        if breaker.step([1000 * ratio]):
            break
        assert 0 <= breaker.filters[0].va <= 1000 * max(ratios) + 1e-6
