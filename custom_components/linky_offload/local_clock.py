"""The time of the local day, read seldom: turning to a time zone is not for every group of the meter."""

from typing import Final

from homeassistant.util import dt as dt_util

_EVERY_S: Final = 15.0


class LocalClock:
    """``hour`` (0–23) and ``minute`` (0–1439) of the local day, at most `_EVERY_S` old."""

    def __init__(self, now: float) -> None:
        """Read it for the first time; ``now`` is monotonic."""
        self.hour = self.minute = 0
        self._read_at = now
        self._read()

    def look(self, now: float) -> bool:
        """Bring it up to date; True when another hour has begun."""
        if now - self._read_at < _EVERY_S:
            return False
        self._read_at = now
        before = self.hour
        self._read()
        return self.hour != before

    def _read(self) -> None:
        time = dt_util.now()
        self.hour, self.minute = time.hour, 60 * time.hour + time.minute
