"""A meter on a serial line: choose the port, let the meter be found on it."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from homeassistant.components import usb
from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntry, ConfigEntryState, ConfigFlowResult
from homeassistant.helpers.selector import SerialPortSelector
from homeassistant.util import dt as dt_util
import probatio

from ..const import CONF_BAUDRATE, CONF_PORT, SOURCE_SERIAL
from ..runtime import LinkyConfigEntry
from ..sources import LinkError
from .found import Found, found_in
from .probe import ProbeError, detect, serial_connection
from .source_base import SourceSteps

# Keys under which integrations keep the serial port that they use.
_PORT_KEYS = (CONF_PORT, "device", "serial_port", "usb_path", "path")


class SerialSteps(SourceSteps):
    """The port, and the search on it."""

    def __init__(self) -> None:
        super().__init__()
        self._port: str | None = None
        self._detection: asyncio.Task[Found] | None = None
        self._leads_back(SOURCE_SERIAL, "serial", CONF_PORT, self.async_step_serial)

    async def async_step_serial(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the port; comes back with the reason when no meter was found on it."""
        if user_input is not None:
            port = user_input[CONF_PORT].strip()
            self._port = await self.hass.async_add_executor_job(usb.get_serial_by_id, port)
            self._errors = {}
            self._figures = {}
            return await self.async_step_detect()
        if self._port is None and (entry := self._reconfigured) is not None:
            self._port = entry.data.get(CONF_PORT)
        return self.async_show_form(
            step_id="serial",
            data_schema=self.add_suggested_values_to_schema(
                probatio.Schema({probatio.Required(CONF_PORT): SerialPortSelector()}), {CONF_PORT: self._port}
            ),
            errors=self._errors,
            description_placeholders=self._figures,
            last_step=False,
        )

    async def async_step_detect(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Look for the meter while a progress bar runs."""
        assert self._port is not None
        if self._detection is None:
            # Never eager: a search that failed at once would hand the form's input to the next step.
            self._detection = self.hass.async_create_task(self._async_detect(self._port), eager_start=False)
        if not self._detection.done():
            return self.async_show_progress(
                step_id="detect",
                progress_action="detect",
                progress_task=self._detection,
                description_placeholders={"port": self._port},
            )
        detection, self._detection = self._detection, None
        try:
            self._found = detection.result()
        except ProbeError as err:
            self._errors = {CONF_PORT: err.reason}
            self._figures = err.placeholders
            return self.async_show_progress_done(next_step_id="serial")
        return self.async_show_progress_done(next_step_id=self._next_step)

    async def _async_detect(self, port: str) -> Found:
        """Find the meter, letting our own reader off its port while we look. Raises ProbeError."""
        if self.source != SOURCE_RECONFIGURE:
            return await self._async_probe(port)
        entry: LinkyConfigEntry = self._get_reconfigure_entry()
        used = entry.data.get(CONF_PORT)
        if used is None or not await self.hass.async_add_executor_job(_same_port, port, used):
            return await self._async_probe(port)
        runtime = entry.runtime_data if entry.state is ConfigEntryState.LOADED else None
        if runtime is not None and runtime.link.available and runtime.reading is not None:
            connection = serial_connection(port, entry.data[CONF_BAUDRATE])
            live = found_in(runtime.reading, connection=connection, where=port)
            if live is not None:
                return live
        if not await self.hass.config_entries.async_unload(entry.entry_id):
            raise ProbeError(LinkError.BUSY)
        try:
            return await self._async_probe(port)
        finally:
            await self.hass.config_entries.async_setup(entry.entry_id)

    async def _async_probe(self, port: str) -> Found:
        try:
            return await detect(port, dt_util.get_default_time_zone(), self.async_update_progress)
        except ProbeError as err:
            owner = None
            if err.reason == LinkError.BUSY:
                entries = self.hass.config_entries.async_entries(include_ignore=False)
                owner = await self.hass.async_add_executor_job(_owner, port, entries)
            if owner is None:
                raise
            raise ProbeError("port_used_by", owner=owner) from err


def _same_port(one: str, other: str) -> bool:
    """Whether two names lead to the same device, links followed."""
    return one == other or ("://" not in one + other and Path(one).resolve() == Path(other).resolve())


def _owner(port: str, entries: Iterable[ConfigEntry]) -> str | None:
    """The title of the entry, ours or of another integration, that reads this port."""
    for entry in entries:
        used = [entry.data.get(key) for key in _PORT_KEYS]
        if any(isinstance(other, str) and _same_port(port, other) for other in used):
            return entry.title
    return None
