"""The box of the trade, and the circuit of a charging manager: anchors.md §1 and §2.2."""

import pytest

from benchmarks.closed_loop.controller import LoadKind
from benchmarks.closed_loop.rules.circuit_cap import CircuitCap
from benchmarks.closed_loop.rules.delesteur_box import DelesteurBox
from tests.benchmarks.rule_story import Step, Story, house, load

WAYS = [load(name, 1000) for name in ("a", "b", "c")]


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([(0, 6000, ""), (2, 6001, "-a")], id="above the setting the first way opens"),
        pytest.param(
            [(0, 7000, "-a"), (4, 7000, ""), (5, 7000, "-b"), (10, 7000, "-c"), (15, 7000, "")],
            id="one is not enough: the others open too, until all are",
        ),
        pytest.param(
            [(0, 6500, "-a"), (299, 100, ""), (300, None, "+a"), (310, 5900, "")], id="stays closed if it fits"
        ),
        pytest.param(
            [(0, 6500, "-a"), (300, 5900, "+a"), (306, 6500, "-b"), (606, 5900, "+b"), (612, 6500, "-c")],
            id="after the blind test of 5 min the next one has its turn",
        ),
        pytest.param(
            [(0, 7000, "-a"), (5, 7000, "-b"), (300, None, "+a +b"), (306, 7000, "-b"), (311, 7000, "-c")],
            id="all ways are tested together, 5 min after the first opened",
        ),
        pytest.param([(0, 6500, "-a"), (300, 6500, "+a"), (304, 6500, ""), (305, 6500, "-b")], id="a test takes 5 s"),
    ],
)
def test_box(steps: list[Step]) -> None:
    assert Story(DelesteurBox(house(*WAYS))).play(steps) == steps


def test_box_has_three_ways_that_cut_all_they_feed_idle_or_not() -> None:
    loads = [load(name, 1000) for name in "abcdefg"]
    steps: list[Step] = [(0, 9000, "-a -b"), (5, 9000, "-c -d -e"), (10, 9000, "-f -g")]
    assert Story(DelesteurBox(house(*loads)), {"b": 0.0}).play(steps) == steps


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param(
            [(29, 7000, ""), (30, None, "-a"), (59, 7000, ""), (60, None, "-b"), (90, 7000, "-c")],
            id="every 30 s one load is served",
        ),
        pytest.param([(29, 6000, ""), (80, 6000, ""), (120, 6000, "")], id="at the limit all keep what they have"),
        pytest.param([(29, 6001, ""), (30, None, "-a")], id="capped below its power it is off at once"),
        pytest.param(
            [(29, 6500, ""), (30, 5000, "-a"), (89, 5000, ""), (119, 5000, ""), (120, None, "+a")],
            id="on again at its next turn if it fits, without delay",
        ),
        pytest.param(
            [(29, 6500, ""), (30, 5001, "-a"), (89, 5001, ""), (130, None, "")],
            id="not on again without room for it",
        ),
        pytest.param(
            [(1, 100, ""), (60, None, ""), (90, None, "-c"), (120, None, "-a")],
            id="a meter silent for more than 60 s caps everything at nothing",
        ),
    ],
)
def test_circuit(steps: list[Step]) -> None:
    assert Story(CircuitCap(house(*WAYS))).play(steps) == steps


def test_circuit_takes_the_highest_of_three_phases() -> None:
    car = load("car", 6900, kind=LoadKind.CAR, phases=(1, 2, 3))
    steps: list[Step] = [(29, (100, 4001, 100), ""), (30, (100, 1700, 100), "-car"), (60, None, "+car")]
    assert Story(CircuitCap(house(car, contract_va=12000, phases=3))).play(steps) == steps


def test_circuit_starts_its_loop_anew_after_a_restart() -> None:
    circuit = CircuitCap(house(*WAYS)).restart(1000.0)
    steps: list[Step] = [(1029, 7000, ""), (1030, None, "-a")]
    assert Story(circuit).play(steps) == steps
