"""When a quiet source is no longer believed (design §8)."""

from itertools import accumulate

from hypothesis import given, strategies as st
import pytest

from custom_components.linky_offload.sources import Silence, Voice


def after(intervals: list[float]) -> Silence:
    """A source that spoke at these intervals from second 0."""
    silence = Silence(0.0)
    for moment in accumulate(intervals):
        silence.note(moment)
    return silence


@pytest.mark.parametrize(
    ("intervals", "degraded_after_s", "unavailable_after_s"),
    [
        pytest.param([], 10, 60, id="nothing heard yet"),
        pytest.param([0.05] * 200, 10, 60, id="a serial line: ten seconds are long"),
        pytest.param([10.0] * 20, 30, 60, id="a bridge every 10 s: three intervals"),
        pytest.param([30.0] * 20, 90, 90, id="every 30 s: unavailable no earlier than degraded"),
        pytest.param([110.0] * 20, 180, 180, id="every 110 s: three minutes at most"),
        pytest.param([300.0] * 20, 180, 600, id="every 5 min: too slow to protect, but shown from one to the next"),
        pytest.param([1.0] * 3, 10, 60, id="too few intervals to know its pace"),
    ],
)
def test_patience_follows_the_pace_of_the_source(
    intervals: list[float], degraded_after_s: float, unavailable_after_s: float
) -> None:
    silence = after(intervals)
    assert silence.degraded_after_s == pytest.approx(degraded_after_s)
    assert silence.unavailable_after_s == pytest.approx(unavailable_after_s)


@pytest.mark.parametrize(
    ("pause_s", "degraded_after_s"),
    [(0.0, 10), (1.0, 10), (10.0, 30), (60.0, 180)],
    ids=["none", "1 s", "10 s", "60 s"],
)
def test_a_pause_that_the_source_makes_by_itself_is_no_silence(pause_s: float, degraded_after_s: float) -> None:
    silence = after([1.0] * 20)
    silence.pause_s = pause_s
    assert silence.degraded_after_s == degraded_after_s


@pytest.mark.parametrize(
    ("quiet_s", "voice", "next_change_s"),
    [
        pytest.param(0.0, Voice.SPEAKING, 10.0, id="just heard"),
        pytest.param(9.9, Voice.SPEAKING, 10.0, id="almost too quiet"),
        pytest.param(10.0, Voice.DEGRADED, 60.0, id="too quiet to restore on its word"),
        pytest.param(59.9, Voice.DEGRADED, 60.0, id="almost gone"),
        pytest.param(60.0, Voice.SILENT, None, id="its values are no longer shown"),
    ],
)
def test_judging_a_silence(quiet_s: float, voice: Voice, next_change_s: float | None) -> None:
    silence = after([0.1] * 20)
    now = silence.last + quiet_s
    assert silence.voice(now) is voice
    change = silence.next_change(now)
    assert change == (None if next_change_s is None else pytest.approx(silence.last + next_change_s))


def test_an_outage_says_nothing_of_the_pace() -> None:
    silence = after([0.1] * 20)
    silence.interrupt()
    silence.note(silence.last + 3600)
    assert silence.degraded_after_s == 10


@given(st.lists(st.floats(min_value=0.01, max_value=1000), max_size=50), st.floats(min_value=0, max_value=1000))
def test_a_longer_silence_is_never_judged_better(intervals: list[float], quiet_s: float) -> None:
    silence = after(intervals)
    order = [Voice.SPEAKING, Voice.DEGRADED, Voice.SILENT]
    now = silence.last + quiet_s
    change = silence.next_change(now)
    assert change is None or change > now
    assert order.index(silence.voice(now)) <= order.index(silence.voice(now + 5))


@given(st.floats(min_value=0, max_value=1e6), st.floats(min_value=0, max_value=100))
def test_at_the_moment_it_names_the_judgement_has_changed(started: float, quiet_s: float) -> None:
    silence = Silence(started)
    now = started + quiet_s
    change = silence.next_change(now)
    assert change is None or silence.voice(change) is not silence.voice(now)


@pytest.mark.parametrize(
    ("intervals", "slow"),
    [
        pytest.param([300.0] * 5, False, id="too few intervals to know"),
        pytest.param([300.0] * 20, True, id="every 5 min"),
        pytest.param([60.0] * 20 + [600.0] * 3, False, id="every minute, with some pauses"),
        pytest.param(([0.01] * 40 + [150.0]) * 10, True, id="forty messages at once, every 150 s"),
    ],
)
def test_a_source_that_usually_takes_more_than_two_minutes_is_slow(intervals: list[float], slow: bool) -> None:
    assert after(intervals).slow is slow
