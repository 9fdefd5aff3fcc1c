"""Three phases: one filter and one threshold each (design §6, tic.md §9.2)."""

import pytest

from custom_components.linky_offload.offload import EventType, LoadMemory, Profile, Reason

from .common import Bench, Plug, plug, steps

STRICT = Profile.STRICT
SECOND_OVER = steps((0, (1000.0, 1000.0, 1000.0)), (50, (1000.0, 3500.0, 1000.0)))
"""12 kVA, 4 kVA by phase: with 1 kVA of ours, phase 2 is 500 VA over from second 50."""


def house(*plugs: Plug, **options: object) -> Bench:
    """Three phases of 4 kVA."""
    settings: dict[str, object] = {"base": SECOND_OVER, "profile": STRICT, **options}
    return Bench(*plugs, contract_va=12000, phases=3, **settings)  # type: ignore[arg-type]


def test_only_loads_of_the_phase_in_need_are_cut() -> None:
    bench = house(*(plug(f"on {phase}", 1000, phases=(phase,)) for phase in (1, 2, 3))).run(200)
    assert bench.off() == ["on 2"]
    (event,) = bench.told(EventType.OFFLOADED)
    assert event.phase == 2


def test_each_load_of_a_cut_on_several_phases_is_told_with_its_own_phase_and_the_need_there() -> None:
    """Phase 1 is far over its threshold, phase 3 a little; a load of unknown phase goes for the one in greater need."""
    base = steps((0, (1000.0,) * 3), (50, (5500.0, 1000.0, 3500.0)))
    plugs = (
        plug("unknown", 500, phases=(1,), known_phases=()),
        plug("on 1", 1500, phases=(1,)),
        plug("on 3", 1000, phases=(3,)),
        plug("on all", 1500, phases=(1, 2, 3)),
    )
    bench = house(*plugs, base=base).run(55)
    told = {event.load_id: (event.phase, event.reason) for event in bench.told(EventType.OFFLOADED)}
    assert told == {
        "unknown": (1, Reason.OVER_THRESHOLD),
        "on 1": (1, Reason.OVER_THRESHOLD),
        "on 3": (3, Reason.OVER_THRESHOLD),
        "on all": (1, Reason.OVER_THRESHOLD),
    }


@pytest.mark.parametrize(
    ("over_va", "expected"),
    [
        pytest.param(400, ["heater"], id="its third is enough"),
        pytest.param(700, ["heater", "fryer"], id="its third is too little, one more goes"),
    ],
)
def test_a_three_phase_load_helps_with_its_third(over_va: float, expected: list[str]) -> None:
    """1.5 kVA on three phases is 500 VA on the one in need."""
    base = steps((0, (1000.0, 1000.0, 1000.0)), (50, (1000.0, 4000 - 500 - 300 + over_va, 1000.0)))
    heater, fryer = plug("heater", 1500, phases=(1, 2, 3)), plug("fryer", 300, phases=(2,))
    assert house(heater, fryer, base=base).run(55).off() == expected


def test_a_three_phase_load_returns_when_all_its_phases_have_room() -> None:
    heater = plug("heater", 3000, phases=(1, 2, 3))
    base = steps(
        (0, (1000.0,) * 3), (50, (1000.0, 3500.0, 1000.0)), (100, (1000.0, 1000.0, 3500.0)), (300, (1000.0,) * 3)
    )
    bench = house(heater, base=base).run(400)
    assert bench.returns() == [pytest.approx(301.5, abs=1.5)]


def test_the_whole_step_of_a_three_phase_load_is_learned() -> None:
    heater = plug("heater", 3000, phases=(1, 2, 3), declared=None, on=False)
    base = steps((0, (1000.0,) * 3))
    bench = house(heater, base=base, memory={"heater": LoadMemory(intent=True)}).run(60)
    assert bench.report("heater").learned_va == pytest.approx(3000, abs=10)


def test_a_load_of_unknown_phase_is_tried_where_the_need_is() -> None:
    bench = house(plug("a", 1000, phases=(2,), known_phases=())).run(200)
    assert bench.off() == ["a"]


def test_when_an_unknown_phase_was_the_wrong_one_the_next_load_goes() -> None:
    bench = house(plug("a", 1000, phases=(1,), known_phases=()), plug("b", 1000, phases=(2,))).run(60)
    assert bench.cuts("a")
    assert "b" in bench.off()


