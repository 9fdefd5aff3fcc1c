"""Panic: all off at the first sample above the cut-off power, all back after ten calm minutes."""

from benchmarks.closed_loop.controller import HouseFacts, Order, Sample
from benchmarks.closed_loop.rules import all_rules
from benchmarks.closed_loop.rules.panic import Panic

from .common import house_of, steady_load

FACTS: HouseFacts = house_of(
    [[0.0]] * 3, [steady_load("a", 1000.0, phases=(1,)), steady_load("b", 1000.0, phases=(2,))], contract_va=9000.0
).facts


def panic() -> Panic:
    controller = Panic(FACTS)
    controller.plug("a", on=True, power_va=None, now=0.0)
    controller.plug("b", on=True, power_va=None, now=0.0)
    return controller


def sample(*powers: int) -> Sample:
    return Sample(powers, over_reference=False, opened=False, hour=12)


def test_nothing_happens_up_to_the_cut_off_power_of_each_phase() -> None:
    assert panic().sample(sample(3000, 3000, 3000), 1.0) == []


def test_one_phase_above_its_share_takes_every_load_off() -> None:
    assert panic().sample(sample(0, 0, 3001), 1.0) == [Order("a", on=False), Order("b", on=False)]


def test_everything_returns_after_ten_minutes_below_four_fifths() -> None:
    controller = panic()
    controller.sample(sample(3001, 0, 0), 0.0)
    for load_id in ("a", "b"):
        controller.plug(load_id, on=False, power_va=None, now=1.0)
    assert controller.sample(sample(2399, 0, 0), 10.0) == []
    assert controller.sample(sample(2400, 0, 0), 300.0) == []  # not below: the ten minutes begin anew
    assert controller.sample(sample(2399, 0, 0), 310.0) == []
    assert controller.sample(sample(2399, 0, 0), 909.0) == []
    assert controller.sample(sample(2399, 0, 0), 910.0) == [Order("a", on=True), Order("b", on=True)]


def test_an_order_that_was_not_obeyed_is_repeated() -> None:
    controller = panic()
    controller.sample(sample(3001, 0, 0), 0.0)
    controller.plug("a", on=False, power_va=None, now=1.0)
    assert controller.sample(sample(2900, 0, 0), 4.0) == []
    assert controller.sample(sample(2900, 0, 0), 5.0) == [Order("b", on=False)]


def test_a_restart_does_not_make_it_forget() -> None:
    controller = panic()
    controller.sample(sample(3001, 0, 0), 0.0)
    fresh = controller.restart(40.0)
    fresh.plug("a", on=True, power_va=None, now=40.0)
    assert fresh.sample(sample(2900, 0, 0), 41.0) == [Order("a", on=False)]


def test_the_rules_are_found_by_name() -> None:
    rules = all_rules()
    assert rules["panic"] is Panic
    assert all(rule.name == name for name, rule in rules.items())
