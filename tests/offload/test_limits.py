"""Limits other than the contract: fixed threshold, cap of a period, circuits, groups of which one may be on."""

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.linky_offload.offload import Action, Cause, EventType, LoadStatus, OffloadMode, Profile, Reason
from custom_components.linky_offload.offload.house import threshold_va
from custom_components.linky_offload.offload.model import Circuit, Settings

from .common import LEAD_S, Bench, Plug, plug, steps

STRICT = Profile.STRICT


def kitchen(maximum_va: float, *load_ids: str) -> Circuit:
    """A circuit over these loads."""
    return Circuit(circuit_id="kitchen", name="Kitchen", maximum_va=maximum_va, load_ids=frozenset(load_ids))


def orders(bench: Bench) -> list[tuple[str, Action]]:
    """What was ordered, without times and reasons."""
    return [(load_id, action) for load_id, action, _ in bench.reasons()]


# Threshold and cap ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "cap_va", "expected"),
    [
        pytest.param({}, None, (6000, False), id="the contract"),
        pytest.param({"adjustment_percent": -10}, None, (5400, False), id="less ten per cent"),
        pytest.param({"fixed_threshold_va": 4000}, None, (4000, False), id="a fixed threshold instead"),
        pytest.param({"fixed_threshold_va": 4000, "adjustment_percent": 50}, None, (4000, False), id="fixed is fixed"),
        pytest.param({}, 3000, (3000, True), id="a lower cap"),
        pytest.param({}, 9000, (6000, False), id="a higher cap changes nothing"),
        pytest.param({"fixed_threshold_va": 2500}, 3000, (2500, False), id="the lower of threshold and cap"),
    ],
)
def test_the_threshold_of_the_house(
    options: dict[str, float], cap_va: float | None, expected: tuple[float, bool]
) -> None:
    assert threshold_va(Settings(**options), 6000, cap_va) == expected  # type: ignore[arg-type]  # all numbers


def test_a_fixed_threshold_is_shared_by_the_phases() -> None:
    bench = Bench(
        plug("a", 1000, phases=(2,)),
        base=steps((0, (500.0, 1000.0, 500.0))),
        contract_va=12000,
        phases=3,
        profile=STRICT,
        fixed_threshold_va=4500.0,
    ).run(60)
    assert bench.cuts("a")


@pytest.mark.parametrize("profile", list(Profile))
def test_a_cap_counts_in_every_profile_and_its_end_gives_back(profile: Profile) -> None:
    bench = Bench(plug("a", 2000, measured=True), base=steps((0, 2000)), profile=profile).run(50)
    bench.take(bench.arbiter.set_cap(3000, bench.now))
    bench.run(200)
    assert bench.off() == ["a"]
    delay = 0 if profile is STRICT else 60 - LEAD_S
    assert bench.cuts("a") == [pytest.approx(50 + delay, abs=2)]
    bench.take(bench.arbiter.set_cap(None, bench.now))
    assert bench.run(220).off() == []


def test_a_cap_leaves_the_guards_alone() -> None:
    """A cap above the load changes nothing of what the meter itself demands."""
    plain, capped = (Bench(plug("a", 3000), base=steps((0, 2000), (60, 6500)), profile=Profile.METER) for _ in range(2))
    capped.take(capped.arbiter.set_cap(50_000, 0.0))
    assert plain.run(300).commands == capped.run(300).commands != []


# Circuits -------------------------------------------------------------------------------------------------------------


def test_a_circuit_that_draws_too_much_loses_its_own_loads_only() -> None:
    loads = [plug("heater", 2000), plug("oven", 2500), plug("kettle", 1500)]
    bench = Bench(*loads, contract_va=12000, circuits=(kitchen(3000, "oven", "kettle"),)).run(100)
    assert bench.reasons() == [("oven", Action.OFFLOAD, Reason.CIRCUIT)]


def test_a_load_returns_into_its_circuit_only_when_there_is_room() -> None:
    loads = [plug("oven", 2500), plug("kettle", 1500)]
    bench = Bench(*loads, contract_va=12000, circuits=(kitchen(3000, "oven", "kettle"),)).run(100)
    assert bench.report("oven").reason is Reason.CIRCUIT
    bench.wish("kettle", on=False, by_hand=True)
    bench.run(130)
    assert bench.off() == ["kettle"]
    assert orders(bench) == [("oven", Action.OFFLOAD), ("oven", Action.RESTORE)]


