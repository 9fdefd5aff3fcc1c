"""Thermostat: rooms closest to their set-point, or above it, go first; the coldest is back first.

The gap is the one of this moment. Loads that tell no gap go after those that do, as they are listed.
"""

from collections.abc import Callable, Sequence
from typing import override

from ..model import Reason
from ..track import LoadTrack
from .base import SWAP_EVERY_S, SWAP_GAP_K, Scene, Strategy, Swap


class Thermostat(Strategy):
    """The rooms by what they lack."""

    @override
    def to_offload(self, loads: Sequence[LoadTrack], scene: Scene) -> Sequence[LoadTrack]:
        return sorted(loads, key=lambda load: (load.gap_k is None, need_k(load)))

    @override
    def to_restore(self, loads: Sequence[LoadTrack], scene: Scene) -> Sequence[LoadTrack]:
        """The coldest room first, then what tells no gap, from the end of the list, then what asks for nothing."""
        rooms = sorted((load for load in loads if load.gap_k is not None), key=need_k, reverse=True)
        cold = [load for load in rooms if need_k(load) > 0]
        return [*cold, *(load for load in loads[::-1] if load.gap_k is None), *rooms[len(cold) :]]

    @override
    def swap(self, away: Sequence[LoadTrack], free: Sequence[LoadTrack], scene: Scene) -> Swap | None:
        return swap_of_rooms(away, free)

    @override
    def swap_every_s(self, scene: Scene) -> float:
        return SWAP_EVERY_S


def need_k(load: LoadTrack) -> float:
    """Kelvins that a room lacks; one that asks for nothing lacks nothing, however far its gap says it is."""
    gap = load.gap_k or 0.0
    return min(gap, 0.0) if load.demand is False else gap


def swap_of_rooms(
    away: Sequence[LoadTrack],
    free: Sequence[LoadTrack],
    worth_k: Callable[[LoadTrack, LoadTrack], float] = lambda _back, _load: SWAP_GAP_K,
) -> Swap | None:
    """Bring the coldest room back in the place of one that lacks clearly less: by more than ``worth_k`` of the two."""
    waiting = [load for load in away if load.gap_k is not None and need_k(load) > 0]
    if not waiting:
        return None
    back = max(waiting, key=need_k)
    instead = [load for load in free if load.gap_k is not None and need_k(back) - need_k(load) > worth_k(back, load)]
    return Swap(back, tuple(sorted(instead, key=need_k)), Reason.NEEDIER) if instead else None
