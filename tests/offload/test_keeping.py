"""Circuits whose loads cannot simply be cut: one that can be turned down, one that its owner keeps on."""

from itertools import pairwise

from custom_components.linky_offload.offload import Circuit
from custom_components.linky_offload.offload.model import TurnDown

from .common import Bench, plug, steps
from .test_levels import AMPS, LevelBench


def garage(maximum_va: float, *load_ids: str) -> Circuit:
    return Circuit(circuit_id="garage", name="Garage", maximum_va=maximum_va, load_ids=frozenset(load_ids))


def test_a_charger_in_a_circuit_is_turned_down_to_its_maximum_and_no_further() -> None:
    """16 A draw 3680 VA; 13 A are 2990."""
    charger = plug("car", 3680, turn_down=AMPS, declared=None)
    bench = LevelBench(charger, base=steps((0, 500)), contract_va=12000, circuits=(garage(3000, "car"),)).run(60)
    assert [level for _, level in bench.levels()] == [13]
    assert bench.off() == []


def test_a_charger_that_cannot_go_low_enough_for_its_circuit_is_cut() -> None:
    charger = plug("car", 3680, turn_down=TurnDown(minimum=14, maximum=32, va_per_unit=230), declared=None)
    bench = LevelBench(charger, base=steps((0, 500)), contract_va=12000, circuits=(garage(3000, "car"),)).run(60)
    assert bench.off() == ["car"]


def test_a_circuit_whose_loads_may_not_be_cut_is_looked_at_again_every_few_seconds() -> None:
    oven = plug("oven", 3500, allowed=False)
    bench = Bench(oven, contract_va=12000, circuits=(garage(3000, "oven"),), cadence_s=60).run(50)
    assert bench.commands == []
    assert len(bench.ticks) >= 8
    assert {later - earlier for earlier, later in pairwise(bench.ticks)} == {5.0}
