"""The way to the broker for what is not the meter itself: messages in and out through Home Assistant's own MQTT.

Unlike a meter, nothing here is worth a retry of the whole entry: without MQTT it waits until MQTT is there.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

if TYPE_CHECKING:
    from homeassistant.components.mqtt import ReceiveMessage

AGAIN_S: Final = 30.0
"""How often MQTT is looked for while it is missing."""

_QOS: Final = 0


@dataclass(frozen=True, slots=True)
class Heard:
    """One message as it came; ``retained``: the broker had kept it."""

    topic: str
    payload: bytes
    retained: bool


class Listener:
    """Hears some topics until it is stopped; ``on_ready`` is called once all of them are subscribed."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        topics: Iterable[str],
        on_message: Callable[[Heard], None],
        on_ready: Callable[[], None] = lambda: None,
    ) -> None:
        self._hass = hass
        self._topics = tuple(topics)
        self._on_message = on_message
        self._on_ready = on_ready
        self._stop: list[CALLBACK_TYPE] = []
        self._task = entry.async_create_background_task(hass, self._async_subscribe(), "linky_offload listens")

    async def _async_subscribe(self) -> None:
        while not await self._async_subscribed():  # noqa: ASYNC110 - nothing tells of the arrival of MQTT
            await asyncio.sleep(AGAIN_S)
        self._on_ready()

    async def _async_subscribed(self) -> bool:
        """Subscribe to everything; False when MQTT is not there, or goes meanwhile."""
        from homeassistant.components import mqtt  # loaded only where it is used

        if not await mqtt.async_wait_for_mqtt_client(self._hass):
            return False
        try:
            for topic in self._topics:
                self._stop.append(await mqtt.async_subscribe(self._hass, topic, self._received, _QOS, encoding=None))
        except HomeAssistantError:
            self._forget()
            return False
        return True

    @callback
    def _received(self, message: ReceiveMessage) -> None:
        payload = message.payload.encode() if isinstance(message.payload, str) else bytes(message.payload)
        self._on_message(Heard(message.topic, payload, message.retain))

    @callback
    def async_stop(self) -> None:
        """Hear no more."""
        self._task.cancel()
        self._forget()

    def _forget(self) -> None:
        while self._stop:
            self._stop.pop()()


async def async_say(hass: HomeAssistant, topic: str, payload: str | bytes, *, retained: bool = False) -> bool:
    """Publish; False when there is no broker to publish to just now."""
    if not has_broker(hass):
        return False
    from homeassistant.components import mqtt

    try:
        await mqtt.async_publish(hass, topic, payload, _QOS, retained)
    except HomeAssistantError:
        return False
    return True


def has_broker(hass: HomeAssistant) -> bool:
    """Whether Home Assistant's own MQTT is at work."""
    entries = hass.config_entries.async_entries("mqtt", include_disabled=False)
    return any(entry.state is ConfigEntryState.LOADED for entry in entries)
