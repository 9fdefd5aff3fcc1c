"""One appliance while its settings are being filled in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import uuid4

from homeassistant.core import HomeAssistant

from ..actuators import make_actuator
from ..const import (
    CONF_ALLOWED,
    CONF_AUTO_OFF,
    CONF_AUTO_ON,
    CONF_CLIMATE,
    CONF_CONTACTOR,
    CONF_CYCLIC,
    CONF_DECLARED_VA,
    CONF_DELAY_AFTER,
    CONF_DELAY_BEFORE,
    CONF_ENTITY,
    CONF_KIND,
    CONF_LAST_RESORT,
    CONF_LOAD_ID,
    CONF_LONGEST_OFF,
    CONF_MAXIMUM,
    CONF_MINIMUM,
    CONF_MINIMUM_OFF,
    CONF_MINIMUM_ON,
    CONF_NAME,
    CONF_PHASE,
    CONF_POWER_FACTOR,
    CONF_POWER_SENSOR,
    CONF_POWER_SOURCE,
    CONF_PROTECTED,
    CONF_RANDOM_AFTER,
    CONF_STEP,
    CONF_STOP,
    CONF_TURN_DOWN,
    CONF_VA_PER_UNIT,
    CONF_WAY_OFF,
    DEFAULT_LONGEST_OFF,
    DEFAULT_MINIMUM_OFF,
    DEFAULT_MINIMUM_ON,
    DEFAULT_POWER_FACTOR,
    PHASE_ALL,
    PHASE_UNKNOWN,
    POWER_LEARNED,
    POWER_MEASURED,
)
from ..offload.model import Appliance, TurnDown
from ..settings import LoadConfig, WayOff, WayOffKind, turn_down_of
from .appliance import PRESETS
from .house import exists, friendly_name, kind_of, power_sensor_of, present_id, stored_id, thermostats


@dataclass(slots=True, kw_only=True)
class LoadDraft:
    """A load as the forms see it: entity ids of now, seconds, VA. None: no such time, sensor, power, thermostat."""

    load_id: str
    entity_id: str
    name: str
    kind: Appliance = Appliance.OTHER
    phase: str = PHASE_UNKNOWN
    power_source: str = POWER_LEARNED
    power_sensor: str | None = None
    declared_va: int | None = None
    power_factor: float = DEFAULT_POWER_FACTOR
    delay_before_s: int = 0
    delay_after_s: int = 0
    random_after_s: int = 0
    minimum_off_s: int = DEFAULT_MINIMUM_OFF
    minimum_on_s: int = DEFAULT_MINIMUM_ON
    longest_off_s: int | None = DEFAULT_LONGEST_OFF
    auto_on_s: int | None = None
    auto_off_s: int | None = None
    allowed: bool = True
    last_resort: bool = False
    cyclic: bool = True
    contactor: bool = False
    protected: list[dict[str, str]] = field(default_factory=list)
    climate: str | None = None
    way_off: WayOff | None = None
    turn_down: TurnDown | None = None

    @classmethod
    def propose(cls, hass: HomeAssistant, entity_id: str) -> Self:
        """A new load with what its names and its device tell."""
        sensor = power_sensor_of(hass, entity_id)
        draft = cls(
            load_id=uuid4().hex,
            entity_id=entity_id,
            name=friendly_name(hass, entity_id),
            power_source=POWER_LEARNED if sensor is None else POWER_MEASURED,
            power_sensor=sensor,
            climate=thermostats(hass).get(entity_id),
        )
        draft.become(kind_of(hass, entity_id))
        levels = draft.levels(hass)
        if levels is not None and levels.va_per_unit is not None:
            # What each step of its level draws is known: turning it down is sure to help.
            draft.turn_down = levels
        return draft

    @classmethod
    def restore(cls, hass: HomeAssistant, data: Mapping[str, Any]) -> Self:
        """A load as it was saved; what an older version did not save has its default."""
        entity_id = present_id(hass, data[CONF_ENTITY])
        sensor, climate = data.get(CONF_POWER_SENSOR), data.get(CONF_CLIMATE)
        way_off = WayOff.read(data.get(CONF_WAY_OFF))
        if way_off is not None and way_off.kind is WayOffKind.OFF and isinstance(way_off.value, str):
            way_off = WayOff(WayOffKind.OFF, present_id(hass, way_off.value))
        return cls(
            load_id=data[CONF_LOAD_ID],
            entity_id=entity_id,
            name=friendly_name(hass, entity_id) if exists(hass, entity_id) else data[CONF_NAME],
            kind=Appliance(data.get(CONF_KIND, Appliance.OTHER)),
            phase=data.get(CONF_PHASE, PHASE_UNKNOWN),
            power_source=data.get(CONF_POWER_SOURCE, POWER_LEARNED),
            power_sensor=None if sensor is None else present_id(hass, sensor),
            declared_va=data.get(CONF_DECLARED_VA),
            power_factor=data.get(CONF_POWER_FACTOR, DEFAULT_POWER_FACTOR),
            delay_before_s=data.get(CONF_DELAY_BEFORE, 0),
            delay_after_s=data.get(CONF_DELAY_AFTER, 0),
            random_after_s=data.get(CONF_RANDOM_AFTER, 0),
            minimum_off_s=data.get(CONF_MINIMUM_OFF, DEFAULT_MINIMUM_OFF),
            minimum_on_s=data.get(CONF_MINIMUM_ON, DEFAULT_MINIMUM_ON),
            longest_off_s=data.get(CONF_LONGEST_OFF, DEFAULT_LONGEST_OFF),
            auto_on_s=data.get(CONF_AUTO_ON),
            auto_off_s=data.get(CONF_AUTO_OFF),
            allowed=data.get(CONF_ALLOWED, True),
            last_resort=data.get(CONF_LAST_RESORT, False),
            cyclic=data.get(CONF_CYCLIC, True),
            contactor=data.get(CONF_CONTACTOR, False),
            protected=[dict(row) for row in data.get(CONF_PROTECTED, ())],
            climate=None if climate is None else present_id(hass, climate),
            way_off=way_off,
            turn_down=turn_down_of(data.get(CONF_TURN_DOWN)),
        )

    def become(self, kind: Appliance) -> None:
        """Take the settings of another type of appliance."""
        if kind is not self.kind:
            preset = PRESETS[kind]
            self.kind = kind
            self.power_factor = preset.power_factor
            self.minimum_off_s = preset.minimum_off_s
            self.minimum_on_s = preset.minimum_on_s
            self.longest_off_s = preset.longest_off_s
            self.last_resort = preset.last_resort

    def levels(self, hass: HomeAssistant) -> TurnDown | None:
        """The levels between which it may be turned down, as its entity tells now; None where it has none.

        A thermostat has none in this sense: what it draws does not follow its set-point.
        """
        config = LoadConfig(
            load_id=self.load_id,
            name=self.name,
            entity=self.entity_id,
            power_factor=self.power_factor,
            phase_count=3 if self.phase == PHASE_ALL else 1,
            way_off=self.way_off,
        )
        levels = make_actuator(hass, config).turn_down()
        return None if levels is None or levels.minimum < 0 else levels

    def as_data(self, hass: HomeAssistant) -> dict[str, Any]:
        """The load as its subentry keeps it."""
        return {
            CONF_LOAD_ID: self.load_id,
            CONF_ENTITY: stored_id(hass, self.entity_id),
            CONF_NAME: self.name,
            CONF_KIND: self.kind.value,
            CONF_PHASE: self.phase,
            CONF_POWER_SOURCE: self.power_source,
            CONF_POWER_SENSOR: None if self.power_sensor is None else stored_id(hass, self.power_sensor),
            CONF_DECLARED_VA: self.declared_va,
            CONF_POWER_FACTOR: self.power_factor,
            CONF_DELAY_BEFORE: self.delay_before_s,
            CONF_DELAY_AFTER: self.delay_after_s,
            CONF_RANDOM_AFTER: self.random_after_s,
            CONF_MINIMUM_OFF: self.minimum_off_s,
            CONF_MINIMUM_ON: self.minimum_on_s,
            CONF_LONGEST_OFF: self.longest_off_s,
            CONF_AUTO_ON: self.auto_on_s,
            CONF_AUTO_OFF: self.auto_off_s,
            CONF_ALLOWED: self.allowed,
            CONF_LAST_RESORT: self.last_resort,
            CONF_CYCLIC: self.cyclic,
            CONF_CONTACTOR: self.contactor,
            CONF_PROTECTED: self.protected,
            CONF_CLIMATE: None if self.climate is None else stored_id(hass, self.climate),
            CONF_WAY_OFF: self._way_data(hass),
            CONF_TURN_DOWN: self._turn_down_data(hass),
        }

    def _way_data(self, hass: HomeAssistant) -> dict[str, Any] | None:
        if self.way_off is None:
            return None
        value = self.way_off.value
        if self.way_off.kind is WayOffKind.OFF and isinstance(value, str):
            value = stored_id(hass, value)
        return {"kind": self.way_off.kind.value, "value": value}

    def _turn_down_data(self, hass: HomeAssistant) -> dict[str, Any] | None:
        """Its levels with what one unit draws now, since another phase or power factor changes that."""
        down = self.turn_down
        if down is None:
            return None
        present = self.levels(hass) or down
        return {
            CONF_MINIMUM: down.minimum,
            CONF_MAXIMUM: down.maximum,
            CONF_STOP: down.stop,
            CONF_STEP: present.step,
            CONF_VA_PER_UNIT: present.va_per_unit,
        }
