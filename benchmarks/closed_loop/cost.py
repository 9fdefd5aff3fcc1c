"""What one sample costs our engine, decisions included, by the number of loads."""

import random
from time import perf_counter_ns
from typing import Final

from benchmarks.closed_loop.controller import HouseFacts, LoadFacts, LoadKind, Order, Sample
from benchmarks.closed_loop.ours import Ours

CADENCE_S: Final = 1.5
_LOAD_VA: Final = 1000.0
_LOADS_OF_CONTRACT: Final = 0.7
_BURST_SAMPLES: Final = 100
_CALM_SAMPLES: Final = 300


def sample_costs_us(loads: int, *, samples: int) -> list[float]:
    """Return the microseconds that each of ``samples`` samples took, with three phases and ``loads`` loads.

    Every tenth of an hour the house goes 40 % over its contract for some minutes, so that loads go and return; every
    plug obeys before the next sample and answers for its power.
    """
    rng = random.Random(f"cost {loads}")
    contract_va = loads * _LOAD_VA / _LOADS_OF_CONTRACT
    house = HouseFacts(
        phases=3,
        contract_va=contract_va,
        cutoff_va=contract_va,
        historic=False,
        loads=tuple(_load(number) for number in range(loads)),
    )
    controller = Ours(house)
    on = {load.load_id: True for load in house.loads}
    for load in house.loads:
        controller.plug(load.load_id, on=True, power_va=_LOAD_VA, now=0.0)
    costs: list[float] = []
    now = 0.0
    for number in range(samples):
        now += CADENCE_S
        burst = number % (_BURST_SAMPLES + _CALM_SAMPLES) < _BURST_SAMPLES
        share = house.contract_share_va * (0.7 if burst else 0.1) * rng.uniform(0.97, 1.03)
        drawn = [share] * 3
        for index, load in enumerate(house.loads):
            drawn[index % 3] += _LOAD_VA if on[load.load_id] else 0.0
        powers = tuple(round(va) for va in drawn)
        sample = Sample(powers, max(powers) > house.contract_share_va, opened=False, hour=12)
        started = perf_counter_ns()
        orders = list(controller.sample(sample, now))
        costs.append((perf_counter_ns() - started) / 1000)
        orders += _ticks(controller, now)
        _obey(controller, orders, on, now + 1.0)
    return costs


def _load(number: int) -> LoadFacts:
    return LoadFacts(
        load_id=f"load_{number}",
        kind=LoadKind.HEATER,
        phases=(number % 3 + 1,),
        nameplate_va=_LOAD_VA,
        declared_va=None,
        measured=True,
        has_room=False,
    )


def _ticks(controller: Ours, now: float) -> list[Order]:
    """Let the engine look at the time wherever it asked to before the plugs answer."""
    orders: list[Order] = []
    while controller.next_at is not None and controller.next_at <= now + 1.0:
        orders += controller.tick(controller.next_at)
    return orders


def _obey(controller: Ours, orders: list[Order], on: dict[str, bool], now: float) -> None:
    for order in orders:
        on[order.load_id] = order.on
        controller.plug(order.load_id, order.on, _LOAD_VA if order.on else 0.0, now)
