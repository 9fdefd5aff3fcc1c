"""Changing places: turns of the cyclic set, needier rooms, and loads that have been off for as long as they may."""

from itertools import pairwise
import json

import pytest

from custom_components.linky_offload.offload import (
    Action,
    Arbiter,
    Cause,
    EventType,
    LoadStatus,
    OffloadMode,
    Profile,
    Reason,
    Settings,
    StrategyName,
)
from custom_components.linky_offload.offload.ledger import Ledger, jain
from custom_components.linky_offload.offload.strategies import STRATEGIES

from .common import Bench, Plug, coordinator, plug, steps
from .rooms import Rooms, names, scene, track

STRICT = Profile.STRICT
CYCLIC = StrategyName.CASCADE_CYCLIC
THERMOSTAT = StrategyName.THERMOSTAT


def cyclic(*loads: Plug, base_va: float = 3500, rotation_s: float = 300.0) -> Bench:
    """A house in which one of its 1 kVA loads too many is on from second 50."""
    return Bench(
        *loads,
        coordinators=[coordinator(*loads, strategy=CYCLIC, rotation_s=rotation_s)],
        base=steps((0, 500), (50, base_va)),
        profile=STRICT,
    )


def orders(bench: Bench, *reasons: Reason) -> list[tuple[str, Action]]:
    """Orders for these reasons."""
    return [(command.load_id, command.action) for _, command in bench.commands if command.reason in reasons]


# Turns ----------------------------------------------------------------------------------------------------------------


def test_the_turn_passes_from_one_to_the_next() -> None:
    bench = cyclic(*(plug(name, 1000) for name in "abc")).run(1900)
    assert [name for name, action in orders(bench, Reason.OVER_THRESHOLD)] == ["a"]
    turns = orders(bench, Reason.TURN)
    assert turns[:6] == [
        *(("b", Action.OFFLOAD), ("a", Action.RESTORE)),
        *(("c", Action.OFFLOAD), ("b", Action.RESTORE)),
        *(("a", Action.OFFLOAD), ("c", Action.RESTORE)),
    ]
    gone = [at for at, command in bench.commands if command.action is Action.OFFLOAD]
    assert [later - earlier for earlier, later in pairwise(gone)] == pytest.approx([300] * (len(gone) - 1), abs=15)


def test_the_length_of_a_turn_is_the_persons() -> None:
    bench = cyclic(*(plug(name, 1000) for name in "abc"), rotation_s=600).run(1900)
    assert len(orders(bench, Reason.TURN)) == 2 * 3


def test_who_leaves_goes_before_who_returns_and_the_house_stays_below_its_threshold() -> None:
    bench = cyclic(*(plug(name, 1000) for name in "abc"))
    peaks: list[float] = []

    def look() -> None:
        peaks.append(sum(bench.powers()))
        bench.at(bench.now + 1.0, look)

    bench.at(60.0, look)
    bench.run(2000)
    assert len(orders(bench, Reason.TURN)) > 8
    assert max(peaks) <= 6000


def test_who_takes_no_turns_is_left_alone_by_them() -> None:
    loads = [plug("a", 1000), plug("b", 1000), plug("fixed", 1000, cyclic=False)]
    bench = cyclic(*loads).run(3000)
    assert bench.cuts("fixed") == []
    assert {name for name, _ in orders(bench, Reason.TURN)} == {"a", "b"}


def test_without_another_one_to_take_the_turn_nothing_moves() -> None:
    loads = [plug("a", 1000), plug("b", 1000, asks=lambda _now: False, measured=True), plug("c", 2000, cyclic=False)]
    bench = cyclic(*loads, base_va=3400).run(3000)
    assert orders(bench, Reason.TURN) == []


def test_what_asks_for_nothing_goes_last_and_is_back_last() -> None:
    sated = track("sated", demand=False)
    full = track("full")
    full.appetite.switched(0.0, 1000.0, 0.0)
    loads = [sated, full, track("a"), track("b"), track("fixed", cyclic=False)]
    strategy = STRATEGIES[CYCLIC]
    assert names(strategy.to_offload(loads, scene())) == ["a", "b", "fixed", "sated", "full"]
    assert names(strategy.to_restore(loads, scene())) == ["fixed", "b", "a", "full", "sated"]


