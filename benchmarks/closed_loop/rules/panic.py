"""Panic: what can be avoided at all. It cuts everything at the first sample above the cut-off power.

A trip that happens under it as well is nobody's fault; see `benchmarks.closed_loop.score`.
"""

from typing import Final, override

from benchmarks.closed_loop.controller import Controller, HouseFacts, Order, Orders, Sample

CALM_S: Final = 600.0
CALM_SHARE: Final = 0.8
RETRY_S: Final = 5.0


class Panic(Controller):
    """Every load goes when a phase is above its share of PCOUP, all return after 10 min below 0.8 of it."""

    name = "panic"

    def __init__(self, facts: HouseFacts) -> None:
        super().__init__(facts)
        self._on: dict[str, bool] = {}
        self._ordered_at: dict[str, float] = {}
        self._cut = False
        self._calm_since: float | None = None

    @override
    def sample(self, sample: Sample, now: float) -> Orders:
        """Cut all or return all; an order that a plug does not obey is repeated."""
        share, worst = self.facts.cutoff_share_va, max(sample.phases_va)
        if worst >= CALM_SHARE * share or sample.opened:
            self._calm_since = None
        elif self._calm_since is None:
            self._calm_since = now
        if worst > share:
            self._cut = True
        elif self._cut and self._calm_since is not None and now - self._calm_since >= CALM_S:
            self._cut = False
        return self._insist(now)

    @override
    def plug(self, load_id: str, on: bool | None, power_va: float | None, now: float) -> Orders:
        """Note the position of a plug."""
        if on is None:
            self._on.pop(load_id, None)
        else:
            self._on[load_id] = on
        return ()

    @override
    def restart(self, now: float) -> Panic:
        """Remember whether everything is cut."""
        fresh = type(self)(self.facts)
        fresh._cut = self._cut
        return fresh

    def _insist(self, now: float) -> list[Order]:
        orders = []
        for load_id, on in self._on.items():
            if on is self._cut and now - self._ordered_at.get(load_id, -RETRY_S) >= RETRY_S:
                self._ordered_at[load_id] = now
                orders.append(Order(load_id, on=not self._cut))
        return orders
