"""What every kind of load has in common: its identity, its power, the service call and its failures."""

from abc import ABC, abstractmethod
import asyncio
from datetime import timedelta
import logging
import math
from typing import Any, Final

from homeassistant.const import (
    ATTR_ENTITY_ID,
    ATTR_UNIT_OF_MEASUREMENT,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    UnitOfApparentPower,
    UnitOfPower,
)
from homeassistant.core import Context, HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import PowerConverter
import probatio

from ..journal import Saved
from ..offload.model import LoadView
from ..settings import LoadConfig

_LOGGER = logging.getLogger(__name__)

CALL_TIMEOUT_S: Final = 10.0

# Plugs that report on change repeat themselves at least every hour; beyond that the sensor is held to be dead.
STALE_POWER: Final = timedelta(minutes=65)

_KVA_UNITS: Final = {UnitOfApparentPower.VOLT_AMPERE: 1.0, UnitOfApparentPower.KILO_VOLT_AMPERE: 1000.0}


def resolve_entity_id(hass: HomeAssistant, id_or_entity_id: str) -> str | None:
    """The present entity id for a registry id or an entity id; None when a registry id is no longer known."""
    registry = er.async_get(hass)
    if (entry := registry.entities.get_entry(id_or_entity_id)) is not None:
        return entry.entity_id
    return id_or_entity_id if "." in id_or_entity_id else None


class Actuator(ABC):
    """One load. ``saved`` is how it was when we last were about to take it off."""

    def __init__(self, hass: HomeAssistant, config: LoadConfig) -> None:
        self.hass = hass
        self.config = config
        self.saved: Saved = {}
        self.entity_id: str | None = None
        self.sensor_id: str | None = None
        self._failing = False
        self.resolve()

    @property
    def load_id(self) -> str:
        """The stable id of the load."""
        return self.config.load_id

    def resolve(self) -> None:
        """Find the entities again after a change in the registry."""
        self.entity_id = resolve_entity_id(self.hass, self.config.entity)
        sensor = self.config.power_sensor
        self.sensor_id = None if sensor is None else resolve_entity_id(self.hass, sensor)

    @property
    def state(self) -> State | None:
        """The state of the entity, None while it cannot be acted upon."""
        if self.entity_id is None:
            return None
        state = self.hass.states.get(self.entity_id)
        return None if state is None or state.state in (STATE_UNAVAILABLE, STATE_UNKNOWN) else state

    def view(self) -> LoadView:
        """The load as the arbiter sees it, now."""
        return self.view_of(self.state)

    def view_of(self, state: State | None) -> LoadView:
        """The load as the arbiter sees it in a state of its entity."""
        if state is not None and state.state in (STATE_UNAVAILABLE, STATE_UNKNOWN):
            state = None
        return LoadView(
            load_id=self.load_id,
            available=state is not None,
            on=None if state is None else self.is_on(state),
            power_va=self.power_va(),
        )

    def power_va(self) -> float | None:
        """Apparent power by the load's sensor: VA as they are, watts divided by the power factor; None when unknown."""
        if self.sensor_id is None or (state := self.hass.states.get(self.sensor_id)) is None:
            return None
        if dt_util.utcnow() - state.last_reported > STALE_POWER:
            return None
        try:
            value = float(state.state)
        except ValueError:
            return None
        if not math.isfinite(value):
            return None
        unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
        if unit in _KVA_UNITS:
            return max(0.0, value * _KVA_UNITS[unit])
        if unit in PowerConverter.VALID_UNITS:
            watts = PowerConverter.convert(value, unit, UnitOfPower.WATT)
            return max(0.0, watts / self.config.power_factor)
        return None

    @abstractmethod
    def is_on(self, state: State) -> bool:
        """Whether the load may draw power in this state."""

    def save(self) -> None:
        """Remember how the load is, unless it is off: then what was saved before still holds."""
        state = self.state
        if state is not None and self.is_on(state):
            self.saved = self.capture(state)

    def capture(self, state: State) -> Saved:
        """What of a state `async_restore` will need."""
        return {}

    @abstractmethod
    async def async_offload(self, context: Context) -> None:
        """Take the load off."""

    @abstractmethod
    async def async_restore(self, context: Context) -> None:
        """Give the load back as ``saved`` says."""

    async def async_let_go(self, context: Context) -> None:  # noqa: B027 - most kinds have nothing to undo
        """The load stays off by its owner's wish: undo what would surprise him when he switches it on."""

    async def call(self, domain: str, service: str, context: Context, **data: Any) -> bool:
        """Call a service of the load's entity; False when Home Assistant says that it failed.

        True proves nothing: a missing or unavailable entity is skipped in silence. The arbiter looks at what follows.
        """
        if self.entity_id is None:
            return False
        try:
            async with asyncio.timeout(CALL_TIMEOUT_S):
                await self.hass.services.async_call(
                    domain, service, {ATTR_ENTITY_ID: self.entity_id, **data}, blocking=True, context=context
                )
        except (HomeAssistantError, probatio.Invalid, TimeoutError) as err:
            if not self._failing:
                self._failing = True
                _LOGGER.warning(
                    "%s.%s of %s failed: %s", domain, service, self.entity_id, str(err) or type(err).__name__
                )
            return False
        self._failing = False
        return True
