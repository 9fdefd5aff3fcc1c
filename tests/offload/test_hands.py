"""Whose wish counts: a person's before ours, an automation's as what is wanted only (design §6, The user's hand)."""

import pytest

from custom_components.linky_offload.offload import Action, Cause, EventType, LoadStatus, OffloadMode, Profile, Reason

from .common import Bench, plug, steps

STRICT = Profile.STRICT
RISING = steps((0, 1000), (50, 4500))
"""With a heater of 2 kVA, 500 VA too much from second 50."""

PASSING = steps((0, 1000), (50, 4500), (300, 1000))


# A cut load is switched on by somebody --------------------------------------------------------------------------------


def test_a_person_takes_a_cut_load_back_and_keeps_it_for_the_hold_time() -> None:
    bench = Bench(plug("heater", 2000), base=RISING, profile=STRICT, hand_hold_s=600)
    bench.at(100, lambda: bench.wish("heater", on=True, by_hand=True))
    bench.run(690)
    assert bench.cuts() == [52.0 - 0.0]
    report = bench.report("heater")
    assert (report.status, report.reason, report.held_until) == (LoadStatus.HELD, Reason.HAND, 700)
    assert [(event.type, event.at) for event in bench.told(EventType.HOLD)] == [(EventType.HOLD, 100)]
    assert bench.run(720).cuts()[1:] == [pytest.approx(700, abs=2)]


def test_the_button_on_the_device_is_a_hand_too() -> None:
    bench = Bench(plug("heater", 2000), base=RISING, profile=STRICT)
    bench.at(100, lambda: bench.switch("heater", on=True, cause=Cause.HAND))
    assert bench.run(500).off() == []
    assert bench.report("heater").status is LoadStatus.HELD


def test_a_start_by_hand_is_admitted_and_others_are_cut_for_it() -> None:
    bench = Bench(plug("oven", 2500, on=False), plug("heater", 2000), base=steps((0, 2500)), profile=STRICT)
    bench.at(100, lambda: bench.wish("oven", on=True, by_hand=True))
    bench.run(200)
    assert bench.off() == ["heater"]


def test_a_hold_ends_where_a_trip_is_predicted() -> None:
    bench = Bench(plug("oven", 7000, on=False), base=steps((0, 3000)), profile=Profile.CONTRACT)
    bench.at(100, lambda: bench.wish("oven", on=True, by_hand=True))
    bench.run(300)
    assert bench.reasons() == [("oven", Action.OFFLOAD, Reason.PREDICTED_TRIP)]
    assert bench.trips == 0


def test_near_a_trip_what_no_hand_holds_goes_first() -> None:
    """The held load stands first in the list and is spared all the same."""
    oven = plug("oven", 3500, on=False)
    boiler = plug("boiler", 3500, on=False, minimum_on_s=0)
    bench = Bench(oven, boiler, base=steps((0, 3000), (200, 7000)), profile=Profile.CONTRACT, contract_delay_s=600)
    bench.at(100, lambda: bench.wish("oven", on=True, by_hand=True))
    bench.at(195, lambda: bench.wish("boiler", on=True, by_hand=False))
    bench.run(260)
    assert bench.commands[0][1].load_id == "boiler"


@pytest.mark.parametrize("deaf", [False, True], ids=["its plug obeys", "its plug is deaf"])
def test_a_load_that_comes_back_on_without_room_is_cut_again(deaf: bool) -> None:
    """By an automation here; that it costs another load nothing is part of it."""
    bench = Bench(plug("heater", 2000), plug("fridge", 200), base=RISING, profile=Profile.CONTRACT)
    bench.run(150)
    bench.plugs["heater"].deaf = deaf
    bench.at(200, lambda: bench.wish("heater", on=True, by_hand=False))
    bench.run(208)
    assert bench.reasons()[1:] == [("heater", Action.OFFLOAD, Reason.CAME_BACK_ON)]
    assert bench.off() == ([] if deaf else ["heater"])
    assert bench.report("heater").wanted is True


def test_a_load_that_comes_back_on_costs_no_other_load_anything() -> None:
    """The meter shows it for some seconds before it is off again; it is known why."""
    bench = Bench(plug("heater", 2000, latency_s=3), plug("fridge", 200), base=RISING, profile=STRICT).run(150)
    assert bench.off() == ["heater"]
    bench.at(200, lambda: bench.switch("heater", on=True, cause=Cause.ORDER))
    bench.run(300)
    assert [command.load_id for _, command in bench.commands] == ["heater", "heater"]


def test_a_load_that_comes_back_on_with_room_stays_and_its_room_is_taken() -> None:
    """The other one may return half a second later, when the meter does not show the first one yet."""
    loads = [plug("a", 2000, minimum_off_s=300), plug("b", 2000, minimum_off_s=3000)]
    bench = Bench(*loads, base=steps((0, 1000), (50, 5500), (300, 3000)), profile=STRICT).run(60)
    (cut, _) = bench.cuts()
    bench.at(cut + 299.5, lambda: bench.switch("b", on=True, cause=Cause.ORDER))
    bench.run(500)
    assert bench.off() == ["a"]
    assert bench.commands[2:] == []
    assert bench.report("b").status is LoadStatus.NORMAL


