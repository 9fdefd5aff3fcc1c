"""What one sample costs our engine, decisions included, by the number of loads."""

from dataclasses import dataclass
import math
import random
from statistics import mean
from time import thread_time_ns
from typing import Final

from benchmarks.closed_loop.controller import HouseFacts, LoadFacts, LoadKind, Order, Sample
from benchmarks.closed_loop.ours import Ours
from benchmarks.closed_loop.plan import DEFAULT

CADENCE_S: Final = 1.5
SIZES: Final = ((10, 4000), (30, 3000), (100, 2000), (250, 1200), (500, 1200))
"""Loads of a house, and samples to measure with them."""
_LOAD_VA: Final = 1000.0
_LOADS_OF_CONTRACT: Final = 0.7
_BURST_SAMPLES: Final = 100
_CALM_SAMPLES: Final = 300
_ROOM_SAMPLES: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleCost:
    """What one sample costs with so many loads, microseconds; ``p999_us``: what one in a thousand exceeds."""

    loads: int
    mean_us: float
    p999_us: float


def measure(loads: int, *, samples: int) -> SampleCost:
    """Measure a house of so many loads. The figures are those of this machine."""
    costs = sorted(sample_costs_us(loads, samples=samples))
    return SampleCost(loads=loads, mean_us=mean(costs), p999_us=costs[math.ceil(0.999 * len(costs)) - 1])


def sample_costs_us(loads: int, *, samples: int) -> list[float]:
    """Return the processor time of each of ``samples`` samples, µs, with three phases and ``loads`` loads.

    The engine is as the form preselects it. Every ten minutes the house goes 40 % over its contract for some two and a
    half, so that loads go and return; every plug obeys before the next sample and answers for its power, and every room
    tells its temperature once a minute.
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
    assert DEFAULT.strategy is not None
    assert DEFAULT.profile is not None
    controller = Ours(house, strategy=DEFAULT.strategy, profile=DEFAULT.profile)
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
        if number % _ROOM_SAMPLES == 0:
            for load in house.loads:
                controller.room(load.load_id, 20.0 + rng.uniform(-1.0, 0.2), 20.0, asks=True, now=now)
        powers = tuple(round(va) for va in drawn)
        sample = Sample(powers, max(powers) > house.contract_share_va, opened=False, hour=12)
        started = thread_time_ns()
        orders = list(controller.sample(sample, now))
        costs.append((thread_time_ns() - started) / 1000)
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
        has_room=True,
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
