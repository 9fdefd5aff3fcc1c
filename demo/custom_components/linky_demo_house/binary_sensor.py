"""Whether the simulated meter has opened."""

from typing import override

from homeassistant.components.binary_sensor import BinarySensorEntity
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import MeterEntity
from .house import HouseConfigEntry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: HouseConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """The breaker."""
    async_add_entities([Breaker(entry.runtime_data, "breaker_open")])


class Breaker(MeterEntity, BinarySensorEntity):
    """On while the meter's breaker is open: the house is in the dark."""

    _attr_device_class = BinarySensorDeviceClass.PROBLEM

    @property
    @override
    def is_on(self) -> bool:
        return bool(self.house.state["breaker"]["open"])
