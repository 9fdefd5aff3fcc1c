"""A plug that tells on a pipe at which nanosecond it was ordered to switch off; for the reaction benchmark."""

from typing import Any

from homeassistant.const import SERVICE_TURN_ON, Platform
from homeassistant.core import Context, Event, HomeAssistant
from homeassistant.helpers.discovery import async_load_platform
from homeassistant.helpers.typing import ConfigType

DOMAIN = "linky_bench_plug"
CONF_PIPE = "pipe"
EVENT_TURN_ON = "linky_bench_turn_on"


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Make the plug, and switch it on as an automation would when the benchmark asks for it."""
    await async_load_platform(hass, Platform.SWITCH, DOMAIN, {CONF_PIPE: config[DOMAIN][CONF_PIPE]}, config)

    async def turn_on(event: Event[dict[str, Any]]) -> None:
        # A context of its own, without a user: an order of the home, not a person's hand.
        target = {"entity_id": event.data["entity_id"]}
        await hass.services.async_call(Platform.SWITCH, SERVICE_TURN_ON, target=target, context=Context())

    hass.bus.async_listen(EVENT_TURN_ON, turn_on)
    return True
