"""How a load is used while it is on: when an idle one starts, and whether a day/night contactor feeds it (design §6).

Time is booked when a view of the load comes, under the state that ends with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import math
from typing import Any, Final, Self

SOON_S: Final = 10.0
"""How far ahead a start of an idle load would be the fault of a load that had just been returned."""

_ENOUGH_STARTS: Final = 3
_FORGET_S: Final = 7 * 86_400.0
_LIVE_S: Final = 1800.0
_DEAD_S: Final = 6 * 3600.0
_EXACT: Final = 8
_SHARE: Final = 0.9
_SIGMAS: Final = 1.2816  # of a normal distribution at its 90th percentile


@dataclass(slots=True)
class Usage:
    """Seconds on and idle, starts out of idleness, and where the off-peak hours are known the time in each state."""

    idle_s: float = 0.0
    starts: float = 0.0
    live_off_peak_s: float = 0.0
    dead_peak_s: float = 0.0  # on, outside off-peak hours, without a sign of power since the last one
    _since: float | None = None
    _idle: bool = False

    @property
    def contactor(self) -> bool:
        """It has drawn power in off-peak hours and, for long, never outside: a contactor feeds it."""
        return self.live_off_peak_s >= _LIVE_S and self.dead_peak_s >= _DEAD_S

    def see(self, idle: bool | None, off_peak: bool | None, now: float, *, told_at: float = -math.inf) -> None:
        """Book the time since the last view. ``idle``: on and drawing nothing, None while it is off or not measured.

        ``told_at``: until then the sensor may not have told yet what the load draws since it was switched on, so that
        neither an idle time nor its end proves anything.
        """
        if self._since is not None and now > self._since:
            self._book(now - self._since, off_peak)
            if self._idle and idle is False:
                self.starts += 1
        self._since, self._idle = (None, False) if idle is None else (max(now, told_at) if idle else now, idle)

    def starts_soon(self, now: float) -> float | None:
        """Probability that it starts within `SOON_S` of any moment at which it is idle; None while unlearned."""
        idle_s = self.idle_s + (now - self._since if self._idle and self._since is not None else 0.0)
        if self.starts < _ENOUGH_STARTS or idle_s <= 0:
            return None
        return -math.expm1(-self.starts * SOON_S / idle_s)

    def dump(self) -> dict[str, float]:
        """State for storage."""
        return {
            "idle_s": self.idle_s,
            "starts": self.starts,
            "live_off_peak_s": self.live_off_peak_s,
            "dead_peak_s": self.dead_peak_s,
        }

    @classmethod
    def load(cls, state: Mapping[str, Any]) -> Self:
        """What a `dump` held."""
        usage = cls()
        for key in usage.dump():
            setattr(usage, key, float(state.get(key, 0.0)))
        return usage

    def _book(self, lasted: float, off_peak: bool | None) -> None:
        if self._idle:
            self.idle_s += lasted
            if self.idle_s > _FORGET_S:
                self.idle_s, self.starts = self.idle_s / 2, self.starts / 2
        if off_peak is True and not self._idle:
            self.live_off_peak_s = min(_LIVE_S, self.live_off_peak_s + lasted)
        elif off_peak is False:
            self.dead_peak_s = min(_DEAD_S, self.dead_peak_s + lasted) if self._idle else 0.0


def likely_va(starts: Sequence[tuple[float, float]]) -> float:
    """90th percentile of the sum of loads that each draw ``va`` with a ``probability``, given as such pairs."""
    if len(starts) > _EXACT:
        mean = sum(va * probability for va, probability in starts)
        variance = sum(va * va * probability * (1 - probability) for va, probability in starts)
        return mean + _SIGMAS * math.sqrt(variance)
    sums = [(0.0, 1.0)]
    for va, probability in starts:
        without = [(total, share * (1 - probability)) for total, share in sums]
        sums = without + [(total + va, share * probability) for total, share in sums]
    reached = 0.0
    for total, share in sorted(sums):
        reached += share
        if reached >= _SHARE:
            return total
    return sum(va for va, _ in starts)
