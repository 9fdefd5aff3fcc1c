"""Every bridge on a real Mosquitto becomes a meter of a real Home Assistant, with its values, units and identity."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from paho.mqtt.client import Client as Paho
import pytest

from demo.broker import Broker, add_heard_meter, add_mqtt, open_broker
from demo.client import Client, Json, until
from demo.homeassistant import INTEGRATION
from demo.lookup import look_up
from demo.stage import open_home_assistant
from simulator.bridges import Publisher, publisher
from simulator.esp_router import SimulatedRouter
from simulator.meter import SimulatedMeter
from simulator.power import Power
from simulator.state import Indexes
from simulator.tariff import Calendar, TariffKind
from simulator.tic import Mode

pytestmark = pytest.mark.e2e

CONTRACT_KVA = 6
INDEX_WH = 12_345_678.0
POWER_W = 1500.0
_LOOKS = 30


@dataclass(slots=True, kw_only=True)
class Bridge:
    """A bridge with its own meter. ``root``: under which the integration finds it. ``powers``: what it said of late."""

    name: str
    root: str
    place: int = 0
    tariff: TariffKind = TariffKind.BASE
    tells_address: bool = True
    tells_contract: bool = True
    powers: list[float] = field(default_factory=list)
    power_w: float = POWER_W
    meter: SimulatedMeter = field(init=False)
    publisher: Publisher = field(init=False)

    def __post_init__(self) -> None:
        self.publisher = publisher(self.name)
        self.meter = SimulatedMeter(
            contract_kva=CONTRACT_KVA,
            mode=Mode.HISTORIC if self.publisher.historic_only else Mode.STANDARD,
            calendar=Calendar(kind=self.tariff),
            address=self.address,
            indexes=Indexes(import_wh=INDEX_WH, supplier_wh=(INDEX_WH, *(0.0,) * 9)),
            seed=self.place,
        )

    @property
    def address(self) -> str:
        return f"0419619{self.place:05}"

    def speak(self, client: Paho) -> None:
        """One second goes by, and the bridge tells of it."""
        # Never the same twice: some bridges tell changes only.
        self.meter.step([Power(self.power_w + len(self.powers) % 3 * 20)])
        state = self.meter.state()
        self.powers.append(state.import_va)
        for said in self.publisher.messages(state):
            if "+" in said.topic:
                continue  # no client lets a topic with a wildcard out
            client.publish(said.topic, said.payload, retain=said.retained)


# Bridges of one row speak at the same time; those that share topics stand in different rows.
ROWS: list[list[Bridge]] = [
    [
        Bridge(name="tasmota_teleinfo", root="tele/linky"),
        Bridge(name="teleinfo2mqtt", root="teleinfo/{address}"),
        Bridge(name="tic2mqtt_json", root="tic2mqtt/{address}"),
        Bridge(name="zlinky", root="zigbee2mqtt/ZLinky"),
        Bridge(name="ticmeter", root="ticmeter"),
        Bridge(name="teleinfokit", root="teleinfokit-a1b2c3/data"),
    ],
    [
        Bridge(name="tasmota", root="tele/linky"),
        Bridge(name="zlinky_first", root="zigbee2mqtt/ZLinky"),
        Bridge(name="teleinfokit_1", root="teleinfokit/data"),
        Bridge(name="teleinfo_mqtt", root="teleinfo/{address}/values"),
        Bridge(name="teleinfod", root="teleinfod/values"),
        Bridge(
            name="linkytop", root="HCHC, HCHP, PTEC…", tariff=TariffKind.HC, tells_address=False, tells_contract=False
        ),
    ],
    [
        # It says its address once, perhaps before anybody listens.
        Bridge(name="tasmota_changes", root="tele/linky", tells_address=False),
        # It knows the two registers of off-peak hours, and no other.
        Bridge(name="teleinfokit_first", root="teleinfokit", tariff=TariffKind.HC),
        Bridge(name="homie", root="homie/linky"),
        Bridge(name="linky2mqtt", root="edf", tells_address=False, tells_contract=False),
        Bridge(name="linky_tic_mqtt", root="energy", tells_address=False, tells_contract=False),
        Bridge(name="linkyrpi", root="LinkyRPi"),
    ],
    [
        Bridge(name="tasmota_flat", root="tele/linky"),
        Bridge(name="tasmota_teleinfo_old", root="teleinfo/tele"),
        Bridge(name="flat", root="teleinfo/demo"),
        Bridge(name="linky_state", root="linky/state"),
        Bridge(name="tic_frame", root="tic/frame"),
        Bridge(name="tic_lines", root="tic/line"),
    ],
]


@asynccontextmanager
async def home(folder: Path) -> AsyncIterator[tuple[Broker, Client]]:
    """A Home Assistant connected to a broker."""
    with open_broker(folder / "broker") as broker:
        async with open_home_assistant(folder, {"linky_offload": INTEGRATION}) as (_, client):
            await add_mqtt(client, broker)
            yield broker, client


@asynccontextmanager
async def speaking(broker: Broker, bridges: Sequence[Bridge]) -> AsyncIterator[None]:
    """Let bridges publish once a second."""
    with broker.publishing() as client:
        for bridge in bridges:
            for said in bridge.publisher.birth:
                client.publish(said.topic, said.payload, retain=said.retained)

        async def speak() -> None:
            while True:
                for bridge in bridges:
                    bridge.speak(client)
                await asyncio.sleep(1)

        task = asyncio.create_task(speak())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def shown(client: Client, entry_id: str, key: str) -> Json | None:
    """The state of an entity of a meter, None while there is none."""
    lookup = await look_up(client, entry_id)
    if key not in lookup.meter:
        return None
    state: Json = await client.get(f"states/{lookup.meter[key]}")
    return state


async def number(client: Client, entry_id: str, key: str, units: dict[str, float]) -> float | None:
    """The number that an entity shows, in the base unit."""
    state = await shown(client, entry_id, key)
    if state is None or state["state"] in {"unknown", "unavailable"}:
        return None
    return float(state["state"]) * units[state["attributes"]["unit_of_measurement"]]


UNITS = {"VA": 1.0, "kVA": 1000.0, "W": 1.0, "kW": 1000.0, "%": 1.0}
VA = {"VA": 1.0, "kVA": 1000.0}
WH = {"Wh": 1.0, "kWh": 1000.0}


def the_same_power(client: Client, entry_id: str, bridge: Bridge) -> Callable[[], Any]:
    async def same() -> bool:
        va = await number(client, entry_id, "apparent_power", VA)
        # Historic mode rounds to 10 VA; a value may be as old as what the publishing policy lets it be.
        return va is not None and min(bridge.powers[-30:]) - 10 <= va <= max(bridge.powers[-30:]) + 10

    return same


async def check(client: Client, bridge: Bridge, entry_id: str) -> list[str]:
    """What is still wrong with the meter of a bridge after a while: some tell a label every half minute only."""
    wrong: list[str] = []
    for _ in range(_LOOKS):
        wrong = await faults(client, bridge, entry_id)
        if not wrong:
            break
        await asyncio.sleep(1)
    return wrong


async def faults(client: Client, bridge: Bridge, entry_id: str) -> list[str]:
    """What is wrong with the meter of a bridge now."""
    wrong: list[str] = []
    if not await the_same_power(client, entry_id, bridge)():
        wrong.append(f"{bridge.name}: power {await shown(client, entry_id, 'apparent_power')}")
    contract = await number(client, entry_id, "contract_power", VA)
    if contract != CONTRACT_KVA * 1000 and bridge.tells_contract:
        wrong.append(f"{bridge.name}: contract {contract}")
    totals = [await number(client, entry_id, key, WH) for key in ("import_total", "import_index_1")]
    if not any(total is not None and 0 <= total - INDEX_WH < 200 for total in totals):
        wrong.append(f"{bridge.name}: energy {totals}")
    [entry] = [one for one in await client.entries("linky_offload") if one["entry_id"] == entry_id]
    diagnostics = await client.get(f"diagnostics/config_entry/{entry_id}")
    if entry["state"] != "loaded":
        wrong.append(f"{bridge.name}: {entry['state']}")
    told = diagnostics["data"]["entry"]["data"]["address"]
    if bridge.tells_address and told is None:  # else hidden, as diagnostics hide it
        wrong.append(f"{bridge.name}: address {told}")
    return wrong


@pytest.mark.parametrize("row", range(len(ROWS)))
async def test_every_bridge_on_a_real_broker_shows_its_meter(row: int) -> None:
    bridges = ROWS[row]
    for place, bridge in enumerate(bridges, 1):
        bridge.place = row * 10 + place
        bridge.__post_init__()
    with TemporaryDirectory(prefix="linky-offload-") as name:
        async with home(Path(name)) as (broker, client), speaking(broker, bridges):
            roots = [bridge.root.format(address=bridge.address) for bridge in bridges]
            entries = await asyncio.gather(
                *(add_heard_meter(client, root, contract_kva=CONTRACT_KVA) for root in roots), return_exceptions=True
            )
            wrong = [f"{b.name}: {e}" for b, e in zip(bridges, entries, strict=True) if isinstance(e, BaseException)]
            for bridge, entry_id in zip(bridges, entries, strict=True):
                if isinstance(entry_id, str):
                    wrong += await check(client, bridge, entry_id)
    assert not wrong, "\n".join(wrong)


async def link_state(client: Client, entry_id: str) -> str:
    diagnostics = await client.get(f"diagnostics/config_entry/{entry_id}")
    link = diagnostics["data"]["link"]
    return "available" if link["available"] and not link["degraded"] else str(link["error"] or "silent")


async def test_a_bridge_that_goes_a_broker_that_restarts_and_what_it_had_kept() -> None:
    bridge = Bridge(name="linky_state", root="linky/state", place=77)
    with TemporaryDirectory(prefix="linky-offload-") as name, ExitStack() as stack:
        async with home(Path(name)) as (broker, client):
            async with speaking(broker, [bridge]):
                entry_id = await add_heard_meter(client, bridge.root)
                await until(the_same_power(client, entry_id, bridge), 20, "the power")

                async def link_is(wanted: str) -> bool:
                    return await link_state(client, entry_id) == wanted

            # The bridge goes, and its last word is kept by the broker, as is its last power.
            with broker.publishing() as last:
                last.publish("linky/status", b"offline", retain=True).wait_for_publish(5)
            await until(lambda: link_is("bridge_offline"), 10, "the bridge is gone")
            state = await shown(client, entry_id, "apparent_power")
            assert state is not None
            assert state["state"] == "unavailable"

            # The broker restarts: it says again what it had kept, and none of it is taken for now.
            broker.stop()
            await until(lambda: link_is("broker_gone"), 20, "the broker is gone")
            broker.start()
            await until(lambda: link_is("bridge_offline"), 40, "the broker is back, the bridge is not")
            await asyncio.sleep(2)
            state = await shown(client, entry_id, "apparent_power")
            assert state is not None
            assert state["state"] == "unavailable", "what the broker kept is shown as if it were now"

            bridge.power_w = 2500.0
            bridge.powers.clear()
            async with speaking(broker, [bridge]):
                await until(lambda: link_is("available"), 20, "the meter is heard again")
                await until(the_same_power(client, entry_id, bridge), 20, "the new power")
        stack.close()


@dataclass(slots=True)
class Router(SimulatedRouter):
    """A router whose power is never twice the same to the last digit. ``drift_w``: 0 once its controller died."""

    drift_w: float = 0.01


ROUTER_FORMS: dict[str, Callable[[SimulatedRouter], bytes]] = {
    "pv/line": SimulatedRouter.line,
    "pv/page": SimulatedRouter.body,
}


@asynccontextmanager
async def routing(broker: Broker, router: Router) -> AsyncIterator[None]:
    """Let a router publish the line of its controller, and its page, once a second."""

    async def speak(client: Paho) -> None:
        while True:
            for topic, said in ROUTER_FORMS.items():
                client.publish(topic, said(router))
            router.grid_w += router.drift_w
            await asyncio.sleep(1)

    with broker.publishing() as client:
        task = asyncio.create_task(speak(client))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_a_pv_router_on_a_real_broker_is_a_meter_until_its_controller_dies() -> None:
    router = Router(grid_w=-1900.0)
    with TemporaryDirectory(prefix="linky-offload-") as name:
        async with home(Path(name)) as (broker, client), routing(broker, router):
            entries = [await add_heard_meter(client, root, contract_kva=CONTRACT_KVA) for root in ROUTER_FORMS]

            async def all_show(va: float, **others: float) -> bool:
                wanted = {"apparent_power": va, "contract_power": CONTRACT_KVA * 1000.0} | others
                told = {
                    (entry_id, key): await number(client, entry_id, key, UNITS)
                    for entry_id in entries
                    for key in wanted
                }
                return all(value is not None and abs(value - wanted[key]) <= 2 for (_, key), value in told.items())

            await until(lambda: all_show(1900 / 0.95), 20, "what is drawn")

            # The sun comes out: the router fires, and what is left over leaves the home.
            router.grid_w, router.bucket_j = -0.02, 600.0
            await until(lambda: all_show(0, router_power=1200, router_level=60), 20, "what is routed")
            router.grid_w = 760.0
            await until(lambda: all_show(0, apparent_power_export=800), 20, "what is left over")

            async def links_are(wanted: str) -> bool:
                return all([await link_state(client, entry_id) == wanted for entry_id in entries])

            assert await links_are("available")
            router.drift_w = 0.0  # the ESP beside it goes on saying what it heard last
            await until(lambda: links_are("silent"), 30, "a dead controller")
            router.drift_w, router.grid_w = 0.01, -2850.0
            await until(lambda: links_are("available"), 20, "its return")
            await until(lambda: all_show(3000), 20, "what is drawn again")
