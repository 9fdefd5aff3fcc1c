"""The pictures of docs/images: the dashboard and the forms, as a visitor of the demo sees them."""

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
import sys

from playwright.async_api import Browser

from . import setup
from .broker import add_mqtt, open_broker, speaking
from .browser import PHONE, Look, Tab, open_browser, open_tab
from .client import until
from .dashboard import show
from .homeassistant import ROOT
from .lookup import settled_lookup
from .pages import see_coordinator, see_dashboard, see_heard, see_integration, see_meter, see_options, see_sources
from .simulation import HouseOptions
from .stage import CONFIGURATION, Stage, open_stage
from .texts import TEXTS

IMAGES = ROOT / "docs" / "images"
CONTRACT_DELAY_S = 5
HISTORY_S = 60
HOMES = {"zlinky": 1340.0, "tasmota_teleinfo": 2870.0}
"""What is heard on the broker: a home by its bridge, and what it draws, W."""
DRAWING_MS = 3000


@asynccontextmanager
async def furnished_stage(language: str) -> AsyncIterator[Stage]:
    """The demo as it is shown, set up and with its dashboard."""
    house = HouseOptions(pv_w=3000)
    configuration = CONFIGURATION.read_text(encoding="utf-8")
    async with open_stage(house, configuration=configuration, language=language) as stage:
        meter = await setup.add_meter(stage.client, str(stage.simulation.port))
        await setup.change_options(stage.client, meter.entry_id, contract_delay=CONTRACT_DELAY_S)
        loads = await setup.house_loads(stage.client)
        await setup.add_coordinator(stage.client, meter, TEXTS[language].coordinator, loads)
        lookup = await settled_lookup(stage.client, [load.entity_id for load in loads])
        await show(stage.client, lookup, await stage.control.state(), TEXTS[language])
        yield stage


async def offload(stage: Stage) -> None:
    """Start kettle and oven, and wait until something has been cut for them."""
    for appliance in ("kettle", "oven"):
        await stage.control.request("start", id=appliance)

    async def cut() -> bool:
        return any(not appliance["plug_on"] for appliance in (await stage.control.state())["appliances"])

    await until(cut, 60, "something cut")


async def _take(browser: Browser, language: str, folder: Path) -> None:
    screen, night = Look(language=language), Look(language=language, dark=True)
    phone = Look(language=language, size=PHONE)
    async with furnished_stage(language) as stage:
        async with open_tab(browser, stage.ha, screen) as tab:
            async for name in see_coordinator(tab):
                await tab.picture(folder / f"coordinator-{name}-{screen.name}.png")
            await see_options(tab)
            await tab.picture(folder / f"options-{screen.name}.png")
        await offload(stage)
        # A curve needs some past.
        await asyncio.sleep(HISTORY_S)
        for look in (screen, night, phone):
            async with open_tab(browser, stage.ha, look) as tab:
                await see_dashboard(tab)
                await tab.page.wait_for_timeout(DRAWING_MS)
                await tab.picture(folder / f"dashboard-{look.name}.png")
        async with open_tab(browser, stage.ha, screen) as tab:
            await see_integration(tab)
            await tab.picture(folder / f"integration-{screen.name}.png")
            await see_meter(tab, stage.client)
            await tab.picture(folder / f"meter-{screen.name}.png")
            await _take_sources(tab, stage, folder, screen)


async def _take_sources(tab: Tab, stage: Stage, folder: Path, look: Look) -> None:
    """The menu of sources, and the list of what speaks of a meter on a broker."""
    await see_sources(tab)
    await tab.picture(folder / f"sources-{look.name}.png")
    with open_broker(stage.folder / "broker") as broker:
        await add_mqtt(stage.client, broker)
        async with speaking(broker, HOMES):
            await see_heard(tab)
            await tab.picture(folder / f"mqtt-{look.name}.png")


async def main(folder: Path) -> None:
    """Take them all."""
    async with open_browser() as browser:
        for language in TEXTS:
            await _take(browser, language, folder)
    print(f"pictures in {folder}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="scripts/screenshots", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=IMAGES)
    sys.exit(asyncio.run(main(parser.parse_args().folder)))
