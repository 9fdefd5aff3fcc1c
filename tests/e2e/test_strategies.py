"""Each strategy in a real Home Assistant: who goes, why, who returns first, and what stays when the strategy changes.

Four homes, one a strategy, share one Home Assistant and live their hour at the same time: most of it is the minute
after a start during which nothing returns.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from demo import setup
from demo.check import ERROR_LINE
from demo.client import Client, until
from demo.homeassistant import INTEGRATION
from demo.stage import BARE_CONFIGURATION, open_home_assistant

from .wired_home import FRESH_S, TARGET_C, Appliance, Plan, WiredHome, configuration, open_homes

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

CUT_S = 20
# A minute passes after a start before anything returns.
RETURN_S = 100
FROST_C = 7.0

HIERARCHICAL = Plan(
    strategy="hierarchical",
    base_va=1000,
    appliances=[
        Appliance(name="first", va=1500),
        Appliance(name="second", va=1000),
        Appliance(name="third", va=2000),
    ],
)
CASCADE_CYCLIC = Plan(
    strategy="cascade_cyclic",
    base_va=1500,
    appliances=[Appliance(name="left", va=1500), Appliance(name="right", va=1500)],
)
THERMOSTAT = Plan(
    strategy="thermostat",
    base_va=1000,
    appliances=[
        Appliance(name="cold", va=1500, kind="heater", room_c=17.0),
        Appliance(name="mild", va=1500, kind="heater", room_c=18.5),
        Appliance(name="warm", va=1500, kind="heater", room_c=19.5),
    ],
)
LEAST_HARM = Plan(
    strategy="least_harm",
    base_va=500,
    appliances=[
        Appliance(name="living", va=1500, kind="heater", room_c=17.0),
        Appliance(name="washer", va=1500, kind="programme"),
        Appliance(name="tank", va=800, kind="water_heater"),
        Appliance(name="car", va=900, kind="car"),
    ],
)
PLANS = (HIERARCHICAL, CASCADE_CYCLIC, THERMOSTAT, LEAST_HARM)


async def reach(home: WiredHome, true: Callable[[], bool], patience_s: float, what: str) -> None:
    """Wait until something is so in a home."""

    async def reached() -> bool:
        return true()

    await until(reached, patience_s, what, why=lambda: f"on {home.on()}, {home.statuses()}, told {home.told}")


async def cut_to(home: WiredHome, base_va: float, left: set[str]) -> None:
    """Let the rest of the house draw ``base_va``, and see that no others than ``left`` stay on."""
    home.base_va = base_va
    await reach(home, lambda: home.on() == left, CUT_S, f"only {left} on")
    # Just enough: nothing more goes once the meter shows it.
    await asyncio.sleep(FRESH_S)
    assert home.on() == left, home.told


async def all_back(home: WiredHome, base_va: float) -> None:
    """Let the rest of the house draw little, and wait for everything."""
    home.base_va = base_va
    everything = {one.name for one in home.appliances}
    await reach(
        home,
        lambda: home.on() == everything and set(home.statuses().values()) <= {"normal", "recovering"},
        RETURN_S,
        "everything back",
    )


async def hierarchical(home: WiredHome) -> None:
    """The list is the order; what went last returns first."""
    await cut_to(home, 2200, {"second", "third"})
    await cut_to(home, 3500, {"third"})
    await all_back(home, 1000)
    assert home.decided("offloaded") == ["first", "second"]
    assert set(home.reasons("offloaded").values()) == {"delay_elapsed"}
    assert home.decided("restored") == ["second", "first"]
    assert set(home.reasons("restored").values()) == {"room"}


async def cascade_cyclic(home: WiredHome) -> None:
    """As long as one must be off, the two take turns of a minute."""
    await cut_to(home, 3500, {"right"})
    await reach(home, lambda: home.on() == {"left"}, RETURN_S, "the turn of the other")
    await all_back(home, 1000)
    assert home.decided("offloaded") == ["left", "right"]
    assert home.reasons("offloaded") == {"left": "delay_elapsed", "right": "turn"}
    assert home.decided("restored") == ["left", "right"]
    assert home.reasons("restored") == {"left": "turn", "right": "room"}


async def thermostat(home: WiredHome) -> None:
    """The room nearest to its target goes first, the coldest is back first; a set-point goes down and up again."""
    await cut_to(home, 2200, {"cold", "mild"})
    assert (home.target_c("warm"), home.target_c("mild")) == (FROST_C, TARGET_C)
    await cut_to(home, 3700, {"cold"})
    await all_back(home, 1000)
    assert home.decided("offloaded") == ["warm", "mild"]
    assert set(home.reasons("offloaded").values()) == {"delay_elapsed"}
    assert home.decided("restored") == ["mild", "warm"]
    assert {home.target_c(one.name) for one in home.appliances} == {TARGET_C}


async def least_harm(home: WiredHome, client: Client) -> None:
    """Two appliances that nobody misses go together, before a cold room and a machine at work that stand first.

    They stay off while their coordinator takes another strategy, and return in its order.
    """
    await cut_to(home, 2400, {"living", "washer"})
    before = list(home.told)
    assert home.reasons("offloaded") == {"tank": "delay_elapsed", "car": "delay_elapsed"}
    await setup.change_strategy(client, home.entry_id, "hierarchical")
    await asyncio.sleep(FRESH_S)
    assert home.on() == {"living", "washer"}
    assert home.told == before
    assert {home.statuses()[name] for name in ("tank", "car")} == {"offloaded"}
    await all_back(home, 1000)
    assert home.decided("restored") == ["car", "tank"]


async def test_each_strategy_takes_and_returns_the_loads_that_it_promises(tmp_path: Path) -> None:
    appliances = [one for plan in PLANS for one in plan.appliances]
    yaml = BARE_CONFIGURATION + configuration(appliances)
    async with (
        open_home_assistant(tmp_path, {"linky_offload": INTEGRATION}, configuration=yaml) as (ha, client),
        open_homes(client, tmp_path, PLANS) as homes,
    ):
        async with asyncio.TaskGroup() as group:
            group.create_task(hierarchical(homes["hierarchical"]))
            group.create_task(cascade_cyclic(homes["cascade_cyclic"]))
            group.create_task(thermostat(homes["thermostat"]))
            group.create_task(least_harm(homes["least_harm"], client))
        assert {name: home.trips for name, home in homes.items()} == {name: [] for name in homes}
        assert [line for line in ha.program.text().splitlines() if ERROR_LINE.search(line)] == []
