"""Loads without a sensor that are on and draw less than they are said to, or nothing."""

import pytest

from custom_components.linky_offload.offload import Action, Profile

from .common import Bench, plug, steps


@pytest.mark.parametrize("declared", [2000, None], ids=["declared", "unknown"])
def test_a_load_whose_cut_freed_nothing_goes_last_for_hours(declared: float | None) -> None:
    """A full water heater without a sensor: cut for nothing once, it is not taken again before what draws."""
    tank = plug("tank", 2000, declared=declared, asks=lambda now: False, minimum_off_s=60)
    heater = plug("heater", 1500, declared=1500, minimum_off_s=60)
    hours = steps((0, 1000), (100, 5500), (300, 1000), (800, 5500), (1000, 1000), (16_000, 5500), (16_200, 1000))
    bench = Bench(tank, heater, base=hours, profile=Profile.STRICT)

    def cut() -> list[str]:
        return [command.load_id for _, command in bench.commands if command.action is Action.OFFLOAD]

    bench.run(700)
    assert cut() == ["tank", "heater"]
    assert bench.off() == []
    bench.run(1900)
    assert cut() == ["tank", "heater", "heater"]
    bench.run(16_100)
    assert cut() == ["tank", "heater", "heater", "tank", "heater"]


def test_a_declared_power_counts_for_no_more_than_its_steps_have_shown() -> None:
    """Declared 2400, drawing 2000: after three steps the second load goes with it at once, not one answer later."""
    hours = steps((0, 1500), *[(300 * n, 6300.0 if n % 2 else 1500.0) for n in range(1, 8)])
    tank = plug("tank", 2000, declared=2400, minimum_off_s=10)
    heater = plug("heater", 1000, declared=1000, minimum_off_s=10)
    bench = Bench(tank, heater, base=hours, contract_va=7000, profile=Profile.STRICT).run(2200)
    both = [at for at, command in bench.commands if command.action is Action.OFFLOAD]
    assert both[1] - both[0] > 2
    assert both[-1] == both[-2]
