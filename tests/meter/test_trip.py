"""The trip model against the meter's own rule (54E §7, tic.md §9)."""

import math

from hypothesis import assume, example, given, strategies as st
import pytest

from custom_components.linky_offload.meter import (
    TRIP_RATIO,
    B,
    TripFilter,
    highest_ratio,
    margin,
    seconds_to_trip,
    step,
    sustainable_ratio,
)
from simulator.breaker import PowerFilter

LIMIT = TRIP_RATIO**2
INFINITE = math.inf

STARTS = (0.0, 0.5, 0.8, 1.0, 1.2)
TIMES = {
    1.30: (INFINITE,) * 5,
    1.31: (522, 502, 464, 413, 294),
    1.35: (327, 308, 273, 228, 132),
    1.40: (247, 230, 198, 158, 82),
    1.45: (203, 188, 158, 123, 59),
    1.50: (174, 159, 132, 100, 46),
    1.60: (135, 122, 99, 73, 32),
    1.70: (110, 99, 79, 57, 24),
    1.80: (92, 82, 65, 46, 19),
    2.00: (69, 61, 47, 33, 13),
    2.50: (40, 35, 26, 18, 7),
    3.00: (26, 23, 17, 12, 5),
    4.00: (14, 12, 9, 6, 3),
    5.00: (9, 8, 6, 4, 2),
    10.0: (3, 2, 2, 1, 1),
}
CELLS = [
    pytest.param(ratio, start, seconds, id=f"{ratio}×P after {start}×P")
    for ratio, row in TIMES.items()
    for start, seconds in zip(STARTS, row, strict=True)
]

ratios = st.floats(0, 12)
states = st.floats(0, LIMIT - 1e-6)
horizons = st.floats(0.5, 3600)


@pytest.mark.parametrize(("ratio", "start", "seconds"), CELLS)
def test_time_to_trip_agrees_with_the_table_of_the_meter(ratio: float, start: float, seconds: float) -> None:
    assert seconds_to_trip(start**2, ratio) == pytest.approx(seconds, abs=1)


@pytest.mark.parametrize(("ratio", "start", "seconds"), CELLS)
def test_the_filter_stepped_each_second_trips_when_the_table_says(ratio: float, start: float, seconds: float) -> None:
    y, elapsed = start**2, 0
    while y < LIMIT and elapsed < 3000:
        y = B * ratio**2 + (1 - B) * y
        elapsed += 1
    assert (elapsed if y >= LIMIT else INFINITE) == pytest.approx(seconds, abs=1)


@pytest.mark.parametrize(
    ("load", "seconds"),
    [
        pytest.param(0.0, 65, id="no load"),
        pytest.param(0.5, 81, id="half the contract"),
        pytest.param(0.8, 133, id="most of the contract"),
    ],
)
def test_the_filter_falls_back_to_the_contract_once_the_load_is_gone(load: float, seconds: float) -> None:
    assert step(LIMIT, load, seconds) == pytest.approx(1.0, abs=0.01)


def test_a_filter_at_its_limit_trips_now_whatever_the_load() -> None:
    assert seconds_to_trip(LIMIT, 0.0) == 0


def test_another_limit_may_be_asked_for() -> None:
    assert seconds_to_trip(0, 1.28) == INFINITE
    assert seconds_to_trip(0, 1.28, limit=1.25) < INFINITE


@pytest.mark.parametrize(("y", "expected"), [(0.0, 1.0), (LIMIT / 2, 0.5), (LIMIT, 0.0), (3.0, 0.0)])
def test_margin_is_whole_when_cold_and_nothing_at_the_trip(y: float, expected: float) -> None:
    assert margin(y) == pytest.approx(expected)


@given(y=states, ratio=ratios, first=st.floats(0, 600), second=st.floats(0, 600))
def test_a_steady_load_may_be_stepped_in_any_pieces(y: float, ratio: float, first: float, second: float) -> None:
    assert step(step(y, ratio, first), ratio, second) == pytest.approx(step(y, ratio, first + second), abs=1e-9)


