"""A meter on a line: its bytes decoded, at the speed at which it speaks."""

from collections.abc import Callable
import logging
from typing import Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..const import CONF_BAUDRATE, CONF_MODE
from ..tic import Group, Mode
from .cable import CableFeed
from .feed import Ears, LinkError, connection_of

_LOGGER = logging.getLogger(__name__)

HISTORIC_BAUD: Final = 1200
STANDARD_BAUD: Final = 9600

# The grid operator changes the mode of a meter from afar: the line then says nothing intelligible at the old speed.
HUNT_AFTER_S: Final = 10.0
HUNT_LONGEST_S: Final = 60.0
# A TCP peer that vanished never says so.
REOPEN_AFTER_S: Final = 60.0


# What decisions are made of is handed over at its CR. The other groups of a frame, which are most of them, wait for the
# next of these or for the end of the frame: a process that is woken 70 times a second pays for each thing that it does.
_AT_ONCE: Final = frozenset(
    f"{label}{phase}"
    for label in (
        "PAPP",
        "SINSTS",
        "SINSTI",
        "IINST",
        "IRMS",
        "URMS",
        "ADPS",
        "ADIR",
        "STGE",
        "PREF",
        "PCOUP",
        "ISOUSC",
    )
    for phase in ("", "1", "2", "3")
)
_ETX: Final = b"\x03"
_ENDS: Final = frozenset(b"\r\x8d" + _ETX)
"""Bytes with which something is complete; CR with and without its parity bit (that of ETX is 0)."""
_MOST_BYTES: Final = 64
"""A line that is only noise is decoded, and counted, in pieces of this size."""


class LineFeed(CableFeed):
    """Reads a serial line, decodes it, and follows the meter to its other speed."""

    wired = True

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, ears: Ears) -> None:
        super().__init__(hass, entry, ears)
        self._bytes = b""
        self._groups: list[Group] = []
        self._connected = False
        self._hunted_at = hass.loop.time()
        self._hunt_wait = HUNT_AFTER_S
        self.tap: Callable[[bytes], None] | None = None  # is given every byte as it came, for a recording

    @property
    @override
    def mode(self) -> Mode | None:
        return self.decoder.mode

    @property
    @override
    def met(self) -> bool:
        # A whole frame has surely passed: the decoder numbers the one in which the line was joined, too.
        return self.decoder.stats.frames > 2

    @override
    @callback
    def _received(self, data: bytes) -> None:
        if self.tap is not None:
            self.tap(data)
        self._bytes += data
        if len(self._bytes) < _MOST_BYTES and _ENDS.isdisjoint(data):
            return
        data, self._bytes = self._bytes, b""
        groups = self.decoder.feed(data)
        self._groups += groups
        if self._groups and (_ETX in data or not _AT_ONCE.isdisjoint(group.label for group in groups)):
            groups, self._groups = self._groups, []
            self._hunt_wait = HUNT_AFTER_S
            self._ears.on_groups(groups, self._hass.loop.time())
            self._settle()

    @override
    @callback
    def _link_changed(self, error: LinkError | None) -> None:
        self._connected = error is None
        super()._link_changed(error)

    # The speed of the line -------------------------------------------------------------------------------------------

    @override
    def look(self, now: float, last: float) -> float | None:
        """Nothing intelligible for a while: try the other speed, or a new connection where the speed is not ours."""
        if not self._connected:
            return None
        if now >= self._hunt_at(last):
            self._hunt(now)
        return self._hunt_at(last)

    def _hunt_at(self, last: float) -> float:
        wait = self._hunt_wait if self.source.has_baudrate else REOPEN_AFTER_S
        return max(last, self._hunted_at) + wait

    @override
    def _forget(self) -> None:
        self.decoder.reset()
        self._bytes = b""
        self._groups.clear()

    def _hunt(self, now: float) -> None:
        self._hunted_at = now
        self._hunt_wait = min(2 * self._hunt_wait, HUNT_LONGEST_S)
        self._forget()
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
        learnt = {**data, CONF_MODE: str(mode), CONF_BAUDRATE: self.source.baudrate}
        self.connection = connection_of(learnt)
        self._hass.config_entries.async_update_entry(self._entry, data=learnt)
