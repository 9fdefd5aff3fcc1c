"""The pace of the meter."""

from hypothesis import given, strategies as st
import pytest

from custom_components.linky_offload.meter.cadence import ENOUGH, WINDOW, Cadence


def test_is_unknown_until_enough_intervals_are_known() -> None:
    cadence = Cadence()
    for second in range(ENOUGH):
        cadence.note(second)
    assert cadence.p99_s is None
    cadence.note(ENOUGH)
    assert cadence.p99_s == pytest.approx(1)


def test_one_slow_value_among_many_is_not_the_cadence() -> None:
    cadence = Cadence()
    for second in range(150):
        cadence.note(second + (30 if second > 70 else 0))
    assert cadence.p99_s == pytest.approx(1)


def test_an_outage_is_not_an_interval() -> None:
    cadence = Cadence()
    for second in range(10):
        cadence.note(second)
    cadence.interrupt()
    for second in range(3600, 3610):
        cadence.note(second)
    assert cadence.p99_s == pytest.approx(1)


@given(intervals=st.lists(st.floats(0.1, 100), min_size=ENOUGH, max_size=3 * WINDOW))
def test_only_the_latest_intervals_count(intervals: list[float]) -> None:
    cadence, now = Cadence(), 0.0
    cadence.note(now)
    for interval in intervals:
        now += interval
        cadence.note(now)
    recent = sorted(intervals[-WINDOW:])
    p99 = cadence.p99_s
    assert p99 is not None
    assert sum(interval > p99 + 1e-6 for interval in recent) <= len(recent) / 100
    assert p99 <= recent[-1] + 1e-6
