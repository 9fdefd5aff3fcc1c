"""Thermostats: taken off by their set-point, so that they keep their mode, their display and their frost protection."""

from collections.abc import Mapping
from typing import Any, Final, override

from homeassistant.components.climate.const import (
    ATTR_HVAC_MODE,
    ATTR_HVAC_MODES,
    ATTR_PRESET_MODE,
    ATTR_PRESET_MODES,
    ATTR_TARGET_TEMP_STEP,
    PRESET_NONE,
    SERVICE_SET_HVAC_MODE,
    SERVICE_SET_PRESET_MODE,
    SERVICE_SET_TEMPERATURE,
    HVACMode,
)
from homeassistant.core import Context, State

from ..journal import Saved
from ..offload.model import TurnDown
from ..settings import WayOffKind
from .base import Actuator
from .figure import figure
from .leaving import async_until_off
from .setpoint import asks_for_nothing, degrees_lowered, idle_targets, lowered_targets, temperature_tolerance
from .thermal import TARGETS, Thermal, heats_only, targets_in, thermal_of_room, thermostat_settings
from .words import Rest, named, rest_of, resting

MOST_DEGREES: Final = 3.0
"""A thermostat is turned down by so much at most before it is rather taken off: by then its room asks for nothing."""

_STEP: Final = 0.5


