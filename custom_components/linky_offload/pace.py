"""How often a value is worth a state: the fixed publishing pace (design §10), pure and without a clock.

The arbiter sees every sample; the recorder must not. One `Pace` belongs to one entity and answers one question: must
the present value be published now? A value held back is asked about again at the next tick, so the last one of a
burst is never lost.
"""

from dataclasses import dataclass
from enum import StrEnum

type Publishable = object
"""Anything with an equality: a number, a text, a datetime, a tuple of them, or None while unknown."""


class Kind(StrEnum):
    """The pace of a value."""

    AT_ONCE = "at_once"  # overload, exporting, states of loads
    POWER = "power"  # VA: a dead band and a shortest interval
    MARGIN = "margin"  # trip margin and seconds to trip: calm while far, at once when near
    INDEX = "index"  # energy registers
    TEXT = "text"  # enumerations, texts, slow settings: at their change
    VALUE = "value"  # other measures

    @property
    def eager(self) -> bool:
        """True when the value is looked at with every sample, False when once a second is enough."""
        return self in {Kind.AT_ONCE, Kind.POWER, Kind.MARGIN}


POWER_DEAD_BAND_VA = 50.0
SHORTEST_S = {
    Kind.AT_ONCE: 0.0,
    Kind.POWER: 5.0,
    Kind.MARGIN: 10.0,
    Kind.INDEX: 60.0,
    Kind.TEXT: 0.0,
    Kind.VALUE: 10.0,
}


@dataclass(slots=True)
class Pace:
    """The pace of one entity: what was published last, and when (monotonic seconds; None before the first time)."""

    kind: Kind
    last: Publishable = None
    at: float | None = None

    def due(self, value: Publishable, now: float, *, urgent: bool = False) -> bool:
        """Tell whether ``value`` must be published at ``now``, and take it as published if so.

        ``urgent`` lifts the interval (the margin is low), never the need for a change. A value that becomes known or
        unknown is always due, whatever its kind.
        """
        if not self._must_be_told(value, now, urgent=urgent):
            return False
        self.last = value
        self.at = now
        return True

    def _must_be_told(self, value: Publishable, now: float, *, urgent: bool) -> bool:
        if self.at is None:
            return True
        if value == self.last:
            return False
        if value is None or self.last is None or urgent:
            return True
        if now - self.at < SHORTEST_S[self.kind]:
            return False
        if self.kind is Kind.POWER and isinstance(value, int | float) and isinstance(self.last, int | float):
            # Down to zero always shows: it is how a meter tells that the house exports (54E §6.2.3.10).
            return value == 0 or abs(value - self.last) > POWER_DEAD_BAND_VA
        return True
