"""One appliance while its settings are being filled in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self
from uuid import uuid4

from homeassistant.core import HomeAssistant

from ..const import (
    CONF_DECLARED_VA,
    CONF_DELAY_AFTER,
    CONF_DELAY_BEFORE,
    CONF_ENTITY,
    CONF_LOAD_ID,
    CONF_MINIMUM_OFF,
    CONF_MINIMUM_ON,
    CONF_NAME,
    CONF_PHASE,
    CONF_POWER_FACTOR,
    CONF_POWER_SENSOR,
    CONF_POWER_SOURCE,
    DEFAULT_MINIMUM_OFF,
    DEFAULT_MINIMUM_ON,
    DEFAULT_POWER_FACTOR,
    PHASE_UNKNOWN,
    POWER_LEARNED,
    POWER_MEASURED,
)
from .appliance import PRESETS, Kind, guess_kind
from .house import exists, friendly_name, names_of, power_sensor_of, present_id, stored_id

CONF_KIND: Final = "kind"
"""Type of appliance, kept so that its form shows it again; no other part of the integration reads it."""


@dataclass(slots=True, kw_only=True)
class LoadDraft:
    """A load as the forms see it: entity ids of now, seconds, VA."""

    load_id: str
    entity_id: str
    name: str
    kind: Kind
    phase: str
    power_source: str
    power_sensor: str | None
    declared_va: int | None
    power_factor: float
    delay_before_s: int
    delay_after_s: int
    minimum_off_s: int
    minimum_on_s: int

    @classmethod
    def propose(cls, hass: HomeAssistant, entity_id: str) -> Self:
        """A new load with what its names and its device tell."""
        kind = guess_kind(names_of(hass, entity_id))
        preset = PRESETS[kind]
        sensor = power_sensor_of(hass, entity_id)
        return cls(
            load_id=uuid4().hex,
            entity_id=entity_id,
            name=friendly_name(hass, entity_id),
            kind=kind,
            phase=PHASE_UNKNOWN,
            power_source=POWER_LEARNED if sensor is None else POWER_MEASURED,
            power_sensor=sensor,
            declared_va=None,
            power_factor=preset.power_factor,
            delay_before_s=0,
            delay_after_s=0,
            minimum_off_s=preset.minimum_off_s,
            minimum_on_s=preset.minimum_on_s,
        )

    @classmethod
    def restore(cls, hass: HomeAssistant, data: Mapping[str, Any]) -> Self:
        """A load as it was saved; what an older version did not save has its default."""
        entity_id = present_id(hass, data[CONF_ENTITY])
        sensor = data.get(CONF_POWER_SENSOR)
        return cls(
            load_id=data[CONF_LOAD_ID],
            entity_id=entity_id,
            name=friendly_name(hass, entity_id) if exists(hass, entity_id) else data[CONF_NAME],
            kind=Kind(data.get(CONF_KIND, Kind.OTHER)),
            phase=data.get(CONF_PHASE, PHASE_UNKNOWN),
            power_source=data.get(CONF_POWER_SOURCE, POWER_LEARNED),
            power_sensor=None if sensor is None else present_id(hass, sensor),
            declared_va=data.get(CONF_DECLARED_VA),
            power_factor=data.get(CONF_POWER_FACTOR, DEFAULT_POWER_FACTOR),
            delay_before_s=data.get(CONF_DELAY_BEFORE, 0),
            delay_after_s=data.get(CONF_DELAY_AFTER, 0),
            minimum_off_s=data.get(CONF_MINIMUM_OFF, DEFAULT_MINIMUM_OFF),
            minimum_on_s=data.get(CONF_MINIMUM_ON, DEFAULT_MINIMUM_ON),
        )

    def become(self, kind: Kind) -> None:
        """Take the settings of another type of appliance."""
        if kind is not self.kind:
            preset = PRESETS[kind]
            self.kind = kind
            self.power_factor = preset.power_factor
            self.minimum_off_s = preset.minimum_off_s
            self.minimum_on_s = preset.minimum_on_s

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
            CONF_MINIMUM_OFF: self.minimum_off_s,
            CONF_MINIMUM_ON: self.minimum_on_s,
        }
