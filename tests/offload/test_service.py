"""Modes, changes of the configuration, starts and stops: whatever is cut finds its way back (design §6, §8)."""

from collections.abc import Callable
from itertools import pairwise

import pytest

from custom_components.linky_offload.offload import (
    Action,
    Cause,
    CoordinatorSettings,
    EventType,
    LoadMemory,
    LoadStatus,
    OffloadMode,
    Profile,
    Reason,
)

from .common import Bench, coordinator, plug, steps

STRICT = Profile.STRICT
LOADED = steps((0, 1000), (50, 5900))
"""With three loads of 1 kVA, all must go at 50, and none fits again."""


def three() -> Bench:
    """Three loads, all cut at second 100."""
    loads = (plug(name, 1000, minimum_off_s=600) for name in "abc")
    bench = Bench(*loads, base=LOADED, profile=STRICT)
    bench.run(100)
    assert bench.off() == ["a", "b", "c"]
    return bench


# Modes ----------------------------------------------------------------------------------------------------------------


def test_observe_tells_once_what_it_would_do_and_touches_nothing() -> None:
    loads = [plug(name, 1000) for name in "abc"]
    base = steps((0, 1000), (50, 4500), (200, 1000), (300, 4500))
    bench = Bench(*loads, base=base, profile=STRICT, mode=OffloadMode.OBSERVE).run(299)
    assert bench.commands == []
    assert [(event.load_id, event.observed) for event in bench.told(EventType.OFFLOADED)] == [("a", True), ("b", True)]
    bench.run(400)
    assert len(bench.told(EventType.OFFLOADED)) == 4  # a new overload is told again
    assert bench.intents == [(0.0, frozenset())]


def test_observe_tells_of_unknown_loads_one_only() -> None:
    """How much the first would have freed is not to be known without cutting it."""
    loads = [plug(name, 1000, declared=None) for name in "ab"]
    bench = Bench(*loads, base=steps((0, 1000), (50, 4500)), profile=STRICT, mode=OffloadMode.OBSERVE).run(200)
    assert [event.load_id for event in bench.told(EventType.OFFLOADED)] == ["a"]


def test_observe_tells_more_when_the_overload_grows() -> None:
    loads = [plug(name, 1000) for name in "ab"]
    base = steps((0, 1000), (50, 4500), (100, 5200))
    bench = Bench(*loads, base=base, profile=STRICT, mode=OffloadMode.OBSERVE).run(200)
    assert [(event.load_id, event.at > 100) for event in bench.told(EventType.OFFLOADED)] == [("a", False), ("b", True)]


def test_off_decides_nothing_but_still_tells_of_the_overload() -> None:
    bench = Bench(plug("a", 2000), base=steps((0, 1000), (50, 4500)), profile=STRICT, mode=OffloadMode.OFF).run(200)
    assert bench.commands == []
    assert [event.type for event in bench.events] == [EventType.OVERLOAD_STARTED]
    assert bench.arbiter.report(bench.now).next_load == {"main": None}


@pytest.mark.parametrize("mode", [OffloadMode.OFF, OffloadMode.OBSERVE])
def test_leaving_automatic_returns_what_fits_and_all_within_the_quarter_hour(mode: OffloadMode) -> None:
    bench = three()
    bench.base = steps((0, 4000))
    bench.run(103)
    bench.take(bench.arbiter.set_mode(mode, bench.now))
    bench.run(1200)
    returned = bench.returns()
    assert [at <= 120 for at in returned] == [True, False, False]
    assert returned[-1] <= 103 + 900 + 10
    assert all(later - earlier >= 2 for earlier, later in pairwise(returned))
    assert {command.reason for _, command in bench.commands if command.action is Action.RESTORE} == {Reason.RELEASED}


def test_back_to_automatic_in_time_the_loads_stay_off() -> None:
    bench = three()
    bench.take(bench.arbiter.set_mode(OffloadMode.OFF, bench.now))
    bench.run(300)
    bench.take(bench.arbiter.set_mode(OffloadMode.AUTOMATIC, bench.now))
    assert bench.run(1500).returns() == []


def test_a_plug_that_obeys_late_out_of_service_returns_in_time_too() -> None:
    bench = Bench(plug("a", 2000, latency_s=30), base=steps((0, 1000), (50, 5500)), profile=STRICT)
    bench.at(60, lambda: bench.take(bench.arbiter.set_mode(OffloadMode.OFF, 60.0)))
    bench.run(90)
    assert bench.off() == ["a"]
    bench.plugs["a"].latency_s = 1
    assert bench.run(1100).off() == []


# Configuration --------------------------------------------------------------------------------------------------------


def disabled(bench: Bench) -> list[CoordinatorSettings]:
    """The coordinator as it is, out of service."""
    return [coordinator(*bench.plugs.values(), enabled=False)]


@pytest.mark.parametrize(
    "change", [pytest.param(disabled, id="disabled"), pytest.param(lambda _bench: [], id="removed")]
)
def test_loads_of_a_coordinator_out_of_service_return(change: Callable[[Bench], list[CoordinatorSettings]]) -> None:
    bench = three()
    bench.take(bench.arbiter.configure(bench.settings, change(bench), bench.now))
    bench.run(990)
    assert bench.returns() == []
    assert bench.run(1100).off() == []
    assert bench.intents[-1][1] == frozenset()


def test_a_removed_load_is_forgotten_once_it_is_back() -> None:
    bench = three()
    bench.take(bench.arbiter.configure(bench.settings, [], bench.now))
    assert set(bench.arbiter.report(bench.now).loads) == {"a", "b", "c"}
    bench.run(1100)
    assert dict(bench.arbiter.report(bench.now).loads) == {}


