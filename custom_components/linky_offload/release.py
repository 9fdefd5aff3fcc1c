"""Giving everything back when nobody will decide any more: the entry is disabled or removed."""

import asyncio
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant

from .actuators import make_actuator
from .journal import Journal
from .notices import async_tell_released

SPACING_S: Final = 2.0


async def async_release_all(hass: HomeAssistant, entry: ConfigEntry, journal: Journal) -> None:
    """Give back every load of the journal, in its order and two seconds apart, and say so.

    An intent that was not carried out is left alone: its load is on.
    """
    released: list[str] = []
    for intent in tuple(journal.intents.values()):
        actuator = make_actuator(hass, intent.load)
        actuator.resume(intent.saved)
        if actuator.view().on is not True or actuator.turned_down_to is not None:
            if released:
                await asyncio.sleep(SPACING_S)
            await actuator.async_restore(Context())
            released.append(intent.load.name)
        journal.drop(intent.load.load_id)
    await journal.async_written()
    if released:
        await async_tell_released(hass, entry.entry_id, entry.title, released)
