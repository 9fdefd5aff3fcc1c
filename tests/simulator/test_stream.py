"""The succession of frames: full, cut by EOT, short."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from simulator.frames import FrameStream, Piece
from simulator.state import MeterState
from simulator.tic import Mode
from tests.simulator.samples import meter_state, phase

CALM = meter_state(mode=Mode.HISTORIC, three_phase=True)
OVERLOAD = replace(CALM, phases=(phase(current_a=24), phase(), phase()))


class Meter:
    """A meter whose state a test sets while the stream runs."""

    def __init__(self, state: MeterState) -> None:
        self.state = state
        self.frames = self._frames(iter(FrameStream(self.read)))

    def read(self) -> MeterState:
        return self.state

    def _frames(self, pieces: Iterator[Piece]) -> Iterator[bytes]:
        frame = b""
        for piece in pieces:
            frame += piece.data
            if piece.ends_frame:
                yield frame
                frame = b""

    def next(self, count: int) -> list[bytes]:
        return list(islice(self.frames, count))


def is_short(frame: bytes) -> bool:
    return b"OPTARIF" not in frame


def test_a_calm_meter_sends_full_frames() -> None:
    for frame in Meter(CALM).next(3):
        assert frame.startswith(b"\x02\nADCO")
        assert frame.endswith(b"\r\x03")


def test_an_overload_cuts_the_long_frame_after_its_group_and_short_frames_follow() -> None:
    state = CALM
    pieces = iter(FrameStream(lambda: state))
    head = list(islice(pieces, 4))
    state = OVERLOAD
    cut, short = next(pieces), b"".join(piece.data for piece in islice(pieces, 5))
    assert head[-1].data.startswith(b"\nISOUSC")
    assert (cut.data, cut.ends_frame) == (b"\x04", True)
    assert short.startswith(b"\x02\nADIR1 024")


def test_an_overload_is_told_by_twenty_short_frames_for_each_long_one() -> None:
    kinds = [is_short(frame) for frame in Meter(OVERLOAD).next(63)]
    assert kinds == ([True] * 20 + [False]) * 3


def test_long_frames_within_a_burst_are_complete() -> None:
    long = [frame for frame in Meter(OVERLOAD).next(42) if not is_short(frame)]
    assert all(frame.endswith(b"\x03") and b"PPOT" in frame for frame in long)


def test_short_frames_go_on_for_a_minute_without_adir_then_long_frames_return_without_eot() -> None:
    meter = Meter(replace(OVERLOAD, elapsed_s=100))
    meter.next(2)
    meter.state = replace(CALM, elapsed_s=160)
    (last_minute,) = meter.next(1)
    assert is_short(last_minute)
    assert b"ADIR" not in last_minute
    meter.state = replace(CALM, elapsed_s=161)
    (after,) = meter.next(1)
    assert not is_short(after)
    assert after.startswith(b"\x02")


def test_one_phase_and_the_standard_mode_have_no_short_frames() -> None:
    one = meter_state(mode=Mode.HISTORIC, phases=(phase(current_a=40),))
    standard = replace(OVERLOAD, mode=Mode.STANDARD)
    assert not any(is_short(frame) for frame in Meter(one).next(3))
    assert all(frame.startswith(b"\x02\nADSC") and frame.endswith(b"\x03") for frame in Meter(standard).next(3))


def test_a_change_of_mode_breaks_the_frame_off() -> None:
    state = CALM
    pieces = iter(FrameStream(lambda: state))
    next(pieces)
    state = replace(CALM, mode=Mode.STANDARD)
    assert [piece.data[:5] for piece in islice(pieces, 4)] == [b"\nADCO", b"\x04", b"\x02", b"\nADSC"]


def test_an_ultra_short_message_is_sent_once() -> None:
    told = meter_state(short_message="HEURES CREUSES", short_message_taken_s=5.0)
    meter = Meter(told)
    assert [frame.count(b"MSG2") for frame in meter.next(3)] == [1, 0, 0]
    meter.state = replace(told, short_message_taken_s=9.0)
    assert [frame.count(b"MSG2") for frame in meter.next(2)] == [1, 0]