@pytest.mark.parametrize(
    ("third_va", "returns"),
    [
        pytest.param(3000.0, False, id="one phase has no room"),
        pytest.param(2500.0, True, id="every phase has room"),
    ],
)
def test_a_load_of_unknown_phase_returns_into_room_on_every_phase(third_va: float, returns: bool) -> None:
    base = steps((0, (1000.0,) * 3), (50, (1000.0, 3500.0, 1000.0)), (100, (1000.0, 1000.0, third_va)))
    bench = house(plug("a", 1000, phases=(2,), known_phases=(), declared=None), base=base).run(300)
    assert bool(bench.returns()) is returns


def test_a_return_on_one_phase_does_not_wait_for_one_on_another() -> None:
    base = steps((0, (1000.0,) * 3), (50, (3500.0, 3500.0, 1000.0)), (100, (1000.0,) * 3))
    bench = house(plug("on 1", 1000, phases=(1,)), plug("on 2", 1000, phases=(2,)), base=base).run(200)
    assert bench.returns("on 1") == [pytest.approx(bench.returns("on 2")[0], abs=1.5)]


def test_a_return_waits_for_one_whose_phase_nobody_knows() -> None:
    base = steps((0, (1000.0,) * 3), (50, (3500.0, 3500.0, 1000.0)), (100, (1000.0,) * 3))
    loads = plug("on 1", 1000, phases=(1,)), plug("anywhere", 1000, phases=(2,), known_phases=())
    bench = house(*loads, base=base).run(200)
    assert bench.returns("on 1")[0] - bench.returns("anywhere")[0] >= 3


def test_room_that_is_kept_for_a_load_holds_up_only_its_own_phases() -> None:
    """From second 650 on, room is kept on phase 1 for the large load; the other small one has a phase to itself."""
    base = steps(
        (0, (500.0,) * 3), (50, (3990.0, 3990.0, 500.0)), (100, (2500.0, 3990.0, 500.0)), (700, (2500.0, 500.0, 500.0))
    )
    loads = [
        plug("kept off", 300, phases=(1,), minimum_off_s=640),
        plug("elsewhere", 300, phases=(2,)),
        plug("large", 3000, phases=(1,)),
    ]
    bench = house(*loads, base=base).run(1200)
    assert bench.returns("large") == []
    assert bench.returns("kept off") == []
    assert bench.returns("elsewhere") == [pytest.approx(702, abs=2)]


def test_two_phases_in_need_are_answered_in_one_breath() -> None:
    base = steps((0, (1000.0,) * 3), (50, (3500.0, 3500.0, 1000.0)))
    loads = [plug(f"on {phase}", 1000, phases=(phase,)) for phase in (1, 2, 3)]
    bench = house(*loads, base=base).run(200)
    assert bench.off() == ["on 1", "on 2"]
    assert len(set(bench.cuts())) == 1


def test_one_load_on_both_phases_in_need_spares_two() -> None:
    base = steps((0, (1000.0,) * 3), (50, (3200.0, 3200.0, 1000.0)))
    bench = house(
        plug("on 1", 400, phases=(1,)), plug("on 2", 400, phases=(2,)), plug("both", 3000, phases=(1, 2, 3)), base=base
    ).run(55)
    assert bench.off() == ["both"]


def test_the_contract_delay_is_counted_by_phase() -> None:
    """The overload moves from one phase to another: neither lasted long enough."""
    base = steps(
        (0, (1000.0,) * 3), (50, (3500.0, 1000.0, 1000.0)), (90, (1000.0, 3500.0, 1000.0)), (140, (1000.0,) * 3)
    )
    loads = [plug(f"on {phase}", 1000, phases=(phase,)) for phase in (1, 2, 3)]
    assert house(*loads, base=base, profile=Profile.CONTRACT).run(300).commands == []


def test_the_figures_are_those_of_the_worst_phase() -> None:
    bench = house(base=steps((0, (1000.0, 3000.0, 2000.0)))).run(600)
    report = bench.arbiter.report(bench.now)
    assert report.threshold_va == 12000
    assert report.headroom_va == 1000
    assert report.load_percent == 75
    assert report.trip_margin == pytest.approx(1 - 0.75**2 / 1.69, abs=0.01)


def test_a_trip_on_one_phase_is_predicted_although_the_house_is_far_below_its_contract() -> None:
    heater = plug("a", 3500, phases=(3,), asks=lambda now: now >= 50, delay_before_s=900)
    bench = house(heater, base=steps((0, (200.0, 200.0, 3900.0))), profile=Profile.METER).run(400)
    assert bench.trips == 0
    assert [command.reason for _, command in bench.commands][:1] in ([Reason.RESERVE], [Reason.PREDICTED_TRIP])
