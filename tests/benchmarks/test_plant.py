"""The plant: an exact meter, plugs that only withhold, and troubles that come by the seed."""

from itertools import pairwise
import math

import pytest

from benchmarks.closed_loop.conditions import DOWN_S, SILENCE_S, Conditions
from benchmarks.closed_loop.controller import Order
from benchmarks.closed_loop.household import household
from benchmarks.closed_loop.plant import DARK_S, Plant
from benchmarks.closed_loop.rules.none import Nothing
from benchmarks.closed_loop.rules.panic import Panic
from simulator.breaker import Breaker

from .common import Script, house_of, steady_load

EXACT = Conditions()


@pytest.mark.parametrize(
    "conditions",
    [
        pytest.param(Conditions(), id="the published meter"),
        pytest.param(Conditions(trip_limit=1.27), id="a lower limit"),
        pytest.param(Conditions(b_factor=1.2), id="a faster filter"),
        pytest.param(Conditions(share_error=-0.03), id="a smaller share"),
    ],
)
@pytest.mark.parametrize("seed", [6, 103], ids=["one phase", "three phases"])
def test_the_meter_opens_when_the_simulators_breaker_opens(seed: int, conditions: Conditions) -> None:
    house = household(seed, days=0.35)
    day = Plant(house, Nothing(house.facts), conditions).run()
    breaker = Breaker(
        cutoff_va=house.contract_va,
        phases=house.phases,
        limit_ratio=conditions.trip_limit,
        b=0.008 * conditions.b_factor,
        share_error=conditions.share_error,
    )
    breaker.settle([0.5 * breaker.share_va] * house.phases)
    openings: list[tuple[int, int]] = []
    for second in range(house.seconds):
        if breaker.is_open and second - openings[-1][0] > DARK_S:
            breaker.reclose()
        if (trip := breaker.step([seen[second] for seen in day.import_va])) is not None:
            openings.append((second, trip.phase - 1))
    assert openings
    assert openings == [(trip.second, trip.phase) for trip in day.trips]


def test_a_house_without_limit_is_never_dark() -> None:
    house = house_of([[20_000.0] * 600])
    assert Plant(house, Nothing(house.facts), Conditions(unlimited=True)).run().trips == ()


def test_an_opening_darkens_every_phase_for_five_minutes() -> None:
    house = house_of([[100.0] * 1000, [9000.0] * 100 + [100.0] * 900, [100.0] * 1000])
    day = Plant(house, Nothing(house.facts), EXACT).run()
    (trip,) = day.trips
    assert trip.phase == 1
    dark = range(trip.second + 1, trip.second + 1 + DARK_S)
    assert all(seen[second] == 0 for seen in day.import_va for second in dark)
    assert all(seen[dark.stop] == 100.0 and seen[trip.second] > 0 for seen in day.import_va)


def test_of_two_overloaded_phases_the_first_to_reach_the_limit_opens_the_meter() -> None:
    house = house_of([[4000.0] * 300, [7000.0] * 300, [5000.0] * 300])
    day = Plant(house, Nothing(house.facts), EXACT).run()
    assert day.trips[0].phase == 1
    assert all(value == 0 for seen in day.import_va for value in seen[day.trips[0].second + 1 :])


class TestPlugs:
    def test_a_load_draws_only_while_it_asks_the_plug_is_on_and_the_house_lit(self) -> None:
        house = house_of([[100.0] * 100], [steady_load("load", 1000.0)])
        day = Plant(house, Script(house.facts, [(50.0, Order("load", on=False))]), EXACT).run()
        (move,) = day.moves
        assert (move.load_id, move.on) == ("load", False)
        assert 51 <= move.second <= 53
        powers = list(day.import_va[0])
        assert powers == [100.0] * 10 + [1100.0] * (move.second - 10) + [100.0] * (100 - move.second)

    def test_what_is_withheld_from_a_load_that_asks_is_booked(self) -> None:
        house = house_of([[100.0] * 3700], [steady_load("load", 1000.0)])
        day = Plant(house, Script(house.facts, [(50.0, Order("load", on=False))]), EXACT).run()
        (outlet,) = day.outlets
        assert outlet.demanded_s == 3690
        assert outlet.withheld_s == 3700 - day.moves[0].second
        assert outlet.unserved_vah == pytest.approx(1000 * outlet.withheld_s / 3600)

    def test_darkness_is_withheld_too(self) -> None:
        house = house_of([[10_000.0] * 100 + [100.0] * 900], [steady_load("load", 1000.0)])
        day = Plant(house, Nothing(house.facts), EXACT).run()
        assert day.outlets[0].withheld_s == DARK_S

    def test_an_order_for_the_position_it_has_moves_nothing(self) -> None:
        house = house_of([[100.0] * 100], [steady_load("load", 1000.0)])
        assert Plant(house, Script(house.facts, [(50.0, Order("load", on=True))]), EXACT).run().moves == ()

    def test_the_power_sensor_speaks_late_and_a_plug_without_one_never(self) -> None:
        house = house_of(
            [[100.0] * 60], [steady_load("late", 1000.0, report_s=20.0), steady_load("mute", 500.0, measured=False)]
        )
        script = Script(house.facts)
        Plant(house, script, EXACT).run()
        assert [report for report in script.plugs if report[1] == "late"] == [
            (0.0, "late", True, 0.0),
            (30.0, "late", True, 1000.0),
        ]
        assert [report for report in script.plugs if report[1] == "mute"] == [(0.0, "mute", True, None)]

    def test_plugs_are_missed_while_the_house_is_dark_and_come_back_with_their_power(self) -> None:
        house = house_of([[10_000.0] * 100 + [100.0] * 900], [steady_load("load", 1000.0)])
        script = Script(house.facts)
        day = Plant(house, script, EXACT).run()
        dark_at = day.trips[0].second + 1
        *_, away, back = script.plugs
        assert away == (dark_at + 2.0, "load", None, None)
        assert back == (dark_at + DARK_S + 5.0, "load", True, 1000.0)


