"""The two Jeedom modes: reference-systems.md §4.3 to §4.5."""

import pytest

from benchmarks.closed_loop.controller import LoadKind
from benchmarks.closed_loop.rules.jeedom_cyclic import JeedomCyclic
from benchmarks.closed_loop.rules.jeedom_hierarchical import JeedomHierarchical
from tests.benchmarks.rule_story import Step, Story, house, load

A, B, C = load("a", 1000), load("b", 1500), load("c", 2000)
ZONES = [load(str(number), 1000) for number in (1, 2, 3, 4)]


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([(0, 6000, ""), (10, 6001, "-a")], id="strictly above the threshold"),
        pytest.param([(0, 8000, "-a -b")], id="as many as needed at once, since the powers are known"),
        pytest.param([(0, 9900, "-a -b -c"), (10, 9000, "")], id="nothing left to cut"),
        pytest.param([(0, 6500, "-a"), (9, 7000, ""), (10, 7000, "-b")], id="readings closer than 10 s are ignored"),
        pytest.param([(0, 6500, "-a"), (290, 4000, ""), (300, 4000, "+a")], id="no return within 5 min"),
        pytest.param(
            [(0, 9900, "-a -b -c"), (300, 1000, "+c"), (310, 3000, "+b"), (320, 4500, "+a"), (330, 5500, "")],
            id="returns in reverse order, one a reading",
        ),
        pytest.param(
            [(0, 9900, "-a -b -c"), (300, 4001, ""), (310, 4000, "+c")],
            id="the next to return waits for room, and those behind it with it",
        ),
        pytest.param([(0, 6500, "-a"), (300, 5001, ""), (600, 5000, "+a")], id="returns only if its power fits"),
    ],
)
def test_hierarchical(steps: list[Step]) -> None:
    assert Story(JeedomHierarchical(house(A, B, C))).play(steps) == steps


def test_hierarchical_skips_what_does_not_draw() -> None:
    steps: list[Step] = [(0, 6500, "-b")]
    assert Story(JeedomHierarchical(house(A, B, C)), {"a": 99.0}).play(steps) == steps


def test_hierarchical_takes_the_measured_power_before_the_cut() -> None:
    # 400 VA off leave too much, and at the return 400 VA are room enough.
    steps: list[Step] = [(0, 6500, "-a -b"), (300, 4000, "+b"), (310, 5600, "+a")]
    assert Story(JeedomHierarchical(house(A, B, C)), {"a": 400.0}).play(steps) == steps


def test_hierarchical_has_the_declared_power_where_nothing_measures() -> None:
    blind = load("blind", 1000, measured=False, declared_va=300.0)
    steps: list[Step] = [(0, 6500, "-blind -b")]
    assert Story(JeedomHierarchical(house(blind, B))).play(steps) == steps


def test_hierarchical_three_phases_cut_only_where_it_is_too_much() -> None:
    facts = house(A, load("two", 1000, phases=(2,)), contract_va=9000, phases=3)
    steps: list[Step] = [(0, (2900, 3100, 100), "-two")]
    assert Story(JeedomHierarchical(facts)).play(steps) == steps


def test_three_phases_of_an_unknown_wiring_are_watched_together() -> None:
    facts = house(load("a", 1000, phases=()), load("b", 6900, phases=()), contract_va=12000, phases=3)
    # The large one must hang on three phases: it takes 2300 VA of each.
    steps: list[Step] = [(0, (100, 6500, 100), "-a -b"), (300, (100, 1701, 100), ""), (310, (100, 1700, 100), "+b")]
    assert Story(JeedomHierarchical(facts)).play(steps) == steps


def test_an_order_lost_in_the_dark_is_given_again() -> None:
    wall = Story(JeedomHierarchical(house(A)))
    assert wall.go(0, 6500) == "-a"
    wall.tell("a", on=None, now=200)
    assert wall.go(300, 0) == "+a"
    wall.tell("a", on=None, now=301)
    wall.tell("a", on=False, now=505)
    assert wall.go(506, None) == "+a"


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([(0, 5400, ""), (1.5, 5401, "-1")], id="cuts above 90 %"),
        pytest.param([(0, 5500, "-1"), (4.5, 5500, ""), (5, 5500, "-2")], id="one zone, then waits 5 s"),
        pytest.param(
            [(0, 5500, "-1"), (5, 5500, "-2"), (184, 4000, ""), (185, 4000, "+1"), (364, 4000, ""), (365, 4000, "+2")],
            id="below 80 % the oldest returns, 180 s after the last change",
        ),
        pytest.param(
            [
                *((0, 5500, "-1"), (5, 5500, "-2"), (184, 5000, "")),
                *((185, 5000, "-3 +1"), (364, 5000, ""), (365, 5000, "-4 +2"), (545, 5000, "-1 +3")),
            ],
            id="between 80 and 90 % the turn passes on every 180 s",
        ),
        pytest.param(
            [*((0, 5500, "-1"), (5, 5500, "-2"), (10, 5500, "-3"), (15, 5500, "-4")), (300, 5000, "")],
            id="no turn with all cut",
        ),
        pytest.param([(0, 5000, ""), (200, 5000, "")], id="no turn with none cut"),
        pytest.param(
            [(0, 5500, "-1"), (180, 4000, "+1"), (400, 5500, "-2")],
            id="the next cut is the one after the newest, not the first of the list",
        ),
    ],
)
def test_cascado_cyclic(steps: list[Step]) -> None:
    assert Story(JeedomCyclic(house(*ZONES))).play(steps) == steps


def test_cascado_cyclic_cuts_the_others_after_the_group_and_returns_them_before() -> None:
    tank, car = load("tank", 2000, kind=LoadKind.TANK), load("car", 3000, kind=LoadKind.CAR)
    steps: list[Step] = [
        *((0, 5500, "-1"), (5, 5500, "-2"), (10, 5500, "-tank"), (15, 5500, "-car"), (20, 5500, "")),
        *((200, 4000, "+car"), (380, 4000, "+tank"), (560, 4000, "+1"), (740, 4000, "+2")),
    ]
    assert Story(JeedomCyclic(house(tank, car, *ZONES[:2]))).play(steps) == steps
