"""Power of each appliance, temperature of the water, openings of the meter."""

from typing import override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity, SensorStateClass
from homeassistant.const import UnitOfPower, UnitOfTemperature
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import ApplianceEntity, MeterEntity
from .house import House, HouseConfigEntry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: HouseConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Sensors of every appliance, tank, and of the meter."""
    house, language = entry.runtime_data, hass.config.language
    async_add_entities(Power(house, appliance_id, language) for appliance_id in house.appliances)
    async_add_entities(Temperature(house, tank_id, language) for tank_id in house.tanks)
    async_add_entities([Openings(house, "openings")])


class Power(ApplianceEntity, SensorEntity):
    """What the appliance draws now, W; what it yields, for solar panels."""

    _attr_device_class = SensorDeviceClass.POWER
    _attr_state_class = SensorStateClass.MEASUREMENT
    _attr_native_unit_of_measurement = UnitOfPower.WATT

    def __init__(self, house: House, appliance_id: str, language: str) -> None:
        super().__init__(house, appliance_id, "power", language)

    @property
    @override
    def native_value(self) -> float:
        return abs(float(self.appliance["p_w"]))


class Temperature(ApplianceEntity, SensorEntity):
    """Temperature of the water in a tank, °C."""

    _attr_device_class = SensorDeviceClass.TEMPERATURE
    _attr_state_class = SensorStateClass.MEASUREMENT
    _attr_native_unit_of_measurement = UnitOfTemperature.CELSIUS
    _attr_suggested_display_precision = 1

    def __init__(self, house: House, tank_id: str, language: str) -> None:
        super().__init__(house, tank_id, "temperature", language)

    @property
    @override
    def native_value(self) -> float:
        return float(self.house.tanks[self.appliance_id]["temperature_c"])


class Openings(MeterEntity, SensorEntity):
    """How often the simulated meter has opened."""

    _attr_state_class = SensorStateClass.TOTAL_INCREASING

    @property
    @override
    def native_value(self) -> int:
        return len(self.house.state["breaker"]["trips"])
