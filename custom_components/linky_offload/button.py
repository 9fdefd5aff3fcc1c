"""The button that tries a load: off for a few seconds, to see that it obeys and what it draws."""

from typing import Any, override

from homeassistant.components.button import ButtonEntity
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import LoadEntity, async_add_for_loads
from .pace import Kind, Publishable
from .publisher import Publisher
from .runtime import LinkyConfigEntry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: LinkyConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Create the button of each load."""
    async_add_for_loads(
        hass, entry, async_add_entities, lambda publisher, subentry, load: [TryButton(publisher, subentry, load)]
    )


class TryButton(LoadEntity, ButtonEntity):
    """Try it."""

    _attr_translation_key = "try"

    def __init__(self, publisher: Publisher, subentry: ConfigSubentry, load: dict[str, Any]) -> None:
        """Bind to the load."""
        super().__init__(publisher, subentry, load, "try", Kind.TEXT)

    @override
    def shown(self) -> Publishable:
        """A button has no value of its own."""
        return None

    @override
    async def async_press(self) -> None:
        """Try the load and show the result; what goes wrong is told by the runtime in words."""
        self.publisher.tries[self.load_id] = await self.runtime.async_try_load(self.load_id)