@given(y=states, ratio=ratios)
def test_stepping_for_the_time_to_trip_reaches_the_limit(y: float, ratio: float) -> None:
    seconds = seconds_to_trip(y, ratio)
    assume(seconds < INFINITE)
    assert step(y, ratio, seconds) == pytest.approx(LIMIT, rel=1e-6)


@given(y=states, horizon=horizons)
def test_the_highest_ratio_lasts_exactly_the_horizon(y: float, horizon: float) -> None:
    assert step(y, highest_ratio(y, horizon), horizon) == pytest.approx(LIMIT, rel=1e-6)


def test_a_filter_at_its_limit_can_hold_nothing() -> None:
    assert highest_ratio(LIMIT, 30) == 0


def test_any_load_can_be_held_for_no_time() -> None:
    assert highest_ratio(1.0, 0) == INFINITE


@given(jump=st.floats(0, 6), horizon=horizons)
@example(jump=0.0, horizon=60.0)
@example(jump=3.0, horizon=1e9)
def test_the_sustainable_ratio_leaves_exactly_the_horizon_after_the_jump(jump: float, horizon: float) -> None:
    steady = sustainable_ratio(jump, horizon)
    assert 0 <= steady <= TRIP_RATIO
    reached = step(steady**2, steady + jump, horizon)
    if steady > 0:
        assert reached == pytest.approx(LIMIT, rel=1e-6)
    else:
        assert reached >= LIMIT - 1e-6


@given(jump=st.floats(0.05, 4), horizon=st.floats(1, 300))
def test_the_time_left_after_the_jump_is_the_horizon(jump: float, horizon: float) -> None:
    steady = sustainable_ratio(jump, horizon)
    assume(steady > 0)
    assert seconds_to_trip(steady**2, steady + jump) == pytest.approx(horizon, rel=1e-3)


def test_no_jump_may_go_as_far_as_the_trip_ratio() -> None:
    assert sustainable_ratio(0, 300) == pytest.approx(TRIP_RATIO)


def test_a_jump_that_even_an_empty_house_cannot_take_leaves_nothing() -> None:
    assert sustainable_ratio(8, 60) == 0


def test_a_slow_source_must_stay_lower_than_a_fast_one() -> None:
    # design figures: 6 kVA, a step of 3 kVA; 60 s cadence against 1.5 s, with lag and actuators.
    assert sustainable_ratio(0.5, 68) == pytest.approx(1.07, abs=0.03)
    assert sustainable_ratio(0.5, 10) == pytest.approx(1.25, abs=0.02)


