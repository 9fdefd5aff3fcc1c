"""The line to the meter as a whole: open or not, heard or not, and at the speed at which the meter speaks."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
import logging
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import CONF_BAUDRATE, CONF_MODE, CONF_PORT, DOMAIN
from .sources import LinkError, SerialSource, Silence, Voice
from .tic import Decoder, Group, Mode

_LOGGER = logging.getLogger(__name__)

HISTORIC_BAUD: Final = 1200
STANDARD_BAUD: Final = 9600

# The grid operator changes the mode of a meter from afar: the line then says nothing intelligible at the old speed.
HUNT_AFTER_S: Final = 10.0
HUNT_LONGEST_S: Final = 60.0
# A TCP peer that vanished never says so.
REOPEN_AFTER_S: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkState:
    """What is known of the line.

    ``available``: its latest values may be shown. ``degraded``: it is too quiet to restore anything on its word.
    ``connected``: the port is open; ``error`` tells why it is not. ``since``: monotonic second of the last change.
    """

    available: bool = False
    degraded: bool = False
    connected: bool = False
    error: LinkError | None = None
    since: float


def issue_id(entry: ConfigEntry) -> str:
    """The repair issue of a meter that is not heard."""
    return f"meter_silent_{entry.entry_id}"


class Link:
    """Reads the source, decodes, and judges its silences.

    ``on_groups`` gets the groups in the same turn of the event loop in which their last byte was read;
    ``on_state`` the new state after every change.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        *,
        on_groups: Callable[[list[Group], float], None],
        on_state: Callable[[LinkState], None],
    ) -> None:
        self.decoder = Decoder()
        self._hass = hass
        self._entry = entry
        self._loop = hass.loop
        self._on_groups = on_groups
        self._on_state = on_state
        now = self._loop.time()
        self.state = LinkState(since=now)
        self._silence = Silence(now)
        self._heard = False
        self._hunted_at = now
        self._hunt_wait = HUNT_AFTER_S
        self._timer: asyncio.TimerHandle | None = None
        # The connection as the entry has it: what we learn of it ourselves is no reason to open it anew.
        self.configured: tuple[str, int] = (entry.data[CONF_PORT], entry.data[CONF_BAUDRATE])
        self.source = SerialSource(*self.configured, on_data=self._received, on_link=self._link_changed)

    def start(self) -> None:
        """Read from now on, in the background, and open the port as often as it takes."""
        self._entry.async_create_background_task(self._hass, self.source.async_run(), "linky_offload serial line")
        self._check()

    async def async_stop(self) -> None:
        """Close the line and forget its troubles."""
        if self._timer is not None:
            self._timer.cancel()
        await self.source.async_close()
        ir.async_delete_issue(self._hass, DOMAIN, issue_id(self._entry))

    @callback
    def _received(self, data: bytes) -> None:
        groups = self.decoder.feed(data)
        if not groups:
            return
        now = self._loop.time()
        self._silence.note(now)
        if not self.state.available or self.state.degraded:
            self._heard = True
            self._hunt_wait = HUNT_AFTER_S
            self._check()
        self._on_groups(groups, now)
        self._settle()

    @callback
    def _link_changed(self, error: LinkError | None) -> None:
        self.decoder.reset()
        self._silence.interrupt()
        self._heard = False
        self._set(connected=error is None, error=error, available=False, degraded=error is not None)

    @callback
    def _check(self) -> None:
        """Judge the silence now, and come back when the judgement may change."""
        now = self._loop.time()
        voice = self._silence.voice(now)
        self._set(
            available=self._heard and voice is not Voice.SILENT,
            degraded=not self.state.connected or voice is not Voice.SPEAKING,
        )
        self._tell(voice)
        if self.state.connected and now >= self._hunt_at():
            self._hunt(now)
        wake = [self._hunt_at()] if self.state.connected else []
        if (change := self._silence.next_change(now)) is not None:
            wake.append(change)
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(min(wake, default=now + HUNT_AFTER_S), self._check)

    def _set(self, **changes: bool | LinkError | None) -> None:
        state = replace(self.state, **changes)  # type: ignore[arg-type]
        if state != self.state:
            self.state = replace(state, since=self._loop.time())
            self._on_state(self.state)

    def _tell(self, voice: Voice) -> None:
        """Say in plain words that the meter has not been heard for long."""
        if voice is not Voice.SILENT:
            ir.async_delete_issue(self._hass, DOMAIN, issue_id(self._entry))
            return
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id(self._entry),
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR,
            translation_key="meter_silent" if self.state.connected else str(self.state.error or LinkError.LOST),
            translation_placeholders={"name": self._entry.title, "port": self.source.url},
        )

    # The speed of the line -------------------------------------------------------------------------------------------

    def _hunt_at(self) -> float:
        wait = self._hunt_wait if self.source.has_baudrate else REOPEN_AFTER_S
        return max(self._silence.last, self._hunted_at) + wait

    def _hunt(self, now: float) -> None:
        """Nothing intelligible for a while: try the other speed, or a new connection where the speed is not ours."""
        self._hunted_at = now
        self._hunt_wait = min(2 * self._hunt_wait, HUNT_LONGEST_S)
        self.decoder.reset()
        if self.source.has_baudrate:
            other = HISTORIC_BAUD if self.source.baudrate == STANDARD_BAUD else STANDARD_BAUD
            self._entry.async_create_background_task(
                self._hass, self.source.async_set_baudrate(other), "linky_offload baud rate"
            )
        else:
            self.source.reopen()

    def _settle(self) -> None:
        """Remember the mode and the speed at which the meter is understood."""
        mode, data = self.decoder.mode, self._entry.data
        if mode is None or (mode == data.get(CONF_MODE) and self.source.baudrate == data[CONF_BAUDRATE]):
            return
        if mode != data.get(CONF_MODE):
            _LOGGER.info("%s speaks in %s mode", self._entry.title, "historic" if mode is Mode.HISTORIC else "standard")
        self.configured = (self.source.url, self.source.baudrate)
        self._hass.config_entries.async_update_entry(
            self._entry, data={**data, CONF_MODE: str(mode), CONF_BAUDRATE: self.source.baudrate}
        )
