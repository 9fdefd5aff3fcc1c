"""One mode for all that a bridge says (tic.md §1): a meter speaks historic or standard, some bridges mix the names."""

from collections import Counter
from collections.abc import Sequence
import math
from typing import Final, NamedTuple

from ..tic import Mode
from .oddity import Oddity


class Line(NamedTuple):
    """One label as the wire writes it."""

    label: str
    data: str
    horodate: str | None
    mode: Mode


_STANDARD_NAMES: Final = {
    "ADCO": "ADSC",
    "BASE": "EAST",
    "HCHC": "EASF01",
    "HCHP": "EASF02",
    "EJPHN": "EASF01",
    "EJPHPM": "EASF02",
    "BBRHCJB": "EASF01",
    "BBRHPJB": "EASF02",
    "BBRHCJW": "EASF03",
    "BBRHPJW": "EASF04",
    "BBRHCJR": "EASF05",
    "BBRHPJR": "EASF06",
    "IINST": "IRMS1",
    "IINST1": "IRMS1",
    "IINST2": "IRMS2",
    "IINST3": "IRMS3",
    "PAPP": "SINSTS",
}
"""Historic names under which some bridges give what a meter in standard mode says; the data has the same form."""

_UNDECIDED: Final = frozenset({"PREF"})
"""A standard label that bridges also work out for a historic meter."""

_PROOF: Final = 4
"""Historic labels in one message that no translation explains."""

_SILENCE_S: Final = 120.0
"""Time without a standard label after which historic ones mean that the meter was switched."""


class ModeKeeper:
    """The mode of the meter behind one bridge, followed live; None before the first label."""

    def __init__(self) -> None:
        self.mode: Mode | None = None
        self._standard_at = -math.inf

    def arrange(self, lines: Sequence[Line], now: float, counts: Counter[Oddity]) -> list[Line]:
        """Bring the labels of one message into one mode; those that it does not have are counted and left out."""
        self._learn(lines, now)
        if all(line.mode is self.mode for line in lines):
            return list(lines)
        kept = []
        present = {line.label for line in lines}
        for line in lines:
            if line.mode is self.mode:
                kept.append(line)
                continue
            name = _STANDARD_NAMES.get(line.label) if self.mode is Mode.STANDARD else None
            if name is None or name in present:
                counts[Oddity.OTHER_MODE] += 1
            else:
                kept.append(Line(name, line.data, None, Mode.STANDARD))
        return kept

    def settle(self, mode: Mode) -> None:
        """The bridge itself tells the mode."""
        self.mode = mode
        self._standard_at = -math.inf

    def _learn(self, lines: Sequence[Line], now: float) -> None:
        standard = sum(line.mode is Mode.STANDARD and line.label not in _UNDECIDED for line in lines)
        historic = [line.label for line in lines if line.mode is Mode.HISTORIC]
        proof = sum(label not in _STANDARD_NAMES for label in historic)
        if standard and standard >= proof:
            self._standard_at = now
            self.mode = Mode.STANDARD
        elif not historic:
            self.mode = self.mode or (Mode.STANDARD if lines else None)
        elif self.mode is None or proof >= _PROOF or now - self._standard_at > _SILENCE_S:
            self.mode = Mode.HISTORIC
