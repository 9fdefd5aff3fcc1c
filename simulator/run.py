"""Run a home at its pace: `python -m simulator.run`. The one module of the simulator that does I/O (README.md)."""

import argparse
import asyncio
from collections.abc import Iterable, Sequence
import contextlib
from datetime import UTC, datetime, timedelta
import json
import os
from pathlib import Path
import select
import signal
import termios
import tty

from simulator.control import Controller
from simulator.frames import FrameStream
from simulator.home import Home
from simulator.house import House, Outdoor
from simulator.line import Chunk, Line
from simulator.meter import PARIS, SimulatedMeter
from simulator.replay import Replay
from simulator.state import Indexes
from simulator.tariff import Calendar, Colour, TariffKind
from simulator.tic import Mode
from simulator.view import Json

LIVED_IN = Indexes(
    import_wh=24_318_472,
    export_wh=1_204_335,
    supplier_wh=(8_744_210, 13_962_907, 412_630, 689_041, 223_114, 286_570, 0, 0, 0, 0),
    distributor_wh=(5_120_884, 9_871_203, 3_623_326, 5_703_059),
)
"""Registers of a meter that has counted for some years."""

_LOST_TIME_S = 1.0
_SHORTEST_TICK_S = 0.05
_SLOW_SUBSCRIBER_BYTES = 1 << 20


class Terminal:
    """A pseudo-terminal that behaves as a line: what is written while nobody reads it, or while it is full, is lost."""

    def __init__(self, link: Path | None) -> None:
        self._master, slave = os.openpty()
        tty.setraw(slave)
        self.port = os.ttyname(slave)
        # Once nobody has the slave open, the master reports a hang-up; so ours must not stay open.
        os.close(slave)
        os.set_blocking(self._master, False)
        self._left_unread = False
        self._poll = select.poll()
        self._poll.register(self._master, 0)
        self._link = link
        if link is not None:
            if link.is_symlink():
                link.unlink()
            link.symlink_to(self.port)

    def write(self, data: bytes) -> None:
        """Send what the reader can take."""
        if self._poll.poll(0):
            if self._left_unread:
                self._forget()
            return
        self._left_unread = True
        with contextlib.suppress(BlockingIOError):
            os.write(self._master, data)

    def _forget(self) -> None:
        """Drop what the last reader left unread, as a serial port does when it is closed."""
        slave = os.open(self.port, os.O_RDWR | os.O_NOCTTY)
        termios.tcflush(slave, termios.TCIFLUSH)
        os.close(slave)
        self._left_unread = False

    def close(self) -> None:
        """Remove the link, unless somebody has put another one there, and close."""
        if self._link is not None and self._link.is_symlink() and self._link.readlink() == Path(self.port):
            self._link.unlink()
        os.close(self._master)


class ControlServer:
    """Serves the control protocol to any number of clients, and the state to those who subscribe."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._subscribers: set[asyncio.StreamWriter] = set()

    def publish(self) -> None:
        """Send the state to the subscribers; one that does not read is dropped."""
        if not self._subscribers:
            return
        line = _encode({"event": "state", "state": self._controller.state()})
        for writer in tuple(self._subscribers):
            if writer.transport.get_write_buffer_size() > _SLOW_SUBSCRIBER_BYTES:
                self._subscribers.discard(writer)
                writer.transport.abort()
            else:
                writer.write(line)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the lines of one client until it leaves."""
        try:
            while line := await reader.readline():
                writer.write(_encode(self._answer(line, writer)))
                await writer.drain()
        except ConnectionError, ValueError:
            # Gone, or a line longer than any request: nothing more to tell this client.
            pass
        finally:
            self._subscribers.discard(writer)
            writer.close()

    def _answer(self, line: bytes, writer: asyncio.StreamWriter) -> Json:
        try:
            request = json.loads(line)
        except ValueError:
            return {"ok": False, "error": "not JSON"}
        if isinstance(request, dict) and request.get("cmd") == "subscribe":
            self._subscribers.add(writer)
            asyncio.get_running_loop().call_soon(self.publish)
            return {"ok": True, **({"seq": request["seq"]} if "seq" in request else {})}
        answer = self._controller.handle(request)
        if answer["ok"] and "state" not in answer:
            asyncio.get_running_loop().call_soon(self.publish)
        return answer


async def feed(home: Home, line: Iterable[Chunk], terminal: Terminal) -> None:
    """Write the line at its own pace; after a time lost (a suspended machine) go on from the present."""
    loop = asyncio.get_running_loop()
    due_s = loop.time()
    for chunk in line:
        due_s = max(due_s + chunk.delay_s, loop.time() - _LOST_TIME_S)
        await asyncio.sleep(max(due_s - loop.time(), 0))
        if not home.silent:
            terminal.write(chunk.data)


async def live(home: Home, server: ControlServer, speed: float) -> None:
    """Step the home `speed` times a second and publish each second and each trip."""
    loop = asyncio.get_running_loop()
    start_s = published_s = loop.time()
    lived = 0
    while True:
        await asyncio.sleep(max(start_s + (lived + 1) / speed - loop.time(), _SHORTEST_TICK_S if speed > 1 else 0))
        now_s = loop.time()
        seconds = int((now_s - start_s) * speed) - lived
        lived += seconds
        tripped = home.run(seconds)
        if tripped or now_s - published_s >= 1 or speed <= 1:
            published_s = now_s
            server.publish()


