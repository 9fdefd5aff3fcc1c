"""Tells a rule a story by hand, meter value by meter value, with plugs that obey at once: no plant, no physics."""

from collections.abc import Sequence

from benchmarks.closed_loop.controller import Controller, HouseFacts, LoadFacts, LoadKind, Orders, Sample

type Power = float | tuple[float, ...] | None
type Step = tuple[float, Power, str]
"""At a time, in s, the meter tells a power (VA; one a phase; None: nothing), and these are the moves until then.

A move is ``-name`` for off and ``+name`` for on; moves are in order and parted by blanks.
"""


def load(
    load_id: str,
    va: float,
    *,
    kind: LoadKind = LoadKind.HEATER,
    measured: bool = True,
    phases: tuple[int, ...] = (1,),
    declared_va: float | None = None,
) -> LoadFacts:
    """Make a load of which the appliance tells ``va``."""
    return LoadFacts(
        load_id=load_id,
        kind=kind,
        phases=phases,
        nameplate_va=va,
        declared_va=declared_va,
        measured=measured,
        has_room=kind in (LoadKind.HEATER, LoadKind.HEAT_PUMP),
    )


def house(*loads: LoadFacts, contract_va: float = 6000.0, phases: int = 1) -> HouseFacts:
    """Make a house with some loads; the first is given up first."""
    return HouseFacts(phases=phases, contract_va=contract_va, cutoff_va=contract_va, historic=False, loads=loads)


class Story:
    """A rule in a house where every plug is on at first and every load draws what stands on it.

    ``draws``: VA of the loads that draw something else.
    """

    def __init__(self, controller: Controller, draws: dict[str, float] | None = None) -> None:
        self.controller = controller
        self._va = {facts.load_id: facts.nameplate_va for facts in controller.facts.loads} | (draws or {})
        self._measured = {facts.load_id for facts in controller.facts.loads if facts.measured}
        self._moves: list[str] = []
        for load_id in self._va:
            self.tell(load_id, on=True, now=0.0)

    def tell(self, load_id: str, *, on: bool | None, now: float) -> None:
        """Let a plug report its position, and its power where it measures."""
        power = (self._va[load_id] if on else 0.0) if load_id in self._measured and on is not None else None
        self._obey(self.controller.plug(load_id, on, power, now), now)

    def go(self, at: float, power: Power) -> str:
        """Let time pass, then the meter tell; return the moves that came of it."""
        while (wake := self.controller.next_at) is not None and wake <= at:
            self.controller.next_at = None
            self._obey(self.controller.tick(wake), wake)
        if power is not None:
            phases = power if isinstance(power, tuple) else (power,)
            self._obey(self.controller.sample(Sample(tuple(map(int, phases)), False, False, 12), at), at)
        moves, self._moves = self._moves, []
        return " ".join(moves)

    def play(self, steps: Sequence[Step]) -> list[Step]:
        """Play all the steps; return them with the moves that truly came."""
        return [(at, power, self.go(at, power)) for at, power, _ in steps]

    def _obey(self, orders: Orders, now: float) -> None:
        for order in orders:
            self._moves.append(f"{'+' if order.on else '-'}{order.load_id}")
        for order in orders:
            self.tell(order.load_id, on=order.on, now=now)
