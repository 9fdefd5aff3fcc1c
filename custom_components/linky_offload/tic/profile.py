"""The switching profile of a coming day, PJOURF+1 and PPOINTE (tic.md §8.3).

Eleven blocks of eight characters, ``HHMM`` the start and ``SSSS`` the action, or ``NONUTILE``. Some meters write hours
and minutes in decimal, others as hexadecimal bytes, and nothing in the frame says which: a profile is read both ways,
and a reading holds only if every time exists and each block starts after the one before.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from itertools import pairwise

_UNUSED = "NONUTILE"


class Encoding(StrEnum):
    """How a meter writes hours and minutes."""

    DECIMAL = "decimal"
    HEXADECIMAL = "hexadecimal"


class Contact(IntEnum):
    """What happens to the real dry contact, bits 15–14 of the action."""

    UNCHANGED = 0
    TEMPO = 1  # as the meter's own Tempo settings say, else unchanged
    OPEN = 2
    CLOSED = 3


@dataclass(frozen=True, slots=True)
class Slot:
    """One block: from ``start_min`` (minutes after midnight) on.

    ``index`` is the supplier index (1–10), None when the tariff does not change; ``virtual`` the virtual contacts 1 to
    7, True when closed.
    """

    start_min: int
    contact: Contact
    virtual: tuple[bool, ...]
    index: int | None


@dataclass(frozen=True, slots=True)
class Profile:
    """Both readings of one profile; None for a reading that does not hold."""

    decimal: tuple[Slot, ...] | None
    hexadecimal: tuple[Slot, ...] | None

    def slots(self, *, tempo: bool = False, learned: Encoding | None = None) -> tuple[Slot, ...] | None:
        """Return the profile, or None while its encoding is in doubt.

        ``learned`` is what this meter's earlier changes of tariff proved. Without it, a Tempo day (``tempo``: NGTF says
        so) whose last block starts with 16 is hexadecimal: its peak hours end at 22:00, never at 16:00.
        """
        if self.decimal is None or self.hexadecimal is None or self.decimal == self.hexadecimal:
            return self.decimal if self.decimal is not None else self.hexadecimal
        if learned is not None:
            return self.decimal if learned is Encoding.DECIMAL else self.hexadecimal
        if tempo and self.decimal[-1].start_min // 60 == 16:
            return self.hexadecimal
        return None

    @property
    def encoding(self) -> Encoding | None:
        """The encoding that this profile proves by itself, to be learned; None when both readings hold or neither."""
        if (self.decimal is None) is (self.hexadecimal is None):
            return None
        return Encoding.DECIMAL if self.hexadecimal is None else Encoding.HEXADECIMAL


def parse_profile(data: str) -> Profile:
    """Read the blocks of PJOURF+1 or PPOINTE. ValueError when an action is not hexadecimal."""
    blocks = [block for block in data.split(" ") if block != _UNUSED]
    return Profile(_read(blocks, 10), _read(blocks, 16))


def _read(blocks: list[str], base: int) -> tuple[Slot, ...] | None:
    slots = []
    for block in blocks:
        start_min = _minutes(block[:4], base)
        if start_min is None:
            return None
        action = int(block[4:], 16)
        index = action & 0xF
        slots.append(
            Slot(
                start_min,
                Contact(action >> 14 & 3),
                tuple(bool(action >> bit & 1) for bit in range(4, 11)),
                index if 1 <= index <= 10 else None,
            )
        )
    if any(later.start_min <= earlier.start_min for earlier, later in pairwise(slots)):
        return None
    return tuple(slots)


def _minutes(hhmm: str, base: int) -> int | None:
    try:
        hours, minutes = int(hhmm[:2], base), int(hhmm[2:], base)
    except ValueError:
        return None
    return hours * 60 + minutes if hours <= 23 and minutes <= 59 else None
