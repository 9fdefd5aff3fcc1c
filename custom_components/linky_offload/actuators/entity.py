"""The entities behind a load: found under their present names, read, and called."""

import asyncio
import logging
from typing import Any, Final

from homeassistant.const import ATTR_ENTITY_ID, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import Context, HomeAssistant, State, split_entity_id
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
import probatio

from ..settings import LoadConfig
from .power import apparent_power_va

_LOGGER = logging.getLogger(__name__)

CALL_TIMEOUT_S: Final = 10.0


def resolve_entity_id(hass: HomeAssistant, id_or_entity_id: str) -> str | None:
    """The present entity id for a registry id or an entity id; None when a registry id is no longer known."""
    registry = er.async_get(hass)
    if (entry := registry.entities.get_entry(id_or_entity_id)) is not None:
        return entry.entity_id
    return id_or_entity_id if "." in id_or_entity_id else None


def usable(state: State | None) -> State | None:
    """A state that tells something, or None."""
    return None if state is None or state.state in (STATE_UNAVAILABLE, STATE_UNKNOWN) else state


class LoadEntities:
    """One load's own entity, a partner that switches it where there is one, its power sensor and its thermostat."""

    def __init__(self, hass: HomeAssistant, config: LoadConfig) -> None:
        self.hass = hass
        self.config = config
        self.entity_id: str | None = None
        self.partner_id: str | None = None
        self.sensor_id: str | None = None
        self.climate_id: str | None = None
        self._failing = False
        self.resolve()

    @property
    def load_id(self) -> str:
        """The stable id of the load."""
        return self.config.load_id

    def resolve(self) -> None:
        """Find the entities again after a change in the registry."""
        self.entity_id = self._resolved(self.config.entity)
        self.sensor_id = self._resolved(self.config.power_sensor)
        self.climate_id = self._resolved(self.config.climate)

    def _resolved(self, reference: str | None) -> str | None:
        return None if reference is None else resolve_entity_id(self.hass, reference)

    @property
    def switched_ids(self) -> tuple[str, ...]:
        """The entities that switch the load."""
        return tuple(one for one in (self.entity_id, self.partner_id) if one is not None)

    @property
    def measured_ids(self) -> tuple[str, ...]:
        """The entities that only tell something of it."""
        return tuple(one for one in (self.sensor_id, self.climate_id) if one is not None)

    @property
    def state(self) -> State | None:
        """The state of the entity, None while it cannot be acted upon."""
        return self.state_of(self.entity_id)

    def state_of(self, entity_id: str | None) -> State | None:
        """The state of one of the entities, None while it tells nothing."""
        return None if entity_id is None else usable(self.hass.states.get(entity_id))

    def power_va(self) -> float | None:
        """Apparent power by the load's sensor; None when unknown."""
        state = None if self.sensor_id is None else self.hass.states.get(self.sensor_id)
        return apparent_power_va(state, self.config.power_factor)

    async def call(self, service: str, context: Context, **data: Any) -> bool:
        """Call a service of the load's entity; False when Home Assistant says that it failed.

        True proves nothing: a missing or unavailable entity is skipped in silence. The arbiter looks at what follows.
        """
        return await self.call_of(self.entity_id, service, context, **data)

    async def call_of(self, entity_id: str | None, service: str, context: Context, **data: Any) -> bool:
        """Call a service of one of the load's entities."""
        if entity_id is None:
            return False
        domain = split_entity_id(entity_id)[0]
        try:
            async with asyncio.timeout(CALL_TIMEOUT_S):
                await self.hass.services.async_call(
                    domain, service, {ATTR_ENTITY_ID: entity_id, **data}, blocking=True, context=context
                )
        except (HomeAssistantError, probatio.Invalid, TimeoutError) as err:
            if not self._failing:
                self._failing = True
                _LOGGER.warning("%s.%s of %s failed: %s", domain, service, entity_id, str(err) or type(err).__name__)
            return False
        self._failing = False
        return True
