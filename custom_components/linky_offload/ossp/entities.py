"""The entities of an Open Source Smart Plug: what it measures, its outputs, its corrections."""

from collections.abc import Callable, Iterable
from typing import Any, override

from homeassistant.components.binary_sensor import BinarySensorEntity
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.components.number import NumberEntity
from homeassistant.components.sensor import RestoreSensor, SensorEntity
from homeassistant.components.switch import SwitchEntity
from homeassistant.components.switch.const import SwitchDeviceClass
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType

from ..const import DOMAIN
from ..entity import LinkyEntity
from ..pace import Kind, Publishable
from ..publisher import Publisher, async_publisher
from ..runtime import LinkyConfigEntry
from ..writing import async_write_subentry
from .client import PlugError
from .descriptions import OSSP_SENSORS, OsspSensorDescription
from .hub import Plug, PlugHub, async_ossp
from .settings import CALIBRATED, GAINS, OFFSETS, gain_key, offset_key, output_key, unique_id


class OsspEntity(LinkyEntity):
    """An entity of a plug's device. Its plug is looked up each time: another address makes another one."""

    def __init__(self, publisher: Publisher, hub: PlugHub, subentry_id: str, key: str, pace: Kind) -> None:
        """Identify by the subentry."""
        super().__init__(publisher, pace)
        self.subentry_id = subentry_id
        self._hub = hub
        self._attr_unique_id = unique_id(subentry_id, key)
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, subentry_id)})

    @property
    def plug(self) -> Plug | None:
        """The plug at work; None while it is not wanted."""
        return self._hub.plugs.get(self.subentry_id)

    @property
    @override
    def available(self) -> bool:
        """Available while the plug is there."""
        return self.plug is not None and self.plug.client.available

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the plug besides what every entity follows."""
        await super().async_added_to_hass()
        self.async_on_remove(self._hub.async_listen(self.subentry_id, self._async_heard))

    @callback
    def _async_heard(self) -> None:
        self.async_consider(self.publisher.now())


class OsspSensor(OsspEntity, SensorEntity):
    """A measure of a plug."""

    entity_description: OsspSensorDescription

    def __init__(
        self, publisher: Publisher, hub: PlugHub, subentry_id: str, description: OsspSensorDescription
    ) -> None:
        """Describe by a row of the table."""
        super().__init__(publisher, hub, subentry_id, description.key, description.pace)
        self.entity_description = description

    @property
    @override
    def native_value(self) -> StateType:
        """The value that is believed."""
        return None if self.plug is None else self.entity_description.value_fn(self.plug.gauge)

    @override
    def shown(self) -> Publishable:
        """The value alone."""
        return self.native_value


class OsspCounter(OsspSensor, RestoreSensor):
    """What only rises: it goes on from where it was, whatever happens to the plug, to its address or to us."""

    _base = 0.0
    _plug: Plug | None = None
    _counted = 0.0

    @override
    async def async_added_to_hass(self) -> None:
        """Take back the figure of before the restart."""
        if (last := await self.async_get_last_sensor_data()) is not None and isinstance(last.native_value, int | float):
            self._base = float(last.native_value)
        await super().async_added_to_hass()

    @property
    @override
    def available(self) -> bool:
        """What was counted stays true while the plug is away."""
        return True

    @property
    @override
    def native_value(self) -> float:
        """All that was counted."""
        if self.plug is not None:
            if self.plug is not self._plug:
                self._base += self._counted
                self._plug = self.plug
            self._counted = self.entity_description.value_fn(self.plug.gauge) or 0.0
        return round(self._base + self._counted, 4)


class OsspLink(OsspEntity, BinarySensorEntity):
    """Whether the plug is there."""

    _attr_translation_key = "ossp_link"
    _attr_device_class = BinarySensorDeviceClass.CONNECTIVITY
    _attr_entity_category = EntityCategory.DIAGNOSTIC

    @property
    @override
    def available(self) -> bool:
        """Always known."""
        return True

    @property
    @override
    def is_on(self) -> bool:
        """On while its states come."""
        return self.plug is not None and self.plug.client.available

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """What the plug says of itself."""
        state = None if self.plug is None else self.plug.client.state
        return {} if state is None else {"plug_id": state.plug_id, "station_connected": state.station}

    @override
    def shown(self) -> Publishable:
        """The state alone."""
        return self.is_on


class OsspProblem(OsspEntity, BinarySensorEntity):
    """Whether what the plug measures is impossible."""

    _attr_translation_key = "ossp_problem"
    _attr_device_class = BinarySensorDeviceClass.PROBLEM
    _attr_entity_category = EntityCategory.DIAGNOSTIC

    @property
    @override
    def is_on(self) -> bool | None:
        """On after several impossible samples in a row."""
        return None if self.plug is None else self.plug.gauge.faulty

    @override
    def shown(self) -> Publishable:
        """The state alone."""
        return self.is_on


class OsspSwitch(OsspEntity, SwitchEntity):
    """One output: on and off, though the plug itself can only toggle."""

    _attr_device_class = SwitchDeviceClass.OUTLET

    def __init__(self, publisher: Publisher, hub: PlugHub, subentry_id: str, output: int, *, alone: bool) -> None:
        """Name the output by its number, unless the plug has no other."""
        super().__init__(publisher, hub, subentry_id, output_key(output), Kind.AT_ONCE)
        self._output = output
        self._attr_translation_key = "ossp_output" if alone else "ossp_numbered_output"
        self._attr_translation_placeholders = {} if alone else {"output": str(output)}

    @property
    @override
    def available(self) -> bool:
        """Available while the plug tells of this output."""
        return super().available and self.is_on is not None

    @property
    @override
    def is_on(self) -> bool | None:
        """What the plug says."""
        state = None if self.plug is None else self.plug.client.state
        return None if state is None else state.outputs.get(self._output)

    @override
    def shown(self) -> Publishable:
        """The state alone."""
        return self.is_on

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Switch the output on."""
        await self._async_switch(on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Switch the output off."""
        await self._async_switch(on=False)

    async def _async_switch(self, *, on: bool) -> None:
        if (plug := self.plug) is None:
            return
        try:
            await plug.client.async_switch(self._output, on=on)
        except PlugError as err:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key=str(err.refusal),
                translation_placeholders={"name": self.entity_id},
            ) from err


class OsspNumber(OsspEntity, NumberEntity):
    """The gain or the offset of a measure. The subentry owns it; the number only writes it."""

    _attr_entity_category = EntityCategory.CONFIG
    _attr_entity_registry_enabled_default = False

    def __init__(self, publisher: Publisher, hub: PlugHub, subentry_id: str, measure: str, *, gain: bool) -> None:
        """Bind to the setting of a measure."""
        self._key = gain_key(measure) if gain else offset_key(measure)
        self._default = 1.0 if gain else 0.0
        super().__init__(publisher, hub, subentry_id, f"set_{self._key}", Kind.TEXT)
        self._attr_translation_key = f"ossp_{self._key}"
        self._attr_native_min_value, self._attr_native_max_value = (
            GAINS if gain else (-OFFSETS[measure], OFFSETS[measure])
        )
        self._attr_native_step = 0.001 if gain else 0.01
        self._attr_native_unit_of_measurement = None if gain else CALIBRATED[measure]

    @property
    def subentry(self) -> ConfigSubentry | None:
        """The settings of the plug; None while it is being removed."""
        return self.publisher.entry.subentries.get(self.subentry_id)

    @property
    @override
    def available(self) -> bool:
        """A setting is there without the plug."""
        return self.subentry is not None

    @property
    @override
    def native_value(self) -> float | None:
        """The setting as it is now."""
        value: float | None = None if self.subentry is None else self.subentry.data.get(self._key, self._default)
        return value

    @override
    def shown(self) -> Publishable:
        """The value alone."""
        return self.native_value

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Write the setting; the plug goes by it at its next sample."""
        if (subentry := self.subentry) is not None:
            async_write_subentry(self.hass, self.publisher.entry, subentry, self._key, value)
            self._hub.follow()
            self.async_write_ha_state()


# Making them ----------------------------------------------------------------------------------------------------------


def ossp_sensors(publisher: Publisher, hub: PlugHub, plug: Plug) -> Iterable[Entity]:
    """The sensors of a plug."""
    for description in OSSP_SENSORS:
        yield (OsspCounter if description.kept else OsspSensor)(publisher, hub, plug.subentry_id, description)


def ossp_binary_sensors(publisher: Publisher, hub: PlugHub, plug: Plug) -> Iterable[Entity]:
    """The binary sensors of a plug."""
    yield OsspLink(publisher, hub, plug.subentry_id, "link", Kind.AT_ONCE)
    yield OsspProblem(publisher, hub, plug.subentry_id, "problem", Kind.TEXT)


def ossp_switches(publisher: Publisher, hub: PlugHub, plug: Plug) -> Iterable[Entity]:
    """The switches of a plug, one an output."""
    for output in plug.outputs:
        yield OsspSwitch(publisher, hub, plug.subentry_id, output, alone=len(plug.outputs) == 1)


def ossp_numbers(publisher: Publisher, hub: PlugHub, plug: Plug) -> Iterable[Entity]:
    """The corrections of a plug."""
    for measure in CALIBRATED:
        for gain in (True, False):
            yield OsspNumber(publisher, hub, plug.subentry_id, measure, gain=gain)


@callback
def async_add_for_ossp(
    hass: HomeAssistant,
    entry: LinkyConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    make: Callable[[Publisher, PlugHub, Plug], Iterable[Entity]],
) -> None:
    """Create the entities of every plug, those of later ones included."""
    publisher, hub = async_publisher(hass, entry), async_ossp(hass, entry)
    served: set[str] = set()

    def follow() -> None:
        for subentry_id, plug in hub.plugs.items():
            if subentry_id not in served:
                served.add(subentry_id)
                async_add_entities(make(publisher, hub, plug), config_subentry_id=subentry_id)
        served.intersection_update(entry.subentries)

    entry.async_on_unload(publisher.async_follow(follow))
