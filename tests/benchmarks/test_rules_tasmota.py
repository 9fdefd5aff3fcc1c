"""Tasmota plugs for offload (10.4): the stage machine and its delays, reference-systems.md §1.4–§1.7."""

import pytest

from benchmarks.closed_loop.controller import LoadKind
from benchmarks.closed_loop.rules.tasmota_plugs import Stage, TasmotaPlugs
from tests.benchmarks.rule_story import Step, Story, house, load


def story(**draws: float) -> Story:
    # A drier of 2000 VA: before 2 × (10 − 5) = 10 s, after 60 s and a random part of at most 30 s.
    return Story(TasmotaPlugs(house(load("drier", 2000, kind=LoadKind.PROGRAM))), draws)


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([(0, 6000, ""), (30, 6000, "")], id="at the limit nothing happens: strictly above it is too much"),
        pytest.param([(0, 6001, ""), (9, 6001, ""), (10, None, "-drier")], id="cut after the delay of its type"),
        pytest.param(
            [(0, 6100, ""), (8, 6000, ""), (9, 6100, ""), (18, 6100, ""), (19, None, "-drier")],
            id="a lull below the limit starts the wait again from zero",
        ),
        pytest.param(
            [(0, 6500, ""), (10, 4001, "-drier"), (400, 4001, "")],
            id="no return without room for its own power",
        ),
        pytest.param(
            [(0, 6500, ""), (10, 4000, "-drier"), (69, 4000, ""), (100, 4000, "+drier")],
            id="returns when there was room for its power for the whole delay",
        ),
        pytest.param(
            [
                (0, 6500, ""),
                (10, 4000, "-drier"),
                (60, 4500, ""),
                (61, 4000, ""),
                (120, None, ""),
                (151, None, "+drier"),
            ],
            id="a moment without room starts the delay of the return again",
        ),
    ],
)
def test_stages(steps: list[Step]) -> None:
    assert story().play(steps) == steps


def test_peak_measured_raises_the_power_it_needs_room_for() -> None:
    steps: list[Step] = [(0, 6500, ""), (10, 3900, "-drier"), (200, 3900, ""), (201, 3500, ""), (300, None, "+drier")]
    assert story(drier=2500.0).play(steps) == steps


def test_a_load_larger_than_the_limit_returns_in_an_empty_house() -> None:
    wall = Story(TasmotaPlugs(house(load("car", 7000, kind=LoadKind.CAR))))
    steps: list[Step] = [(0, 6500, ""), (14, 200, "-car"), (100, 0, ""), (130, None, "+car")]
    assert wall.play(steps) == steps


def test_stage_is_followed_from_none_to_none() -> None:
    plugs = TasmotaPlugs(house(load("drier", 2000, kind=LoadKind.PROGRAM)))
    wall, socket = Story(plugs), plugs.sockets["drier"]
    seen = [socket.stage]
    for at, power in ((0, 6500), (10, None), (11, 3000), (12, 5000), (13, 3000), (110, None)):
        wall.go(at, power)
        seen.append(socket.stage)
    assert seen == [Stage.NONE, Stage.BEFORE, Stage.ACTIVE, Stage.AFTER, Stage.ACTIVE, Stage.AFTER, Stage.NONE]


def test_types_of_the_appliances_set_the_delays() -> None:
    plugs = TasmotaPlugs(
        house(
            load("car", 3700, kind=LoadKind.CAR),
            load("tank", 2200, kind=LoadKind.TANK),
            load("pump", 2500, kind=LoadKind.HEAT_PUMP),
            load("bedroom", 750),
            load("living", 1500),
        )
    )
    before = {load_id: socket.before_s for load_id, socket in plugs.sockets.items()}
    assert before == {"car": 14, "tank": 10, "pump": 4, "bedroom": 2, "living": 4}
    base = {"car": 10, "tank": 120, "pump": 240, "bedroom": 300, "living": 240}
    for load_id, after in base.items():
        assert after <= plugs.sockets[load_id].after_s <= 1.5 * after


def test_random_part_is_the_same_in_every_run() -> None:
    loads = [load(f"heater {number}", 1000) for number in range(8)]
    first, second = TasmotaPlugs(house(*loads)), TasmotaPlugs(house(*loads))
    delays = [socket.after_s for socket in first.sockets.values()]
    assert delays == [socket.after_s for socket in second.sockets.values()]
    assert len(set(delays)) > 2


def test_plugs_know_nothing_of_each_other() -> None:
    loads = [load(name, 2000, kind=LoadKind.PROGRAM) for name in ("a", "b", "c")]
    steps: list[Step] = [(0, 6500, ""), (10, None, "-a -b -c")]
    assert Story(TasmotaPlugs(house(*loads))).play(steps) == steps


def test_each_plug_watches_its_phase() -> None:
    loads = [load("one", 1000, kind=LoadKind.TANK), load("two", 1000, kind=LoadKind.TANK, phases=(2,))]
    steps: list[Step] = [(0, (2000, 3500, 2000), ""), (10, None, "-two")]
    assert Story(TasmotaPlugs(house(*loads, contract_va=9000, phases=3))).play(steps) == steps
