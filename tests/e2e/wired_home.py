"""Homes of real template switches, sensors and generic thermostats, each behind a simulated meter on a line of its own.

All homes live in one Home Assistant. What a home draws follows from the states that Home Assistant tells, so that a cut
shows on the meter as it would in a house.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
import json
from pathlib import Path
from typing import Any

from demo import setup
from demo.client import Client, Json
from demo.lookup import Lookup, settled_lookup
from simulator.breaker import Trip
from simulator.meter import SimulatedMeter
from simulator.power import Power
from simulator.tic import add_parity

from ..common import PtyMeter

FRAME_S = 1.0
FRESH_S = 3.0
"""What Home Assistant told is on the meter, and the meter's word back in Home Assistant, within this time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appliance:
    """A template switch with a template power sensor.

    ``room_c``: it is a heater, and a generic thermostat that wants `TARGET_C` is what may be offloaded.
    """

    name: str
    va: int
    kind: str = "other"
    room_c: float | None = None

    @property
    def entity_id(self) -> str:
        """What is put under the offload coordinator."""
        return f"{'switch' if self.room_c is None else 'climate'}.{self.name}"


TARGET_C = 20.0


def configuration(appliances: Sequence[Appliance]) -> str:
    """Blocks of configuration.yaml that make the appliances; JSON is YAML."""
    switches: list[Json] = []
    sensors: list[Json] = []
    thermostats: list[Json] = []
    for one in appliances:
        relay = f"input_boolean.{one.name}"
        switches.append(
            {
                "name": one.name,
                "unique_id": one.name,
                "state": f"{{{{ is_state('{relay}', 'on') }}}}",
                "turn_on": {"action": "input_boolean.turn_on", "target": {"entity_id": relay}},
                "turn_off": {"action": "input_boolean.turn_off", "target": {"entity_id": relay}},
            }
        )
        sensors.append(
            {
                "name": f"{one.name}_power",
                "unique_id": f"{one.name}_power",
                "state": f"{{{{ {one.va} if is_state('{relay}', 'on') else 0 }}}}",
                "unit_of_measurement": "VA",
                "device_class": "apparent_power",
            }
        )
        if one.room_c is not None:
            sensors.append(
                {
                    "name": f"{one.name}_room",
                    "unique_id": f"{one.name}_room",
                    "state": f"{{{{ {one.room_c} }}}}",
                    "unit_of_measurement": "°C",
                    "device_class": "temperature",
                }
            )
            thermostats.append(
                {
                    "platform": "generic_thermostat",
                    "name": one.name,
                    "unique_id": one.name,
                    "heater": f"switch.{one.name}",
                    "target_sensor": f"sensor.{one.name}_room",
                    "initial_hvac_mode": "heat",
                    "target_temp": TARGET_C,
                    "min_temp": 5,
                }
            )
    blocks: Json = {
        "input_boolean": {one.name: {"initial": True} for one in appliances},
        "template": [{"switch": switches, "sensor": sensors}],
        "climate": thermostats,
    }
    return "".join(f"{key}: {json.dumps(block)}\n" for key, block in blocks.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One decision on an appliance, as the event entity of the meter told it."""

    what: str
    name: str
    why: str


@dataclass(slots=True, kw_only=True)
class WiredHome:
    """One meter, its line, its appliances, and what Home Assistant was seen to do with them."""

    line: PtyMeter
    meter: SimulatedMeter
    appliances: Sequence[Appliance]
    states: Mapping[str, Json]
    base_va: float
    entry_id: str = ""
    lookup: Lookup | None = None
    told: list[Told] = field(default_factory=list)
    trips: list[Trip] = field(default_factory=list)

    def on(self) -> set[str]:
        """The appliances that draw."""
        return {one.name for one in self.appliances if self._state(f"input_boolean.{one.name}") == "on"}

    def decided(self, what: str) -> list[str]:
        """The appliances to which something happened, in order."""
        return [one.name for one in self.told if one.what == what]

    def reasons(self, what: str) -> dict[str, str]:
        """Why it happened, by appliance; the last time counts."""
        return {one.name: one.why for one in self.told if one.what == what}

    def statuses(self) -> dict[str, str]:
        """The status of each appliance by its name."""
        assert self.lookup is not None
        return {name: self._state(keys["status"]) for name, keys in self.lookup.loads.items()}

    def target_c(self, name: str) -> float:
        """What a thermostat wants at present."""
        return float(self.states[f"climate.{name}"]["attributes"]["temperature"])

    def follow(self, state: Json) -> None:
        """Take a new state of any entity."""
        attributes = state["attributes"]
        name = attributes.get("load")
        if "event_type" in attributes and name in {one.name for one in self.appliances}:
            self.told.append(Told(what=attributes["event_type"], name=name, why=attributes["reason"]))

    async def run(self) -> None:
        """Let the house draw, the meter measure it and write its frames, second by second."""
        while True:
            drawn_va = self.base_va + sum(one.va for one in self.appliances if one.name in self.on())
            if (trip := self.meter.step([Power(drawn_va)])) is not None:
                self.trips.append(trip)
            self.line.write(add_parity(self.meter.frame()))
            await asyncio.sleep(FRAME_S)

    def _state(self, entity_id: str) -> str:
        return str(self.states[entity_id]["state"]) if entity_id in self.states else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A home to be built; ``base_va`` is what it draws beside its appliances."""

    strategy: str
    appliances: Sequence[Appliance]
    base_va: float


@asynccontextmanager
async def open_homes(client: Client, folder: Path, plans: Sequence[Plan]) -> AsyncIterator[dict[str, WiredHome]]:
    """Put every planned home behind a meter, with one coordinator of its strategy; by strategy."""
    states = await client.states()
    homes = {
        plan.strategy: WiredHome(
            line=PtyMeter(folder / f"meter_{plan.strategy}"),
            meter=SimulatedMeter(contract_kva=6, address=f"0419619999{number:02}"),
            appliances=plan.appliances,
            states=states,
            base_va=plan.base_va,
        )
        for number, plan in enumerate(plans)
    }
    async with client.events("state_changed") as changes:
        tasks = [asyncio.create_task(home.run()) for home in homes.values()]
        tasks.append(asyncio.create_task(_follow(changes, states, tuple(homes.values()))))
        try:
            async with asyncio.TaskGroup() as group:
                for strategy, home in homes.items():
                    group.create_task(_set_up(client, home, strategy))
            yield homes
        finally:
            for task in tasks:
                task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(*tasks)
            for home in homes.values():
                home.line.close()


async def _follow(changes: asyncio.Queue[Json], states: dict[str, Json], homes: Sequence[WiredHome]) -> None:
    while True:
        state: dict[str, Any] | None = (await changes.get())["data"]["new_state"]
        if state is not None:
            states[state["entity_id"]] = state
            for home in homes:
                home.follow(state)


async def _set_up(client: Client, home: WiredHome, strategy: str) -> None:
    meter = await setup.add_meter(client, home.line.port, name=strategy)
    await setup.change_options(client, meter.entry_id, contract_delay=0)
    loads = [
        setup.Load(
            entity_id=one.entity_id,
            kind=one.kind,
            power_sensor=f"sensor.{one.name}_power",
            minimum_off_s=0,
            minimum_on_s=0,
        )
        for one in home.appliances
    ]
    await setup.add_coordinator(client, meter, strategy, loads, strategy=strategy)
    home.entry_id = meter.entry_id
    home.lookup = await settled_lookup(client, [load.entity_id for load in loads], meter.entry_id)
