"""Least harm: the cheapest subset that is enough (anchors §7)."""

from collections.abc import Sequence
from itertools import chain, combinations

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.linky_offload.offload.strategies import LeastHarm, Taken
from custom_components.linky_offload.offload.strategies.least_harm import MISFIT_PER_VA, harm_of
from custom_components.linky_offload.offload.track import LoadTrack

from .rooms import names, scene, track

STRATEGY = LeastHarm()


def pick(
    need: float | dict[int, float], loads: Sequence[LoadTrack], phases: tuple[int, ...] = (1,), *, one: bool = True
) -> list[Taken]:
    """What is taken for a need, from loads in the order of the strategy."""
    left = need if isinstance(need, dict) else {1: need}
    order = STRATEGY.to_offload(loads, scene())
    return STRATEGY.choose(left, order, phases, scene(), one_unknown=one)


def chosen(*arguments: object, **options: object) -> list[str]:
    """Ids of what is taken, in alphabetical order."""
    return sorted(one.load.load_id for one in pick(*arguments, **options))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("need", "expected"),
    [
        pytest.param(900, ["1000"], id="the one that fits best"),
        pytest.param(1100, ["1500"], id="one rather than two"),
        pytest.param(3100, ["1500", "2000"], id="two that are just enough"),
        pytest.param(5500, ["1000", "1500", "2000", "500", "700"], id="nearly all of them"),
    ],
)
def test_of_equal_loads_the_fewest_with_the_best_fit(need: float, expected: list[str]) -> None:
    assert chosen(need, [track(str(va), va) for va in (500, 700, 1000, 1500, 2000)]) == expected


def test_two_satisfied_rooms_are_missed_less_than_a_cold_one() -> None:
    loads = [track("cold", 2000, gap_k=3.0), track("a", 1000, gap_k=0.0), track("b", 1000, gap_k=0.1)]
    assert chosen(1800, loads) == ["a", "b"]


def test_a_large_excess_is_a_harm_too() -> None:
    loads = [track("huge", 7000, gap_k=0.5), track("room", 1000, gap_k=0.7)]
    assert chosen(900, loads) == ["room"]


def test_what_must_stay_off_for_long_misses_more() -> None:
    """Three kilowatts for ten minutes are half a kilowatt-hour; the same for three minutes hardly count."""
    pump = track("pump", 3000, gap_k=0.1, minimum_off_s=600)
    assert chosen(2900, [pump, track("room", 3000, gap_k=0.5, minimum_off_s=180)]) == ["room"]
    assert chosen(2900, [pump, track("cold", 3000, gap_k=3.0, minimum_off_s=180)]) == ["pump"]


def test_each_phase_is_relieved_by_its_own_loads() -> None:
    loads = [track("one", 1000, phases=(1,)), track("two", 1000, phases=(2,)), track("all", 3000, phases=(1, 2, 3))]
    assert chosen({2: 800.0}, loads, (1, 2, 3)) == ["two"]
    assert chosen({1: 800.0, 2: 800.0, 3: 800.0}, loads, (1, 2, 3)) == ["all"]


def test_what_is_not_enough_is_taken_whole() -> None:
    assert chosen(5000, [track("a", 1000), track("b", 2000)]) == ["a", "b"]


@pytest.mark.parametrize(
    ("gap", "expected"),
    [
        pytest.param(0.1, ["known"], id="a known load that is hardly missed"),
        pytest.param(3.0, ["unknown"], id="a known load that is sorely missed"),
    ],
)
def test_a_load_of_unknown_power_goes_alone_where_it_is_missed_less(gap: float, expected: list[str]) -> None:
    loads = [track("known", 2000, gap_k=gap), track("unknown", 500, declared=None)]
    assert chosen(1500, loads) == expected


def test_with_a_trip_ahead_no_unknown_load_is_waited_for() -> None:
    loads = [track("a", 1000, declared=None), track("b", 1000, declared=None), track("c", 500)]
    assert chosen(2000, loads, one=False) == ["a", "b", "c"]


LOADS = st.lists(st.tuples(st.integers(50, 4000), st.floats(0, 4)), min_size=1, max_size=8)


def cost(loads: Sequence[LoadTrack], need: float) -> float:
    """The total that is to be smallest."""
    taken = sum(load.drawing_va or 0.0 for load in loads)
    return sum(harm_of(load, scene()) for load in loads) + MISFIT_PER_VA * (taken - need)


@settings(max_examples=150)
@given(spec=LOADS, need=st.integers(1, 12_000))
def test_no_other_subset_costs_less(spec: list[tuple[int, float]], need: int) -> None:
    """Held against every subset there is."""
    loads = [track(str(index), va, gap_k=gap) for index, (va, gap) in enumerate(spec)]
    taken = [one.load for one in pick(need, loads)]
    subsets = chain.from_iterable(combinations(loads, size) for size in range(1, len(loads) + 1))
    enough = [subset for subset in subsets if sum(load.drawing_va or 0.0 for load in subset) >= need]
    if not enough:
        assert sorted(names(taken)) == sorted(names(loads))
    else:
        assert sum(load.drawing_va or 0.0 for load in taken) >= need
        assert cost(taken, need) == pytest.approx(min(cost(subset, need) for subset in enough))


@settings(max_examples=30, deadline=None)
@given(spec=st.lists(st.tuples(st.integers(50, 4000), st.floats(0, 4)), min_size=13, max_size=60), part=st.floats(0, 1))
def test_among_many_loads_it_is_enough_and_no_load_is_needless(spec: list[tuple[int, float]], part: float) -> None:
    loads = [track(str(index), va, gap_k=gap) for index, (va, gap) in enumerate(spec)]
    need = part * sum(va for va, _ in spec)
    taken = [one.load for one in pick(need, loads)]
    assert sum(load.drawing_va or 0.0 for load in taken) >= need
    by_value = sorted(loads, key=lambda load: harm_of(load, scene()) / max(1.0, min(need, load.drawing_va or 0.0)))
    simple: list[LoadTrack] = []
    while sum(load.drawing_va or 0.0 for load in simple) < need:
        simple.append(by_value[len(simple)])
    assert cost(taken, need) <= cost(simple, need) + 1e-6
