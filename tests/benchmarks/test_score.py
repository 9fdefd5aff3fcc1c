"""The figures: what is avoidable, what is late, what was a relapse, what waited too long, what is fair."""

from dataclasses import replace

import pytest

from benchmarks.closed_loop.conditions import Conditions
from benchmarks.closed_loop.day import Move, Trip
from benchmarks.closed_loop.episodes import Episode, episodes_of, relapses_of
from benchmarks.closed_loop.score import is_avoidable, jain, score

from .common import day_of


class TestAvoidable:
    @pytest.mark.parametrize(
        ("panic_at", "moves", "avoidable"),
        [
            pytest.param([], [], True, id="panic does not trip"),
            pytest.param([140], [], False, id="panic trips as well"),
            pytest.param([161], [], True, id="panic trips more than a minute later"),
            pytest.param([40], [], False, id="panic trips a minute before"),
            pytest.param([140], [Move(50, "a", on=True)], True, id="a return made the last rise above 1.3 P"),
            pytest.param([140], [Move(50, "a", on=False)], False, id="a cut at that second made no rise"),
            pytest.param([140], [Move(20, "a", on=True)], False, id="a return made an earlier rise"),
        ],
    )
    def test_a_trip(self, panic_at: list[int], moves: list[Move], avoidable: bool) -> None:
        powers = [100.0] * 20 + [7900.0] * 10 + [100.0] * 20 + [7900.0] * 50 + [0.0] * 100
        day = day_of(powers, moves=moves)
        assert is_avoidable(day, Trip(100 - 1, 0), [Trip(second, 0) for second in panic_at]) is avoidable


class TestEpisodes:
    def test_each_uninterrupted_span_above_the_contract_is_one(self) -> None:
        powers = [6000.0] * 5 + [6001.0] * 10 + [5000.0] + [9000.0] * 4
        assert [(one.begins, one.ends) for one in episodes_of(day_of(powers))] == [(5, 15), (16, 20)]

    def test_what_nobody_can_cut_excuses_an_episode(self) -> None:
        powers, base = [7000.0] * 10 + [0.0] + [7000.0] * 10, [6500.0] * 10 + [5900.0] * 11
        assert [one.cuttable for one in episodes_of(day_of(powers, base=base))] == [False, True]

    @pytest.mark.parametrize(
        ("seconds", "cadence_s", "late"),
        [
            pytest.param(66, 1.5, 0, id="delay, cadence, lag and latency"),
            pytest.param(67, 1.5, 1, id="one second more"),
            pytest.param(75, 10.0, 0, id="a slower source has longer"),
        ],
    )
    def test_late(self, seconds: int, cadence_s: float, late: int) -> None:
        powers = [100.0] + [6500.0] * seconds + [100.0] * 100
        result = score(
            day_of(powers), Conditions(cadence_s=cadence_s), delay_s=60.0, comfort_kh={"a": 3.0, "b": 1.0}, panic=()
        )
        assert (result.episodes, result.late, result.over_s) == (1, late, seconds)


class TestRelapses:
    @pytest.mark.parametrize(
        ("over", "moves", "relapses"),
        [
            pytest.param(None, [Move(10, "a", on=True)], 0, id="a return that holds"),
            pytest.param((20, 60), [Move(10, "a", on=True), Move(60, "b", on=False)], 1, id="another load paid for it"),
            pytest.param((20, 60), [Move(10, "a", on=True)], 0, id="an excess that went by itself"),
            pytest.param(
                (20, 195), [Move(10, "a", on=True), Move(195, "b", on=False)], 0, id="an excess borne for minutes"
            ),
            pytest.param(
                (50, 90), [Move(10, "a", on=True), Move(90, "a", on=False)], 0, id="an excess half a minute later"
            ),
            pytest.param(None, [Move(10, "a", on=True), Move(30, "a", on=False)], 1, id="cut again at once"),
            pytest.param(None, [Move(10, "a", on=True), Move(41, "a", on=False)], 0, id="cut again later"),
        ],
    )
    def test_a_return(self, over: tuple[int, int] | None, moves: list[Move], relapses: int) -> None:
        powers = [100.0] * 200
        if over:
            powers[slice(*over)] = [6500.0] * (over[1] - over[0])
        day = day_of(powers, moves=moves)
        assert relapses_of(day, episodes_of(day)) == relapses


@pytest.mark.parametrize(
    ("back_at", "overlong"),
    [
        pytest.param(3750, 0, id="an hour and two minutes after the cut, of which three minutes were due"),
        pytest.param(4100, 1, id="more than an hour after its three minutes"),
        pytest.param(None, 1, id="not at all"),
    ],
)
def test_none_waits_longer_than_it_may_be_off(back_at: int | None, overlong: int) -> None:
    moves = [Move(20, "a", on=False), *([Move(back_at, "a", on=True)] if back_at else [])]
    day = day_of([0.0] * 5000, moves=moves)
    result = score(day, Conditions(), delay_s=60.0, comfort_kh={"a": 3.0, "b": 1.0}, panic=())
    assert result.overlong == overlong


def test_discomfort_is_what_the_limit_costs_and_a_warmer_room_pays_for_no_other() -> None:
    result = score(day_of([0.0] * 10), Conditions(), delay_s=60.0, comfort_kh={"a": 1.0, "b": 2.0}, panic=())
    assert (result.degree_hours, result.worst_room_kh) == (2.0, 2.0)


def test_switches_are_counted_for_the_house_and_for_its_busiest_load() -> None:
    moves = [Move(1, "a", on=False), Move(2, "b", on=False), Move(3, "a", on=True)]
    result = score(
        day_of([0.0] * 10, moves=moves), Conditions(), delay_s=60.0, comfort_kh={"a": 0.0, "b": 0.0}, panic=()
    )
    assert (result.switches, result.most_switches, result.returns) == (3, 2, 1)


def test_only_loads_that_demand_a_tenth_of_the_time_count_for_fairness() -> None:
    day = day_of([0.0] * 1000)
    often, seldom = day.outlets
    often.demanded_s, often.withheld_s = 200.0, 50.0
    seldom.demanded_s, seldom.withheld_s = 99.0, 99.0
    result = score(
        replace(day, outlets=(often, seldom)), Conditions(), delay_s=60.0, comfort_kh={"a": 0.0, "b": 0.0}, panic=()
    )
    assert result.withheld == {0: {"a": 0.25}}


@pytest.mark.parametrize(
    ("values", "index"),
    [
        pytest.param([0.2, 0.2, 0.2], 1.0, id="all alike"),
        pytest.param([0.6, 0.0, 0.0], 1 / 3, id="one bears it all"),
        pytest.param([0.0, 0.0], 1.0, id="nothing withheld"),
        pytest.param([0.5], None, id="nobody to compare with"),
    ],
)
def test_jain(values: list[float], index: float | None) -> None:
    assert jain(values) == (None if index is None else pytest.approx(index))


def test_an_episode_knows_its_length() -> None:
    assert Episode(phase=0, begins=10, ends=25, cuttable=True).seconds == 15
