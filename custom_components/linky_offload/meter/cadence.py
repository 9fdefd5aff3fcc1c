"""How often the meter really speaks: the pace that the guards of the arbiter reckon with."""

from bisect import bisect_left, insort
from collections import deque
import math

WINDOW = 256
"""Intervals remembered: some minutes of a serial line, some hours of a slow bridge."""

ENOUGH = 8
"""Intervals below which a 99th percentile says nothing."""

BURST_S = 0.3
"""Messages of a bridge that follow one another faster than this say one thing together."""


class Cadence:
    """The 99th percentile of the intervals between values, over the latest ``WINDOW`` intervals.

    Values that follow the one counted last within ``burst_s`` belong to it: a bridge that sends one message a label
    speaks once a frame, not forty times.
    """

    __slots__ = ("_burst_s", "_last", "_recent", "_sorted")

    def __init__(self, burst_s: float = 0.0) -> None:
        self._burst_s = burst_s
        self._last: float | None = None
        self._recent: deque[float] = deque()
        self._sorted: list[float] = []

    def note(self, now: float) -> None:
        """A value arrived at ``now`` (monotonic seconds)."""
        if self._last is not None and 0 <= now - self._last < self._burst_s:
            return
        if self._last is not None and now >= self._last:
            if len(self._recent) == WINDOW:
                del self._sorted[bisect_left(self._sorted, self._recent.popleft())]
            self._recent.append(now - self._last)
            insort(self._sorted, now - self._last)
        self._last = now

    def interrupt(self) -> None:
        """The line was lost: the time until the next value is an outage, not an interval."""
        self._last = None

    @property
    def median_s(self) -> float | None:
        """The middle one of the intervals in seconds; None until ``ENOUGH`` intervals are known."""
        count = len(self._sorted)
        return None if count < ENOUGH else self._sorted[count // 2]

    @property
    def p99_s(self) -> float | None:
        """99th percentile of the intervals in seconds (nearest rank); None until ``ENOUGH`` intervals are known."""
        count = len(self._sorted)
        if count < ENOUGH:
            return None
        return self._sorted[math.ceil(0.99 * count) - 1]
