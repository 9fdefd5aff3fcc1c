"""The rules of three Home Assistant projects: anchors.md §2.1, §2.6, §2.7."""

import pytest

from benchmarks.closed_loop.controller import LoadKind
from benchmarks.closed_loop.rules.balancer import Balancer
from benchmarks.closed_loop.rules.blueprint_90_80 import Blueprint
from benchmarks.closed_loop.rules.comfort_manager import ComfortManager
from tests.benchmarks.rule_story import Step, Story, house, load

A, B, C = load("a", 1000), load("b", 1500), load("c", 2000)


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([(1, 5400, ""), (2, 5401, "-a")], id="sheds above 90 %"),
        pytest.param([(1, 6401, "-a -b")], id="in the order of the list until the deficit is covered"),
        pytest.param([(1, 5500, "-a"), (2, 5500, ""), (60, None, "-b")], id="looks at changes and once a minute"),
        pytest.param([(1, 5500, "-a"), (2, 3000, ""), (300, None, ""), (301, 3001, "+a")], id="restores after 5 min"),
        pytest.param(
            [
                *((1, 5500, "-a"), (2, 5000, ""), (201, 5501, "-b"), (202, 1000, "")),
                *((500, 1001, ""), (501, 1000, "+b +a")),
            ],
            id="5 min since the last action of any load; what was to be kept longest returns first",
        ),
        pytest.param(
            [(1, 5500, "-a"), (2, 5000, ""), (400, 4799, ""), (420, 3801, ""), (440, 3800, "+a")],
            id="only what fits below 80 %",
        ),
    ],
)
def test_blueprint(steps: list[Step]) -> None:
    assert Story(Blueprint(house(A, B, C))).play(steps) == steps


def test_blueprint_takes_the_powers_of_the_form_and_idle_loads_too() -> None:
    steps: list[Step] = [(1, 6300, "-a")]
    assert Story(Blueprint(house(A, B, C)), {"a": 0.0}).play(steps) == steps


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([(1, 6000, ""), (2, 6001, "-a")], id="above the budget, the least important goes"),
        pytest.param([(1, 8000, "-a -b")], id="one an event: the report of the first plug is the next event"),
        pytest.param([(1, 6500, "-a"), (2.5, 6500, "-b")], id="a new value of the meter replaces the estimate"),
        pytest.param([(1, 6500, "-a"), (10.9, 4000, ""), (11, 4000, "+a")], id="back after the cool-down of 10 s"),
        pytest.param([(1, 6500, "-a"), (20, 5001, ""), (30, 5000, "+a")], id="only if its power before the cut fits"),
        pytest.param(
            [(1, 8000, "-a -b"), (20, 4600, "+a"), (29, 4000, ""), (30, 4500, "+b")],
            id="one at a time, the first that fits",
        ),
    ],
)
def test_balancer(steps: list[Step]) -> None:
    assert Story(Balancer(house(A, B, C))).play(steps) == steps


def test_balancer_forgets_by_a_restart_what_it_turned_off() -> None:
    wall = Story(Balancer(house(A, B, C)))
    assert wall.go(1, 6500) == "-a"
    wall.controller = wall.controller.restart(10.0)
    wall.tell("a", on=False, now=10.0)
    assert wall.go(100, 1000) == ""


def rooms(*asks: bool, gaps_k: tuple[float, ...] = (0.2, 1.5, 0.8)) -> Story:
    blind = [load(name, va, measured=False, declared_va=va) for name, va in (("a", 1000), ("b", 1500), ("c", 2000))]
    wall = Story(ComfortManager(house(load("car", 3000, kind=LoadKind.CAR), *blind)))
    for name, gap, asking in zip("abc", gaps_k, asks or (True, True, True), strict=True):
        wall.controller.room(name, 20.0 - gap, 20.0, asking, 0.0)
    return wall


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([(1, 6100, ""), (20, 6100, ""), (21, None, "-a")], id="20 s after the first change"),
        pytest.param([(1, 6100, ""), (20, 5000, ""), (21, None, "")], id="with the value at the end of the 20 s"),
        pytest.param([(1, 6000, ""), (30, 6000, "")], id="nothing at the limit"),
        pytest.param(
            [(1, 9100, ""), (22, 9100, "-a -c -b"), (60, 9200, "")],
            id="the closest to its set-point first, thermostats only",
        ),
        pytest.param(
            [(1, 6100, ""), (21, None, "-a"), (300, 6100, "")],
            id="a value that does not change is not looked at again",
        ),
        pytest.param(
            [(1, 9100, ""), (21, None, "-a -c -b"), (22, 3000, ""), (42, None, "+b +a")],
            id="back at once, the furthest first, all that fit",
        ),
        pytest.param(
            [(1, 6100, ""), (21, None, "-a"), (22, 5000, ""), (43, 4999, ""), (63, None, "+a")], id="strictly"
        ),
    ],
)
def test_comfort_manager(steps: list[Step]) -> None:
    assert rooms().play(steps) == steps


def test_comfort_manager_leaves_thermostats_that_do_not_heat() -> None:
    steps: list[Step] = [(1, 6100, ""), (21, None, "-c")]
    assert rooms(False, True, True).play(steps) == steps


def test_comfort_manager_counts_declared_powers() -> None:
    steps: list[Step] = [(1, 7001, ""), (21, None, "-a -c")]
    assert rooms().play(steps) == steps


def test_comfort_manager_remembers_over_a_restart_whom_it_shed() -> None:
    wall = rooms()
    wall.go(1, 6100)
    assert wall.go(21, None) == "-a"
    wall.controller = wall.controller.restart(30.0)
    wall.tell("a", on=False, now=30.0)
    assert wall.play([(31, 3000, ""), (51, None, "")]) == [(31, 3000, ""), (51, None, "+a")]
