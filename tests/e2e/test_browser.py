"""What a person sees, in a real Chromium: both languages, light and dark, screen and phone."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from demo.browser import PHONE, SCREEN, Look, Tab, open_browser, open_tab
from demo.dashboard import URL_PATH
from demo.pages import see_coordinator, see_dashboard, see_integration, see_meter, see_options, see_port, see_sources
from demo.pictures import furnished_stage, offload
from demo.stage import Stage

pytestmark = [pytest.mark.e2e, pytest.mark.browser]

PICTURES = Path(__file__).parents[2] / "test-results" / "browser"

# One word of each page that only our own translations can have put there.
WORDS = {
    "en": {
        "dashboard": "Trip margin",
        "meter": "Headroom",
        "list": "Appliances, in order",
        "options": "Adjustment of the threshold",
        "sources": "By an ESP-Router-PV",
        "port": "Where is your meter connected?",
    },
    "fr": {
        "dashboard": "Marge avant coupure",
        "meter": "Réserve de puissance",
        "list": "Appareils, dans l’ordre",
        "options": "Ajustement du seuil",
        "sources": "Par des capteurs de ce Home Assistant",
        "port": "Où est branché votre compteur",
    },
}


async def pages(tab: Tab, stage: Stage) -> AsyncIterator[str]:
    """Every page, one after the other."""
    await see_dashboard(tab)
    yield "dashboard"
    await see_integration(tab)
    yield "integration"
    await see_meter(tab, stage.client)
    yield "meter"
    async for name in see_coordinator(tab):
        yield name
    await see_options(tab)
    yield "options"
    await see_sources(tab)
    yield "sources"
    await see_port(tab)
    yield "port"


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_pages_and_forms_are_whole_in_both_languages_by_day_and_by_night_on_screen_and_phone(
    language: str,
) -> None:
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(furnished_stage(language))
        browser = await stack.enter_async_context(open_browser())
        await offload(stage)
        for look in (
            Look(language=language, size=SCREEN),
            Look(language=language, size=PHONE, dark=True),
        ):
            async with open_tab(browser, stage.ha, look) as tab:
                async for page in pages(tab, stage):
                    await tab.picture(PICTURES / f"{page}-{look.name}.png")
                    assert await tab.raw_texts() == [], page
                    assert tab.complaints == [], page
                    if (word := WORDS[language].get(page)) is not None:
                        assert word in await tab.text(), page
        for look in (Look(language=language, dark=True), Look(language=language, size=PHONE)):
            async with open_tab(browser, stage.ha, look) as tab:
                await see_dashboard(tab)
                await tab.picture(PICTURES / f"dashboard-{look.name}.png")
                assert tab.complaints == []
                background = await tab.page.evaluate(
                    "getComputedStyle(document.documentElement).getPropertyValue('--primary-background-color')"
                )
                assert (int(background.strip().lstrip("#")[:2], 16) < 0x80) is look.dark, background
                width = await tab.page.evaluate("document.documentElement.scrollWidth")
                assert width <= look.size[0], "the page is wider than its window"


async def test_whoever_opens_the_page_on_this_machine_is_already_logged_in() -> None:
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(furnished_stage("fr"))
        browser = await stack.enter_async_context(open_browser())
        page = await (await browser.new_context(locale="fr-FR")).new_page()
        await page.goto(stage.ha.url)
        await page.wait_for_selector("hui-tile-card", timeout=60_000)
        assert f"/{URL_PATH}" in page.url
