"""The mode of the arbiter: automatic, observe, off."""

from typing import override

from homeassistant.components.select import SelectEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import MeterEntity
from .offload import OffloadMode
from .pace import Kind, Publishable
from .publisher import Publisher, async_publisher
from .runtime import LinkyConfigEntry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: LinkyConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Create the select of the meter."""
    async_add_entities([ModeSelect(async_publisher(hass, entry))])


class ModeSelect(MeterEntity, SelectEntity):
    """What the arbiter may do. It has no category, so that automations reach it through its area and device."""

    _attr_translation_key = "mode"
    _attr_options = [str(mode) for mode in OffloadMode]  # noqa: RUF012 (SelectEntity declares it so)

    def __init__(self, publisher: Publisher) -> None:
        """Belong to the meter."""
        super().__init__(publisher, "mode", Kind.AT_ONCE)

    @property
    @override
    def current_option(self) -> str:
        """The mode in force."""
        return str(self.view.report.mode)

    @override
    def shown(self) -> Publishable:
        """The mode alone."""
        return self.current_option

    @override
    async def async_select_option(self, option: str) -> None:
        """Change the mode."""
        await self.runtime.async_set_mode(OffloadMode(option))
