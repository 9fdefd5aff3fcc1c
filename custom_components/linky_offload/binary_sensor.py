"""Binary sensors of the meter."""

from typing import Any, override

from homeassistant.components.binary_sensor import BinarySensorEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .descriptions import METER_BINARY_SENSORS, MeterBinarySensorDescription
from .entity import DescribedMeterEntity, async_add_described
from .linkytop import async_linkytop
from .linkytop_entities import BoxProblem
from .ossp.entities import async_add_for_ossp, ossp_binary_sensors
from .pace import Publishable
from .plug_entities import PLUG_BINARY_SENSORS, PlugBinarySensor, binary_sensor_is_due
from .plugs import async_add_for_plugs
from .publisher import Publisher, async_publisher
from .runtime import LinkyConfigEntry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: LinkyConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Create the binary sensors of the entry, now and as they come."""
    async_add_described(hass, entry, async_add_entities, METER_BINARY_SENSORS, MeterBinarySensor)
    if (linkytop := async_linkytop(hass, entry)) is not None:
        async_add_entities([BoxProblem(async_publisher(hass, entry), linkytop)])
    async_add_for_plugs(hass, entry, async_add_entities, PLUG_BINARY_SENSORS, PlugBinarySensor, binary_sensor_is_due)
    async_add_for_ossp(hass, entry, async_add_entities, ossp_binary_sensors)


class MeterBinarySensor(DescribedMeterEntity[MeterBinarySensorDescription], BinarySensorEntity):
    """A yes or no of the meter, of the link or of the arbiter."""

    entity_description: MeterBinarySensorDescription
    _unrecorded_attributes = frozenset({"current"})

    def __init__(self, publisher: Publisher, description: MeterBinarySensorDescription) -> None:
        """Describe by a row of the tables."""
        super().__init__(publisher, description.key, description)
        self.entity_description = description

    @property
    @override
    def is_on(self) -> bool | None:
        """Yes, no, or unknown."""
        return self.entity_description.value_fn(self.view)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        """The figures that go with it."""
        attributes_fn = self.entity_description.attributes_fn
        return None if attributes_fn is None else attributes_fn(self.view)

    @override
    def shown(self) -> Publishable:
        """The value alone: figures follow with it."""
        return self.is_on
