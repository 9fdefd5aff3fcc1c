"""How fast an overload is answered: from the CR of the group that shows it to the service call that switches the plug.

Measured in a real Home Assistant process that reads a pseudo-terminal: three phases, standard mode, every entity that
is enabled by default, recorder on. The clock is stopped inside the plug's own `turn_off`; both processes read the same
monotonic clock. Delays are set to 0. Two paths:

- urgent: the overload predicts a trip, so the command waits for nothing;
- ordinary: the contract is exceeded and no trip is near, so the journal is written first, for at most 250 ms.

With ``--mqtt`` the same house is heard through a bridge that publishes JSON on a real Mosquitto: from the moment before
the message is published to the service call.

The groups before the one that matters, and calm frames, are written without their pace: nothing is timed in them.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
import math
import os
from pathlib import Path
import select
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic_ns
import tty
from typing import Protocol

from paho.mqtt.client import Client as Paho

from benchmarks.report import arguments, print_figures, print_table
from demo import setup
from demo.broker import Broker, add_heard_meter, add_mqtt, open_broker
from demo.client import Client
from demo.homeassistant import INTEGRATION
from demo.stage import open_home_assistant
from simulator.bridges import publisher
from simulator.frames import groups_of
from simulator.meter import SimulatedMeter
from simulator.power import Power
from simulator.state import MeterState
from simulator.tic import BAUD, ETX, STX, Mode, add_parity, encode_group

PLUG = Path(__file__).parent / "linky_bench_plug"
CONTRACT_KVA = 6
CALM_W = 200.0
# On a phase of 2 kVA: 6.5 times its share opens the meter within seconds from any state; 1.1 times never does.
URGENT_W = 13_000.0
ORDINARY_W = 2_200.0
PLUG_VA = 1_500
PATIENCE_S = 5.0
SETTLE_S = 0.05
COOL_S = 0.15
READ_BYTES = 16

CONFIGURATION = """
homeassistant:
  time_zone: Europe/Paris
  country: FR
  language: en
frontend:
history:
logbook:
recorder:
logger:
  default: warning
linky_bench_plug:
  pipe: {pipe}
"""


class Line(Protocol):
    """What shows an overload to Home Assistant, whatever way the meter is heard."""

    def calm(self) -> None:
        """Tell of the calm house, one second later by the meter's clock."""

    async def overload(self, power_w: float) -> tuple[int, bytes]:
        """Show an overload of phase 1; when it was told, and what is still to be sent."""

    def send(self, data: bytes) -> None:
        """Send what was left."""

    def close(self) -> None:
        """Fall silent."""


class House:
    """A house whose first phase may be overloaded."""

    def __init__(self) -> None:
        self._meter = SimulatedMeter(contract_kva=CONTRACT_KVA, phases=3)

    def second(self, power_w: float) -> MeterState:
        """One second later, with this import on phase 1, W."""
        calm = Power(CALM_W)
        self._meter.step([calm, calm, calm])
        state = self._meter.state()
        first = replace(state.phases[0], import_va=power_w, current_a=power_w / 235)
        total = power_w + 2 * CALM_W
        return replace(state, phases=(first, *state.phases[1:]), import_va=total)


class Air:
    """A bridge that publishes the meter."""

    def __init__(self, client: Paho) -> None:
        self._client = client
        self._bridge = publisher("flat")
        self._house = House()

    def calm(self) -> None:
        """Publish the calm house."""
        self._publish(CALM_W)

    async def overload(self, power_w: float) -> tuple[int, bytes]:
        """Publish an overload; when, and nothing more to send."""
        await asyncio.sleep(SETTLE_S)
        return self._publish(power_w), b""

    def send(self, data: bytes) -> None:
        """A message is sent whole."""

    def close(self) -> None:
        """The broker closes what is open."""

    def _publish(self, power_w: float) -> int:
        messages = self._bridge.messages(self._house.second(power_w))
        stamp = monotonic_ns()
        for message in messages:
            self._client.publish(message.topic, message.payload, retain=message.retained)
        return stamp


