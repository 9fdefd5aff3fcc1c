"""Plugs and relays: switch and input_boolean entities."""

from typing import override

from homeassistant.const import SERVICE_TURN_OFF, SERVICE_TURN_ON, STATE_ON
from homeassistant.core import Context, State, split_entity_id

from .base import Actuator


class SwitchActuator(Actuator):
    """On and off, nothing to remember."""

    @override
    def is_on(self, state: State) -> bool:
        return state.state == STATE_ON

    @override
    async def async_offload(self, context: Context) -> None:
        await self._switch(SERVICE_TURN_OFF, context)

    @override
    async def async_restore(self, context: Context) -> None:
        await self._switch(SERVICE_TURN_ON, context)

    async def _switch(self, service: str, context: Context) -> None:
        if self.entity_id is not None:
            await self.call(split_entity_id(self.entity_id)[0], service, context)
