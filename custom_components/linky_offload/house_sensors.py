"""Sensors of the whole house: what is off now, what was offloaded lately, what was withheld today and in which room."""

from collections.abc import Callable, Mapping
from typing import Any, Final, override

from homeassistant.components.sensor import SensorEntity, SensorStateClass

from .const import CONF_LOAD_ID, CONF_NAME
from .descriptions.loads import AWAY, DEGREE_HOUR, VOLT_AMPERE_HOUR
from .devices import loads_of
from .entity import MeterEntity
from .offload import Report
from .pace import Kind, Publishable
from .publisher import Publisher
from .rooms import ByRoom, async_rooms, degree_hours, withheld

ATTR_ROOMS: Final = "rooms"
ATTR_OFFLOADS: Final = "offloads"
LISTED_OFFLOADS: Final = 10

type Total = Callable[[Report, Mapping[str, str | None]], tuple[float, ByRoom]]


def house_sensors(publisher: Publisher) -> list[SensorEntity]:
    """All of them, for one meter."""
    return [
        OffloadedLoads(publisher),
        LastOffloads(publisher),
        HouseTotal(publisher, "house_withheld_today", VOLT_AMPERE_HOUR, withheld),
        HouseTotal(publisher, "house_degree_hours_today", DEGREE_HOUR, degree_hours),
    ]


class HouseTotal(MeterEntity, SensorEntity):
    """What was withheld today from the whole house, with each room."""

    _attr_state_class = SensorStateClass.TOTAL_INCREASING
    _unrecorded_attributes = frozenset({ATTR_ROOMS})

    def __init__(self, publisher: Publisher, key: str, unit: str, total: Total) -> None:
        """Belong to the meter; ``total`` works out the figure of the house and of each room."""
        super().__init__(publisher, key, Kind.INDEX)
        self._attr_translation_key = key
        self._attr_native_unit_of_measurement = unit
        self._attr_suggested_display_precision = 0 if unit == VOLT_AMPERE_HOUR else 1
        self._total = total

    @property
    @override
    def native_value(self) -> float:
        """The figure of the house."""
        return round(self._figures()[0], 1)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """The figure of each room."""
        return {ATTR_ROOMS: {room: round(figure, 1) for room, figure in self._figures()[1].items()}}

    @override
    def shown(self) -> Publishable:
        """The figure of the house: those of the rooms follow with it."""
        return self.native_value

    def _figures(self) -> tuple[float, ByRoom]:
        return self._total(self.view.report, async_rooms(self.publisher.hass, self.publisher.entry))


class OffloadedLoads(MeterEntity, SensorEntity):
    """How many appliances are off or turned down by us now, and which."""

    _attr_translation_key = "offloaded_loads"
    _attr_state_class = SensorStateClass.MEASUREMENT

    def __init__(self, publisher: Publisher) -> None:
        """Belong to the meter."""
        super().__init__(publisher, "offloaded_loads", Kind.AT_ONCE)

    @property
    @override
    def native_value(self) -> int:
        """Their number."""
        return len(self._names())

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """Their names."""
        return {"loads": self._names()}

    @override
    def shown(self) -> Publishable:
        """The names."""
        return self._names()

    def _names(self) -> list[str]:
        loads = self.view.report.loads
        return [
            load[CONF_NAME]
            for _, load in loads_of(self.publisher.entry)
            if (report := loads.get(load[CONF_LOAD_ID])) is not None and report.status in AWAY
        ]


class LastOffloads(MeterEntity, SensorEntity):
    """How many offloads there were today, and the last of them with their times and powers."""

    _attr_translation_key = "last_offloads"
    _attr_state_class = SensorStateClass.TOTAL_INCREASING
    _unrecorded_attributes = frozenset({ATTR_OFFLOADS})

    def __init__(self, publisher: Publisher) -> None:
        """Belong to the meter."""
        super().__init__(publisher, "last_offloads", Kind.TEXT)

    @property
    @override
    def native_value(self) -> int:
        """Their number since midnight."""
        return self.runtime.history.offloads_today

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """The last ten, the newest first."""
        return {ATTR_OFFLOADS: self.runtime.history.offloads(LISTED_OFFLOADS)}

    @override
    def shown(self) -> Publishable:
        """The number, and how much was told so far."""
        return (self.native_value, self.runtime.history.told)
