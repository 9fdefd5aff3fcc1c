"""Sensors of the meter, of the offload coordinators and of the loads."""

from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import RestoreSensor, SensorDeviceClass, SensorEntity
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import EntityCategory, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType

from .const import CONF_INTERNAL_ID, DOMAIN
from .descriptions import METER_SENSORS, MeterSensorDescription
from .descriptions.base import ATTR_METER_INDEX, ATTR_UNCERTAINTY
from .descriptions.loads import COORDINATOR_SENSORS, LOAD_SENSORS, CoordinatorSensorDescription, LoadSensorDescription
from .entity import (
    DescribedMeterEntity,
    LoadEntity,
    OffloadCoordinatorEntity,
    async_add_described,
    async_add_for_coordinators,
    async_add_for_loads,
)
from .figures import whole
from .house_sensors import house_sensors
from .linkytop import async_linkytop
from .linkytop_entities import BOX_SENSORS, BoxSensor
from .ossp.entities import async_add_for_ossp, ossp_sensors
from .pace import Kind, Publishable
from .plug_entities import PLUG_SENSORS, PlugSensor, sensor_is_due
from .plugs import async_add_for_plugs
from .publisher import Publisher, async_publisher
from .runtime import LinkyConfigEntry
from .telling import wall_time

PARALLEL_UPDATES = 0

ATTR_MEASURED_AT = "measured_at"
SAME_MOMENT_S = 2.0


