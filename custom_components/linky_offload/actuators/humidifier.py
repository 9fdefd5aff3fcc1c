"""Humidifiers and dehumidifiers: off, and back with their target and mode."""

from collections.abc import Mapping
from typing import Any, Final, override

from homeassistant.components.humidifier.const import (
    ATTR_ACTION,
    ATTR_HUMIDITY,
    SERVICE_SET_HUMIDITY,
    SERVICE_SET_MODE,
    HumidifierAction,
)
from homeassistant.const import ATTR_MODE
from homeassistant.core import Context, State

from ..journal import Saved
from .base import ON
from .figure import figure
from .onoff import OnOffActuator
from .thermal import Thermal

_WORKING: Final = frozenset({HumidifierAction.HUMIDIFYING, HumidifierAction.DRYING})


class HumidifierActuator(OnOffActuator):
    """A humidifier keeps its target while it is off; what was changed meanwhile is put back all the same."""

    @override
    def facts(self, state: State) -> dict[str, str | float | bool]:
        facts = super().facts(state)
        if (humidity := figure(state.attributes.get(ATTR_HUMIDITY))) is not None:
            facts[ATTR_HUMIDITY] = humidity
        if (mode := state.attributes.get(ATTR_MODE)) is not None:
            facts[ATTR_MODE] = mode
        return facts

    @override
    async def apply(self, facts: Saved, context: Context) -> None:
        await super().apply(facts, context)
        if facts.get(ON) is False:
            return
        # The target last: a mode may bring its own.
        for name, service in ((ATTR_MODE, SERVICE_SET_MODE), (ATTR_HUMIDITY, SERVICE_SET_HUMIDITY)):
            state, value = self.state, facts.get(name)
            if state is not None and value is not None and value != self.facts(state).get(name):
                await self.call(service, context, **{name: round(value) if isinstance(value, float) else value})

    @override
    def adjusted(self, service: str, data: Mapping[str, Any], owner: Saved, state: State) -> Saved | None:
        if service == SERVICE_SET_HUMIDITY and (humidity := figure(data.get(ATTR_HUMIDITY))) is not None:
            return {**owner, ATTR_HUMIDITY: humidity}
        if service == SERVICE_SET_MODE and data.get(ATTR_MODE) is not None:
            return {**owner, ATTR_MODE: str(data[ATTR_MODE])}
        return None

    @override
    def thermal(self, state: State, *, held: bool) -> Thermal:
        """No gap in kelvin; its action tells what it asks for, unless we keep it off."""
        action = state.attributes.get(ATTR_ACTION)
        return Thermal(demand=None if held or action is None else action in _WORKING)
