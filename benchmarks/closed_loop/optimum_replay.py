"""Lives through a plan in the plant: the proof that it can be had, and what it is worth."""

from dataclasses import replace
from typing import override

from benchmarks.closed_loop.conditions import Conditions
from benchmarks.closed_loop.controller import Controller, HouseFacts, Order, Orders, Sample
from benchmarks.closed_loop.day import Day
from benchmarks.closed_loop.household import Household
from benchmarks.closed_loop.optimum_paths import MINUTE_S
from benchmarks.closed_loop.plant import Plant

type Plan = dict[str, set[int]]
"""By load, the minutes of the day in which its plug is off."""


class Scheduled(Controller):
    """Switches the plugs by a plan, at the beginning of each minute; it looks at nothing."""

    name = "optimum"
    listens = False

    def __init__(self, facts: HouseFacts, plan: Plan) -> None:
        super().__init__(facts)
        self._orders = sorted(
            (minute * MINUTE_S, load_id, minute not in off)
            for load_id, off in plan.items()
            for minute in {*off, *(minute + 1 for minute in off)}
            if (minute in off) is not (minute - 1 in off)
        )
        self._given = 0
        self._next()

    @override
    def sample(self, sample: Sample, now: float) -> Orders:
        """Do nothing."""
        return ()

    @override
    def tick(self, now: float) -> Orders:
        """Give the orders of this minute."""
        orders = []
        while self._given < len(self._orders) and self._orders[self._given][0] <= now:
            _, load_id, on = self._orders[self._given]
            orders.append(Order(load_id, on))
            self._given += 1
        self._next()
        return orders

    def _next(self) -> None:
        self.next_at = float(self._orders[self._given][0]) if self._given < len(self._orders) else None


def live_through(house: Household, plan: Plan) -> Day:
    """Let a household live through a plan, with the plugs' latencies and nothing else that goes wrong."""
    return Plant(house, Scheduled(house.facts, plan), Conditions()).run()


def beginning_of(house: Household, minutes: int) -> Household:
    """Return a household that ends after some minutes."""
    seconds = minutes * MINUTE_S
    return replace(house, seconds=seconds, base=tuple(base[:seconds] for base in house.base))
