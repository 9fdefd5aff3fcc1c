"""Households drawn by lot: a base load of pulses, and appliances with thermostats of their own."""

from functools import partial
import random

from custom_components.linky_offload.offload import Profile

from .common import Base, Bench, Plug, plug


def usual_step_va(share_va: float) -> float:
    """The largest step that the reserve is ready for while it has learned nothing (design §6.2)."""
    return 2000.0 if share_va <= 3000 else 3000.0


def household(
    seed: int,
    *,
    cadence_s: float,
    contract_va: int,
    phases: int,
    profile: Profile,
    limit_ratio: float,
    lost: float,
    seconds: float,
) -> Bench:
    """A house whose base load alone stays below 1.1 times the contract; with all loads on it goes far beyond.

    On each phase at most one step of the base load falls between two samples.
    """
    lot = random.Random(seed)
    share = contract_va / phases
    loads = [_appliance(lot, f"load {index}", share, phases) for index in range(lot.randint(2, 5))]
    return Bench(
        *loads,
        base=_pulses(lot, phases, share, cadence_s, seconds),
        contract_va=contract_va,
        phases=phases,
        cadence_s=cadence_s,
        profile=profile,
        limit_ratio=limit_ratio,
        lost=lost,
        seed=seed,
    )


def _appliance(lot: random.Random, load_id: str, share_va: float, phases: int) -> Plug:
    return plug(
        load_id,
        lot.uniform(0.2, 0.7) * min(usual_step_va(share_va), share_va),
        phases=(lot.randint(1, phases),),
        latency_s=lot.uniform(0.3, 2.0),
        measured=lot.random() < 0.5,
        asks=_thermostat(lot),
        minimum_off_s=lot.choice([0.0, 60.0, 180.0]),
        minimum_on_s=lot.choice([0.0, 60.0, 180.0]),
    )


def _pulses(lot: random.Random, phases: int, share_va: float, cadence_s: float, seconds: float) -> Base:
    largest = usual_step_va(share_va)
    floors = [lot.uniform(0.05, 0.25) * share_va for _ in range(phases)]
    pulses: list[tuple[int, float, float, float]] = []
    for phase, floor in enumerate(floors):
        begin = lot.uniform(0, 60)
        while begin < seconds:
            lasts = lot.choice([lot.uniform(20, 150), lot.uniform(200, 900)])
            va = min(lot.choice([1.0, lot.uniform(0.15, 1.0)]) * largest, 1.1 * share_va - floor)
            pulses.append((phase, begin, begin + lasts, va))
            begin += lasts + lot.uniform(cadence_s + 5, cadence_s + 200)

    def base(now: float) -> tuple[float, ...]:
        totals = list(floors)
        for phase, begin, end, va in pulses:
            if begin <= now < end:
                totals[phase] += va
        return tuple(totals)

    return base


def _thermostat(lot: random.Random) -> partial[bool]:
    period = lot.uniform(300, 1500)
    share_on = lot.choice([1.0, lot.uniform(0.3, 0.9)])
    return partial(_asks, period, share_on * period, lot.uniform(0, period))


def _asks(period_s: float, on_s: float, shift_s: float, now: float) -> bool:
    return (now + shift_s) % period_s < on_s
