"""Plugs, and appliances that a person starts by hand."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity
from homeassistant.components.switch.const import SwitchDeviceClass
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import ApplianceEntity
from .house import House, HouseConfigEntry

PARALLEL_UPDATES = 0
STARTED_BY_HAND = "program"


async def async_setup_entry(
    hass: HomeAssistant, entry: HouseConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """One switch for each plug, one for each appliance that is started by hand."""
    house, language = entry.runtime_data, hass.config.language
    for appliance in house.appliances.values():
        if appliance["pluggable"]:
            async_add_entities([Plug(house, appliance["id"], language)])
        if appliance["kind"] == STARTED_BY_HAND:
            async_add_entities([Starter(house, appliance["id"], language)])


class Plug(ApplianceEntity, SwitchEntity):
    """The smart plug of an appliance."""

    _attr_device_class = SwitchDeviceClass.OUTLET
    _attr_name = None

    def __init__(self, house: House, appliance_id: str, language: str) -> None:
        super().__init__(house, appliance_id, "plug", language)

    @property
    @override
    def available(self) -> bool:
        return super().available and bool(self.appliance["plug_available"])

    @property
    @override
    def is_on(self) -> bool:
        return bool(self.appliance["plug_on"])

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        await self.house.request("plug", id=self.appliance_id, on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        await self.house.request("plug", id=self.appliance_id, on=False)


class Starter(ApplianceEntity, SwitchEntity):
    """The knob of an appliance: kettle, oven, hob, washing machine."""

    _attr_translation_key = "program"

    def __init__(self, house: House, appliance_id: str, language: str) -> None:
        super().__init__(house, appliance_id, "program", language)
        if not self.appliance["pluggable"]:
            self._attr_name = None

    @property
    @override
    def is_on(self) -> bool:
        return bool(self.appliance["running"])

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        await self.house.request("start", id=self.appliance_id)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        await self.house.request("stop", id=self.appliance_id)
