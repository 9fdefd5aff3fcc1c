"""A real Chromium that looks at a Home Assistant, and notes what is wrong on the page."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import json
from pathlib import Path
import re
import shutil
import time

from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright

from .homeassistant import TEN_YEARS_S, HomeAssistant

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
SCREEN = (1400, 900)
PHONE = (390, 844)
LOADING_MS = 60_000
# What a page shows when a translation or a value is missing.
RAW_TEXTS = re.compile(r"component\.linky_offload|entity\.(sensor|switch|select)|\bundefined\b|\[object|\bNaN\b")
# Without the internet, fonts, brand images and maps fail to load; the page does not suffer from it.
OFFLINE = re.compile(r"net::ERR_|Failed to load resource|favicon|brands")
# The texts of the page, through every open shadow root.
DEEP_TEXT = """
() => {
  const texts = [];
  const visit = (node) => {
    if (node.nodeType === Node.TEXT_NODE) { texts.push(node.textContent); return; }
    if (["SCRIPT", "STYLE", "TEMPLATE"].includes(node.nodeName)) return;
    if (node.shadowRoot) visit(node.shadowRoot);
    node.childNodes.forEach(visit);
  };
  visit(document.body);
  return texts.map((text) => text.trim()).filter(Boolean).join("\\n");
}
"""


class NoBrowserError(RuntimeError):
    """There is no Chromium on this machine: scripts/bootstrap --browser installs it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a page is looked at."""

    language: str
    dark: bool = False
    size: tuple[int, int] = SCREEN

    @property
    def name(self) -> str:
        """For the file of a picture."""
        return f"{self.language}-{'dark' if self.dark else 'light'}-{'phone' if self.size == PHONE else 'screen'}"


@dataclass(slots=True)
class Tab:
    """One page of Home Assistant, opened as its owner."""

    url: str
    page: Page
    complaints: list[str] = field(default_factory=list)

    async def go(self, path: str) -> None:
        """Open a page and wait until it is drawn."""
        await self.page.goto(self.url + path)
        await self.page.wait_for_selector("home-assistant-main", timeout=LOADING_MS)
        await self.page.wait_for_selector("#ha-launch-screen", state="detached", timeout=LOADING_MS)

    async def settle(self, selector: str) -> None:
        """Wait for something that must be on the page, then for its values."""
        await self.page.wait_for_selector(selector, timeout=LOADING_MS)
        await self.page.wait_for_timeout(600)

    async def press(self, selector: str) -> None:
        """Press a button; its label may lie over it."""
        await self.page.locator(selector).click(force=True)

    async def text(self) -> str:
        """Every text of the page."""
        text: str = await self.page.evaluate(DEEP_TEXT)
        return text

    async def raw_texts(self) -> list[str]:
        """Lines that show a missing translation or value."""
        return [line for line in (await self.text()).splitlines() if RAW_TEXTS.search(line)]

    async def picture(self, file: Path) -> None:
        """Save what is seen."""
        file.parent.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=file)


def _noting(tab: Tab) -> Callable[[ConsoleMessage], None]:
    """Note the errors of the console, but for those that are only about the internet."""

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not OFFLINE.search(message.text):
            tab.complaints.append(message.text)

    return note


@asynccontextmanager
async def open_browser() -> AsyncIterator[Browser]:
    """The system's Chromium."""
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        raise NoBrowserError(NoBrowserError.__doc__)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def open_tab(browser: Browser, ha: HomeAssistant, look: Look) -> AsyncIterator[Tab]:
    """A page in which the owner is already logged in."""
    context = await browser.new_context(
        viewport={"width": look.size[0], "height": look.size[1]},
        color_scheme="dark" if look.dark else "light",
        locale="fr-FR" if look.language == "fr" else "en-GB",
        timezone_id="Europe/Paris",
        device_scale_factor=2 if look.size == PHONE else 1,
    )
    tokens = {
        "access_token": ha.owner.access_token,
        "token_type": "Bearer",
        "refresh_token": "",
        "expires_in": TEN_YEARS_S,
        "hassUrl": ha.url,
        "clientId": f"{ha.url}/",
        "expires": int((time.time() + TEN_YEARS_S) * 1000),
    }
    storage = {"hassTokens": tokens, "selectedLanguage": look.language}
    for key, value in storage.items():
        await context.add_init_script(f"localStorage.setItem({json.dumps(key)}, {json.dumps(json.dumps(value))})")
    tab = Tab(ha.url, await context.new_page())
    tab.page.on("console", _noting(tab))
    tab.page.on("pageerror", lambda error: tab.complaints.append(str(error)))
    try:
        yield tab
    finally:
        await context.close()
