"""Detection of the meter on a serial line: speed, mode, phases, contract, tariff and address, found from its groups.

The mode is told by the separators of the groups, never by the speed: some dongles re-emit historic frames at 9600 baud
(tic.md §3.5).
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import tzinfo
from time import monotonic
from typing import Any, Final

from ..const import CONF_BAUDRATE, CONF_PORT, CONF_SOURCE, SOURCE_SERIAL
from ..meter import Meter
from ..sources import LinkError, SerialSource, SourceError
from ..tic import Decoder, Group
from .found import Found, found_in

SPEEDS: Final = (9600, 1200)
LISTEN_S: Final = {9600: 3.0, 1200: 6.0}
"""How long each speed gets to yield its first good groups; the slowest frame lasts 2.8 s (tic.md §3.4)."""

ROUNDS: Final = 2
"""Some dongles restart when they are opened and speak only a few seconds later."""

SETTLE_S: Final = 25.0
"""How long a line that yields good groups may take to tell the rest: an overloaded three-phase meter sends twenty short
frames before a long one (tic.md §6.3)."""

GOOD_GROUPS: Final = 3
"""Fewer may be chance: the checksum has six bits."""

_WHOLE_FRAMES: Final = 3  # the first may have been joined halfway, the last has only begun
_STANDBY_LABELS: Final = {"ADCO"}  # both modes of a meter whose output sleeps (tic.md §2)
_PROGRESS_S: Final = 0.25

NOTHING_RECEIVED: Final = "nothing_received"
NO_TIC: Final = "no_tic"
STANDBY: Final = "standby"
NO_POWER: Final = "no_power"
BAD_URL: Final = "bad_url"


class ProbeError(Exception):
    """No meter was found. ``reason`` is a key of the translations, ``placeholders`` the figures in its text."""

    def __init__(self, reason: str, **placeholders: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.placeholders = placeholders


def serial_connection(port: str, baudrate: int) -> dict[str, Any]:
    """The connection of a meter on a line."""
    return {CONF_SOURCE: SOURCE_SERIAL, CONF_PORT: port, CONF_BAUDRATE: baudrate}


class _Listener:
    """One speed of the line, listened to until it has told everything or its time is over."""

    def __init__(self, port: str, baudrate: int, zone: tzinfo) -> None:
        self.decoder = Decoder()
        self.labels: set[str] = set()
        self._port = port
        self._baudrate = baudrate
        self._meter = Meter(local_tz=zone)
        self._heard = asyncio.Event()

    def hear(self, data: bytes) -> None:
        """Take bytes of the line."""
        for group in self.decoder.feed(data):
            self._apply(group)
        self.wake()

    def _apply(self, group: Group) -> None:
        self.labels.add(group.label)
        self._meter.apply(group, monotonic())

    @property
    def promising(self) -> bool:
        """Enough good groups of an awake meter came to wait for the others."""
        return self.decoder.stats.groups >= GOOD_GROUPS and not self.standby

    @property
    def standby(self) -> bool:
        """The meter sends its address and nothing else."""
        return self.labels == _STANDBY_LABELS

    @property
    def found(self) -> Found | None:
        """What is known of the meter, None while it is not enough to read it."""
        connection = serial_connection(self._port, self._baudrate)
        return found_in(self._meter.reading(monotonic()), connection=connection, where=self._port)

    @property
    def complete(self) -> bool:
        """Nothing more is to be expected from this line."""
        found = self.found
        if not self.promising or found is None or found.address is None or found.contract_va is None:
            return False
        return found.tariff is not None or self.decoder.stats.frames >= _WHOLE_FRAMES

    async def listen(self, tick: Callable[[], None]) -> None:
        """Wait until the line is complete or silent for too long; ``tick`` is called several times a second."""
        began = monotonic()
        while not self.complete:
            limit = SETTLE_S if self.promising else LISTEN_S[self._baudrate]
            left = began + limit - monotonic()
            if left <= 0:
                return
            self._heard.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(min(left, _PROGRESS_S)):
                    await self._heard.wait()
            tick()

    def wake(self) -> None:
        """Something happened to the line."""
        self._heard.set()


class _Probe:
    """One search on one port."""

    def __init__(self, port: str, zone: tzinfo, progress: Callable[[float], None]) -> None:
        self._port = port
        self._zone = zone
        self._progress = progress
        self._listener = _Listener(port, SPEEDS[0], zone)
        self._lost = False
        self._received = 0
        self._damaged = 0
        self._began = monotonic()
        self.source = SerialSource(port, SPEEDS[0], on_data=self._hear, on_link=self._link)

    @property
    def _speeds(self) -> tuple[int, ...]:
        """The speeds to try: a raw TCP bridge has its own, so that the longest time serves."""
        return (SPEEDS if self.source.has_baudrate else SPEEDS[-1:]) * ROUNDS

    def _hear(self, data: bytes) -> None:
        self._listener.hear(data)

    def _link(self, error: LinkError | None) -> None:
        if error is not None:
            self._lost = True
            self._listener.wake()

    def _tick(self) -> None:
        if self._lost:
            raise ProbeError(LinkError.LOST)
        expected = sum(LISTEN_S[speed] for speed in self._speeds)
        self._progress(min(1.0, (monotonic() - self._began) / expected))

    async def search(self) -> Found:
        """Try the speeds in turn on the open line. Raises ProbeError."""
        for speed in self._speeds:
            if speed != self.source.baudrate:
                await self.source.async_set_baudrate(speed)
            self._listener = _Listener(self._port, speed, self._zone)
            await self._listener.listen(self._tick)
            if self._listener.standby:
                raise ProbeError(STANDBY)
            if self._listener.promising:
                if (found := self._listener.found) is None:
                    raise ProbeError(NO_POWER)
                return found
            self._received += self._listener.decoder.stats.bytes
            self._damaged += self._listener.decoder.stats.damaged
        if self._received:
            raise ProbeError(NO_TIC, bytes=str(self._received), damaged=str(self._damaged))
        raise ProbeError(NOTHING_RECEIVED)


async def detect(port: str, zone: tzinfo, progress: Callable[[float], None]) -> Found:
    """Find the meter on ``port``, a device path or an address that serialx opens.

    ``progress`` is told the share of the time that may be needed, 0–1. Raises ProbeError.
    """
    probe = _Probe(port, zone, progress)
    try:
        await probe.source.async_open()
    except SourceError as err:
        wrong_address = err.error is LinkError.NOT_SERIAL and "://" in port
        raise ProbeError(BAD_URL if wrong_address else err.error, detail=str(err)) from err
    reading = asyncio.ensure_future(probe.source.async_run())
    try:
        return await probe.search()
    finally:
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading
