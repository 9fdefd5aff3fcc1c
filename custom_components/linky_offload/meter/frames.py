"""What one frame held: only a frame received whole tells what the meter did not say (tic.md §3.4, §12.13)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto

from ..tic import Group, Mode

_WARNINGS = frozenset({"ADIR1", "ADIR2", "ADIR3"})
_FIRST_LABELS = _WARNINGS | {"ADCO", "ADSC"}
_SHORT_LABELS = _WARNINGS | {"ADCO", "IINST1", "IINST2", "IINST3"}
_LONG_HISTORIC = "OPTARIF"
_SHORT_HISTORIC = "IINST1"


class FrameKind(Enum):
    """Long frames carry everything, short ones only the overload of three-phase historic meters (tic.md §6.3)."""

    LONG = auto()
    SHORT = auto()
    IDLE = auto()
    """The address alone: an old meter whose output is in standby (tic.md §2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedFrame:
    """A frame that is over. ``complete``: begun by its first group, and nothing lost from there to the next frame."""

    labels: frozenset[str]
    kind: FrameKind
    complete: bool


class FrameLog:
    """The labels of the frame being received."""

    def __init__(self) -> None:
        self._labels: set[str] = set()
        self._number: int | None = None
        self._mode = Mode.STANDARD
        self._sound = False

    def enter(self, group: Group) -> ClosedFrame | None:
        """Write ``group`` down; the frame that it closes, if it is the first of another one."""
        closed = None
        if group.frame != self._number:
            closed = self._close(lost=group.after_loss)
            self._number = group.frame
            self._mode = group.mode
            self._labels = set()
            self._sound = group.label in _FIRST_LABELS
        elif group.after_loss:
            self._sound = False
        self._labels.add(group.label)
        return closed

    def begin_message(self, labels: Iterable[str]) -> None:
        """A message of a bridge with these labels begins: it is a frame of its own, which proves no absence yet."""
        self._number = 0 if self._number is None else self._number + 1
        self._labels = set(labels)
        self._sound = False

    def end_message(self, mode: Mode) -> ClosedFrame:
        """The message was all that the meter says, and no short frame unless it warns."""
        self._mode = mode
        kind = FrameKind.SHORT if self._labels & _WARNINGS else FrameKind.LONG
        return ClosedFrame(labels=frozenset(self._labels), kind=kind, complete=True)

    def lose_line(self) -> None:
        """Bytes were missed: the frame being received tells nothing of what is absent."""
        self._sound = False

    @property
    def is_short(self) -> bool:
        """Whether the frame being received is a short one for sure: it warns, or lacks what long ones begin with."""
        return bool(self._labels & _WARNINGS) or (self._sound and self._labels <= _SHORT_LABELS)

    @property
    def number(self) -> int | None:
        """Sequence number of the frame being received."""
        return self._number

    def _kind(self) -> FrameKind:
        if self._mode is Mode.STANDARD or _LONG_HISTORIC in self._labels:
            return FrameKind.LONG
        return FrameKind.SHORT if _SHORT_HISTORIC in self._labels else FrameKind.IDLE

    def _close(self, *, lost: bool) -> ClosedFrame | None:
        if not self._labels:
            return None
        return ClosedFrame(labels=frozenset(self._labels), kind=self._kind(), complete=self._sound and not lost)
