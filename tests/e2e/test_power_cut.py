"""Whatever the moment at which the power fails, what was offloaded comes back when there is room.

Each run is a Home Assistant of its own, killed without warning (SIGKILL) at its moment and started again. All runs go
on together: most of their time is the minute after a start during which nothing returns.
"""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass
from enum import StrEnum
import json
from pathlib import Path
from typing import Any

import pytest

from demo import setup
from demo.client import until
from demo.lookup import Lookup, settled_lookup
from demo.simulation import HouseOptions
from demo.stage import Stage, open_stage

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

PLUGS = ("water_heater", "living_room_heater")
KITCHEN = ("kettle", "oven")
PLUG_LATENCY_S = 1.0
CONTRACT_DELAY_S = 2
# As many Home Assistants start at a time as a small machine has cores.
STARTING = 2
RETURN_S = 150


class Sign(StrEnum):
    """What is waited for before the clock of a moment runs."""

    OVERLOAD = "the kitchen starts"
    JOURNAL = "the journal names a load"
    OFF = "a plug is off"
    ROOM = "the kitchen stops"
    RECOVERING = "a load is being returned"
    ON = "a plug is on again"


@dataclass(frozen=True, slots=True)
class Moment:
    """When the power fails: so long after a sign."""

    sign: Sign
    after_ms: int


MOMENTS = [
    *(Moment(Sign.OVERLOAD, after_ms) for after_ms in (0, 700, 1400)),
    # The journal is written when the overload begins, the order follows after the contract delay.
    *(Moment(Sign.JOURNAL, after_ms) for after_ms in (0, 5, 20, 100, 500, 1500)),
    # The order leaves, the relay answers one second later.
    *(Moment(Sign.JOURNAL, 1000 * CONTRACT_DELAY_S + after_ms) for after_ms in (0, 50, 200, 500, 800)),
    *(Moment(Sign.OFF, after_ms) for after_ms in (0, 500)),
    Moment(Sign.ROOM, 100),
    *(Moment(Sign.RECOVERING, after_ms) for after_ms in (0, 200, 600)),
    Moment(Sign.ON, 0),
]


@dataclass(frozen=True, slots=True)
class Wreck:
    """What was left when the power failed."""

    moment: Moment
    off: tuple[str, ...]
    journal: int


async def plugs_off(stage: Stage) -> tuple[str, ...]:
    appliances = (await stage.control.state())["appliances"]
    return tuple(appliance["id"] for appliance in appliances if appliance["id"] in PLUGS and not appliance["plug_on"])


def journalled(stage: Stage) -> int:
    """How many loads the journal on the disk names. It is replaced whole: a torn one would be an error."""
    intents: list[Any] = []
    for journal in Path(stage.ha.folder, ".storage").glob("linky_offload.*.journal"):
        intents += json.loads(journal.read_text(encoding="utf-8"))["intents"]
    return len(intents)


async def kitchen(stage: Stage, command: str) -> None:
    for appliance in KITCHEN:
        await stage.control.request(command, id=appliance)


async def statuses(stage: Stage, lookup: Lookup) -> Counter[str]:
    return Counter([await stage.client.state(load["status"]) for load in lookup.loads.values()])


async def prepare(stage: Stage) -> Lookup:
    """Set up the meter and two heaters under one coordinator, with short delays."""
    meter = await setup.add_meter(stage.client, str(stage.simulation.port))
    await setup.change_options(stage.client, meter.entry_id, contract_delay=CONTRACT_DELAY_S)
    house = await stage.client.entity_ids("linky_demo_house")
    loads = [setup.Load(entity_id=house[f"{plug}_plug"], minimum_off_s=0, minimum_on_s=0) for plug in PLUGS]
    await setup.add_coordinator(stage.client, meter, "Heating", loads)
    lookup = await settled_lookup(stage.client, [load.entity_id for load in loads])

    async def ready() -> bool:
        return await statuses(stage, lookup) == {"normal": len(PLUGS)}

    await until(ready, 60, "loads in their normal state")
    return lookup


