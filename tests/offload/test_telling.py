"""What leaves the arbiter beside commands: the journal, events with their figures, the report, and the next look."""

from itertools import pairwise
import math

import pytest

from custom_components.linky_offload.offload import Cause, EventType, LoadStatus, OffloadMode, Profile, Reason, Settings

from .common import Bench, coordinator, plug, reading, steps

STRICT = Profile.STRICT


# The journal ----------------------------------------------------------------------------------------------------------


def test_what_an_overload_may_cost_is_in_the_journal_as_soon_as_it_begins() -> None:
    bench = Bench(plug("a", 1000), plug("b", 1000), plug("c", 1000), base=steps((0, 1000), (50, 4500)))
    bench.run(60)
    assert bench.commands == []
    assert bench.intents == [(0.0, frozenset()), (52.0, frozenset("ab"))]
    assert [bench.report(load_id).status for load_id in "abc"] == [
        LoadStatus.WAITING,
        LoadStatus.WAITING,
        LoadStatus.NORMAL,
    ]


def test_a_forgiven_overload_leaves_nothing_in_the_journal() -> None:
    bench = Bench(plug("a", 1000), base=steps((0, 1000), (50, 5500), (80, 1000))).run(120)
    assert bench.intents[-1][1] == frozenset()


def test_a_cut_load_is_in_the_journal_until_its_return_is_confirmed() -> None:
    bench = Bench(plug("a", 2000), base=steps((0, 1000), (50, 4500), (100, 1000)), profile=STRICT).run(99)
    bench.plugs["a"].latency_s = 5
    bench.run(200)
    (ordered,) = bench.returns()
    emptied = [at for at, intents in bench.intents if at > 60 and not intents]
    assert emptied == [ordered + 5]


def test_observe_mode_writes_no_intent() -> None:
    bench = Bench(plug("a", 2000), base=steps((0, 4500)), mode=OffloadMode.OBSERVE).run(100)
    assert {intents for _, intents in bench.intents} == {frozenset()}


# Events ---------------------------------------------------------------------------------------------------------------


def test_events_carry_the_figures_of_their_moment() -> None:
    bench = Bench(plug("a", 2000), base=steps((0, 1000), (100, 7000)), profile=STRICT).run(110)
    started, cut = bench.told(EventType.OVERLOAD_STARTED, EventType.OFFLOADED)
    assert (started.va, started.phase, started.at) == (3000, 1, cut.at)
    assert (cut.load_id, cut.coordinator_id, cut.reason) == ("a", "main", Reason.OVER_THRESHOLD)
    assert (cut.va, cut.phase, cut.observed) == (2000, 1, False)
    assert cut.trip_margin == pytest.approx(1 - 0.25 / 1.69, abs=0.02)
    assert cut.seconds_to_trip == pytest.approx(math.log((2.25 - 0.25) / (2.25 - 1.69)) / 0.008032, abs=3)


def test_a_harmless_moment_has_no_trip_in_sight() -> None:
    bench = Bench(plug("a", 2000), base=steps((0, 1000), (100, 4500)), profile=STRICT).run(110)
    assert {event.seconds_to_trip for event in bench.events} == {math.inf}


def test_an_overload_ends_when_the_meter_shows_it_not_when_an_order_leaves() -> None:
    bench = Bench(plug("a", 2000, latency_s=8), base=steps((0, 1000), (50, 4500)), profile=STRICT).run(100)
    (ended,) = bench.told(EventType.OVERLOAD_ENDED)
    assert ended.at >= bench.cuts()[0] + 8


def test_a_load_on_the_edge_of_its_contract_does_not_flood_the_logbook() -> None:
    """Up and down by 100 VA around the threshold every three seconds."""
    edge = steps((0, 1000), *((50 + 3 * n, 5950.0 if n % 2 else 6050.0) for n in range(100)))
    bench = Bench(base=edge).run(340)
    assert len(bench.told(EventType.OVERLOAD_STARTED)) == 1


def test_the_word_of_the_meter_is_an_overload_too() -> None:
    """STGE bit 7 or ADPS: the meter judges by amperes."""
    bench = Bench(plug("a", 2000))
    bench.take(bench.arbiter.observe(reading(0.5, [5900.0], over_reference=True), 0.5))
    assert [event.type for event in bench.events] == [EventType.OVERLOAD_STARTED]
    assert bench.commands == []


def test_the_word_of_the_meter_does_not_count_against_another_threshold() -> None:
    bench = Bench(plug("a", 2000), adjustment_percent=10)
    bench.take(bench.arbiter.observe(reading(0.5, [5900.0], over_reference=True), 0.5))
    assert bench.events == []


