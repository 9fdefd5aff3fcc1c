"""Changes that entities make to settings: the options and the subentries stay their only owners (design §5).

The entry's update listener hears of each change and applies it live.
"""

from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback

from .const import CONF_LOAD_ID, CONF_LOADS


@callback
def async_write_option(hass: HomeAssistant, entry: ConfigEntry, key: str, value: Any) -> None:
    """Set one option; None takes it away."""
    options = {name: kept for name, kept in entry.options.items() if name != key}
    hass.config_entries.async_update_entry(entry, options=options if value is None else options | {key: value})


@callback
def async_write_subentry(
    hass: HomeAssistant, entry: ConfigEntry, subentry: ConfigSubentry, key: str, value: Any
) -> None:
    """Set one setting of an offload coordinator."""
    hass.config_entries.async_update_subentry(entry, subentry, data={**subentry.data, key: value})


@callback
def async_write_load(
    hass: HomeAssistant, entry: ConfigEntry, subentry: ConfigSubentry, load_id: str, key: str, value: Any
) -> None:
    """Set one detail of a load, whatever its place in the list."""
    loads = [
        {**load, key: value} if load[CONF_LOAD_ID] == load_id else load for load in subentry.data.get(CONF_LOADS, ())
    ]
    async_write_subentry(hass, entry, subentry, CONF_LOADS, loads)


@callback
def async_move_load(
    hass: HomeAssistant, entry: ConfigEntry, subentry: ConfigSubentry, load_id: str, place: int
) -> None:
    """Put a load at a place of the list, counted from 1; the others keep their order."""
    loads = list(subentry.data.get(CONF_LOADS, ()))
    moved = next((load for load in loads if load[CONF_LOAD_ID] == load_id), None)
    if moved is None:
        return
    loads.remove(moved)
    loads.insert(place - 1, moved)
    async_write_subentry(hass, entry, subentry, CONF_LOADS, loads)
