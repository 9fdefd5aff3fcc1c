"""A capture of a real line, played back at the speed at which it was spoken, over and over."""

from collections.abc import Iterator
from itertools import cycle

from simulator.line import BITS_A_CHARACTER, CHUNK_BYTES, Chunk, timing_of
from simulator.tic import EOT, ETX, Mode

_SEVEN_BITS = bytes(code & 0x7F for code in range(256))
_CR = b"\r"[0]
_FRAME_ENDS = {ETX[0], EOT[0]}


class Replay:
    """Timed chunks of the bytes of a capture, exactly as they were received, parity bits and damage included.

    A capture holds no times. The speed follows from the separators of each group, so that a change of mode inside the
    capture changes the speed; the pauses are those of a real meter (tic.md §3.4). Raises ValueError for no bytes.
    """

    def __init__(self, capture: bytes) -> None:
        if not capture:
            raise ValueError("the capture is empty")
        self._capture = capture

    def __iter__(self) -> Iterator[Chunk]:
        """Yield chunks for ever: after the last byte comes the first."""
        gap_s = 0.0
        for mode, data in cycle(pieces(self._capture)):
            timing = timing_of(mode, 1)
            for start in range(0, len(data), CHUNK_BYTES):
                sent = data[start : start + CHUNK_BYTES]
                yield Chunk(gap_s + len(sent) * BITS_A_CHARACTER / timing.baud, sent)
                gap_s = 0.0
            gap_s = timing.frame_gap_s if data[-1] & 0x7F in _FRAME_ENDS else timing.group_gap_s


def pieces(capture: bytes) -> list[tuple[Mode, bytes]]:
    """Cut a capture behind each group and each frame, and tell the mode of every piece."""
    text = capture.translate(_SEVEN_BITS)
    found: list[tuple[Mode | None, bytes]] = []
    start = 0
    for end, code in enumerate(text, 1):
        if code == _CR or code in _FRAME_ENDS or end == len(text):
            found.append((_mode(text[start:end]), capture[start:end]))
            start = end
    # What has no separator, such as a lone end of frame, belongs to what came before it.
    mode = next((mode for mode, _ in found if mode is not None), Mode.STANDARD)
    told: list[tuple[Mode, bytes]] = []
    for own, data in found:
        mode = own or mode
        told.append((mode, data))
    return told


def _mode(piece: bytes) -> Mode | None:
    if b"\t" in piece:
        return Mode.STANDARD
    return Mode.HISTORIC if b" " in piece else None
