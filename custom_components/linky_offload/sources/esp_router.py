"""An ESP-Router-PV as the meter: its page asked for again and again, or the line of its controller over a cable."""

import asyncio
from typing import Any, Final, override

import aiohttp
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from ..bridges import Bridge, Format, LineCutter, RoutedUnit, RouterSettings
from ..bridges.esp_router import DEFAULT_POWER_FACTOR, LARGEST_JSON, is_routing
from ..const import CONF_CONTRACT_VA, CONF_POWER_FACTOR, CONF_ROUTER
from ..meter import Delivery, Quantity
from ..tic import Mode
from .cable import CableFeed
from .feed import Ears, Feed, LinkError, SourceError

CONF_URL: Final = "url"
CONF_IDLE: Final = "idle"  # s between two questions while nothing is routed and little is drawn
CONF_ROUTED: Final = "routed"  # the unit of its routed power
CONF_HEATER_W: Final = "heater_w"

ROUTED_AUTO: Final = "auto"
PAGE: Final = "/api/routeur"
BAUDRATES: Final = (9600, 2400)
"""Of the two versions of the controller."""

ACTIVE_S: Final = 1.0
DEFAULT_IDLE_S: Final = 10
ANSWER_S: Final = 5.0
PATIENCE: Final = 3
"""Questions in a row without an answer that make the router gone: an ESP drops one now and then."""

_BUSY_SHARE: Final = 0.5
"""Share of the contract from which the home is followed closely, whatever the router does."""


def router_settings(data: dict[str, Any]) -> RouterSettings:
    """The settings that the forms stored."""
    routed = data.get(CONF_ROUTED, ROUTED_AUTO)
    return RouterSettings(
        power_factor=data.get(CONF_POWER_FACTOR, DEFAULT_POWER_FACTOR),
        routed=None if routed == ROUTED_AUTO else RoutedUnit(routed),
        heater_w=data.get(CONF_HEATER_W),
    )


async def async_ask(hass: HomeAssistant, url: str) -> bytes:
    """The answer of a router, whatever it is. Raises SourceError."""
    try:
        async with (
            asyncio.timeout(ANSWER_S),
            async_get_clientsession(hass).get(url, allow_redirects=False) as response,
        ):
            if response.status != 200:
                raise SourceError(LinkError.ROUTER, f"HTTP status {response.status}")
            body = b""
            # One more than may be: what is too long is told apart from what fits.
            while len(body) <= LARGEST_JSON and (piece := await response.content.read(LARGEST_JSON + 1)):
                body += piece
            return body
    except (aiohttp.ClientError, OSError) as err:
        raise SourceError(LinkError.ROUTER, str(err) or type(err).__name__) from err


class RouterFeed(Feed):
    """What both ways to a router share."""

    silent_text = "router_silent"

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, ears: Ears) -> None:
        super().__init__(hass, entry, ears)
        self._settings: dict[str, Any] = entry.data[CONF_ROUTER]
        self.bridge = Bridge(Format.ESP_ROUTER, router=router_settings(self._settings))

    @property
    @override
    def mode(self) -> Mode | None:
        return None

    @property
    @override
    def met(self) -> bool:
        # A router has no tariff, and measures one phase.
        return True

    def _hear(self, payload: bytes) -> None:
        """Hand one message over, if it told anything new."""
        now = self._hass.loop.time()
        delivery = self.bridge.take("", payload, retained=False, now=now)
        if delivery is not None:
            self._follow(delivery)
            self._ears.on_delivery(delivery, now, True)  # noqa: FBT003 the ears' own signature

    def _follow(self, delivery: Delivery) -> None:
        """A message told something new: what follows from it for the next one."""

    @override
    def diagnostics(self) -> dict[str, Any]:
        return {"format": self.bridge.format, "odd": dict(self.bridge.counts)}


class RouterPageFeed(RouterFeed):
    """Asks for its page each second while it routes or the home draws much, else at the pace of the settings."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, ears: Ears) -> None:
        super().__init__(hass, entry, ears)
        self._url: str = self._settings[CONF_URL]
        self._idle_s: float = self._settings.get(CONF_IDLE, DEFAULT_IDLE_S)
        self._busy_w: float = _BUSY_SHARE * (entry.data.get(CONF_CONTRACT_VA) or 0)
        self.pause_s = ACTIVE_S
        self._task: asyncio.Task[None] | None = None
        self._told = False
        self._gone = False

    @property
    @override
    def name(self) -> str:
        return self._url

    @override
    async def async_open(self) -> None:
        await async_ask(self._hass, self._url)

    @override
    def start(self) -> None:
        self._task = self._entry.async_create_background_task(self._hass, self._async_run(), "linky_offload router")

    @override
    async def async_close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _async_run(self) -> None:
        loop = self._hass.loop
        failed = 0
        while True:
            asked = loop.time()
            try:
                body = await async_ask(self._hass, self._url)
            except SourceError as err:
                failed += 1
                if failed >= PATIENCE:
                    self._tell(err.error)
                wait_s = min(failed * ACTIVE_S, DEFAULT_IDLE_S)
            else:
                failed = 0
                self._tell(None)
                self._hear(body)
                wait_s = self.pause_s
            await asyncio.sleep(max(0.0, asked + wait_s - loop.time()))

    @override
    def _follow(self, delivery: Delivery) -> None:
        """Ask often while something happens, seldom else."""
        drawn_w = dict(delivery.measures).get(Quantity.ACTIVE_POWER)
        busy = isinstance(drawn_w, int | float) and drawn_w >= self._busy_w
        self.pause_s = ACTIVE_S if busy or is_routing(delivery) else self._idle_s

    def _tell(self, error: LinkError | None) -> None:
        gone = error is not None
        if gone is not self._gone or not self._told:
            self._gone, self._told = gone, True
            self._ears.on_link(error)


class RouterCableFeed(RouterFeed, CableFeed):
    """Reads the line that the controller sends each second."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, ears: Ears) -> None:
        super().__init__(hass, entry, ears)
        self._cutter = LineCutter()

    @override
    @callback
    def _received(self, data: bytes) -> None:
        for line in self._cutter.feed(data):
            self._hear(line)

    @override
    def _forget(self) -> None:
        self._cutter.reset()
