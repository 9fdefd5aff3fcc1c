"""A real Mosquitto, and somebody who publishes on it."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
import shutil
import socket
import time

from paho.mqtt.client import Client as Paho
from paho.mqtt.enums import CallbackAPIVersion

from simulator.bridges import publisher
from simulator.meter import SimulatedMeter
from simulator.power import Power

from .client import Client
from .processes import Program, ProgramError, free_port

_WHERE = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/sbin"
_PATIENCE_S = 10.0


class Broker:
    """One Mosquitto on this machine. It may be stopped and started again: what it was to keep, it keeps.

    Raises ProgramError when there is no Mosquitto.
    """

    def __init__(self, folder: Path, port: int | None = None) -> None:
        program = shutil.which("mosquitto") or shutil.which("mosquitto", path=_WHERE)
        if program is None:
            raise ProgramError(
                "mosquitto is missing: run scripts/bootstrap --broker, or install the package 'mosquitto'"
            )
        self.port = port or free_port()
        folder.mkdir(parents=True, exist_ok=True)
        configuration = folder / "mosquitto.conf"
        configuration.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\nuser root\n"
            f"persistence true\npersistence_location {folder}/\n",
            encoding="utf-8",
        )
        self._program = Program(
            "Mosquitto", [program, "-c", str(configuration)], log=folder / "mosquitto.log", folder=folder
        )

    def start(self) -> None:
        """Start it, and wait until it listens."""
        self._program.start()
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            self._program.expect_running()
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            if time.monotonic() > deadline:
                raise ProgramError(f"Mosquitto does not listen:\n{self._program.tail()}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop it."""
        self._program.stop()

    @contextmanager
    def publishing(self, *, will: tuple[str, bytes] | None = None) -> Iterator[Paho]:
        """Be a client that publishes; ``will``: topic and payload that the broker says when it vanishes."""
        publisher = Paho(CallbackAPIVersion.VERSION2)
        if will is not None:
            publisher.will_set(will[0], will[1], retain=True)
        publisher.connect("127.0.0.1", self.port)
        publisher.loop_start()
        try:
            yield publisher
        finally:
            publisher.disconnect()
            publisher.loop_stop()


@contextmanager
def open_broker(folder: Path) -> Iterator[Broker]:
    """A Mosquitto that has started; it is stopped whatever happens."""
    broker = Broker(folder)
    try:
        broker.start()
        yield broker
    finally:
        broker.stop()


@asynccontextmanager
async def speaking(broker: Broker, homes: Mapping[str, float]) -> AsyncIterator[None]:
    """Let bridges tell of a meter each, once a second. ``homes``: what a home draws, W, by the name of its bridge."""
    meters = [
        (publisher(name), SimulatedMeter(address=f"0419619999{place:02}"), power_w)
        for place, (name, power_w) in enumerate(homes.items(), 1)
    ]
    with broker.publishing() as client:

        async def speak() -> None:
            while True:
                for bridge, meter, power_w in meters:
                    meter.step([Power(power_w)])
                    for said in bridge.messages(meter.state()):
                        client.publish(said.topic, said.payload, retain=said.retained)
                await asyncio.sleep(1)

        task = asyncio.create_task(speak())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def add_mqtt(client: Client, broker: Broker) -> str:
    """Connect Home Assistant to a broker; the id of the entry."""
    flow = await client.flow({"handler": "mqtt"})
    flow.expect("form", "broker")
    await flow.answer(
        {
            "broker": "127.0.0.1",
            "port": broker.port,
            "protocol": "5",
            "other_settings": {
                "set_client_cert": False,
                "set_ca_cert": "off",
                "tls_insecure": False,
                "transport": "tcp",
            },
        }
    )
    flow.expect("create_entry")
    entry_id: str = flow.step["result"]["entry_id"]
    return entry_id


async def add_heard_meter(client: Client, root: str, *, contract_kva: float | None = None) -> str:
    """Let the integration listen, choose the bridge that speaks under ``root``, accept it; the id of the entry."""
    flow = await client.flow({"handler": "linky_offload"})
    await flow.choose("mqtt_bridge")
    flow.expect("form", "mqtt_pick")
    options = flow.fields["found"]["selector"]["select"]["options"]
    wanted = [option["value"] for option in options if option["label"].startswith(f"{root} (")]
    if len(wanted) != 1:
        raise ProgramError(f"{root!r} is not once among {[option['label'] for option in options]}")
    await flow.answer({"found": wanted[0]})
    flow.expect("form", "confirm")
    answers: dict[str, str | float] = {"name": root}
    if contract_kva is not None and "contract_power" in flow.fields:
        answers["contract_power"] = contract_kva
    await flow.answer(answers)
    flow.expect("create_entry")
    entry_id: str = flow.step["result"]["entry_id"]
    return entry_id
