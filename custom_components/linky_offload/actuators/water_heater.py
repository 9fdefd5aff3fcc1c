"""Water heaters: taken off by their mode where they have one that is off, else by their set-point."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.components.climate.const import ATTR_MIN_TEMP
from homeassistant.components.water_heater.const import (
    ATTR_OPERATION_MODE,
    SERVICE_SET_OPERATION_MODE,
    SERVICE_SET_TEMPERATURE,
    WaterHeaterEntityFeature,
)
from homeassistant.const import ATTR_SUPPORTED_FEATURES, ATTR_TEMPERATURE, SERVICE_TURN_OFF, SERVICE_TURN_ON, STATE_OFF
from homeassistant.core import Context, State

from ..journal import Saved
from ..settings import WayOffKind
from .base import Actuator
from .figure import figure
from .leaving import async_until_off
from .setpoint import asks_for_nothing, frost_limit, temperature_tolerance
from .thermal import Thermal, thermal_of_tank
from .words import Rest, named, resting

_ATTR_OPERATIONS = "operation_list"


class WaterHeaterActuator(Actuator):
    """Off, else its lowest set-point, else its eco mode. Mode and temperature are put back."""

    @override
    def facts(self, state: State) -> Saved:
        facts: dict[str, str | float | bool] = {ATTR_OPERATION_MODE: state.state}
        if (target := figure(state.attributes.get(ATTR_TEMPERATURE))) is not None:
            facts[ATTR_TEMPERATURE] = target
        return facts

    @override
    def draws(self, facts: Saved, state: State) -> bool:
        if facts[ATTR_OPERATION_MODE] == STATE_OFF:
            return False
        off = self.off_facts(facts, state)
        if off is None:
            return True
        if (mode := off.get(ATTR_OPERATION_MODE)) is not None:
            return facts[ATTR_OPERATION_MODE] != mode
        return not asks_for_nothing(facts, {ATTR_TEMPERATURE: float(off[ATTR_TEMPERATURE])}, state)

    @override
    def off_facts(self, owner: Saved, state: State) -> Saved | None:
        modes, features = _modes(state), state.attributes.get(ATTR_SUPPORTED_FEATURES, 0)
        kind, value = (None, None) if self.way is None else (self.way.kind, self.way.value)
        if kind in (WayOffKind.OPTION, WayOffKind.PRESET) and (mode := named(modes, str(value))) is not None:
            return {ATTR_OPERATION_MODE: mode}
        lowest = self._lowest(state)
        if kind is WayOffKind.SETPOINT and lowest is not None:
            return {ATTR_TEMPERATURE: max(lowest, figure(value) or lowest)}
        if (mode := resting(modes, Rest.OFF)) is not None:
            return {ATTR_OPERATION_MODE: mode}
        if features & WaterHeaterEntityFeature.ON_OFF:
            return {ATTR_OPERATION_MODE: STATE_OFF}
        if lowest is not None:
            return {ATTR_TEMPERATURE: lowest}
        mode = resting(modes, Rest.FROST, Rest.AWAY, Rest.ECO)
        return None if mode is None else {ATTR_OPERATION_MODE: mode}

    @override
    async def apply(self, facts: Saved, context: Context) -> None:
        mode = facts.get(ATTR_OPERATION_MODE)
        if mode is not None and self.state is not None and self.state.state != mode:
            if mode in _modes(self.state):
                await self.call(SERVICE_SET_OPERATION_MODE, context, **{ATTR_OPERATION_MODE: mode})
            else:
                await self.call(SERVICE_TURN_OFF if mode == STATE_OFF else SERVICE_TURN_ON, context)
        await self._set_target(facts, context)

    @override
    async def async_let_go(self, context: Context) -> None:
        """Switched off by its owner while at our set-point: it must not come on with cold water."""
        saved = self.saved
        if await async_until_off(self):
            await self._set_target(saved, context)

    @override
    def adjusted(self, service: str, data: Mapping[str, Any], owner: Saved, state: State) -> Saved | None:
        if service not in (SERVICE_SET_OPERATION_MODE, SERVICE_SET_TEMPERATURE):
            return None
        after = dict(owner)
        if (mode := data.get(ATTR_OPERATION_MODE)) is not None:
            after[ATTR_OPERATION_MODE] = str(mode)
        if (target := figure(data.get(ATTR_TEMPERATURE))) is not None:
            after[ATTR_TEMPERATURE] = target
        return after

    @override
    def switched_on(self, state: State) -> bool:
        return state.state != STATE_OFF

    @override
    def tolerance(self, name: str, state: State) -> float:
        return temperature_tolerance(state)

    @override
    def thermal(self, state: State, *, held: bool) -> Thermal:
        owner = self.owners(state)
        if owner.get(ATTR_OPERATION_MODE) == STATE_OFF:
            return Thermal(demand=False)
        return thermal_of_tank(self.hass, state, figure(owner.get(ATTR_TEMPERATURE)), held=held)

    async def _set_target(self, facts: Saved, context: Context) -> None:
        state, target = self.state, figure(facts.get(ATTR_TEMPERATURE))
        if state is None or target is None:
            return
        if not self.stand({ATTR_TEMPERATURE: target}, self.facts(state), state):
            await self.call(SERVICE_SET_TEMPERATURE, context, **{ATTR_TEMPERATURE: target})

    def _lowest(self, state: State) -> float | None:
        """The lowest set-point that does not let it freeze; None where it has no set-point."""
        coldest = figure(state.attributes.get(ATTR_MIN_TEMP))
        settable = state.attributes.get(ATTR_SUPPORTED_FEATURES, 0) & WaterHeaterEntityFeature.TARGET_TEMPERATURE
        return frost_limit(self.hass, coldest) if settable and coldest is not None else None


def _modes(state: State) -> list[str]:
    return list(state.attributes.get(_ATTR_OPERATIONS) or ())
