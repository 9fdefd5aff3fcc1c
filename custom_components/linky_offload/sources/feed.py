"""What every source of a meter's values has in common: how it is opened and closed, and whom it tells."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..const import (
    CONF_BAUDRATE,
    CONF_BRIDGE,
    CONF_ENTITIES,
    CONF_PHASES,
    CONF_PORT,
    CONF_ROUTER,
    CONF_SOURCE,
    SOURCE_ENTITIES,
    SOURCE_MQTT,
    SOURCE_ROUTER,
    SOURCE_SERIAL,
)
from ..meter import Delivery
from ..tic import Decoder, Group, Mode


class LinkError(StrEnum):
    """Why a source cannot be read, told apart because the remedy differs."""

    MISSING = "port_missing"  # the device is not plugged in, or its name changed
    BUSY = "port_busy"  # another program holds it
    DENIED = "port_denied"  # the system refuses access
    UNREACHABLE = "port_unreachable"  # the bridge on the network does not answer
    NOT_SERIAL = "port_not_serial"  # the path or address is not that of a serial line
    LOST = "port_lost"  # it was open, and went
    NO_MQTT = "mqtt_missing"  # Home Assistant's own MQTT is not set up, or disabled
    BROKER = "broker_gone"  # Home Assistant has no connection to the broker
    OFFLINE = "bridge_offline"  # the bridge itself, or the broker in its name, says that it is gone
    ROUTER = "router_unreachable"  # the page of a router does not answer
    ENTITIES = "entities_gone"  # an entity that must tell the power does not


class SourceError(Exception):
    """The source could not be opened."""

    def __init__(self, error: LinkError, detail: str) -> None:
        super().__init__(detail)
        self.error = error


@dataclass(frozen=True, slots=True, kw_only=True)
class Ears:
    """Whom a source tells. Times are monotonic seconds.

    ``on_groups``: groups of a line, in the same turn of the event loop in which their last byte was read.
    ``on_delivery``: a message, and whether it is live; what a broker had kept is not, and proves no life.
    ``on_link``: None once the source may be heard, otherwise why it cannot be.
    """

    on_groups: Callable[[list[Group], float], None]
    on_delivery: Callable[[Delivery, float, bool], None]
    on_link: Callable[[LinkError | None], None]


_CONNECTION: Final = {
    SOURCE_SERIAL: (CONF_PORT, CONF_BAUDRATE),
    SOURCE_MQTT: (CONF_BRIDGE,),
    SOURCE_ENTITIES: (CONF_ENTITIES, CONF_PHASES),
    SOURCE_ROUTER: (CONF_ROUTER, CONF_PHASES, CONF_PORT, CONF_BAUDRATE),
}
"""What of an entry's data, by its source, makes the connection."""


def connection_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """The part of an entry's data by which its meter is read; another one makes another source."""
    source = data[CONF_SOURCE]
    return {CONF_SOURCE: source} | {key: data.get(key) for key in _CONNECTION[source]}


class Feed(ABC):
    """One source at work. What it has to say goes to its ``Ears`` from ``async_open`` on, or from ``start``.

    ``decoder`` counts what came by the wire; it is idle where the source has none. ``connection``: the connection as
    the entry has it; what is learnt of it by listening is no reason to make it anew. ``silent_text``: the key of what
    a person reads when it is open and says nothing. ``wired``: there is a line, whose damage can be counted.
    ``pause_s``: seconds that it chooses to let pass between two messages at present, 0 where that is not its choice.
    """

    silent_text = "meter_silent"
    wired = False
    pause_s = 0.0

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, ears: Ears) -> None:
        self.decoder = Decoder()
        self.connection = connection_of(entry.data)
        self._hass = hass
        self._entry = entry
        self._ears = ears

    @property
    @abstractmethod
    def name(self) -> str:
        """The source in the words of the person: a port, a topic, an entity."""

    @abstractmethod
    async def async_open(self) -> None:
        """Open it once. Raises SourceError."""

    @abstractmethod
    def start(self) -> None:
        """Read from now on, in the background, and open it again as often as it takes."""

    @abstractmethod
    async def async_close(self) -> None:
        """Close it for good; harmless when it is closed."""

    @property
    @abstractmethod
    def mode(self) -> Mode | None:
        """The mode of the meter, None where the source knows no such thing."""

    @property
    @abstractmethod
    def met(self) -> bool:
        """Whether the meter has surely told what kind of tariff and output it has."""

    def look(self, now: float, last: float) -> float | None:
        """Mend what a long quiet may mean, ``last`` being when it was heard; when to look again, None for never."""
        return None

    def diagnostics(self) -> dict[str, Any]:
        """What helps to understand the source, beside the counters of its decoder."""
        return {}
