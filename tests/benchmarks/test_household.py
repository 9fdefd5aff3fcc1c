"""The households: seeded, of every kind that is promised, and in winter all in need of offloading."""

from dataclasses import replace

import pytest

from benchmarks.closed_loop.appliances import HeaterSpec
from benchmarks.closed_loop.conditions import Conditions
from benchmarks.closed_loop.household import PROFILES, SEEDS, STRESS_SEEDS, WINTER_SEEDS, Heating, household
from benchmarks.closed_loop.plant import Plant
from benchmarks.closed_loop.rules.none import Nothing
from benchmarks.closed_loop.weather import Season

ALL = (*SEEDS, *STRESS_SEEDS)


def test_the_seeds_cover_what_is_promised() -> None:
    profiles = [PROFILES[seed] for seed in SEEDS]
    assert len(SEEDS) >= 20
    assert len(STRESS_SEEDS) >= 5
    assert {profile.contract_kva for profile in profiles} == {3, 6, 9, 12}
    assert {profile.phases for profile in profiles} == {1, 3}
    assert {profile.season for profile in profiles} == set(Season)
    assert {profile.heating for profile in profiles} == set(Heating)


@pytest.mark.parametrize("seed", ALL)
def test_a_seed_is_a_household(seed: int) -> None:
    one, same = household(seed, days=0.1), household(seed, days=0.1)
    assert one == same
    assert [len(values) for values in one.base] == [one.seconds] * one.phases
    assert len({load.load_id for load in one.loads}) == len(one.loads)
    assert all(1 <= phase <= one.phases for load in one.loads for phase in load.phases)


def test_a_shorter_time_is_the_beginning_of_a_longer_one() -> None:
    short, long = household(3, days=0.2), household(3, days=0.5)
    assert short.loads == long.loads
    assert all(values == more[: short.seconds] for values, more in zip(short.base, long.base, strict=True))


def test_every_load_could_run_alone_under_the_contract() -> None:
    for seed in ALL:
        house = household(seed, days=0.01)
        share = house.facts.contract_share_va
        assert all(load.va / len(load.phases) < share for load in house.loads)


def test_every_way_of_knowing_a_power_occurs() -> None:
    facts = [load.facts for seed in SEEDS for load in household(seed, days=0.01).loads]
    ways = {(one.measured, one.declared_va is not None) for one in facts}
    assert ways == {(True, False), (False, True), (False, False)}
    assert any(not one.phases for one in facts)
    reports = [load.report_s for seed in SEEDS for load in household(seed, days=0.01).loads]
    assert min(reports) < 2
    assert max(reports) > 15


@pytest.mark.parametrize("seed", [*WINTER_SEEDS, *STRESS_SEEDS])
def test_a_winter_day_without_offloading_trips_at_least_five_times(seed: int) -> None:
    house = household(seed)
    assert len(Plant(house, Nothing(house.facts), Conditions()).run().trips) >= 5


@pytest.mark.parametrize("seed", ALL)
def test_without_a_limit_every_room_keeps_near_its_target(seed: int) -> None:
    """What the controllers are judged by must be within reach of the heaters."""
    house = household(seed)
    day = Plant(house, Nothing(house.facts), Conditions(unlimited=True)).run()
    assert all(outlet.withheld_s == 0 for outlet in day.outlets)
    rooms = [outlet.spec for outlet in day.outlets if isinstance(outlet.spec, HeaterSpec)]
    assert sum(day.deficit_kh.values()) / len(rooms) < 5.0


@pytest.mark.parametrize("seed", ALL)
def test_what_nobody_can_offload_never_opens_the_meter_by_itself(seed: int) -> None:
    house = replace(household(seed), loads=())
    assert Plant(house, Nothing(house.facts), Conditions()).run().trips == ()
