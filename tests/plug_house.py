"""A Tasmota plug with Plug Offload on a pretended broker, and a meter whose entry has it as a subentry."""

from collections.abc import Iterable
from typing import Any

from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_mqtt_message
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from custom_components.linky_offload.const import DOMAIN, SUBENTRY_PLUG
from simulator.bridge_message import Message
from simulator.offload_plug import OffloadPlug

from .common import heard_entry

PLUG_ID = "01JPLUG0000000000000000001"
METER = {"format": "flat", "topics": ["teleinfo/linky"], "root": "teleinfo/linky"}


def plug_subentry(full_topic: str = "delestage_A1B2C3/%prefix%") -> ConfigSubentryDataWithId:
    """A plug as the form stores it."""
    return ConfigSubentryDataWithId(
        data={"full_topic": full_topic},
        subentry_id=PLUG_ID,
        subentry_type=SUBENTRY_PLUG,
        title="Radiator",
        unique_id=full_topic,
    )


def entry_with_plug(**options: Any) -> MockConfigEntry:
    """A meter heard by MQTT, with one plug."""
    model = heard_entry("mqtt", METER)
    return MockConfigEntry(
        domain=DOMAIN,
        title=model.title,
        unique_id=model.unique_id,
        data=dict(model.data),
        options=options,
        subentries_data=[plug_subentry()],
    )


class PlugHouse:
    """One plug on the broker: what we publish reaches it, what it says reaches us."""

    def __init__(self, hass: HomeAssistant, client: MqttMockHAClient, firmware: OffloadPlug) -> None:
        self.hass = hass
        self.firmware = firmware
        self.orders: list[str] = []
        publish = client.async_publish

        @callback
        def taken(topic: str, payload: Any, *args: Any, **kwargs: Any) -> Any:
            if topic.startswith(f"{firmware.name}/cmnd/"):
                text = payload if isinstance(payload, bytes) else str(payload).encode()
                self.orders.append(f"{topic.rpartition('/')[2]} {text.decode()}")
                hass.loop.call_soon(self.say, list(firmware.order(topic, text)))
            return publish(topic, payload, *args, **kwargs)

        client.async_publish = taken

    @callback
    def say(self, messages: Iterable[Message], *, kept: bool = False) -> None:
        """Let the plug say something; a broker marks only what it had kept for who comes later."""
        for said in messages:
            async_fire_mqtt_message(self.hass, said.topic, said.payload, retain=kept)

    async def tell(self, *messages: Message, kept: bool = False) -> None:
        """Let it say something, and Home Assistant take it in."""
        self.say(messages, kept=kept)
        await self.hass.async_block_till_done()

    def state(self, key: str, platform: str = "sensor") -> State | None:
        """The state of an entity of the plug."""
        entity_id = self.entity_id(key, platform)
        return None if entity_id is None else self.hass.states.get(entity_id)

    def entity_id(self, key: str, platform: str = "sensor") -> str | None:
        """The entity of the plug."""
        return er.async_get(self.hass).async_get_entity_id(platform, DOMAIN, f"{PLUG_ID}_{key}")

    def shown(self, key: str, platform: str = "sensor") -> str | None:
        """The word that an entity shows."""
        found = self.state(key, platform)
        return None if found is None else found.state

    def device(self, entry: MockConfigEntry) -> dr.DeviceEntry:
        """The device of the plug."""
        device = dr.async_get(self.hass).async_get_device_by_identifier((DOMAIN, PLUG_ID), entry.entry_id)
        assert device is not None
        return device
