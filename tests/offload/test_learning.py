"""What the arbiter learns of the house: the steps it must be ready for, and its habits by the hour."""

from functools import partial
import json
import math
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.linky_offload.offload import Action, Cause, EventType, HourlyLoad, LoadStatus, Profile, Reason
from custom_components.linky_offload.offload.echo import Echo
from custom_components.linky_offload.offload.learn import Learned
from custom_components.linky_offload.offload.steps import StepHistogram
from custom_components.linky_offload.offload.usage import SOON_S, Usage, likely_va

from .common import Bench, plug, reading, steps


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


# What is on and idle --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starts", "expected"),
    [
        pytest.param([], 0, id="nothing is armed"),
        pytest.param([(2000, 0.05)], 0, id="one that hardly ever starts"),
        pytest.param([(2000, 0.5)], 2000, id="one that starts often"),
        pytest.param([(1000, 0.3), (1000, 0.3)], 1000, id="two that rarely start together"),
        pytest.param([(1000, 0.9), (1000, 0.9)], 2000, id="two that mostly do"),
    ],
)
def test_what_armed_loads_may_draw_has_a_90th_percentile(starts: list[tuple[float, float]], expected: float) -> None:
    assert likely_va(starts) == expected


@given(st.lists(st.tuples(st.floats(50, 3000), st.floats(0, 1)), min_size=9, max_size=40))
def test_of_many_it_is_between_nothing_and_all(starts: list[tuple[float, float]]) -> None:
    total = sum(va for va, _ in starts)
    assert 0 <= likely_va(starts) <= total + 1.3 * max(va for va, _ in starts) * len(starts) ** 0.5


def test_how_soon_an_idle_load_starts_is_learned() -> None:
    usage = Usage()
    for cycle in range(10):
        usage.see(True, None, 50.0 * cycle)
        usage.see(False, None, 50.0 * cycle + SOON_S)
    soon = usage.starts_soon(500.0)
    assert soon == pytest.approx(1 - math.exp(-1), abs=0.05)
    assert Usage().starts_soon(500.0) is None
    assert Usage.load(usage.dump()).starts_soon(500.0) == soon


def test_the_longer_a_load_stays_idle_the_less_soon_its_start_is() -> None:
    usage = Usage()
    for cycle in range(10):
        usage.see(False, None, 50.0 * cycle)
        usage.see(True, None, 50.0 * cycle + SOON_S)
    at_once, hours_later = usage.starts_soon(460.0), usage.starts_soon(20_000.0)
    assert at_once is not None
    assert hours_later is not None
    assert hours_later < 0.01 < at_once


def test_the_late_word_of_a_sensor_after_a_return_is_no_start_out_of_idleness() -> None:
    usage = Usage()
    for cycle in range(10):
        back = 1000.0 * cycle
        usage.see(True, None, back, told_at=back + 60)  # the plug says "on", its sensor still 0
        usage.see(False, None, back + 3, told_at=back + 60)
        usage.see(None, None, back + 500)
    assert usage.starts == 0
    usage.see(True, None, 20_000.0, told_at=20_060.0)
    usage.see(False, None, 20_360.0, told_at=20_060.0)
    assert (usage.starts, usage.idle_s) == (1, 300.0)


def test_room_is_kept_for_a_load_that_starts_again_and_again() -> None:
    """An oven heats 30 s of 60: between two pulses there seems to be room for the heater, and there is none."""
    oven = plug("oven", 2500, measured=True, asks=lambda now: now % 60 < 30)
    heater = plug("heater", 2000)
    bench = Bench(heater, oven, base=steps((0, 500), (600, 2000)), profile=Profile.STRICT).run(3000)
    assert len(bench.cuts("heater")) == 1
    assert bench.told(EventType.RELAPSE) == []


def test_loads_started_together_are_turned_away_only_as_far_as_room_lacks() -> None:
    loads = [plug(name, 1000, on=False) for name in "abc"]
    bench = Bench(*loads, base=steps((0, 4500)), profile=Profile.STRICT)
    for name in "abc":
        bench.at(50, partial(bench.switch, name, on=True, cause=Cause.ORDER))
    bench.run(70)
    assert len(bench.off()) == 2
    assert bench.run(600).trips == 0


# Contactor, and plugs that say they are off ---------------------------------------------------------------------------


def test_a_load_behind_a_contactor_is_learned() -> None:
    usage = Usage()
    hour = 3600.0
    for day in range(2):
        usage.see(False, True, day * 24 * hour)
        usage.see(True, True, day * 24 * hour + 4 * hour)
        usage.see(True, False, day * 24 * hour + 8 * hour)
    usage.see(True, False, 40 * hour)
    assert usage.contactor
    usage.see(False, False, 41 * hour)
    usage.see(False, False, 42 * hour)
    assert not usage.contactor


@pytest.mark.parametrize(
    ("off_peak", "reason"),
    [
        pytest.param(False, Reason.CONTACTOR, id="outside off-peak hours it waits for them"),
        pytest.param(True, Reason.IDLE, id="inside it is merely idle"),
        pytest.param(None, Reason.IDLE, id="where nobody knows the hours"),
    ],
)
def test_a_dead_load_is_told_as_what_it_is(off_peak: bool | None, reason: Reason) -> None:
    bench = Bench(plug("tank", 0, measured=True, contactor=True)).run(10)
    bench.take(bench.arbiter.observe(reading(10.5, [500]), 10.5, off_peak=off_peak))
    assert bench.report("tank").reason is reason


@pytest.mark.parametrize(
    ("off_peak", "suspect"), [(False, False), (True, True)], ids=["outside off-peak hours", "in off-peak hours"]
)
def test_a_plug_without_power_is_not_disobedient(off_peak: bool, *, suspect: bool) -> None:
    arbiter = Bench(plug("tank", 2000, contactor=True)).run(10).arbiter
    told: list[EventType] = []
    arbiter.offload("tank", 10.0)
    for second in range(11, 40):
        decision = arbiter.observe(reading(float(second), [2500]), float(second), off_peak=off_peak)
        told += [event.type for event in decision.events]
    assert (EventType.SUSPECT in told) is suspect


@pytest.mark.parametrize(("lies", "suspect"), [(True, True), (False, False)], ids=["it still draws", "it does not"])
def test_a_plug_that_says_off_and_draws_is_suspect(*, lies: bool, suspect: bool) -> None:
    liar, honest = plug("liar", 2000, measured=True), plug("honest", 1500)
    liar.lies = lies
    bench = Bench(liar, honest, base=steps((0, 500), (50, 3000)), profile=Profile.STRICT).run(80)
    assert bench.report("liar").status is LoadStatus.OFFLOADED
    bench.run(125)
    assert (bench.report("liar").status is LoadStatus.SUSPECT) is suspect
    assert len(bench.told(EventType.SUSPECT)) == int(suspect)
    assert bench.off() == (["liar", "honest"] if lies else ["liar"])
