"""What all entities of the demo house share."""

from typing import override

from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity

from .const import DOMAIN, METER
from .control import Json
from .house import House


class HouseEntity(Entity):
    """Follows the simulator's pushes."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, house: House, device: str, key: str) -> None:
        self.house = house
        self._attr_unique_id = f"{device}_{key}"

    @property
    @override
    def available(self) -> bool:
        return self.house.connected

    @override
    async def async_added_to_hass(self) -> None:
        self.async_on_remove(self.house.listen(self.async_write_ha_state))


class ApplianceEntity(HouseEntity):
    """An entity of one appliance of the house."""

    def __init__(self, house: House, appliance_id: str, key: str, language: str) -> None:
        super().__init__(house, appliance_id, key)
        self.appliance_id = appliance_id
        names = house.appliances[appliance_id]["name"]
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, appliance_id)},
            name=names.get(language, names["en"]),
            manufacturer="Linky Offload",
            model=house.appliances[appliance_id]["kind"],
        )

    @property
    def appliance(self) -> Json:
        """The appliance as the simulator described it last."""
        return self.house.appliances[self.appliance_id]


class MeterEntity(HouseEntity):
    """An entity of the simulated meter itself: what only the simulator can know or do."""

    def __init__(self, house: House, key: str) -> None:
        super().__init__(house, METER, key)
        self._attr_translation_key = key
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, METER)}, translation_key="meter", manufacturer="Linky Offload", model="simulator"
        )
