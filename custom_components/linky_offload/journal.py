"""What we cut, on disk before it is cut: the house must find its loads again after a power failure.

The file is replaced whole: written beside, flushed to the medium, renamed, and the folder flushed, so that after a
crash either the old or the new state is read, never a mixture. The supply of Home Assistant itself may fail with the
trip that we could not avoid, so the page cache is not enough.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
import json
import logging
import os
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .settings import LoadConfig

_LOGGER = logging.getLogger(__name__)

_VERSION = 1

type Saved = Mapping[str, str | float | bool]
"""What an actuator needs to put a load back as it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One load that we cut or are about to cut; ``since`` is wall-clock time, ISO 8601."""

    load: LoadConfig
    saved: Saved = field(default_factory=dict)
    since: str

    @classmethod
    def now(cls, load: LoadConfig, saved: Saved) -> Intent:
        """An intent of this moment."""
        return cls(load=load, saved=saved, since=dt_util.utcnow().isoformat())


class Journal:
    """The intents of one entry, in the order in which they were made.

    Changes are in memory at once; `async_written` waits until the disk holds them. Writes are serialised in the
    executor and only the newest state is written.
    """

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        self._hass = hass
        self._path = Path(hass.config.path(".storage", f"{DOMAIN}.{entry_id}.journal"))
        self._intents: dict[str, Intent] = {}
        self._version = 0
        self._on_disk = 0
        self._writer: asyncio.Task[None] | None = None
        self._failing = False

    @property
    def intents(self) -> Mapping[str, Intent]:
        """The present intents by load id, oldest first."""
        return self._intents

    async def async_load(self) -> None:
        """Read what an earlier run left. A damaged file is put aside and counts as empty."""
        self._intents = await self._hass.async_add_executor_job(_read, self._path)

    def put(self, intent: Intent) -> None:
        """Add or replace the intent of a load."""
        load_id = intent.load.load_id
        known = self._intents.get(load_id)
        if known is None or known.saved != intent.saved or known.load != intent.load:
            self._intents[load_id] = intent
            self._changed()

    def drop(self, load_id: str) -> None:
        """The load is back, or somebody else's."""
        if self._intents.pop(load_id, None) is not None:
            self._changed()

    def sort(self, first: Iterable[str]) -> None:
        """Put the intents of the loads named ``first`` before the others, in that order."""
        order = [load_id for load_id in first if load_id in self._intents]
        order += [load_id for load_id in self._intents if load_id not in order]
        self._intents = {load_id: self._intents[load_id] for load_id in order}
        self._changed()

    async def async_written(self) -> None:
        """Wait until the disk holds the present state, or has refused it."""
        while self._writer is not None:
            await asyncio.shield(self._writer)

    @property
    def is_written(self) -> bool:
        """Whether the disk holds the present state."""
        return self._on_disk == self._version

    async def async_remove(self) -> None:
        """Delete the file: the entry is gone."""
        await self.async_written()
        await self._hass.async_add_executor_job(_unlink, self._path)

    def _changed(self) -> None:
        self._version += 1
        if self._writer is None:
            writer = self._hass.async_create_task(self._write(), "linky_offload journal")
            # An eager task whose disk answered at once is over already.
            self._writer = None if writer.done() else writer

    async def _write(self) -> None:
        try:
            while self._on_disk != self._version:
                version, text = self._version, _dump(self._intents)
                try:
                    await self._hass.async_add_executor_job(_replace, self._path, text)
                except OSError as err:
                    if not self._failing:
                        _LOGGER.error("The journal of offloaded appliances cannot be written: %s", err)
                    self._failing = True
                    return
                self._failing = False
                self._on_disk = version
        finally:
            self._writer = None


def _dump(intents: Mapping[str, Intent]) -> str:
    return json.dumps({"version": _VERSION, "intents": [asdict(intent) for intent in intents.values()]})


def _read(path: Path) -> dict[str, Intent]:
    try:
        return _parse(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as err:
        _LOGGER.warning("The journal of offloaded appliances is damaged (%s) and was put aside", err)
        _put_aside(path)
        return {}


def _parse(content: Any) -> dict[str, Intent]:
    intents = (
        Intent(load=LoadConfig.read(raw["load"]), saved=dict(raw["saved"]), since=raw["since"])
        for raw in content["intents"]
    )
    return {intent.load.load_id: intent for intent in intents}


def _put_aside(path: Path) -> None:
    try:
        path.replace(path.with_suffix(".damaged"))
    except OSError as err:
        _LOGGER.warning("%s could not be renamed: %s", path, err)


def _replace(path: Path, text: str) -> None:
    """Replace a file so that a crash at any point leaves the old or the new content."""
    beside = path.with_suffix(".new")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _unlink(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.with_suffix(".new").unlink(missing_ok=True)
    path.with_suffix(".damaged").unlink(missing_ok=True)
