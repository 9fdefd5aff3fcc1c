"""A bridge that publishes what the meter says, heard through Home Assistant's own MQTT."""

import asyncio
from contextlib import suppress
import math
from typing import Any, Final, override

from homeassistant.components import mqtt
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.template import Template

from ..bridges import Bridge, Format, Keys
from ..const import CONF_BRIDGE
from ..tic import Mode
from .feed import Ears, Feed, LinkError, SourceError

CONF_FORMAT: Final = "format"
CONF_TOPICS: Final = "topics"
CONF_ROOT: Final = "root"  # what the topics have in common, to show
CONF_POWER_KEY: Final = "power_key"
CONF_CONTRACT_KEY: Final = "contract_key"
CONF_TEMPLATE: Final = "template"

MET_AFTER_S: Final = 3.0
"""A bridge that sends its labels one by one has gone through them, or will not name more of them soon."""

RETRY_S: Final = 30.0
_WAIT_S: Final = 10.0
_QOS: Final = 0
"""Never more: a broker that keeps messages for us while we are away would hand over the past as if it were now."""


HAND_MADE: Final = (Format.KEYED, Format.VALUE)
"""Formats whose messages hold a power and no label, hence no mode."""


def make_bridge(settings: dict[str, Any]) -> Bridge:
    """What reads the messages of a device as the forms stored it."""
    power = settings.get(CONF_POWER_KEY)
    keys = None if power is None else Keys(power=power, contract=settings.get(CONF_CONTRACT_KEY))
    return Bridge(Format(settings[CONF_FORMAT]), keys)


def rendered(template: Template, payload: bytes) -> bytes:
    """What the person's template makes of a message; nothing where it fails."""
    text = payload.decode("utf-8", "replace")
    return str(template.async_render_with_possible_json_value(text, "")).encode()


class MqttFeed(Feed):
    """Takes the messages of one device as they come.

    Nothing that the broker had kept, and nothing said while the device is told to be gone, is live. A live message
    proves that the device is there, whatever its last will said.
    """

    silent_text = "bridge_silent"

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, ears: Ears) -> None:
        super().__init__(hass, entry, ears)
        settings = entry.data[CONF_BRIDGE]
        self.bridge = make_bridge(settings)
        self._topics: tuple[str, ...] = tuple(settings[CONF_TOPICS])
        self._root: str = settings[CONF_ROOT]
        template = settings.get(CONF_TEMPLATE)
        self._template = None if template is None else Template(template, hass)
        self._broker: bool | None = None
        self._error: LinkError | None = None
        self._told = False
        self._first = math.inf
        self._met = False
        self._stop: list[CALLBACK_TYPE] = []

    @property
    @override
    def name(self) -> str:
        return self._root

    @property
    @override
    def mode(self) -> Mode | None:
        return None if self.bridge.format in HAND_MADE else self.bridge.mode

    @property
    @override
    def met(self) -> bool:
        return self._met

    @override
    async def async_open(self) -> None:
        try:
            async with asyncio.timeout(_WAIT_S):
                there = await mqtt.async_wait_for_mqtt_client(self._hass)
            if there:
                await self._async_subscribe()
                return
        except (TimeoutError, HomeAssistantError) as err:
            raise SourceError(LinkError.NO_MQTT, str(err)) from err
        raise SourceError(LinkError.NO_MQTT, "MQTT is not available")

    async def _async_subscribe(self) -> None:
        self._stop.append(mqtt.async_subscribe_connection_status(self._hass, self._broker_changed))
        self._broker_changed(mqtt.is_connected(self._hass))
        for topic in self._topics:
            self._stop.append(await mqtt.async_subscribe(self._hass, topic, self._received, _QOS, encoding=None))

    @override
    def start(self) -> None:
        if not self._stop:
            self._entry.async_create_background_task(self._hass, self._async_try_again(), "linky_offload MQTT")

    async def _async_try_again(self) -> None:
        while not self._stop:
            await asyncio.sleep(RETRY_S)
            with suppress(SourceError):
                await self.async_open()

    @override
    async def async_close(self) -> None:
        while self._stop:
            self._stop.pop()()

    @callback
    def _broker_changed(self, connected: bool) -> None:
        self._broker = connected
        self._tell()

    @callback
    def _received(self, message: mqtt.ReceiveMessage) -> None:
        now = self._hass.loop.time()
        payload = message.payload.encode() if isinstance(message.payload, str) else bytes(message.payload)
        if self._template is not None:
            payload = rendered(self._template, payload)
        delivery = self.bridge.take(message.topic, payload, retained=message.retain, now=now)
        self._tell()
        if delivery is not None:
            self._first = min(self._first, now)
            self._met = self._met or now - self._first >= MET_AFTER_S
            self._ears.on_delivery(delivery, now, not message.retain)

    def _tell(self) -> None:
        """Tell when the way to the device opened or closed."""
        error: LinkError | None = None
        if not self._broker:
            error = LinkError.BROKER
        elif self.bridge.online is False:
            error = LinkError.OFFLINE
        if error is not self._error or not self._told:
            self._error, self._told = error, True
            self._ears.on_link(error)

    @override
    def diagnostics(self) -> dict[str, Any]:
        return {"format": self.bridge.format, "online": self.bridge.online, "odd": dict(self.bridge.counts)}