class ClimateActuator(Actuator):
    """In heat the set-point goes down to max(min_temp, 7 °C), in cool up to max_temp.

    Without a set-point a radiator goes to its frost-protection preset (pilot wire), anything else off. Its level is
    `MOST_DEGREES` at its owner's target, less by as many degrees as the target is lowered, and never below 0.
    """

    @override
    def facts(self, state: State) -> Saved:
        return thermostat_settings(state)

    @override
    def draws(self, facts: Saved, state: State) -> bool:
        if facts[ATTR_HVAC_MODE] == HVACMode.OFF:
            return False
        idle = self._idle(facts, state)
        if idle is not None and self.ours and (degrees := figure(self._chosen(WayOffKind.LEVEL))) is not None:
            # Off is so far below what its owner wants, not below where it stands now.
            off_targets = lowered_targets(self.saved, self._idle(self.saved, state) or idle, degrees)
            return not asks_for_nothing(facts, off_targets, state)
        off = self.off_facts(facts, state)
        if off is None or off.get(ATTR_HVAC_MODE) == HVACMode.OFF:
            return True
        if (preset := off.get(ATTR_PRESET_MODE)) is not None:
            return not _rests(facts.get(ATTR_PRESET_MODE), str(preset))
        return idle is None or not asks_for_nothing(facts, idle, state)

    @override
    def off_facts(self, owner: Saved, state: State) -> Saved | None:
        chosen_level = figure(self._chosen(WayOffKind.LEVEL))
        if self._is_chosen(WayOffKind.OFF) and _can_be_off(state):
            return {ATTR_HVAC_MODE: HVACMode.OFF.value}
        if (preset := self._chosen_preset(state)) is not None:
            return {ATTR_PRESET_MODE: preset}
        if chosen_level is not None and (lowered := self._lowered(chosen_level, owner, state)) is not None:
            return lowered
        if (idle := self._idle(owner, state)) is not None:
            return {ATTR_HVAC_MODE: owner[ATTR_HVAC_MODE], **idle}
        presets = list(state.attributes.get(ATTR_PRESET_MODES) or ()) if heats_only(state) else []
        if (preset := resting(presets, Rest.FROST, Rest.AWAY)) is not None and owner[ATTR_HVAC_MODE] != HVACMode.OFF:
            return {ATTR_PRESET_MODE: preset}
        if _can_be_off(state):
            return {ATTR_HVAC_MODE: HVACMode.OFF.value}
        preset = resting(presets, Rest.ECO)
        return None if preset is None else {ATTR_PRESET_MODE: preset}

    @override
    async def apply(self, facts: Saved, context: Context) -> None:
        """Mode, then targets, then preset: a preset brings its own targets, and a target may end a preset."""
        mode, preset = facts.get(ATTR_HVAC_MODE), facts.get(ATTR_PRESET_MODE)
        await self._set_mode(mode, context)
        if preset == PRESET_NONE:
            await self._set_preset(preset, context)
        await self._set_targets(facts, context)
        reached = self.state is not None and self.state.state == mode
        await self._set_preset(preset, context)
        if reached:  # a preset ends the schedule of some pilot-wire modules
            await self._set_mode(mode, context)

    @override
    async def async_let_go(self, context: Context) -> None:
        """Switched off by its owner while off by us: it must not come on at 7 °C when he wants it again."""
        saved = self.saved
        if await async_until_off(self):
            await self._set_targets(saved, context)

    @override
    def adjusted(self, service: str, data: Mapping[str, Any], owner: Saved, state: State) -> Saved | None:
        mode = data.get(ATTR_HVAC_MODE)
        if service == SERVICE_SET_HVAC_MODE and mode is not None:
            return {**owner, ATTR_HVAC_MODE: str(mode)}
        if service == SERVICE_SET_PRESET_MODE and (preset := data.get(ATTR_PRESET_MODE)) is not None:
            return {**owner, ATTR_PRESET_MODE: str(preset)}
        if service != SERVICE_SET_TEMPERATURE:
            return None
        after = {**owner, **targets_in(data)}
        if mode is not None:
            after[ATTR_HVAC_MODE] = str(mode)
        # A target of its own ends the preset, which would bring back another one.
        after.pop(ATTR_PRESET_MODE, None)
        if PRESET_NONE in (state.attributes.get(ATTR_PRESET_MODES) or ()):
            after[ATTR_PRESET_MODE] = PRESET_NONE
        return after

    @override
    def switched_on(self, state: State) -> bool:
        return state.state != HVACMode.OFF

    @override
    def tolerance(self, name: str, state: State) -> float:
        return temperature_tolerance(state)

    @override
    def level(self, state: State) -> float | None:
        facts = self.facts(state)
        idle = self._idle(facts, state)
        lowered = None if idle is None else degrees_lowered(facts, self.owners(state), idle)
        return None if lowered is None else max(0.0, MOST_DEGREES - lowered)

    @override
    def level_saved(self, saved: Saved) -> float | None:
        return MOST_DEGREES if any(name in saved for name in TARGETS) else None

    @override
    def level_facts(self, level: float, owner: Saved, state: State) -> Saved | None:
        return self._lowered(MOST_DEGREES - level, owner, state)

    @override
    def turn_down_of(self, state: State) -> TurnDown | None:
        if self._idle(self.owners(state), state) is None:
            return None
        step = figure(state.attributes.get(ATTR_TARGET_TEMP_STEP)) or _STEP
        return TurnDown(minimum=0.0, maximum=MOST_DEGREES, step=step)

    @override
    def thermal(self, state: State, *, held: bool) -> Thermal:
        return thermal_of_room(self.hass, state, held=held, owner=self.owners(state))

    async def _set_mode(self, mode: object, context: Context) -> None:
        if mode is not None and self.state is not None and self.state.state != mode:
            await self.call(SERVICE_SET_HVAC_MODE, context, **{ATTR_HVAC_MODE: mode})

    async def _set_preset(self, preset: object, context: Context) -> None:
        if preset is not None and self.state is not None and self.state.attributes.get(ATTR_PRESET_MODE) != preset:
            await self.call(SERVICE_SET_PRESET_MODE, context, **{ATTR_PRESET_MODE: preset})

    async def _set_targets(self, facts: Saved, context: Context) -> None:
        targets = {name: value for name, value in facts.items() if name in TARGETS}
        if targets and self.state is not None and not self.stand(targets, self.facts(self.state), self.state):
            await self.call(SERVICE_SET_TEMPERATURE, context, **targets)

    def _lowered(self, degrees: float, owner: Saved, state: State) -> Saved | None:
        idle = self._idle(owner, state)
        return (
            None if idle is None else {ATTR_HVAC_MODE: owner[ATTR_HVAC_MODE], **lowered_targets(owner, idle, degrees)}
        )

    def _idle(self, settings: Saved, state: State) -> dict[str, float] | None:
        return idle_targets(self.hass, settings, state, figure(self._chosen(WayOffKind.SETPOINT)))

    def _is_chosen(self, kind: WayOffKind) -> bool:
        return self.way is not None and self.way.kind is kind

    def _chosen(self, kind: WayOffKind) -> str | float | None:
        return self.way.value if self.way is not None and self.way.kind is kind else None

    def _chosen_preset(self, state: State) -> str | None:
        chosen = self._chosen(WayOffKind.PRESET)
        return None if chosen is None else named(state.attributes.get(ATTR_PRESET_MODES) or (), str(chosen))


def _can_be_off(state: State) -> bool:
    modes = state.attributes.get(ATTR_HVAC_MODES)
    return modes is None or HVACMode.OFF in modes


def _rests(preset: object, off: str) -> bool:
    """Whether a preset heats no more than the one that takes it off."""
    if preset == off:
        return True
    meaning = rest_of(preset)
    return meaning is not None and meaning <= (rest_of(off) or Rest.FROST)
