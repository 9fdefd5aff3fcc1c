"""A meter that speaks by itself while a form looks for it, and searches that end in a fraction of a second."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
import os
import termios
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowManager
import pytest

from custom_components.linky_offload.flow import last_page, probe
from tests.common import PtyMeter

from .wording import missing_words

type Talk = Callable[..., AbstractAsyncContextManager[None]]

SPEEDS = {9600: termios.B9600, 1200: termios.B1200}


def speed_of(meter: PtyMeter) -> int | None:
    """The speed at which the line is open, None while it is gone."""
    try:
        descriptor = os.open(meter.path, os.O_RDWR | os.O_NOCTTY)
    except FileNotFoundError:
        return None
    try:
        speed = termios.tcgetattr(descriptor)[5]
    finally:
        os.close(descriptor)
    return next((baudrate for baudrate, code in SPEEDS.items() if code == speed), None)


@pytest.fixture(autouse=True)
def quick_searches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "LISTEN_S", {9600: 0.25, 1200: 0.25})
    monkeypatch.setattr(probe, "SETTLE_S", 0.6)
    monkeypatch.setattr(last_page, "ARRIVAL_S", 0.3)


@pytest.fixture(autouse=True)
def every_word_is_there(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Look at everything that any flow shows in a test."""
    handle = FlowManager._async_handle_step
    missing: list[str] = []

    async def watched(manager: Any, flow: Any, *args: Any, **kwargs: Any) -> Any:
        result = await handle(manager, flow, *args, **kwargs)
        missing.extend(missing_words(flow, result))
        return result

    monkeypatch.setattr(FlowManager, "_async_handle_step", watched)
    yield
    assert missing == []


@pytest.fixture
def talk(hass: HomeAssistant) -> Talk:
    """Let a meter repeat bytes; with ``baudrate`` only while the line is open at that speed, noise otherwise."""

    @asynccontextmanager
    async def talking(meter: PtyMeter, data: bytes, *, baudrate: int | None = None) -> AsyncIterator[None]:
        async def speak() -> None:
            while True:
                understood = baudrate is None or speed_of(meter) == baudrate
                meter.write(data if understood else b"\xf8\x9c\x00\xe3" * 8)
                await asyncio.sleep(0.02)

        task = hass.loop.create_task(speak())
        try:
            yield
        finally:
            task.cancel()

    return talking
