"""Even parity checked in software (tic.md §12.3 and §12.4).

The line is 7E1 but the port is opened 8N1, so the parity bit arrives as bit 7 and we are the only ones to check it.
Some adapters and bridges strip it: then bytes of several whole groups are all below 0x80, which a line that carries
parity cannot do, since each group ends with a carriage return (0x8D with its parity bit).
"""

from enum import StrEnum
from typing import Final

_EVEN_BYTES: Final = bytes(byte for byte in range(256) if byte.bit_count() % 2 == 0)

# How many groups in a row, without one that says the opposite, settle the question or reopen it.
_VOTES: Final = 3


class ParityState(StrEnum):
    """What is known of the parity bit of a line; also what one group tells of it."""

    UNKNOWN = "unknown"
    CHECKED = "checked"
    STRIPPED = "stripped"


def parity_errors_in(raw: bytes) -> bool:
    """Tell whether a byte of ``raw`` has an odd number of bits set."""
    return bool(raw.translate(None, _EVEN_BYTES))


def lone_error_in(raw: bytes) -> int | None:
    """Where the only byte of ``raw`` with an odd number of bits set stands; None when there is none, or more."""
    odd = raw.translate(None, _EVEN_BYTES)
    return raw.index(odd) if len(odd) == 1 else None


def testimony(raw: bytes) -> ParityState | None:
    """Tell what the raw bytes of one group say of the line; None when they can only be damaged.

    CHECKED: bit 7 is used and every byte is even. STRIPPED: bit 7 is never used and some byte is odd. UNKNOWN: bit 7 is
    never used and every byte happens to be even, which both kinds of line may send.
    """
    odd = parity_errors_in(raw)
    if raw.isascii():
        return ParityState.STRIPPED if odd else ParityState.UNKNOWN
    return None if odd else ParityState.CHECKED


class ParityWatch:
    """Follows, group by group, whether a line carries parity."""

    __slots__ = ("_rival", "_votes", "state")

    def __init__(self) -> None:
        self.state = ParityState.UNKNOWN
        self._rival = ParityState.UNKNOWN
        self._votes = 0

    def expects(self, raw: bytes) -> bool:
        """Tell whether ``raw`` is wholly what the settled state promises, so that its groups need not be looked at."""
        if self._votes:
            return False
        if self.state is ParityState.STRIPPED:
            return raw.isascii()
        return self.state is ParityState.CHECKED and not parity_errors_in(raw)

    def vouches(self, said: ParityState) -> bool:
        """Tell whether the parity of a group that said so proves it, the line being what it is."""
        return said is ParityState.CHECKED or (said is ParityState.UNKNOWN and self.state is ParityState.CHECKED)

    def admits(self, said: ParityState) -> bool:
        """Take the testimony of a group that is right in every other respect; tell whether it may be believed.

        A group without parity on a line that carries it is damaged, until enough of them show that the source changed.
        """
        if said is ParityState.UNKNOWN:
            return True
        if said is self.state:
            self._votes = 0
            return True
        if said is not self._rival:
            self._rival, self._votes = said, 0
        self._votes += 1
        if self._votes == _VOTES:
            self.state, self._votes = said, 0
        return self.state is not ParityState.CHECKED or said is ParityState.CHECKED