class Wire:
    """The meter's end of a pseudo-terminal."""

    def __init__(self, link: Path) -> None:
        self._master, slave = os.openpty()
        tty.setraw(slave)
        link.symlink_to(os.ttyname(slave))
        os.close(slave)
        os.set_blocking(self._master, False)
        self._poll = select.poll()
        self._poll.register(self._master, 0)
        self._house = House()

    def close(self) -> None:
        """Pull the cable."""
        os.close(self._master)

    def send(self, data: bytes) -> None:
        """Write 8-bit characters at once; what nobody reads is lost."""
        if not self._poll.poll(0):
            os.write(self._master, add_parity(data))

    def calm(self) -> None:
        """A whole frame of the calm house, one second later by the meter's clock."""
        self.send(STX + b"".join(_encoded(self._house.second(CALM_W))) + ETX)

    async def overload(self, power_w: float) -> tuple[int, bytes]:
        """Show an overload of phase 1; when the CR of its group left, and what is still to be sent of the frame.

        The frame begins calm. SINSTS1 is the group that shows the overload: it takes its time on the wire, and its
        end is stamped just before it is written.
        """
        before, after = self._house.second(CALM_W), self._house.second(power_w)
        labels = [group.label for group in groups_of(after)]
        here = labels.index("SINSTS")
        self.send(STX + b"".join(_encoded(before)[:here]))
        await asyncio.sleep(SETTLE_S)
        rest = _encoded(after)[here:]
        await self._pace(rest[0])
        stamp = await self._pace(rest[1])
        return stamp, b"".join(rest[2:]) + ETX

    async def _pace(self, group: bytes) -> int:
        """Write one group in the pieces in which a serial port gives it; the time of its last piece."""
        stamp = 0
        for start in range(0, len(group), READ_BYTES):
            piece = group[start : start + READ_BYTES]
            await asyncio.sleep(len(piece) * 10 / BAUD[Mode.STANDARD])
            stamp = monotonic_ns()
            self.send(piece)
        return stamp


def _encoded(state: MeterState) -> list[bytes]:
    return [encode_group(state.mode, group.label, group.data, group.horodate) for group in groups_of(state)]


@contextmanager
def stamps(pipe: Path) -> Iterator[asyncio.Queue[int]]:
    """The times, ns, at which the plug was ordered off."""
    os.mkfifo(pipe)
    # Read and write, so that opening does not wait for the other side.
    descriptor = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    queue: asyncio.Queue[int] = asyncio.Queue()

    def read() -> None:
        for line in os.read(descriptor, 4096).split():
            queue.put_nowait(int(line))

    loop = asyncio.get_running_loop()
    loop.add_reader(descriptor, read)
    try:
        yield queue
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


@dataclass(slots=True)
class Bench:
    """One running Home Assistant with its meter, its plug and the clock of the plug."""

    wire: Line
    client: Client
    plug: str
    ordered_off: asyncio.Queue[int]

    async def answer_ms(self, power_w: float) -> float:
        """Show one overload and wait for the order; the time between, ms. Then calm again."""
        while not self.ordered_off.empty():
            self.ordered_off.get_nowait()
        stamp, rest = await self.wire.overload(power_w)
        ordered = asyncio.create_task(self.ordered_off.get())
        try:
            async with asyncio.timeout(PATIENCE_S):
                done = await ordered
        finally:
            self.wire.send(rest)
            self.wire.calm()
        return (done - stamp) / 1e6

    async def cool(self) -> None:
        """Let the calm house last for a moment."""
        self.wire.calm()
        await asyncio.sleep(COOL_S)
        self.wire.calm()
        await asyncio.sleep(COOL_S)

    async def ordinary(self) -> float:
        """One overload without a trip in sight; the plug was switched on by the home."""
        await self.cool()
        await self.client.post("events/linky_bench_turn_on", {"entity_id": self.plug})
        return await self.answer_ms(ORDINARY_W)

    async def urgent(self) -> float:
        """One overload that predicts a trip; the plug was switched on by hand, and goes off nevertheless."""
        await self.cool()
        await self.client.call("switch", "turn_on", self.plug)
        return await self.answer_ms(URGENT_W)


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least ``percent`` of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


