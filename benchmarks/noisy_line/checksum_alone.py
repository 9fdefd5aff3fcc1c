"""The decoder to compare with: it believes whatever has the right checksum and reads as a number."""

from collections.abc import Iterator
import re
from typing import Final

from simulator.tic import Mode as WireMode

from .labels import MEANINGS_OF

# Bit 7 is masked; every control character but HT cuts, which saves groups whose terminators are damaged.
_CUT: Final = bytes(13 if code < 0x20 and code != 9 else code for code in range(128)) * 2
_HORODATE: Final = re.compile(r"[A-Za-z ][0-9]{12}")
_DECIMAL: Final = re.compile(r"[0-9]+")
_HEXADECIMAL: Final = re.compile(r"[0-9A-Fa-f]+|(?:[0-9A-F]{8}|NONUTILE)(?: (?:[0-9A-F]{8}|NONUTILE)){10}")
_HEXADECIMALS: Final = frozenset({"STGE", "PPOT", "MOTDETAT", "PJOURF+1", "PPOINTE"})


class ChecksumAlone:
    """The decoder to compare with: cuts at control characters, verifies the checksum, knows labels, reads digits."""

    def __init__(self, mode: WireMode) -> None:
        self._standard = mode is WireMode.STANDARD
        self._separator = b"\t" if self._standard else b" "
        self._labels = frozenset(label.encode() for label in MEANINGS_OF[mode])
        self._open = b""

    @property
    def waits(self) -> bool:
        """Whether something is open, which the next control character closes."""
        return bool(self._open)

    def feed(self, data: bytes) -> Iterator[tuple[str, str, str | None]]:
        """Yield label, data and horodate of the groups that the bytes complete."""
        *closed, self._open = (self._open + data.translate(_CUT)).split(b"\r")
        for line in closed:
            group = self._group(line)
            if group is not None:
                yield group

    def _group(self, line: bytes) -> tuple[str, str, str | None] | None:
        if len(line) < 4 or line[-2:-1] != self._separator:
            return None
        covered = line[: -1 if self._standard else -2]
        if (sum(covered) & 0x3F) + 0x20 != line[-1]:
            return None
        if self._standard:
            fields = line[:-2].split(b"\t")
        else:
            fields = line[:-2].split(b" ", 1)
        if fields[0] not in self._labels or not 2 <= len(fields) <= 3:
            return None
        label, *others = (part.decode("ascii") for part in fields)
        return label, others[-1], others[0] if len(others) == 2 else None


def is_number(label: str, data: str, horodate: str | None) -> bool:
    """Whether a decoder that looks at nothing else can still read the field as the number that it should be."""
    if horodate is not None and not _HORODATE.fullmatch(horodate):
        return False
    if label == "DATE":
        return horodate is not None
    return bool((_HEXADECIMAL if label in _HEXADECIMALS else _DECIMAL).fullmatch(data))
