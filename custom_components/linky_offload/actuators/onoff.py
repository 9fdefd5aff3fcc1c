"""Loads with a plain on and off."""

from typing import override

from homeassistant.const import SERVICE_TURN_OFF, SERVICE_TURN_ON, STATE_ON
from homeassistant.core import Context, State

from ..journal import Saved
from .base import ON, Actuator


class OnOffActuator(Actuator):
    """Switched; kinds with settings of their own add to its facts and to the call that brings it back."""

    @override
    def facts(self, state: State) -> dict[str, str | float | bool]:
        return {ON: state.state == STATE_ON}

    @override
    def draws(self, facts: Saved, state: State) -> bool:
        return bool(facts.get(ON, True))

    @override
    def off_facts(self, owner: Saved, state: State) -> Saved | None:
        return {ON: False}

    @override
    async def apply(self, facts: Saved, context: Context) -> None:
        if facts.get(ON) is False:
            await self.call(SERVICE_TURN_OFF, context)
        else:
            await self.call(SERVICE_TURN_ON, context, **self.turn_on_data(facts))

    def turn_on_data(self, facts: Saved) -> dict[str, str | float | bool]:
        """What `turn_on` takes of the settings."""
        return {}
