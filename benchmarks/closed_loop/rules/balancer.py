"""A balancer that moves one load per event: anchors.md §2.7.

Off goes the least important load that draws; on comes one whose power before the cut fits. No hysteresis.
"""

from dataclasses import dataclass
import math
from typing import Final, override

from benchmarks.closed_loop.controller import Controller, HouseFacts, Order, Orders, Sample
from benchmarks.closed_loop.rules.wiring import Line, Plugs, Wired, first_drawing, lines_of

COOL_DOWN_S: Final = 10.0  # §2.7; read in its favour: no return so soon after any move, not only after its own cut


@dataclass(frozen=True, slots=True)
class Cut:
    """A load that was turned off, and the VA a phase that it drew until then."""

    load: Wired
    va: float


class Balance:
    """The balance of one line. Its estimate is the last value of the meter and what was switched since."""

    def __init__(self, line: Line, plugs: Plugs) -> None:
        self._line = line
        self._plugs = plugs
        self._cuts: list[Cut] = []
        self._estimate_va = 0.0
        self._moved_at = -math.inf

    def hear(self, sample: Sample, now: float) -> list[Order]:
        """A new value replaces the estimate, whatever is still under way."""
        self._estimate_va = self._line.power_va(sample)
        return self.weigh(now)

    def weigh(self, now: float) -> list[Order]:
        """Turn at most one load off or on."""
        if self._estimate_va > self._line.limit_va:
            load = first_drawing(self._line.loads, self._plugs)
            if load is None:
                return []
            cut = Cut(load, self._plugs.known_va(load))
            self._cuts.append(cut)
            self._estimate_va -= cut.va
            self._moved_at = now
            return [self._plugs.order(load.load_id, on=False)]
        if now - self._moved_at < COOL_DOWN_S:
            return []
        for cut in self._cuts:
            if self._estimate_va + cut.va <= self._line.limit_va:
                self._cuts.remove(cut)
                self._estimate_va += cut.va
                self._moved_at = now
                return [self._plugs.order(cut.load.load_id, on=True)]
        return []


class Balancer(Controller):
    """A `Balance` a line. What it has turned off is only in its memory, and forgotten by a restart."""

    name = "balancer"

    def __init__(self, facts: HouseFacts) -> None:
        super().__init__(facts)
        self._plugs = Plugs()
        self._balances = [Balance(line, self._plugs) for line in lines_of(facts)]

    @override
    def sample(self, sample: Sample, now: float) -> Orders:
        """Weigh every line with the new value."""
        return [order for balance in self._balances for order in balance.hear(sample, now)]

    @override
    def plug(self, load_id: str, on: bool | None, power_va: float | None, now: float) -> Orders:
        """An event of a plug is an occasion to weigh as well."""
        missed = self._plugs.note(load_id, on, power_va)
        return [*missed, *(order for balance in self._balances for order in balance.weigh(now))]
