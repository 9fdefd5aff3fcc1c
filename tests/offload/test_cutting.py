"""Which loads go, and how often they are asked (design §6.3–6.5)."""

from collections.abc import Callable
from functools import partial
from itertools import pairwise

import pytest

from custom_components.linky_offload.offload import Action, Cause, EventType, LoadStatus, Profile, Reason

from .common import LEAD_S, Bench, Plug, coordinator, plug, reading, steps

STRICT = Profile.STRICT


@pytest.mark.parametrize(
    ("powers", "over_va", "expected"),
    [
        pytest.param((2000, 1500, 1000), 1200, ["a"], id="the first of the list is enough"),
        pytest.param((2000, 1500, 1000), 2500, ["a", "b"], id="two go in one breath when one is not enough"),
        pytest.param((300, 500, 2500), 2000, ["c"], id="small ones that a large one makes needless are spared"),
        pytest.param((300, 900, 2500), 1100, ["a", "b"], id="the list is the person's: no larger one in their stead"),
        pytest.param((1000, 1000, 1000), 2999, ["a", "b", "c"], id="all go when all are needed"),
        pytest.param((400, 400, 400), 2000, ["a", "b", "c"], id="all go even where they cannot suffice"),
    ],
)
def test_just_enough_goes_in_one_breath(powers: tuple[int, ...], over_va: float, expected: list[str]) -> None:
    loads = [plug(name, va) for name, va in zip("abc", powers, strict=True)]
    usual = 6000 - sum(powers) - 200
    bench = Bench(*loads, base=steps((0, usual), (50, usual + 200 + over_va)), profile=STRICT).run(55)
    assert [command.load_id for _, command in bench.commands] == expected
    assert len(set(bench.cuts())) == 1


def test_the_first_rank_gives_first() -> None:
    kept, given = plug("kept", 2000), plug("given", 2000)
    bench = Bench(
        kept,
        given,
        coordinators=[coordinator(kept, name="second", rank=2), coordinator(given, name="first", rank=1)],
        base=steps((0, 1000), (50, 3000)),
        profile=STRICT,
    ).run(100)
    assert bench.off() == ["given"]


@pytest.mark.parametrize(
    ("load", "status"),
    [
        pytest.param(plug("a", 0, measured=True), (LoadStatus.NORMAL, Reason.IDLE), id="on but drawing nothing"),
        pytest.param(plug("a", 2000, on=False), (LoadStatus.NORMAL, Reason.UNWANTED), id="off by its owner's wish"),
        pytest.param(plug("a", 2000, available=False), (LoadStatus.UNAVAILABLE, Reason.NONE), id="not on the network"),
    ],
)
def test_a_load_that_would_free_nothing_is_left_alone(load: Plug, status: tuple[LoadStatus, Reason]) -> None:
    bench = Bench(load, plug("b", 2000), base=steps((0, 1000), (50, 5000)), profile=STRICT).run(200)
    assert {command.load_id for _, command in bench.commands} == {"b"}
    report = bench.report("a")
    assert (report.status, report.reason) == status


def test_minimum_on_holds_against_the_profile() -> None:
    young = plug("young", 2000, on=False, minimum_on_s=300)
    bench = Bench(young, base=steps((0, 1000), (50, 4500)), profile=STRICT)
    bench.at(20, lambda: bench.wish("young", on=True, by_hand=False))
    bench.run(319)
    assert bench.commands == []
    assert bench.report("young").reason is Reason.MINIMUM_ON
    assert bench.run(325).cuts() == [pytest.approx(320, abs=2)]


def test_the_delay_before_of_a_load_comes_on_top_of_the_profile() -> None:
    bench = Bench(plug("a", 2000, delay_before_s=30, measured=True), base=steps((0, 1000), (100, 4500))).run(150)
    assert bench.report("a").reason is Reason.DELAY_BEFORE
    assert bench.run(400).cuts() == [101.5 + 60 - LEAD_S + 30]


