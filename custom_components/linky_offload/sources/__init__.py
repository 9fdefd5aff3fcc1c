"""Where the values of the meter come from: each source hands over what it heard with the time of its arrival."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..const import CONF_PORT, CONF_SOURCE, SOURCE_ENTITIES, SOURCE_MQTT, SOURCE_ROUTER
from .entities import EntitiesFeed
from .esp_router import RouterCableFeed, RouterPageFeed
from .feed import Ears, Feed, LinkError, SourceError, connection_of
from .line import LineFeed
from .serial import SerialSource
from .silence import Silence, Voice

__all__ = [
    "Ears",
    "EntitiesFeed",
    "Feed",
    "LineFeed",
    "LinkError",
    "SerialSource",
    "Silence",
    "SourceError",
    "Voice",
    "connection_of",
    "make_feed",
]


def make_feed(hass: HomeAssistant, entry: ConfigEntry, ears: Ears) -> Feed:
    """The source of an entry, not opened yet."""
    source = entry.data[CONF_SOURCE]
    if source == SOURCE_MQTT:
        from .mqtt import MqttFeed  # Home Assistant's own MQTT is loaded only where it is used

        return MqttFeed(hass, entry, ears)
    if source == SOURCE_ROUTER:
        return (RouterCableFeed if entry.data.get(CONF_PORT) else RouterPageFeed)(hass, entry, ears)
    return EntitiesFeed(hass, entry, ears) if source == SOURCE_ENTITIES else LineFeed(hass, entry, ears)
