"""The serial line: true baud, gaps between groups and frames, bit errors, parity (tic.md §2, §3.1, §3.4)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
import math
import random

from simulator.frames import Piece
from simulator.tic import BAUD, Mode, add_parity

BITS_A_CHARACTER = 10
CHUNK_BYTES = 16
_START_BIT = 0
_STOP_BIT = 9
_STRIPPED = bytes(code & 0x7F for code in range(256))


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Speed of the line (Bd) and its silences (s). 54E: groups ≤ 33.4 ms apart, frames 16.7 to 33.4 ms."""

    baud: int
    group_gap_s: float
    frame_gap_s: float


def timing_of(mode: Mode, phases: int) -> Timing:
    """Return the timing of a real meter: long gaps in historic mode, short ones in standard mode (tic.md §3.4)."""
    if mode is Mode.HISTORIC:
        return Timing(baud=BAUD[mode], group_gap_s=0.033, frame_gap_s=0.033)
    return Timing(baud=BAUD[mode], group_gap_s=0.002 if phases == 1 else 0.006, frame_gap_s=0.025)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bytes that an 8-bit receiver has, `delay_s` after the previous chunk."""

    delay_s: float
    data: bytes


class Line:
    """Turns pieces of frames into timed chunks of at most `chunk_bytes`, none of them longer than a piece.

    `baud` replaces the speed of the mode (a dongle that re-emits historic frames at 9600). `bit_error_rate` flips bits
    of the ten-bit characters: a flipped start bit loses the character, a flipped stop bit delivers a NUL, others change
    it. `strip_parity` clears bit 7, as adapters set to 7 bits do.
    """

    def __init__(
        self,
        pieces: Iterable[Piece],
        *,
        baud: int | None = None,
        bit_error_rate: float = 0.0,
        strip_parity: bool = False,
        chunk_bytes: int = CHUNK_BYTES,
        seed: int = 0,
    ) -> None:
        self._pieces = pieces
        self._chunk_bytes = chunk_bytes
        self._baud = baud
        self._rate = bit_error_rate
        self._strip = strip_parity
        self._random = random.Random(seed)
        self._bits_to_error = self._next_error()

    def __iter__(self) -> Iterator[Chunk]:
        """Yield chunks as long as there are pieces."""
        gap_s = 0.0
        for piece in self._pieces:
            timing = timing_of(piece.mode, piece.phases)
            character_s = BITS_A_CHARACTER / (self._baud or timing.baud)
            wire = add_parity(piece.data)
            if piece.ends_frame:
                # ETX and EOT follow the last group at once.
                gap_s = 0.0
            for start in range(0, len(wire), self._chunk_bytes):
                sent = wire[start : start + self._chunk_bytes]
                yield Chunk(gap_s + len(sent) * character_s, self._receive(sent))
                gap_s = 0.0
            if piece.ends_frame:
                gap_s = timing.frame_gap_s
            elif piece.data[-1:] == b"\r":
                gap_s = timing.group_gap_s

    def _receive(self, sent: bytes) -> bytes:
        received = sent
        if self._bits_to_error < BITS_A_CHARACTER * len(sent):
            received = self._damage(sent)
        self._bits_to_error -= BITS_A_CHARACTER * len(sent)
        return received.translate(_STRIPPED) if self._strip else received

    def _damage(self, sent: bytes) -> bytes:
        """Return what is received of characters of which at least one bit is flipped."""
        flipped: dict[int, list[int]] = {}
        while self._bits_to_error < BITS_A_CHARACTER * len(sent):
            character, bit = divmod(int(self._bits_to_error), BITS_A_CHARACTER)
            flipped.setdefault(character, []).append(bit)
            self._bits_to_error += 1 + self._next_error()
        received = b""
        begin = 0
        for character, bits in flipped.items():
            received += sent[begin:character] + _received(sent[character], bits)
            begin = character + 1
        return received + sent[begin:]

    def _next_error(self) -> float:
        """Draw how many good bits come before the next flipped one."""
        if self._rate <= 0:
            return math.inf
        return math.floor(math.log(1 - self._random.random()) / math.log1p(-self._rate))


def _received(code: int, flipped: list[int]) -> bytes:
    """Return what is received of one character with these bits of its ten flipped, which may be nothing."""
    if _START_BIT in flipped:
        return b""
    if _STOP_BIT in flipped:
        return b"\0"
    for bit in flipped:
        code ^= 1 << (bit - 1)
    return bytes((code,))
