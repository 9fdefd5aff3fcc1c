"""The offline optimum: what is stored can be had and is of these houses, and the programme behind it is right."""

from dataclasses import replace
from itertools import accumulate, product
import json
from pathlib import Path
import shutil

import pytest

from benchmarks.closed_loop import optimum as store, optimum_plan
from benchmarks.closed_loop.appliances import ChargeSpec, HeaterSpec, TankSpec
from benchmarks.closed_loop.conditions import Conditions
from benchmarks.closed_loop.controller import LoadFacts, LoadKind
from benchmarks.closed_loop.household import Household, household
from benchmarks.closed_loop.optimum_anneal import anneal
from benchmarks.closed_loop.optimum_milp import Solution, solve
from benchmarks.closed_loop.optimum_paths import MINIMUM_OFF, MINUTE_S, Paths, followed, paths_of
from benchmarks.closed_loop.optimum_plan import Planner
from benchmarks.closed_loop.optimum_replay import live_through
from benchmarks.closed_loop.optimum_window import SPACING, TRIP_LIMIT, Way, Window, looks_of, parts_of, square_of
from benchmarks.closed_loop.plant import FILTER_B, Plant
from benchmarks.closed_loop.rules.none import Nothing
from benchmarks.closed_loop.weather import Weather

from .common import house_of, steady_load

LIMIT = TRIP_LIMIT**2


# What is stored ------------------------------------------------------------------------------------------------------


def test_the_days_cover_contracts_phases_and_kinds_of_winter() -> None:
    profiles = [household(seed).profile for seed in store.SEEDS]
    assert len(profiles) == 6
    assert {profile.phases for profile in profiles} == {1, 3}
    assert {profile.season.value for profile in profiles} == {"winter"}
    assert len({profile.contract_kva for profile in profiles}) >= 3
    assert len({profile.heating for profile in profiles}) >= 2


@pytest.mark.parametrize("seed", store.SEEDS)
def test_a_stored_plan_can_be_had_in_the_plant(seed: int) -> None:
    house = household(seed)
    stored = store.stored_days()[seed]
    assert stored.digest == store.digest_of(house)
    day = store.replay(stored)
    assert day.trips == ()
    assert store.unserved_vah(day) == pytest.approx(stored.unserved_vah, abs=store.SAME_VAH)
    free = Plant(house, Nothing(house.facts), Conditions()).run()
    assert len(free.trips) >= 5
    assert store.unserved_vah(free) > stored.unserved_vah


@pytest.mark.parametrize("seed", store.SEEDS)
def test_the_programmes_of_a_day_are_solved_to_a_tenth(seed: int) -> None:
    stored = store.stored_days()[seed]
    assert 0 <= stored.bound_vah <= stored.programme_vah
    assert stored.gap <= 0.1


@pytest.mark.parametrize("seed", store.SEEDS)
def test_no_plug_is_off_for_less_than_its_minimum_time(seed: int) -> None:
    for spans in store.stored_days()[seed].off.values():
        assert all(last - first + 1 >= MINIMUM_OFF for first, last in spans)


def test_the_optimum_of_another_house_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copied = tmp_path / "optimum.json"
    shutil.copy(store.STORE, copied)
    monkeypatch.setattr(store, "STORE", copied)
    assert set(store.optimum()) == set(store.SEEDS)
    days = json.loads(copied.read_text())
    days[0]["digest"] = "0" * 64
    copied.write_text(json.dumps(days))
    with pytest.raises(store.StaleError):
        store.optimum()
    copied.unlink()
    with pytest.raises(store.StaleError):
        store.optimum()


HOUSE = house_of([[100.0] * 60], [steady_load("load", 1000.0)])


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(replace(HOUSE, contract_va=9000.0), id="another contract"),
        pytest.param(house_of([[100.0] * 59 + [100.1]], [steady_load("load", 1000.0)]), id="one second of the base"),
        pytest.param(house_of([[100.0] * 60], [steady_load("load", 1000.1)]), id="another load"),
    ],
)
def test_the_hash_tells_houses_apart(other: Household) -> None:
    assert store.digest_of(other) != store.digest_of(HOUSE)


def test_the_hash_does_not_look_at_comments() -> None:
    code = 'def one() -> int:\n    """Say one."""\n    return 1\n'
    assert store.bare(code) == store.bare("def one() -> int:\n    return (1)  # indeed\n")
    assert store.bare(code) != store.bare(code.replace("1", "2"))


# What a load can do --------------------------------------------------------------------------------------------------


def facts(kind: LoadKind) -> LoadFacts:
    return LoadFacts(
        load_id=kind.value,
        kind=kind,
        phases=(1,),
        nameplate_va=1000.0,
        declared_va=None,
        measured=True,
        has_room=kind is LoadKind.HEATER,
    )