@pytest.mark.parametrize(
    ("waiting", "free", "expected"),
    [
        pytest.param([("a", (1,))], [("b", (1,))], ("a", ["b"]), id="on one phase the turn passes on"),
        pytest.param([("a", (1,))], [("b", (2,))], None, id="another phase cannot relieve it"),
        pytest.param([("a", (1,))], [("b", (1, 2, 3))], ("a", ["b"]), id="one on all phases can"),
        pytest.param([("a", (1,))], [("b", ())], ("a", ["b"]), id="one of unknown phase may"),
        pytest.param(
            [("a", (1,)), ("c", (2,))],
            [("b", (2,))],
            ("c", ["b"]),
            id="nobody for the longest off: the next one's turn",
        ),
    ],
)
def test_turns_are_taken_within_a_phase(
    waiting: list[tuple[str, tuple[int, ...]]],
    free: list[tuple[str, tuple[int, ...]]],
    expected: tuple[str, list[str]] | None,
) -> None:
    away = [
        track(name, phases=phases, offloaded=True, off_since=1000.0 + place)
        for place, (name, phases) in enumerate(waiting)
    ]
    on = [track(name, phases=phases) for name, phases in free]
    ledger = Ledger(0.0)
    for moment in (1000.0, 9000.0):
        for load in (*away, *on):
            ledger.book(load, moment)
    swap = STRATEGIES[CYCLIC].swap(away, on, scene(ledger=ledger))
    assert (swap and (swap.back.load_id, names(swap.instead))) == expected


def test_each_phase_has_its_own_fairness() -> None:
    """Two loads share the burden of the first phase; the second phase is never too full, and that is not unfair."""
    loads = [plug(name, 1000, phases=(phase,)) for name, phase in (("a", 1), ("b", 1), ("c", 2), ("d", 2))]
    bench = Bench(
        *loads,
        coordinators=[coordinator(*loads, strategy=CYCLIC)],
        base=steps((0, (500.0, 500.0, 500.0)), (50, (2500.0, 500.0, 500.0))),
        phases=3,
        contract_va=12_000,
        profile=STRICT,
    ).run(4 * 3600)
    assert bench.cuts("a")
    assert bench.cuts("b")
    assert bench.cuts("c") == bench.cuts("d") == []
    assert bench.arbiter.report(bench.now).fairness["main"] == pytest.approx(1.0, abs=0.02)


def test_minimum_times_are_kept_in_turns() -> None:
    bench = cyclic(*(plug(name, 1000, minimum_off_s=700, minimum_on_s=700) for name in "abc")).run(6000)
    assert len(orders(bench, Reason.TURN)) >= 4
    for one in bench.plugs.values():
        moved = [at for at, command in bench.commands if command.load_id == one.load_id]
        assert all(later - earlier >= 700 for earlier, later in pairwise(moved))


def test_turns_share_the_burden_of_loads_of_any_size() -> None:
    """Sizes, thermostats and minimum times differ; what each misses of what it asked for does not."""
    loads = [
        plug("large", 2500, measured=True),
        plug("small", 700, measured=True),
        plug("half", 1200, measured=True, asks=lambda now: now % 1200 < 700, minimum_off_s=180),
        plug("usual", 1500, measured=True),
    ]
    bench = cyclic(*loads, base_va=1500).run(12 * 3600)
    ledger = Ledger(0.0, bench.arbiter.ledger(bench.now))
    shares = [ledger.share(name) for name in bench.plugs]
    assert min(shares) > 0
    assert (jain(shares) or 0) >= 0.95


def test_the_turn_survives_a_restart() -> None:
    loads = [plug(name, 1000) for name in "abc"]
    bench = cyclic(*loads).run(200)
    assert bench.off() == ["a"]
    kept = json.loads(json.dumps(bench.arbiter.ledger(200.0)))
    after = cyclic(*loads, base_va=3500)
    after.arbiter = Arbiter(
        Settings(profile=STRICT, start_grace_s=0),
        after.coordinators,
        mode=OffloadMode.AUTOMATIC,
        now=0.0,
        memory={},
        ledger=kept,
    )
    for one in loads:
        one.on = True
        after._see(one, Cause.FIRST)
    after.run(80)
    assert after.off() == ["b"], "a has had its turn"


# Needier rooms --------------------------------------------------------------------------------------------------------


