"""From runs to figures: which runs count for which, and None for what was not run."""

import pytest

from benchmarks.closed_loop.cost import SampleCost, measure, sample_costs_us
from benchmarks.closed_loop.figures import KEYS, best_rule, best_rule_unserved_vah, figures_of, ratio
from benchmarks.closed_loop.plan import CYCLIC, DEFAULT, HIERARCHICAL, IN_CONTRACT, LEAST_HARM, PRESELECTED, THERMOSTAT
from benchmarks.closed_loop.runner import Entrant
from custom_components.linky_offload.offload import Profile, StrategyName

from .results import outcome, result

STRICT = Entrant(strategy=StrategyName.LEAST_HARM, profile=Profile.STRICT)


@pytest.mark.parametrize(
    ("rules", "best"),
    [
        pytest.param([("a", 0, 900.0), ("b", 0, 700.0)], ("b", 700.0), id="the least unserved"),
        pytest.param([("a", 0, 900.0), ("b", 1, 700.0)], ("a", 900.0), id="one that trips is no reference"),
        pytest.param([("none", 0, 1.0), ("panic", 0, 2.0)], None, id="nor are the yardsticks"),
        pytest.param([], None, id="no rule at all"),
    ],
)
def test_the_best_rule(rules: list[tuple[str, int, float]], best: tuple[str, float] | None) -> None:
    results = [result(Entrant(name), trips=trips, unserved_vah=unserved) for name, trips, unserved in rules]
    found = outcome([*results, result(HIERARCHICAL, unserved_vah=1.0)])
    rule = best_rule(found)
    assert (rule and rule.rule, best_rule_unserved_vah(found)) == (best or (None, None))


def test_the_trips_of_every_run_of_ours_count_and_no_others() -> None:
    own = [result(DEFAULT, trips=3, avoidable=2)]
    figures = figures_of(outcome([*own, result(Entrant("none"), trips=50, avoidable=50)], own, own))
    assert (figures["avoidable_trips"], figures["unavoidable_trips"]) == (6, 3)


def test_each_figure_is_made_of_the_runs_that_it_speaks_of() -> None:
    others = [result(STRICT, late=10), result(HIERARCHICAL, late=10, worst_room_kh=8.0)]
    judged = [result(LEAST_HARM, switches=20), result(IN_CONTRACT, late=1)]
    figures = figures_of(outcome([*others, *judged, result(THERMOSTAT, worst_room_kh=2.0)]))
    assert figures["over_contract_within_delay_share"] == 0.9
    assert figures["switches_per_day"] == 20
    assert figures["default_switches_per_day"] == 20, "what the form preselects is the meter profile at this pace"
    assert figures["default_switches_per_load_day"] == 6
    assert PRESELECTED == LEAST_HARM
    assert figures["relapse_share"] == 0.25
    assert figures["worst_room_vs_hierarchical"] == 0.25


@pytest.mark.parametrize(
    ("optimum_vah", "ratio_of"),
    [
        pytest.param({1: 100.0, 3: 300.0}, 1.5, id="sum over sum, other days aside"),
        pytest.param({1: 100.0, 9: 300.0}, None, id="a day of the optimum was not run"),
        pytest.param({}, None, id="the runs are no whole days"),
    ],
)
def test_beside_the_optimum(optimum_vah: dict[int, float], ratio_of: float | None) -> None:
    days = [result(LEAST_HARM, seed=seed, unserved_vah=200.0 * seed) for seed in (1, 2)]
    days += [result(LEAST_HARM, seed=3, unserved_vah=400.0), result(DEFAULT, seed=1, unserved_vah=9e9)]
    assert figures_of(outcome(days, optimum_vah=optimum_vah))["unserved_vs_optimum"] == ratio_of


EVEN, UNEVEN, ALONE = {"a": 0.2, "b": 0.2}, {"a": 0.3, "b": 0.1}, {"a": 1.0}


@pytest.mark.parametrize(
    ("weeks", "index"),
    [
        pytest.param([[EVEN], [UNEVEN]], 0.8, id="the least even house"),
        pytest.param([[EVEN, UNEVEN, ALONE]], 0.8, id="the least even phase"),
        pytest.param([[EVEN, {"a": 0.9, "b": 0.9}]], 1.0, id="phases cannot share with each other"),
        pytest.param([[ALONE]], None, id="nobody to share with"),
    ],
)
def test_fairness(weeks: list[list[dict[str, float]]], index: float | None) -> None:
    results = [result(CYCLIC, days=7.0, withheld=shares) for shares in weeks]
    assert figures_of(outcome(weeks=results))["jain"] == index


def test_what_was_not_run_is_none() -> None:
    figures = figures_of(outcome())
    assert tuple(figures) == KEYS
    assert all(figures[key] is None for key in figures if not key.endswith("avoidable_trips"))
    assert ratio(1.0, 0.0) is None


def test_a_rule_alone_makes_no_figure_of_ours() -> None:
    figures = figures_of(outcome([result(Entrant("a"), unserved_vah=5.0)]))
    assert figures["unserved_vs_best_rule"] is None
    assert figures["relapse_share"] is None


def test_the_cost_of_every_sample_is_taken() -> None:
    costs = sample_costs_us(10, samples=50)
    assert len(costs) == 50
    assert all(cost > 0 for cost in costs)


def test_the_cost_is_a_mean_and_what_one_in_a_thousand_exceeds() -> None:
    cost = measure(10, samples=50)
    assert 0 < cost.mean_us <= cost.p999_us
    figures = figures_of(outcome(costs=[cost, SampleCost(loads=500, mean_us=1234.56, p999_us=2000.0)]))
    assert figures["sample_us_10"] == round(cost.mean_us, 1)
    assert figures["sample_us_500"] == 1234.6
