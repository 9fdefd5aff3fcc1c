"""What a strategy is: an order, a way to pick, and at times a swap. What may be taken at all is not its matter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..ledger import Ledger
from ..model import Reason
from ..track import LoadTrack

SWAP_EVERY_S = 300.0
SWAP_GAP_K = 0.4

type Left = Mapping[int, float]
"""VA that must still go, by phase in need."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a strategy looks at beside the loads."""

    now: float
    ledger: Ledger
    rotation_s: float = SWAP_EVERY_S


@dataclass(frozen=True, slots=True)
class Taken:
    """A load to cut, and what that frees by phase; nothing where it is unknown."""

    load: LoadTrack
    effect: Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Swap:
    """``back`` is to return in the place of as many of ``instead`` as its room takes, first ones first, or not at all.

    ``most``: so many may go for it.
    """

    back: LoadTrack
    instead: tuple[LoadTrack, ...]
    reason: Reason
    most: int = 1


class Strategy:
    """Hierarchical unless told otherwise: the person's list is the order, and it is not changed meanwhile."""

    def to_offload(self, loads: Sequence[LoadTrack], scene: Scene) -> Sequence[LoadTrack]:
        """Loads in the order in which they are given up."""
        return loads

    def to_restore(self, loads: Sequence[LoadTrack], scene: Scene) -> Sequence[LoadTrack]:
        """Loads in the order in which they return."""
        return loads[::-1]

    def choose(
        self,
        left: Left,
        loads: Sequence[LoadTrack],
        phases: tuple[int, ...],
        scene: Scene,
        *,
        one_unknown: bool,
    ) -> list[Taken]:
        """Pick from loads that may be cut, given in `to_offload` order, until nothing is left to go."""
        return greedy(left, loads, phases, one_unknown=one_unknown)

    def swap(self, away: Sequence[LoadTrack], free: Sequence[LoadTrack], scene: Scene) -> Swap | None:
        """Propose a swap between a load that is ``away`` by us and may return, and ones that are ``free`` to be cut."""
        return None

    def swap_every_s(self, scene: Scene) -> float | None:
        """Shortest time between two swaps, None where there are none."""
        return None


def greedy(left: Left, loads: Sequence[LoadTrack], phases: tuple[int, ...], *, one_unknown: bool) -> list[Taken]:
    """Take loads in the given order until every need is covered.

    A load of unknown power ends the choice when ``one_unknown`` is set: it is cut alone and its effect is observed.
    """
    rest, worst = dict(left), worst_of(left)
    taken: list[Taken] = []
    for load in loads:
        if all(va <= 0 for va in rest.values()):
            break
        effect = load.effect(load.drawing_va, phases, worst)
        if not may_help(load, effect, rest, phases):
            continue
        taken.append(Taken(load, effect))
        for phase, va in effect.items():
            if phase in rest:
                rest[phase] -= va
        if not effect and one_unknown:
            break
    return taken


def worst_of(left: Left) -> int:
    """The phase from which most must go."""
    return max(left, key=lambda phase: left[phase])


def may_help(load: LoadTrack, effect: Mapping[int, float], left: Left, phases: tuple[int, ...]) -> bool:
    """Tell whether a load relieves a phase in need, or may do so where nothing is known of its power."""
    if effect:
        return any(left.get(phase, 0.0) > 0 for phase in effect)
    own = load.settings.phases if len(phases) > 1 else phases
    return not own or any(left.get(phase, 0.0) > 0 for phase in own)
