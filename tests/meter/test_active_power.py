"""Watts and power factors out of an index of whole Wh and an apparent power."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
import json
import math
import random

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.linky_offload.meter.active_power import ActivePower, Banded


@dataclass(slots=True)
class Bench:
    """A load behind a meter that speaks every ``interval`` seconds; ``rounding`` VA."""

    interval: Callable[[], float] = lambda: 1.0
    rounding: int = 1
    learner: ActivePower = field(default_factory=ActivePower)
    wh: float = 1234.5
    now: float = 1000.0

    def draw(self, watts: float, factor: float, seconds: float) -> Iterator[Banded | None]:
        """Let the load run; what is told after each sample."""
        end = self.now + seconds
        while self.now < end:
            step = self.interval()
            self.now += step
            self.wh += watts * step / 3600
            self.learner.energy(int(self.wh), self.now)
            shown = round(watts / factor / self.rounding) * self.rounding
            self.learner.power(shown, self.now + 0.1, longest_gap_s=30, rounding_va=self.rounding / 2)
            yield self.learner.watts()

    def last(self, watts: float, factor: float, seconds: float) -> Banded | None:
        return list(self.draw(watts, factor, seconds))[-1]


def close(told: Banded | None, watts: float) -> bool:
    return told is not None and abs(told.value - watts) <= told.error + 1


# A window ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("watts", "factor"),
    [(60, 0.5), (150, 0.7), (600, 0.95), (2400, 1.0), (9000, 0.98)],
    ids=["standby", "electronics", "motor", "heater", "everything"],
)
def test_a_steady_load_is_known_to_five_percent(watts: float, factor: float) -> None:
    told = Bench().last(watts, factor, 400)
    assert told is not None
    assert told.value == pytest.approx(watts, rel=0.05)
    assert told.error <= 0.051 * watts


def test_nothing_is_told_before_the_window_is_wide_enough() -> None:
    told = list(Bench().draw(1500, 0.8, 30))
    assert told[:20] == [None] * 20
    assert close(told[-1], 1500)


def test_a_slow_source_needs_a_wider_window() -> None:
    bench = Bench(interval=lambda: 10.0)
    assert all(told is None for told in bench.draw(1500, 0.8, 200))
    assert close(bench.last(1500, 0.8, 150), 1500)


def test_no_apparent_power_is_no_active_power() -> None:
    bench = Bench()
    assert bench.learner.watts() is None
    bench.learner.power(0, 1000)
    assert bench.learner.watts() == Banded(0, 0)


def test_the_energy_of_a_new_load_is_not_booked_for_the_old_one() -> None:
    bench = Bench()
    list(bench.draw(100, 0.5, 300))
    # The index of the last frame already counts what its power does not show yet.
    bench.learner.energy(int(bench.wh) + 3, bench.now + 1)
    bench.learner.power(9000, bench.now + 1.1)
    bench.learner.power(200, bench.now + 2.1)
    factor = bench.learner.factor()
    assert factor is not None
    assert factor.value == pytest.approx(0.5, abs=0.05)


# Levels --------------------------------------------------------------------------------------------------------------


def test_a_level_once_learned_is_told_at_once() -> None:
    bench = Bench()
    list(bench.draw(300, 0.6, 200))
    list(bench.draw(2500, 1.0, 200))
    assert close(next(bench.draw(300, 0.6, 10)), 300)
    assert close(next(bench.draw(2500, 1.0, 10)), 2500)


def test_a_level_far_from_all_others_is_not_guessed() -> None:
    bench = Bench()
    list(bench.draw(150, 0.5, 300))
    assert next(bench.draw(4000, 0.9, 1)) is None
    bench = Bench()
    list(bench.draw(4000, 1.0, 300))
    assert next(bench.draw(150, 0.5, 1)) is None


def test_what_was_learned_outlives_a_restart() -> None:
    bench = Bench()
    list(bench.draw(300, 0.6, 200))
    list(bench.draw(2500, 1.0, 10))
    again = ActivePower()
    again.restore(json.loads(json.dumps(bench.learner.dump())))
    again.power(500, 0)
    assert close(again.watts(), 300)


def test_two_loads_of_one_level_make_it_less_sure() -> None:
    bench = Bench()
    list(bench.draw(1000, 1.0, 130))
    list(bench.draw(100, 1.0, 130))
    sure = next(bench.draw(1000, 1.0, 1))
    list(bench.draw(100, 1.0, 130))
    list(bench.draw(700, 0.7, 400))
    list(bench.draw(100, 1.0, 130))
    unsure = next(bench.draw(1000, 1.0, 1))
    assert sure is not None
    assert unsure is None or unsure.error > 2 * sure.error


# What must not be believed -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [-500, 5000], ids=["another index", "a leap"])
def test_no_window_spans_a_step_of_the_index(step: int) -> None:
    bench = Bench()
    list(bench.draw(1000, 1.0, 100))
    bench.wh += step
    assert all(told is None or close(told, 1000) for told in bench.draw(1000, 1.0, 200))


def test_no_window_spans_a_silence() -> None:
    bench = Bench()
    list(bench.draw(1000, 1.0, 100))
    bench.now += 600
    bench.wh += 50  # 300 W on average
    assert all(told is None or close(told, 1000) for told in bench.draw(1000, 1.0, 100))


def test_more_watts_than_volt_amperes_are_not_told() -> None:
    assert all(told is None for told in Bench().draw(1500, 1.5, 300))


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 2**32),
    st.floats(20, 9000),
    st.floats(0.3, 1.0),
    st.sampled_from([(1.0, 1.0, 1), (1.5, 2.8, 10), (2.0, 12.0, 1)]),
)
def test_a_steady_load_is_never_outside_what_is_told(
    seed: int, watts: float, factor: float, pace: tuple[float, float, int]
) -> None:
    drawn = random.Random(seed)
    bench = Bench(interval=lambda: drawn.uniform(*pace[:2]), rounding=pace[2], wh=drawn.uniform(0, 10))
    for told in bench.draw(watts, factor, 900):
        assert told is None or close(told, watts)
        assert told is None or told.value > 0


@pytest.mark.parametrize("seed", range(3))
def test_a_changing_house_is_told_nearly_always_and_nearly_always_right(seed: int) -> None:
    drawn = random.Random(seed)
    loads = [(60, 40), (150, 90), (2000, 0), (1200, 0), (90, 120), (700, 300), (3000, 100)]
    on = [True, *(False for _ in loads[1:])]
    bench = Bench()
    told: list[tuple[float, Banded | None]] = []
    while bench.now < 15_000:
        load = drawn.randrange(1, len(loads))
        on[load] = not on[load]
        watts = sum(load[0] for load, is_on in zip(loads, on, strict=True) if is_on)
        reactive = sum(load[1] for load, is_on in zip(loads, on, strict=True) if is_on)
        seconds = 1 + drawn.expovariate(1 / 180)
        told += [(watts, one) for one in bench.draw(watts, watts / math.hypot(watts, reactive), seconds)]
    known = [(watts, one) for watts, one in told if one is not None]
    assert len(known) > 0.97 * len(told)
    assert sum(close(one, watts) for watts, one in known) > 0.97 * len(known)
    assert sum(one.error <= 0.05 * watts for watts, one in known) > 0.95 * len(known)
