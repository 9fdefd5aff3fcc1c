"""Small houses and a controller that follows a script, for the tests of the closed loop."""

from array import array
from collections.abc import Sequence
from typing import Self, override

from benchmarks.closed_loop.appliances import ChargeSpec, LoadSpec
from benchmarks.closed_loop.controller import Controller, HouseFacts, LoadFacts, LoadKind, Order, Orders, Sample
from benchmarks.closed_loop.day import Day, Move
from benchmarks.closed_loop.household import Heating, Household, Profile
from benchmarks.closed_loop.outlet import Outlet
from benchmarks.closed_loop.weather import Season


def steady_load(
    load_id: str,
    va: float,
    *,
    phases: tuple[int, ...] = (1,),
    measured: bool = True,
    declared_va: float | None = None,
    report_s: float = 1.0,
) -> ChargeSpec:
    """Return a load that asks from the tenth second on, without end; not measured, its true power is declared."""
    facts = LoadFacts(
        load_id=load_id,
        kind=LoadKind.PROGRAM,
        phases=phases,
        nameplate_va=va,
        declared_va=None if measured else declared_va or va,
        measured=measured,
        has_room=False,
    )
    return ChargeSpec(facts=facts, va=va, phases=phases, report_s=report_s, arrives_s=10, needs_s=1e9, leaves_s=10)


def house_of(
    base: Sequence[Sequence[float]], loads: Sequence[LoadSpec] = (), *, contract_va: float = 6000.0, seed: int = 0
) -> Household:
    """Return a house with this uncontrolled power on each phase, one value a second."""
    return Household(
        seed=seed,
        profile=Profile(round(contract_va / 1000), len(base), Season.MID, Heating.ELECTRIC, 1.0),
        seconds=len(base[0]),
        contract_va=contract_va,
        phases=len(base),
        base=tuple(array("d", values) for values in base),
        loads=tuple(loads),
        historic=False,
    )


class Script(Controller):
    """Gives prepared orders at prepared times and writes down all that it is told."""

    name = "script"

    def __init__(self, facts: HouseFacts, orders: Sequence[tuple[float, Order]] = ()) -> None:
        super().__init__(facts)
        self._orders = list(orders)
        self.samples: list[tuple[float, Sample]] = []
        self.plugs: list[tuple[float, str, bool | None, float | None]] = []
        self.restarts: list[float] = []
        self._next()

    @override
    def sample(self, sample: Sample, now: float) -> Orders:
        self.samples.append((now, sample))
        return ()

    @override
    def plug(self, load_id: str, on: bool | None, power_va: float | None, now: float) -> Orders:
        self.plugs.append((now, load_id, on, power_va))
        return ()

    @override
    def tick(self, now: float) -> Orders:
        orders = [order for at, order in self._orders if at == now]
        self._orders = [(at, order) for at, order in self._orders if at > now]
        self._next()
        return orders

    @override
    def restart(self, now: float) -> Self:
        self.restarts.append(now)
        self._next()
        return self

    def _next(self) -> None:
        self.next_at = min((at for at, _ in self._orders), default=None)


def day_of(
    import_va: Sequence[float],
    *,
    moves: Sequence[Move] = (),
    base: Sequence[float] = (),
    loads: Sequence[LoadSpec] = (),
) -> Day:
    """Return a lived day of one phase of 6 kVA, by default with two loads of 1 kVA, which saw this power."""
    loads = loads or [steady_load("a", 1000.0), steady_load("b", 1000.0)]
    return Day(
        household=house_of([base or [100.0] * len(import_va)], loads),
        import_va=(array("d", import_va),),
        trips=(),
        moves=tuple(moves),
        outlets=tuple(Outlet(load) for load in loads),
        deficit_kh={"a": 3.0, "b": 1.0},
        samples=0,
    )
