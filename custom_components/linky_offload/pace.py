"""How often a value is worth a state (design §10): three publishing policies, pure and without a clock.

The arbiter sees every sample; the recorder must not. One `Pace` belongs to one entity and answers one question: must
the present value be published now? A value held back is asked about again at the next tick, so the last one of a
burst is never lost.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
import math
from typing import Final

type Publishable = object
"""Anything with an equality: a number, a text, a datetime, a tuple of them, or None while unknown."""


class Kind(StrEnum):
    """What a value is, as far as its pace goes."""

    AT_ONCE = "at_once"  # overload, exporting, states of loads
    POWER = "power"  # VA or W of the house: its steps are what one looks for
    ROOM = "room"  # VA left or in use: what follows from the power
    SHARE = "share"  # percent of the contract
    MARGIN = "margin"  # trip margin and seconds to trip: calm while far, quick when near
    CURRENT = "current"  # A
    VOLTAGE = "voltage"  # V
    INDEX = "index"  # energy registers
    TEXT = "text"  # enumerations, texts, slow settings: at their change
    VALUE = "value"  # other measures
    SLOW = "slow"  # counters and clocks that always move

    @property
    def eager(self) -> bool:
        """True when the value is looked at with every sample, False when once a second is enough."""
        return self in _EAGER


_EAGER: Final = frozenset({Kind.AT_ONCE, Kind.POWER, Kind.MARGIN})


class Publishing(StrEnum):
    """How much is told to Home Assistant, and so to its recorder."""

    BALANCED = "balanced"  # every large step at once, the rest when it matters
    LIVE = "live"  # every change
    ECONOMY = "economy"  # for small machines and long histories


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The pace of one kind.

    A change is shown ``every_s`` seconds at the soonest, and only beyond the dead band: the larger of ``band``, in the
    unit of the value, and ``share`` of what is shown. A change of at least ``step``, or one in haste, waits only
    ``hurry_s``. After ``settle_s`` the dead band is lifted: what is shown at rest is what is true.
    """

    every_s: float = 0.0
    band: float = 0.0
    share: float = 0.0
    step: float = math.inf
    hurry_s: float = 0.0
    settle_s: float = 300.0


_EVERY_CHANGE: Final = Rule()

RULES: Final[Mapping[Publishing, Mapping[Kind, Rule]]] = {
    Publishing.BALANCED: {
        Kind.AT_ONCE: _EVERY_CHANGE,
        Kind.POWER: Rule(every_s=10, band=40, share=0.03, step=200, hurry_s=1),
        Kind.ROOM: Rule(every_s=30, band=100, step=500, hurry_s=5),
        Kind.SHARE: Rule(every_s=60, band=2, step=20, hurry_s=10),
        Kind.MARGIN: Rule(every_s=30, band=2, step=20, hurry_s=2),
        Kind.CURRENT: Rule(every_s=60, band=1, step=5, hurry_s=10),
        Kind.VOLTAGE: Rule(every_s=60, band=1, step=10, hurry_s=10),
        Kind.INDEX: Rule(every_s=60),
        Kind.TEXT: _EVERY_CHANGE,
        Kind.VALUE: Rule(every_s=60),
        Kind.SLOW: Rule(every_s=600),
    },
    Publishing.LIVE: dict.fromkeys(Kind, _EVERY_CHANGE),
    Publishing.ECONOMY: {
        Kind.AT_ONCE: _EVERY_CHANGE,
        Kind.POWER: Rule(every_s=60, band=100, share=0.1, step=500, hurry_s=10, settle_s=900),
        Kind.ROOM: Rule(every_s=300, band=200, step=1000, hurry_s=30, settle_s=900),
        Kind.SHARE: Rule(every_s=300, band=5, step=40, hurry_s=30, settle_s=900),
        Kind.MARGIN: Rule(every_s=300, band=5, step=40, hurry_s=5, settle_s=900),
        Kind.CURRENT: Rule(every_s=300, band=2, step=10, hurry_s=30, settle_s=900),
        Kind.VOLTAGE: Rule(every_s=600, band=2, step=20, hurry_s=30, settle_s=900),
        Kind.INDEX: Rule(every_s=300),
        Kind.TEXT: _EVERY_CHANGE,
        Kind.VALUE: Rule(every_s=600),
        Kind.SLOW: Rule(every_s=3600),
    },
}


@dataclass(slots=True)
class Pace:
    """The pace of one entity: what was published last, and when (monotonic seconds; None before the first time)."""

    kind: Kind
    last: Publishable = None
    at: float | None = None

    def due(self, value: Publishable, now: float, rule: Rule, *, urgent: bool = False) -> bool:
        """Tell whether ``value`` must be published at ``now`` under ``rule``, and take it as published if so.

        ``urgent`` shortens the interval and lifts the dead band (the margin is low), never the need for a change. A
        value that becomes known or unknown is always due, whatever its kind.
        """
        if self.at is not None and (value == self.last or not self._is_ripe(value, now - self.at, rule, urgent)):
            return False
        self.last = value
        self.at = now
        return True

    def _is_ripe(self, value: Publishable, waited_s: float, rule: Rule, urgent: bool) -> bool:
        if value is None or self.last is None:
            return True
        if waited_s < rule.hurry_s:
            return False
        if urgent:
            return True
        if not isinstance(value, int | float) or not isinstance(self.last, int | float):
            return waited_s >= rule.every_s
        change = abs(value - self.last)
        if change >= rule.step:
            return True
        if waited_s < rule.every_s:
            return False
        # Down to zero always shows: it is how a meter tells that the house exports (54E §6.2.3.10).
        return value == 0 or waited_s >= rule.settle_s or change > max(rule.band, rule.share * abs(self.last))