async def kept(stage: Stage, lookup: Lookup) -> None:
    """Wait until Home Assistant has written its own settings, some seconds after they were made."""
    wanted = {
        "core.config_entries": ["offload_coordinator"],
        "core.entity_registry": [load["status"] for load in lookup.loads.values()],
    }

    async def written() -> bool:
        return all(
            (file := Path(stage.ha.folder, ".storage", name)).exists()
            and all(word in file.read_text(encoding="utf-8") for word in words)
            for name, words in wanted.items()
        )

    await until(written, 60, "settings on the disk", every_s=0.5)


async def wait_for(sign: Sign, stage: Stage, lookup: Lookup) -> None:
    """Bring the house to the sign."""

    async def in_journal() -> bool:
        return journalled(stage) > 0

    async def one_off() -> bool:
        return bool(await plugs_off(stage))

    async def all_off() -> bool:
        return len(await plugs_off(stage)) == len(PLUGS)

    async def recovering() -> bool:
        return (await statuses(stage, lookup))["recovering"] > 0

    async def one_on() -> bool:
        return len(await plugs_off(stage)) < len(PLUGS)

    await kitchen(stage, "start")
    match sign:
        case Sign.OVERLOAD:
            pass
        case Sign.JOURNAL:
            await until(in_journal, 60, sign, every_s=0.005)
        case Sign.OFF:
            await until(one_off, 60, sign, every_s=0.02)
        case Sign.ROOM | Sign.RECOVERING | Sign.ON:
            await until(all_off, 60, "both plugs off")
            await kitchen(stage, "stop")
            if sign is Sign.RECOVERING:
                await until(recovering, RETURN_S, sign, every_s=0.05)
            elif sign is Sign.ON:
                await until(one_on, RETURN_S, sign, every_s=0.05)


async def strike(moment: Moment, starting: asyncio.Semaphore) -> Wreck:
    """One power failure at one moment, and the return of everything after it."""
    async with AsyncExitStack() as stack:
        async with starting:
            stage = await stack.enter_async_context(open_stage(HouseOptions(plug_latency_s=PLUG_LATENCY_S)))
            lookup = await prepare(stage)
        await kept(stage, lookup)
        await wait_for(moment.sign, stage, lookup)
        await asyncio.sleep(moment.after_ms / 1000)
        stage.ha.kill()
        # A command that had left still reaches its relay.
        await asyncio.sleep(PLUG_LATENCY_S + 1)
        wreck = Wreck(moment, await plugs_off(stage), journalled(stage))
        await kitchen(stage, "stop")
        async with starting:
            await stage.restart_home_assistant()

        async def as_before() -> bool:
            return not await plugs_off(stage) and await statuses(stage, lookup) == {"normal": len(PLUGS)}

        try:
            await until(as_before, RETURN_S, f"everything back after {moment}", every_s=1)
        except TimeoutError as error:
            error.add_note(f"{wreck}, loads {await statuses(stage, lookup)}\n{stage.ha.program.tail()}")
            raise
        assert journalled(stage) == 0, f"{moment}: the journal still names a load"
        stage.ha.kill()
        return wreck


async def test_what_was_offloaded_comes_back_after_a_power_cut_at_any_moment() -> None:
    assert len(MOMENTS) >= 20
    starting = asyncio.Semaphore(STARTING)
    async with asyncio.TaskGroup() as group:
        runs = [group.create_task(strike(moment, starting)) for moment in MOMENTS]
    wrecks = [run.result() for run in runs]
    for wreck in wrecks:
        print(
            f"{wreck.moment.sign} + {wreck.moment.after_ms} ms: off {wreck.off or 'nothing'}, journal {wreck.journal}"
        )
    # The moments have hit what they were meant for.
    assert all(wreck.journal for wreck in wrecks if wreck.off), "a plug was off that no journal names"
    assert any(wreck.journal and not wreck.off for wreck in wrecks), "none between journal and order"
    assert sum(bool(wreck.off) for wreck in wrecks) >= 8, "too few while something was off"
    assert any(len(wreck.off) == 1 for wreck in wrecks if wreck.moment.sign in {Sign.RECOVERING, Sign.ON})
