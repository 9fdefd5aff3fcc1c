"""Goals: met, missed, or honestly unknown."""

from dataclasses import replace

import pytest

from benchmarks.closed_loop.conditions import Conditions
from benchmarks.closed_loop.cost import SampleCost
from benchmarks.closed_loop.figures import Outcome
from benchmarks.closed_loop.goals import Goal, goals_of
from benchmarks.closed_loop.household import WINTER_SEEDS
from benchmarks.closed_loop.plan import IN_CONTRACT, LEAST_HARM, TROUBLED
from benchmarks.closed_loop.runner import Entrant
from benchmarks.closed_loop.waits import Wait

from .results import outcome, result, wait

STRICT_RULE, LAX_RULE = Entrant("strict rule"), Entrant("lax rule")


def the_goal(found: Outcome, part: str) -> Goal:
    (goal,) = [goal for goal in goals_of(found) if part in goal.case]
    return goal


def test_a_run_of_nothing_meets_and_misses_nothing() -> None:
    assert {goal.met for goal in goals_of(outcome())} == {None}


@pytest.mark.parametrize(
    ("conditions", "part"),
    [
        pytest.param(Conditions(cadence_s=60.0), "every strategy", id="a plain day at a slow pace"),
        pytest.param(replace(TROUBLED, cadence_s=10.0), "lost commands", id="a day of troubles"),
        pytest.param(Conditions(trip_limit=1.27), "lost commands", id="an odd meter"),
    ],
)
def test_one_avoidable_trip_misses_the_goal(conditions: Conditions, part: str) -> None:
    days = [result(LEAST_HARM, conditions=conditions, trips=trips, avoidable=trips) for trips in (0, 1)]
    assert the_goal(outcome(trials=days), part).met is False
    assert the_goal(outcome(trials=days[:1]), part).met is True


def test_discomfort_must_be_below_that_of_every_rule_even_one_that_trips() -> None:
    own, rule = result(LEAST_HARM, degree_hours=5.0), result(LAX_RULE, trips=9, degree_hours=4.0)
    goal = the_goal(outcome([own, rule, result(STRICT_RULE, degree_hours=50.0)]), "`meter`: discomfort, all rooms")
    assert goal.met is False
    assert goal.measured == "5.0 K·h, lowest rule 4.0 (lax rule)"


class TestContract:
    def test_only_rules_that_keep_the_contract_as_well_are_rivals(self) -> None:
        own = result(IN_CONTRACT, over_s=100, unserved_vah=2000.0)
        rules = [result(STRICT_RULE, over_s=100, unserved_vah=3000.0), result(LAX_RULE, over_s=101)]
        goal = the_goal(outcome([own, *rules]), "`contract`: unserved")
        assert (goal.measured, goal.met) == ("2.0 kVAh, lowest rule 3.0 (strict rule)", True)

    def test_where_there_is_no_such_rule_it_says_so(self) -> None:
        own = result(IN_CONTRACT, over_s=60, unserved_vah=2000.0)
        goal = the_goal(outcome([own, result(LAX_RULE, over_s=101)]), "`contract`: below every rule")
        assert (goal.measured, goal.met) == ("no rule has: ours 1 min", None)


@pytest.mark.parametrize(
    ("waits", "met", "measured"),
    [
        pytest.param(
            (wait(9.5),) * 19 + (wait(800.0),),
            True,
            "95.0% of 20 within, 95.0% with the delays; 95 % within 10 s",
            id="nineteen of twenty within three samples, lag and latency",
        ),
        pytest.param(
            (wait(9.5),) * 18 + (wait(10.0),) * 2,
            False,
            "90.0% of 20 within, 90.0% with the delays; 95 % within 10 s",
            id="eighteen",
        ),
        pytest.param(
            (wait(4.0),) * 9 + (wait(604.0, reserved=600.0),),
            True,
            "100.0% of 10 within, 90.0% with the delays; 95 % within 4 s",
            id="a delay is left out and told",
        ),
    ],
)
def test_from_room_to_return(waits: tuple[Wait, ...], met: bool, measured: str) -> None:
    goal = the_goal(outcome([result(LEAST_HARM, waits=waits)]), "from room to return")
    assert (goal.met, goal.measured) == (met, measured)


@pytest.mark.parametrize(("overlong", "met"), [(0, True), (1, False)])
def test_no_load_may_wait_longer_than_its_longest_time_off(overlong: int, met: bool) -> None:
    assert the_goal(outcome([result(LEAST_HARM, overlong=overlong)]), "longest time off").met is met


@pytest.mark.parametrize(("mean_us", "met"), [(100.0, True), (100.1, False)])
def test_the_cost_of_a_sample(mean_us: float, met: bool) -> None:
    costs = [SampleCost(loads=loads, mean_us=mean_us, p999_us=900.0) for loads in (10, 100)]
    goal = the_goal(outcome(costs=costs), "cost of a sample")
    assert goal.met is met
    assert "10 loads" in goal.case


@pytest.mark.parametrize(("fewest", "met"), [(5, True), (4, False)])
def test_a_winter_day_that_seldom_trips_is_no_trial(fewest: int, met: bool) -> None:
    summer_seed = 20
    days = [result(Entrant("none"), seed=seed, trips=9) for seed in WINTER_SEEDS[1:]]
    days += [result(Entrant("none"), seed=WINTER_SEEDS[0], trips=fewest), result(Entrant("none"), seed=summer_seed)]
    assert the_goal(outcome(days), "without any rule").met is met


def test_a_verdict_is_a_word() -> None:
    assert [Goal("", "", "", met).verdict for met in (True, False, None)] == ["met", "missed", "–"]
