"""Loads with a level in per cent beside their on and off: lamps, dimmed heaters, fans."""

from abc import abstractmethod
from typing import Final, override

from homeassistant.core import State

from ..journal import Saved
from ..offload.model import TurnDown
from ..settings import WayOffKind
from .base import ON
from .figure import figure
from .onoff import OnOffActuator

_HALF_A_PERCENT: Final = 0.5


class DimmedActuator(OnOffActuator):
    """Off by `turn_off`, or down to the level that the person chose."""

    setting: str
    """The fact that holds the level."""

    @override
    def facts(self, state: State) -> dict[str, str | float | bool]:
        facts = super().facts(state)
        if (value := figure(state.attributes.get(self.setting))) is not None:
            facts[self.setting] = round(value)
        return facts

    @override
    def draws(self, facts: Saved, state: State) -> bool:
        if not super().draws(facts, state):
            return False
        lowest, setting = self._lowest(state), figure(facts.get(self.setting))
        return lowest is None or setting is None or self.to_level(setting) > lowest + _HALF_A_PERCENT

    @override
    def off_facts(self, owner: Saved, state: State) -> Saved | None:
        lowest = self._lowest(state)
        return super().off_facts(owner, state) if lowest is None else self.level_facts(lowest, owner, state)

    @override
    def level(self, state: State) -> float | None:
        if not self.is_dimmable(state):
            return None
        facts = self.facts(state)
        if facts[ON] is False:
            return 0.0
        setting = figure(facts.get(self.setting))
        return None if setting is None else self.to_level(setting)

    @override
    def level_saved(self, saved: Saved) -> float | None:
        setting = figure(saved.get(self.setting))
        return None if setting is None else self.to_level(setting)

    @override
    def level_facts(self, level: float, owner: Saved, state: State) -> Saved | None:
        return {ON: True, self.setting: self.to_setting(level)} if self.is_dimmable(state) else None

    @override
    def turn_down_of(self, state: State) -> TurnDown | None:
        if not self.is_dimmable(state):
            return None
        step = self.step(state)
        return TurnDown(minimum=step, maximum=100.0, stop=0.0, step=step)

    def _lowest(self, state: State) -> float | None:
        """The level to which it goes instead of off."""
        if self.way is None or self.way.kind is not WayOffKind.LEVEL or not self.is_dimmable(state):
            return None
        return figure(self.way.value)

    @abstractmethod
    def is_dimmable(self, state: State) -> bool:
        """Whether it has a level at all."""

    @abstractmethod
    def step(self, state: State) -> float:
        """The smallest change of its level, per cent."""

    @abstractmethod
    def to_level(self, setting: float) -> float:
        """Per cent of a setting."""

    @abstractmethod
    def to_setting(self, level: float) -> int:
        """The setting at a level."""
