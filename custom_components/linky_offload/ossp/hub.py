"""The plugs of an entry, kept in step with its subentries: one connection each, none for those that are not wanted."""

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.util.hass_dict import HassKey

from ..const import CONF_ENABLED, CONF_INTERNAL_ID, DOMAIN, SUBENTRY_OSSP
from ..publisher import async_publisher
from ..runtime import LinkyConfigEntry
from .client import PlugClient
from .gauge import Gauge
from .settings import CONF_HOST, CONF_OUTPUTS, calibration_of
from .wire import PlugState

HUBS: HassKey[dict[str, PlugHub]] = HassKey(f"{DOMAIN}_ossp")


class Plug:
    """One plug: its connection, while it is wanted, and what it measures."""

    def __init__(
        self, hass: HomeAssistant, entry: LinkyConfigEntry, subentry: ConfigSubentry, on_change: Callable[[], None]
    ) -> None:
        self.subentry_id = subentry.subentry_id
        self.outputs: tuple[int, ...] = tuple(subentry.data[CONF_OUTPUTS])
        self.host: str = subentry.data[CONF_HOST]
        self.gauge = Gauge(calibration_of(subentry.data))
        self.client = PlugClient(hass, self.host, on_state=self._heard, on_link=self._linked)
        self._tell = on_change
        self._task = entry.async_create_background_task(hass, self.client.async_run(), f"plug {subentry.title}")

    async def async_stop(self) -> None:
        """Let the connection go."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    @callback
    def _heard(self, state: PlugState, now: float) -> None:
        self.gauge.take(state, now)
        self._tell()

    @callback
    def _linked(self, there: bool) -> None:
        if not there:
            self.gauge.interrupt()
        self._tell()


class PlugHub:
    """Every plug of an entry, by subentry id."""

    def __init__(self, hass: HomeAssistant, entry: LinkyConfigEntry) -> None:
        self.plugs: dict[str, Plug] = {}
        self._hass = hass
        self._entry = entry
        self._listeners: dict[str, list[Callable[[], None]]] = {}

    @callback
    def async_listen(self, subentry_id: str, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` at every state of a plug, and when it comes or goes."""
        listeners = self._listeners.setdefault(subentry_id, [])
        listeners.append(listener)
        return lambda: listeners.remove(listener)

    def _tell(self, subentry_id: str) -> None:
        for listener in tuple(self._listeners.get(subentry_id, ())):
            listener()

    def wanted(self) -> Iterator[ConfigSubentry]:
        """The subentries of the plugs that are to be connected."""
        for subentry in self._entry.get_subentries_of_type(SUBENTRY_OSSP):
            if subentry.data.get(CONF_ENABLED, True):
                yield subentry

    @callback
    def follow(self) -> None:
        """Connect what is new, leave what is gone, take over what was changed."""
        wanted = {subentry.subentry_id: subentry for subentry in self.wanted()}
        for subentry_id, plug in tuple(self.plugs.items()):
            subentry = wanted.get(subentry_id)
            if subentry is None or _connection(subentry) != (plug.host, plug.outputs):
                del self.plugs[subentry_id]
                self._hass.async_create_task(plug.async_stop(), f"plug {subentry_id} goes")
        for subentry_id, subentry in wanted.items():
            if subentry_id not in self.plugs:
                self.plugs[subentry_id] = Plug(self._hass, self._entry, subentry, partial(self._tell, subentry_id))
            self.plugs[subentry_id].gauge.calibration = calibration_of(subentry.data)
        self._register_devices()

    def _register_devices(self) -> None:
        registry = dr.async_get(self._hass)
        subentries = list(self._entry.get_subentries_of_type(SUBENTRY_OSSP))
        if not subentries:
            return
        meter_id = dr.async_get_device_id_by_identifier(
            self._hass, (DOMAIN, self._entry.data[CONF_INTERNAL_ID]), config_entry_id=self._entry.entry_id
        )
        for subentry in subentries:
            registry.async_get_or_create(
                config_entry_id=self._entry.entry_id,
                config_subentry_id=subentry.subentry_id,
                identifiers={(DOMAIN, subentry.subentry_id)},
                name=subentry.title,
                manufacturer="Open Source Smart Plug",
                configuration_url=f"http://{subentry.data[CONF_HOST]}",
                via_device_id=meter_id,
            )

    async def async_stop(self) -> None:
        """Let every connection go."""
        plugs = list(self.plugs.values())
        self.plugs.clear()
        await asyncio.gather(*(plug.async_stop() for plug in plugs))

    def diagnostics(self) -> list[dict[str, Any]]:
        """What helps to understand the plugs."""
        return [
            {
                "available": plug.client.available,
                "odd": plug.client.odd,
                "outputs": {} if plug.client.state is None else dict(plug.client.state.outputs),
                "measures": plug.gauge.now,
                "faulty": plug.gauge.faulty,
            }
            for plug in self.plugs.values()
        ]


def _connection(subentry: ConfigSubentry) -> tuple[str, tuple[int, ...]]:
    return subentry.data[CONF_HOST], tuple(subentry.data[CONF_OUTPUTS])


@callback
def async_ossp(hass: HomeAssistant, entry: LinkyConfigEntry) -> PlugHub:
    """The plugs of a loaded entry, at work from the first time that a platform asks for them."""
    hubs = hass.data.setdefault(HUBS, {})
    if (hub := hubs.get(entry.entry_id)) is None:
        hub = hubs[entry.entry_id] = PlugHub(hass, entry)
        entry.async_on_unload(async_publisher(hass, entry).async_follow(hub.follow))

        async def async_forget() -> None:
            await hubs.pop(entry.entry_id).async_stop()

        entry.async_on_unload(async_forget)
    return hub
