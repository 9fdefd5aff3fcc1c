"""The plug."""

import os
from time import monotonic_ns
from typing import Any, override

from homeassistant.components.switch import SwitchEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddEntitiesCallback
from homeassistant.helpers.typing import ConfigType, DiscoveryInfoType

from . import CONF_PIPE


async def async_setup_platform(
    hass: HomeAssistant,
    config: ConfigType,
    async_add_entities: AddEntitiesCallback,
    discovery_info: DiscoveryInfoType | None = None,
) -> None:
    """Open the pipe and make the plug."""
    if discovery_info is not None:
        async_add_entities([Plug(await hass.async_add_executor_job(_open, discovery_info[CONF_PIPE]))])


def _open(pipe: str) -> int:
    return os.open(pipe, os.O_WRONLY)


class Plug(SwitchEntity):
    """Obeys at once; each order to switch off puts a line with the monotonic time on the pipe."""

    _attr_name = "Bench plug"
    _attr_unique_id = "plug"
    _attr_should_poll = False
    _attr_is_on = True

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        os.write(self._pipe, b"%d\n" % monotonic_ns())
        self._attr_is_on = False
        self.async_write_ha_state()

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        self._attr_is_on = True
        self.async_write_ha_state()
