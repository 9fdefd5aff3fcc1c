"""What the arbiter knows, in a form that outlives a restart: JSON-able, times as seconds that remain.

The journal, which is on the disk before an order leaves, has the last word on what is cut; this is what was learned
and asked for, and may be some minutes old. What is not understood of it is left out.
"""

from collections.abc import Mapping
import math
from typing import Any

from .desk import Desk
from .learn import Learned
from .track import LoadTrack
from .usage import Usage

type ArbiterState = dict[str, Any]

_FOREVER = "forever"


def dump(desk: Desk, now: float) -> ArbiterState:
    """Everything worth keeping at this moment."""
    for load in desk.tracks.values():
        desk.ledger.book(load, now)
    return {
        "loads": {load_id: _dump_load(load, now) for load_id, load in desk.tracks.items()},
        "steps": desk.house.dump_steps(),
        "habits": desk.habits.dump(),
        "ledger": desk.ledger.dump(now),
    }


def restore(desk: Desk, state: Mapping[str, Any], now: float) -> None:
    """Take over what a `dump` held of the loads and of the house; habits and ledger are given to the desk before."""
    desk.house.load_steps(state.get("steps", {}))
    for load_id, kept in state.get("loads", {}).items():
        if (load := desk.tracks.get(load_id)) is not None:
            _restore_load(load, kept, now)
            if load.timer_at is not None:
                desk.timed.add(load_id)


def _dump_load(load: LoadTrack, now: float) -> dict[str, Any]:
    return {
        "learned": load.learned.dump(),
        "usage": load.usage.dump(),
        "before_cut_va": load.before_cut_va,
        "unit_va": load.unit_seen_va,
        "turned_to": load.turned_to,
        "wanted_level": load.wanted_level,
        "relapses": load.relapses,
        "held_s": _left(load.held_until, now),
        "excluded_s": _left(load.excluded_until, now),
        "kept_off_s": _left(load.kept_off_until, now),
        "timer_s": _left(load.timer_at, now),
    }


def _restore_load(load: LoadTrack, kept: Mapping[str, Any], now: float) -> None:
    load.learned = Learned.load(kept.get("learned", {}))
    load.usage = Usage.load(kept.get("usage", {}))
    load.before_cut_va = kept.get("before_cut_va")
    load.unit_seen_va = kept.get("unit_va")
    load.turned_to = kept.get("turned_to")
    load.wanted_level = kept.get("wanted_level")
    load.relapses = int(kept.get("relapses", 0))
    load.held_until = _until(kept.get("held_s"), now)
    load.excluded_until = _until(kept.get("excluded_s"), now)
    load.kept_off_until = _until(kept.get("kept_off_s"), now)
    load.timer_at = _until(kept.get("timer_s"), now)


def _left(until: float | None, now: float) -> float | str | None:
    if until is None or until == math.inf:
        return None if until is None else _FOREVER
    return max(0.0, until - now)


def _until(left: float | str | None, now: float) -> float | None:
    if left is None:
        return None
    return math.inf if left == _FOREVER else now + float(left)
