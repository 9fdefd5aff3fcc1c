"""What the arbiter learns of the house: the steps it must be ready for, and its habits by the hour."""

from functools import partial
import json
from typing import Any

import pytest

from custom_components.linky_offload.offload import Action, Cause, HourlyLoad, Profile, Reason
from custom_components.linky_offload.offload.echo import Echo
from custom_components.linky_offload.offload.learn import Learned
from custom_components.linky_offload.offload.steps import StepHistogram

from .common import Bench, plug, steps


@pytest.mark.parametrize(("contract_va", "expected"), [(3000, 2000), (3001, 3000), (12000, 3000)])
def test_until_steps_were_seen_a_careful_guess_stands(contract_va: float, expected: float) -> None:
    histogram = StepHistogram()
    for _ in range(199):
        histogram.note(500)
    assert histogram.expected_va(contract_va) == expected


@pytest.mark.parametrize(
    ("large", "expected"),
    [
        pytest.param(5, 2500, id="a kettle in every fortieth step counts"),
        pytest.param(1, 1000, id="one in two hundred does not, but an ordinary step is always reckoned with"),
    ],
)
def test_the_step_to_be_ready_for_is_the_99th_percentile(large: int, expected: float) -> None:
    histogram = StepHistogram()
    for index in range(200):
        histogram.note(2450 if index < large else 300)
    assert histogram.expected_va(6000) == expected


def test_noise_and_falls_are_no_steps() -> None:
    histogram = StepHistogram()
    for _ in range(1000):
        histogram.note(60)
        histogram.note(-2000)
    assert histogram.expected_va(6000) == 3000


def test_old_habits_fade() -> None:
    histogram = StepHistogram()
    for _ in range(4000):
        histogram.note(5000)
    for _ in range(40 * 4000):
        histogram.note(400)
    assert histogram.expected_va(6000) == 1000


@pytest.mark.parametrize("cadence_s", [1.5, 60.0])
def test_a_house_of_small_steps_may_use_more_of_its_contract(cadence_s: float) -> None:
    """1.07 of the contract on a minute's cadence: too much for steps of 3 kVA, fine for steps of 1 kVA."""
    lively = steps(*((index * cadence_s, 2000.0 + 700.0 * (index % 2)) for index in range(450)))

    def cuts(base_until_s: float) -> list[tuple[str, Action, Reason]]:
        bench = Bench(plug("a", 400), base=lively, cadence_s=cadence_s, profile=Profile.METER)
        bench.run(base_until_s)
        bench.base = steps((0, 6000 * (1.25 if cadence_s < 10 else 1.07) - 400))
        return bench.run(base_until_s + 900).reasons()

    assert cuts(20 * cadence_s) == [("a", Action.OFFLOAD, Reason.RESERVE)]
    assert cuts(440 * cadence_s) == []


def test_the_habit_of_an_hour_is_its_95th_percentile() -> None:
    habits = HourlyLoad()
    for index in range(1000):
        habits.note(7, 3100 if index % 10 == 0 else 400)
    assert habits.expected_va(7) == 3250
    assert habits.expected_va(8) is None


def test_too_few_samples_are_no_habit() -> None:
    habits = HourlyLoad()
    for _ in range(599):
        habits.note(7, 400)
    assert habits.expected_va(7) is None


def test_habits_survive_their_storage() -> None:
    habits = HourlyLoad()
    for _ in range(700):
        habits.note(23, 1300)
    assert HourlyLoad(habits.dump()).expected_va(23) == habits.expected_va(23) == 1500
    assert list(habits.dump()) == ["23"]


def test_damaged_habits_are_left_out() -> None:
    assert HourlyLoad({"x": [1], "3": [1, 2], "99": [0] * 160}).dump() == {}


def test_our_loads_are_no_habit_of_the_house() -> None:
    bench = Bench(plug("a", 2000), base=steps((0, 600)), hour=5).run(1000)
    assert bench.arbiter.habits.expected_va(5) == 750


# Power and phase of a load --------------------------------------------------------------------------------------------


def taught(*steps_va: float) -> Learned:
    """A load whose steps were these."""
    learned = Learned()
    for va in steps_va:
        learned.step({1: va}, (1,))
    return learned


