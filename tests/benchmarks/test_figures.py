"""From runs to figures: which runs count for which, and None for what was not run."""

import pytest

from benchmarks.closed_loop.cost import sample_costs_us
from benchmarks.closed_loop.figures import KEYS, best_rule_unserved_vah, figures_of, ratio
from benchmarks.closed_loop.household import STRESS_SEEDS
from benchmarks.closed_loop.plan import CADENCES_S, DEFAULT, plan
from benchmarks.closed_loop.runner import Entrant, Result, Run
from benchmarks.closed_loop.score import Score
from custom_components.linky_offload.offload import Profile, StrategyName


def result(entrant: Entrant, *, trips: int = 0, avoidable: int = 0, unserved_vah: float = 0.0, late: int = 0) -> Result:
    score = Score(
        days=1.0,
        trips=trips,
        avoidable=avoidable,
        over_s=0,
        episodes=10,
        late=late,
        unserved_vah=unserved_vah,
        degree_hours=0.0,
        worst_room_kh=0.0,
        switches=12,
        most_switches=6,
        withheld={},
        returns=4,
        relapses=1,
        waits_s=(),
        still_off=0,
    )
    return Result(run=Run(entrant, 1), score=score, cost_s=1.0, samples=10)


@pytest.mark.parametrize(
    ("rules", "best"),
    [
        pytest.param([("a", 0, 900.0), ("b", 0, 700.0)], 700.0, id="the least unserved"),
        pytest.param([("a", 0, 900.0), ("b", 1, 700.0)], 900.0, id="one that trips is no reference"),
        pytest.param([("none", 0, 1.0), ("panic", 0, 2.0)], None, id="nor are the yardsticks"),
        pytest.param([], None, id="no rule at all"),
    ],
)
def test_the_best_rule(rules: list[tuple[str, int, float]], best: float | None) -> None:
    results = [result(Entrant(name), trips=trips, unserved_vah=unserved) for name, trips, unserved in rules]
    own = result(Entrant(strategy=StrategyName.HIERARCHICAL, profile=Profile.METER), unserved_vah=1.0)
    assert best_rule_unserved_vah([*results, own]) == best


def test_the_trips_of_every_run_of_ours_count_and_no_others() -> None:
    own = [result(DEFAULT, trips=3, avoidable=2)]
    figures = figures_of([*own, result(Entrant("none"), trips=50, avoidable=50)], own, [])
    assert (figures["avoidable_trips"], figures["unavoidable_trips"]) == (4, 2)


def test_the_default_and_the_contract_profile_have_figures_of_their_own() -> None:
    meter = result(Entrant(strategy=DEFAULT.strategy, profile=Profile.METER), late=10)
    figures = figures_of([result(DEFAULT, late=1), meter], [], [])
    assert figures["over_contract_within_delay_share"] == 0.9
    assert figures["default_switches_per_day"] == 12
    assert figures["default_switches_per_load_day"] == 6
    assert figures["relapse_share"] == 0.25


def test_what_was_not_run_is_none() -> None:
    figures = figures_of([], [], [])
    assert set(figures) < set(KEYS)
    assert all(figures[key] is None for key in figures if not key.endswith("avoidable_trips"))
    assert ratio(1.0, 0.0) is None


def test_a_rule_alone_makes_no_figure_of_ours() -> None:
    figures = figures_of([result(Entrant("a"), unserved_vah=5.0)], [], [])
    assert figures["unserved_vs_best_rule"] is None
    assert figures["relapse_share"] is None


def test_the_judged_run_meets_every_strategy_profile_and_pace_on_the_stress_days() -> None:
    runs = plan(seeds=None, stress_seeds=None, days=1.0, full=False).trials
    met = {(run.entrant, run.conditions.cadence_s, run.seed) for run in runs}
    assert met == {
        (Entrant(strategy=strategy, profile=profile), cadence, seed)
        for strategy in StrategyName
        for profile in Profile
        for cadence in CADENCES_S
        for seed in STRESS_SEEDS
    }


def test_the_full_run_holds_the_judged_one() -> None:
    judged, full = (plan(seeds=None, stress_seeds=None, days=1.0, full=full) for full in (False, True))
    assert set(judged.plain) <= set(full.plain)
    assert set(judged.trials) < set(full.trials)


def test_the_cost_of_every_sample_is_taken() -> None:
    costs = sample_costs_us(10, samples=50)
    assert len(costs) == 50
    assert all(cost > 0 for cost in costs)
