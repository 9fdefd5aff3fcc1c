"""What every source at the end of a serial line shares: how the line is opened, kept and closed."""

from abc import abstractmethod
from typing import override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..const import CONF_BAUDRATE, CONF_PORT
from .feed import Ears, Feed, LinkError
from .serial import SerialSource


class CableFeed(Feed):
    """Keeps the serial line of an entry open; whoever inherits it reads the bytes."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, ears: Ears) -> None:
        super().__init__(hass, entry, ears)
        self.source = SerialSource(
            entry.data[CONF_PORT], entry.data[CONF_BAUDRATE], on_data=self._received, on_link=self._link_changed
        )

    @property
    @override
    def name(self) -> str:
        return self.source.url

    @override
    async def async_open(self) -> None:
        await self.source.async_open()

    @override
    def start(self) -> None:
        self._entry.async_create_background_task(self._hass, self.source.async_run(), "linky_offload serial line")

    @override
    async def async_close(self) -> None:
        await self.source.async_close()

    @abstractmethod
    def _received(self, data: bytes) -> None:
        """Bytes came, in the turn of the event loop in which they were read."""

    @abstractmethod
    def _forget(self) -> None:
        """What was begun will not go on: the line was opened, or lost."""

    @callback
    def _link_changed(self, error: LinkError | None) -> None:
        self._forget()
        self._ears.on_link(error)
