"""The pages and forms of Home Assistant on which the integration is seen, opened as a person would."""

from collections.abc import AsyncIterator

from .browser import Tab
from .client import Client
from .dashboard import URL_PATH

DIALOG = "dialog-data-entry-flow"
NEXT = f"{DIALOG} ha-button[slot=primaryAction]"
INTEGRATION_PAGE = "/config/integrations/integration/linky_offload"
# Buttons of the integration's page.
ADD_METER = "ha-config-integration-page ha-button >> nth=0"
CONFIGURE_METER = "ha-config-entry-row ha-icon-button[slot=end] >> nth=0"
CHANGE_COORDINATOR = "ha-config-sub-entry-row ha-icon-button[slot=end] >> nth=0"


async def see_dashboard(tab: Tab) -> None:
    """The demo's own page."""
    await tab.go(f"/{URL_PATH}/now")
    await tab.settle("hui-tile-card")


async def see_integration(tab: Tab) -> None:
    """The page of the integration: its meter, its coordinators, their appliances."""
    await tab.go(INTEGRATION_PAGE)
    await tab.settle("ha-config-sub-entry-row")


async def see_meter(tab: Tab, client: Client) -> None:
    """The device page of the meter."""
    meter = next(
        device["id"] for device in await client.command("config/device_registry/list") if device["serial_number"]
    )
    await tab.go(f"/config/devices/device/{meter}")
    await tab.settle("ha-device-entities-card")


async def see_options(tab: Tab) -> None:
    """The first page of the options: the settings of the protection."""
    await see_integration(tab)
    await tab.press(CONFIGURE_METER)
    await tab.settle(f"{DIALOG} step-flow-menu")
    await tab.press(f"{DIALOG} step-flow-menu ha-list-item >> nth=0")
    await tab.settle(f"{DIALOG} ha-form")


async def see_sources(tab: Tab) -> None:
    """The menu of sources of a new meter."""
    await see_integration(tab)
    await tab.press(ADD_METER)
    await tab.settle(f"{DIALOG} step-flow-menu")


async def see_port(tab: Tab) -> None:
    """The form of the port of a new meter, after the menu of sources."""
    await see_sources(tab)
    await tab.press(f"{DIALOG} step-flow-menu ha-list-item >> nth=0")
    await tab.settle(f"{DIALOG} ha-form")


async def see_heard(tab: Tab) -> None:
    """The meters that are heard on the broker, after the menu of sources and some seconds of listening."""
    await see_sources(tab)
    await tab.press(f"{DIALOG} step-flow-menu ha-list-item >> nth=1")
    await tab.settle(f"{DIALOG} ha-form")


async def see_coordinator(tab: Tab) -> AsyncIterator[str]:
    """Every form of an offload coordinator, one after the other; the name of each as it is shown."""
    await see_integration(tab)
    await tab.press(CHANGE_COORDINATOR)
    await tab.settle(f"{DIALOG} ha-form")
    yield "list"
    await tab.press(NEXT)
    await tab.settle(f"{DIALOG} ha-form ha-expansion-panel")
    yield "appliances"
    await tab.press(NEXT)
    await tab.settle(f"{DIALOG} step-flow-menu")
    yield "ready"
    await tab.press(f"{DIALOG} step-flow-menu ha-list-item >> nth=2")
    await tab.settle(f"{DIALOG} ha-form ha-expansion-panel")
    yield "times"
