"""Tasmota plugs that offload by themselves, read over MQTT: one subentry, one device and one reader each."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util.hass_dict import HassKey

from .bridges.offload_plug import ASK, OffloadPlug
from .bridges.plug_topics import CMND, STAT, TELE, PlugTopics
from .broker import Heard, Listener, async_say
from .const import CONF_FULL_TOPIC, CONF_INTERNAL_ID, DOMAIN, SUBENTRY_PLUG
from .publisher import async_publisher
from .runtime import LinkyConfigEntry

MANUFACTURER: Final = "Tasmota"
MODEL: Final = "Plug Offload"

PLUGS: HassKey[dict[str, Plugs]] = HassKey(f"{DOMAIN}_plugs")


class PlugLink:
    """One plug at work. Reading asks it for its state when it comes; nothing else is ever sent without a request."""

    def __init__(self, hass: HomeAssistant, entry: LinkyConfigEntry, full_topic: str) -> None:
        self._hass = hass
        self._entry = entry
        self._listeners: list[Callable[[], None]] = []
        self._begin(full_topic)

    def _begin(self, full_topic: str) -> None:
        topics = PlugTopics(full_topic)
        self.plug = OffloadPlug(topics)
        self._listener = Listener(
            self._hass,
            self._entry,
            (*(topics.topic(TELE, name) for name in ("SENSOR", "STATE", "LWT")), topics.topic(STAT, "+")),
            self._heard,
            self.async_ask,
        )

    @callback
    def async_move(self, full_topic: str) -> None:
        """Hear the plug under another topic; what it said under the former one no longer counts."""
        self._listener.async_stop()
        self._begin(full_topic)
        self._tell()

    @callback
    def async_listen(self, listener: Callable[[], None]) -> CALLBACK_TYPE:
        """Call ``listener`` after each message until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @callback
    def async_ask(self) -> None:
        """Ask the plug for its sensors, which changes nothing in it."""
        self._hass.async_create_task(self.async_order(*ASK), eager_start=False)

    async def async_order(self, command: str, payload: str) -> bool:
        """Send a command; False when there is no broker."""
        return await async_say(self._hass, self.plug.topics.topic(CMND, command), payload)

    @callback
    def _heard(self, message: Heard) -> None:
        was_online = self.plug.online
        self.plug.take(message.topic, message.payload, retained=message.retained)
        if self.plug.online and not was_online and self.plug.state.offloaded is None:
            self.async_ask()
        self._tell()

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()

    @callback
    def async_stop(self) -> None:
        """Hear no more."""
        self._listener.async_stop()


class Plugs:
    """The plugs of one entry, in step with its subentries."""

    def __init__(self, hass: HomeAssistant, entry: LinkyConfigEntry) -> None:
        self.links: dict[str, PlugLink] = {}
        self._hass = hass
        self._entry = entry
        self._known: dict[str, tuple[str, str]] = {}
        entry.async_on_unload(self._async_stop)
        entry.async_on_unload(async_publisher(hass, entry).async_follow(self._follow))

    @callback
    def _follow(self) -> None:
        present = {subentry.subentry_id: subentry for subentry in self._entry.get_subentries_of_type(SUBENTRY_PLUG)}
        picture = {key: (subentry.title, subentry.data[CONF_FULL_TOPIC]) for key, subentry in present.items()}
        if picture == self._known:
            return
        for key, link in tuple(self.links.items()):
            if key not in picture:
                link.async_stop()
                del self.links[key]
            elif picture[key][1] != self._known[key][1]:
                link.async_move(picture[key][1])
        self._known = picture
        meter_id = dr.async_get_device_id_by_identifier(
            self._hass, (DOMAIN, self._entry.data[CONF_INTERNAL_ID]), config_entry_id=self._entry.entry_id
        )
        for key, subentry in present.items():
            dr.async_get(self._hass).async_get_or_create(
                config_entry_id=self._entry.entry_id,
                config_subentry_id=key,
                identifiers={(DOMAIN, key)},
                name=subentry.title,
                manufacturer=MANUFACTURER,
                model=MODEL,
                via_device_id=meter_id,
            )
            if key not in self.links:
                self.links[key] = PlugLink(self._hass, self._entry, picture[key][1])

    @callback
    def _async_stop(self) -> None:
        for link in self.links.values():
            link.async_stop()
        self.links.clear()

    def diagnostics(self) -> list[dict[str, Any]]:
        """What helps to understand each plug."""
        return [
            {
                "generation": link.plug.generation,
                "online": link.plug.online,
                "state": link.plug.state,
                "odd": dict(link.plug.counts),
            }
            for link in self.links.values()
        ]


@callback
def async_plugs(hass: HomeAssistant, entry: LinkyConfigEntry) -> Plugs:
    """The plugs of a loaded entry, made when the first platform asks for them."""
    all_plugs = hass.data.setdefault(PLUGS, {})
    if (plugs := all_plugs.get(entry.entry_id)) is None:
        plugs = all_plugs[entry.entry_id] = Plugs(hass, entry)

        @callback
        def forget() -> None:
            all_plugs.pop(entry.entry_id)

        entry.async_on_unload(forget)
    return plugs


@callback
def async_add_for_plugs[DescriptionT](
    hass: HomeAssistant,
    entry: LinkyConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    rows: Iterable[DescriptionT],
    make: Callable[[PlugLink, ConfigSubentry, DescriptionT], Entity],
    is_due: Callable[[OffloadPlug, DescriptionT], bool],
) -> None:
    """Create the entities of every plug, those of later ones included, each when the plug first tells its value."""
    plugs = async_plugs(hass, entry)
    waiting: dict[PlugLink, list[DescriptionT]] = {}
    rows = tuple(rows)

    def follow() -> None:
        for gone in waiting.keys() - set(plugs.links.values()):
            del waiting[gone]
        for subentry in entry.get_subentries_of_type(SUBENTRY_PLUG):
            if (link := plugs.links.get(subentry.subentry_id)) is None:
                continue
            left = waiting.setdefault(link, list(rows))
            due = [row for row in left if is_due(link.plug, row)]
            if due:
                waiting[link] = [row for row in left if row not in due]
                async_add_entities([make(link, subentry, row) for row in due], config_subentry_id=subentry.subentry_id)

    entry.async_on_unload(async_publisher(hass, entry).async_follow(follow))
