"""Keeping the limits inside the house: what passes one is turned down where that is enough, else cut."""

from typing import Final

from . import levels
from .desk import Desk
from .guard import Need
from .limits import excesses, fewest, rivals
from .model import OffloadMode, Reason

_LOOK_AGAIN_S: Final = 5.0
_WHOLE: Final = (0,)  # a circuit has one sum, whatever phases its loads are on


def keep_limits(desk: Desk, now: float) -> None:
    """Answer what passes a circuit's maximum, and groups of which more than one is on."""
    if desk.mode is OffloadMode.OFF:
        return
    for load in list(rivals(desk, now)):
        desk.cut(load, Reason.EXCLUSIVE, now)
    for excess in list(excesses(desk, now)):
        if not excess.order:
            desk.wake(now + _LOOK_AGAIN_S, now)
            continue
        need = [Need(_WHOLE[0], excess.va, Reason.CIRCUIT, urgent=False)]
        lower = levels.enough(need, excess.order, _WHOLE)
        cut = fewest(excess) if lower is None else []
        lower = levels.softened(cut, need, _WHOLE) if lower is None else lower
        for load in excess.order:
            if load.load_id in lower:
                levels.turn(desk, load, lower[load.load_id], Reason.CIRCUIT, now)
            elif load in cut:
                desk.cut(load, Reason.CIRCUIT, now)
