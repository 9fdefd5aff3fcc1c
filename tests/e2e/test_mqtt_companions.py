"""What stands beside a meter on a real broker: LinkyTop's service, a plug that offloads by itself, our own states."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
import json
from pathlib import Path
from tempfile import TemporaryDirectory
import threading
import time
from typing import Any

import aiohttp
from paho.mqtt.client import Client as Paho, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
import pytest

from demo import setup
from demo.broker import Broker, add_heard_meter, add_mqtt, open_broker
from demo.client import OPTIONS_FLOWS, SUBENTRY_FLOWS, Client, Flow, until
from demo.homeassistant import INTEGRATION
from demo.lookup import look_up
from demo.stage import BARE_CONFIGURATION, open_home_assistant
from simulator.bridge_message import Message
from simulator.bridges import publisher
from simulator.meter import SimulatedMeter
from simulator.offload_plug import OffloadPlug
from simulator.power import Power
from simulator.tic import Mode

pytestmark = pytest.mark.e2e

CONFIGURATION = BARE_CONFIGURATION + "input_boolean:\n  heater:\n    initial: true\n"


class House:
    """A meter behind a LinkyTop that never sleeps. ``power_w``: what the house draws."""

    power_w = 1500.0

    @asynccontextmanager
    async def speaking(self, broker: Broker) -> AsyncIterator[None]:
        """Let it publish once a second."""
        box = publisher("linkytop")
        meter = SimulatedMeter(contract_kva=6, mode=Mode.HISTORIC)
        with broker.publishing() as client:

            async def speak() -> None:
                while True:
                    meter.step([Power(self.power_w)])
                    for said in box.messages(meter.state()):
                        client.publish(said.topic, said.payload)
                    await asyncio.sleep(1)

            task = asyncio.create_task(speak())
            try:
                yield
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)


@contextmanager
def plug_on(broker: Broker, firmware: OffloadPlug) -> Iterator[Paho]:
    """A plug that runs its firmware on the broker."""
    client = Paho(CallbackAPIVersion.VERSION2)
    will = firmware.death()
    client.will_set(will.topic, will.payload, retain=True)
    ended = threading.Event()

    def say(messages: list[Message]) -> None:
        for said in messages:
            client.publish(said.topic, said.payload, retain=said.retained)

    def ordered(_: Paho, __: object, message: MQTTMessage) -> None:
        say(list(firmware.order(message.topic, message.payload)))

    def run() -> None:
        while not ended.wait(0.25):
            say(firmware.tick(time.monotonic()))

    client.on_message = ordered
    client.connect("127.0.0.1", broker.port, keepalive=2)
    client.subscribe(firmware.orders)
    client.loop_start()
    say(firmware.birth())
    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield client
    finally:
        ended.set()
        thread.join()
        client.loop_stop()


@contextmanager
def overheard(broker: Broker, topic: str) -> Iterator[list[tuple[str, Any]]]:
    """What is published under a topic."""
    heard: list[tuple[str, Any]] = []
    with broker.publishing() as client:
        client.on_message = lambda _, __, message: heard.append((message.topic, message.payload.decode()))
        client.subscribe(topic)
        yield heard


async def open_options(client: Client, entry_id: str, page: str) -> Flow:
    flow = await client.flow({"handler": entry_id}, OPTIONS_FLOWS)
    return await flow.choose(page)


async def the_delay_service(client: Client, url: str, entry_id: str) -> None:
    flow = await open_options(client, entry_id, "delay_service")
    await flow.answer({"serve": True})
    flow.expect("form", "delay_credentials")
    told = flow.step["description_placeholders"]
    pair = (told["user"], told["password"])
    async with aiohttp.ClientSession() as session:

        async def ask(user: str, password: str) -> tuple[int, str]:
            coded = aiohttp.encode_basic_auth(user, password)
            async with session.get(f"{url}/delay", headers={"Authorization": coded}) as response:
                return response.status, await response.text()

        assert (await ask(*pair))[0] == 404, "nobody is served before the credentials were seen"
        await flow.answer({})
        assert await ask(*pair) == (200, "slow;30")
        assert await ask(pair[0], "guessed") == (401, "")
        meter = (await look_up(client, entry_id)).meter
        await client.call("select", "select_option", meter["measurement_delay"], option="120")
        assert await ask(*pair) == (200, "slow;120")
        await client.call("switch", "turn_on", meter["real_time"])
        assert await ask(*pair) == (200, "fast;120")


async def add_plug(client: Client, entry_id: str, name: str) -> None:
    flow = await client.flow({"handler": [entry_id, "offload_plug"]}, SUBENTRY_FLOWS)
    while flow.step["type"] in {"progress", "progress_done"}:
        await asyncio.sleep(0.2)
        flow = await client.resume(SUBENTRY_FLOWS, flow.step["flow_id"])
    flow.expect("form", "pick")
    await flow.answer({"plug": "delestage_A1B2C3/%prefix%", "name": name})
    flow.expect("create_entry")


async def plug_entities(client: Client) -> dict[str, str]:
    return {
        entity["unique_id"].split("_", 1)[1]: entity["entity_id"]
        for entity in await client.entities("linky_offload")
        if entity["unique_id"].split("_", 1)[1].startswith("plug_")
    }


async def shows(client: Client, key: str, wanted: str, patience_s: float = 10) -> None:
    async def same() -> bool:
        entities = await plug_entities(client)
        return key in entities and await client.state(entities[key]) == wanted

    await until(same, patience_s, f"{key} is {wanted}")


async def the_plug(client: Client, broker: Broker, entry_id: str) -> None:
    firmware = OffloadPlug(version="9.2", before=0)
    with plug_on(broker, firmware) as wire:
        await add_plug(client, entry_id, "Radiator")
        await shows(client, "plug_stage", "none")
        firmware.power = 7000
        await shows(client, "plug_stage", "active")
        await shows(client, "plug_offloaded", "on")
        [device] = [
            found for found in await client.command("config/device_registry/list") if found["name"] == "Radiator"
        ]
        answer = await client.post(
            "services/linky_offload/configure_plug?return_response",
            {"device_id": device["id"], "contract": 9000, "adjustment": -10},
        )
        assert answer["service_response"] == {"plugs": {"Radiator": {"contract_va": "9000", "adjust_percent": "-10"}}}
        assert (firmware.contract, firmware.adjust) == (9000, -10)
        # It vanishes without a word: the broker tells its last will.
        socket = wire.socket()
        assert socket is not None
        wire.loop_stop()
        socket.close()
        await shows(client, "plug_stage", "unavailable", 20)


async def our_states(client: Client, broker: Broker, entry_id: str, house: House) -> None:
    await setup.change_options(client, entry_id, profile="strict")
    loads = [setup.Load(entity_id="input_boolean.heater", declared_va=2000)]
    await setup.add_coordinator(client, setup.Meter(entry_id=entry_id, next_form=None), "Home", loads)
    with overheard(broker, "linky_offload/#") as heard:
        flow = await open_options(client, entry_id, "own_states")
        await flow.answer({"own_states": True, "own_topic": "linky_offload"})
        flow.expect("create_entry")

        async def told(stage: int) -> bool:
            bodies = [json.loads(text) for topic, text in heard if topic == "linky_offload/heater/tele/SENSOR"]
            return any(body["Offload"]["Stage"] == stage for body in bodies)

        await until(lambda: told(0), 10, "our appliance is there", why=lambda: str(heard))
        assert ("linky_offload/heater/tele/LWT", "Online") in heard
        house.power_w = 9000.0
        await until(lambda: told(2), 20, "its cut is published", why=lambda: str(heard))


async def test_a_linkytop_is_served_a_plug_is_followed_and_our_states_are_told() -> None:
    house = House()
    with TemporaryDirectory(prefix="linky-offload-") as name:
        folder = Path(name)
        with open_broker(folder / "broker") as broker:
            started = open_home_assistant(folder, {"linky_offload": INTEGRATION}, configuration=CONFIGURATION)
            async with started as (ha, client), house.speaking(broker):
                await add_mqtt(client, broker)
                entry_id = await add_heard_meter(client, "HCHC, HCHP, PTEC…", contract_kva=6)
                await the_delay_service(client, ha.url, entry_id)
                await the_plug(client, broker, entry_id)
                await our_states(client, broker, entry_id, house)