# Commands in flight ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("latency_s", [0.2, 2.0, 6.0, 9.5])
@pytest.mark.parametrize(("cadence_s", "lag_s"), [(1.5, 0.5), (1.5, 2.0), (10.0, 2.0)])
def test_an_overload_is_answered_once(latency_s: float, cadence_s: float, lag_s: float) -> None:
    """However many samples still show the old power while the plug makes up its mind."""
    loads = [plug(name, 1500, latency_s=latency_s) for name in "abc"]
    base = steps((0, 1000), (50, 2500))
    bench = Bench(*loads, base=base, cadence_s=cadence_s, lag_s=lag_s, profile=STRICT).run(200)
    assert [command.load_id for _, command in bench.commands] == ["a"]


def test_a_reading_without_a_new_power_shows_nothing() -> None:
    """Other groups of the meter make readings too; only a later power can contain the effect of an order."""
    bench = Bench(plug("a", 1500), plug("b", 1500), base=steps((0, 1000), (50, 4000)), cadence_s=10, profile=STRICT)
    bench.run(53)
    assert bench.off() == ["a"]
    for now in range(54, 60):
        bench.run(now)
        old = reading(now, [7000.0], at=51.0, cadence_s=10, trip_y=[0.6])
        bench.take(bench.arbiter.observe(old, now))
    assert bench.cuts("b") == []


def test_a_larger_overload_is_answered_on_top() -> None:
    """While the first order is under way the house grows again: only what is new is asked for."""
    loads = [plug(name, 1500, latency_s=4) for name in "abc"]
    bench = Bench(*loads, base=steps((0, 1000), (50, 2500), (53, 3600)), profile=STRICT).run(57)
    assert [command.load_id for _, command in bench.commands] == ["a", "b"]


# Loads of unknown power -----------------------------------------------------------------------------------------------


def test_unknown_loads_go_one_at_a_time_and_are_learned() -> None:
    loads = [plug(name, va, declared=None) for name, va in (("a", 900), ("b", 1600), ("c", 700))]
    bench = Bench(*loads, base=steps((0, 2500), (50, 5000)), profile=STRICT).run(100)
    assert [command.load_id for _, command in bench.commands] == ["a", "b"]
    first, second = bench.cuts()
    assert second - first >= 3
    assert bench.report("a").learned_va == pytest.approx(900, abs=50)
    assert bench.report("b").learned_va == pytest.approx(1600, abs=50)
    assert bench.report("c").learned_va is None


def test_others_wait_while_an_unknown_load_is_measured() -> None:
    loads = [plug("a", 900, declared=None, latency_s=5), plug("b", 1600)]
    bench = Bench(*loads, base=steps((0, 2500), (50, 5000)), profile=STRICT).run(54)
    assert bench.report("b").reason is Reason.MEASURING


def test_a_predicted_trip_does_not_wait_to_learn() -> None:
    loads = [plug(name, 3000, declared=None, on=False, minimum_on_s=600) for name in "ab"]
    bench = Bench(*loads, base=steps((0, 6500)), profile=Profile.METER)
    for name in "ab":
        bench.at(100, partial(bench.wish, name, on=True, by_hand=False))
    bench.run(300)
    assert bench.trips == 0
    assert len(set(bench.cuts()[:2])) == 1


def test_a_measured_load_goes_before_its_declared_figure() -> None:
    """The sensor says 500 VA, so a second load is needed."""
    bench = Bench(
        plug("a", 500, measured=True, declared=2000), plug("b", 700), base=steps((0, 4000), (50, 5900)), profile=STRICT
    ).run(55)
    assert [command.load_id for _, command in bench.commands] == ["a", "b"]


