"""The serial line: a USB dongle, a TCP or RFC 2217 bridge, an ESPHome serial proxy; anything that serialx opens."""

import asyncio
from collections.abc import Callable
import errno
import logging
from typing import Final, cast, override

from homeassistant.exceptions import ConfigEntryNotReady
import serialx

from .feed import LinkError, SourceError

_LOGGER = logging.getLogger(__name__)

FIRST_RETRY_S: Final = 1.0
LONGEST_RETRY_S: Final = 60.0

# ConfigEntryNotReady is what Home Assistant's own esphome-hass:// transport raises while ESPHome is not loaded.
_OPEN_ERRORS = (OSError, ValueError, serialx.SerialException, ConfigEntryNotReady)
_PACE_LESS_SCHEMES = ("socket://", "tcp://")


def link_error(err: Exception) -> LinkError:
    """Name the reason behind an exception of opening a port."""
    match err:
        case FileNotFoundError():
            return LinkError.MISSING
        case PermissionError():
            return LinkError.DENIED
        case TimeoutError() | ConnectionError() | ConfigEntryNotReady():
            return LinkError.UNREACHABLE
        case OSError(errno=errno.EBUSY | errno.EAGAIN):
            return LinkError.BUSY
        case OSError(errno=errno.ENODEV | errno.ENXIO | errno.EIO):
            return LinkError.MISSING
        case OSError(errno=errno.ENOTTY | errno.EINVAL | errno.EISDIR) | ValueError() | serialx.SerialException():
            return LinkError.NOT_SERIAL
        case _:
            # What is left are errors of name resolution and routing.
            return LinkError.UNREACHABLE


class _Line(asyncio.Protocol):
    """Hands every chunk over in the same turn of the event loop in which it was read."""

    def __init__(self, on_data: Callable[[bytes], None]) -> None:
        self._on_data = on_data
        self.lost: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()

    @override
    def data_received(self, data: bytes) -> None:
        self._on_data(data)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if not self.lost.done():
            self.lost.set_result(exc)


class SerialSource:
    """A serial line that is kept open.

    ``on_data`` gets the bytes as they come, ``on_link`` whether the line is open and why not. The line is opened with
    eight data bits and no parity: the parity bit of the meter's 7E1 reaches the decoder, which checks it itself
    (tic.md §12.3).
    """

    def __init__(
        self,
        url: str,
        baudrate: int,
        *,
        on_data: Callable[[bytes], None],
        on_link: Callable[[LinkError | None], None],
    ) -> None:
        self.url = url
        self.baudrate = baudrate
        self._on_data = on_data
        self._on_link = on_link
        self._transport: serialx.BaseSerialTransport | None = None
        self._line: _Line | None = None
        self._wait_s = FIRST_RETRY_S
        self._gone = False  # said in the log, once for each episode
        self._closed = False

    @property
    def has_baudrate(self) -> bool:
        """Whether the speed is ours to choose: a raw TCP bridge has its own."""
        return not self.url.startswith(_PACE_LESS_SCHEMES)

    async def async_open(self) -> None:
        """Open the line once. Raises SourceError."""
        loop = asyncio.get_running_loop()
        try:
            transport, line = await serialx.create_serial_connection(
                loop, lambda: _Line(self._received), self.url, baudrate=self.baudrate, byte_size=8
            )
        except _OPEN_ERRORS as err:
            raise SourceError(link_error(err), str(err)) from err
        self._transport = transport
        self._line = cast("_Line", line)
        self._on_link(None)

    async def async_run(self) -> None:
        """Keep the line open until it is closed here, or this is cancelled."""
        try:
            while not self._closed:
                if self._line is None:
                    try:
                        await self.async_open()
                    except SourceError as err:
                        self._tell_gone(err.error, str(err))
                if (line := self._line) is not None:
                    reason = await line.lost
                    if self._line is not line:
                        return  # closed here, not lost
                    self._transport = self._line = None
                    self._tell_gone(LinkError.LOST, str(reason or "closed by the other side"))
                await asyncio.sleep(self._wait_s)
                self._wait_s = min(2 * self._wait_s, LONGEST_RETRY_S)
        finally:
            await self.async_close()

    async def async_close(self) -> None:
        """Close the line for good; harmless when it is closed."""
        self._closed = True
        transport, self._transport, self._line = self._transport, None, None
        if transport is not None:
            transport.abort()
            await transport.wait_closed()

    def reopen(self) -> None:
        """Drop the connection so that it is made anew: a TCP peer that vanished never says so."""
        if self._transport is not None:
            self._transport.abort()

    async def async_set_baudrate(self, baudrate: int) -> None:
        """Change the speed of the open line, and of every later opening."""
        self.baudrate = baudrate
        if self._transport is None:
            return
        try:
            await self._transport.reconfigure_port(baudrate=baudrate)
        except OSError, serialx.SerialException:
            # A driver that cannot change speed on the fly takes it when the port is opened.
            self.reopen()

    def _received(self, data: bytes) -> None:
        # Bytes, and not the mere opening, prove that the line is back: a dying adapter opens and goes in turns.
        if self._gone:
            self._gone = False
            _LOGGER.info("%s is read again", self.url)
        self._wait_s = FIRST_RETRY_S
        self._on_data(data)

    def _tell_gone(self, error: LinkError, detail: str) -> None:
        self._on_link(error)
        if not self._gone:
            self._gone = True
            _LOGGER.warning("%s cannot be read (%s); trying again until it answers", self.url, detail)