def test_a_plug_that_restarts_on_is_cut_again_and_held_by_nobody() -> None:
    bench = Bench(plug("heater", 2000), base=RISING, profile=STRICT)
    bench.at(100, lambda: bench.lose("heater"))
    bench.at(130, lambda: bench.find("heater", on=True))
    bench.run(200)
    assert bench.reasons()[1:] == [("heater", Action.OFFLOAD, Reason.CAME_BACK_ON)]
    assert bench.told(EventType.HOLD) == []


def test_a_plug_that_was_away_while_cut_is_returned_when_it_is_back() -> None:
    bench = Bench(plug("heater", 2000), base=PASSING, profile=STRICT)
    bench.at(100, lambda: bench.lose("heater"))
    bench.at(400, lambda: bench.find("heater", on=False))
    bench.run(450)
    assert len(bench.returns("heater")) == 1
    assert bench.returns("heater")[0] >= 400


# Somebody no longer wants a cut load ----------------------------------------------------------------------------------


@pytest.mark.parametrize("by_hand", [True, False], ids=["a person", "an automation"])
def test_what_its_owner_switched_off_while_cut_is_never_returned(by_hand: bool) -> None:
    """The plug does not move, so only the order tells."""
    bench = Bench(plug("heater", 2000), base=PASSING, profile=STRICT)
    bench.at(100, lambda: bench.wish("heater", on=False, by_hand=by_hand))
    bench.run(150)
    assert bench.intents[-1][1] == frozenset()
    assert bench.run(1000).returns() == []
    assert bench.report("heater").reason is Reason.UNWANTED


def test_what_an_automation_wants_again_is_returned() -> None:
    """Off and on again by a schedule, while it is cut and stays cut."""
    bench = Bench(plug("heater", 2000, deaf=False), base=PASSING, profile=STRICT)
    bench.at(100, lambda: bench.take(bench.arbiter.wish("heater", True, False, bench.now)))
    bench.run(400)
    assert bench.off() == []
    assert len(bench.commands) == 2


def test_an_order_of_an_automation_holds_nothing() -> None:
    """It may say "on" to a load that is on; the load stays ours to cut."""
    bench = Bench(plug("heater", 2000), base=RISING, profile=STRICT)
    bench.at(20, lambda: bench.wish("heater", on=True, by_hand=False))
    assert bench.run(100).off() == ["heater"]


def test_a_person_who_says_on_to_a_load_that_is_on_holds_it() -> None:
    bench = Bench(plug("heater", 2000), base=RISING, profile=STRICT)
    bench.at(20, lambda: bench.wish("heater", on=True, by_hand=True))
    assert bench.run(100).off() == []


def test_a_person_who_switches_off_while_it_returns_is_obeyed() -> None:
    bench = Bench(plug("heater", 2000, latency_s=3), base=PASSING, profile=STRICT)
    bench.run(299)
    while not bench.returns():
        bench.run(bench.now + 0.5)
    bench.wish("heater", on=False, by_hand=True)
    bench.plugs["heater"].deaf = True  # the order that is on its way is lost
    bench.plugs["heater"].latency_s = 1e9
    assert bench.report("heater").wanted is False


def test_a_load_switched_off_while_the_cut_is_on_its_way_is_no_suspect() -> None:
    bench = Bench(plug("heater", 2000, deaf=True), base=RISING, profile=STRICT).run(53)
    assert bench.cuts()
    bench.wish("heater", on=False, by_hand=True)
    bench.run(400)
    assert bench.told(EventType.SUSPECT) == []
    assert bench.returns() == []


def test_switching_off_ends_a_hold() -> None:
    bench = Bench(plug("heater", 2000), base=steps((0, 1000)), profile=STRICT)
    bench.at(20, lambda: bench.wish("heater", on=True, by_hand=True))
    bench.at(30, lambda: bench.wish("heater", on=False, by_hand=True))
    bench.run(40)
    assert bench.report("heater").held_until is None


@pytest.mark.parametrize("mode", [OffloadMode.OBSERVE, OffloadMode.OFF])
def test_out_of_service_a_load_that_comes_back_on_stays(mode: OffloadMode) -> None:
    bench = Bench(plug("heater", 2000), base=RISING, profile=STRICT).run(100)
    bench.take(bench.arbiter.set_mode(mode, bench.now))
    bench.wish("heater", on=True, by_hand=False)
    bench.run(300)
    assert bench.off() == []
    assert len(bench.cuts()) == 1


def test_an_unknown_load_is_nobodys() -> None:
    bench = Bench(plug("heater", 2000)).run(10)
    decision = bench.arbiter.wish("elsewhere", True, True, bench.now)
    assert decision.commands == ()
    assert decision.events == ()