@pytest.mark.parametrize(
    ("steps_va", "va", "confidence"),
    [
        pytest.param([], None, 0.0, id="nothing seen: unknown, not nothing"),
        pytest.param([30.0, 45.0], None, 0.0, id="steps of the base load's noise are none"),
        pytest.param([1000.0], 1000, 0.2, id="one step"),
        pytest.param([1000.0, 1050.0, 980.0, 1020.0, 1000.0], 1000, 1.0, id="five that agree"),
        pytest.param([1000.0, 4000.0, 1020.0], 1020, 0.4, id="another's step in between is outvoted"),
        pytest.param([1000.0] * 5 + [400.0], 1000, 0.8, id="changed once: not believed yet"),
        pytest.param([1000.0] * 5 + [400.0, 410.0], 400, 0.4, id="changed twice: another appliance"),
        pytest.param([1000.0] * 5 + [2500.0, 2450.0], 2450, 0.4, id="a larger one as well"),
    ],
)
def test_the_power_and_how_sure_it_is(steps_va: list[float], va: float | None, confidence: float) -> None:
    learned = taught(*steps_va)
    assert learned.va == va
    assert learned.confidence == pytest.approx(confidence)


@pytest.mark.parametrize(
    ("later", "doubted", "va"),
    [
        pytest.param([], False, 4300, id="two say so"),
        pytest.param([4280.0], True, 4300, id="a third one confirms it: no other step is left to believe"),
        pytest.param([1010.0], False, 1000, id="the third one is as before: a hob had a hand in the two"),
        pytest.param([], True, 1000, id="it never finds that much room: as before"),
        pytest.param([1000.0, 4300.0, 1000.0, 4290.0, 1000.0, 4310.0], False, 4290, id="more often wrong than right"),
        pytest.param(
            [1000.0, 4300.0, 1000.0, 4290.0, 1000.0, 4310.0],
            True,
            1000,
            id="more often wrong than right, and without room",
        ),
    ],
)
def test_a_change_for_which_two_steps_speak_may_be_taken_back(later: list[float], doubted: bool, va: float) -> None:
    learned = taught(*[1000.0] * 5, 4300.0, 4310.0, *later)
    if doubted:
        learned.doubt()
    assert learned.va == va


@pytest.mark.parametrize(
    ("moves", "given", "phases"),
    [
        pytest.param([{1: 0, 2: 900, 3: 20}] * 2, (), (), id="two steps are too few"),
        pytest.param([{1: 0, 2: 900, 3: 20}] * 3, (), (2,), id="three on one phase"),
        pytest.param([{1: 990, 2: 1000, 3: 1010}] * 3, (), (1, 2, 3), id="a three-phase load"),
        pytest.param([{1: 500, 2: 500, 3: 0}] * 5, (), (), id="two phases: it cannot be told"),
        pytest.param([{1: 0, 2: 900, 3: 0}, {1: 900, 2: 0, 3: 0}] * 5, (), (), id="now here, now there"),
        pytest.param([{1: 0, 2: 900, 3: 0}] * 5, (3,), (), id="a given phase is never contradicted"),
        pytest.param([{1: 900.0}] * 5, (), (), id="a house of one phase has nothing to learn"),
    ],
)
def test_the_phase_is_learned_from_steps_that_agree(
    moves: list[dict[int, float]], given: tuple[int, ...], phases: tuple[int, ...]
) -> None:
    learned = Learned()
    for moved in moves:
        learned.step(moved, given)
    assert learned.phases == phases
    assert Learned.load(json.loads(json.dumps(learned.dump()))) == learned


def test_a_wrong_phase_is_unlearned() -> None:
    learned = Learned()
    for _ in range(4):
        learned.step({1: 900, 2: 0, 3: 0}, ())
    for _ in range(40):
        learned.step({1: 0, 2: 900, 3: 0}, ())
    assert learned.phases == (2,)


def test_the_peak_of_a_sensor_is_taken_at_once_and_fades() -> None:
    learned = Learned()
    for second, va in ((0, 500.0), (600, 2000.0), (610, 500.0)):
        learned.measure(va, float(second))
    assert learned.peak_va == pytest.approx(2000, rel=0.01)
    learned.measure(500.0, 610 + 5 * 3600.0)
    assert learned.typical_va == pytest.approx(500, rel=0.02)
    assert learned.peak_va == pytest.approx(510, rel=0.02)
    assert learned.confidence == 1.0
    learned.reset()
    assert (learned.va, learned.peak_va, learned.confidence) == (None, None, 0.0)


