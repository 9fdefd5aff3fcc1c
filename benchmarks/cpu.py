"""What one meter costs Home Assistant: processor time with the entry, above that of the same Home Assistant without it.

Two real Home Assistant processes run side by side on the same configuration, with recorder and history. Both have the
integration; one has an entry that reads a simulated single-phase meter in standard mode, 9600 Bd, over a
pseudo-terminal, with every entity that is enabled by default. The simulator is a process of its own and is not counted.
The processor time of both, all threads, is read at the same moments, after a time in which both settle.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
import os
from pathlib import Path
from tempfile import TemporaryDirectory
import time

from benchmarks.report import arguments, print_figures, print_table
from demo import setup
from demo.client import Client
from demo.homeassistant import INTEGRATION
from demo.simulation import HouseOptions, Simulation
from demo.stage import open_home_assistant

HOUSE = HouseOptions(house="family", contract_kva=12)
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
"""

# Fields of /proc/<pid>/stat after the name of the program: user and system time, all threads (proc(5), 14 and 15).
_USER_TIME = 11
_SYSTEM_TIME = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Processor time over ``seconds`` of both processes, s."""

    seconds: float
    with_meter_s: float
    without_s: float

    @property
    def core_percent(self) -> float:
        """What the meter adds, in percent of one core."""
        return 100 * (self.with_meter_s - self.without_s) / self.seconds


def cpu_seconds(stat: str) -> float:
    """Processor time that the text of /proc/<pid>/stat tells, s. The program's name in it may hold anything."""
    fields = stat.rpartition(")")[2].split()
    return (int(fields[_USER_TIME]) + int(fields[_SYSTEM_TIME])) / os.sysconf("SC_CLK_TCK")


def used_s(pid: int) -> float:
    """Processor time of a running process since its start, s."""
    return cpu_seconds(Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace"))


@asynccontextmanager
async def _home_assistant(folder: Path) -> AsyncIterator[tuple[int, Client]]:
    opened = open_home_assistant(folder, {"linky_offload": INTEGRATION}, configuration=CONFIGURATION)
    async with opened as (ha, client):
        yield ha.program.pid, client


async def measure(settle_s: float, seconds: float) -> Cost:
    """Run both for ``settle_s`` and then count for ``seconds``."""
    with TemporaryDirectory(prefix="linky-offload-bench-") as name:
        folder = Path(name)
        for side in ("with", "without"):
            (folder / side).mkdir()
        simulation = Simulation(folder, HOUSE)
        try:
            simulation.start()
            async with (
                _home_assistant(folder / "without") as (without, _),
                _home_assistant(folder / "with") as (with_meter, client),
            ):
                await simulation.ready()
                await setup.add_meter(client, str(simulation.port))
                await asyncio.sleep(settle_s)
                began = time.monotonic()
                before = used_s(with_meter), used_s(without)
                await asyncio.sleep(seconds)
                after = used_s(with_meter), used_s(without)
                took_s = time.monotonic() - began
                if (state := (await client.entries("linky_offload"))[0]["state"]) != "loaded":
                    raise RuntimeError(f"the meter's entry is {state}")
        finally:
            simulation.stop()
    return Cost(seconds=took_s, with_meter_s=after[0] - before[0], without_s=after[1] - before[1])


def main() -> None:
    """Run from the command line."""
    parser = arguments(__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=180, metavar="S", help="how long to count (180)")
    parser.add_argument("--settle", type=float, default=45, metavar="S", help="how long to wait before (45)")
    options = parser.parse_args()
    cost = asyncio.run(measure(options.settle, options.seconds))
    print_table(
        ["Home Assistant", "seconds", "processor s", "% of a core"],
        [
            _row("with the meter", cost.seconds, cost.with_meter_s),
            _row("without", cost.seconds, cost.without_s),
            ["the meter alone", "", "", f"{cost.core_percent:.2f}"],
        ],
    )
    print_figures(
        {"core_percent": round(cost.core_percent, 3), "seconds": round(cost.seconds, 1)}, as_json=options.json
    )


def _row(name: str, seconds: float, used_s: float) -> list[str]:
    return [name, f"{seconds:.0f}", f"{used_s:.2f}", f"{100 * used_s / seconds:.2f}"]


if __name__ == "__main__":
    main()
