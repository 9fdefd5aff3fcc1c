"""Writing down what a meter says, byte by byte, so that it can be looked at elsewhere and played back."""

import asyncio
from pathlib import Path
from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util, slugify
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.json import JsonObjectType

from .const import DOMAIN
from .runtime import LinkyConfigEntry
from .sources import LineFeed

FOLDER: Final = DOMAIN
"""Under the folder of the configuration."""

LONGEST_S: Final = 3600
LIMIT_BYTES: Final = 8_000_000
"""Twice what the fastest line says in the longest time."""

_BUSY: HassKey[str] = HassKey(f"{DOMAIN}_capture")


async def async_capture(hass: HomeAssistant, entry: LinkyConfigEntry, seconds: float) -> JsonObjectType:
    """Record the line of a meter for a while; where the bytes are, and how many.

    The bytes are those of the line, with their parity bits where the adapter leaves them. Raises
    ServiceValidationError when the meter has no line or another recording runs, HomeAssistantError when nothing was
    heard or the file cannot be written.
    """
    feed = entry.runtime_data.connection.feed
    if not isinstance(feed, LineFeed):
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="record_no_line", translation_placeholders={"meter": entry.title}
        )
    if _BUSY in hass.data:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="record_busy",
            translation_placeholders={"meter": hass.data[_BUSY]},
        )
    hass.data[_BUSY] = entry.title
    try:
        heard = await _async_listen(entry, feed, seconds)
        if not heard:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="record_nothing",
                translation_placeholders={"meter": entry.title},
            )
        name = f"{slugify(entry.title)}-{dt_util.now():%Y%m%d-%H%M%S}.tic"
        path = Path(hass.config.path(FOLDER, name))
        try:
            await hass.async_add_executor_job(_write, path, heard)
        except OSError as err:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="record_not_written",
                translation_placeholders={"path": str(path), "error": str(err)},
            ) from err
    finally:
        del hass.data[_BUSY]
    return {"path": str(path), "bytes": len(heard)}


async def _async_listen(entry: LinkyConfigEntry, feed: LineFeed, seconds: float) -> bytes:
    """What the line says until the time is over, there is too much of it, or the meter is unloaded."""
    heard = bytearray()
    over = asyncio.Event()

    def tap(data: bytes) -> None:
        heard.extend(data[: LIMIT_BYTES - len(heard)])
        if len(heard) == LIMIT_BYTES:
            over.set()

    def state_changed() -> None:
        if entry.state is not ConfigEntryState.LOADED:
            over.set()

    stop_watching = entry.async_on_state_change(state_changed)
    feed.tap = tap
    try:
        async with asyncio.timeout(seconds):
            await over.wait()
    except TimeoutError:
        pass  # the usual end
    finally:
        feed.tap = None
        stop_watching()
    return bytes(heard)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    # Never over an earlier one: two recordings cannot begin in the same second, but clocks are put back.
    with path.open("xb") as file:
        file.write(data)
