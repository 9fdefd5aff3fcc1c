"""What one message is being read into: labels in the form of the wire, measures, and what was odd."""

from collections import Counter
from dataclasses import dataclass, field

from ..meter import Quantity, Scalar
from ..meter.delivery import Delivery
from ..tic import Group
from .forms import FORMS, Refused, number, write
from .modes import Line, ModeKeeper
from .oddity import Oddity

STANDING = frozenset({"ADCO", "ADSC", "ISOUSC", "NGTF", "OPTARIF", "PCOUP", "PREF", "PRM", "VTIC"})
"""Labels of identity and contract: all that a message kept by the broker may still tell."""

_INDEXES = frozenset(
    {"BASE", "HCHC", "HCHP", "EJPHN", "EJPHPM", "EAST", *(f"EASF{index:02}" for index in range(1, 11))}
) | {f"BBRH{hours}J{colour}" for hours in ("C", "P") for colour in "BWR"}
"""What was drawn since the meter was made: all of them 0 in a bridge that has not read the meter yet."""


@dataclass(slots=True)
class Memory:
    """What one message leaves for the next.

    ``written``: label → value, horodate and how they were written, since most come back unchanged. ``told``: the
    latest coarse values that went to the meter. ``risen``: the indexes that were above 0.
    """

    written: dict[str, tuple[object, str | None, Line]] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    risen: set[str] = field(default_factory=set)


class Draft:
    """Collects one message.

    ``phases``: 1 or 3 where the message tells. ``complete``: it holds a whole frame. ``from_wire``: its labels kept
    the meter's own checksum. ``coarse``: labels in whole kWh, which say something only when they step.
    """

    __slots__ = ("_absent", "_lines", "_measures", "_memory", "coarse", "complete", "counts", "from_wire", "phases")

    def __init__(self, counts: Counter[Oddity], memory: Memory) -> None:
        self.counts = counts
        self.coarse: set[str] = set()
        self.from_wire = False
        self._memory = memory
        self.phases: int | None = None
        self.complete = False
        self._lines: dict[str, Line] = {}
        self._measures: list[tuple[Quantity, Scalar]] = []
        self._absent: set[str] = set()

    def put(self, label: str, value: object, horodate: str | None = None) -> None:
        """Write the value of a known label down, or count why it may not be believed."""
        known = self._memory.written.get(label)
        if known is not None and type(known[0]) is type(value) and known[0] == value and known[1] == horodate:
            self._lines[known[2].label] = known[2]
            return
        form = FORMS[label]
        try:
            data, moment = write(form, value, horodate)
        except Refused as refusal:
            self.counts[refusal.oddity] += 1
            return
        line = Line(form.rule.label, data, moment, form.rule.mode)
        self._memory.written[label] = (value, horodate, line)
        self._lines[line.label] = line

    def take(self, group: Group) -> None:
        """Write down a group that comes from the wire as it is."""
        self.from_wire = True
        line = Line(group.label, group.data, group.horodate, group.mode)
        self._memory.written[group.label] = (group.data, group.horodate, line)
        self._lines[group.label] = line

    def put_scaled(self, label: str, value: object, factor: float) -> None:
        """Write a number of another unit down, times ``factor``."""
        try:
            found = number(value)
        except Refused as refusal:
            self.counts[refusal.oddity] += 1
            return
        self.put(label, found * factor)

    def measure(self, quantity: Quantity, value: float, lowest: float, highest: float) -> None:
        """Write down a number that no label carries, if it lies within the given limits."""
        if lowest <= value <= highest:
            self._measures.append((quantity, value))
        else:
            self.counts[Oddity.OUT_OF_RANGE] += 1

    def tell(self, quantity: Quantity, value: str | bool) -> None:
        """Write down a word or a flag that no label carries."""
        self._measures.append((quantity, value))

    def deny(self, *labels: str) -> None:
        """The message says that the meter does not send these labels now."""
        self._absent.update(labels)

    def last(self, label: str) -> str | None:
        """What was written for a label, here or in an earlier message."""
        known = self._memory.written.get(label)
        return None if known is None else known[2].data

    def forget(self, label: str) -> None:
        """Take a label out again."""
        self._lines.pop(label, None)

    def data(self, label: str) -> str | None:
        """What was written for a label."""
        line = self._lines.get(label)
        return None if line is None else line.data

    def odd(self, oddity: Oddity) -> None:
        """Count something odd."""
        self.counts[oddity] += 1

    def _drop_unread_indexes(self) -> bool:
        """Take out the indexes of a bridge that has not read its meter yet; False when no message is left.

        They are all 0 then, as everything beside them. An index that once had risen never returns to 0.
        """
        indexes = {label: line.data.strip("0") for label, line in self._lines.items() if label in _INDEXES}
        zeros = [label for label, digits in indexes.items() if not digits]
        if zeros:
            alone = len(zeros) == len(indexes)
            if alone and (len(zeros) > 1 or not self._memory.risen or zeros[0] in self._memory.risen):
                self.odd(Oddity.NOT_KNOWN_YET)
                return False
            for label in self._memory.risen.intersection(zeros):
                self.odd(Oddity.NOT_KNOWN_YET)
                self.forget(label)
        self._memory.risen.update(label for label, digits in indexes.items() if digits)
        return True

    def finish(self, modes: ModeKeeper, now: float, *, retained: bool) -> Delivery | None:
        """The message for the meter; None when nothing is left of it."""
        if not self.from_wire and not self._drop_unread_indexes():
            return None
        lines = [line for line in self._lines.values() if not retained or line.label in STANDING]
        for label in self.coarse & self._lines.keys() if not retained else ():
            if self._memory.told.get(label) == self._lines[label].data:
                lines.remove(self._lines[label])
            self._memory.told[label] = self._lines[label].data
        groups = tuple(Group(*line) for line in modes.arrange(lines, now, self.counts))
        if retained:
            return Delivery(groups=groups, phases=self.phases) if groups else None
        if not groups and not self._measures and not self._absent:
            self.odd(Oddity.NOTHING)
            return None
        return Delivery(
            groups=groups,
            measures=tuple(self._measures),
            complete=self.complete,
            absent=frozenset(self._absent),
            phases=self.phases,
        )
