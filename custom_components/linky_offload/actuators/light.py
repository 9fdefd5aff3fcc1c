"""Lamps, and dimmers that are shown as lamps: off, and back at the brightness that they had."""

from typing import override

from homeassistant.components.light.const import ATTR_BRIGHTNESS, DOMAIN as LIGHT_DOMAIN
from homeassistant.const import SERVICE_TURN_OFF, SERVICE_TURN_ON, STATE_ON
from homeassistant.core import Context, State

from ..journal import Saved
from .base import Actuator


class LightActuator(Actuator):
    """A light; one that is off has no brightness, and comes back as its device decides."""

    @override
    def is_on(self, state: State) -> bool:
        return state.state == STATE_ON

    @override
    def capture(self, state: State) -> Saved:
        brightness = state.attributes.get(ATTR_BRIGHTNESS)
        return {} if brightness is None else {ATTR_BRIGHTNESS: int(brightness)}

    @override
    async def async_offload(self, context: Context) -> None:
        await self.call(LIGHT_DOMAIN, SERVICE_TURN_OFF, context)

    @override
    async def async_restore(self, context: Context) -> None:
        await self.call(LIGHT_DOMAIN, SERVICE_TURN_ON, context, **self.saved)
