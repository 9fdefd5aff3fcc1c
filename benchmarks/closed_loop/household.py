"""Seeded synthetic households: contract, phases, season, what they heat with, and what a person told of each load."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
import random
from typing import Final

from benchmarks.closed_loop.appliances import HAS_ROOM, ChargeSpec, HeaterSpec, LoadSpec, TankSpec
from benchmarks.closed_loop.base import HABITS, STRESS, base_of
from benchmarks.closed_loop.controller import HouseFacts, LoadFacts, LoadKind
from benchmarks.closed_loop.weather import DESIGN_C, Season, Weather, weather_of

DAY_S: Final = 86_400
_COMFORT_C: Final = 20.0
_CAR_SHARE: Final = 0.8


class Heating(StrEnum):
    """What the household is known by."""

    ELECTRIC = "electric heating"
    HEAT_PUMP = "heat pump"
    CAR = "car"


@dataclass(frozen=True, slots=True)
class Profile:
    """The line of one seed in the table of households. ``heat``: rated power of the electric heaters ÷ contract."""

    contract_kva: int
    phases: int
    season: Season
    heating: Heating
    heat: float
    stress: bool = False


_W, _M, _S = Season.WINTER, Season.MID, Season.SUMMER
_EL, _HP, _CAR = Heating.ELECTRIC, Heating.HEAT_PUMP, Heating.CAR

PROFILES: Final[dict[int, Profile]] = {
    1: Profile(6, 1, _W, _EL, 1.05),
    2: Profile(9, 1, _W, _EL, 1.3),
    3: Profile(12, 3, _W, _EL, 0.95),
    4: Profile(6, 1, _W, _HP, 0.4),
    5: Profile(9, 1, _W, _CAR, 1.15),
    6: Profile(3, 1, _W, _EL, 1.0),
    7: Profile(12, 1, _W, _EL, 1.3),
    8: Profile(9, 3, _W, _HP, 0.4),
    9: Profile(12, 3, _W, _CAR, 0.75),
    10: Profile(9, 1, _W, _HP, 0.7),
    11: Profile(6, 1, _M, _EL, 1.05),
    12: Profile(9, 1, _M, _CAR, 0.9),
    13: Profile(12, 3, _M, _EL, 0.95),
    14: Profile(6, 1, _M, _HP, 0.4),
    15: Profile(3, 1, _M, _EL, 1.0),
    16: Profile(9, 3, _M, _CAR, 0.7),
    17: Profile(6, 1, _S, _EL, 1.05),
    18: Profile(6, 1, _S, _CAR, 0.75),
    19: Profile(9, 3, _S, _CAR, 0.7),
    20: Profile(3, 1, _S, _EL, 1.0),
    101: Profile(6, 1, _W, _EL, 1.05, stress=True),
    102: Profile(9, 1, _W, _CAR, 0.9, stress=True),
    103: Profile(12, 3, _W, _EL, 0.95, stress=True),
    104: Profile(6, 1, _W, _HP, 0.4, stress=True),
    105: Profile(9, 1, _W, _EL, 1.05, stress=True),
    106: Profile(12, 3, _W, _CAR, 0.7, stress=True),
}
SEEDS: Final = tuple(seed for seed, profile in PROFILES.items() if not profile.stress)
STRESS_SEEDS: Final = tuple(seed for seed, profile in PROFILES.items() if profile.stress)
WINTER_SEEDS: Final = tuple(seed for seed in SEEDS if PROFILES[seed].season is Season.WINTER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """A house over ``seconds``, the same in every run of its seed.

    ``base``: the uncontrolled apparent power of each phase, VA a second. ``historic``: the mode of its meter. The loads
    are in the order in which their owner gives them up.
    """

    seed: int
    profile: Profile
    seconds: int
    contract_va: float
    phases: int
    base: tuple[array[float], ...]
    loads: tuple[LoadSpec, ...]
    historic: bool

    @property
    def facts(self) -> HouseFacts:
        """What controllers are told of it."""
        return HouseFacts(
            phases=self.phases,
            contract_va=self.contract_va,
            cutoff_va=self.contract_va,
            historic=self.historic,
            loads=tuple(load.facts for load in self.loads),
        )


def household(seed: int, *, days: float = 1.0) -> Household:
    """Make the household of a seed of `PROFILES`. Raises KeyError for any other."""
    profile = PROFILES[seed]
    rng = random.Random(f"weather {seed}")
    contract_va = profile.contract_kva * 1000.0
    seconds = int(days * DAY_S)
    weather = weather_of(profile.season, rng, colder_c=3.0 if profile.stress else 0.0)
    scale = min(1.0, 0.1 + 0.15 * profile.contract_kva)
    habits = HABITS + STRESS if profile.stress else HABITS
    return Household(
        seed=seed,
        profile=profile,
        seconds=seconds,
        contract_va=contract_va,
        phases=profile.phases,
        base=base_of(seed, phases=profile.phases, seconds=seconds, scale=scale, habits=habits),
        loads=tuple(_Furnisher(seed, profile, weather).loads()),
        historic=seed % 3 == 0,
    )


class _Furnisher:
    """Puts the loads of one household in place."""

    def __init__(self, seed: int, profile: Profile, weather: Weather) -> None:
        self._rng = random.Random(f"loads {seed}")
        self._profile = profile
        self._weather = weather
        self._share_va = profile.contract_kva * 1000.0 / profile.phases
        # The kitchen stands on the first phase, the oven on the second.
        self._wired_va = [0.25 * self._share_va, 0.1 * self._share_va, 0.0][: profile.phases]
        self._tells_phases = self._rng.random() < 0.7
        self._number = 0

    def loads(self) -> Iterator[LoadSpec]:
        """Yield the loads, the least missed first: what can wait, then bedrooms, then where people live."""
        rng, contract_va = self._rng, self._profile.contract_kva * 1000.0
        if self._profile.heating is Heating.CAR:
            yield self._car()
        yield self._tank(1200.0 if contract_va <= 3000 else 2200.0)
        if contract_va > 3000:
            yield self._programme(arrives_h=rng.uniform(9, 15), hours=rng.uniform(0.8, 1.6), va=rng.uniform(1800, 2300))
            yield self._programme(arrives_h=rng.uniform(19.5, 21), hours=rng.uniform(0.4, 0.8), va=1900.0)
        if self._profile.heating is Heating.HEAT_PUMP:
            yield from self._heat_pump()
        yield from self._heaters(self._profile.heat * contract_va, duty=rng.uniform(0.5, 0.6))

    def _facts(self, kind: LoadKind, va: float, phases: tuple[int, ...]) -> LoadFacts:
        rng = self._rng
        self._number += 1
        measured = rng.random() < 0.65
        declared = None if measured or rng.random() < 0.35 else round(va * rng.uniform(0.9, 1.1), -1)
        return LoadFacts(
            load_id=f"{kind}_{self._number}",
            kind=kind,
            phases=phases if self._tells_phases or self._profile.phases == 1 else (),
            nameplate_va=round(va, -2),
            declared_va=declared,
            measured=measured,
            has_room=kind in HAS_ROOM,
        )

    def _phase(self, va: float) -> tuple[int, ...]:
        """Take the phase with the least on it, as an electrician does."""
        phase = self._wired_va.index(min(self._wired_va))
        self._wired_va[phase] += va
        return (phase + 1,)

    def _report_s(self) -> float:
        """Most plugs tell at once; one in five takes its time."""
        return self._rng.uniform(15, 40) if self._rng.random() < 0.2 else self._rng.uniform(0.3, 2.0)

    def _tank(self, va: float) -> TankSpec:
        rng, phases = self._rng, self._phase(0.5 * va)
        draws = tuple((int(rng.gauss(hour, 0.4) * 3600), rng.uniform(20, 45)) for hour in (6.8, 7.4, 13.0, 19.5, 21.0))
        begins = rng.choice((22.0, 22.5, 23.0))
        noon = rng.random() < 0.5
        hours = ((begins, 24.0), (0.0, begins - (18.0 if noon else 16.0)), *(((12.5, 14.5),) if noon else ()))
        return TankSpec(
            facts=self._facts(LoadKind.TANK, va, phases),
            va=va,
            phases=phases,
            report_s=self._report_s(),
            litres=100.0 if va < 2000 else 200.0,
            draws=draws,
            fed_hours=hours,
            start_c=rng.uniform(35, 48),
        )

    def _programme(self, *, arrives_h: float, hours: float, va: float) -> ChargeSpec:
        phases, arrives = self._phase(0.2 * va), int(arrives_h * 3600)
        return ChargeSpec(
            facts=self._facts(LoadKind.PROGRAM, va, phases),
            va=va,
            phases=phases,
            report_s=self._report_s(),
            arrives_s=arrives,
            needs_s=hours * 3600,
            leaves_s=arrives,
        )

    def _car(self) -> ChargeSpec:
        rng = self._rng
        three_phase = self._profile.phases == 3 and rng.random() < 0.5
        # Whoever sets up a charger leaves some of the phase to the house.
        ampere = rng.choice([ampere for ampere in (8, 10, 13, 16) if 230 * ampere <= _CAR_SHARE * self._share_va])
        phases = (1, 2, 3) if three_phase else self._phase(0.3 * 230.0 * ampere)
        va = 230.0 * ampere * len(phases)
        return ChargeSpec(
            facts=self._facts(LoadKind.CAR, va, phases),
            va=va,
            phases=phases,
            report_s=self._report_s(),
            arrives_s=int(rng.uniform(17.2, 19.2) * 3600),
            needs_s=rng.uniform(8000, 14_000) * 3600 / va,
            leaves_s=int(rng.uniform(7.0, 8.2) * 3600),
        )

    def _heaters(self, total_w: float, *, duty: float) -> Iterator[HeaterSpec]:
        """Yield room heaters of some ``total_w``, bedrooms first, that work ``duty`` of the time at `DESIGN_C`."""
        rng = self._rng
        count = max(2, min(8, round(total_w / 1300)))
        sizes = [rng.uniform(0.8, 1.2) for _ in range(count)]
        watts = sorted(max(500.0, round(total_w * size / sum(sizes) / 250) * 250) for size in sizes)
        evening = 22.0 + rng.uniform(-0.5, 0.5)
        for place, heat_w in enumerate(watts):
            living = place >= count / 2
            day_c = rng.uniform(19.5, 20.5) if living else rng.uniform(18.0, 19.0)
            wakes = rng.uniform(5.6, 6.4)
            targets = ((0, day_c - 2.0), (int(wakes * 3600), day_c), (int(evening * 3600), day_c - 2.0))
            yield self._room(LoadKind.HEATER, heat_w, heat_w, duty, targets, self._phase(heat_w))

    def _heat_pump(self) -> Iterator[HeaterSpec]:
        """Yield a heat pump for most of the house, and the electric heater of the bathroom."""
        rng, target = self._rng, self._rng.uniform(19.5, 20.5)
        targets = ((0, target - 1.0), (int(5.5 * 3600), target), (int(22.5 * 3600), target - 1.0))
        va = 0.42 * self._profile.contract_kva * 1000.0
        cop, power_factor = rng.uniform(2.6, 3.2), 0.93
        phases = (1,) if self._profile.phases == 1 else (1, 2, 3)
        yield self._room(LoadKind.HEAT_PUMP, va, va * power_factor * cop, 0.6, targets, phases)
        bath = (
            (0, 18.5),
            (int(6.0 * 3600), 21.0),
            (9 * 3600, 19.5),
            (int(18.5 * 3600), 21.0),
            (DAY_S - 9000, 18.5),
        )
        yield self._room(LoadKind.HEATER, 0.25 * va, 0.25 * va, 0.45, bath, self._phase(0.25 * va))

    def _room(
        self,
        kind: LoadKind,
        va: float,
        heat_w: float,
        duty: float,
        targets: tuple[tuple[int, float], ...],
        phases: tuple[int, ...],
    ) -> HeaterSpec:
        rng = self._rng
        loss_w_k = heat_w * duty / (_COMFORT_C - DESIGN_C)
        return HeaterSpec(
            facts=self._facts(kind, va, phases),
            va=va,
            phases=phases,
            report_s=self._report_s(),
            heat_w=heat_w,
            loss_w_k=loss_w_k,
            capacity_j_k=loss_w_k * rng.uniform(40_000, 65_000),
            gains_w=rng.uniform(0.01, 0.05) * heat_w,
            targets=targets,
            weather=self._weather,
            start_c=targets[0][1] + rng.uniform(-0.1, 0.3),
        )
