"""What outlives a restart besides the journal."""

from functools import partial
import json
import math
from typing import Any

import pytest

from custom_components.linky_offload.offload import Arbiter, Cause, LoadMemory, LoadView, OffloadMode, Profile, Settings
from custom_components.linky_offload.offload.model import TurnDown

from .common import Bench, Plug, coordinator, plug, reading, steps


def again(bench: Bench, *loads: Plug, now: float = 0.0, **memory: LoadMemory) -> Arbiter:
    """The next arbiter, on another clock, from the state of this one as the disk gives it back."""
    state: dict[str, Any] = json.loads(json.dumps(bench.arbiter.state(bench.now), allow_nan=False))
    return Arbiter(Settings(), [coordinator(*loads)], mode=OffloadMode.AUTOMATIC, now=now, memory=memory, state=state)


def test_learned_powers_and_phases_come_back() -> None:
    load = plug("a", 900, declared=None, phases=(2,), known_phases=())
    bench = Bench(load, base=steps((0, (500.0, 500.0, 500.0))), phases=3, contract_va=12000)
    for index in range(4):
        bench.at(50 + 60 * index, partial(bench.switch, "a", on=bool(index % 2), cause=Cause.ORDER))
    bench.run(400)
    known = bench.report("a")
    assert known.learned_va == pytest.approx(900)
    assert known.learned_phases == (2,)
    fresh = again(bench, load).report(0.0).loads["a"]
    assert (fresh.learned_va, fresh.learned_phases, fresh.confidence) == (
        known.learned_va,
        known.learned_phases,
        known.confidence,
    )


def test_steps_and_habits_of_the_house_come_back() -> None:
    lively = steps(*((index * 1.5, 1000.0 + 400.0 * (index % 2)) for index in range(700)))
    bench = Bench(plug("a", 100), base=lively, hour=3).run(1100)
    fresh = again(bench, plug("a", 100))
    assert fresh.habits.expected_va(3) == bench.arbiter.habits.expected_va(3) is not None
    expected = [one._desk.house._histogram(1).expected_va(6000) for one in (bench.arbiter, fresh)]
    assert expected == [1000, 1000]


def test_the_ledger_comes_back() -> None:
    bench = Bench(plug("a", 2000), base=steps((0, 500), (50, 4500)), profile=Profile.STRICT).run(500)
    fresh = again(bench, bench.plugs["a"])
    assert fresh._desk.ledger.share("a") == pytest.approx(bench.arbiter._desk.ledger.share("a"))


@pytest.mark.parametrize("older", [None, 12, 8], ids=["not turned down then", "lower since", "higher since"])
def test_a_level_ordered_after_the_state_was_written_is_still_ours(older: float | None) -> None:
    """The journal knows the wanted level; the state may be a minute old when the power fails."""
    charger = plug("car", 2300, turn_down=TurnDown(minimum=6, maximum=32, va_per_unit=230))
    state = {"loads": {"car": {"turned_to": older, "wanted_level": 14}}}
    fresh = Arbiter(
        Settings(),
        [coordinator(charger)],
        mode=OffloadMode.AUTOMATIC,
        now=0,
        memory={"car": LoadMemory(intent=True, wanted_level=16)},
        state=state,
    )
    decision = fresh.see_load(LoadView(load_id="car", available=True, on=True, level=10), Cause.FIRST, 1)
    assert decision.intents == {"car"}
    known = fresh.report(1).loads["car"]
    assert (known.level, known.wanted_level) == (10, 16)


@pytest.mark.parametrize(
    ("ask", "field", "left"),
    [
        pytest.param("hold", "held_until", 250.0, id="a hold"),
        pytest.param("exclude", "excluded_until", 250.0, id="an exclusion"),
        pytest.param("exclude_forever", "excluded_until", math.inf, id="an exclusion until further notice"),
    ],
)
def test_what_was_asked_for_lasts_for_the_time_that_was_left(ask: str, field: str, left: float) -> None:
    bench = Bench(plug("a", 1000)).run(50)
    match ask:
        case "hold":
            bench.take(bench.arbiter.hold("a", 300, bench.now))
        case "exclude":
            bench.take(bench.arbiter.exclude("a", 300, bench.now))
        case _:
            bench.take(bench.arbiter.exclude("a", None, bench.now))
    bench.run(100)
    fresh = again(bench, bench.plugs["a"], now=7000.0)
    assert getattr(fresh.report(7000.0).loads["a"], field) == pytest.approx(7000 + left)


def test_a_load_that_was_asked_off_is_still_kept_off() -> None:
    bench = Bench(plug("a", 1000)).run(50)
    bench.take(bench.arbiter.offload("a", bench.now, 300))
    bench.run(100)
    fresh = again(bench, bench.plugs["a"], a=LoadMemory(intent=True))
    fresh.see_load(LoadView(load_id="a", available=True, on=False), Cause.FIRST, 0.0)
    returned = [at for at in range(1, 400) if fresh.observe(reading(float(at), [500.0]), float(at)).commands]
    assert returned[0] == pytest.approx(251, abs=2)


def test_a_timer_goes_on() -> None:
    bench = Bench(plug("a", 1000, auto_on_s=200.0))
    bench.at(50, lambda: bench.wish("a", on=False, by_hand=True))
    bench.run(100)
    fresh = again(bench, bench.plugs["a"])
    fresh.see_load(LoadView(load_id="a", available=True, on=False), Cause.FIRST, 0.0)
    fresh.observe(reading(149.0, [500.0]), 149.0)
    assert [command.load_id for command in fresh.observe(reading(151.0, [500.0]), 151.0).commands] == ["a"]


@pytest.mark.parametrize(
    "state",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"loads": {"gone": {"held_s": 10.0}}}, id="a load that left"),
        pytest.param({"loads": {"a": {}}, "steps": {}, "new": 1}, id="of another version"),
    ],
)
def test_a_state_that_says_little_is_no_harm(state: dict[str, Any]) -> None:
    arbiter = Arbiter(
        Settings(), [coordinator(plug("a", 1000))], mode=OffloadMode.AUTOMATIC, now=0.0, memory={}, state=state
    )
    assert arbiter.report(0.0).loads["a"].learned_va is None


def test_the_journal_has_the_last_word() -> None:
    bench = Bench(plug("a", 1000, declared=None)).run(50)
    fresh = again(bench, bench.plugs["a"], a=LoadMemory(intent=True, learned_va=800))
    assert fresh.memory()["a"] == LoadMemory(intent=True, learned_va=800)
