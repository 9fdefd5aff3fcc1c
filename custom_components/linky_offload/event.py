"""Everything that the arbiter does and sees, as events of the meter."""

from typing import Any, override

from homeassistant.components.event import EventEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import CONF_LOAD_ID, CONF_NAME
from .descriptions.protection import shown_percent, shown_seconds, whole
from .devices import loads_of
from .entity import MeterEntity
from .offload import EventType, OffloadEvent
from .pace import Kind, Publishable
from .publisher import Publisher, async_publisher
from .runtime import LinkyConfigEntry

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
        self._trigger_event(str(event.type), self._attributes(event))
        self.async_write_ha_state()

    def _attributes(self, event: OffloadEvent) -> dict[str, Any]:
        entry = self.publisher.entry
        subentry = entry.subentries.get(event.coordinator_id) if event.coordinator_id else None
        names = {load[CONF_LOAD_ID]: load[CONF_NAME] for _, load in loads_of(entry)}
        return {
            "load": names.get(event.load_id) if event.load_id else None,
            "load_id": event.load_id,
            "coordinator": subentry.title if subentry else None,
            "reason": str(event.reason),
            "va": whole(event.va),
            "phase": event.phase,
            "trip_margin": shown_percent(event.trip_margin),
            "seconds_to_trip": shown_seconds(event.seconds_to_trip),
            "observed": event.observed,
        }
