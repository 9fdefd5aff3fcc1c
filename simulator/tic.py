"""Groups and frames as the meter writes them (54E §5.3, tic.md §3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

STX = b"\x02"
ETX = b"\x03"
EOT = b"\x04"


class Mode(StrEnum):
    """The two outputs of a Linky."""

    HISTORIC = "historic"
    STANDARD = "standard"


BAUD = {Mode.HISTORIC: 1200, Mode.STANDARD: 9600}
_SEPARATOR = {Mode.HISTORIC: " ", Mode.STANDARD: "\t"}


@dataclass(frozen=True, slots=True)
class Group:
    """One group before encoding; `data` is padded already, `horodate` is 13 characters or None."""

    label: str
    data: str
    horodate: str | None = None


def checksum(mode: Mode, body: str) -> str:
    """Return the check character of a group.

    `body` runs from the label to the last data character, final separator excluded. The standard mode adds that
    separator to the sum, the historic mode does not (02E §1.3, 54E §5.3.6).
    """
    total = sum(body.encode("ascii"))
    if mode is Mode.STANDARD:
        total += ord(_SEPARATOR[mode])
    return chr((total & 0x3F) + 0x20)


def encode_group(mode: Mode, label: str, data: str, horodate: str | None = None) -> bytes:
    """Return a group from LF to CR. Raises ValueError for a horodate in historic mode."""
    if horodate is not None and mode is Mode.HISTORIC:
        raise ValueError("the historic mode has no horodate")
    separator = _SEPARATOR[mode]
    fields = (label, data) if horodate is None else (label, horodate, data)
    body = separator.join(fields)
    return f"\n{body}{separator}{checksum(mode, body)}\r".encode("ascii")


def frame(groups: Iterable[Group], mode: Mode) -> bytes:
    """Return a complete frame, STX to ETX."""
    return STX + b"".join(encode_group(mode, g.label, g.data, g.horodate) for g in groups) + ETX


def _with_even_parity(code: int) -> int:
    return code | 0x80 if (code & 0x7F).bit_count() % 2 else code & 0x7F


_PARITY = bytes(_with_even_parity(code) for code in range(256))


def add_parity(data: bytes) -> bytes:
    """Return the bytes as an 8-bit receiver sees them: even parity in bit 7."""
    return data.translate(_PARITY)


def horodate(when: datetime, *, degraded: bool = False) -> str:
    """Return SAAMMJJhhmmss for an aware local time; a small season letter tells a degraded clock (54E §6.2.1.1)."""
    summer = when.dst() not in {None, timedelta(0)}
    letter = "E" if summer else "H"
    return (letter.lower() if degraded else letter) + when.strftime("%y%m%d%H%M%S")


def seasonless(when: datetime) -> str:
    """Return the horodate of DPMx and FPMx, whose season is not given."""
    return " " + when.strftime("%y%m%d%H%M%S")
