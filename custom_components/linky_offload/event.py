"""Everything that the arbiter does and sees, as events of the meter."""

from typing import override

from homeassistant.components.event import EventEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import MeterEntity
from .offload import EventType, OffloadEvent
from .pace import Kind, Publishable
from .publisher import Publisher, async_publisher
from .runtime import LinkyConfigEntry
from .telling import told

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: LinkyConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Create the event entity of the meter."""
    async_add_entities([Decisions(async_publisher(hass, entry))])


class Decisions(MeterEntity, EventEntity):
    """What was decided and why, with the figures that explain it. Unknown figures are None."""

    _attr_translation_key = "decision"
    _attr_event_types = [str(event_type) for event_type in EventType]  # noqa: RUF012 (EventEntity declares it so)

    def __init__(self, publisher: Publisher) -> None:
        """Belong to the meter."""
        super().__init__(publisher, "decision", Kind.AT_ONCE)

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to the arbiter."""
        await super().async_added_to_hass()
        self.async_on_remove(self.runtime.subscribe_events(self._async_happened))

    @override
    def shown(self) -> Publishable:
        """Nothing but the events themselves."""
        return None

    @callback
    def _async_happened(self, event: OffloadEvent) -> None:
        self._trigger_event(str(event.type), told(self.publisher.entry, event))
        self.async_write_ha_state()
