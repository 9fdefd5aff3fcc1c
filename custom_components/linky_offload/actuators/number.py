"""Number entities: the current of a car charger, the power of a dimmer. Turned down, or stopped below a level."""

from collections.abc import Mapping
from typing import Any, Final, override

from homeassistant.components.number.const import ATTR_MAX, ATTR_MIN, ATTR_STEP, ATTR_VALUE, SERVICE_SET_VALUE
from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    STATE_ON,
    UnitOfElectricCurrent,
)
from homeassistant.core import Context, State

from ..journal import Saved
from ..offload.model import TurnDown
from ..settings import WayOffKind
from .base import ON, Actuator
from .figure import figure
from .power import va_of_one

LEAST_CHARGING_A: Final = 6.0
"""A car takes no less (IEC 61851-1): below it the charger stops."""

MAINS_V: Final = 230.0

_STEP: Final = 1.0


class NumberActuator(Actuator):
    """Off at its lowest value, or by the switch that the person named beside it."""

    @override
    def resolve(self) -> None:
        super().resolve()
        chosen = self.way.value if self.way is not None and self.way.kind is WayOffKind.OFF else None
        self.partner_id = self._resolved(chosen) if isinstance(chosen, str) else None

    @property
    @override
    def state(self) -> State | None:
        """Known only while its value is a number, and the switch beside it can be acted upon."""
        state = super().state
        return None if state is None or not self._tells(state) else state

    @override
    def facts(self, state: State) -> Saved:
        facts: dict[str, str | float | bool] = {}
        if (value := figure(state.state)) is not None:
            facts[ATTR_VALUE] = value
        if (partner := self.state_of(self.partner_id)) is not None:
            facts[ON] = partner.state == STATE_ON
        return facts

    @override
    def draws(self, facts: Saved, state: State) -> bool:
        scale, value = self.turn_down_of(state), figure(facts.get(ATTR_VALUE))
        if facts.get(ON) is False or value is None:
            return False
        half = scale.step / 2
        if self.partner_id is not None:
            return scale.stop is None or value > scale.stop + half
        return value > scale.minimum - half if scale.stop is not None else value > scale.minimum + half

    @override
    def off_facts(self, owner: Saved, state: State) -> Saved | None:
        if not self._tells(state):
            return None
        if self.partner_id is not None:
            return {ON: False}
        scale = self.turn_down_of(state)
        return {ATTR_VALUE: scale.minimum if scale.stop is None else scale.stop}

    @override
    async def apply(self, facts: Saved, context: Context) -> None:
        """The value before the switch: a charger that starts must not start at the wrong current."""
        if facts.get(ON) is False:
            await self.call_of(self.partner_id, SERVICE_TURN_OFF, context)
            return
        state = self.state
        if ATTR_VALUE in facts and (state is None or self.facts(state).get(ATTR_VALUE) != facts[ATTR_VALUE]):
            await self.call(SERVICE_SET_VALUE, context, **{ATTR_VALUE: facts[ATTR_VALUE]})
        partner = self.state_of(self.partner_id)
        if partner is not None and partner.state != STATE_ON:
            await self.call_of(self.partner_id, SERVICE_TURN_ON, context)

    @override
    def adjusted(self, service: str, data: Mapping[str, Any], owner: Saved, state: State) -> Saved | None:
        step, present = self.turn_down_of(state).step, figure(state.state)
        value: float | None = None
        match service:
            case "set_value":
                value = figure(data.get(ATTR_VALUE))
            case "increment" if present is not None:
                value = present + step
            case "decrement" if present is not None:
                value = present - step
        return None if value is None else {**owner, ATTR_VALUE: value}

    @override
    def tolerance(self, name: str, state: State) -> float:
        return self.turn_down_of(state).step / 2

    @override
    def level(self, state: State) -> float | None:
        facts = self.facts(state)
        scale = self.turn_down_of(state)
        return scale.stop if facts.get(ON) is False and scale.stop is not None else figure(facts.get(ATTR_VALUE))

    @override
    def level_saved(self, saved: Saved) -> float | None:
        return figure(saved.get(ATTR_VALUE))

    @override
    def level_facts(self, level: float, owner: Saved, state: State) -> Saved | None:
        facts: dict[str, str | float | bool] = {ATTR_VALUE: level}
        return facts if self.partner_id is None else {**facts, ON: True}

    @override
    def turn_down_of(self, state: State) -> TurnDown:
        lowest, highest = figure(state.attributes.get(ATTR_MIN)) or 0.0, figure(state.attributes.get(ATTR_MAX))
        step = figure(state.attributes.get(ATTR_STEP)) or _STEP
        unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
        current = unit == UnitOfElectricCurrent.AMPERE
        off = self._chosen_off(lowest)
        stops = not current or off < LEAST_CHARGING_A
        first = max(off + step, LEAST_CHARGING_A) if current and stops else off + step if stops else off
        va = MAINS_V * self.config.phase_count if current else va_of_one(unit, self.config.power_factor)
        maximum = first if highest is None else max(first, highest)
        return TurnDown(minimum=first, maximum=maximum, stop=off if stops else None, step=step, va_per_unit=va)

    def _chosen_off(self, lowest: float) -> float:
        """The level at which it is off: the person's, else the lowest."""
        chosen = figure(self.way.value) if self.way is not None and self.way.kind is WayOffKind.LEVEL else None
        return lowest if chosen is None else max(lowest, chosen)

    def _tells(self, state: State) -> bool:
        switchable = self.way is None or self.way.kind is not WayOffKind.OFF or self.way.value is None
        return figure(state.state) is not None and (switchable or self.state_of(self.partner_id) is not None)