# Deaf plugs -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", [Profile.STRICT, Profile.CONTRACT])
def test_a_deaf_plug_costs_its_own_time_only(profile: Profile) -> None:
    """The next load goes when the first is given up: no delay starts anew."""
    bench = Bench(plug("a", 2000, deaf=True), plug("b", 1500), base=steps((0, 1000), (50, 3500)), profile=profile)
    bench.run(300)
    (first,), (second,) = bench.cuts("a")[:1], bench.cuts("b")
    assert second - first == pytest.approx(10, abs=0.1)
    suspects = bench.told(EventType.SUSPECT)
    assert [(event.load_id, event.at) for event in suspects] == [("a", second)]


def test_a_deaf_plug_is_tried_again_quietly_and_ever_more_rarely() -> None:
    bench = Bench(plug("a", 2000, deaf=True), base=steps((0, 4500)), profile=STRICT).run(1500)
    tries = bench.cuts("a")
    pauses = [later - earlier for earlier, later in pairwise(tries)]
    assert pauses == [pytest.approx(10 + 60 * 2**n, abs=2) for n in range(len(pauses))]
    assert len(pauses) >= 3
    assert len(bench.told(EventType.SUSPECT)) == 1
    assert len(bench.told(EventType.OFFLOADED)) == 1


def test_a_plug_that_obeys_again_is_trusted_and_told_of() -> None:
    bench = Bench(plug("a", 2000, deaf=True), base=steps((0, 4500)), profile=STRICT).run(40)
    assert bench.report("a").status is LoadStatus.SUSPECT
    bench.plugs["a"].deaf = False
    bench.run(150)
    assert bench.off() == ["a"]
    assert bench.report("a").status is LoadStatus.OFFLOADED
    assert [event.type for event in bench.events if event.load_id == "a"] == [
        EventType.OFFLOADED,
        EventType.SUSPECT,
        EventType.OFFLOADED,
    ]


def test_a_plug_that_only_says_that_it_obeyed_is_not_counted_on() -> None:
    bench = Bench(plug("a", 2000, lies=True), plug("b", 2000), base=steps((0, 1000), (50, 3000)), profile=STRICT)
    bench.run(100)
    assert bench.cuts("b")[0] - bench.cuts("a")[0] < 6


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda a, _b: setattr(a, "deaf", True), id="the first plug is deaf"),
        pytest.param(lambda a, _b: setattr(a, "latency_s", 9.0), id="the first plug is very slow"),
    ],
)
def test_near_a_trip_an_unconfirmed_order_is_soon_not_counted_on(spoil: Callable[[Plug, Plug], None]) -> None:
    """The patience with a plug (10 s) is longer than the horizon (7.5 s): the next goes after the usual latency."""
    a, b = (plug(name, 4500, on=False, minimum_on_s=600) for name in "ab")
    spoil(a, b)
    bench = Bench(a, b, base=steps((0, 2500)), profile=Profile.METER)
    bench.at(50, lambda: bench.switch("a", on=True, cause=Cause.ORDER))
    bench.at(50, lambda: bench.switch("b", on=True, cause=Cause.ORDER))
    bench.run(300)
    assert bench.trips == 0


def test_near_a_trip_a_lost_order_is_given_again() -> None:
    """The only load there is: its suspicion may wait."""
    only = plug("a", 6000, on=False, minimum_on_s=600, deaf=True)
    bench = Bench(only, base=steps((0, 3000)), profile=Profile.METER)
    bench.at(50, lambda: bench.switch("a", on=True, cause=Cause.ORDER))
    while not bench.commands:
        bench.run(bench.now + 0.5)
    only.deaf = False
    bench.run(300)
    assert len(bench.cuts("a")) >= 2
    assert bench.trips == 0
    assert len(bench.told(EventType.OFFLOADED)) == 1


