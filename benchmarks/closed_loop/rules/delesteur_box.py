"""The offload box of the trade, cascado-cyclic, with a blind test every five minutes: anchors.md §1, industry words."""

from collections.abc import Sequence
from itertools import pairwise
import math
from typing import Final, Self, override

from benchmarks.closed_loop.controller import Controller, HouseFacts, Order, Orders, Sample
from benchmarks.closed_loop.rules.wiring import Line, Plugs, Wired, lines_of

WAYS: Final = 3  # anchors.md §7, baselines: three ways
TURN_S: Final = 300.0  # anchors.md §1, turns and blind test of about five minutes
REACTION_S: Final = 5.0  # its own relays are at once; here it waits until the meter shows what the plugs did


class Box:
    """A box on one line. A way feeds several neighbours of the list and cuts them all, whatever they draw."""

    def __init__(self, line: Line, plugs: Plugs) -> None:
        self.line = line
        self._plugs = plugs
        self._ways = ways_of(line.loads)
        self._first = 0
        self._opened = 0
        self._ready_at = -math.inf
        self.test_at = math.inf

    def read(self, power_va: float, now: float) -> list[Order]:
        """Above the setting, open one way more, the one whose turn it is first."""
        if power_va <= self.line.limit_va or now < self._ready_at or self._opened == len(self._ways):
            return []
        way = self._ways[(self._first + self._opened) % len(self._ways)]
        if self._opened == 0:
            self.test_at = now + TURN_S
        self._opened += 1
        self._ready_at = now + REACTION_S
        return [self._plugs.order(load.load_id, on=False) for load in way]

    def test(self, now: float) -> list[Order]:
        """Close all ways blindly; if that is too much, the next one has its turn."""
        opened = [self._ways[(self._first + place) % len(self._ways)] for place in range(self._opened)]
        self._first = (self._first + 1) % len(self._ways)
        self._opened = 0
        self._ready_at = now + REACTION_S
        self.test_at = math.inf
        return [self._plugs.order(load.load_id, on=True) for way in opened for load in way]


def ways_of(loads: Sequence[Wired]) -> list[list[Wired]]:
    """Share the loads out to the ways, neighbours together, as evenly as it goes; fewer loads make fewer ways."""
    count = min(WAYS, len(loads))
    bounds = [round(len(loads) * place / count) for place in range(count + 1)] if count else [0]
    return [list(loads[begin:end]) for begin, end in pairwise(bounds)]


class DelesteurBox(Controller):
    """A `Box` a line."""

    name = "delesteur box"

    def __init__(self, facts: HouseFacts) -> None:
        super().__init__(facts)
        self._plugs = Plugs()
        self._boxes = [Box(line, self._plugs) for line in lines_of(facts)]

    @override
    def sample(self, sample: Sample, now: float) -> Orders:
        """Let every box look at its power."""
        orders: list[Order] = []
        for box in self._boxes:
            orders += box.read(box.line.power_va(sample), now)
        self._look_ahead()
        return orders

    @override
    def plug(self, load_id: str, on: bool | None, power_va: float | None, now: float) -> Orders:
        """Note what a plug tells."""
        return self._plugs.note(load_id, on, power_va)

    @override
    def tick(self, now: float) -> Orders:
        """It is time for a test."""
        orders = [order for box in self._boxes if now >= box.test_at for order in box.test(now)]
        self._look_ahead()
        return orders

    @override
    def restart(self, now: float) -> Self:
        """Nothing restarts in a box on the rail."""
        if self.next_at is not None:
            self.next_at = max(self.next_at, now)
        return self

    def _look_ahead(self) -> None:
        due = min(box.test_at for box in self._boxes)
        self.next_at = due if math.isfinite(due) else None
