"""How loads come back: into room that was reckoned first, one at a time (design §6.6)."""

import pytest

from custom_components.linky_offload.offload import (
    Action,
    Cause,
    EventType,
    LoadMemory,
    LoadStatus,
    OffloadMode,
    Profile,
    Reason,
)
from custom_components.linky_offload.offload.track import UNKNOWN_RETURN_VA

from .common import Bench, coordinator, plug, steps

STRICT = Profile.STRICT


def away(bench: Bench, load_id: str = "a") -> float:
    """Seconds that a load was off, from order to order."""
    return bench.returns(load_id)[0] - bench.cuts(load_id)[0]


def test_a_load_returns_as_soon_as_there_is_room() -> None:
    bench = Bench(plug("a", 2000), base=steps((0, 1000), (50, 4500), (300, 1000)), profile=STRICT).run(400)
    assert bench.returns() == [pytest.approx(301.5, abs=1)]
    assert [event.type for event in bench.events] == [
        EventType.OVERLOAD_STARTED,
        EventType.OFFLOADED,
        EventType.OVERLOAD_ENDED,
        EventType.RESTORED,
    ]


@pytest.mark.parametrize(
    ("left_va", "returns"),
    [
        pytest.param(2190, False, id="10 VA short of its power and the hysteresis"),
        pytest.param(2210, True, id="10 VA more than its power and the hysteresis"),
    ],
)
def test_room_is_the_power_of_the_load_and_a_hysteresis(left_va: float, returns: bool) -> None:
    """On 6 kVA the hysteresis is 200 VA."""
    base = steps((0, 1000), (50, 4500), (100, 6000 - left_va))
    bench = Bench(plug("a", 2000), base=base, profile=STRICT).run(400)
    assert bool(bench.returns()) is returns
    if not returns:
        assert bench.report("a").reason is Reason.NO_ROOM


def test_on_a_large_contract_the_hysteresis_is_three_per_cent() -> None:
    base = steps((0, 1000), (50, 11000), (100, 12000 - 2000 - 350))
    bench = Bench(plug("a", 2000), base=base, contract_va=12000, profile=STRICT)
    assert bench.run(400).returns() == []


@pytest.mark.parametrize(
    ("option", "value", "reason"),
    [
        pytest.param("minimum_off_s", 400.0, Reason.MINIMUM_OFF, id="minimum off, from the cut"),
        pytest.param("delay_after_s", 300.0, Reason.DELAY_AFTER, id="delay after, from the moment there is room"),
    ],
)
def test_times_to_wait(option: str, value: float, reason: Reason) -> None:
    base = steps((0, 1000), (50, 4500), (151, 1000))
    bench = Bench(plug("a", 2000, **{option: value}), base=base, profile=STRICT).run(440)
    assert bench.report("a").reason is reason
    assert bench.run(460).returns() == [pytest.approx(452, abs=2)]


def test_the_delay_after_begins_anew_when_the_room_goes() -> None:
    base = steps((0, 1000), (50, 4500), (100, 1000), (180, 4500), (200, 1000))
    bench = Bench(plug("a", 2000, delay_after_s=100), base=base, profile=STRICT).run(400)
    assert bench.returns() == [pytest.approx(302, abs=2)]


def test_the_last_that_went_is_the_first_that_returns_and_each_is_verified() -> None:
    loads = [plug(name, 1000) for name in "abc"]
    bench = Bench(*loads, base=steps((0, 1000), (50, 5900), (100, 1000)), profile=STRICT).run(104)
    assert bench.report("a").reason is Reason.VERIFYING
    assert bench.report("c").status is LoadStatus.RECOVERING
    bench.run(400)
    returned = [command.load_id for _, command in bench.commands if command.action is Action.RESTORE]
    assert returned == ["c", "b", "a"]


