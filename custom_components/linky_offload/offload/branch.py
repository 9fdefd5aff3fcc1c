"""The breaker beside the meter (AGCP), as a second limit (tic.md §9.5, design §6.1).

Its heat is followed as a first-order filter of I² with a time constant of 60 s against (1.1·Ir)², Ir being its setting
in amperes: 58 s at 1.4 Ir and 13 s at 2.5 Ir from cold, which is the typical breaker. The short end of what
NF C 62-411 allows (2 s and 0.5 s) is faster than any meter tells, so no rule can cover it.

This is the meter's own filter at another pace: a second here is `PACE` seconds there, and so one set of functions,
those of `meter.trip`, serves both.
"""

import math
from typing import Final

from ..meter.trip import GAP_S, K

BRANCH_RATIO: Final = 1.1
"""I/Ir that the breaker carries for ever."""

TIME_CONSTANT_S: Final = 60.0

PACE: Final = 1 / (K * TIME_CONSTANT_S)
"""Seconds of the meter's filter in one second of this one."""


class BranchFilter:
    """The heat of one pole, in VA²: what it is worth in Ir is known only when it is asked for."""

    __slots__ = ("_at", "_load_va", "_square")

    def __init__(self) -> None:
        """Nothing is known before the first sample."""
        self._square: float | None = None
        self._load_va = 0.0
        self._at = 0.0

    def observe(self, power_va: float, now: float) -> None:
        """Take a sample of the phase; over a gap the higher of the last and the present load is assumed."""
        if self._square is None:
            self._square = power_va * power_va
        else:
            if now - self._at > GAP_S:
                self._load_va = max(self._load_va, power_va)
            self._square = self._squared(now)
        self._load_va = power_va
        self._at = now

    def y_at(self, now: float, rated_va: float) -> float | None:
        """State at ``now`` in (I/Ir)², the last load held; ``rated_va`` is Ir at the mains voltage. None: unknown."""
        return None if self._square is None else self._squared(now) / (rated_va * rated_va)

    def _squared(self, now: float) -> float:
        square = self._square or 0.0
        return square - math.expm1(-max(0.0, now - self._at) / TIME_CONSTANT_S) * (self._load_va**2 - square)


def branch_margin(y: float) -> float:
    """How far the breaker is from opening: 1 cold, 0 when it is due."""
    return min(1.0, max(0.0, 1 - y / BRANCH_RATIO**2))
