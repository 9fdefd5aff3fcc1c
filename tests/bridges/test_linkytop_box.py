"""A LinkyTop about itself: what it announces, what it misses, and what it is answered."""

from hypothesis import given, strategies as st
import pytest

from custom_components.linky_offload.bridges import Oddity
from custom_components.linky_offload.bridges.linkytop_box import DELAYS_S, OWN_TOPICS, Box, Pace, answer
from custom_components.linky_offload.bridges.topics import LINKYTOP


def told(*said: tuple[str, str]) -> Box:
    box = Box()
    for second, (topic, payload) in enumerate(said):
        box.take(topic, payload.encode(), retained=False, now=float(second))
    return box


def test_it_announces_its_pause() -> None:
    box = told(("delay", "slow"), ("sleep_time", "90"))
    assert (box.pace, box.sleep_s, box.seen_at) == (Pace.SLOW, 90, 1.0)


def test_in_real_time_there_is_no_pause() -> None:
    box = told(("delay", "slow"), ("sleep_time", "90"), ("delay", "fast"))
    assert (box.pace, box.sleep_s) == (Pace.FAST, None)


def test_a_label_is_missed_until_it_is_found() -> None:
    said = [("ERROR", "PTEC"), ("ERROR", "HCHC")]
    assert told(*said).missing == ("HCHC", "PTEC")
    box = told(*said, ("HCHC", "004196915"))
    assert (box.missing, box.last_missing) == (("PTEC",), "HCHC")


def test_its_greeting_is_its_start() -> None:
    assert told(("delay", "fast"), ("hello", "coucou from esp")).started_at == 1.0


def test_what_a_broker_had_kept_is_not_its_word() -> None:
    box = Box()
    box.take("delay", b"slow", retained=True, now=5.0)
    assert (box.pace, box.seen_at, box.counts) == (None, None, {Oddity.RETAINED: 1})


@pytest.mark.parametrize(
    ("topic", "payload", "oddity"),
    [
        pytest.param("delay", b"Fast", Oddity.BAD_VALUE, id="another word"),
        pytest.param("sleep_time", b"0", Oddity.BAD_VALUE, id="no time"),
        pytest.param("sleep_time", b"-30", Oddity.BAD_VALUE, id="a time before now"),
        pytest.param("sleep_time", b"999999", Oddity.BAD_VALUE, id="eleven days"),
        pytest.param("sleep_time", "٣٠".encode(), Oddity.BAD_VALUE, id="digits of another script"),
        pytest.param("ERROR", b"BASE", Oddity.BAD_VALUE, id="a label that it does not read"),
        pytest.param("hello", b"", Oddity.BAD_VALUE, id="an empty greeting"),
        pytest.param("hello", b"x" * 65, Oddity.TOO_LARGE, id="too long a greeting"),
        pytest.param("delay", b"\xff", Oddity.NOT_TEXT, id="bytes that are no text"),
    ],
)
def test_what_it_cannot_have_said_is_counted(topic: str, payload: bytes, oddity: Oddity) -> None:
    box = Box()
    box.take(topic, payload, retained=False, now=1.0)
    assert (box.counts, box.seen_at) == ({oddity: 1}, None)


@given(st.lists(st.tuples(st.sampled_from([*OWN_TOPICS, *LINKYTOP, "other"]), st.binary(max_size=80))))
def test_nothing_makes_it_fail(said: list[tuple[str, bytes]]) -> None:
    box = Box()
    for topic, payload in said:
        box.take(topic, payload, retained=False, now=1.0)
    assert box.sleep_s is None or 1 <= box.sleep_s <= 99_999
    assert set(box.missing) <= set(LINKYTOP)


@pytest.mark.parametrize("delay", DELAYS_S)
def test_an_answer_is_a_pace_and_a_delay(delay: int) -> None:
    assert (answer(Pace.SLOW, delay), answer(Pace.FAST, delay)) == (f"slow;{delay}", f"fast;{delay}")


def test_there_are_ten_delays() -> None:
    assert len(DELAYS_S) == 10
    assert sorted(set(DELAYS_S)) == list(DELAYS_S)
