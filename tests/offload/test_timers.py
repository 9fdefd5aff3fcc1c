"""On again, or off again, after a time (T-15)."""

import pytest

from custom_components.linky_offload.offload import Action, Cause, OffloadMode, Profile, Reason

from .common import Bench, plug, steps

STRICT = Profile.STRICT


@pytest.mark.parametrize("cause", [Cause.HAND, Cause.ORDER], ids=["by hand", "by an automation"])
def test_what_is_switched_off_comes_on_again(cause: Cause) -> None:
    bench = Bench(plug("a", 1000, auto_on_s=100.0))
    bench.at(50, lambda: bench.switch("a", on=False, cause=cause))
    bench.run(145)
    assert bench.commands == []
    bench.run(160)
    assert bench.reasons() == [("a", Action.RESTORE, Reason.TIMER)]
    assert bench.commands[0][0] == pytest.approx(150, abs=0.1)
    assert bench.off() == []


@pytest.mark.parametrize("by_hand", [True, False])
def test_what_is_switched_on_goes_off_again_and_stays_off(by_hand: bool) -> None:
    bench = Bench(plug("a", 1000, on=False, auto_off_s=100.0))
    bench.at(50, lambda: bench.wish("a", on=True, by_hand=by_hand))
    bench.run(1000)
    assert bench.reasons() == [("a", Action.OFFLOAD, Reason.TIMER)]
    assert bench.commands[0][0] == pytest.approx(150, abs=0.1)
    assert bench.report("a").wanted is False
    assert bench.intents[-1][1] == frozenset()


def test_an_order_cancels_the_timer_of_the_other_direction() -> None:
    bench = Bench(plug("a", 1000, auto_on_s=100.0, auto_off_s=500.0))
    bench.at(50, lambda: bench.wish("a", on=False, by_hand=True))
    bench.at(100, lambda: bench.wish("a", on=True, by_hand=True))
    assert bench.run(590).commands == []
    assert bench.run(610).reasons() == [("a", Action.OFFLOAD, Reason.TIMER)]


def test_both_timers_take_turns() -> None:
    bench = Bench(plug("pump", 300, auto_on_s=100.0, auto_off_s=200.0))
    bench.at(10, lambda: bench.wish("pump", on=False, by_hand=True))
    bench.run(1000)
    assert [round(at) for at, _ in bench.commands] == [110, 311, 412, 613, 714, 915]


def test_nothing_runs_out_while_the_load_is_cut() -> None:
    load = plug("a", 2000, on=False, auto_off_s=100.0)
    bench = Bench(load, base=steps((0, 500), (90, 4500), (300, 500)), profile=STRICT)
    bench.at(50, lambda: bench.wish("a", on=True, by_hand=False))
    bench.run(299)
    assert bench.reasons() == [("a", Action.OFFLOAD, Reason.OVER_THRESHOLD)]
    bench.run(500)
    assert [reason for _, _, reason in bench.reasons()] == [Reason.OVER_THRESHOLD, Reason.ROOM, Reason.TIMER]


def test_a_load_without_room_queues_for_it() -> None:
    bench = Bench(plug("a", 2000, auto_on_s=100.0), base=steps((0, 500), (40, 5000), (300, 1000)), profile=STRICT)
    bench.at(30, lambda: bench.wish("a", on=False, by_hand=True))
    bench.run(290)
    assert bench.commands == []
    assert bench.report("a").reason is Reason.NO_ROOM
    assert bench.run(320).reasons() == [("a", Action.RESTORE, Reason.ROOM)]


@pytest.mark.parametrize("mode", [OffloadMode.OBSERVE, OffloadMode.OFF])
def test_only_automatic_mode_switches(mode: OffloadMode) -> None:
    bench = Bench(plug("a", 1000, auto_on_s=100.0), mode=mode)
    bench.at(50, lambda: bench.wish("a", on=False, by_hand=True))
    assert bench.run(500).commands == []


def test_a_plug_that_does_not_go_off_is_asked_again() -> None:
    bench = Bench(plug("a", 1000, on=False, auto_off_s=50.0))
    bench.at(10, lambda: bench.wish("a", on=True, by_hand=True))
    bench.at(20, lambda: setattr(bench.plugs["a"], "deaf", True))
    bench.at(75, lambda: setattr(bench.plugs["a"], "deaf", False))
    bench.run(100)
    assert bench.off() == ["a"]
    assert len(bench.cuts("a")) == 3
