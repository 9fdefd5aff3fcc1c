"""The promise itself, with a real line, a real Home Assistant and a meter that would open: it is not left to."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack

import pytest

from demo import setup
from demo.check import seconds_until_opening
from demo.client import Json, until
from demo.lookup import Lookup, settled_lookup
from demo.simulation import HouseOptions
from demo.stage import Stage, open_stage

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]

HOUSES = {
    "standard, one phase": HouseOptions(mode="standard", phases=1, contract_kva=6),
    "standard, three phases": HouseOptions(mode="standard", phases=3, contract_kva=12, plug_latency_s=1),
    "historic, one phase": HouseOptions(mode="historic", phases=1, contract_kva=9),
}
KITCHEN = ("kettle", "oven")
STARTING = 2
# A minute passes after a start before anything returns.
RETURN_S = 150


async def kitchen(stage: Stage, command: str) -> None:
    for appliance in KITCHEN:
        await stage.control.request(command, id=appliance)


async def off(stage: Stage) -> list[str]:
    return [appliance["id"] for appliance in (await stage.control.state())["appliances"] if not appliance["plug_on"]]


async def statuses(stage: Stage, lookup: Lookup) -> set[str]:
    return {await stage.client.state(load["status"]) for load in lookup.loads.values()}


async def prepare(stage: Stage, options: HouseOptions) -> Lookup:
    meter = await setup.add_meter(stage.client, str(stage.simulation.port), contract_kva=options.contract_kva)
    await setup.change_options(stage.client, meter.entry_id, contract_delay=0)
    loads = [
        setup.Load(entity_id=load.entity_id, phase=load.phase, minimum_off_s=0, minimum_on_s=0)
        for load in await setup.house_loads(stage.client)
    ]
    await setup.add_coordinator(stage.client, meter, "Heating", loads)
    lookup = await settled_lookup(stage.client, [load.entity_id for load in loads])

    async def ready() -> bool:
        return await statuses(stage, lookup) == {"normal"}

    await until(ready, 30, "loads in their normal state")
    return lookup


async def overload(options: HouseOptions, starting: asyncio.Semaphore) -> Sequence[Json]:
    """One overload, from its beginning to the return of everything; the decisions that were told meanwhile."""
    async with AsyncExitStack() as stack:
        async with starting:
            stage = await stack.enter_async_context(open_stage(options))
        lookup = await prepare(stage, options)
        changes = await stack.enter_async_context(stage.client.events("state_changed"))
        await kitchen(stage, "start")

        async def threatened() -> bool:
            return seconds_until_opening(await stage.control.state()) is not None

        await until(threatened, 10, "an overload that opens the meter")

        async def safe() -> bool:
            return bool(await off(stage)) and not await threatened()

        await until(safe, 40, "enough plugs off")
        assert set(await off(stage)) <= {"water_heater", "living_room_heater", "bedroom_heater"}
        await kitchen(stage, "stop")

        async def as_before() -> bool:
            return not await off(stage) and await statuses(stage, lookup) == {"normal"}

        await until(as_before, RETURN_S, "everything back", every_s=0.5)
        assert (await stage.control.state())["breaker"]["trips"] == []
        seen = [changes.get_nowait()["data"] for _ in range(changes.qsize())]
        return [change["new_state"]["attributes"] for change in seen if change["entity_id"] == lookup.meter["decision"]]


async def test_an_overload_takes_just_enough_off_and_gives_it_back() -> None:
    starting = asyncio.Semaphore(STARTING)
    async with asyncio.TaskGroup() as group:
        runs = {name: group.create_task(overload(house, starting)) for name, house in HOUSES.items()}
    for name, run in runs.items():
        told = [decision["event_type"] for decision in run.result()]
        assert told.count("overload_started") >= 1, (name, told)
        assert told.count("offloaded") == told.count("restored") >= 1, (name, told)
        assert {decision["reason"] for decision in run.result() if decision["event_type"] == "offloaded"} <= {
            "delay_elapsed",
            "predicted_trip",
            "reserve",
        }, name


async def test_a_person_who_switches_a_cut_appliance_on_again_is_obeyed() -> None:
    options = HouseOptions()
    async with open_stage(options) as stage:
        lookup = await prepare(stage, options)
        await stage.control.request("start", id="kettle")

        async def cut() -> bool:
            return bool(await off(stage))

        await until(cut, 30, "something cut")
        [plug] = await off(stage)
        house = await stage.client.entity_ids("linky_demo_house")
        await stage.client.call("switch", "turn_on", house[f"{plug}_plug"])

        async def held() -> bool:
            return "held" in await statuses(stage, lookup)

        await until(held, 10, "a load held by hand")
        # Over the contract, but far from an opening: the wish stands, and others are cut in its place.
        for _ in range(20):
            await asyncio.sleep(0.5)
            assert plug not in await off(stage)
        assert await off(stage), "nobody else was cut in its place"
