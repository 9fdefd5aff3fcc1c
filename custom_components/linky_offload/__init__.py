"""Linky Offload: reads a Linky meter and offloads appliances just in time before it trips."""

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.helpers import config_validation as cv, issue_registry as ir
from homeassistant.helpers.typing import ConfigType

from .actions import async_setup_actions
from .const import DOMAIN, PLATFORMS
from .history import History
from .identity import issue_id as identity_issue_id
from .insight import Insight
from .journal import Journal
from .link import issue_id as link_issue_id, slow_issue_id
from .memory import Memory
from .mirror import Mirror
from .missing import missing_issue_id
from .notices import suspect_issue_id
from .release import async_release_all
from .runtime import LinkyConfigEntry, LinkyRuntime
from .settings import load_configs
from .sources import SourceError

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions."""
    async_setup_actions(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: LinkyConfigEntry) -> bool:
    """Set up one meter. A silent line is no obstacle: its entities come when it speaks."""
    runtime = LinkyRuntime(hass, entry)
    await runtime.async_load()
    entry.async_on_unload(runtime.async_stop)
    try:
        await runtime.connection.feed.async_open()
    except SourceError as err:
        # Loads that we cut must find their way back even if the dongle is dead: then the port is opened later.
        if not runtime.journal.intents:
            raise ConfigEntryNotReady(
                translation_domain=DOMAIN,
                translation_key=str(err.error),
                translation_placeholders={"port": runtime.connection.feed.name},
            ) from err
    entry.runtime_data = runtime
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    runtime.start()
    Mirror(hass, entry).async_start()
    entry.async_on_unload(entry.add_update_listener(_async_updated))
    return True


async def async_unload_entry(hass: HomeAssistant, entry: LinkyConfigEntry) -> bool:
    """Unload one meter. Nothing is switched, unless the entry was disabled: then everything is given back."""
    if not await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        return False
    runtime = entry.runtime_data
    # If the entry is about to be removed, only the journal will know what to give back, and in which order.
    runtime.journal.sort(runtime.release_order())
    await runtime.async_stop()
    if entry.disabled_by is not None:
        await async_release_all(hass, entry, runtime.journal)
    return True


async def async_remove_entry(hass: HomeAssistant, entry: LinkyConfigEntry) -> None:
    """Give back what is cut, and leave nothing behind."""
    journal = Journal(hass, entry.entry_id)
    await journal.async_load()
    await async_release_all(hass, entry, journal)
    await journal.async_remove()
    await Memory(hass, entry.entry_id).async_remove()
    await History(hass, entry).async_remove()
    await Insight(hass, entry.entry_id).async_remove()
    issues = [link_issue_id(entry), slow_issue_id(entry), identity_issue_id(entry.entry_id)]
    for load_id in load_configs(entry):
        issues += [missing_issue_id(load_id), suspect_issue_id(load_id)]
    for issue_id in issues:
        ir.async_delete_issue(hass, DOMAIN, issue_id)


async def _async_updated(hass: HomeAssistant, entry: LinkyConfigEntry) -> None:
    """Apply changed settings live; only another connection needs the line to be read anew."""
    runtime = entry.runtime_data
    if runtime.connection.must_be_made_anew():
        hass.config_entries.async_schedule_reload(entry.entry_id)
    else:
        runtime.configure()