def build_home(options: argparse.Namespace) -> Home:
    """Return the home that the options describe."""
    start: datetime = options.start
    # A Tempo day begins at 06:00.
    today = (start.astimezone(PARIS) - timedelta(hours=6)).date()
    marks = {today: Colour[options.today.upper()], today + timedelta(days=1): Colour[options.tomorrow.upper()]}
    meter = SimulatedMeter(
        contract_kva=options.contract,
        phases=options.phases,
        mode=Mode(options.mode),
        calendar=Calendar(kind=TariffKind(options.tariff), marks=marks),
        producer=options.producer,
        start=start,
        indexes=LIVED_IN,
        seed=options.seed,
    )
    outdoor = Outdoor(mean_c=options.outdoor)
    if options.house == "demo":
        house = House.demo(
            phases=options.phases,
            contract_kva=options.contract,
            seed=options.seed,
            script=options.script == "overload",
            outdoor=outdoor,
            plug_latency_s=options.plug_latency,
            pv_w=options.pv,
        )
    else:
        house = House(
            phases=options.phases,
            contract_kva=options.contract,
            seed=options.seed,
            outdoor=outdoor,
            plug_latency_s=options.plug_latency,
            pv_w=options.pv,
        )
        if options.script == "overload":
            house.start_overload()
    home = Home(house, meter)
    home.settle()
    return home


async def serve(options: argparse.Namespace) -> None:
    """Run until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    home = build_home(options)
    server = ControlServer(Controller(home, speed=options.speed))
    line = options.replay or Line(
        FrameStream(home.meter.state),
        bit_error_rate=options.bit_errors,
        strip_parity=options.strip_parity,
        seed=options.seed,
    )
    terminal = Terminal(options.link)
    listener = None
    try:
        listener, address = await _listen(server, options.control)
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(feed(home, line, terminal)),
                group.create_task(live(home, server, options.speed)),
            ]
            link = None if options.link is None else str(options.link)
            print(json.dumps({"ready": True, "port": terminal.port, "link": link, "control": address}), flush=True)
            await stop.wait()
            for task in tasks:
                task.cancel()
    finally:
        terminal.close()
        if listener is not None:
            # Closing also removes a unix socket.
            listener.close()
            listener.close_clients()
            await listener.wait_closed()


async def _listen(server: ControlServer, control: Path | int | None) -> tuple[asyncio.Server | None, str | int | None]:
    if control is None:
        return None, None
    if isinstance(control, Path):
        return await asyncio.start_unix_server(server.serve, control), str(control)
    listener = await asyncio.start_server(server.serve, "127.0.0.1", control)
    port: int = listener.sockets[0].getsockname()[1]
    return listener, port


def _encode(message: Json) -> bytes:
    return json.dumps(message, ensure_ascii=False).encode() + b"\n"


def _control(text: str) -> Path | int:
    return int(text) if text.isdigit() else Path(text)


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError("must be above 0")
    return value


def _aware(text: str) -> datetime:
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise argparse.ArgumentTypeError("must carry its offset, such as 2026-01-15T19:00:00+01:00")
    return value


def _capture(text: str) -> Replay:
    try:
        return Replay(Path(text).read_bytes())
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    colours = [colour.name.lower() for colour in Colour]
    parser = argparse.ArgumentParser(prog="simulator.run", description="A simulated house behind a simulated Linky.")
    parser.add_argument("--link", type=Path, help="symbolic link to the pseudo-terminal")
    parser.add_argument("--control", type=_control, metavar="PATH|PORT", help="unix socket, or TCP port on localhost")
    parser.add_argument("--mode", choices=list(map(str, Mode)), default="standard")
    parser.add_argument("--phases", type=int, choices=(1, 3), default=1)
    parser.add_argument("--contract", type=int, choices=range(1, 37), default=6, metavar="KVA")
    parser.add_argument("--tariff", choices=list(map(str, TariffKind)), default="hc")
    parser.add_argument("--today", choices=colours, default="blue")
    parser.add_argument("--tomorrow", choices=colours, default="blue")
    parser.add_argument("--house", choices=("demo", "family"), default="demo")
    parser.add_argument("--script", choices=("overload",), help="start the overload at once")
    parser.add_argument("--producer", action="store_true")
    parser.add_argument("--pv", type=float, default=0.0, metavar="WATTS")
    parser.add_argument("--outdoor", type=float, default=5.0, metavar="CELSIUS")
    parser.add_argument("--speed", type=_positive, default=1.0, help="house seconds per second")
    parser.add_argument("--start", type=_aware, default=datetime.now(UTC).replace(microsecond=0), metavar="ISO")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plug-latency", type=float, default=0.0, metavar="SECONDS")
    parser.add_argument("--bit-errors", type=float, default=0.0, metavar="RATE")
    parser.add_argument("--strip-parity", action="store_true")
    parser.add_argument(
        "--replay", type=_capture, metavar="FILE", help="say what a capture says, not what the house does"
    )
    return parser.parse_args(arguments)


def main() -> None:
    """Run from the command line."""
    try:
        asyncio.run(serve(parse()))
    except OSError as error:
        # A link or a port that is taken.
        raise SystemExit(f"simulator: {error}") from error


if __name__ == "__main__":
    main()
