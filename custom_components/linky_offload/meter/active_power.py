"""Active power (W) and power factor learned from the index and the apparent power (design §9).

A Linky gives VA each second and W never; but its index moves by one Wh at a time, and when it moves is known to the
interval between two samples. Between two such moves the energy is exact and the time nearly so: with samples every
``d`` seconds a window of ``T`` seconds tells the mean power to ``d / T``. That, over the VA of the same window, is the
power factor, which hardly changes while the load does not: so it is kept by level of load, and W follows each VA.

Every figure carries the error it may have; what cannot be told is None, never 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
import math
from typing import Any, Final

GOOD: Final = 0.05
"""Part of a power that its error may be for a window to be used by itself."""

_WORST_PART: Final = 0.25
_WORST_W: Final = 25.0
"""A power whose error is above both is not told."""

_STEADY_PART: Final = 0.15
_STEADY_VA: Final = 40.0
_LONGEST_S: Final = 120.0
"""After that a steady window is booked and a new one begun: the load may have changed its nature at the same VA."""

_WIDEST_S: Final = 900.0
_BOOKED_AT: Final = 0.2
_MEMORY_S: Final = 3600.0  # of windows that a level remembers
_WITHIN_LEVEL: Final = 0.02  # what the windows of a level may all be off by
_OFF_MEAN: Final = 0.4  # what the power factor may change by with the part of the load that differs from the mean
# From a level to its double the factor can rise no more than the added load being purely resistive makes it.
_UP_OCTAVE: Final = 0.05
_UP_OCTAVE_REST: Final = 0.8  # of what the factor lacks to 1
_DOWN_OCTAVE: Final = 0.35
_LOWEST_VA: Final = 25.0
_LEVELS_PER_OCTAVE: Final = 2
_WH: Final = 3600.0  # W·s


@dataclass(frozen=True, slots=True)
class Banded:
    """A figure and the most it may be off by, both in the same unit."""

    value: float
    error: float


@dataclass(frozen=True, slots=True)
class _Move:
    """The index reached ``wh`` between the monotonic seconds ``after`` and ``by``."""

    wh: int
    after: float
    by: float

    @property
    def at(self) -> float:
        return (self.after + self.by) / 2


@dataclass(frozen=True, slots=True)
class _Told:
    """What a window tells: the factor, and the VA·s and seconds it was found over."""

    factor: Banded
    apparent: float
    seconds: float

    @property
    def mean_va(self) -> float:
        return self.apparent / self.seconds


@dataclass(slots=True)
class _Level:
    """What was booked for one level of load: VA·s, W·s and their squares over VA·s, squared errors, and time."""

    apparent: float = 0.0
    energy: float = 0.0
    square: float = 0.0
    error2: float = 0.0
    seconds: float = 0.0

    def book(self, factor: Banded, apparent: float, seconds: float) -> None:
        """Add a window; older ones fade."""
        fade = max(0.0, 1 - seconds / _MEMORY_S)
        self.apparent = fade * self.apparent + apparent
        self.energy = fade * self.energy + factor.value * apparent
        self.square = fade * self.square + factor.value**2 * apparent
        self.error2 = fade**2 * self.error2 + (factor.error * apparent) ** 2
        self.seconds = fade * self.seconds + seconds

    @property
    def factor(self) -> Banded:
        """The mean factor; what the windows differed by counts as error: other loads may make the same VA."""
        mean = self.energy / self.apparent
        spread = math.sqrt(max(0.0, self.square / self.apparent - mean**2))
        return Banded(mean, math.sqrt(self.error2) / self.apparent + spread + _WITHIN_LEVEL)


@dataclass(slots=True)
class _Window:
    """A stretch of steady load. ``lowest`` and ``highest``: its extremes, VA; ``since``: its first sample.

    ``first``: the move of the index that it is measured from, ``apparent_first`` the VA·s at that time. ``latest`` is
    what it tells up to its latest move, ``sure`` up to the move after which the load was still the same.
    """

    lowest: float
    highest: float
    since: float
    first: _Move | None = None
    apparent_first: float = 0.0
    latest: _Told | None = None
    sure: _Told | None = None

    def holds(self, va: float) -> bool:
        """Whether ``va`` is still the same load."""
        low, high = min(self.lowest, va), max(self.highest, va)
        return high - low <= max(2 * _STEADY_VA, 2 * _STEADY_PART * high)


@dataclass(slots=True)
class ActivePower:
    """Learns the power factor of one direction of energy from its index (Wh) and its apparent power (VA).

    Times are monotonic seconds. Feed ``energy`` with every sample of the index, moved or not, and ``power`` with every
    sample of the power; ``watts`` tells the present active power.
    """

    _levels: dict[int, _Level] = field(default_factory=dict)
    _va: float | None = None
    _va_at: float = 0.0
    _integral: float = 0.0  # VA·s since the start
    _wh: int | None = None
    _wh_at: float = 0.0
    _window: _Window | None = None
    _rounding: float = 0.5

    def power(self, va: float, now: float, *, longest_gap_s: float = math.inf, rounding_va: float = 0.5) -> None:
        """Take a sample of the apparent power, rounded to ``rounding_va``; after a longer gap nothing is concluded."""
        if self._va is not None:
            if now - self._va_at > longest_gap_s:
                self.interrupt()
            else:
                self._integral += self._va * max(0.0, now - self._va_at)
        self._va, self._va_at, self._rounding = va, now, rounding_va
        window = self._window
        if window is None or not window.holds(va):
            # The latest move may hold energy of the new load already: only what is sure is booked.
            self._book()
            self._window = _Window(va, va, now)
            return
        window.lowest, window.highest = min(window.lowest, va), max(window.highest, va)
        window.sure = window.latest
        if window.sure is not None and self._long(window.sure):
            self._book()
            window.first = window.latest = None

    def energy(self, wh: int, now: float) -> None:
        """Take a sample of the index."""
        before, before_at = self._wh, self._wh_at
        self._wh, self._wh_at = wh, now
        if before is None or now <= before_at:
            return
        if wh < before or self._impossible(wh - before, now - before_at):
            # Another meter, another index, or the register is full: nothing spans that.
            self.interrupt()
        elif wh > before:
            self._moved(_Move(wh, before_at, now))

    def interrupt(self) -> None:
        """Something was missed: no window spans this moment, what was learned stays."""
        self._book()
        self._window = None
        self._va = None

    def watts(self) -> Banded | None:
        """The active power behind the latest apparent power; None while it cannot be told well enough."""
        if self._va is None:
            return None
        if self._va == 0:
            return Banded(0.0, 0.0)  # no active power is above its apparent power
        factor = self.factor()
        if factor is None:
            return None
        error = factor.error * self._va
        return Banded(factor.value * self._va, error) if error <= max(_WORST_W, _WORST_PART * self._va) else None

    def factor(self) -> Banded | None:
        """The power factor of the present load: that of the running window or of its level, whichever is surer."""
        if not self._va:
            return None
        sure = self._window.sure if self._window is not None else None
        known = self._at_level(self._va)
        if sure is None or sure.factor.error > GOOD * sure.factor.value:
            return known
        off = _OFF_MEAN * abs(self._va - sure.mean_va) / self._va
        running = Banded(sure.factor.value, sure.factor.error + off)
        return running if known is None or running.error <= known.error else known

    def dump(self) -> dict[str, list[float]]:
        """What was learned, by level, as JSON has it."""
        return {
            str(place): [level.apparent, level.energy, level.square, level.error2, level.seconds]
            for place, level in self._levels.items()
        }

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Take back what ``dump`` gave."""
        self._levels = {int(place): _Level(*map(float, figures)) for place, figures in kept.items()}

    def _impossible(self, rise: int, seconds: float) -> bool:
        """Whether no apparent power seen explains the rise: the VA of the time, twice, and one Wh for the rounding."""
        highest = max(self._va or 0.0, self._window.highest if self._window is not None else 0.0)
        return self._va is not None and rise > 2 + 2 * max(highest, 1000.0) * seconds / _WH

    def _moved(self, move: _Move) -> None:
        window = self._window
        if window is None or self._va is None:
            return
        apparent = self._integral + self._va * (move.at - self._va_at)
        if window.first is None:
            if move.after >= window.since:
                window.first, window.apparent_first = move, apparent
            return
        seconds = move.at - window.first.at
        apparent -= window.apparent_first
        blur = (move.by - move.after + window.first.by - window.first.after) / 2
        if seconds <= blur or apparent <= 0:
            return
        factor = (move.wh - window.first.wh) * _WH / apparent
        error = factor * (blur / (seconds - blur) + self._rounding * seconds / apparent)
        if factor - error > 1:
            return  # more W than VA: the two do not belong together
        window.latest = _Told(Banded(min(1.0, factor), error), apparent, seconds)

    @staticmethod
    def _long(told: _Told) -> bool:
        good = told.factor.error <= GOOD * told.factor.value
        return told.seconds > (_LONGEST_S if good else _WIDEST_S)

    def _book(self) -> None:
        """Remember what the running window taught of its level."""
        told = self._window.sure if self._window is not None else None
        if told is None or told.factor.error > _BOOKED_AT * told.factor.value or told.mean_va < _LOWEST_VA:
            return
        level = self._levels.setdefault(_place(told.mean_va), _Level())
        level.book(told.factor, told.apparent, told.seconds)

    def _at_level(self, va: float) -> Banded | None:
        """The factor of the nearest levels, less sure the farther they are."""
        if not self._levels or va < _LOWEST_VA:
            return None
        place = _place(va)
        below = max((at for at in self._levels if at <= place), default=None)
        above = min((at for at in self._levels if at > place), default=None)
        found = []
        if below is not None:
            factor = self._levels[below].factor
            up = _UP_OCTAVE + _UP_OCTAVE_REST * (1 - factor.value)
            found.append(Banded(factor.value, factor.error + up * (place - below) / _LEVELS_PER_OCTAVE))
        if above is not None:
            factor = self._levels[above].factor
            found.append(Banded(factor.value, factor.error + _DOWN_OCTAVE * (above - place) / _LEVELS_PER_OCTAVE))
        return min(found, key=lambda factor: factor.error)


def _place(va: float) -> int:
    return math.floor(_LEVELS_PER_OCTAVE * math.log2(va / _LOWEST_VA))
