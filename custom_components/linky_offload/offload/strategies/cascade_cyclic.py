"""Cascade-cyclic: the loads of the cyclic set take turns, then the others go hierarchically (reference-systems §4).

Whose turn it is follows from the ledger: the one from which the smallest part of what it asked for was withheld. So a
turn survives a restart, and one that could not be taken (a heater that asked for nothing) is made up for.
"""

from collections.abc import Sequence
from typing import override

from ..ledger import asks
from ..model import Reason
from ..track import LoadTrack
from .base import Scene, Strategy, Swap


def share_a_phase(one: LoadTrack, other: LoadTrack) -> bool:
    """Tell whether one can relieve the other; one whose phase is unknown may."""
    return not one.phases or not other.phases or not set(one.phases).isdisjoint(other.phases)


class CascadeCyclic(Strategy):
    """The cyclic set in turns, then the others as they are listed; back in reverse."""

    @override
    def to_offload(self, loads: Sequence[LoadTrack], scene: Scene) -> Sequence[LoadTrack]:
        """What asks for nothing goes at the very end: its turn would relieve nobody, and would not be one."""
        cyclic = [load for load in loads if load.settings.cyclic]
        cyclic.sort(key=lambda load: scene.ledger.share(load.load_id))
        order = [*cyclic, *(load for load in loads if not load.settings.cyclic)]
        return sorted(order, key=lambda load: not asks(load))

    @override
    def to_restore(self, loads: Sequence[LoadTrack], scene: Scene) -> Sequence[LoadTrack]:
        """In reverse, but room goes first to what asks for it."""
        order = list(self.to_offload(loads, scene))
        order.reverse()
        return sorted(order, key=lambda load: not asks(load))

    @override
    def swap(self, away: Sequence[LoadTrack], free: Sequence[LoadTrack], scene: Scene) -> Swap | None:
        """The turn passes on: the longest off returns, those whose turn has come go."""
        waiting = [load for load in away if load.settings.cyclic and asks(load)]
        for back in sorted(waiting, key=lambda load: load.off_since):
            if scene.now - back.off_since < scene.rotation_s:
                break
            borne = scene.ledger.share(back.load_id)
            instead = [
                load
                for load in free
                if load.settings.cyclic
                and asks(load)
                and scene.ledger.share(load.load_id) < borne
                and share_a_phase(load, back)
            ]
            if instead:
                return Swap(back, tuple(self.to_offload(instead, scene)), Reason.TURN, most=len(instead))
        return None

    @override
    def swap_every_s(self, scene: Scene) -> float:
        return scene.rotation_s
