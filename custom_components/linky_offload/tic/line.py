"""From the bytes between two control characters to a label with its data, or to what is wrong with them."""

from enum import StrEnum
import re
from typing import Final, NamedTuple

from .checksum import HT, SP, checksum_holds
from .labels import HISTORIC_RULES, STANDARD_RULES, Rule

# The shortest group is a 4-letter label with 2 characters (``PEJP 30 R``, ``PREF␉06␉E``) or 5 with 1 (``HHPHC A ,``);
# the longest is PJOURF+1 with 109. Beyond 160 bytes no terminator is to be expected (tic.md §12.7).
SHORTEST: Final = 9
LONGEST: Final = 160

_LABEL_LIKE: Final = re.compile(rb"[A-Z][A-Z0-9+-]{1,9}")


class Flaw(StrEnum):
    """Why bytes were dropped; each value names its counter in ``Stats``."""

    CHECKSUM = "checksum_errors"
    PARITY = "parity_errors"
    FRAMING = "framing_errors"
    RULE = "rule_errors"
    MODE = "mode_errors"


class Line(NamedTuple):
    """A group that kept every rule of its label."""

    rule: Rule
    horodate: str | None
    data: str


class UnknownLabel(NamedTuple):
    """A right checksum over a label that no specification lists."""

    label: str


def parse_line(line: bytes) -> Line | UnknownLabel | Flaw:
    """Read what stands between LF and CR: SHORTEST to LONGEST 7-bit codes, without any control character but HT.

    The character before the checksum names the mode (tic.md §3.5). Nothing is stripped: the checksum may be a space,
    and texts are padded with spaces that it covers.
    """
    separator = line[-2]
    if separator == HT:
        rules, between = STANDARD_RULES, b"\t"
    elif separator == SP:
        rules, between = HISTORIC_RULES, b" "
    else:
        return Flaw.FRAMING
    if not checksum_holds(line):
        return Flaw.CHECKSUM
    label, _, content = line[:-2].partition(between)
    rule = rules.get(label)
    if rule is None:
        return UnknownLabel(label.decode("ascii")) if _LABEL_LIKE.fullmatch(label) else Flaw.FRAMING
    text = content.decode("ascii")
    if not rule.allows(text):
        return Flaw.RULE
    if rule.dated:
        horodate, _, data = text.partition("\t")
        return Line(rule, horodate, data)
    return Line(rule, None, text)
