"""What a Tasmota plug that offloads by itself is shown to do, and how it is set."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.binary_sensor import BinarySensorEntity, BinarySensorEntityDescription
from homeassistant.components.sensor import SensorDeviceClass, SensorEntity, SensorEntityDescription
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import EntityCategory, UnitOfApparentPower, UnitOfPower, UnitOfRatio, UnitOfTime
from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.typing import StateType

from .bridges.offload_plug import Generation, OffloadPlug, PlugState, Stage
from .const import DOMAIN
from .plugs import PlugLink


@dataclass(frozen=True, kw_only=True)
class PlugSensorDescription(SensorEntityDescription):
    """A sensor of a plug. ``setting``: it tells how the plug is set, which stays true while the plug is away."""

    value_fn: Callable[[PlugState], StateType]
    setting: bool = True


@dataclass(frozen=True, kw_only=True)
class PlugBinarySensorDescription(BinarySensorEntityDescription):
    """A yes or no of a plug."""

    value_fn: Callable[[PlugState], bool | None]


def _setting(
    key: str,
    value_fn: Callable[[PlugState], StateType],
    device_class: SensorDeviceClass | None = None,
    unit: str | None = None,
    *,
    enabled: bool = False,
) -> PlugSensorDescription:
    return PlugSensorDescription(
        key=key,
        translation_key=key,
        device_class=device_class,
        native_unit_of_measurement=unit,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=enabled,
        value_fn=value_fn,
    )


VA = UnitOfApparentPower.VOLT_AMPERE

PLUG_SENSORS: tuple[PlugSensorDescription, ...] = (
    PlugSensorDescription(
        key="plug_stage",
        translation_key="plug_stage",
        device_class=SensorDeviceClass.ENUM,
        options=[str(stage) for stage in Stage],
        value_fn=lambda state: state.stage,
        setting=False,
    ),
    _setting("plug_power", lambda state: state.device_power, enabled=True),
    _setting("plug_maximum", lambda state: state.max_va, SensorDeviceClass.APPARENT_POWER, VA, enabled=True),
    _setting("plug_contract", lambda state: state.contract_va, SensorDeviceClass.APPARENT_POWER, VA),
    _setting("plug_adjustment", lambda state: state.adjust_percent, unit=UnitOfRatio.PERCENTAGE),
    _setting("plug_phase", lambda state: state.phase),
    _setting("plug_before", lambda state: state.before),
    _setting("plug_after", lambda state: state.after),
    _setting("plug_topic", lambda state: state.topic),
    _setting("plug_key_power", lambda state: state.key_instant),
    _setting("plug_key_contract", lambda state: state.key_contract),
    _setting("plug_ip", lambda state: state.ip),
    _setting("plug_mac", lambda state: state.mac),
)

PLUG_BINARY_SENSORS: tuple[PlugBinarySensorDescription, ...] = (
    PlugBinarySensorDescription(
        key="plug_offloaded", translation_key="plug_offloaded", value_fn=lambda state: state.offloaded
    ),
    PlugBinarySensorDescription(key="plug_relay", translation_key="plug_relay", value_fn=lambda state: state.relay),
)


def sensor_is_due(plug: OffloadPlug, description: PlugSensorDescription) -> bool:
    """Whether the plug has told the value."""
    return description.value_fn(plug.state) is not None


def binary_sensor_is_due(plug: OffloadPlug, description: PlugBinarySensorDescription) -> bool:
    """Whether the plug has told the value."""
    return description.value_fn(plug.state) is not None


class PlugEntity(Entity):
    """An entity of a plug's device; its state is written when the plug speaks, and only where it changed."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, link: PlugLink, subentry: ConfigSubentry, key: str) -> None:
        """Identify by the subentry."""
        self._link = link
        self._attr_unique_id = f"{subentry.subentry_id}_{key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, subentry.subentry_id)})

    @property
    def plug(self) -> OffloadPlug:
        """The plug as it told of itself."""
        return self._link.plug

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the plug."""
        await super().async_added_to_hass()
        self.async_on_remove(self._link.async_listen(self._heard))

    @callback
    def _heard(self) -> None:
        self.async_write_ha_state()

    @property
    @override
    def available(self) -> bool:
        """Available unless the plug, or the broker in its name, says that it is gone."""
        return self.plug.online is not False


class PlugSensor(PlugEntity, SensorEntity):
    """A sensor of a plug."""

    entity_description: PlugSensorDescription

    def __init__(self, link: PlugLink, subentry: ConfigSubentry, description: PlugSensorDescription) -> None:
        """Describe by a row of the table; what earlier firmware takes for W, later takes for VA."""
        super().__init__(link, subentry, description.key)
        self.entity_description = description

    @property
    @override
    def native_value(self) -> StateType:
        """As the plug told it."""
        return self.entity_description.value_fn(self.plug.state)

    @property
    @override
    def available(self) -> bool:
        """A setting is as true while the plug is away."""
        return self.entity_description.setting or super().available

    @property
    @override
    def device_class(self) -> SensorDeviceClass | None:
        """That of the table, or what the firmware measures the load in, or a time where it counts seconds."""
        match self.entity_description.key:
            case "plug_power":
                return SensorDeviceClass.APPARENT_POWER if self.plug.measured_in_va else SensorDeviceClass.POWER
            case "plug_before" | "plug_after" if self.plug.generation is not Generation.V1:
                return SensorDeviceClass.DURATION
            case _:
                return self.entity_description.device_class

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        """The same; the first firmware counts messages of the meter, which is no unit."""
        match self.entity_description.key:
            case "plug_power":
                return VA if self.plug.measured_in_va else UnitOfPower.WATT
            case "plug_before" | "plug_after" if self.plug.generation is not Generation.V1:
                return UnitOfTime.SECONDS
            case _:
                return self.entity_description.native_unit_of_measurement


class PlugBinarySensor(PlugEntity, BinarySensorEntity):
    """A yes or no of a plug."""

    entity_description: PlugBinarySensorDescription

    def __init__(self, link: PlugLink, subentry: ConfigSubentry, description: PlugBinarySensorDescription) -> None:
        """Describe by a row of the table."""
        super().__init__(link, subentry, description.key)
        self.entity_description = description

    @property
    @override
    def is_on(self) -> bool | None:
        """As the plug told it."""
        return self.entity_description.value_fn(self.plug.state)
