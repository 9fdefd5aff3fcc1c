"""What is shown of a LinkyTop, and what is set: real-time measuring, and the delay between two measures."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, override

from homeassistant.components.binary_sensor import BinarySensorEntity
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.components.select import SelectEntity
from homeassistant.components.sensor import SensorDeviceClass, SensorEntity, SensorEntityDescription
from homeassistant.components.switch import SwitchEntity
from homeassistant.const import EntityCategory, UnitOfTime
from homeassistant.helpers.typing import StateType

from .bridges.linkytop_box import DELAYS_S, Box, Pace
from .bridges.topics import LINKYTOP
from .const import CONF_MEASUREMENT_DELAY, CONF_REAL_TIME
from .entity import MeterEntity
from .linkytop import LinkyTop
from .pace import Kind, Publishable
from .publisher import Publisher
from .telling import wall_time
from .writing import async_write_option

ATTR_MISSING = "missing"


@dataclass(frozen=True, kw_only=True)
class BoxSensorDescription(SensorEntityDescription):
    """A sensor of the box; ``value_fn`` gives a moment in monotonic seconds where its class is TIMESTAMP."""

    value_fn: Callable[[Box], StateType]
    pace: Kind = Kind.TEXT


BOX_SENSORS: tuple[BoxSensorDescription, ...] = (
    BoxSensorDescription(
        key="box_pace",
        translation_key="box_pace",
        device_class=SensorDeviceClass.ENUM,
        options=[str(pace) for pace in Pace],
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda box: box.pace,
    ),
    BoxSensorDescription(
        key="box_sleep",
        translation_key="box_sleep",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda box: box.sleep_s,
    ),
    BoxSensorDescription(
        key="box_missing",
        translation_key="box_missing",
        device_class=SensorDeviceClass.ENUM,
        options=[label.lower() for label in LINKYTOP],
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda box: None if box.last_missing is None else box.last_missing.lower(),
    ),
    BoxSensorDescription(
        key="box_started",
        translation_key="box_started",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        # A box that sleeps starts anew after each sleep.
        entity_registry_enabled_default=False,
        pace=Kind.SLOW,
        value_fn=lambda box: box.started_at,
    ),
    BoxSensorDescription(
        key="box_seen",
        translation_key="box_seen",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        pace=Kind.SLOW,
        value_fn=lambda box: box.seen_at,
    ),
)


class BoxSensor(MeterEntity, SensorEntity):
    """A word of the box about itself."""

    entity_description: BoxSensorDescription

    def __init__(self, publisher: Publisher, linkytop: LinkyTop, description: BoxSensorDescription) -> None:
        """Describe by a row of the table."""
        super().__init__(publisher, description.key, description.pace)
        self.entity_description = description
        self._box = linkytop.box
        self._moment: tuple[float, datetime] | None = None

    @property
    @override
    def native_value(self) -> StateType | datetime:
        """As the box said it; a moment is turned into a time of day once, so that it stands still."""
        value = self.entity_description.value_fn(self._box)
        if self.device_class is not SensorDeviceClass.TIMESTAMP or not isinstance(value, float):
            return value
        if self._moment is None or self._moment[0] != value:
            self._moment = (value, wall_time(value, self.publisher.now()).replace(microsecond=0))
        return self._moment[1]

    @override
    def shown(self) -> Publishable:
        """What the box said."""
        return self.entity_description.value_fn(self._box)


class BoxProblem(MeterEntity, BinarySensorEntity):
    """On while the box does not find all its labels: its wiring, or a contract of another kind than it knows."""

    _attr_translation_key = "box_problem"
    _attr_device_class = BinarySensorDeviceClass.PROBLEM
    _attr_entity_category = EntityCategory.DIAGNOSTIC

    def __init__(self, publisher: Publisher, linkytop: LinkyTop) -> None:
        """Belong to the meter."""
        super().__init__(publisher, "box_problem", Kind.TEXT)
        self._box = linkytop.box

    @property
    @override
    def is_on(self) -> bool | None:
        """Unknown until it spoke."""
        return None if self._box.seen_at is None else bool(self._box.missing)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """Which labels it misses."""
        return {ATTR_MISSING: list(self._box.missing)}

    @override
    def shown(self) -> Publishable:
        """The state with the labels."""
        return (self.is_on, self._box.missing)


class RealTime(MeterEntity, SwitchEntity):
    """On: the box measures all the time. The options own the setting; without a category, for automations."""

    _attr_translation_key = CONF_REAL_TIME

    def __init__(self, publisher: Publisher, linkytop: LinkyTop) -> None:
        """Belong to the meter."""
        super().__init__(publisher, CONF_REAL_TIME, Kind.AT_ONCE)
        self._linkytop = linkytop

    @property
    @override
    def is_on(self) -> bool:
        """The setting as it is now."""
        return self._linkytop.real_time

    @override
    def shown(self) -> Publishable:
        """The setting alone."""
        return self.is_on

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Let it measure all the time, from its next question on."""
        self._write(on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Let it sleep between two measures."""
        self._write(on=False)

    def _write(self, *, on: bool) -> None:
        async_write_option(self.hass, self.publisher.entry, CONF_REAL_TIME, on)
        self.async_write_ha_state()


class MeasurementDelay(MeterEntity, SelectEntity):
    """How long the box sleeps between two measures. The options own the setting."""

    _attr_translation_key = CONF_MEASUREMENT_DELAY
    _attr_entity_category = EntityCategory.CONFIG
    _attr_options = [str(delay) for delay in DELAYS_S]  # noqa: RUF012 (SelectEntity declares it so)

    def __init__(self, publisher: Publisher, linkytop: LinkyTop) -> None:
        """Belong to the meter."""
        super().__init__(publisher, CONF_MEASUREMENT_DELAY, Kind.TEXT)
        self._linkytop = linkytop

    @property
    @override
    def current_option(self) -> str:
        """The delay in force, seconds."""
        return str(self._linkytop.delay_s)

    @override
    def shown(self) -> Publishable:
        """The delay alone."""
        return self.current_option

    @override
    async def async_select_option(self, option: str) -> None:
        """Write the option."""
        async_write_option(self.hass, self.publisher.entry, CONF_MEASUREMENT_DELAY, int(option))
        self.async_write_ha_state()
