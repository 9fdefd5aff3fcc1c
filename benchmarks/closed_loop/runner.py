"""Runs entrants over seeds and conditions, on every core, and judges each run."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
import math
from multiprocessing import get_context
from typing import Final

from benchmarks.closed_loop.conditions import Conditions
from benchmarks.closed_loop.controller import Controller, HouseFacts
from benchmarks.closed_loop.day import Day, Trip
from benchmarks.closed_loop.household import PROFILES, Household, household
from benchmarks.closed_loop.ours import Ours
from benchmarks.closed_loop.plant import Plant
from benchmarks.closed_loop.progress import Progress
from benchmarks.closed_loop.rules import all_rules
from benchmarks.closed_loop.rules.none import Nothing
from benchmarks.closed_loop.rules.panic import Panic
from benchmarks.closed_loop.score import Score, score
from benchmarks.closed_loop.waits import Delay
from custom_components.linky_offload.offload import Profile, Settings, StrategyName

FAST_S: Final = 5.0


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
        return f"{self.rule} {self.strategy.replace('_', '-')} {self.profile}"

    @property
    def delay_s(self) -> float:
        """Seconds for which it may stay above the contract: no promise in the meter profile.

        A rule is held to the default of the contract profile.
        """
        if self.profile is Profile.METER:
            return math.inf
        return Settings(profile=self.profile or Profile.CONTRACT).ordinary_delay_s

    @property
    def delays(self) -> frozenset[Delay]:
        """What its returns wait for by its own rule; the rules of others know no such thing."""
        if self.strategy is None:
            return frozenset()
        return frozenset(Delay) if self.profile is Profile.METER else frozenset(Delay) - {Delay.REPLAY}

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
    """A run with its score."""

    run: Run
    score: Score


def run_all(runs: Sequence[Run], *, jobs: int, progress: Progress) -> list[Result]:
    """Return the results in the order of the runs. The longest begin first, so that all processes end together."""
    order = sorted(range(len(runs)), key=lambda place: -weight_of(runs[place]))
    progress.begin(sum(weight_of(run) for run in runs), len(runs))
    done: dict[int, Result] = {}
    for place, result in _run(runs, order, jobs):
        done[place] = result
        progress.note(weight_of(runs[place]))
    progress.end()
    return [done[place] for place in range(len(runs))]


def _run(runs: Sequence[Run], order: Sequence[int], jobs: int) -> Iterator[tuple[int, Result]]:
    tasks = [(place, runs[place]) for place in order]
    if jobs == 1:
        yield from map(_run_placed, tasks)
        return
    with get_context("spawn").Pool(jobs) as pool:
        yield from pool.imap_unordered(_run_placed, tasks)


def _run_placed(task: tuple[int, Run]) -> tuple[int, Result]:
    place, run = task
    return place, run_one(run)


def weight_of(run: Run) -> float:
    """Guess how long a run takes beside others: only to begin with the longest, and to tell how much is left."""
    if run.entrant.strategy is None:
        return 0.1 * run.days
    pace = 2.0 if run.conditions.cadence_s < FAST_S else 1.0
    return run.days * pace * (3.0 if PROFILES[run.seed].phases > 1 else 1.0)


def run_one(run: Run) -> Result:
    """Live through one run and judge it."""
    house = _household(run.seed, run.days)
    controller = run.entrant.controller(house.facts)
    return Result(run=run, score=judge(run, Plant(house, controller, run.conditions).run()))


def judge(run: Run, day: Day) -> Score:
    """Score a day; the panic replay is only run for a day that has trips."""
    return score(
        day,
        run.conditions,
        delay_s=run.entrant.delay_s,
        comfort_kh=_comfort_kh(run.seed, run.days),
        panic=_panic_trips(run.seed, run.days, run.conditions) if day.trips else (),
        delays=run.entrant.delays,
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
