"""One publisher an entry: it looks at the meter with every update and once a second, and lets entities write.

Entities never listen to the runtime themselves, so that one timer serves them all, and so that a value held back by
its pace (`pace.py`) is still published when no further update comes.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util.hass_dict import HassKey

from .announcer import Update
from .const import CONF_PHASES, DOMAIN
from .descriptions import Facts, View
from .devices import async_follow_devices
from .meter import Quantity, Reading
from .runtime import LinkyConfigEntry
from .trial import TryResult

TICK = timedelta(seconds=1)
PUBLISHERS: HassKey[dict[str, Publisher]] = HassKey(f"{DOMAIN}_publishers")

# Calendars whose indexes are named by what they count; the other names are free texts of suppliers (tic.md §7.1).
CALENDARS = {
    "base": "base",
    "h pleine/creuse": "hchp",
    "hc-12h30": "hchp",
    "ejp": "ejp",
    "tempo": "tempo",
}


class Published(Protocol):
    """An entity as the publisher sees it."""

    @property
    def eager(self) -> bool:
        """True when it wants to be asked with every update, not only once a second."""

    def async_consider(self, now: float, *, immediate: bool = False) -> None:
        """Write the state if its pace says so; ``immediate``: something happened that lifts the interval of powers."""


def tariff_of(reading: Reading | None) -> str | None:
    """The tariff as a slug, from OPTARIF or from a calendar of a known name; None when it cannot be told."""
    if reading is None:
        return None
    if (option := reading.values.get(Quantity.TARIFF_OPTION)) is not None:
        return str(option.value)
    if (calendar := reading.values.get(Quantity.CALENDAR)) is not None:
        return CALENDARS.get(" ".join(str(calendar.value).split()).casefold())
    return None


class Publisher:
    """Holds the present `View` of one meter and hands it to the entities at their pace."""

    def __init__(self, hass: HomeAssistant, entry: LinkyConfigEntry) -> None:
        """Follow the runtime of ``entry``, which must be set up, until the entry is unloaded."""
        self.hass = hass
        self.entry = entry
        self.now: Callable[[], float] = hass.loop.time  # monotonic seconds
        self.view = View.of(entry.runtime_data)
        self.tries: dict[str, TryResult] = {}  # by load, since the start
        self._entities: list[Published] = []
        self._followers: list[Callable[[], None]] = []
        self._devices_settled = async_follow_devices(hass, entry, self.view)
        entry.async_on_unload(entry.runtime_data.subscribe(self._async_updated))
        entry.async_on_unload(
            async_track_time_interval(
                hass, self._async_tick, TICK, name="Linky Offload states", cancel_on_shutdown=True
            )
        )

    @property
    def facts(self) -> Facts:
        """What the names of entities depend on."""
        return Facts(phases=self.entry.data.get(CONF_PHASES), tariff=tariff_of(self.view.reading))

    @callback
    def async_add(self, entity: Published) -> Callable[[], None]:
        """Serve ``entity`` until the returned function is called."""
        self._entities.append(entity)
        return lambda: self._entities.remove(entity)

    @callback
    def async_follow(self, follower: Callable[[], None]) -> Callable[[], None]:
        """Call ``follower`` now and once a second: it creates the entities whose time has come."""
        self._followers.append(follower)
        follower()
        return lambda: self._followers.remove(follower)

    @callback
    def _async_updated(self, update: Update) -> None:
        self.view = View.of(self.entry.runtime_data, reading=update.reading, report=update.report)
        now = self.now()
        for entity in tuple(self._entities):
            if entity.eager or update.immediate:
                entity.async_consider(now, immediate=update.immediate)

    @callback
    def _async_tick(self, _: datetime) -> None:
        self.view = View.of(self.entry.runtime_data)
        now = self.now()
        for entity in tuple(self._entities):
            entity.async_consider(now)
        # A device that has just been removed takes its entities with it only after this tick: those that replace
        # them (a load that changed coordinator keeps its unique ids) are created at the next one.
        if self._devices_settled(self.view):
            for follower in tuple(self._followers):
                follower()


@callback
def async_publisher(hass: HomeAssistant, entry: LinkyConfigEntry) -> Publisher:
    """The publisher of a loaded entry, made when the first platform asks for it."""
    publishers = hass.data.setdefault(PUBLISHERS, {})
    if (publisher := publishers.get(entry.entry_id)) is None:
        publisher = publishers[entry.entry_id] = Publisher(hass, entry)

        @callback
        def forget() -> None:
            publishers.pop(entry.entry_id)

        entry.async_on_unload(forget)
    return publisher
