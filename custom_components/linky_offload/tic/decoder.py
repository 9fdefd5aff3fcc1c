"""The TIC decoder: bytes as they come, validated groups out (tic.md §3.5, with the pitfalls of §12).

The stream is cut at every control character but HT, since real lines damage terminators as often as data; each piece
stands alone and must prove itself by parity, checksum, label and content. ETX is never needed: STX, EOT or the return
of a frame's first label begin a new frame as well. The result does not depend on how the bytes were cut into calls.
"""

from typing import Final

from .group import Group, Mode
from .labels import Rule
from .line import LONGEST, SHORTEST, Flaw, Line, UnknownLabel, parse_line
from .parity import ParityState, ParityWatch, lone_error_in, testimony
from .stats import Stats

_HT: Final = 0x09
_DEL: Final = 0x7F
# Pieces of one byte that stand for a frame's edge once the stream is cut.
_EDGE: Final = b"\x03"  # STX or ETX
_ABORT: Final = b"\x04"  # EOT: the meter broke off its frame
_EDGES: Final = {0x02: _EDGE, 0x03: _EDGE, 0x04: _ABORT}
_CUT: Final = b"\n"

# How many groups of one mode, without one of the other, make it the mode of the line.
_MODE_VOTES: Final = 3
# Unknown labels kept for diagnostics. One seen this often is the meter's own; a rarer one may be a damaged label.
_UNKNOWN_KEPT: Final = 32
_UNKNOWN_TRUSTED: Final = 3


def _rewritten(byte: int, *, masked: bool) -> int:
    code = byte & 0x7F
    if code in _EDGES:
        return _EDGES[code][0]
    if (code < 0x20 and code != _HT) or code == _DEL:
        return _CUT[0]
    return code if masked else byte


# Control characters become cuts and edges whether or not they carry a parity bit; the rest is masked to 7 bits or kept.
_MASKED: Final = bytes(_rewritten(byte, masked=True) for byte in range(256))
_KEPT: Final = bytes(_rewritten(byte, masked=False) for byte in range(256))


def _cut(raw: bytes, table: bytes) -> list[bytes]:
    """Cut at control characters; empty pieces stand between two of them."""
    text = raw.translate(table)
    return text.replace(_EDGE, b"\n\x03\n").replace(_ABORT, b"\n\x04\n").split(_CUT)


