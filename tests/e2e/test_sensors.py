"""Bytes on a line become entities of a real Home Assistant, found by its own forms."""

import pytest

from demo import setup
from demo.client import Json, until
from demo.lookup import Lookup, look_up
from demo.simulation import HouseOptions
from demo.stage import Stage, open_stage

pytestmark = pytest.mark.e2e

HOUSES = [
    pytest.param(HouseOptions(mode="standard", phases=1, contract_kva=6), id="standard, one phase"),
    pytest.param(HouseOptions(mode="standard", phases=3, contract_kva=12), id="standard, three phases"),
    pytest.param(HouseOptions(mode="historic", phases=1, contract_kva=9), id="historic, one phase"),
]


async def shown(stage: Stage, lookup: Lookup, key: str) -> Json:
    state: Json = await stage.client.get(f"states/{lookup.meter[key]}")
    return state


@pytest.mark.parametrize("house", HOUSES)
async def test_the_meter_is_found_on_its_line_and_its_values_reach_the_sensors(house: HouseOptions) -> None:
    async with open_stage(house) as stage:
        meter = await setup.add_meter(stage.client, str(stage.simulation.port), contract_kva=house.contract_kva)
        [entry] = await stage.client.entries("linky_offload")
        assert (entry["entry_id"], entry["state"]) == (meter.entry_id, "loaded")
        powers: list[float] = []

        async def agrees() -> bool:
            powers.append((await stage.control.state())["power"]["import_va"])
            lookup = await look_up(stage.client)
            if "apparent_power" not in lookup.meter:
                return False
            state = (await shown(stage, lookup, "apparent_power"))["state"]
            # Historic mode rounds to 10 VA; a value may be as old as one frame and one second.
            return state.isdigit() and min(powers[-8:]) - 10 <= int(state) <= max(powers[-8:]) + 10

        await until(agrees, 30, "apparent power as simulated", every_s=0.5, why=lambda: f"simulated {powers[-8:]}")
        lookup = await look_up(stage.client)
        contract = await shown(stage, lookup, "contract_power")
        unit_va = {"VA": 1, "kVA": 1000}[contract["attributes"]["unit_of_measurement"]]
        assert float(contract["state"]) * unit_va == house.contract_kva * 1000
        assert (await shown(stage, lookup, "overload"))["state"] == "off"
        margin = float((await shown(stage, lookup, "trip_margin"))["state"])
        simulated = (await stage.control.state())["breaker"]["margin"] * 100
        assert margin == pytest.approx(simulated, abs=8)
        phases = [key for key in lookup.meter if key.startswith("apparent_power_") and key[-1].isdigit()]
        assert len(phases) == (3 if house.phases == 3 else 0)


async def test_a_line_that_falls_silent_is_told_and_comes_back() -> None:
    async with open_stage(HouseOptions()) as stage:
        await setup.add_meter(stage.client, str(stage.simulation.port))

        async def power_is(available: bool) -> bool:
            lookup = await look_up(stage.client)
            if "apparent_power" not in lookup.meter:
                return False
            return ((await shown(stage, lookup, "apparent_power"))["state"] != "unavailable") is available

        await until(lambda: power_is(True), 30, "a value")
        # The dongle is pulled out: its terminal goes away.
        stage.simulation.stop()
        await until(lambda: power_is(False), 90, "unavailable sensors", every_s=0.5)
        stage.simulation.start()
        await stage.simulation.ready()
        await until(lambda: power_is(True), 90, "values again", every_s=0.5)
