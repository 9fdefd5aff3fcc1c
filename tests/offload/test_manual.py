"""What a person asks of the arbiter itself: offload, restore, hold, exclude, include, rotate, simulate."""

from collections.abc import Callable
import math

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.linky_offload.offload import (
    Action,
    Arbiter,
    Cause,
    Decision,
    EventType,
    LoadStatus,
    OffloadMode,
    Profile,
    Reason,
    Settings,
    StrategyName,
)

from .common import Bench, coordinator, plug, reading, steps
from .test_levels import LevelBench, car
from .test_properties import seated

STRICT = Profile.STRICT


def orders(bench: Bench) -> list[tuple[str, Action, Reason]]:
    return bench.reasons()


# Offload --------------------------------------------------------------------------------------------------------------


def test_a_load_that_is_asked_off_stays_off_though_there_is_room() -> None:
    bench = Bench(plug("a", 2000, minimum_on_s=3600.0)).run(10)
    bench.take(bench.arbiter.offload("a", bench.now))
    bench.run(4000)
    assert orders(bench) == [("a", Action.OFFLOAD, Reason.MANUAL)]
    report = bench.report("a")
    assert (report.status, report.reason) == (LoadStatus.OFFLOADED, Reason.MANUAL)


def test_for_a_time_it_returns_by_itself_afterwards() -> None:
    bench = Bench(plug("a", 2000)).run(10)
    bench.take(bench.arbiter.offload("a", bench.now, 300))
    bench.run(400)
    assert bench.returns("a") == [pytest.approx(310, abs=2)]


def test_what_is_cut_already_is_kept_off() -> None:
    bench = Bench(plug("a", 2000), base=steps((0, 500), (50, 4500), (100, 500)), profile=STRICT).run(90)
    bench.take(bench.arbiter.offload("a", bench.now))
    assert bench.run(600).returns() == []


def test_a_hand_on_the_plug_ends_it() -> None:
    bench = Bench(plug("a", 2000)).run(10)
    bench.take(bench.arbiter.offload("a", bench.now))
    bench.at(50, lambda: bench.wish("a", on=True, by_hand=True))
    bench.run(200)
    assert bench.off() == []
    assert bench.report("a").status is LoadStatus.HELD


@pytest.mark.parametrize(
    ("prepare", "told"),
    [
        pytest.param(lambda bench: bench.lose("a"), EventType.REFUSED, id="not on the network"),
        pytest.param(lambda bench: bench.wish("a", on=False, by_hand=True), EventType.REFUSED, id="off by its owner"),
        pytest.param(
            lambda bench: bench.take(bench.arbiter.set_mode(OffloadMode.OFF, bench.now)),
            EventType.REFUSED,
            id="the mode is off",
        ),
        pytest.param(
            lambda bench: bench.take(bench.arbiter.set_mode(OffloadMode.OBSERVE, bench.now)),
            EventType.OFFLOADED,
            id="observe: told, not done",
        ),
    ],
)
def test_what_cannot_be_done_is_told(prepare: Callable[[Bench], None], told: EventType) -> None:
    bench = Bench(plug("a", 2000)).run(10)
    prepare(bench)
    bench.take(bench.arbiter.offload("a", bench.now))
    assert bench.commands == []
    assert [event.reason for event in bench.told(told)] == [Reason.MANUAL]


def test_out_of_service_it_returns() -> None:
    bench = Bench(plug("a", 2000)).run(10)
    bench.take(bench.arbiter.offload("a", bench.now))
    bench.run(50)
    bench.take(bench.arbiter.set_mode(OffloadMode.OFF, bench.now))
    assert bench.run(80).off() == []


# Restore --------------------------------------------------------------------------------------------------------------


def test_a_load_that_is_asked_back_does_not_wait_and_others_go_for_it() -> None:
    loads = [plug("a", 2000, minimum_off_s=900.0), plug("b", 2000)]
    bench = Bench(*loads, base=steps((0, 500), (50, 3000)), profile=STRICT).run(100)
    assert bench.off() == ["a"]
    bench.take(bench.arbiter.restore("a", bench.now))
    bench.run(130)
    assert bench.off() == ["b"]
    assert bench.report("a").held_until == pytest.approx(100 + 3600)


def test_a_return_that_would_open_the_meter_is_refused() -> None:
    loads = [plug("a", 6000)]
    bench = Bench(*loads, base=steps((0, 500), (50, 7400)), profile=Profile.METER).run(900)
    assert bench.off() == ["a"]
    bench.take(bench.arbiter.restore("a", bench.now))
    bench.run(1000)
    assert bench.returns() == []
    assert bench.trips == 0
    assert Reason.PREDICTED_TRIP in [event.reason for event in bench.told(EventType.REFUSED)]