CHARGE = ChargeSpec(facts=facts(LoadKind.CAR), va=1000.0, phases=(1,), arrives_s=0, needs_s=240, leaves_s=0)
HEATER = HeaterSpec(
    facts=facts(LoadKind.HEATER),
    va=1000.0,
    phases=(1,),
    heat_w=1000.0,
    loss_w_k=25.0,
    capacity_j_k=1_250_000.0,
    gains_w=0.0,
    targets=((0, 20.0),),
    weather=Weather(0.0, 0.0, 0.0),
    start_c=19.85,
)
TANK = TankSpec(
    facts=facts(LoadKind.TANK),
    va=1000.0,
    phases=(1,),
    litres=100.0,
    draws=(),
    fed_hours=((0.0, 0.1),),
    start_c=40.0,
)


def walk(paths: Paths, off: bytearray) -> tuple[list[float], float]:
    """Return the share of each minute that a load draws, and the seconds withheld, with its plug off as told."""
    shares, withheld, place = [], 0.0, 0
    for layer, is_off in zip(paths, off, strict=True):
        arc = layer[place].off if is_off else layer[place].on
        assert arc is not None
        shares.append(arc.share)
        withheld += arc.withheld_s
        place = arc.to
    return shares, withheld


@pytest.mark.parametrize("off_at", [0, 2, 9])
@pytest.mark.parametrize("spec", [CHARGE, HEATER, TANK], ids=["charge", "heater", "tank"])
def test_a_graph_does_what_the_plant_does(spec: ChargeSpec | HeaterSpec | TankSpec, off_at: int) -> None:
    minutes = 30
    house = house_of([[0.0] * (minutes * MINUTE_S)], [spec], contract_va=9000.0)
    live = spec.live()
    live.step(0, 0.0)
    paths = paths_of(live, 0, minutes, most_s=3600.0)
    wishes = bytearray(minutes)
    wishes[off_at : off_at + MINIMUM_OFF] = b"\x01" * MINIMUM_OFF
    off = followed(paths, wishes)
    shares, withheld_s = walk(paths, off)
    day = live_through(house, {spec.load_id: {minute for minute, is_off in enumerate(off) if is_off}})
    # The plug takes up to three seconds to obey, each way.
    assert day.outlets[0].withheld_s == pytest.approx(withheld_s, abs=6.0)
    drawn = [sum(day.import_va[0][m * MINUTE_S : (m + 1) * MINUTE_S]) / MINUTE_S / 1000.0 for m in range(minutes)]
    # Of a room the graph knows how long it waited in all, but not when: it may come back a minute early or late.
    assert list(accumulate(drawn)) == pytest.approx(list(accumulate(shares)), abs=1.0 if spec is HEATER else 0.21)


def test_a_programme_that_waited_ends_later() -> None:
    live = CHARGE.live()
    live.step(0, 0.0)
    paths = paths_of(live, 0, 10, most_s=3600.0)
    none, some = bytearray(10), bytearray(10)
    some[1] = 1
    assert walk(paths, followed(paths, none)) == ([1, 1, 1, 1, 0, 0, 0, 0, 0, 0], 0.0)
    assert walk(paths, followed(paths, some)) == ([1, 0, 0, 0, 1, 1, 1, 0, 0, 0], 180.0)


def test_a_plug_that_is_off_keeps_its_minimum_time_over_the_seam_of_windows() -> None:
    live = CHARGE.live()
    live.step(0, 0.0)
    for off, left in ((0, 0), (1, 2), (2, 1), (3, 0)):
        paths = paths_of(live, 0, 5, most_s=3600.0, off=off)
        assert list(followed(paths, bytearray(5))) == [1] * left + [0] * (5 - left)


def test_a_load_that_asks_throughout_is_a_chain() -> None:
    live = steady_load("load", 1000.0).live()
    live.step(10, 0.0)
    paths = paths_of(live, 60, 20, most_s=3600.0)
    # On, off for one minute, for two, and for as long as it has to.
    assert max(len(layer) for layer in paths) == MINIMUM_OFF + 1


# The programme of a window -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("power", [0.0, 0.049, 0.05, 0.3, 0.77, 1.25, 2.01])
def test_a_square_is_never_too_low_and_hardly_too_high(power: float) -> None:
    assert power**2 - 1e-12 <= square_of(power) <= power**2 + SPACING**2 / 4 + 1e-12


def test_the_looks_are_the_filter_of_the_meter() -> None:
    base = [0.2 + 0.01 * (second % 37) for second in range(60)]
    y = state = 0.8
    for second, value in enumerate(base, 1):
        state += FILTER_B * ((value + 0.9) ** 2 - state)
        if second == 60:
            look = looks_of(base)[0][-1]
            assert look.decay * y + look.square * 0.9**2 + look.linear * 0.9 + look.fixed == pytest.approx(state)


