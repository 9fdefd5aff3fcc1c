"""What the forms must know of the entities of the house: names, members, thermostats, power sensors, other loads."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from homeassistant.components.climate.const import DOMAIN as CLIMATE_DOMAIN
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN, SensorDeviceClass
from homeassistant.const import (
    ATTR_DEVICE_CLASS,
    ATTR_ENTITY_ID,
    ATTR_UNIT_OF_MEASUREMENT,
    UnitOfApparentPower,
    UnitOfElectricCurrent,
    UnitOfPower,
)
from homeassistant.core import HomeAssistant, split_entity_id
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.group import expand_entity_ids

from ..actuators import KINDS, off_option, resolve_entity_id
from ..actuators.thermal import heats_only
from ..const import CONF_ENTITY, CONF_LOADS, CONF_NAME, DOMAIN, SUBENTRY_COORDINATOR
from ..offload.model import Appliance
from ..ossp.settings import is_appliance
from .appliance import guess_kind

LOAD_DOMAINS: Final = sorted(KINDS)
POWER_CLASSES: Final = (SensorDeviceClass.POWER, SensorDeviceClass.APPARENT_POWER)
_DRIVEN: Final = frozenset({"climate", "input_boolean", "light", "switch"})
"""Domains of what thermostat helpers drive; the others that they name are settings or sensors of theirs."""

_POWER_UNITS: Final = {*UnitOfPower, *UnitOfApparentPower}


@dataclass(frozen=True, slots=True)
class TakenLoad:
    """A load of another coordinator, of this meter or of another."""

    entity_id: str
    name: str
    coordinator: str


def stored_id(hass: HomeAssistant, entity_id: str) -> str:
    """What is kept of an entity: its registry id, which no renaming changes, else its entity id."""
    entry = er.async_get(hass).async_get(entity_id)
    return entity_id if entry is None else entry.id


def present_id(hass: HomeAssistant, stored: str) -> str:
    """The present entity id of a stored one; the stored text itself once the entity is gone."""
    return resolve_entity_id(hass, stored) or stored


def exists(hass: HomeAssistant, entity_id: str) -> bool:
    """Whether Home Assistant knows the entity."""
    return er.async_get(hass).async_get(entity_id) is not None or hass.states.get(entity_id) is not None


def own_entities(hass: HomeAssistant) -> list[str]:
    """Every entity of this integration that may neither be a load nor measure one: all but those of plugs."""
    return [entry.entity_id for entry in er.async_get(hass).entities.values() if _is_own(entry)]


def _is_own(entry: er.RegistryEntry) -> bool:
    return entry.platform == DOMAIN and not is_appliance(entry.unique_id)


def friendly_name(hass: HomeAssistant, entity_id: str) -> str:
    """The name of an entity as a person knows it."""
    if (state := hass.states.get(entity_id)) is not None:
        return state.name
    entry = er.async_get(hass).async_get(entity_id)
    return (entry.name or entry.original_name if entry is not None else None) or entity_id


def _device(hass: HomeAssistant, entity_id: str) -> str | None:
    entry = er.async_get(hass).async_get(entity_id)
    return None if entry is None else entry.device_id


def names_of(hass: HomeAssistant, entity_id: str) -> list[str]:
    """Every name under which an appliance may be known: its entity, the entity id, its device."""
    names = [friendly_name(hass, entity_id), split_entity_id(entity_id)[1]]
    device_id = _device(hass, entity_id)
    device = None if device_id is None else dr.async_get(hass).async_get(device_id)
    if device is not None:
        names += [name for name in (device.name_by_user, device.name) if name]
    return names


def kind_of(hass: HomeAssistant, entity_id: str) -> Appliance:
    """What an appliance most likely is: by its names, else by what its entity is capable of."""
    if (kind := guess_kind(names_of(hass, entity_id))) is not Appliance.OTHER:
        return kind
    state = hass.states.get(entity_id)
    attributes = {} if state is None else state.attributes
    match split_entity_id(entity_id)[0]:
        case "climate":
            return Appliance.HEATER if state is None or heats_only(state) else Appliance.HEAT_PUMP
        case "water_heater":
            return Appliance.WATER_HEATER
        case "number" | "input_number" if attributes.get(ATTR_UNIT_OF_MEASUREMENT) == UnitOfElectricCurrent.AMPERE:
            return Appliance.CAR
        case "select" | "input_select" if off_option(attributes.get("options") or ()) is not None:
            return Appliance.HEATER  # a pilot wire
    return Appliance.OTHER


def thermostats(hass: HomeAssistant) -> dict[str, str]:
    """The climate entity behind each switch that a thermostat helper drives, by entity id of the switch.

    A helper names its switch somewhere in the data or options of its entry, whatever the key.
    """
    registry = er.async_get(hass)
    found: dict[str, str] = {}
    for entry in hass.config_entries.async_entries(include_ignore=False, include_disabled=False):
        if entry.domain == DOMAIN:
            continue
        climates = [
            entity.entity_id
            for entity in er.async_entries_for_config_entry(registry, entry.entry_id)
            if entity.domain == CLIMATE_DOMAIN and not entity.disabled
        ]
        if len(climates) == 1:
            for text in _texts([entry.data, entry.options]):
                entity_id = resolve_entity_id(hass, text)
                if entity_id is not None and entity_id.partition(".")[0] in _DRIVEN:
                    found[entity_id] = climates[0]
    return found


def _texts(values: Iterable[object]) -> Iterator[str]:
    """Every text at the first or second level of the data of an entry."""
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from (item for item in value if isinstance(item, str))
        elif hasattr(value, "values"):
            yield from _texts(value.values())


def members(hass: HomeAssistant, entity_id: str) -> frozenset[str]:
    """The entity, the members of the group that it is, and the switches that it drives as a thermostat."""
    found: set[str] = set()
    waiting = [entity_id]
    driven = thermostats(hass)
    while waiting:
        member = waiting.pop()
        if member in found:
            continue
        found.add(member)
        waiting += expand_entity_ids(hass, [member])
        state = hass.states.get(member)
        listed = None if state is None else state.attributes.get(ATTR_ENTITY_ID)
        if isinstance(listed, (list, tuple)):
            waiting += [item for item in listed if isinstance(item, str)]
        waiting += [switch for switch, climate in driven.items() if climate == member]
    return frozenset(found)


def taken_loads(hass: HomeAssistant, except_subentry: str | None) -> list[TakenLoad]:
    """The loads of every coordinator of every meter but ``except_subentry``."""
    return [
        TakenLoad(present_id(hass, load[CONF_ENTITY]), load[CONF_NAME], subentry.title)
        for entry in hass.config_entries.async_entries(DOMAIN)
        for subentry in entry.get_subentries_of_type(SUBENTRY_COORDINATOR)
        if subentry.subentry_id != except_subentry
        for load in subentry.data[CONF_LOADS]
    ]


def is_power_sensor(hass: HomeAssistant, entity_id: str) -> bool:
    """Whether the entity is a sensor of W or VA."""
    if not entity_id.startswith(f"{SENSOR_DOMAIN}."):
        return False
    entry = er.async_get(hass).async_get(entity_id)
    if entry is not None and (entry.device_class or entry.original_device_class) in POWER_CLASSES:
        return True
    state = hass.states.get(entity_id)
    return state is not None and (
        state.attributes.get(ATTR_DEVICE_CLASS) in POWER_CLASSES
        or state.attributes.get(ATTR_UNIT_OF_MEASUREMENT) in _POWER_UNITS
    )


def power_sensor_of(hass: HomeAssistant, entity_id: str) -> str | None:
    """The sensor of the load's own device that most likely measures it: VA before W, names alike before others."""
    registry = er.async_get(hass)
    devices = {_device(hass, member) for member in members(hass, entity_id)} - {None}
    if len(devices) != 1:
        return None  # none, or a group whose members are measured apart
    (device_id,) = devices
    assert device_id is not None
    candidates = [
        sensor
        for sensor in er.async_entries_for_device(registry, device_id)
        if not _is_own(sensor) and is_power_sensor(hass, sensor.entity_id)
    ]

    def likeness(sensor: er.RegistryEntry) -> tuple[int, bool]:
        pairs = zip(split_entity_id(sensor.entity_id)[1], split_entity_id(entity_id)[1], strict=False)
        alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        device_class = sensor.device_class or sensor.original_device_class
        return alike, device_class == SensorDeviceClass.APPARENT_POWER

    best = max(candidates, key=likeness, default=None)
    return None if best is None else best.entity_id
