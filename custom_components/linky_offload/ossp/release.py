"""Giving back an outlet of a plug whose entities are gone with the meter: the entry is disabled or removed."""

import asyncio
from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .client import ANSWER_S, PlugClient, PlugError
from .settings import CONF_HOST, output_of


@dataclass(frozen=True, slots=True)
class Outlet:
    """One output of a plug."""

    host: str
    output: int


def own_outlet(hass: HomeAssistant, entry: ConfigEntry, entity: str) -> Outlet | None:
    """The outlet of the entry's own plugs behind an entity; None for any other entity."""
    known = er.async_get(hass).async_get(entity)
    if known is None or known.config_entry_id != entry.entry_id or (found := output_of(known.unique_id)) is None:
        return None
    subentry_id, output = found
    subentry = entry.subentries.get(subentry_id)
    return None if subentry is None else Outlet(subentry.data[CONF_HOST], output)


async def async_give_back(hass: HomeAssistant, outlet: Outlet) -> bool | None:
    """Switch an outlet on; False when it was on already, None when the plug cannot be reached."""
    there = asyncio.Event()
    client = PlugClient(hass, outlet.host, on_state=lambda _state, _now: there.set(), on_link=lambda _there: None)
    session = asyncio.ensure_future(client.async_run())
    try:
        async with asyncio.timeout(ANSWER_S):
            await there.wait()
        before = client.state
        await client.async_switch(outlet.output, on=True)
    except TimeoutError, PlugError:
        return None
    finally:
        session.cancel()
        await asyncio.gather(session, return_exceptions=True)
    return before is None or not before.outputs[outlet.output]
