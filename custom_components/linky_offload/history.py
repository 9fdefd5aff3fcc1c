"""The last events of a meter, kept over restarts: what `get_history` and the diagnostics tell."""

from collections import deque
from collections.abc import Mapping
from typing import Any, Final, TypedDict

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .offload import EventType, OffloadEvent
from .telling import told, wall_time

HISTORY_SIZE: Final = 100
_VERSION = 1
_SAVE_DELAY_S = 30.0

# What an event puts an end to, so that the time between the two is its duration. A hand ends an offload, too.
_ENDS: Final[Mapping[EventType, EventType]] = {
    EventType.OVERLOAD_ENDED: EventType.OVERLOAD_STARTED,
    EventType.RESTORED: EventType.OFFLOADED,
    EventType.HOLD: EventType.OFFLOADED,
    EventType.LIVE_AGAIN: EventType.DEGRADED,
    EventType.METER_CLOSED: EventType.METER_OPENED,
}
_BEGINS: Final = frozenset(_ENDS.values())
_GIVES_BACK: Final = frozenset(end for end, begun in _ENDS.items() if begun is EventType.OFFLOADED)


class _Kept(TypedDict):
    events: list[dict[str, Any]]
    open: dict[str, str]
    day: str
    offloads: int


class History:
    """A ring of events as objects that JSON can hold.

    ``time`` is ISO 8601 in UTC; ``duration`` is in seconds, None where the event ends nothing. The other keys are
    those of `told`.
    """

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Bind to the file of ``entry``; `async_load` reads it."""
        self._hass = hass
        self._entry = entry
        self._store: Store[_Kept] = Store(hass, _VERSION, f"{DOMAIN}.{entry.entry_id}.history")
        self._events: deque[dict[str, Any]] = deque(maxlen=HISTORY_SIZE)
        self._open: dict[str, str] = {}  # what has begun and not ended, by kind and load: its time
        self._begun_at: dict[str, float] = {}  # of it, what began in this run: its monotonic second
        self.told = 0  # events of this run
        self._day = ""
        self._offloads = 0  # of that day

    async def async_load(self) -> None:
        """Read what an earlier run left."""
        if (kept := await self._store.async_load()) is not None:
            self._events.extend(kept["events"])
            self._open = dict(kept["open"])
            self._day, self._offloads = kept["day"], kept["offloads"]

    @callback
    def note(self, event: OffloadEvent) -> None:
        """Put down an event."""
        self.told += 1
        time = wall_time(event.at, self._hass.loop.time()).isoformat(timespec="milliseconds")
        duration: float | None = None
        if (begun := _ENDS.get(event.type)) and (since := self._open.pop(_key(begun, event), None)) is not None:
            duration = round(self._lasted_s(_key(begun, event), since, event.at, time), 1)
        if event.type in _BEGINS:
            key = _key(event.type, event)
            self._open[key], self._begun_at[key] = time, event.at
        if event.type is EventType.OFFLOADED and not event.observed:
            self._offloads = self.offloads_today + 1
            self._day = dt_util.now().date().isoformat()
        self._events.append({"time": time, "type": str(event.type), "duration": duration, **told(self._entry, event)})
        self._store.async_delay_save(self._picture, _SAVE_DELAY_S)

    def _lasted_s(self, key: str, since: str, at: float, time: str) -> float:
        """How long it lasted; only what an earlier run saw begin is reckoned by the time of day, which may be set."""
        begun_at = self._begun_at.pop(key, None)
        return _seconds_between(since, time) if begun_at is None else at - begun_at

    def events(self) -> list[dict[str, Any]]:
        """All events, the oldest first."""
        return [dict(event) for event in self._events]

    @property
    def offloads_today(self) -> int:
        """How many loads were cut or turned down since midnight, however few of these events are still held."""
        return self._offloads if self._day == dt_util.now().date().isoformat() else 0

    def offloads(self, count: int) -> list[dict[str, Any]]:
        """The last offloads, the newest first.

        Of each: load, start, stop (None while it lasts), duration (s), power (VA), reason.
        """
        found: list[dict[str, Any]] = []
        ended: dict[str, dict[str, Any]] = {}
        for event in reversed(self._events):
            if event["observed"] or event["load_id"] is None:
                continue
            if event["type"] in _GIVES_BACK:
                ended[event["load_id"]] = event
            elif event["type"] == EventType.OFFLOADED:
                stop = ended.pop(event["load_id"], None)
                found.append(
                    {
                        "load": event["load"],
                        "start": local(event)["time"],
                        "stop": local(stop)["time"] if stop else None,
                        "duration": stop["duration"] if stop else None,
                        "power": event["va"],
                        "reason": event["reason"],
                    }
                )
            if len(found) == count:
                break
        return found

    async def async_keep_now(self) -> None:
        """Write: the entry is being unloaded."""
        await self._store.async_save(self._picture())

    async def async_remove(self) -> None:
        """Delete the file: the entry is gone."""
        await self._store.async_remove()

    def _picture(self) -> _Kept:
        return _Kept(events=self.events(), open=dict(self._open), day=self._day, offloads=self._offloads)


def local(event: Mapping[str, Any]) -> dict[str, Any]:
    """An event with its time in the zone of the home, with the offset."""
    time = dt_util.parse_datetime(event["time"], raise_on_error=True)
    return {**event, "time": dt_util.as_local(time).isoformat(timespec="milliseconds")}


def _key(kind: EventType, event: OffloadEvent) -> str:
    return f"{kind}/{event.load_id or ''}/{'observed' if event.observed else ''}"


def _seconds_between(start: str, end: str) -> float:
    first = dt_util.parse_datetime(start, raise_on_error=True)
    last = dt_util.parse_datetime(end, raise_on_error=True)
    return max(0.0, (last - first).total_seconds())
