"""Waiting for a load that its owner has just ordered off to be off."""

import asyncio
from typing import Final

from homeassistant.const import STATE_OFF
from homeassistant.core import Event, EventStateChangedData, callback
from homeassistant.helpers.event import async_track_state_change_event

from .entity import LoadEntities

PATIENCE_S: Final = 30.0
"""A slow device is off this long after the order."""


async def async_until_off(load: LoadEntities) -> bool:
    """Wait until the entity itself is off, not only at a set-point of ours; False when it is not in time, or away."""

    def is_off() -> bool:
        return load.state is not None and load.state.state == STATE_OFF

    if load.entity_id is None or load.state is None or is_off():
        return is_off()
    reached = asyncio.Event()

    @callback
    def look(_event: Event[EventStateChangedData]) -> None:
        if is_off():
            reached.set()

    stop_looking = async_track_state_change_event(load.hass, load.entity_id, look)
    try:
        async with asyncio.timeout(PATIENCE_S):
            await reached.wait()
    except TimeoutError:
        return False
    finally:
        stop_looking()
    return True
