"""What a person may do to the simulated meter."""

from typing import Any, override

from homeassistant.components.button import ButtonEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import MeterEntity
from .house import House, HouseConfigEntry

PARALLEL_UPDATES = 0
BUTTONS: dict[str, dict[str, Any]] = {
    "start_overload": {"command": "script", "name": "overload"},
    "reclose": {"command": "reclose"},
}


async def async_setup_entry(
    hass: HomeAssistant, entry: HouseConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """One button for each request."""
    async_add_entities(RequestButton(entry.runtime_data, key, request) for key, request in BUTTONS.items())


class RequestButton(MeterEntity, ButtonEntity):
    """Sends one fixed request to the simulator."""

    def __init__(self, house: House, key: str, request: dict[str, Any]) -> None:
        super().__init__(house, key)
        self._request = request

    @override
    async def async_press(self) -> None:
        await self.house.request(**self._request)
