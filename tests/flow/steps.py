"""What a person does in the dialogs, as calls."""

from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, section
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.linky_offload.const import DOMAIN

type Result = Any
"""What a flow answers; a test says which keys it must have by reading them."""


SOURCES = ["serial", "mqtt_bridge", "entities", "esp_router"]


async def open_dialog(hass: HomeAssistant, source: str = "serial") -> Result:
    """Choose Linky Offload in the list of integrations, and then a way to read the meter."""
    result: Result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert (result["type"], result["step_id"], result["menu_options"]) == (FlowResultType.MENU, "user", SOURCES)
    return await choose_source(hass, result, source)


async def open_reconfigure(hass: HomeAssistant, entry: MockConfigEntry, source: str = "serial") -> Result:
    """Choose to reconfigure a meter, and the way to read it from now on."""
    result: Result = await entry.start_reconfigure_flow(hass)
    assert (result["type"], result["step_id"], result["menu_options"]) == (FlowResultType.MENU, "reconfigure", SOURCES)
    return await choose_source(hass, result, source)


async def choose_source(hass: HomeAssistant, menu: Result, source: str) -> Result:
    """Choose from the menu of sources."""
    return await hass.config_entries.flow.async_configure(menu["flow_id"], {"next_step_id": source})


async def choose_port(hass: HomeAssistant, flow_id: str, port: str) -> Result:
    """Enter a port and wait until the search is over."""
    result: Result = await hass.config_entries.flow.async_configure(flow_id, {"port": port})
    assert (result["type"], result["step_id"]) == (FlowResultType.SHOW_PROGRESS, "detect")
    await hass.async_block_till_done()
    return await go_on(hass, flow_id)


async def confirm(hass: HomeAssistant, flow_id: str, **answers: Any) -> Result:
    """Accept what was found, and close the dialog that follows."""
    result: Result = await hass.config_entries.flow.async_configure(flow_id, answers)
    await hass.async_block_till_done()
    return result


async def go_on(hass: HomeAssistant, flow_id: str, answers: dict[str, Any] | None = None) -> Result:
    """Submit answers, or look again after a search."""
    return await hass.config_entries.flow.async_configure(flow_id, answers)


async def open_page(hass: HomeAssistant, entry: ConfigEntry, page: str) -> Result:
    """Choose to configure a meter, and a page of its settings."""
    result = await hass.config_entries.options.async_init(entry.entry_id)
    return await hass.config_entries.options.async_configure(result["flow_id"], {"next_step_id": page})


async def submit(hass: HomeAssistant, result: Result, answers: dict[str, Any]) -> Result:
    """Send a page of the settings."""
    return await hass.config_entries.options.async_configure(result["flow_id"], answers)


def shown(result: Result) -> dict[str, Any]:
    """What a form shows, which is what a person submits who changes nothing."""
    return _suggested(result["data_schema"].schema)


def _suggested(schema: dict[Any, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in schema.items():
        if isinstance(value, section):
            found[str(key)] = _suggested(value.schema.schema)
        elif key.description is not None and (suggestion := key.description.get("suggested_value")) is not None:
            found[str(key)] = suggestion
    return found