def test_when_nothing_can_be_cut_it_is_told_once_in_an_overload() -> None:
    bench = Bench(
        plug("a", 2000, on=False), base=steps((0, 1000), (50, 6500), (200, 1000), (300, 6500)), profile=STRICT
    )
    bench.run(250)
    (refused,) = bench.told(EventType.REFUSED)
    assert (refused.reason, refused.va, refused.phase) == (Reason.OVER_THRESHOLD, 500, 1)
    assert len(bench.run(400).told(EventType.REFUSED)) == 2


# The report -----------------------------------------------------------------------------------------------------------


def test_the_report_before_the_first_sample_knows_nothing() -> None:
    bench = Bench(plug("a", 2000))
    report = bench.arbiter.report(0.0)
    assert (report.overload, report.threshold_va, report.headroom_va, report.load_percent) == (None,) * 4
    assert (report.trip_margin, report.seconds_to_trip) == (None, None)


def test_the_report_of_a_house_at_work() -> None:
    a, b, c = plug("a", 1000), plug("b", 1500, measured=True), plug("c", 800)
    bench = Bench(
        a,
        b,
        c,
        coordinators=[coordinator(a, c, name="one"), coordinator(b, name="two", rank=2)],
        base=steps((0, 1000), (50, 3400)),
        profile=STRICT,
        adjustment_percent=-5,
    ).run(60)
    report = bench.arbiter.report(bench.now)
    assert bench.off() == ["a"]
    assert report.threshold_va == pytest.approx(5700)
    assert report.headroom_va == pytest.approx(0)
    assert report.load_percent == pytest.approx(100)
    assert report.offloaded_va == {"one": 1000, "two": 0}
    assert report.next_load == {"one": "c", "two": "b"}
    assert report.loads["b"].power_va == 1500
    assert (report.loads["a"].status, report.loads["a"].reason) == (LoadStatus.OFFLOADED, Reason.NO_ROOM)
    assert report.loads["a"].coordinator_id == "one"


@pytest.mark.parametrize(
    ("spoil", "status"),
    [
        pytest.param(lambda bench: bench.lose("a"), LoadStatus.UNAVAILABLE, id="unavailable"),
        pytest.param(lambda bench: bench.wish("a", on=True, by_hand=True), LoadStatus.HELD, id="held by a person"),
        pytest.param(lambda bench: bench.wish("a", on=False, by_hand=True), LoadStatus.NORMAL, id="switched off"),
    ],
)
def test_who_is_next_is_one_that_can_go(spoil: object, status: LoadStatus) -> None:
    bench = Bench(plug("a", 1000), plug("b", 1000)).run(10)
    assert bench.arbiter.report(bench.now).next_load == {"main": "a"}
    spoil(bench)  # type: ignore[operator]
    bench.run(20)
    report = bench.arbiter.report(bench.now)
    assert report.next_load == {"main": "b"}
    assert report.loads["a"].status is status


def test_since_is_the_moment_of_the_status() -> None:
    bench = Bench(plug("a", 2000), base=steps((0, 1000), (50, 4500)), profile=STRICT).run(300)
    assert bench.report("a").since == bench.cuts()[0]


# The next look --------------------------------------------------------------------------------------------------------


def test_a_calm_house_is_never_woken() -> None:
    bench = Bench(plug("a", 1000)).run(300)
    assert bench.ticks == []


def test_a_house_at_work_is_woken_while_the_meter_is_silent_and_else_looks_when_it_speaks() -> None:
    bench = Bench(plug("a", 2000), plug("b", 500), base=steps((0, 1000), (50, 4500)), profile=STRICT).run(70)
    bench.ticks.clear()
    assert bench.run(150).ticks == []
    bench.mute(muted=True)
    bench.run(400)
    assert bench.ticks
    assert all(later - earlier >= 1.999 for earlier, later in pairwise(bench.ticks))


def test_a_due_time_is_kept_between_two_slow_samples() -> None:
    """A meter that speaks every minute: the delay of 20 s runs out in between."""
    bench = Bench(
        plug("a", 2000, measured=True), base=steps((0, 1000), (50, 4100)), cadence_s=60, contract_delay_s=20
    ).run(200)
    assert bench.cuts() == [61 + 20 - 10]


def test_doors_that_find_nothing_to_do_say_so() -> None:
    bench = Bench(plug("a", 1000)).run(10)
    for decision in (
        bench.arbiter.tick(10.0),
        bench.arbiter.set_degraded(False, 10.0),
        bench.arbiter.configure(Settings(), bench.coordinators, 10.0),
        bench.arbiter.shutdown(10.0),
        bench.arbiter.release_all(10.0),
    ):
        assert (decision.commands, decision.events, decision.intents, decision.next_at) == ((), (), frozenset(), None)


def test_a_view_of_an_unknown_load_is_ignored() -> None:
    bench = Bench(plug("a", 1000))
    other = plug("b", 1000)
    bench.plugs["b"] = other
    bench.switch("b", on=False, cause=Cause.HAND)
    assert bench.commands == []
