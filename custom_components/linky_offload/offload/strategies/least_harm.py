"""Least harm: the subset with the smallest total of discomfort, misfit and switching (anchors §7).

Harm has no unit; 1 is about what a room suffers that lacks one kelvin. A water heater or a car hardly notices half an
hour; a room does, the more the further it is from its target.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, override

from ..model import Appliance
from ..track import LoadTrack
from .base import SWAP_EVERY_S, Left, Scene, Strategy, Swap, Taken, greedy, may_help, worst_of
from .thermostat import need_k, swap_of_rooms

SWITCHING: Final = 0.3
MISFIT_PER_VA: Final = 0.0003
WITHHELD_PER_VAH: Final = 0.003  # of what it misses at least, in its minimum time off
JUST_ON: Final = 0.6
JUST_ON_S: Final = 300.0
BORNE: Final = 1.5  # for one from which everything it asked for was withheld lately
WORN: Final = 0.15  # by the square of the switches today beyond what is usual
USUAL_SWITCHES: Final = 4
WORTH_A_SWAP_K: Final = 1.0  # that a room must lack more than another to take its place: both are switched for it
SWAP_WEAR_K: Final = 0.1  # more that a room must lack for each switch that the two have seen today
LAST_RESORT: Final = 10.0
_EXACT: Final = 12
_WIDEST: Final = 24
_MOST_LOOKS: Final = 4096
_MOST_LOOKS_WIDE: Final = 400

WEIGHT: Final[Mapping[Appliance, float]] = {
    Appliance.HEATER: 1.0,
    Appliance.HEAT_PUMP: 1.0,
    Appliance.WATER_HEATER: 0.2,
    Appliance.COLD: 2.0,
    Appliance.CAR: 0.2,
    Appliance.PROGRAMME: 0.8,
    Appliance.OTHER: 0.5,
}
"""What a kelvin, or half an hour without a known gap, means to each kind."""


def harm_of(load: LoadTrack, scene: Scene) -> float:
    """What it costs to have this load off, its fit aside."""
    settings = load.settings
    weight = WEIGHT[settings.appliance]
    gap = 0.5 if load.gap_k is None and load.demand is not False else max(0.0, need_k(load))
    harm = (
        SWITCHING
        + WITHHELD_PER_VAH * (load.drawing_va or 0.0) * settings.minimum_off_s / 3600
        + weight * gap
        + BORNE * weight * scene.ledger.share(load.load_id)
    )
    longest = settings.longest_off_s
    if load.offloaded:
        harm += weight * max(0.0, scene.now - load.off_since) / longest if longest else 0.0
    else:
        harm += JUST_ON if scene.now - load.on_since < JUST_ON_S else 0.0
        harm += WORN * max(0, scene.ledger.today(load.load_id).switches - USUAL_SWITCHES) ** 2
    return harm + LAST_RESORT if settings.last_resort else harm


class LeastHarm(Strategy):
    """The cheapest subset that is enough."""

    @override
    def to_offload(self, loads: Sequence[LoadTrack], scene: Scene) -> Sequence[LoadTrack]:
        return sorted(loads, key=lambda load: harm_of(load, scene))

    @override
    def to_restore(self, loads: Sequence[LoadTrack], scene: Scene) -> Sequence[LoadTrack]:
        return self.to_offload(loads, scene)[::-1]

    @override
    def choose(
        self,
        left: Left,
        loads: Sequence[LoadTrack],
        phases: tuple[int, ...],
        scene: Scene,
        *,
        one_unknown: bool,
    ) -> list[Taken]:
        """The best subset of loads of known power.

        One of unknown power is taken alone and observed when it is missed less than all of that subset, or when the
        others are not enough.
        """
        worst = worst_of(left)
        known: list[_Item] = []
        unknown: LoadTrack | None = None
        for load in loads:
            effect = load.effect(load.drawing_va, phases, worst)
            if not may_help(load, effect, left, phases):
                continue
            if effect:
                known.append(_Item(load, effect, harm_of(load, scene)))
            elif unknown is None:
                unknown = load
        best = _Search(left, known).best()
        if best is None:
            return greedy(left, loads, phases, one_unknown=one_unknown)
        if unknown is not None and one_unknown and harm_of(unknown, scene) < sum(item.harm for item in best):
            return [Taken(unknown, {})]
        return [Taken(item.load, item.effect) for item in best]

    @override
    def swap(self, away: Sequence[LoadTrack], free: Sequence[LoadTrack], scene: Scene) -> Swap | None:
        def worth_k(back: LoadTrack, load: LoadTrack) -> float:
            switches = sum(scene.ledger.today(one.load_id).switches for one in (back, load))
            return WORTH_A_SWAP_K + SWAP_WEAR_K * switches

        return swap_of_rooms(away, free, worth_k)

    @override
    def swap_every_s(self, scene: Scene) -> float:
        return SWAP_EVERY_S


@dataclass(frozen=True, slots=True)
class _Item:
    """A load that may be taken, what it frees and what it costs."""

    load: LoadTrack
    effect: Mapping[int, float]
    harm: float


class _Search:
    """Depth first over the subsets, cheapest loads first, cutting off what cannot be better than the best so far.

    Up to `_EXACT` loads every subset is considered, so the answer is the best one. Of more, those that are cheapest by
    the VA join the search and it ends after a bounded number of looks: the answer is then at least as good as taking
    loads by their harm for each VA.
    """

    def __init__(self, left: Left, items: Sequence[_Item]) -> None:
        self._phases = tuple(phase for phase, va in left.items() if va > 0)
        self._left = tuple(left[phase] for phase in self._phases)
        wide = len(items) > _EXACT
        if wide:
            items = sorted(items, key=lambda item: item.harm / self._useful_va(item))
        self._found: tuple[_Item, ...] | None = None
        self._cost = float("inf")
        if wide:
            self._seed(items)
            items = items[:_WIDEST]
        self._items = sorted(items, key=lambda item: item.harm)
        self._effects = [tuple(item.effect.get(phase, 0.0) for phase in self._phases) for item in self._items]
        self._beside = [
            sum(va for phase, va in item.effect.items() if phase not in self._phases) for item in self._items
        ]
        self._looks_left = _MOST_LOOKS_WIDE if wide else _MOST_LOOKS
        # What the loads from each place on could still free, by phase.
        self._rest: list[tuple[float, ...]] = [(0.0,) * len(self._phases)]
        for effect in reversed(self._effects):
            self._rest.append(tuple(a + b for a, b in zip(self._rest[-1], effect, strict=True)))
        self._rest.reverse()

    def best(self) -> tuple[_Item, ...] | None:
        """The cheapest subset that is enough, None when all of them are not."""
        if self._phases:
            self._look(0, self._left, 0.0, ())
        return self._found

    def _look(self, place: int, left: tuple[float, ...], cost: float, taken: tuple[_Item, ...]) -> None:
        """Consider the subsets that begin with ``taken`` and go on with loads from ``place``."""
        self._looks_left -= 1
        if all(va <= 0 for va in left):
            total = cost - MISFIT_PER_VA * sum(left)
            if total < self._cost:
                self._cost, self._found = total, taken
            return
        for index in range(place, len(self._items)):
            item = self._items[index]
            harm = cost + item.harm + MISFIT_PER_VA * self._beside[index]
            if cost + item.harm >= self._cost or self._looks_left <= 0:
                return  # those that follow cost more
            if any(va > rest for va, rest in zip(left, self._rest[index], strict=True)):
                return
            if harm >= self._cost:
                continue
            effect = self._effects[index]
            self._look(index + 1, tuple(va - own for va, own in zip(left, effect, strict=True)), harm, (*taken, item))

    def _seed(self, items: Sequence[_Item]) -> None:
        """A first answer: the cheapest by the VA until it is enough."""
        left = dict(zip(self._phases, self._left, strict=True))
        taken: list[_Item] = []
        for item in items:
            if all(va <= 0 for va in left.values()):
                break
            if any(left.get(phase, 0.0) > 0 for phase in item.effect):
                taken.append(item)
                for phase, va in item.effect.items():
                    if phase in left:
                        left[phase] -= va
        if all(va <= 0 for va in left.values()):
            beside = sum(va for item in taken for phase, va in item.effect.items() if phase not in left)
            self._found = tuple(taken)
            self._cost = sum(item.harm for item in taken) + MISFIT_PER_VA * (beside - sum(left.values()))

    def _useful_va(self, item: _Item) -> float:
        return max(1.0, sum(min(va, item.effect.get(p, 0.0)) for p, va in zip(self._phases, self._left, strict=True)))
