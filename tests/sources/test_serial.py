"""The serial line: opened, lost, found again."""

import asyncio
from collections.abc import AsyncIterator, Callable
import errno
from pathlib import Path

from homeassistant.exceptions import ConfigEntryNotReady
import pytest
import serialx

from custom_components.linky_offload.sources import LinkError, SerialSource, SourceError, serial
from custom_components.linky_offload.sources.serial import link_error
from tests.common import WAIT_S, PtyMeter


async def until(reached: Callable[[], bool]) -> None:
    """Wait for as long as a slow machine may need."""
    async with asyncio.timeout(WAIT_S):
        while not reached():  # noqa: ASYNC110 - the line tells nobody
            await asyncio.sleep(0.01)


class Heard:
    """What a source hands over."""

    def __init__(self) -> None:
        self.data = b""
        self.links: list[LinkError | None] = []

    def source(self, url: str, baudrate: int = 9600) -> SerialSource:
        return SerialSource(url, baudrate, on_data=self._on_data, on_link=self.links.append)

    def _on_data(self, data: bytes) -> None:
        self.data += data

    async def until(self, data: bytes) -> None:
        await until(lambda: data in self.data)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries every few milliseconds."""
    monkeypatch.setattr(serial, "FIRST_RETRY_S", 0.01)


@pytest.fixture
async def running(pty_meter: PtyMeter, heard: Heard) -> AsyncIterator[SerialSource]:
    source = heard.source(pty_meter.port)
    task = asyncio.get_running_loop().create_task(source.async_run())
    await until(lambda: heard.links == [None])
    yield source
    await source.async_close()
    await asyncio.wait_for(task, WAIT_S)


@pytest.mark.usefixtures("running")
async def test_bytes_are_handed_over_with_their_parity_bit(pty_meter: PtyMeter, heard: Heard) -> None:
    pty_meter.write(b"\x8a\x02\xc1A\xff")
    await heard.until(b"\x8a\x02\xc1A\xff")
    assert heard.links == [None]


@pytest.mark.usefixtures("running")
async def test_an_adapter_that_is_pulled_out_is_told_once_and_found_again(
    pty_meter: PtyMeter, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    pty_meter.write(b"before")
    await heard.until(b"before")

    pty_meter.unplug()
    await until(lambda: len(heard.links) > 4)
    assert heard.links[:2] == [None, LinkError.LOST]
    assert set(heard.links[2:]) == {LinkError.MISSING}
    pty_meter.plug()
    await until(lambda: heard.links[-1] is None)
    pty_meter.write(b"after")
    await heard.until(b"after")

    assert caplog.text.count("cannot be read") == 1
    assert caplog.text.count("is read again") == 1


async def test_an_adapter_that_opens_but_says_nothing_is_retried_more_and_more_slowly(
    monkeypatch: pytest.MonkeyPatch, heard: Heard
) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 9:
            raise asyncio.CancelledError

    async def refuse(*_args: object, **_kwargs: object) -> None:
        raise FileNotFoundError

    monkeypatch.setattr(serial, "FIRST_RETRY_S", 1.0)
    monkeypatch.setattr(asyncio, "sleep", sleep)
    monkeypatch.setattr(serialx, "create_serial_connection", refuse)

    with pytest.raises(asyncio.CancelledError):
        await heard.source("/dev/none").async_run()

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


async def test_a_port_serves_one_reader(pty_meter: PtyMeter, heard: Heard) -> None:
    first, second = heard.source(pty_meter.port), heard.source(pty_meter.port)
    await first.async_open()
    with pytest.raises(SourceError) as refused:
        await second.async_open()
    assert refused.value.error is LinkError.BUSY
    await first.async_close()
    await second.async_open()
    await second.async_close()


async def test_the_speed_changes_on_the_open_line(pty_meter: PtyMeter, heard: Heard) -> None:
    source = heard.source(pty_meter.port)
    await source.async_open()
    await source.async_set_baudrate(1200)
    assert source.baudrate == 1200
    assert source._transport is not None
    assert source._transport.baudrate == 1200
    pty_meter.write(b"slowly")
    await heard.until(b"slowly")
    await source.async_close()


@pytest.mark.usefixtures("socket_enabled")
async def test_a_bridge_on_the_network(heard: Heard) -> None:
    writers: list[asyncio.StreamWriter] = []

    async def bridge(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        writer.write(b"over the network")

    server = await asyncio.start_server(bridge, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    source = heard.source(f"socket://127.0.0.1:{port}")
    assert not source.has_baudrate
    task = asyncio.get_running_loop().create_task(source.async_run())
    await heard.until(b"over the network")

    source.reopen()
    await heard.until(b"over the networkover the network")

    await source.async_close()
    await task
    for writer in writers:
        writer.close()
    server.close()
    with pytest.raises(SourceError) as refused:
        await heard.source(f"socket://127.0.0.1:{port}").async_open()
    assert refused.value.error is LinkError.UNREACHABLE


async def test_a_plain_file_is_no_serial_line(tmp_path: Path, heard: Heard) -> None:
    file = tmp_path / "notes.txt"
    file.touch()
    with pytest.raises(SourceError) as refused:
        await heard.source(str(file)).async_open()
    assert refused.value.error is LinkError.NOT_SERIAL


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        pytest.param(FileNotFoundError(), LinkError.MISSING, id="not plugged in"),
        pytest.param(OSError(errno.ENODEV, ""), LinkError.MISSING, id="the driver lost it"),
        pytest.param(PermissionError(), LinkError.DENIED, id="no access"),
        pytest.param(OSError(errno.EBUSY, ""), LinkError.BUSY, id="held by another program"),
        pytest.param(OSError(errno.EAGAIN, ""), LinkError.BUSY, id="locked by another program"),
        pytest.param(OSError(errno.ENOTTY, ""), LinkError.NOT_SERIAL, id="not a terminal"),
        pytest.param(IsADirectoryError(errno.EISDIR, ""), LinkError.NOT_SERIAL, id="a folder"),
        pytest.param(ValueError(), LinkError.NOT_SERIAL, id="an address without port"),
        pytest.param(serialx.SerialException(), LinkError.NOT_SERIAL, id="an unknown scheme"),
        pytest.param(ConnectionRefusedError(), LinkError.UNREACHABLE, id="nobody listens"),
        pytest.param(TimeoutError(), LinkError.UNREACHABLE, id="no answer"),
        pytest.param(OSError(errno.EHOSTUNREACH, ""), LinkError.UNREACHABLE, id="no route"),
        pytest.param(ConfigEntryNotReady(), LinkError.UNREACHABLE, id="ESPHome is not loaded yet"),
    ],
)
def test_errors_are_told_apart(error: Exception, expected: LinkError) -> None:
    assert link_error(error) is expected


async def test_a_driver_that_takes_its_speed_only_when_opened_is_opened_anew(
    pty_meter: PtyMeter, heard: Heard, running: SerialSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = running._transport
    assert first is not None

    async def refuse(**_settings: object) -> None:
        raise serialx.SerialException("not while it is open")

    monkeypatch.setattr(first, "reconfigure_port", refuse)
    await running.async_set_baudrate(1200)
    await until(lambda: running._transport not in {first, None})

    assert running._transport is not None
    assert running._transport.baudrate == 1200
    pty_meter.write(b"at last")
    await heard.until(b"at last")


async def test_the_speed_of_a_closed_line_is_for_its_next_opening(pty_meter: PtyMeter, heard: Heard) -> None:
    source = heard.source(pty_meter.port)
    source.reopen()
    await source.async_set_baudrate(1200)
    await source.async_open()
    assert source._transport is not None
    assert source._transport.baudrate == 1200
    await source.async_close()
