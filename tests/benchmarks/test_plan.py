"""What the judged run holds: everything once, troubles spread evenly; the full run holds all of it and more."""

from dataclasses import replace

import pytest

from benchmarks.closed_loop.household import SEEDS, STRESS_SEEDS
from benchmarks.closed_loop.optimum import SEEDS as OPTIMUM_SEEDS
from benchmarks.closed_loop.plan import (
    CADENCES_S,
    COMPARED,
    DEFAULT,
    EXACT,
    LEAST_HARM,
    ODD_METERS,
    PLAIN_STRESS_DAYS,
    TROUBLED,
    Plan,
    plan,
)
from benchmarks.closed_loop.rules import all_rules
from benchmarks.closed_loop.runner import Entrant, Run
from custom_components.linky_offload.offload import Profile, StrategyName


@pytest.fixture(name="judged", scope="module")
def judged_plan() -> Plan:
    return plan(seeds=None, stress_seeds=None, days=1.0, full=False)


def kind_of(run: Run) -> object:
    """The conditions of a run, whatever its pace."""
    return replace(run.conditions, cadence_s=EXACT.cadence_s)


def test_every_rule_and_all_that_is_compared_meets_every_house(judged: Plan) -> None:
    entrants = [*(Entrant(rule) for rule in all_rules()), *COMPARED]
    assert {(run.entrant, run.seed) for run in judged.plain} == {(who, seed) for who in entrants for seed in SEEDS}
    assert {LEAST_HARM, DEFAULT} <= set(COMPARED)


def test_the_days_of_the_optimum_are_among_them() -> None:
    assert set(OPTIMUM_SEEDS) <= set(SEEDS)


def test_every_strategy_profile_and_pace_meets_the_plain_stress_days(judged: Plan) -> None:
    assert PLAIN_STRESS_DAYS >= 5
    met = {(run.entrant, run.conditions.cadence_s, run.seed) for run in judged.trials if kind_of(run) == EXACT}
    assert met == {
        (Entrant(strategy=strategy, profile=profile), cadence, seed)
        for strategy in StrategyName
        for profile in Profile
        for cadence in CADENCES_S
        for seed in STRESS_SEEDS[:PLAIN_STRESS_DAYS]
    }


@pytest.mark.parametrize("trouble", [TROUBLED, *ODD_METERS])
def test_each_trouble_meets_every_pace_and_every_profile(judged: Plan, trouble: object) -> None:
    met = [run for run in judged.trials if kind_of(run) == trouble]
    assert {run.conditions.cadence_s for run in met} == set(CADENCES_S)
    assert {run.entrant.profile for run in met} == set(Profile)
    assert {run.entrant.strategy for run in met} == set(StrategyName)


def test_troubles_are_spread_evenly_over_the_stress_days(judged: Plan) -> None:
    days = [run.seed for run in judged.trials if kind_of(run) == TROUBLED]
    counts = [days.count(seed) for seed in STRESS_SEEDS]
    assert sum(counts) == len(StrategyName) * len(Profile) * len(CADENCES_S)
    assert max(counts) - min(counts) <= 1


def test_no_run_is_run_twice(judged: Plan) -> None:
    runs = [*judged.plain, *judged.trials, *judged.weeks]
    assert len(runs) == len(set(runs))


def test_the_full_run_holds_the_judged_one(judged: Plan) -> None:
    full = plan(seeds=None, stress_seeds=None, days=1.0, full=True)
    assert set(judged.plain) < set(full.plain)
    assert set(judged.trials) < set(full.trials)
    assert judged.weeks == full.weeks


def test_weeks_belong_to_whole_days() -> None:
    assert plan(seeds=1, stress_seeds=0, days=0.5, full=False).weeks == ()
