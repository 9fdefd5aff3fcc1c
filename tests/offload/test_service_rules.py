"""What a person tells of a load: never, not now, last of all, after a while."""

import pytest

from custom_components.linky_offload.offload import Cause, LoadStatus, LoadView, Profile, Reason
from custom_components.linky_offload.offload.cutting import protected

from .common import Bench, Plug, coordinator, plug, reading, steps
from .rooms import track

STRICT = Profile.STRICT


def overloaded(*loads: Plug) -> Bench:
    """A house that needs 500 VA less from second 50."""
    return Bench(*loads, base=steps((0, 500), (50, 6500 - sum(load.va for load in loads))), profile=STRICT)


def test_a_load_that_is_not_allowed_is_never_cut_not_even_before_a_trip() -> None:
    loads = [plug("a", 3000, allowed=False), plug("b", 1000)]
    bench = Bench(*loads, base=steps((0, 500), (50, 7000)), profile=STRICT).run(120)
    assert bench.cuts("a") == []
    assert bench.cuts("b")
    assert bench.report("a").status is LoadStatus.NORMAL
    assert bench.report("a").reason is Reason.EXCLUDED


def test_a_load_that_is_taken_out_while_cut_is_given_back() -> None:
    load = plug("a", 1000)
    bench = overloaded(load).run(100)
    assert bench.off() == ["a"]
    load.settings = plug("a", 1000, allowed=False).settings
    bench.take(bench.arbiter.configure(bench.settings, [coordinator(load)], bench.now))
    bench.run(1100)
    assert bench.off() == []


def test_the_last_resort_goes_after_everything_else_of_every_coordinator() -> None:
    a, b, c = plug("a", 1000, last_resort=True), plug("b", 1000), plug("c", 1000)
    bench = Bench(
        *(a, b, c),
        coordinators=[coordinator(a, b, name="first", rank=1), coordinator(c, name="second", rank=2)],
        base=steps((0, 500), (50, 3500), (100, 4500), (150, 5500)),
        profile=STRICT,
    ).run(200)
    assert [command.load_id for _, command in bench.commands] == ["b", "c", "a"]


@pytest.mark.parametrize(
    ("spans", "minute", "expected"),
    [
        pytest.param(((360, 480),), 360, True, id="from its first minute"),
        pytest.param(((360, 480),), 480, False, id="to before its last"),
        pytest.param(((1320, 360),), 1400, True, id="over midnight, before it"),
        pytest.param(((1320, 360),), 10, True, id="over midnight, after it"),
        pytest.param(((1320, 360),), 720, False, id="over midnight, at noon"),
        pytest.param(((0, 60), (120, 180)), 150, True, id="the second of two"),
        pytest.param(((360, 480),), None, False, id="while nobody knows the hour"),
    ],
)
def test_protected_hours(spans: tuple[tuple[int, int], ...], minute: int | None, expected: bool) -> None:
    assert protected(track("a", protected=spans), minute) is expected


def test_in_its_protected_hours_only_a_predicted_trip_takes_a_load() -> None:
    bench = overloaded(plug("a", 1000, protected=((600, 660),)))
    bench.arbiter.observe(reading(0.0, [500]), 0.0, minute=610)
    bench.run(100)
    assert bench.cuts() == []
    assert bench.report("a").reason is Reason.PROTECTED
    bench.base = steps((0, 8000))
    bench.run(300)
    assert [reason for _, _, reason in bench.reasons()] == [Reason.PREDICTED_TRIP]


def test_the_random_part_of_a_delay_is_drawn_anew_for_each_cut() -> None:
    base = steps((0, 500), *((at + shift, va) for at in range(50, 6000, 1000) for shift, va in ((0, 6500), (100, 500))))
    bench = Bench(plug("a", 1000, random_after_s=300), base=base, profile=STRICT).run(6500)
    waits = [on - (off + 100) for off, on in zip(bench.cuts(), bench.returns(), strict=True)]
    assert len(waits) == 6
    assert all(-5 <= wait <= 310 for wait in waits)
    assert len({round(wait) for wait in waits}) > 3


def test_the_same_seed_draws_the_same_delays() -> None:
    first, second = (overloaded(plug("a", 1000, random_after_s=300)).run(100) for _ in range(2))
    drawn = [bench.arbiter._desk.tracks["a"].waits_more_s for bench in (first, second)]
    assert drawn[0] == drawn[1] > 0


def test_a_view_tells_gap_and_demand() -> None:
    bench = Bench(plug("a", 1000))
    view = LoadView(load_id="a", available=True, on=True, gap_k=1.5, demand=True)
    bench.take(bench.arbiter.see_load(view, Cause.MEASURE, 1.0))
    assert bench.report("a").gap_k == 1.5


def test_in_strict_order_no_smaller_load_passes_one_that_waits() -> None:
    base = steps((0, 1500), (50, 5990), (100, 4500))
    for strict_order in (False, True):
        loads = [plug("small", 500), plug("large", 3000)]
        bench = Bench(*loads, base=base, profile=STRICT, strict_order=strict_order).run(300)
        assert bool(bench.returns("small")) is not strict_order


@pytest.mark.parametrize(
    ("demand", "cut"),
    [
        pytest.param(False, ["b"], id="its thermostat rests: cutting it would free nothing"),
        pytest.param(True, ["a"], id="its thermostat asks"),
        pytest.param(None, ["a"], id="nobody knows"),
    ],
)
def test_without_a_sensor_a_loads_own_control_tells_whether_it_draws(demand: bool | None, cut: list[str]) -> None:
    bench = overloaded(plug("a", 1000), plug("b", 1000))
    view = LoadView(load_id="a", available=True, on=True, demand=demand)
    bench.at(49.0, lambda: bench.take(bench.arbiter.see_load(view, Cause.MEASURE, 49.0)))
    assert [load_id for load_id, _, _ in bench.run(55).reasons()] == cut