class TestFilter:
    P = 6000.0

    def started(self, load_va: float = 3000.0, now: float = 0.0) -> TripFilter:
        trip = TripFilter()
        trip.observe(load_va, self.P, now)
        return trip

    def test_is_unknown_before_the_first_sample(self) -> None:
        assert TripFilter().y is None
        assert TripFilter().value_at(10) is None

    def test_starts_at_the_asymptote_of_the_first_load(self) -> None:
        assert self.started(3000).y == pytest.approx(0.25)

    def test_holds_the_last_load_between_samples(self) -> None:
        trip = self.started(3000)
        trip.observe(9000, self.P, 2)
        assert trip.y == pytest.approx(0.25)
        assert trip.value_at(7) == pytest.approx(step(0.25, 1.5, 5))

    @pytest.mark.parametrize(
        ("before", "after"),
        [pytest.param(9000, 1000, id="load gone meanwhile"), pytest.param(1000, 9000, id="load come meanwhile")],
    )
    def test_takes_the_higher_load_for_a_gap(self, before: float, after: float) -> None:
        trip = self.started(before)
        start = trip.y
        assert start is not None
        trip.observe(after, self.P, 30)
        assert trip.y == pytest.approx(min(LIMIT, step(start, 1.5, 30)))

    def test_takes_a_lost_line_for_a_gap_however_short(self) -> None:
        trip = self.started(1000)
        trip.lose_line()
        trip.observe(9000, self.P, 5)
        assert trip.y == pytest.approx(step((1000 / self.P) ** 2, 1.5, 5))

    def test_is_never_above_the_trip_threshold(self) -> None:
        trip = self.started(3000)
        trip.observe(30_000, self.P, 600)
        assert trip.y == pytest.approx(LIMIT)
        trip.observe(0, self.P, 601)
        assert trip.value_at(666) == pytest.approx(1.0, abs=0.02)

    def test_keeps_its_volt_amperes_when_the_cutoff_power_changes(self) -> None:
        trip = self.started(3000)
        trip.rescale(9000)
        assert trip.y == pytest.approx(0.25 * (6 / 9) ** 2)
        trip.observe(3000, 12_000, 1)
        assert trip.y == pytest.approx((3000 / 12_000) ** 2)

    def test_takes_a_maximum_of_this_cycle_as_its_state(self) -> None:
        trip = self.started(7000)
        trip.bound(6500, 0.5, age_s=0, today=True)
        assert trip.y == pytest.approx((6500 / self.P) ** 2)

    def test_is_not_above_the_maximum_of_today(self) -> None:
        trip = self.started(7000)
        trip.bound(5000, 0, age_s=3600, today=True)
        assert trip.y == pytest.approx((5000 / self.P) ** 2)

    def test_is_not_bounded_by_the_maximum_of_another_day(self) -> None:
        trip = self.started(7000)
        trip.bound(5000, 0, age_s=3600, today=False)
        assert trip.y == pytest.approx((7000 / self.P) ** 2)

    def test_cannot_have_fallen_faster_than_without_any_load_since_the_maximum(self) -> None:
        trip = self.started(0)
        trip.bound(7500, 0, age_s=30, today=True)
        assert trip.y == pytest.approx(step(1.25**2, 0, 30))

    @pytest.mark.parametrize(
        ("max_va", "age"),
        [
            pytest.param(7800, 0, id="the trip threshold: another contract, or no filter behind it"),
            pytest.param(7000, -60, id="a time to come: the clock was set back"),
        ],
    )
    def test_ignores_a_maximum_that_is_not_its_own(self, max_va: float, age: float) -> None:
        trip = self.started(3000)
        trip.bound(max_va, 0, age_s=age, today=True)
        assert trip.y == pytest.approx(0.25)

    def test_lets_no_maximum_hide_a_gap(self) -> None:
        trip = self.started(1000)
        trip.bound(1000, 40, age_s=3600, today=True)
        trip.observe(9000, self.P, 41)
        assert trip.y == pytest.approx(step((1000 / self.P) ** 2, 1.5, 41))

    @given(loads=st.lists(st.floats(0, 7500), min_size=1, max_size=20), steady=st.floats(0, 7500))
    def test_joins_the_real_filter_from_above_or_below_under_a_steady_load(
        self, loads: list[float], steady: float
    ) -> None:
        trip, real = TripFilter(), 0.0
        for second, load in enumerate([*loads, *[steady] * 1500]):
            real = B * (load / self.P) ** 2 + (1 - B) * real
            trip.observe(load, self.P, float(second))
        assert trip.y == pytest.approx(real, abs=1e-4)

    @given(loads=st.lists(st.floats(0, 20_000), min_size=2, max_size=60))
    def test_follows_the_real_filter_to_a_second_once_their_states_agree(self, loads: list[float]) -> None:
        trip = TripFilter()
        trip.observe(loads[0], self.P, 0)
        real = trip.y
        assert real is not None
        for second, load in enumerate(loads[1:]):
            assume(real < LIMIT)
            real = B * (loads[second] / self.P) ** 2 + (1 - B) * real
            trip.observe(load, self.P, second + 1.0)
            assert trip.y == pytest.approx(min(real, LIMIT), abs=1e-6)

    @pytest.mark.parametrize(
        ("sheds", "power_va", "pieces"),
        [
            pytest.param([(2, 2500)], 5500, [(2, 8000), (58, 5500)], id="what was shed, and nothing else moved"),
            pytest.param([(2, 2500)], 4000, [(2, 8000), (58, 5500)], id="the rest fell, nobody knows when"),
            pytest.param([(2, 2500)], 7000, [(2, 9500), (58, 7000)], id="the rest rose, nobody knows when"),
            pytest.param([(2, 2500)], 8000, [(2, 10_500), (58, 8000)], id="what was shed does not show"),
            pytest.param([(2, 2500), (30, 1000)], 4500, [(2, 8000), (28, 5500), (30, 4500)], id="two, one by one"),
            pytest.param([], 4500, [(60, 8000)], id="nothing was shed"),
        ],
    )
    def test_takes_the_higher_load_for_what_was_not_shed_in_a_gap(
        self, sheds: list[tuple[float, float]], power_va: float, pieces: list[tuple[float, float]]
    ) -> None:
        trip = self.started(8000)
        expected = trip.y
        assert expected is not None
        for moment, va in sheds:
            trip.shed(va, moment)
        trip.observe(power_va, self.P, 60)
        for seconds, va in pieces:
            expected = step(expected, va / self.P, seconds)
        assert trip.y == pytest.approx(min(expected, LIMIT))

    def test_is_carried_on_without_what_was_shed(self) -> None:
        trip = self.started(7000)
        trip.shed(2500, 10)
        whole = step((7000 / self.P) ** 2, 7000 / self.P, 10)
        assert trip.value_at(30) == pytest.approx(min(step(whole, 4500 / self.P, 20), LIMIT))

    def test_reckons_what_was_shed_from_one_sample_only(self) -> None:
        trip, other = self.started(7000), self.started(7000)
        trip.shed(2500, 2)
        for now in (60, 120):
            trip.observe(4500, self.P, now)
            other.observe(4500, self.P, now)
        first = step(step((7000 / self.P) ** 2, 7000 / self.P, 2), 4500 / self.P, 58)
        assert trip.y == pytest.approx(step(first, 4500 / self.P, 60))
        assert (trip.y or 0) < (other.y or 0)

    def test_knows_nothing_to_shed_before_the_first_sample(self) -> None:
        trip = TripFilter()
        trip.shed(2500, 1)
        trip.observe(6000, self.P, 2)
        assert trip.y == pytest.approx(1.0)

    @given(
        base=st.lists(st.tuples(st.integers(0, 59), st.floats(0, 9000)), min_size=1, max_size=8),
        cuts=st.lists(st.tuples(st.integers(1, 479), st.floats(100, 3000)), max_size=5),
    )
    def test_is_never_below_the_meters_own_while_the_rest_moves_once_between_two_samples(
        self, base: list[tuple[int, float]], cuts: list[tuple[int, float]]
    ) -> None:
        """The simulator's filter takes every second; ours a sample a minute, and the word of plugs that went off."""
        rest_va, on = 3000.0, dict(enumerate(cuts))
        first_va = rest_va + sum(va for _, va in cuts)
        trip, real = TripFilter(), PowerFilter()
        real.settle(first_va)
        trip.observe(first_va, self.P, 0.0)
        for minute, (moves_at, next_va) in enumerate(base):
            for second in range(60 * minute, 60 * (minute + 1)):
                if second % 60 == moves_at:
                    rest_va = next_va
                for number, (moment, va) in list(on.items()):
                    if moment == second:
                        del on[number]
                        trip.shed(va, float(second))
                real.step(rest_va + sum(va for _, va in on.values()))
                real.y = min(real.y, LIMIT * self.P**2)  # it has opened, and can only fall
            trip.observe(rest_va + sum(va for _, va in on.values()), self.P, 60.0 * (minute + 1))
            assert trip.y is not None
            assert trip.y >= real.y / self.P**2 - 1e-6