def test_a_removed_load_that_its_owner_gives_up_is_forgotten() -> None:
    bench = three()
    bench.take(bench.arbiter.configure(bench.settings, [], bench.now))
    for name in "abc":
        bench.wish(name, on=False, by_hand=True)
    bench.run(200)
    assert dict(bench.arbiter.report(bench.now).loads) == {}
    assert bench.returns() == []


def test_a_removed_candidate_leaves_the_journal() -> None:
    bench = Bench(plug("a", 2000), base=steps((0, 1000), (50, 4500))).run(60)
    assert bench.intents[-1][1] == {"a"}
    bench.take(bench.arbiter.configure(bench.settings, [], bench.now))
    assert bench.intents[-1][1] == frozenset()


def test_changed_settings_count_at_once() -> None:
    bench = Bench(plug("a", 2000), base=steps((0, 3500)), profile=STRICT).run(100)
    assert bench.commands == []
    settings = type(bench.settings)(profile=STRICT, adjustment_percent=-10)
    bench.take(bench.arbiter.configure(settings, bench.coordinators, bench.now))
    assert bench.run(103).cuts()


def test_a_reconfigured_load_stays_cut() -> None:
    bench = three()
    bench.take(bench.arbiter.configure(bench.settings, [coordinator(*bench.plugs.values(), name="new")], bench.now))
    assert bench.run(1500).returns() == []
    assert bench.arbiter.report(bench.now).offloaded_va == {"new": 3000}


# Starts ---------------------------------------------------------------------------------------------------------------

CUT_BEFORE = {"a": LoadMemory(intent=True, learned_va=1000)}


def test_at_the_start_a_load_that_we_had_cut_returns_after_the_grace() -> None:
    bench = Bench(plug("a", 1000, on=False), memory=CUT_BEFORE, start_grace_s=60).run(59)
    assert bench.report("a").status is LoadStatus.OFFLOADED
    assert bench.report("a").reason is Reason.STARTING
    assert bench.intents[-1][1] == {"a"}
    assert bench.run(70).returns() == [pytest.approx(60, abs=2)]


def test_at_the_start_a_load_that_is_on_was_not_cut_after_all() -> None:
    bench = Bench(plug("a", 1000), memory=CUT_BEFORE).run(100)
    assert bench.commands == []
    assert bench.intents[-1][1] == frozenset()


def test_at_the_start_a_load_off_without_intent_is_its_owners() -> None:
    assert Bench(plug("a", 1000, on=False)).run(200).commands == []


def test_at_the_start_an_unreachable_load_is_returned_when_it_is_found() -> None:
    bench = Bench(plug("a", 1000, on=False, available=False), memory=CUT_BEFORE).run(300)
    assert bench.commands == []
    assert bench.intents[-1][1] == {"a"}
    bench.find("a", on=False)
    assert bench.run(320).returns("a")


def test_at_the_start_an_owner_may_give_up_a_load_before_it_is_found() -> None:
    bench = Bench(plug("a", 1000, on=False, available=False), memory=CUT_BEFORE).run(100)
    bench.wish("a", on=False, by_hand=True)
    bench.find("a", on=False)
    assert bench.run(300).returns() == []


def test_cutting_does_not_wait_for_the_grace() -> None:
    bench = Bench(plug("a", 2000), base=steps((0, 4500)), profile=STRICT, start_grace_s=60)
    assert bench.run(2).cuts() == [1.0]


def test_at_a_start_out_of_service_the_quarter_hour_counts_from_there() -> None:
    bench = Bench(
        plug("a", 1000, on=False), memory=CUT_BEFORE, base=steps((0, 5900)), mode=OffloadMode.OFF, profile=STRICT
    )
    assert bench.run(1000).returns() == [pytest.approx(900, abs=2)]


def test_what_was_learned_outlives_a_restart() -> None:
    bench = Bench(plug("a", 1000, declared=None), memory={"a": LoadMemory(learned_va=1000)})
    assert bench.arbiter.memory() == {"a": LoadMemory(intent=False, learned_va=1000)}
    assert three().arbiter.memory()["a"].intent is True


# Stops ----------------------------------------------------------------------------------------------------------------


def test_a_clean_stop_returns_what_fits_together() -> None:
    bench = three()
    bench.base = steps((0, 3500))
    bench.run(103)
    decision = bench.arbiter.shutdown(bench.now)
    assert [(command.load_id, command.reason) for command in decision.commands] == [
        ("c", Reason.SHUTDOWN),
        ("b", Reason.SHUTDOWN),
    ]
    assert "a" in decision.intents


def test_a_clean_stop_with_a_silent_meter_returns_nothing() -> None:
    bench = three()
    bench.mute(muted=True)
    bench.run(200)
    assert bench.arbiter.shutdown(bench.now).commands == ()


def test_the_removal_of_the_entry_returns_all_that_is_ours() -> None:
    bench = three()
    bench.wish("b", on=False, by_hand=True)
    decision = bench.arbiter.release_all(bench.now)
    assert [(command.load_id, command.reason) for command in decision.commands] == [
        ("c", Reason.RELEASED),
        ("a", Reason.RELEASED),
    ]


def test_a_load_that_changes_hands_is_not_switched_by_a_reload() -> None:
    """A reload gives the memory of one arbiter to the next."""
    before = three()
    memory = before.arbiter.memory()
    after = Bench(*(plug(name, 1000, on=False) for name in "abc"), base=steps((0, 5900)), memory=memory).run(300)
    assert after.commands == []
    after.switch("a", on=True, cause=Cause.HAND)
    assert after.run(310).off() == ["b", "c"]
