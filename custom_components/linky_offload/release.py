"""Giving everything back when nobody will decide any more: the entry is disabled or removed."""

import asyncio
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant

from .actuators import make_actuator
from .journal import Journal
from .notices import async_tell_released
from .ossp.release import async_give_back, own_outlet

SPACING_S: Final = 2.0


async def async_release_all(hass: HomeAssistant, entry: ConfigEntry, journal: Journal) -> None:
    """Give back every load of the journal, in its order and two seconds apart, and say so.

    An intent that was not carried out is left alone: its load is on. A load that cannot be reached is told of as such,
    and stays in the journal in case the entry comes back.
    """
    released: list[str] = []
    missed: list[str] = []
    for intent in tuple(journal.intents.values()):
        if (outlet := own_outlet(hass, entry, intent.load.entity)) is not None:
            given_back = await async_give_back(hass, outlet)
            if given_back is None:
                missed.append(intent.load.name)
                continue
            if given_back:
                released.append(intent.load.name)
            journal.drop(intent.load.load_id)
            continue
        actuator = make_actuator(hass, intent.load)
        actuator.resume(intent.saved)
        if actuator.state is None:
            missed.append(intent.load.name)
            continue
        if actuator.view().on is not True or actuator.turned_down_to is not None:
            if released:
                await asyncio.sleep(SPACING_S)
            await actuator.async_restore(Context())
            released.append(intent.load.name)
        journal.drop(intent.load.load_id)
    await journal.async_written()
    if released or missed:
        await async_tell_released(hass, entry.entry_id, entry.title, released, missed)
