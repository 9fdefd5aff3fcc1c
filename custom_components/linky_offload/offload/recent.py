"""The last minutes of one phase, to be lived through again with one load more (design §6.6).

A hob or an oven comes and goes: the power of one moment tells little of the next minutes, and a load returned between
two pulses is cut again at the second. What happened lately is the best guess of what will happen, so a return is tried
on it first: a load that can stay for as long as the filter remembers gets more than one that waits until it can stay
for good. Rare samples tell so little of what comes and goes between them that all that is remembered must be borne,
twice.
"""

from collections import deque
from dataclasses import dataclass
from itertools import chain
import math
from typing import Final

from ..meter.trip import K
from .guard import Filter

REMEMBERED_S: Final = 180.0
REPLAYED_S: Final = 120.0
"""The time constant of the meter's filter, nearly: most of what was before has left it."""
_PIECE_S: Final = 8.0


@dataclass(slots=True)
class _Piece:
    """Some seconds of the phase: their mean power, VA, and the mean of its square."""

    seconds: float
    mean_va: float
    mean_square: float


class Recent:
    """What one phase would have drawn lately with the loads that are on now."""

    def __init__(self) -> None:
        """Nothing is remembered before the first sample."""
        self._pieces: deque[_Piece] = deque()
        self._at: float | None = None
        self._seconds = 0.0

    def note(self, power_va: float, at: float) -> None:
        """Take a sample: this power was drawn since the last one."""
        since, self._at = self._at, at
        if since is None or at <= since:
            return
        passed = min(at - since, REMEMBERED_S)
        self._seconds += passed
        last = self._pieces[-1] if self._pieces else None
        if last is None or last.seconds + passed > _PIECE_S:
            self._pieces.append(_Piece(passed, power_va, power_va * power_va))
        else:
            share = passed / (last.seconds + passed)
            last.mean_va += share * (power_va - last.mean_va)
            last.mean_square += share * (power_va * power_va - last.mean_square)
            last.seconds += passed
        while self._seconds - self._pieces[0].seconds >= REMEMBERED_S:
            self._seconds -= self._pieces.popleft().seconds

    def shift(self, va: float) -> None:
        """A load is cut (negative) or returned: reckon as if it had been so all the time."""
        for piece in self._pieces:
            moved = max(va, -piece.mean_va)
            piece.mean_square = max(0.0, piece.mean_square + moved * (2 * piece.mean_va + moved))
            piece.mean_va += moved

    def bears(self, limit: Filter, extra_va: float, step_va: float, horizon: float, *, rare: bool) -> bool:
        """Tell whether nothing would have to go if these minutes came again with ``extra_va`` more.

        It would where a step of ``step_va`` no longer left the horizon. ``rare``: the samples behind them were.
        """
        y, share = limit.y, limit.share_va
        square, limit_y, step_y = share * share, limit.ratio**2, limit.step_ratio**2
        grown = math.exp(K * horizon * limit.pace)
        left_out_s = 0.0 if rare else self._seconds - REPLAYED_S
        for piece in chain(self._pieces, self._pieces) if rare else self._pieces:
            left_out_s -= piece.seconds
            if left_out_s >= 0.0:
                continue
            x = (piece.mean_square + extra_va * (2 * piece.mean_va + extra_va)) / square
            y = x - math.exp(-K * limit.pace * piece.seconds) * (x - y)
            stepped = (math.sqrt(x) + step_va / share) ** 2
            if y > x - grown * (x - limit_y) and x > limit_y:
                return False
            if y > stepped - grown * (stepped - step_y) and stepped > step_y:
                return False
        return True