@pytest.mark.parametrize("away_s", [5.0, 30.0])
def test_a_plug_that_vanishes_while_ordered_off_and_is_found_off_is_ours(away_s: float) -> None:
    bench = Bench(plug("a", 2000, deaf=True), base=steps((0, 1000), (50, 4500), (200, 500)), profile=STRICT)
    bench.at(53, lambda: bench.lose("a"))
    bench.at(53 + away_s, lambda: bench.find("a", on=False))
    bench.at(53 + away_s, lambda: setattr(bench.plugs["a"], "deaf", False))
    bench.run(400)
    assert bench.returns("a")
    assert bench.off() == []


# Starts without room --------------------------------------------------------------------------------------------------


def test_a_start_by_automation_into_an_overload_waits_its_turn() -> None:
    bench = Bench(plug("a", 1000), plug("b", 2000, on=False), base=steps((0, 3500), (100, 5500), (300, 1000)))
    bench.at(120, lambda: bench.wish("b", on=True, by_hand=False))
    bench.run(135)
    assert bench.reasons() == [("b", Action.OFFLOAD, Reason.STARTED_WITHOUT_ROOM)]
    assert bench.run(500).off() == []


@pytest.mark.parametrize("report_lag_s", [0.0, 3.0], ids=["its plug tells first", "the meter tells first"])
def test_an_armed_load_that_starts_while_others_wait_for_room_is_cut_at_once(report_lag_s: float) -> None:
    """Cutting it while it drew nothing would have freed nothing; now it must queue behind the one that is off."""
    boiler = plug("boiler", 2000, measured=True, minimum_on_s=3600, asks=lambda now: now >= 200)
    bench = Bench(plug("heater", 2000), boiler, base=steps((0, 1000), (50, 4500)), profile=Profile.STRICT)
    bench.at(199.5, lambda: setattr(boiler, "measured", False))
    bench.at(199.9 + report_lag_s, lambda: setattr(boiler, "measured", True))
    bench.run(215)
    assert bench.reasons() == [
        ("heater", Action.OFFLOAD, Reason.OVER_THRESHOLD),
        ("boiler", Action.OFFLOAD, Reason.STARTED_WITHOUT_ROOM),
    ]
    assert bench.cuts("boiler")[0] <= 200 + max(report_lag_s, 1.5) + 1


def test_under_a_contract_delay_an_armed_load_that_starts_without_room_has_that_delay_too() -> None:
    """A thermostat that comes on often goes off, or another does, before the delay is over: then nothing is cut."""
    room = plug("room", 2000, measured=True, asks=lambda now: now >= 200 and not 240 <= now < 400)
    bench = Bench(plug("heater", 2000), room, base=steps((0, 1000), (50, 4500)))
    bench.run(390)
    assert bench.reasons() == [("heater", Action.OFFLOAD, Reason.DELAY_ELAPSED)]
    bench.run(480)
    assert bench.reasons()[1:] == [("room", Action.OFFLOAD, Reason.DELAY_ELAPSED)]
    assert bench.cuts("room")[0] >= 400 + 60 - LEAD_S


def test_a_machine_between_two_phases_is_not_stopped_by_a_passing_overload() -> None:
    """Nobody waits for room, so the contract delay holds for it as for all."""
    washer = plug("washer", 500, measured=True, asks=lambda now: now >= 110)
    bench = Bench(washer, base=steps((0, 1000), (100, 6200), (140, 1000))).run(300)
    assert bench.commands == []


def test_a_start_without_room_costs_no_second_load() -> None:
    """The started load is not in the sample yet, then in one or two, then gone: all along nothing else is due."""
    bench = Bench(plug("b", 2000, on=False), plug("a", 1000, minimum_on_s=30), base=steps((0, 4500), (20, 5100)))
    bench.at(22.6, lambda: bench.switch("b", on=True, cause=Cause.ORDER))
    bench.plugs["b"].latency_s = 3
    bench.run(70)
    assert bench.reasons() == [("b", Action.OFFLOAD, Reason.STARTED_WITHOUT_ROOM)]
    assert bench.run(90).reasons()[1:] == [("a", Action.OFFLOAD, Reason.DELAY_ELAPSED)]
