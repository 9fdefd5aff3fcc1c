"""Listening to a broker: which devices speak of a meter, and what they say of it."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import tzinfo
from time import monotonic
from typing import Any, Final

from homeassistant.components import mqtt
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.template import Template

from ..bridges import Survey
from ..const import CONF_BRIDGE, CONF_SOURCE, SOURCE_MQTT
from ..meter import Delivery, Meter, Reading
from ..meter.powers import CURRENTS
from ..sources.mqtt import CONF_FORMAT, CONF_ROOT, CONF_TEMPLATE, CONF_TOPICS, HAND_MADE, make_bridge, rendered
from ..tic import describe_address
from .found import Found, found_in

EVERYTHING: Final = "#"
SHOWN_TOPICS: Final = 3
LARGEST_PAYLOAD: Final = 65_536
MOST_MESSAGES: Final = 20_000
"""What is kept of a busy broker while it is listened to; later messages only tell less of the same."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message, at its monotonic second."""

    topic: str
    payload: bytes
    retained: bool
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A device that speaks of a meter: how it would be read, and what came out of it. ``power_va``: its latest word."""

    found: Found
    power_va: float | None

    @property
    def settings(self) -> Mapping[str, Any]:
        """How its messages are read."""
        settings: Mapping[str, Any] = self.found.connection[CONF_BRIDGE]
        return settings


class Listening:
    """One time of listening on one topic filter."""

    def __init__(self, hass: HomeAssistant, topic: str) -> None:
        self._hass = hass
        self._topic = topic
        self._messages: list[Message] = []

    @property
    def count(self) -> int:
        """How many messages came, of whatever kind."""
        return len(self._messages)

    async def async_listen(self, wait: Callable[[], Any]) -> None:
        """Hear everything until ``wait`` is over. Raises HomeAssistantError when the broker refuses the topic."""
        with ExitStack() as stack:
            stack.callback(await mqtt.async_subscribe(self._hass, self._topic, self._received, encoding=None))
            await wait()

    @callback
    def _received(self, message: mqtt.ReceiveMessage) -> None:
        payload = message.payload.encode() if isinstance(message.payload, str) else bytes(message.payload)
        if len(payload) <= LARGEST_PAYLOAD and len(self._messages) < MOST_MESSAGES:
            self._messages.append(Message(message.topic, payload, message.retain, monotonic()))

    def candidates(self, zone: tzinfo) -> list[Candidate]:
        """Every device that was recognised and tells a power."""
        survey = Survey()
        for message in self._messages:
            survey.hear(message.topic, message.payload, retained=message.retained)
        found = [
            self.read(
                {
                    CONF_FORMAT: str(device.format),
                    CONF_TOPICS: list(device.topics),
                    CONF_ROOT: device.root or _named(device.topics),
                },
                zone,
            )
            for device in survey.found()
            if device.live
        ]
        return [candidate for candidate in found if candidate is not None]

    def read(self, settings: dict[str, Any], zone: tzinfo) -> Candidate | None:
        """What the messages tell when they are read by these settings; None when that is no power.

        A bridge that tells changes only may have been silent on its power: then what the broker had kept of it serves,
        to show, and for nothing else.
        """
        return self._read(settings, zone, kept=False) or self._read(settings, zone, kept=True)

    def _read(self, settings: dict[str, Any], zone: tzinfo, *, kept: bool) -> Candidate | None:
        bridge = make_bridge(settings)
        template = settings.get(CONF_TEMPLATE)
        meter = Meter(local_tz=zone)
        for message in self._messages:
            if not any(_matches(topic, message.topic) for topic in settings[CONF_TOPICS]):
                continue
            payload = message.payload
            if template is not None:
                payload = rendered(Template(template, self._hass), payload)
            delivery = bridge.take(message.topic, payload, retained=message.retained and not kept, now=message.at)
            if delivery is not None:
                meter.receive(delivery, message.at)
        now = monotonic()
        if not meter.reading(now).phases:
            # Whoever named no second phase in all this time has none.
            meter.receive(Delivery(phases=bridge.phases or 1), now)
        reading = meter.reading(now)
        connection = {CONF_SOURCE: SOURCE_MQTT, CONF_BRIDGE: settings}
        found = found_in(reading, connection=connection, where=settings[CONF_ROOT])
        if found is None or not _tells_power(reading):
            return None
        if bridge.format in HAND_MADE:
            found = replace(found, mode=None)
        if found.address is None and bridge.address is not None and describe_address(bridge.address) is not None:
            # Said once: not proved yet for a meter, but the best that a few seconds can give.
            found = replace(found, address=bridge.address)
        return Candidate(found=found, power_va=reading.power_va)


def _named(topics: Sequence[str]) -> str:
    """What to call a device whose topics have nothing in common."""
    first = ", ".join(topics[:SHOWN_TOPICS])
    return first if len(topics) <= SHOWN_TOPICS else f"{first}…"


def _matches(subscription: str, topic: str) -> bool:
    """Whether a topic is one of a subscription, whose ``+`` is any level and whose ``#`` any rest."""
    wanted, levels = subscription.split("/"), topic.split("/")
    for place, level in enumerate(wanted):
        if level == "#":
            return True
        if place >= len(levels) or level not in {"+", levels[place]}:
            return False
    return len(wanted) == len(levels)


def _tells_power(reading: Reading) -> bool:
    """Whether a power, or a current to work it out of, is among what was heard."""
    return reading.power_va is not None or any(quantity in reading.values for quantity in CURRENTS)