def house(gaps: dict[str, float], *, strategy: StrategyName = THERMOSTAT, **options: float) -> Rooms:
    """Three rooms of which one has to go, from second 50."""
    loads = [plug(name, 1000, **options) for name in gaps]
    return Rooms(
        *loads,
        gaps=gaps,
        coordinators=[coordinator(*loads, strategy=strategy)],
        base=steps((0, 500), (50, 3500)),
        profile=STRICT,
    )


@pytest.mark.parametrize("strategy", [THERMOSTAT, StrategyName.LEAST_HARM])
def test_a_room_that_gets_cold_takes_the_place_of_a_warmer_one(strategy: StrategyName) -> None:
    bench = house({"a": 0.2, "b": 1.0, "c": 0.5}, strategy=strategy).run(400)
    assert bench.off() == ["a"]
    bench.gaps["a"] = 2.0
    bench.run(800)
    assert bench.off() == ["c"]
    assert orders(bench, Reason.NEEDIER) == [("c", Action.OFFLOAD), ("a", Action.RESTORE)]


def test_a_little_colder_is_no_reason_to_swap() -> None:
    bench = house({"a": 0.2, "b": 1.0, "c": 0.5}).run(400)
    bench.gaps["a"] = 0.85
    assert orders(bench.run(3000), Reason.NEEDIER) == []


def test_swaps_are_five_minutes_apart() -> None:
    bench = house({"a": 0.2, "b": 0.2, "c": 0.2}).run(100)
    for minute in range(2, 120):
        for name in "abc":
            off = not bench.plugs[name].on
            bench.gaps[name] = 3.0 if off else 0.2
        bench.run(60.0 * minute)
    swaps = [at for at, command in bench.commands if command.reason is Reason.NEEDIER and not command.urgent]
    gone = swaps[::2]
    assert len(gone) > 5
    assert all(later - earlier >= 300 for earlier, later in pairwise(gone))


# Longest off ----------------------------------------------------------------------------------------------------------


def test_room_made_by_a_swap_is_kept_until_a_slow_meter_shows_it() -> None:
    loads = [plug(name, 2000, measured=True, longest_off_s=900 if name == "a" else None) for name in ("a", "b")]
    bench = Bench(*loads, base=steps((0, -2000.0), (100, 3000.0)), cadence_s=90.0).run(2000)
    back = bench.commands[-1][1]
    assert (back.load_id, back.action, back.reason) == ("a", Action.RESTORE, Reason.LONGEST_OFF)


def test_at_its_longest_off_a_load_swaps_places() -> None:
    loads = [plug("a", 1000, longest_off_s=900), plug("b", 1000, longest_off_s=None)]
    bench = Bench(*loads, base=steps((0, 500), (50, 4500)), profile=STRICT).run(1000)
    assert orders(bench, Reason.LONGEST_OFF) == [("b", Action.OFFLOAD), ("a", Action.RESTORE)]
    assert bench.cuts("b") == [pytest.approx(bench.cuts("a")[0] + 900, abs=5)]
    assert bench.off() == ["b"]
    assert bench.told(EventType.REFUSED) == []


def test_with_nobody_to_swap_with_it_stays_off_and_that_is_told_once() -> None:
    load = plug("a", 1000, longest_off_s=900)
    bench = Bench(load, base=steps((0, 500), (50, 5500)), profile=STRICT).run(4000)
    told = bench.told(EventType.REFUSED)
    assert [(event.load_id, event.reason) for event in told] == [("a", Reason.LONGEST_OFF)]
    assert told[0].at == pytest.approx(bench.cuts("a")[0] + 900, abs=5)
    assert bench.report("a").status is LoadStatus.OFFLOADED
    assert bench.report("a").reason is Reason.LONGEST_OFF


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"last_resort": True}, id="a last resort"),
        pytest.param({"allowed": False}, id="an excluded load"),
        pytest.param({"minimum_on_s": 9999.0}, id="a load in its minimum time on"),
    ],
)
def test_nobody_is_swapped_for(options: dict[str, float]) -> None:
    loads = [plug("a", 1000, longest_off_s=900), plug("b", 1000, **options)]
    bench = Bench(*loads, base=steps((0, 500), (50, 4500)), profile=STRICT)
    bench.plugs["b"].on = True
    if "minimum_on_s" in options:
        bench.arbiter._desk.tracks["b"].on_since = 0.0
    bench.run(1500)
    assert bench.cuts("b") == []
    assert bench.off() == ["a"]
