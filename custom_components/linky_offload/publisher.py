"""One publisher an entry: it looks at the meter with every update and once a second, and lets entities write.

Entities never listen to the runtime themselves, so that one timer serves them all, and so that a value held back by
its pace (`pace.py`) is still published when no further update comes.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util.hass_dict import HassKey

from .announcer import Update
from .const import CONF_PHASES, CONF_PUBLISHING, DOMAIN
from .descriptions import Facts, View
from .devices import async_follow_devices
from .pace import RULES, Kind, Publishing, Rule
from .runtime import LinkyConfigEntry
from .trial import TryResult

TICK = timedelta(seconds=1)
PUBLISHERS: HassKey[dict[str, Publisher]] = HassKey(f"{DOMAIN}_publishers")


class Published(Protocol):
    """An entity as the publisher sees it."""

    @property
    def eager(self) -> bool:
        """True when it wants to be asked with every update, not only once a second."""

    def async_consider(self, now: float, *, immediate: bool = False) -> None:
        """Write the state if its pace says so; ``immediate``: something happened that lifts the interval of powers."""


class Publisher:
    """Holds the present `View` of one meter and hands it to the entities at their pace."""

    def __init__(self, hass: HomeAssistant, entry: LinkyConfigEntry) -> None:
        """Follow the runtime of ``entry``, which must be set up, until the entry is unloaded."""
        self.hass = hass
        self.entry = entry
        self.now: Callable[[], float] = hass.loop.time  # monotonic seconds
        self.view = View.of(entry.runtime_data)
        self.tries: dict[str, TryResult] = {}  # by load, since the start
        self.rules = self._rules()
        self._entities: list[Published] = []
        self._eager: list[Published] = []
        self._followers: list[Callable[[], None]] = []
        self._devices_settled = async_follow_devices(hass, entry, self.view)
        entry.async_on_unload(entry.runtime_data.subscribe(self._async_updated))
        entry.async_on_unload(
            async_track_time_interval(
                hass, self._async_tick, TICK, name="Linky Offload states", cancel_on_shutdown=True
            )
        )

    def _rules(self) -> Mapping[Kind, Rule]:
        """The pace of each kind of value, by the publishing policy of the options."""
        return RULES[Publishing(self.entry.options.get(CONF_PUBLISHING, Publishing.BALANCED))]

    @property
    def facts(self) -> Facts:
        """What the names of entities depend on."""
        return Facts(phases=self.entry.data.get(CONF_PHASES), tariff=self.view.derived.tariff.kind)

    @callback
    def async_add(self, entity: Published) -> Callable[[], None]:
        """Serve ``entity`` until the returned function is called."""
        lists = (self._entities, self._eager) if entity.eager else (self._entities,)
        for served in lists:
            served.append(entity)

        def forget() -> None:
            for served in lists:
                served.remove(entity)

        return forget

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
        for entity in tuple(self._entities if update.immediate else self._eager):
            entity.async_consider(now, immediate=update.immediate)

    @callback
    def _async_tick(self, _: datetime) -> None:
        self.view = View.of(self.entry.runtime_data)
        self.rules = self._rules()
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
