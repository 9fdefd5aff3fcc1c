"""How far the meter's clock is from the true time: a median, for each reading of it is up to a frame late."""

from collections import deque
import statistics
from typing import Final

_SAMPLES: Final = 61
_FEWEST: Final = 5


class ClockOffset:
    """The meter's clock minus ours, s. Both are seconds since the epoch, so that summer time makes no difference."""

    def __init__(self) -> None:
        self._offsets: deque[float] = deque(maxlen=_SAMPLES)

    def observe(self, told_s: float, true_s: float) -> None:
        """The meter said ``told_s`` when it was ``true_s``."""
        self._offsets.append(told_s - true_s)

    @property
    def seconds(self) -> int | None:
        """The offset to the second, positive when the meter is ahead; None before enough was heard."""
        return round(statistics.median(self._offsets)) if len(self._offsets) >= _FEWEST else None