async def measure(urgent: int, ordinary: int, *, by_mqtt: bool = False) -> tuple[list[float], list[float]]:
    """Times of both paths, ms."""
    with TemporaryDirectory(prefix="linky-offload-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        broker = stack.enter_context(open_broker(folder / "broker")) if by_mqtt else None
        wire: Line = Wire(folder / "linky") if broker is None else Air(stack.enter_context(broker.publishing()))
        stack.callback(wire.close)
        ordered_off = stack.enter_context(stamps(folder / "pipe"))
        opened = open_home_assistant(
            folder,
            {"linky_offload": INTEGRATION, "linky_bench_plug": PLUG},
            configuration=CONFIGURATION.format(pipe=folder / "pipe"),
        )
        async with opened as (_, client):
            bench = await _prepare(client, wire, broker or folder / "linky", ordered_off)
            ordinary_ms = [await bench.ordinary() for _ in range(ordinary)]
            urgent_ms = [await bench.urgent() for _ in range(urgent)]
    return urgent_ms, ordinary_ms


async def _prepare(client: Client, wire: Line, where: Path | Broker, ordered_off: asyncio.Queue[int]) -> Bench:
    feeding = asyncio.create_task(_feed(wire))
    try:
        if isinstance(where, Broker):
            await add_mqtt(client, where)
            meter = setup.Meter(entry_id=await add_heard_meter(client, "teleinfo/demo"), next_form=None)
        else:
            meter = await setup.add_meter(client, str(where))
        plug = (await client.entity_ids("linky_bench_plug"))["plug"]
        await setup.change_options(client, meter.entry_id, contract_delay=0)
        await setup.add_coordinator(
            client,
            meter,
            "Bench",
            [setup.Load(entity_id=plug, declared_va=PLUG_VA, phase="1", minimum_off_s=0, minimum_on_s=0)],
        )
        await asyncio.sleep(2)
    finally:
        feeding.cancel()
        await asyncio.gather(feeding, return_exceptions=True)
    return Bench(wire=wire, client=client, plug=plug, ordered_off=ordered_off)


async def _feed(wire: Line) -> None:
    while True:
        wire.calm()
        await asyncio.sleep(1)


def main() -> None:
    """Run from the command line."""
    parser = arguments(__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--urgent", type=int, default=500, metavar="N", help="overloads that predict a trip (500)")
    parser.add_argument("--ordinary", type=int, default=100, metavar="N", help="overloads that do not (100)")
    parser.add_argument("--mqtt", action="store_true", help="hear the meter by MQTT instead of by a line")
    options = parser.parse_args()
    urgent_ms, ordinary_ms = asyncio.run(measure(options.urgent, options.ordinary, by_mqtt=options.mqtt))
    rows = [
        [name, len(times), f"{median(times):.2f}", f"{percentile(times, 99):.2f}", f"{max(times):.2f}"]
        for name, times in (("trip predicted", urgent_ms), ("ordinary", ordinary_ms))
    ]
    way = "the MQTT message" if options.mqtt else "CR of SINSTS1"
    print_table([f"{way} to the plug's service call", "overloads", "median ms", "p99 ms", "max ms"], rows)
    figures = {
        "overloads": len(urgent_ms),
        "median_ms": round(median(urgent_ms), 3),
        "p99_ms": round(percentile(urgent_ms, 99), 3),
        "ordinary_median_ms": round(median(ordinary_ms), 3),
        "ordinary_p99_ms": round(percentile(ordinary_ms, 99), 3),
    }
    print_figures(figures, as_json=options.json)


if __name__ == "__main__":
    main()