class TestSamples:
    def test_a_sample_tells_the_last_whole_second_a_second_ago(self) -> None:
        house = house_of([[float(second) for second in range(60)]])
        script = Script(house.facts)
        Plant(house, script, EXACT).run()
        assert all(sample.phases_va == (math.floor(at - 1.0),) for at, sample in script.samples)

    @pytest.mark.parametrize(("cadence_s", "count"), [(1.5, 2400), (10.0, 360), (60.0, 60)])
    def test_the_pace_is_that_of_the_source(self, cadence_s: float, count: int) -> None:
        house = house_of([[100.0] * 3600])
        script = Script(house.facts)
        Plant(house, script, Conditions(cadence_s=cadence_s)).run()
        assert abs(len(script.samples) - count) <= 1

    def test_the_meter_says_when_it_is_over_its_reference_and_when_it_is_open(self) -> None:
        house = house_of([[5000.0] * 60 + [9000.0] * 200])
        script = Script(house.facts)
        day = Plant(house, script, EXACT).run()
        dark_at = day.trips[0].second + 1
        for at, sample in script.samples:
            shown = math.floor(at - 1.0)
            assert sample.over_reference is (60 <= shown < dark_at)
            assert sample.opened is (shown >= dark_at)

    def test_the_daily_maximum_is_that_of_the_meters_own_filter_and_ages(self) -> None:
        house = house_of([[4000.0] * 400 + [500.0] * 400])
        script = Script(house.facts)
        Plant(house, script, EXACT).run()
        rising = [sample.maxima for at, sample in script.samples if at < 400]
        assert all(maxima is not None and maxima[0][1] < 3.0 for maxima in rising[1:])
        at, last = script.samples[-1]
        assert last.maxima is not None
        ((highest_va, age_s),) = last.maxima
        assert highest_va == pytest.approx(math.sqrt(4000**2 - 0.992**400 * (4000**2 - 3000**2)), abs=1)
        assert at - age_s == pytest.approx(400, abs=1)

    def test_historic_mode_counts_in_tens_and_does_not_tell_that_it_is_open(self) -> None:
        house = household(6, days=0.01)
        script = Script(house.facts)
        Plant(house, script, EXACT).run()
        assert house.historic
        assert all(power % 10 == 0 for _, sample in script.samples for power in sample.phases_va)
        assert all(sample.opened is None and sample.maxima is None for _, sample in script.samples)


class TestTroubles:
    def test_losses_and_latencies_meet_whoever_orders_at_that_second(self) -> None:
        house = house_of([[100.0] * 4000], [steady_load("a", 500.0), steady_load("b", 500.0)])
        orders = [(float(at), Order("a", on=at % 40 == 0)) for at in range(20, 4000, 20)]
        conditions = Conditions(loss=0.2)
        first = Plant(house, Script(house.facts, orders), conditions).run()
        assert first.moves == Plant(house, Script(house.facts, orders), conditions).run().moves
        assert 100 < len(first.moves) < len(orders)

    def test_orders_to_one_plug_do_not_overtake_each_other(self) -> None:
        house = house_of([[100.0] * 2000], [steady_load("a", 500.0)])
        orders = [(at + k, Order("a", on=bool(k))) for at in range(20, 1990, 10) for k in (0, 1)]
        day = Plant(house, Script(house.facts, [(float(at), order) for at, order in orders]), EXACT).run()
        assert day.outlets[0].on

    def test_silence_lasts_five_minutes(self) -> None:
        house = household(1)
        script = Script(house.facts)
        Plant(house, script, Conditions(silence=True, cadence_s=10.0)).run()
        gaps = [after - before for (before, _), (after, _) in pairwise(script.samples)]
        assert [gap for gap in gaps if gap > 11.0] == [pytest.approx(SILENCE_S + 10.0, abs=10.0)]

    def test_a_restarted_controller_is_told_of_every_plug_again(self) -> None:
        house = household(1)
        script = Script(house.facts)
        Plant(house, script, Conditions(restart=True, cadence_s=10.0)).run()
        (at,) = script.restarts
        assert not [told for told, _ in script.samples if at - DOWN_S < told < at]
        assert {load_id for told, load_id, *_ in script.plugs if told == at} == {load.load_id for load in house.loads}

    def test_a_deaf_plug_ignores_orders_for_an_hour(self) -> None:
        house = household(1)
        ids = [load.load_id for load in house.loads]
        orders = [(float(at), Order(one, on=at % 120 == 0)) for at in range(60, house.seconds, 60) for one in ids]
        day = Plant(house, Script(house.facts, orders), Conditions(deaf_plug=True)).run()
        longest = {
            one: max(b - a for a, b in pairwise(times))
            for one in ids
            if (times := [move.second for move in day.moves if move.load_id == one])
        }
        assert sorted(gap > 3500 for gap in longest.values()) == [False] * (len(ids) - 1) + [True]


def test_the_same_run_gives_the_same_day() -> None:
    house = household(103, days=0.3)
    conditions = Conditions(loss=0.01, deaf_plug=True, silence=True, restart=True)
    one, other = (Plant(house, Panic(house.facts), conditions).run() for _ in range(2))
    assert one.import_va == other.import_va
    assert (one.moves, one.trips, one.deficit_kh) == (other.moves, other.trips, other.deficit_kh)
