"""Lines or whole frames of the TIC in a payload: the meter's own words, checksum and all (tic.md §3)."""

from itertools import pairwise
from typing import Final

from ..tic import Decoder
from ..tic.line import LONGEST, SHORTEST, Line, parse_line
from .draft import Draft
from .modes import ModeKeeper
from .oddity import Oddity
from .payload import LARGEST

_LF: Final = b"\n"
_CR: Final = b"\r"
_HEADS: Final = frozenset({"ADCO", "ADSC"})
_CONTROLS: Final = bytes(code for code in (*range(0x20), 0x7F) if code != 0x09)
_CUTS: Final = bytes(0x0A if code & 0x7F in _CONTROLS else code & 0x7F for code in range(256))


def holds_lines(payload: bytes) -> bool:
    """Whether a payload holds a TIC group with a right checksum."""
    pieces = payload[:LARGEST].translate(_CUTS).split(_LF)
    return any(_is_group(piece) for piece in pieces)


def _is_group(piece: bytes) -> bool:
    return SHORTEST <= len(piece) <= LONGEST and isinstance(parse_line(piece), Line)


class TicLinesReader:
    """Messages may be lines, frames, or any pieces of the stream: a group cut by the end of one goes on in the next."""

    def __init__(self, modes: ModeKeeper) -> None:
        self._modes = modes
        self._decoder = Decoder()

    def read(self, _topic: str, payload: bytes, draft: Draft) -> None:
        """Read one message."""
        if len(payload) > LARGEST:
            draft.odd(Oddity.TOO_LARGE)
            return
        damaged = self._decoder.stats.damaged
        groups = self._decoder.feed(_delimited(payload))
        if damaged := self._decoder.stats.damaged - damaged:
            draft.counts[Oddity.DAMAGED_LINE] += damaged
        if not groups:
            return
        self._modes.settle(groups[-1].mode)
        for group in groups:
            if group.mode is groups[-1].mode:
                draft.take(group)
        # Whole: the first group of a frame, its last one, and nothing lost or begun anew in between.
        ends = payload.rstrip(b"\r\n ").endswith(b"\x03")
        sound = not any(group.after_loss for group in groups[1:])
        single = all(one.frame == other.frame for one, other in pairwise(groups))
        draft.complete = ends and sound and single and groups[0].label in _HEADS


def _delimited(payload: bytes) -> bytes:
    """The payload with the ends of line that a bridge took off its first and last groups."""
    pieces = payload.translate(_CUTS).split(_LF)
    begin = _LF if _is_group(pieces[0]) else b""
    end = _CR if _is_group(pieces[-1]) else b""
    return begin + payload + end