async def async_setup_entry(
    hass: HomeAssistant, entry: LinkyConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Create the sensors of the entry, now and as they come."""
    registry = er.async_get(hass)

    def known_register(description: MeterSensorDescription) -> bool:
        """An energy register of an earlier run: its last value is shown even before the meter speaks."""
        unique_id = f"{entry.data[CONF_INTERNAL_ID]}_{description.key}"
        return description.kept and registry.async_get_entity_id("sensor", DOMAIN, unique_id) is not None

    def make(publisher: Publisher, description: MeterSensorDescription) -> MeterSensor:
        return (MeterRegister if description.kept else MeterSensor)(publisher, description)

    async_add_described(hass, entry, async_add_entities, METER_SENSORS, make, at_start=known_register)
    async_add_entities(house_sensors(async_publisher(hass, entry)))
    if (linkytop := async_linkytop(hass, entry)) is not None:
        async_add_entities(BoxSensor(async_publisher(hass, entry), linkytop, row) for row in BOX_SENSORS)
    async_add_for_plugs(hass, entry, async_add_entities, PLUG_SENSORS, PlugSensor, sensor_is_due)
    async_add_for_coordinators(
        hass,
        entry,
        async_add_entities,
        lambda publisher, subentry: [
            CoordinatorSensor(publisher, subentry, description) for description in COORDINATOR_SENSORS
        ],
    )
    async_add_for_loads(
        hass,
        entry,
        async_add_entities,
        lambda publisher, subentry, load: [
            *(LoadSensor(publisher, subentry, load, description) for description in LOAD_SENSORS),
            NextTransition(publisher, subentry, load),
            LastTry(publisher, subentry, load),
        ],
    )
    async_add_for_ossp(hass, entry, async_add_entities, ossp_sensors)


class MeterSensor(DescribedMeterEntity[MeterSensorDescription], SensorEntity):
    """A value of the meter."""

    entity_description: MeterSensorDescription
    _unrecorded_attributes = frozenset({ATTR_MEASURED_AT, ATTR_METER_INDEX, ATTR_UNCERTAINTY})

    def __init__(self, publisher: Publisher, description: MeterSensorDescription) -> None:
        """Describe by a row of the tables."""
        super().__init__(publisher, description.key, description)
        self.entity_description = description

    @property
    @override
    def native_value(self) -> StateType | datetime:
        """The value as the meter gives it, or as it is worked out."""
        return self.entity_description.value_fn(self.view)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        """The meter's own time of a dated value, or the figures that go with it."""
        description = self.entity_description
        if description.attributes_fn is not None:
            return description.attributes_fn(self.view)
        if not description.dated or description.quantity is None:
            return None
        return {ATTR_MEASURED_AT: self.view.horodate(description.quantity)}

    @override
    def shown(self) -> Publishable:
        """The value, with its date where it has one: figures follow with it."""
        return (self.native_value, self.extra_state_attributes) if self.entity_description.dated else self.native_value


class MeterRegister(MeterSensor, RestoreSensor):
    """An energy register: a counter, so that its last value stays true while the meter is silent."""

    _kept: StateType | datetime = None

    @override
    async def async_added_to_hass(self) -> None:
        """Take back the value of before the restart, until the meter gives a newer one."""
        if (last := await self.async_get_last_sensor_data()) is not None and isinstance(last.native_value, int | float):
            self._kept = last.native_value
        await super().async_added_to_hass()

    @property
    @override
    def available(self) -> bool:
        """Available as soon as there is a value."""
        return self.native_value is not None

    @property
    @override
    def native_value(self) -> StateType | datetime:
        """The register, or its last known value."""
        if (value := super().native_value) is not None:
            self._kept = value
        return self._kept


class CoordinatorSensor(OffloadCoordinatorEntity, SensorEntity):
    """A value of an offload coordinator."""

    entity_description: CoordinatorSensorDescription

    def __init__(
        self, publisher: Publisher, subentry: ConfigSubentry, description: CoordinatorSensorDescription
    ) -> None:
        """Describe by a row of the table."""
        super().__init__(publisher, subentry, description.key, description.pace)
        self.entity_description = description

    @property
    @override
    def native_value(self) -> StateType:
        """What the arbiter says; a load by its name, unknown when there is none."""
        value = self.entity_description.value_fn(self.view.report, self.coordinator_id)
        return self.name_of(str(value)) if self.entity_description.load and value is not None else value

    @override
    def shown(self) -> Publishable:
        """The value alone."""
        return self.native_value


class LoadSensor(LoadEntity, SensorEntity):
    """A value of a load."""

    entity_description: LoadSensorDescription

    def __init__(
        self,
        publisher: Publisher,
        subentry: ConfigSubentry,
        load: dict[str, Any],
        description: LoadSensorDescription,
    ) -> None:
        """Describe by a row of the table."""
        super().__init__(publisher, subentry, load, description.key, description.pace)
        self.entity_description = description

    @property
    @override
    def native_value(self) -> StateType:
        """What the arbiter says."""
        return None if self.report is None else self.entity_description.value_fn(self.report)

    @override
    def shown(self) -> Publishable:
        """The value alone."""
        return self.native_value


class NextTransition(LoadEntity, SensorEntity):
    """When the present wait of the load is over; unknown while it waits for room, or for nothing."""

    _attr_translation_key = "next_transition"
    _attr_device_class = SensorDeviceClass.TIMESTAMP

    def __init__(self, publisher: Publisher, subentry: ConfigSubentry, load: dict[str, Any]) -> None:
        """Bind to the load."""
        super().__init__(publisher, subentry, load, "next_transition", Kind.TEXT)
        self._at: float | None = None
        self._time: datetime | None = None

    @property
    @override
    def native_value(self) -> datetime | None:
        """The time of day; one that hardly moves is left as it is, for it is worked out anew with each look."""
        at = self.report.next_at if self.report is not None else None
        if at is None:
            self._at = self._time = None
        elif self._at is None or abs(at - self._at) > SAME_MOMENT_S:
            self._at = at
            self._time = wall_time(at, self.hass.loop.time()).replace(microsecond=0)
        return self._time

    @override
    def shown(self) -> Publishable:
        """The time alone."""
        return self.native_value


class LastTry(LoadEntity, SensorEntity):
    """How fast the load obeyed when it was last tried, and the power that the meter saw it give up."""

    _attr_translation_key = "last_try"
    _attr_device_class = SensorDeviceClass.DURATION
    _attr_native_unit_of_measurement = UnitOfTime.SECONDS
    _attr_suggested_display_precision = 1
    _attr_entity_category = EntityCategory.DIAGNOSTIC

    def __init__(self, publisher: Publisher, subentry: ConfigSubentry, load: dict[str, Any]) -> None:
        """Bind to the load."""
        super().__init__(publisher, subentry, load, "last_try", Kind.AT_ONCE)

    @property
    @override
    def native_value(self) -> float | None:
        """Seconds; unknown before the first try since the start."""
        result = self.publisher.tries.get(self.load_id)
        return None if result is None else round(result.latency_s, 1)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, int | None] | None:
        """The power seen, VA."""
        result = self.publisher.tries.get(self.load_id)
        return None if result is None else {"power": whole(result.va)}

    @override
    def shown(self) -> Publishable:
        """The whole result."""
        return (self.native_value, self.extra_state_attributes)