@pytest.mark.parametrize(
    ("asks", "waits_s"),
    [
        pytest.param(True, (3, 6), id="its order and the next samples"),
        pytest.param(False, (10, 12), id="ten seconds where it draws nothing, since it may start late"),
    ],
)
def test_a_return_is_verified_until_the_meter_shows_it(asks: bool, waits_s: tuple[float, float]) -> None:
    loads = [plug("a", 1000), plug("b", 1000, asks=lambda now: asks or now < 90)]
    bench = Bench(*loads, base=steps((0, 1000), (50, 5900), (100, 1000)), profile=STRICT).run(200)
    least, most = waits_s
    assert least <= bench.returns("a")[0] - bench.returns("b")[0] <= most


def test_a_thermostat_that_comes_on_holds_a_return_back_until_the_meter_shows_it() -> None:
    other = plug("other", 500, measured=True, asks=lambda now: now >= 99, allowed=False)
    bench = Bench(plug("a", 2000), other, base=steps((0, 1000), (50, 4500), (100, 1000)), profile=STRICT).run(200)
    assert bench.returns("a") == [pytest.approx(103, abs=1.5)]


@pytest.mark.parametrize("ranks", [(1, 2), (1, 1)], ids=["by rank", "of one rank, as listed"])
def test_coordinators_return_in_reverse_too(ranks: tuple[int, int]) -> None:
    a, b = plug("a", 2000), plug("b", 2000)
    bench = Bench(
        a,
        b,
        coordinators=[coordinator(a, name="one", rank=ranks[0]), coordinator(b, name="two", rank=ranks[1])],
        base=steps((0, 1000), (50, 5900), (100, 1000)),
        profile=STRICT,
    ).run(300)
    assert [command.load_id for _, command in bench.commands] == ["a", "b", "b", "a"]


def test_a_load_that_fits_passes_one_that_does_not_until_room_is_kept() -> None:
    """After ten minutes without room the smaller ones wait for the larger; ten minutes later they may again."""
    loads = [plug("small", 500, delay_after_s=900), plug("tiny", 400), plug("large", 3000)]
    base = steps((0, 1500), (50, 5990), (100, 4500))
    bench = Bench(*loads, base=base, profile=STRICT).run(650)
    assert bench.returns("tiny")
    assert bench.returns("large") == []
    assert bench.run(1110).returns("small") == []
    assert bench.report("small").reason is Reason.NO_ROOM
    assert bench.run(1400).returns("small") == [pytest.approx(52 + 1200, abs=60)]


def test_a_load_that_can_never_fit_does_not_keep_the_others_off() -> None:
    loads = [plug("small", 500, minimum_off_s=700), plug("huge", 5900)]
    bench = Bench(*loads, base=steps((0, 10), (50, 5800), (100, 200)), profile=STRICT).run(2000)
    assert bench.returns("small")
    assert bench.returns("huge") == []


def companion(**options: float) -> Bench:
    """A 500 VA load whose return brings 3.5 kVA more some seconds later, as a pump brings its heater."""
    a = plug("a", 500, **options)
    changed = [True, 0.0]

    def base(now: float) -> tuple[float, ...]:
        if changed[0] is not a.on:
            changed[:] = [a.on, now]
        settled = now - changed[1] > 8
        follows = a.on if settled else not a.on
        return (2500.0 + (3500.0 if follows and now > 50 else 0.0),)

    return Bench(a, base=base, profile=STRICT)


def test_a_relapse_is_told_and_waits_longer_each_time() -> None:
    bench = companion(minimum_off_s=60).run(1200)
    offs, ons = bench.cuts("a"), bench.returns("a")
    waits = [on - off for off, on in zip(offs, ons, strict=False)]
    assert waits[:4] == [pytest.approx(60 * 2**n, abs=2) for n in range(4)]
    assert len(bench.told(EventType.RELAPSE)) == len(offs) - 1
    assert bench.report("a").reason is Reason.BACK_OFF


def test_a_load_without_minimum_off_backs_off_as_well() -> None:
    assert len(companion().run(1200).cuts("a")) <= 6


