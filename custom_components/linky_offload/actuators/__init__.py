"""How each kind of entity is taken off and given back."""

from homeassistant.components.climate.const import DOMAIN as CLIMATE_DOMAIN
from homeassistant.components.fan.const import DOMAIN as FAN_DOMAIN
from homeassistant.components.humidifier.const import DOMAIN as HUMIDIFIER_DOMAIN
from homeassistant.components.input_boolean import DOMAIN as INPUT_BOOLEAN_DOMAIN
from homeassistant.components.input_number import DOMAIN as INPUT_NUMBER_DOMAIN
from homeassistant.components.input_select import DOMAIN as INPUT_SELECT_DOMAIN
from homeassistant.components.light.const import DOMAIN as LIGHT_DOMAIN
from homeassistant.components.number.const import DOMAIN as NUMBER_DOMAIN
from homeassistant.components.select.const import DOMAIN as SELECT_DOMAIN
from homeassistant.components.switch.const import DOMAIN as SWITCH_DOMAIN
from homeassistant.components.water_heater.const import DOMAIN as WATER_HEATER_DOMAIN
from homeassistant.core import HomeAssistant

from ..settings import LoadConfig
from .base import Actuator, Order
from .climate import ClimateActuator
from .entity import resolve_entity_id
from .fan import FanActuator
from .humidifier import HumidifierActuator
from .light import LightActuator
from .number import NumberActuator
from .select import SelectActuator, off_option
from .switch import SwitchActuator
from .water_heater import WaterHeaterActuator

KINDS: dict[str, type[Actuator]] = {
    CLIMATE_DOMAIN: ClimateActuator,
    FAN_DOMAIN: FanActuator,
    HUMIDIFIER_DOMAIN: HumidifierActuator,
    INPUT_BOOLEAN_DOMAIN: SwitchActuator,
    INPUT_NUMBER_DOMAIN: NumberActuator,
    INPUT_SELECT_DOMAIN: SelectActuator,
    LIGHT_DOMAIN: LightActuator,
    NUMBER_DOMAIN: NumberActuator,
    SELECT_DOMAIN: SelectActuator,
    SWITCH_DOMAIN: SwitchActuator,
    WATER_HEATER_DOMAIN: WaterHeaterActuator,
}
"""Domains whose entities may be offloaded."""


def make_actuator(hass: HomeAssistant, config: LoadConfig) -> Actuator:
    """The actuator for the domain of a load's entity.

    An entity that no longer exists has no domain: it is taken for a switch that is unavailable, which no call reaches.
    """
    entity_id = resolve_entity_id(hass, config.entity)
    domain = (entity_id or "").partition(".")[0]
    return KINDS.get(domain, SwitchActuator)(hass, config)


__all__ = ["KINDS", "Actuator", "Order", "make_actuator", "off_option", "resolve_entity_id"]
