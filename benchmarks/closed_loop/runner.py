"""Runs entrants over seeds and conditions, on every core, and judges each run."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
import math
from multiprocessing import get_context
from time import perf_counter

from benchmarks.closed_loop.conditions import Conditions
from benchmarks.closed_loop.controller import Controller, HouseFacts
from benchmarks.closed_loop.day import Day, Trip
from benchmarks.closed_loop.household import Household, household
from benchmarks.closed_loop.ours import Ours
from benchmarks.closed_loop.plant import Plant
from benchmarks.closed_loop.rules import all_rules
from benchmarks.closed_loop.rules.none import Nothing
from benchmarks.closed_loop.rules.panic import Panic
from benchmarks.closed_loop.score import Score, score
from custom_components.linky_offload.offload import Profile, Settings, StrategyName


@dataclass(frozen=True, slots=True)
class Entrant:
    """Who decides: one of `rules` by its name, or our engine with a strategy and a profile."""

    rule: str = Ours.name
    strategy: StrategyName | None = None
    profile: Profile | None = None

    @property
    def label(self) -> str:
        """Its name in the table."""
        if self.strategy is None or self.profile is None:
            return self.rule
        return f"{self.rule} {self.strategy} {self.profile}"

    @property
    def delay_s(self) -> float:
        """Seconds for which it may stay above the contract: no promise in the meter profile.

        A rule is held to the default of the contract profile.
        """
        if self.profile is Profile.METER:
            return math.inf
        return Settings(profile=self.profile or Profile.CONTRACT).ordinary_delay_s

    def controller(self, facts: HouseFacts) -> Controller:
        """Return a new controller for a house. Raises KeyError for an unknown rule."""
        if self.strategy is None or self.profile is None:
            return all_rules()[self.rule](facts)
        return Ours(facts, strategy=self.strategy, profile=self.profile)


@dataclass(frozen=True, slots=True)
class Run:
    """One entrant in one house under given conditions."""

    entrant: Entrant
    seed: int
    conditions: Conditions = field(default_factory=Conditions)
    days: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A run with its score and its cost: seconds of processor, samples that the meter sent."""

    run: Run
    score: Score
    cost_s: float
    samples: int


def run_all(runs: Sequence[Run], *, jobs: int) -> Iterator[Result]:
    """Yield the results in the order of the runs."""
    if jobs == 1:
        yield from map(run_one, runs)
        return
    with get_context("forkserver").Pool(jobs) as pool:
        yield from pool.imap(run_one, runs)


def run_one(run: Run) -> Result:
    """Live through one run and judge it."""
    house = _household(run.seed, run.days)
    controller = run.entrant.controller(house.facts)
    started = perf_counter()
    day = Plant(house, controller, run.conditions).run()
    cost_s = perf_counter() - started
    return Result(run=run, score=judge(run, day), cost_s=cost_s, samples=day.samples)


def judge(run: Run, day: Day) -> Score:
    """Score a day; the panic replay is only run for a day that has trips."""
    return score(
        day,
        run.conditions,
        delay_s=run.entrant.delay_s,
        comfort_kh=_comfort_kh(run.seed, run.days),
        panic=_panic_trips(run.seed, run.days, run.conditions) if day.trips else (),
    )


def grid(entrants: Iterable[Entrant], seeds: Sequence[int], conditions: Conditions, days: float) -> list[Run]:
    """Return the runs of each entrant on each seed."""
    return [Run(entrant, seed, conditions, days) for entrant in entrants for seed in seeds]


@lru_cache(maxsize=32)
def _household(seed: int, days: float) -> Household:
    return household(seed, days=days)


@lru_cache(maxsize=64)
def _comfort_kh(seed: int, days: float) -> Mapping[str, float]:
    house = _household(seed, days)
    return Plant(house, Nothing(house.facts), Conditions(unlimited=True)).run().deficit_kh


@lru_cache(maxsize=64)
def _panic_trips(seed: int, days: float, conditions: Conditions) -> tuple[Trip, ...]:
    house = _household(seed, days)
    return Plant(house, Panic(house.facts), replace(conditions, unlimited=False)).run().trips