@pytest.mark.parametrize(
    ("free_va", "returns"),
    [
        pytest.param(UNKNOWN_RETURN_VA + 150, False, id="too little for an ordinary load"),
        pytest.param(UNKNOWN_RETURN_VA + 250, True, id="enough for an ordinary load"),
    ],
)
def test_a_load_of_which_nothing_is_known_gets_room_for_an_ordinary_one(free_va: float, returns: bool) -> None:
    """Cut before a restart, its power was never learned."""
    load = plug("a", 900, declared=None, on=False)
    bench = Bench(load, base=steps((0, 6000 - free_va)), memory={"a": LoadMemory(intent=True)}).run(100)
    assert bool(bench.returns()) is returns


def test_a_step_that_others_made_with_it_is_not_believed_for_ever() -> None:
    """The oven goes off in the second of the cut, so the load seems to be of 5 kVA, for which there is never room."""
    load = plug("a", 1000, declared=None)
    bench = Bench(load, base=steps((0, 1000), (50, 5500), (52.5, 1500)), profile=STRICT).run(1500)
    assert bench.report("a").learned_va == pytest.approx(5000)
    assert bench.report("a").reason is Reason.NO_ROOM
    assert bench.run(2000).off() == []
    assert bench.report("a").learned_va == pytest.approx(1000)


def test_a_declared_power_is_not_learned_over() -> None:
    load = plug("a", 1000, declared=1200)
    bench = Bench(load, base=steps((0, 1000), (50, 5500), (52.5, 1500)), profile=STRICT).run(100)
    assert bench.off() == []
    assert bench.report("a").power_va == 1200


def test_the_step_of_a_return_is_learned() -> None:
    load = plug("a", 900, declared=None, on=False)
    bench = Bench(load, base=steps((0, 1000)), memory={"a": LoadMemory(intent=True)}).run(100)
    assert bench.report("a").learned_va == pytest.approx(900)
    assert bench.arbiter.memory()["a"] == LoadMemory(intent=False, learned_va=900)


def test_a_load_someone_starts_takes_the_room_of_one_that_waits() -> None:
    """Two loads and one room: the one that a person starts has it, the other must not be given it as well."""
    bench = Bench(
        plug("a", 2000, minimum_off_s=200),
        plug("b", 2000, on=False),
        base=steps((0, 1000), (50, 4500), (251.4, 3500)),
        profile=STRICT,
    )
    bench.at(251.8, lambda: bench.switch("b", on=True, cause=Cause.HAND))
    bench.run(400)
    assert bench.returns("a") == []
    assert len(bench.told(EventType.OVERLOAD_STARTED)) == 1


def test_a_return_that_is_not_obeyed_is_tried_again() -> None:
    bench = Bench(plug("a", 2000), base=steps((0, 1000), (50, 4500), (100, 1000)), profile=STRICT).run(99)
    bench.plugs["a"].deaf = True
    bench.run(120)
    assert bench.report("a").status is LoadStatus.SUSPECT
    assert bench.intents[-1][1] == {"a"}
    bench.plugs["a"].deaf = False
    assert bench.run(250).off() == []
    assert len(bench.told(EventType.SUSPECT)) == 1


def test_a_hot_filter_keeps_loads_off() -> None:
    """Right after a near trip, under the meter profile, a return must not wake the reserve."""
    heater = plug("a", 4500, asks=lambda now: now >= 50)
    bench = Bench(heater, plug("b", 2000), base=steps((0, 2500), (300, 600)), profile=Profile.METER).run(1500)
    assert bench.trips == 0
    assert bench.off() == []
    assert bench.told(EventType.RELAPSE) == []


def test_out_of_service_nothing_waits_for_minimum_off() -> None:
    base = steps((0, 1000), (50, 4500), (100, 1000))
    bench = Bench(plug("a", 2000, minimum_off_s=3000), base=base, profile=STRICT).run(200)
    bench.take(bench.arbiter.set_mode(OffloadMode.OFF, bench.now))
    assert away(bench) == pytest.approx(150, abs=2)
