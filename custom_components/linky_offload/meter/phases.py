"""How many phases the meter has, told by its own labels (tic.md §5)."""

from collections.abc import Collection

from ..tic import Group, Mode
from .frames import ClosedFrame
from .vote import Vote

_PHASES = ("1", "2", "3")

THREE_PHASE_LABELS: dict[Mode, frozenset[str]] = {
    Mode.HISTORIC: frozenset(
        {"PMAX", "PPOT", *(f"{label}{phase}" for label in ("ADIR", "IINST", "IMAX") for phase in _PHASES)}
    ),
    Mode.STANDARD: frozenset(
        {
            *(f"{label}{phase}" for label in ("IRMS", "URMS", "UMOY") for phase in ("2", "3")),
            *(f"{label}{phase}" for label in ("SINSTS", "SMAXSN") for phase in _PHASES),
            *(f"SMAXSN{phase}-1" for phase in _PHASES),
        }
    ),
}
"""Labels that no single-phase meter sends."""

_LIVE_LABELS: dict[Mode, frozenset[str]] = {
    Mode.HISTORIC: frozenset({"IINST", "PAPP"}),
    Mode.STANDARD: frozenset({"IRMS1", "SINSTS"}),
}
"""A frame that holds one of these and no three-phase label comes from a single-phase meter."""

_NEIGHBOURS = frozenset({("IRMS1", "URMS1"), ("SINSTS", "SMAXSN")})
"""Groups that follow each other only where no second phase stands between them."""

_SURE = 3
"""Distinct three-phase labels in one frame that damage cannot have made."""

_LIKELY = 2

PATIENCE_S = 30.0
"""How long a bridge that sends its labels one by one may take to name a second phase."""


class PhaseCount:
    """1 or 3 phases. Known as soon as a frame leaves no doubt; changed only by five frames in a row that agree.

    ``known``: what was found out earlier.
    """

    def __init__(self, known: int | None = None) -> None:
        self._vote: Vote[int] = Vote(first=2, change=5)
        self._vote.value = known
        self._delivered: set[str] = set()
        self._delivered_since: float | None = None
        self._frame: int | None = None
        self._three_phase: set[str] = set()
        self._previous: str | None = None

    @property
    def value(self) -> int | None:
        """The number of phases; None before it is known."""
        return self._vote.value

    def observe(self, group: Group) -> bool:
        """Learn from one group; True when it makes the count known for the first time."""
        if group.frame != self._frame:
            self._frame = group.frame
            self._three_phase.clear()
            self._previous = None
        if group.label in THREE_PHASE_LABELS[group.mode]:
            self._three_phase.add(group.label)
        previous, self._previous = self._previous, group.label
        if self.value is not None:
            return False
        if len(self._three_phase) >= _SURE:
            return self._settle(3)
        alone = not group.after_loss and (previous, group.label) in _NEIGHBOURS
        return self._settle(1) if alone or group.label == "IINST" else False

    def close(self, frame: ClosedFrame, mode: Mode) -> bool:
        """Count the vote of a frame that is over; True when the count changes."""
        three_phase = len(frame.labels & THREE_PHASE_LABELS[mode])
        if three_phase >= _LIKELY:
            return self._vote.offer(3)
        if not three_phase and frame.labels & _LIVE_LABELS[mode]:
            return self._vote.offer(1)
        return False

    def deliver(self, labels: Collection[str], mode: Mode, now: float, *, told: int | None) -> bool:
        """Learn from a message of a bridge, which may hold any part of a frame; True when the count changes.

        ``told``: the count where the bridge, or the meter's address, says it. Otherwise several three-phase labels,
        however far apart, tell three phases, and live labels alone one phase once nothing else came for a while.
        """
        self._delivered |= THREE_PHASE_LABELS[mode].intersection(labels)
        if told is None and len(self._delivered) >= _LIKELY:
            told = 3
        if told is None and self.value is None and _LIVE_LABELS[mode].intersection(labels):
            if self._delivered_since is None:
                self._delivered_since = now
            if "IINST" in labels or now - self._delivered_since >= PATIENCE_S:
                told = 1
        return told is not None and told != self.value and self._settle(told)

    def _settle(self, count: int) -> bool:
        self._vote.value = count
        return True