def small_window(minutes: int = 12) -> Window:
    """Two programmes of different length beside a base that leaves room for one of them after a while."""
    ways = []
    for load_id, va, needs_s in (("long", 3000.0, 540), ("short", 2000.0, 300)):
        spec = replace(CHARGE, va=va, needs_s=needs_s, facts=replace(CHARGE.facts, load_id=load_id))
        live = spec.live()
        live.step(0, 0.0)
        paths = paths_of(live, 0, minutes, most_s=3600.0)
        ways.append(Way(load_id=load_id, va=va, phase_share=va / 6000.0, phases=(0,), paths=paths))
    return Window(ways=ways, looks=[looks_of([0.75] * (minutes * MINUTE_S))], y=[0.9], limit=LIMIT)


def least_by_trying(window: Window) -> float:
    """Try every wish for both loads."""
    costs: dict[bytes, tuple[float, list[float]]] = {}
    schedules = []
    for way in window.ways:
        costs = {}
        for wishes in product((0, 1), repeat=window.minutes):
            off = followed(way.paths, wishes)
            if bytes(off) not in costs:
                shares, withheld_s = walk(way.paths, off)
                costs[bytes(off)] = way.va * withheld_s / 3600, [way.phase_share * share for share in shares]
        schedules.append(list(costs.values()))
    least = float("inf")
    for one, other in product(*schedules):
        if one[0] + other[0] < least and stays_closed(window, [a + b for a, b in zip(one[1], other[1], strict=True)]):
            least = one[0] + other[0]
    return least


def stays_closed(window: Window, powers: list[float]) -> bool:
    y = window.y[0]
    for looks, power in zip(window.looks[0], powers, strict=True):
        states = [look.decay * y + look.square * square_of(power) + look.linear * power + look.fixed for look in looks]
        if max(states) > window.limit + 1e-9:
            return False
        y = states[-1]
    return True


def solved(window: Window) -> Solution:
    start = anneal(window, rounds=3000, seed=1)
    assert start is not None
    solution = solve(window, start[0], gap=0.0, seconds=60.0)
    assert solution is not None
    return solution


def test_the_solver_finds_the_least_of_all_schedules() -> None:
    window = small_window()
    least = least_by_trying(window)
    solution = solved(window)
    assert least > 0
    assert solution.unserved_vah == pytest.approx(least, abs=1e-3)
    assert solution.bound_vah == pytest.approx(least, abs=1e-3)


def test_its_schedule_is_worth_what_it_says_and_keeps_the_meter_closed() -> None:
    window = small_window()
    solution = solved(window)
    worth, powers = 0.0, [0.0] * window.minutes
    for way, off in zip(window.ways, solution.off, strict=True):
        shares, withheld_s = walk(way.paths, off)
        worth += way.va * withheld_s / 3600
        powers = [power + way.phase_share * share for power, share in zip(powers, shares, strict=True)]
    assert worth == pytest.approx(solution.unserved_vah, abs=1e-3)
    assert stays_closed(window, powers)


def test_phases_that_share_no_load_are_solved_apart() -> None:
    one = small_window()
    way = one.ways[0]
    spread = replace(
        one,
        ways=[replace(way, phases=(2,)), replace(way, phases=(0, 1)), replace(way, phases=(1,))],
        looks=list(one.looks) * 3,
        y=[0.1, 0.2, 0.3],
    )
    parts = {tuple(loads): part for loads, part in parts_of(spread)}
    assert {loads: part.y for loads, part in parts.items()} == {(0,): [0.3], (1, 2): [0.1, 0.2]}
    assert [way.phases for way in parts[1, 2].ways] == [(0, 1), (1,)]
    assert [way.phases for way in parts[0,].ways] == [(0,)]


def test_a_house_that_opens_its_meter_alone_has_no_schedule() -> None:
    window = replace(small_window(), looks=[looks_of([1.5] * (12 * MINUTE_S))])
    assert anneal(window, rounds=300, seed=1) is None


# The plan of a day ---------------------------------------------------------------------------------------------------


def test_a_planned_hour_passes_without_a_trip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optimum_plan, "ANNEALED", 1000)
    loads = [steady_load("one", 3000.0), steady_load("other", 3500.0)]
    base = [500.0] * 900 + [3000.0] * 600 + [500.0] * 900
    house = house_of([base], loads)
    assert Plant(house, Nothing(house.facts), Conditions()).run().trips
    planner = Planner(house, gap=0.1, seconds=3.0)
    windows = list(planner.run())
    day = live_through(house, planner.plan)
    assert day.trips == ()
    assert all(0 < window.bound_vah <= window.unserved_vah + 1e-6 for window in windows)
    # One of the two is enough, for some of the ten minutes.
    assert 0 < store.unserved_vah(day) < 3500 * 600 / 3600
