"""How each kind of entity is taken off and given back."""

from homeassistant.components.climate.const import DOMAIN as CLIMATE_DOMAIN
from homeassistant.components.input_boolean import DOMAIN as INPUT_BOOLEAN_DOMAIN
from homeassistant.components.light.const import DOMAIN as LIGHT_DOMAIN
from homeassistant.components.switch.const import DOMAIN as SWITCH_DOMAIN
from homeassistant.core import HomeAssistant

from ..settings import LoadConfig
from .base import Actuator, resolve_entity_id
from .climate import ClimateActuator
from .light import LightActuator
from .switch import SwitchActuator

KINDS: dict[str, type[Actuator]] = {
    CLIMATE_DOMAIN: ClimateActuator,
    INPUT_BOOLEAN_DOMAIN: SwitchActuator,
    LIGHT_DOMAIN: LightActuator,
    SWITCH_DOMAIN: SwitchActuator,
}
"""Domains whose entities may be offloaded."""


def make_actuator(hass: HomeAssistant, config: LoadConfig) -> Actuator:
    """The actuator for the domain of a load's entity.

    An entity that no longer exists has no domain: it is taken for a switch that is unavailable, which no call reaches.
    """
    entity_id = resolve_entity_id(hass, config.entity)
    domain = (entity_id or "").partition(".")[0]
    return KINDS.get(domain, SwitchActuator)(hass, config)


__all__ = ["KINDS", "Actuator", "make_actuator", "resolve_entity_id"]