class Decoder:
    """Decodes one line. No byte makes it fail; memory is bounded by one group and the table of unknown labels.

    ``mode`` is that of the first group and follows when the grid operator changes it: the groups that prove another
    mode are held until it is proved and then returned in their order. ``unknown`` counts the labels that came
    with a right checksum but are in no specification: they are never returned.
    """

    __slots__ = (
        "_at_edge",
        "_first",
        "_loss",
        "_opening",
        "_parity",
        "_ready",
        "_rivals",
        "_tail",
        "mode",
        "stats",
        "unknown",
    )

    def __init__(self) -> None:
        self.stats = Stats()
        self.mode: Mode | None = None
        self.unknown: dict[str, int] = {}
        self.reset()

    @property
    def parity(self) -> ParityState:
        """Whether the line carries parity, as far as is known."""
        return self._parity.state

    def reset(self) -> None:
        """Forget the line's state after it was reopened; counters, mode and unknown labels stay."""
        self._parity = ParityWatch()
        self._tail = b""
        self._opening = True  # the first piece is usually the end of a group begun before we listened
        self._at_edge = True
        self._loss = True
        self._first: Rule | None = None
        self._rivals: list[Group] = []
        self._ready: list[Group] = []

    def feed(self, data: bytes) -> list[Group]:
        """Take the next bytes of the line, any number of them; return the groups they complete, oldest first."""
        self.stats.bytes += len(data)
        raw = self._tail + data
        expected = self._parity.expects(raw)
        pieces = _cut(raw, _MASKED if expected else _KEPT)
        # One byte above the cap is enough to know later that the group was too long.
        begin = len(raw) - len(pieces.pop())
        self._tail = raw[begin : begin + LONGEST + 1]
        for piece in pieces:
            if piece:
                self._take(piece, checked=expected)
            self._opening = False
        groups, self._ready = self._ready, []
        self.stats.groups += len(groups)
        return groups

    def _take(self, piece: bytes, *, checked: bool) -> None:
        """Judge one piece; ``checked`` tells that its parity was checked and its bytes masked with its whole chunk."""
        if not SHORTEST <= len(piece) <= LONGEST:
            if piece == _EDGE:
                self._at_edge = True
            elif piece == _ABORT:
                self._at_edge = self._loss = True
            else:
                self._drop(Flaw.FRAMING)
            return
        said = ParityState.UNKNOWN if checked else testimony(piece)
        if said is None:
            self._take_doubtful(piece)
            return
        line = parse_line(piece if checked else piece.translate(_MASKED))
        if isinstance(line, Flaw):
            self._drop(line)
        elif isinstance(line, UnknownLabel):
            self._note_unknown(line.label)
        elif self._parity.admits(said):
            self._accept(line, weak=not self._parity.vouches(said))
        else:
            self._drop(Flaw.PARITY)

    def _take_doubtful(self, piece: bytes) -> None:
        """Judge a piece with a wrong parity bit.

        Where its checksum is right, one flipped bit in the only odd byte can have been bit 7, the parity itself, or bit
        6, which the checksum does not see. Where the second would make no legal group, the group stands as it is read.
        """
        at = lone_error_in(piece)
        if at is not None and self._parity.state is ParityState.CHECKED:
            read = piece.translate(_MASKED)
            line = parse_line(read)
            other = read[:at] + bytes((read[at] ^ 0x40,)) + read[at + 1 :]
            if isinstance(line, Line) and isinstance(parse_line(other), Flaw):
                self.stats.count(Flaw.PARITY)
                self._accept(line, weak=True)
                return
        self._drop(Flaw.PARITY)

    def _accept(self, line: Line, *, weak: bool) -> None:
        rule = line.rule
        if self._rivals and self._rivals[0].mode is not rule.mode:
            self.stats.count(Flaw.MODE, len(self._rivals))
            self._rivals = []
            self._loss = True
        if self._at_edge or self._begins_frame(rule):
            self.stats.frames += 1
            self._first = rule
            self._at_edge = False
        group = Group(rule.label, line.data, line.horodate, rule.mode, self.stats.frames, self._loss, weak)
        self._loss = False
        if self.mode is None:
            self.mode = rule.mode
        if rule.mode is self.mode:
            self._ready.append(group)
        else:
            self._consider(group)

    def _begins_frame(self, rule: Rule) -> bool:
        """Tell, where STX and ETX were lost, whether a label opens a new frame.

        A short frame begins with ADIRn and holds ADCO in its middle (tic.md §6.3).
        """
        return rule is self._first or (rule.heads and self._first is not None and not self._first.bursts)

    def _consider(self, group: Group) -> None:
        """Hold a group that is not of the line's mode until enough of them prove another mode."""
        self._rivals.append(group)
        if len(self._rivals) < _MODE_VOTES:
            return
        self.stats.mode_changes += 1
        self.mode = group.mode
        self._ready += self._rivals
        self._rivals = []

    def _note_unknown(self, label: str) -> None:
        if self._opening:
            return
        self.stats.unknown_labels += 1
        seen = self.unknown.pop(label, 0) + 1
        if len(self.unknown) >= _UNKNOWN_KEPT:
            del self.unknown[min(self.unknown, key=self.unknown.__getitem__)]
        self.unknown[label] = seen
        self._loss = self._loss or seen < _UNKNOWN_TRUSTED

    def _drop(self, flaw: Flaw) -> None:
        if not self._opening:
            self.stats.count(flaw)
            self._loss = True
