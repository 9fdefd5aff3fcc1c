"""Who goes first and who is back first, strategy by strategy (reference-systems §4)."""

from hypothesis import given, strategies as st
import pytest

from custom_components.linky_offload.offload import StrategyName
from custom_components.linky_offload.offload.ledger import Ledger
from custom_components.linky_offload.offload.model import Appliance
from custom_components.linky_offload.offload.strategies import STRATEGIES
from custom_components.linky_offload.offload.track import LoadTrack

from .rooms import names, scene, track

HIERARCHICAL, CYCLIC, THERMOSTAT, LEAST_HARM = (STRATEGIES[name] for name in StrategyName)


def borne(**shares: float) -> Ledger:
    """A ledger in which so much of what each load asked for was withheld."""
    entry = {"today": {}, "total": {}, "lately_demanded_s": 1000.0}
    loads = {name: {**entry, "lately_withheld_s": 1000.0 * share} for name, share in shares.items()}
    return Ledger(0.0, {"counted_s": 2000.0, "loads": loads})


def test_hierarchical_follows_the_list_and_returns_in_reverse() -> None:
    loads = [track("a", gap_k=3), track("b", gap_k=1), track("c")]
    assert names(HIERARCHICAL.to_offload(loads, scene())) == ["a", "b", "c"]
    assert names(HIERARCHICAL.to_restore(loads, scene())) == ["c", "b", "a"]


@pytest.mark.parametrize(
    ("shares", "order"),
    [
        pytest.param({}, "abcz", id="nobody has borne anything: as listed"),
        pytest.param({"a": 0.3, "b": 0.1, "c": 0.2}, "bcaz", id="who has borne least goes first"),
        pytest.param({"a": 0.3}, "bcaz", id="one that never asked has borne nothing"),
        pytest.param({"a": 0.2, "b": 0.2, "c": 0.2, "z": 0.0}, "abcz", id="who takes no turns goes after those who do"),
    ],
)
def test_cascade_cyclic_takes_turns_by_what_was_withheld(shares: dict[str, float], order: str) -> None:
    loads = [track("z", cyclic=False), *(track(name) for name in "abc")]
    there = scene(ledger=borne(**shares))
    assert names(CYCLIC.to_offload(loads, there)) == list(order)
    assert names(CYCLIC.to_restore(loads, there)) == list(order)[::-1]


@pytest.mark.parametrize(
    ("gaps", "off", "back"),
    [
        pytest.param(
            {"a": 2.0, "b": 0.5, "c": 1.0}, "bca", "acb", id="closest to its target first, coldest back first"
        ),
        pytest.param({"a": 0.5, "b": -1.0, "c": -0.2}, "bca", "acb", id="above its target before all"),
        pytest.param({"a": 1.0, "b": 1.0, "c": 1.0}, "abc", "abc", id="ties as listed"),
        pytest.param({"a": None, "b": 3.0, "c": None}, "bac", "bca", id="no gap: after those that tell one"),
        pytest.param({"a": None, "b": 0.0, "c": 1.0}, "bca", "cab", id="what asks for nothing is back last"),
    ],
)
def test_thermostat_goes_by_the_gap(gaps: dict[str, float | None], off: str, back: str) -> None:
    loads = [track(name, gap_k=gap) for name, gap in gaps.items()]
    assert names(THERMOSTAT.to_offload(loads, scene())) == list(off)
    assert names(THERMOSTAT.to_restore(loads, scene())) == list(back)


def test_a_room_whose_control_asks_for_nothing_goes_before_one_that_is_warmer() -> None:
    loads = [track("asks", gap_k=0.1), track("rests", gap_k=0.3, demand=False)]
    assert names(THERMOSTAT.to_offload(loads, scene())) == ["rests", "asks"]


HARMS = [
    pytest.param(
        track("tank", appliance=Appliance.WATER_HEATER), track("room", appliance=Appliance.HEATER), id="tank, room"
    ),
    pytest.param(
        track("car", appliance=Appliance.CAR), track("washer", appliance=Appliance.PROGRAMME), id="car, programme"
    ),
    pytest.param(
        track("warm", gap_k=0.2, appliance=Appliance.HEATER),
        track("cold", gap_k=1.5, appliance=Appliance.HEATER),
        id="warm room, cold room",
    ),
    pytest.param(
        track("rests", gap_k=0.2, demand=False), track("asks", gap_k=0.2), id="asks for nothing, asks for heat"
    ),
    pytest.param(track("long on"), track("just on", on_since=9_900.0), id="long on, on for less than five minutes"),
    pytest.param(
        track("away", offloaded=True, off_since=9_900.0),
        track("longest", offloaded=True, off_since=6_500.0),
        id="off for a while, off for as long as it may",
    ),
    pytest.param(
        track("freezer", appliance=Appliance.COLD), track("last", last_resort=True), id="anything, last resort"
    ),
]


@pytest.mark.parametrize(("less", "more"), HARMS)
def test_least_harm_weighs(less: LoadTrack, more: LoadTrack) -> None:
    assert names(LEAST_HARM.to_offload([more, less], scene())) == names([less, more])
    assert names(LEAST_HARM.to_restore([less, more], scene())) == names([more, less])


def test_least_harm_spares_what_has_borne_most() -> None:
    there = scene(ledger=borne(a=0.4, b=0.1))
    assert names(LEAST_HARM.to_offload([track("a"), track("b")], there)) == ["b", "a"]


@given(
    gaps=st.lists(st.one_of(st.none(), st.floats(-3, 5)), max_size=12),
    shares=st.lists(st.floats(0, 1), min_size=12, max_size=12),
    name=st.sampled_from(StrategyName),
)
def test_every_load_has_its_place_once(gaps: list[float | None], shares: list[float], name: StrategyName) -> None:
    loads = [track(str(index), gap_k=gap) for index, gap in enumerate(gaps)]
    there = scene(ledger=borne(**{str(index): share for index, share in enumerate(shares)}))
    for order in (STRATEGIES[name].to_offload(loads, there), STRATEGIES[name].to_restore(loads, there)):
        assert sorted(names(order)) == sorted(names(loads))
