"""Thermostats of the heated rooms."""

from typing import Any, override

from homeassistant.components.climate import ClimateEntity
from homeassistant.components.climate.const import ClimateEntityFeature, HVACAction, HVACMode
from homeassistant.const import ATTR_TEMPERATURE, UnitOfTemperature
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .control import Json
from .entity import ApplianceEntity
from .house import House, HouseConfigEntry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: HouseConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """One thermostat for each room, on the device of its heater."""
    house, language = entry.runtime_data, hass.config.language
    async_add_entities(Thermostat(house, room["heater"], room_id, language) for room_id, room in house.rooms.items())


class Thermostat(ApplianceEntity, ClimateEntity):
    """A thermostat built into a heater; whether the heater gets current is the plug's affair."""

    _attr_translation_key = "thermostat"
    _attr_temperature_unit = UnitOfTemperature.CELSIUS
    _attr_hvac_modes = [HVACMode.HEAT, HVACMode.OFF]  # noqa: RUF012 (Home Assistant declares it as instance attribute)
    _attr_supported_features = (
        ClimateEntityFeature.TARGET_TEMPERATURE | ClimateEntityFeature.TURN_ON | ClimateEntityFeature.TURN_OFF
    )
    _attr_min_temp = 7
    _attr_max_temp = 28
    _attr_target_temperature_step = 0.5

    def __init__(self, house: House, heater_id: str, room_id: str, language: str) -> None:
        super().__init__(house, heater_id, "thermostat", language)
        self._room_id = room_id

    @property
    def room(self) -> Json:
        """The room as the simulator described it last."""
        return self.house.rooms[self._room_id]

    @property
    @override
    def current_temperature(self) -> float:
        return float(self.room["temperature_c"])

    @property
    @override
    def target_temperature(self) -> float:
        return float(self.room["target_c"])

    @property
    @override
    def hvac_mode(self) -> HVACMode:
        return HVACMode(self.room["mode"])

    @property
    @override
    def hvac_action(self) -> HVACAction:
        if self.hvac_mode is HVACMode.OFF:
            return HVACAction.OFF
        return HVACAction.HEATING if self.appliance["running"] else HVACAction.IDLE

    @override
    async def async_set_temperature(self, **kwargs: Any) -> None:
        await self.house.request("setpoint", id=self._room_id, value=kwargs[ATTR_TEMPERATURE])

    @override
    async def async_set_hvac_mode(self, hvac_mode: HVACMode) -> None:
        await self.house.request("setpoint", id=self._room_id, mode=hvac_mode.value)

    @override
    async def async_turn_on(self) -> None:
        await self.async_set_hvac_mode(HVACMode.HEAT)

    @override
    async def async_turn_off(self) -> None:
        await self.async_set_hvac_mode(HVACMode.OFF)