@pytest.mark.parametrize(
    ("second", "held"),
    [
        pytest.param(plug("b", 2000, declared=None, on=False), False, id="of unknown power: room for an ordinary one"),
        pytest.param(plug("b", 400, on=False), True, id="of known power: its own"),
    ],
)
def test_an_unknown_power_is_not_taken_for_nothing(second: Plug, held: bool) -> None:
    """Cut by the meter's need, the first may return beside the second only if their circuit bears both."""
    bench = Bench(
        plug("a", 1500),
        second,
        base=steps((0, 1000), (50, 5000), (80, 500)),
        profile=STRICT,
        circuits=(kitchen(2500, "a", "b"),),
    )
    bench.at(60, lambda: bench.switch("b", on=True, cause=Cause.HAND))
    bench.run(300)
    assert bool(bench.returns("a")) is held


def test_a_load_that_a_person_holds_stays_and_another_goes() -> None:
    loads = [plug("oven", 2500, on=False), plug("kettle", 1500)]
    bench = Bench(*loads, contract_va=12000, circuits=(kitchen(3000, "oven", "kettle"),))
    bench.at(50, lambda: bench.wish("oven", on=True, by_hand=True))
    assert bench.run(100).reasons() == [("kettle", Action.OFFLOAD, Reason.CIRCUIT)]


@settings(max_examples=30, deadline=None)
@given(powers=st.lists(st.integers(100, 3000), min_size=2, max_size=6), maximum=st.integers(200, 6000))
def test_in_the_end_no_circuit_draws_more_than_it_may(powers: list[int], maximum: int) -> None:
    loads = [plug(str(index), va) for index, va in enumerate(powers)]
    bench = Bench(*loads, contract_va=36000, circuits=(kitchen(maximum, *(one.load_id for one in loads)),)).run(300)
    drawn = sum(one.draw_va(bench.now) for one in bench.plugs.values())
    assert drawn <= maximum
    # And nothing that would still fit stays off.
    assert all(one.on or drawn + one.va > maximum for one in bench.plugs.values())


# One at a time --------------------------------------------------------------------------------------------------------

GROUP = (frozenset({"dryer", "washer"}),)


def pair(*, first: bool = True, second: bool = True, **options: object) -> tuple[Plug, Plug]:
    """A dryer, missed less, and a washer."""
    return plug("dryer", 1500, on=first, **options), plug("washer", 1000, on=second, **options)


@pytest.mark.parametrize(
    ("started", "by_hand", "cut"),
    [
        pytest.param("dryer", False, "dryer", id="the less wanted starts by itself: it must wait"),
        pytest.param("washer", False, "dryer", id="the more wanted starts: the other goes"),
        pytest.param("dryer", True, "washer", id="the less wanted starts by hand: it has it"),
    ],
)
def test_a_second_one_that_starts(started: str, by_hand: bool, cut: str) -> None:
    loads = pair(first=started != "dryer", second=started != "washer", minimum_on_s=180.0)
    bench = Bench(*loads, contract_va=12000, exclusive=GROUP)
    bench.at(400, lambda: bench.wish(started, on=True, by_hand=by_hand))
    assert bench.run(450).reasons() == [(cut, Action.OFFLOAD, Reason.EXCLUSIVE)]
    assert bench.report(cut).reason is Reason.EXCLUSIVE


def test_the_other_has_its_turn_when_the_first_is_done() -> None:
    bench = Bench(*pair(), contract_va=12000, exclusive=GROUP).run(100)
    assert bench.off() == ["dryer"]
    bench.wish("washer", on=False, by_hand=False)
    bench.run(130)
    assert bench.off() == ["washer"]


def test_one_that_is_on_and_draws_nothing_does_not_count() -> None:
    loads = pair(measured=True)
    loads[1].asks = lambda now: now > 200
    bench = Bench(*loads, contract_va=12000, exclusive=GROUP).run(199)
    assert bench.commands == []
    assert bench.run(260).reasons() == [("dryer", Action.OFFLOAD, Reason.EXCLUSIVE)]


def test_both_held_by_hand_stay() -> None:
    bench = Bench(*pair(first=False, second=False), contract_va=12000, exclusive=GROUP)
    bench.at(10, lambda: bench.wish("washer", on=True, by_hand=True))
    bench.at(20, lambda: bench.wish("dryer", on=True, by_hand=True))
    assert bench.run(100).commands == []


def test_out_of_service_nothing_of_this_counts() -> None:
    bench = Bench(*pair(), contract_va=12000, exclusive=GROUP).run(100)
    bench.take(bench.arbiter.set_mode(OffloadMode.OFF, bench.now))
    assert bench.run(150).off() == []


def test_observe_tells_of_limits_too() -> None:
    bench = Bench(*pair(), contract_va=12000, exclusive=GROUP, mode=OffloadMode.OBSERVE).run(100)
    assert bench.commands == []
    assert [(event.load_id, event.reason) for event in bench.told(EventType.OFFLOADED)] == [("dryer", Reason.EXCLUSIVE)]
    assert bench.report("dryer").status is LoadStatus.NORMAL
