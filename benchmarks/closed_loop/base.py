"""What nobody can offload: lights, fridge, kettle, hob, oven and the like, drawn before the day runs."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
import math
import random

_DAY_S = 86_400
_NOISE_STEP_S = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """An appliance that people use around an hour of the day.

    It draws ``va`` for ``seconds``; with a ``duty`` below 1 its thermostat lets it draw that share of every ``cycle_s``
    after the first ``warm_s`` seconds. ``chance``: how likely it is on a day.
    """

    name: str
    hour: float
    va: float
    seconds: int
    chance: float = 1.0
    spread_h: float = 0.5
    duty: float = 1.0
    cycle_s: int = 20
    warm_s: int = 0


HABITS = (
    Pulse(name="kettle", hour=6.7, va=2100, seconds=170, chance=0.95, spread_h=0.3),
    Pulse(name="coffee", hour=6.9, va=1300, seconds=120, chance=0.8, spread_h=0.3),
    Pulse(name="hair dryer", hour=7.2, va=1700, seconds=360, chance=0.8, spread_h=0.3),
    Pulse(name="toaster", hour=7.3, va=950, seconds=200, chance=0.7, spread_h=0.3),
    Pulse(name="vacuum", hour=10.5, va=900, seconds=1200, chance=0.5, spread_h=1.5),
    Pulse(name="washing", hour=10.0, va=2050, seconds=780, chance=0.6, spread_h=2.0),
    Pulse(name="hob", hour=11.9, va=2600, seconds=1500, chance=0.8, duty=0.55, warm_s=240),
    Pulse(name="microwave", hour=12.3, va=1400, seconds=240, chance=0.8),
    Pulse(name="kettle", hour=13.2, va=2100, seconds=150, chance=0.6),
    Pulse(name="iron", hour=15.5, va=2100, seconds=1800, chance=0.35, duty=0.3, cycle_s=60, spread_h=1.5),
    Pulse(name="kettle", hour=16.8, va=2100, seconds=150, chance=0.6),
    Pulse(name="oven", hour=18.6, va=2500, seconds=3000, chance=0.7, duty=0.4, cycle_s=90, warm_s=540),
    Pulse(name="hob", hour=19.1, va=3000, seconds=1800, chance=0.9, duty=0.6, warm_s=300),
    Pulse(name="second hob", hour=19.2, va=1500, seconds=1200, chance=0.7, duty=0.6, warm_s=200),
    Pulse(name="microwave", hour=19.5, va=1400, seconds=180, chance=0.7),
    Pulse(name="kettle", hour=21.0, va=2100, seconds=160, chance=0.7),
)
"""A family's day."""

STRESS = (
    Pulse(name="fan heater", hour=6.4, va=2000, seconds=2400, spread_h=0.2),
    Pulse(name="hair dryer", hour=6.8, va=1700, seconds=300, spread_h=0.2),
    Pulse(name="kettle", hour=7.0, va=2200, seconds=180, spread_h=0.2),
    Pulse(name="pump", hour=9.0, va=2800, seconds=40, spread_h=1.0),
    Pulse(name="oven", hour=11.4, va=2500, seconds=2700, duty=0.4, cycle_s=90, warm_s=540, spread_h=0.2),
    Pulse(name="pump", hour=14.0, va=2800, seconds=40, spread_h=1.0),
    Pulse(name="raclette", hour=19.4, va=1300, seconds=3600, duty=0.8, cycle_s=40, spread_h=0.2),
    Pulse(name="kettle", hour=19.4, va=2200, seconds=180, spread_h=0.2),
    Pulse(name="hair dryer", hour=20.6, va=1700, seconds=400, spread_h=0.3),
    Pulse(name="fan heater", hour=20.2, va=2000, seconds=3600, spread_h=0.3),
)
"""What comes on top of it on a day with guests."""

_KITCHEN = ("hob", "oven", "kettle", "fan heater", "second hob", "microwave")
"""Strong appliances in the order in which an electrician deals the phases out to them."""


def base_of(seed: int, *, phases: int, seconds: int, scale: float, habits: Sequence[Pulse]) -> tuple[array[float], ...]:
    """Draw the uncontrolled apparent power of each phase, VA, one value a second.

    ``scale`` sizes the appliances of a small contract. The kitchen is spread over the phases, the rest hangs anywhere.
    A shorter time is the beginning of a longer one.
    """
    base = tuple(_standby(random.Random(f"standby {seed} {phase}"), seconds, 1 / phases) for phase in range(phases))
    rng = random.Random(f"habits {seed}")
    places = {name: place % phases for place, name in enumerate(_KITCHEN)}
    for day in range(math.ceil(seconds / _DAY_S)):
        for pulse in habits:
            place = places.setdefault(pulse.name, rng.randrange(phases))
            begins = int((day * 24 + rng.gauss(pulse.hour, pulse.spread_h)) * 3600)
            length = int(pulse.seconds * rng.uniform(0.7, 1.3))
            power = pulse.va * scale * rng.uniform(0.9, 1.1)
            if rng.random() < pulse.chance:
                _add(rng, base[place], pulse, begins, length, power)
    return base


def _standby(rng: random.Random, seconds: int, share: float) -> array[float]:
    """Lights and electronics with their evening, and a fridge."""
    level, drift = rng.uniform(160, 320) * share, 0.0
    period, works = rng.randint(2400, 3600), rng.randint(700, 1100)
    shift, fridge = rng.randrange(3600), rng.uniform(80, 140) * share
    values = array("d")
    for second in range(0, seconds, _NOISE_STEP_S):
        hour = second / 3600 % 24
        shape = 0.6 + 0.5 * math.exp(-(((hour - 7.2) / 1.2) ** 2)) + 1.1 * math.exp(-(((hour - 20) / 2.2) ** 2))
        drift += rng.gauss(0, 0.03) - 0.01 * drift
        power = level * max(0.4, shape + drift)
        if (second + shift) % period < works:
            power += fridge
        values.extend([power] * _NOISE_STEP_S)
    return values[:seconds]


def _add(rng: random.Random, base: array[float], pulse: Pulse, begins: int, length: int, power: float) -> None:
    """Put one use of an appliance on its phase; what lies outside the time that is lived is left out."""
    second, ends = begins, begins + length
    on_s = length if pulse.duty >= 1 else pulse.warm_s
    while second < ends:
        for now in range(max(0, second), min(len(base), ends, second + on_s)):
            base[now] += power
        # No two cycles are alike: a regular one would beat with the pace of the meter.
        second += on_s + round((1 - pulse.duty) * pulse.cycle_s * rng.uniform(0.6, 1.4))
        on_s = max(1, round(pulse.duty * pulse.cycle_s * rng.uniform(0.6, 1.4)))
