"""What every kind of load has in common: its view, what we hold of it, and what others ask of it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.const import SERVICE_TOGGLE, SERVICE_TURN_OFF, SERVICE_TURN_ON
from homeassistant.core import Context, HomeAssistant, State

from ..journal import Saved
from ..offload.model import LoadView, TurnDown
from ..settings import LoadConfig, WayOff
from .entity import LoadEntities, usable
from .thermal import UNKNOWN, Thermal, thermal_of_room

ON: Final = "on"
"""The fact that a load is switched on, beside its settings. It is never saved: what is saved is how a load was on."""

LEVEL: Final = "level"
"""In what is saved: the level to which we turned the load down instead of off."""

_SWITCHING: Final = frozenset(
    {SERVICE_TURN_ON, SERVICE_TURN_OFF, SERVICE_TOGGLE, "set_hvac_mode", "set_operation_mode"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What somebody else asks of a load.

    ``on``: it will be on, were it not for us. ``wanted``: its settings then. ``switches``: on or off is what the order
    is about, so that it is a wish even where it changes nothing.
    """

    on: bool
    wanted: Saved
    switches: bool


class Actuator(LoadEntities, ABC):
    """One load. ``saved`` is how it was when we last were about to take it off, and how it goes back.

    A kind of load is told by its *facts*: the settings of a state that we may touch, and `ON` where it is switched.
    """

    def __init__(self, hass: HomeAssistant, config: LoadConfig) -> None:
        super().__init__(hass, config)
        self.saved: Saved = {}
        self._asked: Saved | None = None  # what we made of it, until it is its owner's again
        self._ordered: Saved | None = None  # the latest that we told it, to take off or to give back
        self._resumed = False

    @property
    def way(self) -> WayOff | None:
        """How the person wants it taken off, None for what suits its kind."""
        return self.config.way_off

    # What is seen of it ----------------------------------------------------------------------------------------------

    def view(self) -> LoadView:
        """The load as the arbiter sees it, now."""
        return self.view_of(self.state)

    def view_of(self, state: State | None) -> LoadView:
        """The load as the arbiter sees it in a state of its entity. One that has no way off is not available."""
        state = usable(state)
        power_va = self.power_va()
        if state is None or self.off_facts(self.owners(state), state) is None:
            return LoadView(load_id=self.load_id, available=False, on=None, power_va=power_va)
        on = self.is_on(state)
        thermal = self.thermal(state, held=self.ours and not on)
        return LoadView(
            load_id=self.load_id,
            available=True,
            on=on,
            power_va=power_va,
            level=self.level(state),
            gap_k=thermal.gap_k,
            demand=thermal.demand,
        )

    def is_on(self, state: State) -> bool:
        """Whether the load may draw power in this state."""
        return self.draws(self.facts(state), state)

    def thermal(self, state: State, *, held: bool) -> Thermal:
        """What its room or tank asks for; ``held``: we keep it off. By default what its thermostat tells, if any."""
        room = self.state_of(self.climate_id)
        return UNKNOWN if room is None else thermal_of_room(self.hass, room, held=held)

    # What we hold of it ----------------------------------------------------------------------------------------------

    @property
    def ours(self) -> bool:
        """Whether we took it off or turned it down, and have not been told that it is its owner's again."""
        return self._asked is not None or self._resumed

    @property
    def turned_down_to(self) -> float | None:
        """The level to which we turned it down instead of off."""
        level = self.saved.get(LEVEL)
        return None if level is None else float(level)

    @property
    def wanted_level(self) -> float | None:
        """The level at which it goes back by what was saved; None where the kind has none. Needs no state."""
        return self.level_saved(self.saved)

    def save(self, level: float | None = None) -> None:
        """Remember how its owner has it, before it is taken off or turned down to ``level``.

        While it is off, what was saved before still holds.
        """
        state = self.state
        saved = self.owners(state) if state is not None and self.is_on(state) else self.saved
        self.saved = {name: value for name, value in saved.items() if name != LEVEL}
        if level is not None:
            self.saved = {**self.saved, LEVEL: level}

    def want(self, settings: Saved) -> None:
        """Its owner, or his automation, wants these settings once it is back."""
        level = self.saved.get(LEVEL)
        self.saved = dict(settings) if level is None else {**settings, LEVEL: level}

    def resume(self, saved: Saved) -> None:
        """The journal says that it is ours since before the start."""
        if self._asked is None and not self.saved:
            self.saved, self._resumed = saved, True

    def take_over(self, old: Actuator) -> None:
        """The details of the load changed, what we hold of it did not."""
        self.saved = old.saved
        if old.config.entity == self.config.entity:
            self._asked, self._ordered, self._resumed = old._asked, old._ordered, old._resumed

    def forget(self) -> None:
        """It is its owner's again."""
        self.saved = {name: value for name, value in self.saved.items() if name != LEVEL}
        self._asked, self._resumed = None, False

    def owners(self, state: State) -> Saved:
        """The settings that its owner wants: those of the state, but for what we made of them."""
        asked, facts = self.what_we_asked(state), self.facts(state)
        if asked is None:
            return _settings(facts)
        if self.stand(asked, facts, state):
            return _settings(self.saved)
        settings = _settings(facts)
        for name in settings.keys() & asked.keys():
            if self._alike(name, settings[name], asked[name], state):
                if name in self.saved:
                    settings[name] = self.saved[name]
                else:
                    del settings[name]
        return settings

    def is_as_ordered(self, state: State | None) -> bool:
        """Whether the state shows precisely the settings that we last asked for. Plain on and off prove nothing."""
        state = usable(state)
        settings = _settings(self._ordered or {})
        return bool(settings) and state is not None and self.stand(settings, self.facts(state), state)

    def what_we_asked(self, state: State) -> Saved | None:
        """The facts that we last made, None while it is its owner's. After a start they follow from what was saved."""
        if self._asked is None and self._resumed:
            saved, level = _settings(self.saved), self.turned_down_to
            self._asked = self.off_facts(saved, state) if level is None else self.level_facts(level, saved, state)
        return self._asked

    def stand(self, asked: Saved, facts: Saved, state: State) -> bool:
        """Whether all that was asked is still so."""
        return all(name in facts and self._alike(name, facts[name], value, state) for name, value in asked.items())

    def _alike(self, name: str, one: str | float, other: str | float, state: State) -> bool:
        if isinstance(one, str) or isinstance(other, str):
            return one == other
        return abs(one - other) <= self.tolerance(name, state)

    # What others ask of it -------------------------------------------------------------------------------------------

    def order(self, service: str, data: Mapping[str, Any]) -> Order | None:
        """What a service call of somebody else asks for; None when it neither switches nor sets anything of ours."""
        state = self.state
        owner = _settings(self.saved) if state is None else self.owners(state)
        after = None if state is None else self.adjusted(service, data, owner, state)
        match service:
            case "turn_on" | "turn_off":
                on = service == SERVICE_TURN_ON
            case "toggle":
                on = state is None or not self.switched_on(state)
            case _ if after is None or state is None:
                return None
            case _:
                on = self.draws({ON: self.ours or self.switched_on(state), **after}, state)
        return Order(on=on, wanted=_settings(owner if after is None else after), switches=service in _SWITCHING)

    def switched_on(self, state: State) -> bool:
        """Whether `toggle` would switch it off."""
        return bool(self.facts(state).get(ON, self.is_on(state)))

    def adjusted(self, service: str, data: Mapping[str, Any], owner: Saved, state: State) -> Saved | None:
        """The facts after a service call that changes ``owner``'s settings; None when it is none of those."""
        return None

    # What a kind of load must tell -----------------------------------------------------------------------------------

    @abstractmethod
    def facts(self, state: State) -> Saved:
        """The settings of a state that we may touch, and `ON`."""

    @abstractmethod
    def draws(self, facts: Saved, state: State) -> bool:
        """Whether the load may draw power with these facts; ``state`` tells what the entity is capable of."""

    @abstractmethod
    def off_facts(self, owner: Saved, state: State) -> Saved | None:
        """The facts that take it off from ``owner``'s settings; None when there is no way."""

    @abstractmethod
    async def apply(self, facts: Saved, context: Context) -> None:
        """Make the entity so. Settings that are not named are left alone; on, unless the facts say otherwise."""

    def tolerance(self, name: str, state: State) -> float:
        """How far a setting may be from what was asked and still be the same."""
        return 0.0

    def level(self, state: State) -> float | None:
        """The present level, None where the kind has none."""
        return None

    def level_saved(self, saved: Saved) -> float | None:
        """The level of saved settings; None where the kind has none."""
        return None

    def level_facts(self, level: float, owner: Saved, state: State) -> Saved | None:
        """The facts at a level; None where the kind has none."""
        return None

    def turn_down_of(self, state: State) -> TurnDown | None:
        """Its levels."""
        return None

    # What we do to it ------------------------------------------------------------------------------------------------

    def turn_down(self) -> TurnDown | None:
        """How far it may be turned down instead of off; None where it cannot, or while it is not available."""
        state = self.state
        return None if state is None else self.turn_down_of(state)

    async def async_offload(self, context: Context) -> None:
        """Take the load off."""
        if (state := self.state) is None:
            return
        if (facts := self.off_facts(self.owners(state), state)) is not None:
            await self._take(facts, context)

    async def async_level(self, level: float, context: Context) -> None:
        """Turn the load down to a level, which is held to what it is capable of. One without levels is taken off."""
        state = self.state
        scale = None if state is None else self.turn_down_of(state)
        if state is None or scale is None:
            await self.async_offload(context)
            return
        facts = self.level_facts(_on_scale(level, scale), self.owners(state), state)
        if facts is not None:
            await self._take(facts, context)

    async def async_restore(self, context: Context) -> None:
        """Give the load back as ``saved`` says."""
        self._ordered = _settings(self.saved)
        await self.apply(self._ordered, context)

    async def async_let_go(self, context: Context) -> None:
        """The load stays off by its owner's wish: undo what would surprise him when he switches it on."""

    async def _take(self, facts: Saved, context: Context) -> None:
        self._asked = self._ordered = facts
        await self.apply(facts, context)


def _settings(facts: Saved) -> dict[str, str | float | bool]:
    return {name: value for name, value in facts.items() if name not in (ON, LEVEL)}


def _on_scale(level: float, scale: TurnDown) -> float:
    """The highest step that is not above ``level``."""
    steps = (min(level, scale.maximum) - scale.minimum + 1e-6) // scale.step
    return round(scale.minimum + max(0.0, steps) * scale.step, 3)