def test_a_switch_by_anybody_teaches() -> None:
    bench = Bench(plug("a", 1800, declared=None, on=False))
    bench.at(50, lambda: bench.switch("a", on=True, cause=Cause.ORDER))
    assert bench.run(60).report("a").learned_va == pytest.approx(1800)


def test_two_switched_together_teach_nothing() -> None:
    bench = Bench(*(plug(name, 1800, declared=None, on=False) for name in "ab"))
    for name in "ab":
        bench.at(50, partial(bench.switch, name, on=True, cause=Cause.ORDER))
    bench.run(60)
    assert [bench.report(name).learned_va for name in "ab"] == [None, None]


def test_a_learned_phase_is_where_room_is_looked_for() -> None:
    """While its phase is unknown it would need room on every phase, and there is none on the first."""
    load = plug("a", 1500, phases=(3,), known_phases=())
    bench = Bench(load, base=steps((0, (3700.0, 500.0, 500.0))), phases=3, contract_va=12000, profile=Profile.STRICT)
    for index in range(4):
        bench.at(50 + 60 * index, partial(bench.switch, "a", on=bool(index % 2), cause=Cause.ORDER))
    bench.run(300)
    assert bench.report("a").learned_phases == (3,)
    bench.base = steps((0, (3700.0, 500.0, 3500.0)), (330, (3700.0, 500.0, 500.0)))
    bench.run(500)
    assert [action for _, action, _ in bench.reasons()] == [Action.OFFLOAD, Action.RESTORE]


@pytest.mark.parametrize(
    ("options", "learned"),
    [
        pytest.param({}, (2,), id="its owner told the power"),
        pytest.param({"measured": True}, (2,), id="its sensor did"),
        pytest.param({"declared": None}, (), id="the step may be another's, where nobody knows its size"),
        pytest.param({"declared": 2000.0}, (), id="the step is not of its size"),
    ],
)
def test_one_cut_tells_the_phase_of_a_load_of_known_power(options: dict[str, Any], learned: tuple[int, ...]) -> None:
    base = steps((0, (500.0,) * 3), (50, (500.0, 3000.0, 500.0)))
    load = plug("a", 1500, phases=(2,), known_phases=(), **options)
    bench = Bench(load, base=base, phases=3, contract_va=12000, profile=Profile.STRICT).run(100)
    assert bench.off() == ["a"]
    assert bench.report("a").learned_phases == learned


@pytest.mark.parametrize(
    ("phases", "others_va", "learned"),
    [
        pytest.param((2,), 0.0, (2,), id="on one phase"),
        pytest.param((1, 2, 3), 0.0, (1, 2, 3), id="on all three"),
        pytest.param((2,), 700.0, (2,), id="another appliance moves on another phase"),
        pytest.param((2,), 1500.0, (), id="another one moves by as much"),
    ],
)
def test_a_thermostat_behind_a_sensor_tells_the_phase(
    phases: tuple[int, ...], others_va: float, learned: tuple[int, ...]
) -> None:
    heater = plug("a", 1500, phases=phases, known_phases=(), measured=True, asks=lambda now: now >= 100)
    base = steps((0, (500.0, 500.0, 500.0)), (100, (500.0, 500.0, 500.0 + others_va)))
    bench = Bench(heater, base=base, phases=3, contract_va=18000).run(120)
    assert bench.report("a").learned_phases == learned
    assert bench.commands == []


def test_a_sensor_that_tells_too_late_teaches_no_phase() -> None:
    """What it tells is not found on the meter, and the step of another that is found once speaks against many."""
    echo, learned = Echo(), Learned()
    for minute in range(10):
        at, level = 60.0 * minute, 1500.0 * (minute % 2)
        for second in range(0, 60, 2):
            stray = 1500.0 if minute == 5 and second >= 31 else 0.0
            raw = {1: 500.0 + level, 2: 500.0 + stray, 3: 500.0}
            for _, phases in echo.landed(raw, at + second, 2.0):
                learned.heard(phases)
            if second == 30:
                echo.told("a", level, at + second, seek=True)
    assert learned.phases == ()
