"""The buttons of a load: try it, off for a few seconds; and learn its power anew, for it is another appliance now."""

from typing import Any, override

from homeassistant.components.button import ButtonEntity
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import EntityCategory
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
    """Create the buttons of each load."""
    async_add_for_loads(
        hass,
        entry,
        async_add_entities,
        lambda publisher, subentry, load: [
            TryButton(publisher, subentry, load),
            RelearnButton(publisher, subentry, load),
        ],
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


class RelearnButton(LoadEntity, ButtonEntity):
    """Forget the power that was learned or measured so far."""

    _attr_translation_key = "relearn"
    _attr_entity_category = EntityCategory.CONFIG
    _attr_entity_registry_enabled_default = False

    def __init__(self, publisher: Publisher, subentry: ConfigSubentry, load: dict[str, Any]) -> None:
        """Bind to the load."""
        super().__init__(publisher, subentry, load, "relearn", Kind.TEXT)

    @override
    def shown(self) -> Publishable:
        """A button has no value of its own."""
        return None

    @override
    async def async_press(self) -> None:
        """Start to learn again."""
        self.runtime.ask(lambda arbiter, now: arbiter.relearn(self.load_id, now))