def test_all_that_fit_return_at_once_and_the_others_as_room_appears() -> None:
    loads = [plug(name, 1000, minimum_off_s=900.0) for name in "abc"]
    base = steps((0, 500), (50, 5900), (100, 3500), (300, 500))
    bench = Bench(*loads, base=base, profile=STRICT).run(150)
    assert bench.off() == ["a", "b", "c"]
    bench.take(bench.arbiter.restore(None, bench.now))
    assert bench.run(160).off() == ["a"]
    assert bench.run(1200).off() == []


# Hold, exclude, include -----------------------------------------------------------------------------------------------


def test_a_hold_protects_for_its_time_but_not_against_a_trip() -> None:
    bench = Bench(plug("a", 2000), base=steps((0, 500), (50, 4500)), profile=STRICT).run(10)
    bench.take(bench.arbiter.hold("a", 200, bench.now))
    bench.run(205)
    assert bench.commands == []
    assert bench.report("a").status is LoadStatus.HELD
    assert bench.run(215).cuts("a") == [pytest.approx(211, abs=2)]
    urgent = Bench(plug("a", 4000), base=steps((0, 500), (50, 5900)), profile=STRICT).run(10)
    urgent.take(urgent.arbiter.hold("a", 3600, urgent.now))
    urgent.run(200)
    assert urgent.trips == 0
    assert [reason for _, _, reason in orders(urgent)] == [Reason.PREDICTED_TRIP]


def test_what_is_excluded_is_never_cut() -> None:
    loads = [plug("a", 4000), plug("b", 500)]
    bench = Bench(*loads, base=steps((0, 500), (50, 6500)), profile=STRICT).run(10)
    bench.take(bench.arbiter.exclude("a", None, bench.now))
    bench.run(60)
    assert {load_id for load_id, _, _ in orders(bench)} == {"b"}
    report = bench.report("a")
    assert (report.status, report.reason, report.excluded_until) == (LoadStatus.HELD, Reason.EXCLUDED, math.inf)


def test_what_is_excluded_while_cut_returns_at_once() -> None:
    loads = [plug("a", 1000, minimum_off_s=900.0), plug("b", 1000)]
    bench = Bench(*loads, base=steps((0, 500), (50, 4500)), profile=STRICT).run(100)
    bench.take(bench.arbiter.exclude("a", 600, bench.now))
    assert orders(bench)[1] == ("a", Action.RESTORE, Reason.EXCLUDED)
    bench.run(120)
    assert bench.off() == ["b"]


@pytest.mark.parametrize("load_id", ["a", None], ids=["one", "all"])
def test_what_is_included_again_may_be_cut(load_id: str | None) -> None:
    bench = Bench(plug("a", 2000), base=steps((0, 500), (50, 4500)), profile=STRICT).run(10)
    bench.take(bench.arbiter.exclude("a", None, bench.now))
    bench.run(100)
    assert bench.commands == []
    bench.take(bench.arbiter.include(load_id, bench.now))
    assert bench.run(110).off() == ["a"]


def test_an_exclusion_for_a_time_ends_by_itself() -> None:
    bench = Bench(plug("a", 2000), base=steps((0, 500), (50, 4500)), profile=STRICT).run(10)
    bench.take(bench.arbiter.exclude("a", 200, bench.now))
    assert bench.run(230).cuts("a") == [pytest.approx(211, abs=2)]


DOORS: dict[str, Callable[[Arbiter], Decision]] = {
    "offload": lambda arbiter: arbiter.offload("nobody", 10),
    "restore": lambda arbiter: arbiter.restore("nobody", 10),
    "hold": lambda arbiter: arbiter.hold("nobody", 60, 10),
    "exclude": lambda arbiter: arbiter.exclude("nobody", None, 10),
    "include": lambda arbiter: arbiter.include("nobody", 10),
    "relearn": lambda arbiter: arbiter.relearn("nobody", 10),
    "rotate": lambda arbiter: arbiter.rotate("nobody", 10),
}


@pytest.mark.parametrize("door", DOORS.values(), ids=list(DOORS))
def test_an_unknown_load_is_ignored(door: Callable[[Arbiter], Decision]) -> None:
    bench = Bench(plug("a", 2000)).run(10)
    decision = door(bench.arbiter)
    assert (decision.commands, decision.events) == ((), ())


