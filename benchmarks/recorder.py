"""What a day costs the recorder, and what is lost by it: rows written under a publishing policy, and the error.

A real Home Assistant core with a real recorder reads a simulated single-phase meter in standard mode, one frame a
second, over a pseudo-terminal, with every entity of the meter that is enabled by default. Nothing between the bytes and
the database is replaced but the clocks, which jump from second to second, so that a day passes in minutes. The home is
a winter day of a family with electric heating, the noise of a real line, and appliances that switch often (a hob that
regulates, a washing drum).

Rows are those of the tables `states`, `state_attributes` and `events`. The statistics, which grow with the number of
sensors and not with what they say (a row of each every five minutes and every hour), are told beside. The error
compares, each second, the power that Home Assistant holds with the one that the meter has just told.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import logging
import math
import os
from pathlib import Path
import sqlite3
from tempfile import TemporaryDirectory
import time
import tty
from unittest.mock import patch

from homeassistant import loader
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, event, recorder
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_test_home_assistant

from benchmarks.report import arguments, print_figures, print_table
from benchmarks.winter_day import CONTRACT_KVA, START, Day
from custom_components.linky_offload.const import DOMAIN
from custom_components.linky_offload.pace import RULES, Kind, Publishing

STEP_VA = 200.0
INTERNAL_ID = "bench"
TABLES = ("states", "state_attributes", "events")
STATISTICS_PER_DAY = 24 * 12 + 24
PATIENCE_S = 20.0
WARM_UP_S = 10


class Clock:
    """The clocks of Home Assistant, which run as ours do and can be put forward."""

    def __init__(self) -> None:
        self._monotonic = time.monotonic
        self._time = time.time
        self._began = time.monotonic()
        self._wall = START.timestamp() - time.time()
        self._ahead = 0.0

    def monotonic(self) -> float:
        """Seconds since some moment, by which the event loop lives."""
        return self._monotonic() + self._ahead

    def wall(self) -> float:
        """Seconds since the epoch."""
        return self._time() + self._wall + self._ahead

    def utcnow(self) -> datetime:
        """Time of day, in UTC."""
        return datetime.fromtimestamp(self.wall(), UTC)

    def now(self, zone: object = None) -> datetime:
        """Time of day, in the zone of the home."""
        return self.utcnow().astimezone(dt_util.get_default_time_zone())

    def begin(self) -> None:
        """Count seconds from here, at the first moment of the day."""
        self._began = self.monotonic()
        self._wall += START.timestamp() - self.wall()

    def reach(self, second: int) -> None:
        """Put the clocks forward to a second since `begin`; never back."""
        self._ahead += max(0.0, self._began + second - self.monotonic())

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Let everything that Home Assistant looks at be these clocks."""
        with (
            patch.object(time, "time", self.wall),
            patch.object(time, "monotonic", self.monotonic),
            patch.object(dt_util, "utcnow", self.utcnow),
            patch.object(dt_util, "now", self.now),
            patch.object(event, "time_tracker_utcnow", self.utcnow),
            patch.object(event, "time_tracker_timestamp", self.wall),
        ):
            yield


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One day under one policy. ``rows`` by table, ``states`` by entity; errors and powers in VA, energy in Wh.

    ``sensors``: how many of the entities have statistics.
    """

    seconds: int
    steps: int
    rows: dict[str, int]
    states: dict[str, int]
    sensors: int
    error_rms_va: float
    true_rms_va: float
    energy_error_wh: float

    @property
    def rows_per_day(self) -> float:
        """Rows of states, their attributes and events, for a whole day."""
        return sum(self.rows.values()) * 86_400 / self.seconds

    @property
    def statistics_per_day(self) -> int:
        """Rows of both tables of statistics, for a whole day."""
        return self.sensors * STATISTICS_PER_DAY

    @property
    def rms_percent(self) -> float:
        """Error of the power that is held, as a share of the power."""
        return 100 * self.error_rms_va / self.true_rms_va


class Bench:
    """One Home Assistant, its recorder and its meter."""

    def __init__(self, hass: HomeAssistant, entry: MockConfigEntry, wire: int, clock: Clock) -> None:
        self._hass = hass
        self._entry = entry
        self._wire = wire
        self._clock = clock
        self._sent = 0

    async def send(self, frame: bytes) -> None:
        """Write a frame and wait until all that follows from it has happened."""
        self._sent += len(frame)
        os.write(self._wire, frame)
        decoder = self._entry.runtime_data.decoder
        async with asyncio.timeout(PATIENCE_S):
            while decoder.stats.bytes < self._sent:  # noqa: ASYNC110 - the line tells nobody
                await asyncio.sleep(0)
        await asyncio.sleep(0)

    async def tick(self) -> None:
        """Let the timers run that are due, and what they start."""
        for _ in range(3):
            await asyncio.sleep(0)

    def entity_id(self, key: str) -> str:
        """The entity of one quantity of the meter."""
        entity_id = er.async_get(self._hass).async_get_entity_id("sensor", DOMAIN, f"{INTERNAL_ID}_{key}")
        if entity_id is None:
            raise RuntimeError(f"the meter has no entity for {key}")
        return entity_id

    def number(self, entity_id: str) -> float:
        """A state as a number; unknown and unavailable are an error of the benchmark."""
        state = self._hass.states.get(entity_id)
        if state is None or state.state in {STATE_UNKNOWN, STATE_UNAVAILABLE}:
            raise RuntimeError(f"{entity_id} is {state}")
        return float(state.state)

    async def live(self, day: Day, first: int, seconds: int) -> tuple[int, float, float]:
        """Live some seconds: steps of the house, mean squares of error and power."""
        power_id = self.entity_id("apparent_power")
        errors = powers = 0.0
        steps, before = 0, None
        for second in range(first, first + seconds):
            self._clock.reach(second)
            await self.tick()
            told, frame = day.second()
            await self.send(frame)
            errors += (self.number(power_id) - told) ** 2
            powers += told**2
            steps += before is not None and abs(told - before) >= STEP_VA
            before = told
        return steps, errors / seconds, powers / seconds

    async def energy_error_wh(self, day: Day, now: int, wait_s: float) -> float:
        """What is held of the energy less what the meter told last, once its interval has passed without a frame."""
        for second in range(now, now + math.ceil(wait_s) + 2):
            self._clock.reach(second)
            await self.tick()
        return round(self.number(self.entity_id("import_total")) * 1000 - day.import_wh, 3)


async def measure(publishing: Publishing, seconds: int, seed: int) -> Result:
    """Live a day, or the first seconds of one, in a Home Assistant of its own."""
    clock = Clock()
    with TemporaryDirectory(prefix="linky-offload-bench-") as name, clock.installed(), _terminal() as (wire, port):
        folder = Path(name)
        async with async_test_home_assistant(config_dir=name) as hass:
            hass.data.pop(loader.DATA_CUSTOM_COMPONENTS)
            await hass.config.async_set_time_zone("Europe/Paris")
            database = folder / "recorder.db"
            await _start_recorder(hass, f"sqlite:///{database}")
            entry = _entry(port, publishing)
            entry.add_to_hass(hass)
            if not await hass.config_entries.async_setup(entry.entry_id):
                raise RuntimeError("the meter's entry is not set up")
            day, bench = Day(seed), Bench(hass, entry, wire, clock)
            clock.begin()
            # What exists is known after some frames: entities are created while these pass.
            for second in range(WARM_UP_S):
                clock.reach(second)
                await bench.tick()
                await bench.send(day.second()[1])
                await hass.async_block_till_done()
            before = await _rows(hass, database)
            steps, errors, powers = await bench.live(day, WARM_UP_S, seconds)
            after = await _rows(hass, database)
            sensors = sum("state_class" in state.attributes for state in hass.states.async_all("sensor"))
            states = await hass.async_add_executor_job(_states_by_entity, database)
            interval_s = RULES[publishing][Kind.INDEX].every_s
            energy_error_wh = await bench.energy_error_wh(day, WARM_UP_S + seconds, interval_s)
            await hass.config_entries.async_unload(entry.entry_id)
            await hass.async_block_till_done()
            await hass.async_stop(force=True)
    return Result(
        seconds=seconds,
        steps=steps,
        rows={table: after[table] - before[table] for table in TABLES},
        states=states,
        sensors=sensors,
        error_rms_va=math.sqrt(errors),
        true_rms_va=math.sqrt(powers),
        energy_error_wh=energy_error_wh,
    )


@contextmanager
def _terminal() -> Iterator[tuple[int, str]]:
    wire, slave = os.openpty()
    tty.setraw(slave)
    try:
        yield wire, os.ttyname(slave)
    finally:
        os.close(slave)
        os.close(wire)


def _entry(port: str, publishing: Publishing) -> MockConfigEntry:
    return MockConfigEntry(
        domain=DOMAIN,
        title="Linky",
        data={
            "internal_id": INTERNAL_ID,
            "source": "serial",
            "port": port,
            "baudrate": 9600,
            "address": None,
            "mode": "standard",
            "phases": 1,
            "contract_va": CONTRACT_KVA * 1000,
            "tariff": "hchp",
        },
        options={"publishing": str(publishing)},
    )


async def _start_recorder(hass: HomeAssistant, url: str) -> None:
    recorder.async_initialize_recorder(hass)
    if not await async_setup_component(hass, "recorder", {"recorder": {"db_url": url, "commit_interval": 1}}):
        raise RuntimeError("the recorder does not start")
    await recorder.get_instance(hass).async_recorder_ready.wait()


async def _rows(hass: HomeAssistant, database: Path) -> dict[str, int]:
    """How many rows each table holds, once everything is written."""
    await recorder.get_instance(hass).async_block_till_done()
    return await hass.async_add_executor_job(_count, database)


def _count(database: Path) -> dict[str, int]:
    with sqlite3.connect(database) as connection:
        return {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}


def _states_by_entity(database: Path) -> dict[str, int]:
    query = (
        "SELECT states_meta.entity_id, count(*) FROM states JOIN states_meta USING (metadata_id)"
        " GROUP BY states_meta.entity_id ORDER BY 2 DESC, 1"
    )
    with sqlite3.connect(database) as connection:
        return dict(connection.execute(query).fetchall())


def main() -> None:
    """Run from the command line."""
    parser = arguments(__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--policy", choices=[*Publishing], default=Publishing.BALANCED, type=Publishing)
    parser.add_argument("--hours", type=float, default=24, metavar="H", help="length of the day (24)")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    began = time.monotonic()
    result = asyncio.run(measure(options.policy, round(options.hours * 3600), options.seed))
    print_table(["entity", "states"], [[entity_id, count] for entity_id, count in result.states.items() if count > 9])
    print()
    print_table(
        ["a day of the recorder", options.policy],
        [
            ["steps of 200 VA and more", result.steps],
            ["rows a day: states, attributes, events", f"{result.rows_per_day:.0f}"],
            ["rows a day of statistics", result.statistics_per_day],
            ["RMS of the power, VA", f"{result.true_rms_va:.0f}"],
            ["RMS of the error, VA", f"{result.error_rms_va:.1f}"],
            ["RMS of the error, %", f"{result.rms_percent:.2f}"],
            ["error of the energy, Wh", f"{result.energy_error_wh:.0f}"],
            ["took, s", f"{timedelta(seconds=time.monotonic() - began).total_seconds():.0f}"],
        ],
    )
    figures: dict[str, float | int | str | None] = {
        "rows_per_day": round(result.rows_per_day),
        "rms_percent": round(result.rms_percent, 3),
        "statistics_rows_per_day": result.statistics_per_day,
        "steps": result.steps,
        "energy_error_wh": round(result.energy_error_wh),
        "hours": options.hours,
    }
    print_figures(figures, as_json=options.json)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
