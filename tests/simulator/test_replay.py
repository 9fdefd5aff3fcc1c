"""A capture is played back byte by byte, at the speed of the line that it was taken from."""

from itertools import islice
import os
from pathlib import Path
import select

from hypothesis import given, strategies as st
import pytest

from simulator.frames import FrameStream
from simulator.line import Line
from simulator.meter import SimulatedMeter
from simulator.replay import Replay, pieces
from simulator.run import parse
from simulator.tic import Mode

from .test_run import read_until, simulator


def capture_of(*modes: Mode, pieces_each: int = 60) -> bytes:
    """What an adapter receives of a meter that speaks in these modes, one after the other."""
    out = b""
    for mode in modes:
        line = Line(islice(FrameStream(SimulatedMeter(mode=mode).state), pieces_each))
        out += b"".join(chunk.data for chunk in line)
    return out


def played(capture: bytes, times: int = 1) -> tuple[bytes, float]:
    """The bytes of so many plays of a capture, and how long they take, s."""
    out, took_s = b"", 0.0
    for chunk in Replay(capture):
        out += chunk.data
        took_s += chunk.delay_s
        if len(out) >= times * len(capture):
            break
    return out, took_s


@given(capture=st.binary(min_size=1, max_size=300))
def test_every_byte_comes_back_in_its_order(capture: bytes) -> None:
    assert played(capture, 2)[0] == capture * 2


@pytest.mark.parametrize(
    ("mode", "baud"),
    [
        pytest.param(Mode.STANDARD, 9600, id="the standard mode speaks at 9600 baud"),
        pytest.param(Mode.HISTORIC, 1200, id="the historic mode speaks at 1200 baud"),
    ],
)
def test_a_capture_takes_its_time(mode: Mode, baud: int) -> None:
    capture = capture_of(mode)
    wire_s = len(capture) * 10 / baud
    took_s = played(capture)[1]
    # The pauses between groups and frames come on top: most of them in the historic mode.
    assert wire_s < took_s < wire_s * 1.35


def test_a_change_of_mode_inside_a_capture_changes_the_speed() -> None:
    capture = capture_of(Mode.HISTORIC, Mode.STANDARD)
    modes = [mode for mode, _ in pieces(capture)]
    assert modes == sorted(modes, key=[Mode.HISTORIC, Mode.STANDARD].index)
    assert set(modes) == {Mode.HISTORIC, Mode.STANDARD}
    alone = played(capture_of(Mode.HISTORIC))[1] + played(capture_of(Mode.STANDARD))[1]
    assert played(capture)[1] == pytest.approx(alone, abs=0.1)


def test_what_cannot_be_played_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "empty.tic"
    empty.touch()
    for wrong, why in ((empty, "empty"), (tmp_path / "none.tic", "No such file")):
        with pytest.raises(SystemExit):
            parse(["--replay", str(wrong)])
        assert why in capsys.readouterr().err


def test_the_program_plays_a_capture_onto_its_terminal(tmp_path: Path) -> None:
    capture = capture_of(Mode.STANDARD)
    file = tmp_path / "line.tic"
    file.write_bytes(capture)
    with simulator("--replay", str(file)) as running, running.terminal() as port:
        out = b""
        while capture not in out and len(out) < 4 * len(capture):
            assert select.select([port], [], [], 20)[0], "the line is silent"
            out += os.read(port, 4096)
        # The terminal was opened in the middle of a play: the next one is whole, parity bits included.
        assert capture in out
        read_until(port, b"\nADSC\t041961999999")
        assert running.stop() == 0