def test_what_was_learned_of_an_appliance_is_forgotten_when_it_is_another() -> None:
    bench = Bench(plug("a", 1800, declared=None, on=False))
    bench.at(50, lambda: bench.switch("a", on=True, cause=Cause.ORDER))
    bench.run(60)
    assert bench.report("a").learned_va == pytest.approx(1800)
    bench.take(bench.arbiter.relearn("a", bench.now))
    assert bench.report("a").learned_va is None


# Rotate ---------------------------------------------------------------------------------------------------------------


def test_a_turn_is_passed_on_before_its_end() -> None:
    loads = [plug("a", 1500), plug("b", 1500)]
    listed = coordinator(*loads, strategy=StrategyName.CASCADE_CYCLIC, rotation_s=3600.0)
    bench = Bench(*loads, coordinators=[listed], base=steps((0, 500), (50, 4000)), profile=STRICT).run(100)
    (away,) = bench.off()
    bench.take(bench.arbiter.rotate("main", bench.now))
    bench.run(160)
    assert bench.off() == ["b" if away == "a" else "a"]


# Simulate -------------------------------------------------------------------------------------------------------------


def test_a_simulation_names_what_goes_in_order_and_why_the_others_stay() -> None:
    loads = [
        plug("held", 1000),
        plug("a", 1000),
        plug("off", 1000, on=False),
        plug("idle", 0, measured=True),
        plug("b", 1000),
        plug("c", 1000),
    ]
    bench = Bench(*loads, base=steps((0, 500))).run(10)
    bench.take(bench.arbiter.hold("held", 3600, bench.now))
    would = bench.arbiter.simulate(7500, bench.now)
    assert would.need_va == pytest.approx(1500)
    assert would.reason is Reason.DELAY_ELAPSED
    assert [(load.load_id, load.va) for load in would.cut] == [("a", 1000), ("b", 1000)]
    assert {load.load_id: load.reason for load in would.stay} == {
        "held": Reason.HAND,
        "off": Reason.UNWANTED,
        "idle": Reason.IDLE,
        "c": Reason.NONE,
    }
    assert would.missing_va == 0


@pytest.mark.parametrize(
    ("va", "need_va", "cut", "missing"),
    [
        pytest.param(3000, 0, [], 0, id="below the contract: nothing"),
        pytest.param(6500, 500, ["car"], 0, id="a little: the charger is turned down"),
        pytest.param(16000, 10000, ["car", "heater"], 4820, id="more than there is: what is missing is told"),
    ],
)
def test_a_simulation_at_some_power(va: float, need_va: float, cut: list[str], missing: float) -> None:
    bench = LevelBench(car(), plug("heater", 1500), base=steps((0, 500)))
    bench.run(10)
    would = bench.arbiter.simulate(va, bench.now)
    assert [load.load_id for load in would.cut] == cut
    assert would.need_va == pytest.approx(need_va)
    assert would.missing_va == pytest.approx(missing)
    assert [load.level for load in would.cut] == ([13.0] if cut == ["car"] else [None] * len(cut))


def test_without_a_sample_the_need_is_unknown_not_nothing() -> None:
    would = seated([plug("a", 1000)], STRICT).simulate(9000, 1.0)
    assert would.need_va is None
    assert would.cut == ()


@settings(max_examples=60, deadline=None)
@given(
    va=st.floats(0, 40_000),
    house=st.integers(0, 9000),
    powers=st.lists(st.integers(100, 3000), min_size=1, max_size=5),
    profile=st.sampled_from(Profile),
    strategy=st.sampled_from(StrategyName),
)
def test_a_simulation_changes_nothing(
    va: float, house: int, powers: list[int], profile: Profile, strategy: StrategyName
) -> None:
    """The arbiter that was asked goes on exactly as its twin that was not."""
    loads = [plug(str(index), power) for index, power in enumerate(powers)]
    asked, twin = seated(loads, profile), seated(loads, profile)
    for one in (asked, twin):
        one.configure(Settings(profile=profile), [coordinator(*loads, strategy=strategy)], 0.5)
        one.observe(reading(1.0, [house]), 1.0)
    would = asked.simulate(va, 2.0)
    assert (asked.state(2.0), asked.report(2.0)) == (twin.state(2.0), twin.report(2.0))
    assert {load.load_id for load in would.cut}.isdisjoint(load.load_id for load in would.stay)
    for second in (3.0, 4.5, 64.0):
        assert asked.observe(reading(second, [7000]), second) == twin.observe(reading(second, [7000]), second)
