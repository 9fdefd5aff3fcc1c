"""The grid operator changes the mode of a meter: everything goes on under the same names."""

from functools import partial

import pytest

from demo import setup
from demo.client import until
from demo.lookup import Lookup, look_up
from demo.simulation import HouseOptions
from demo.stage import Stage, open_stage

pytestmark = pytest.mark.e2e

COMMON = ("apparent_power", "import_index_1", "import_index_2", "tariff_period", "trip_margin", "overload")


async def in_mode(stage: Stage, mode: str) -> bool:
    lookup = await look_up(stage.client)
    if not {"tic_mode", *COMMON} <= lookup.meter.keys():
        return False
    return (await stage.client.state(lookup.meter["tic_mode"])) == mode


async def all_known(stage: Stage, names: dict[str, str]) -> bool:
    states = [await stage.client.state(entity_id) for entity_id in names.values()]
    return not {"unknown", "unavailable"} & set(states)


async def shows_the_power(stage: Stage, lookup: Lookup) -> bool:
    power = (await stage.control.state())["power"]["import_va"]
    state = await stage.client.state(lookup.meter["apparent_power"])
    # A power is shown when it differs by 3 %, and historic mode rounds to 10 VA.
    return state.isdigit() and int(state) == pytest.approx(power, rel=0.06, abs=60)


async def test_a_change_of_mode_and_back_keeps_every_entity_and_its_value() -> None:
    async with open_stage(HouseOptions(mode="historic")) as stage:
        await setup.add_meter(stage.client, str(stage.simulation.port), contract_kva=6)
        await until(lambda: in_mode(stage, "historic"), 40, "the historic mode", every_s=0.5)
        lookup = await look_up(stage.client)
        names = {key: lookup.meter[key] for key in COMMON}
        counted = float(await stage.client.state(names["import_index_1"]))
        for mode in ("standard", "historic"):
            await stage.control.request("mode", value=mode)
            await until(partial(in_mode, stage, mode), 40, f"the {mode} mode", every_s=0.5)
            await until(partial(shows_the_power, stage, lookup), 40, f"the power in {mode} mode", every_s=0.5)
            await until(partial(all_known, stage, names), 40, f"every value in {mode} mode", every_s=0.5)
            now = await look_up(stage.client)
            assert {key: now.meter[key] for key in COMMON} == names
            assert counted <= float(await stage.client.state(names["import_index_1"])) < counted + 1
        [entry] = await stage.client.entries("linky_offload")
        assert entry["state"] == "loaded"
