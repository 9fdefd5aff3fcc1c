"""A LinkyTop beside its five labels: what it says of itself, and how often it is let measure."""

from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from .bridges import Format
from .bridges.linkytop_box import DEFAULT_DELAY_S, OWN_TOPICS, Box, Pace, answer
from .bridges.topics import LINKYTOP
from .broker import Heard, Listener
from .const import (
    CONF_BRIDGE,
    CONF_DELAY_SERVICE,
    CONF_MEASUREMENT_DELAY,
    CONF_REAL_TIME,
    CONF_SOURCE,
    DOMAIN,
    SOURCE_MQTT,
)
from .delay_service import Credentials, Served, async_delay_service
from .offload import LoadStatus, Report
from .runtime import LinkyConfigEntry

BOXES: HassKey[dict[str, LinkyTop]] = HassKey(f"{DOMAIN}_linkytop")

_PRESSING: Final = frozenset({LoadStatus.WAITING, LoadStatus.RECOVERING})


def is_linkytop(entry: LinkyConfigEntry) -> bool:
    """Whether the meter of an entry is heard by a LinkyTop."""
    return entry.data[CONF_SOURCE] == SOURCE_MQTT and Format(entry.data[CONF_BRIDGE]["format"]) is Format.LINKYTOP


def is_pressing(report: Report) -> bool:
    """Whether the next value must not be waited for: too much is drawn, or what was just decided must be seen."""
    return report.overload is True or any(load.status in _PRESSING for load in report.loads.values())


class LinkyTop:
    """One box at work. The options own how it measures."""

    def __init__(self, hass: HomeAssistant, entry: LinkyConfigEntry) -> None:
        self.box = Box()
        self._hass = hass
        self._entry = entry
        self._service = async_delay_service(hass)
        listener = Listener(hass, entry, (*OWN_TOPICS, *LINKYTOP), self._heard)
        entry.async_on_unload(listener.async_stop)
        served = Served(self._credentials, lambda: answer(self.pace, self.delay_s))
        entry.async_on_unload(self._service.async_serve(entry.entry_id, served))

    @property
    def real_time(self) -> bool:
        """A person wants it to measure all the time."""
        return bool(self._entry.options.get(CONF_REAL_TIME, False))

    @property
    def delay_s(self) -> int:
        """The time between two measures, seconds."""
        return int(self._entry.options.get(CONF_MEASUREMENT_DELAY, DEFAULT_DELAY_S))

    @property
    def pace(self) -> Pace:
        """What it is told now."""
        return Pace.FAST if self.real_time or is_pressing(self._entry.runtime_data.report) else Pace.SLOW

    def _credentials(self) -> Credentials | None:
        return Credentials.read(self._entry.options.get(CONF_DELAY_SERVICE))

    @callback
    def _heard(self, message: Heard) -> None:
        self.box.take(message.topic, message.payload, retained=message.retained, now=self._hass.loop.time())

    def diagnostics(self) -> dict[str, Any]:
        """What helps to understand it."""
        return {
            "pace": self.pace,
            "delay_s": self.delay_s,
            "announced": {"pace": self.box.pace, "sleep_s": self.box.sleep_s, "missing": self.box.missing},
            "odd": dict(self.box.counts),
            "asked": dict(self._service.counts),
        }


@callback
def async_linkytop(hass: HomeAssistant, entry: LinkyConfigEntry) -> LinkyTop | None:
    """The box of a loaded entry, made when the first platform asks for it; None where its meter is heard otherwise."""
    if not is_linkytop(entry):
        return None
    boxes = hass.data.setdefault(BOXES, {})
    if (found := boxes.get(entry.entry_id)) is None:
        found = boxes[entry.entry_id] = LinkyTop(hass, entry)

        @callback
        def forget() -> None:
            boxes.pop(entry.entry_id)

        entry.async_on_unload(forget)
    return found
