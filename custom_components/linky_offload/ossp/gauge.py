"""What a plug measures, put right: calibrated, believed only where it is possible, and summed up. Pure.

The latest plugs tell no energy: it is the integral of their power. What they measure in a bad moment is left out, and
nothing is ever set back to 0 for it. Times are monotonic seconds.
"""

from dataclasses import dataclass
from typing import Final

from .wire import PlugState

GLITCHES: Final = 3
"""Impossible samples in a row after which nothing is known any more."""

LONGEST_GAP_S: Final = 30.0
"""A longer pause between two samples is not summed up: nobody knows what was drawn."""

_HIGHEST_V: Final = 300.0
_HIGHEST_A: Final = 100.0
_LOWEST_W: Final = -100.0
_HIGHEST_W: Final = 25_000.0
_SLACK: Final = 1.2
_SLACK_W: Final = 50.0
_LARGEST_FACTOR: Final = 1.05


@dataclass(frozen=True, slots=True)
class Correction:
    """What is shown is ``gain`` times what the plug says, plus ``offset``."""

    gain: float = 1.0
    offset: float = 0.0

    def __call__(self, value: float | None) -> float | None:
        """Put one value right."""
        return None if value is None else self.gain * value + self.offset


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """The corrections of a plug, in V, A and W."""

    voltage: Correction = Correction()
    current: Correction = Correction()
    power: Correction = Correction()


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What is believed: V, A, W and the power factor, None for what is not known."""

    voltage: float | None = None
    current: float | None = None
    power: float | None = None
    power_factor: float | None = None


class Gauge:
    """The measures of one plug. ``energy_wh`` and ``seconds`` only ever rise, from 0 at the start."""

    def __init__(self, calibration: Calibration | None = None) -> None:
        self.calibration = calibration or Calibration()
        self.now = Measures()
        self.energy_wh = 0.0
        self.seconds = 0.0
        self._bad = 0
        self._last: tuple[float, float] | None = None

    @property
    def faulty(self) -> bool:
        """Whether the plug has told nothing possible for several samples."""
        return self._bad >= GLITCHES

    def take(self, state: PlugState, now: float) -> None:
        """Take one sample."""
        measures = Measures(
            voltage=self.calibration.voltage(state.voltage),
            current=self.calibration.current(state.current),
            power=self.calibration.power(state.power),
            power_factor=state.power_factor,
        )
        if not _is_possible(measures):
            self._bad += 1
            if self.faulty:
                self.now = Measures()
            return
        self._bad = 0
        self.now = measures
        self._sum(measures.power, now)

    def interrupt(self) -> None:
        """The plug is gone: nothing is known, and what it draws meanwhile is not summed up."""
        self.now = Measures()
        self._bad = 0
        self._last = None

    def _sum(self, power: float | None, now: float) -> None:
        if power is None:
            return
        drawn = max(0.0, power)
        if self._last is not None:
            before, at = self._last
            passed = now - at
            if 0 < passed <= LONGEST_GAP_S:
                self.energy_wh += (before + drawn) / 2 * passed / 3600
                self.seconds += passed
        self._last = (drawn, now)


def _is_possible(measures: Measures) -> bool:
    """Whether each value may be, and the power beside the other two."""
    volts, amperes, watts, factor = measures.voltage, measures.current, measures.power, measures.power_factor
    if volts is not None and not 0 < volts <= _HIGHEST_V:
        return False
    if amperes is not None and not -1 <= amperes <= _HIGHEST_A:
        return False
    if factor is not None and abs(factor) > _LARGEST_FACTOR:
        return False
    if watts is None:
        return True
    if not _LOWEST_W <= watts <= _HIGHEST_W:
        return False
    return volts is None or amperes is None or abs(watts) <= _SLACK * volts * abs(amperes) + _SLACK_W
