"""When a source that said nothing for a while must no longer be believed (design §8)."""

from enum import StrEnum

from ..meter.cadence import BURST_S, Cadence

DEGRADED_MIN_S = 10.0
DEGRADED_MAX_S = 180.0
DEGRADED_INTERVALS = 3.0
UNAVAILABLE_MIN_S = 60.0

SLOW_S = 120.0
"""A source that usually speaks less often shows, but protects nothing."""


class Voice(StrEnum):
    """How well the source is heard."""

    SPEAKING = "speaking"
    DEGRADED = "degraded"  # too quiet to restore anything on its word
    SILENT = "silent"  # its values are no longer shown


class Silence:
    """The pace of a source, whatever its messages say, and what its present quiet means.

    Times are monotonic seconds. A source that has not spoken since ``started`` is judged from there. ``pause_s``: what
    the source itself lets pass between two messages at present, 0 where that is not its choice.
    """

    __slots__ = ("_cadence", "_last", "pause_s")

    def __init__(self, started: float) -> None:
        self._cadence = Cadence(BURST_S)
        self._last = started
        self.pause_s = 0.0

    def note(self, now: float) -> None:
        """A message arrived, of any kind."""
        self._cadence.note(now)
        self._last = now

    def interrupt(self) -> None:
        """The line was closed: the pause until the next message says nothing of the pace."""
        self._cadence.interrupt()

    @property
    def last(self) -> float:
        """Time of the latest message, or of the start."""
        return self._last

    @property
    def slow(self) -> bool:
        """Whether the source usually speaks too rarely to protect anything."""
        typical = self._cadence.median_s
        return typical is not None and typical > SLOW_S

    @property
    def degraded_after_s(self) -> float:
        """Quiet seconds after which the source is degraded: three times its slowest usual interval, 10 to 180 s."""
        usual = max(self._cadence.p99_s or 0.0, self.pause_s)
        return min(max(DEGRADED_INTERVALS * usual, DEGRADED_MIN_S), DEGRADED_MAX_S)

    @property
    def unavailable_after_s(self) -> float:
        """Quiet seconds after which nothing that it said is shown any more; twice its pace where that is slow."""
        usual = 2 * (self._cadence.p99_s or 0.0) if self.slow else 0.0
        return max(UNAVAILABLE_MIN_S, self.degraded_after_s, usual)

    def voice(self, now: float) -> Voice:
        """Judge the quiet of this moment."""
        # The same sums as in `next_change`: at the moment that it names, the judgement has changed.
        if now < self._last + self.degraded_after_s:
            return Voice.SPEAKING
        return Voice.DEGRADED if now < self._last + self.unavailable_after_s else Voice.SILENT

    def next_change(self, now: float) -> float | None:
        """When the judgement will change if nothing more is heard; None once silent."""
        match self.voice(now):
            case Voice.SPEAKING:
                return self._last + self.degraded_after_s
            case Voice.DEGRADED:
                return self._last + self.unavailable_after_s
            case Voice.SILENT:
                return None
