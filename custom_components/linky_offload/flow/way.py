"""How an appliance is taken off, where its owner does not want what suits its kind (design §5)."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, PERCENTAGE
from homeassistant.core import HomeAssistant, State, split_entity_id
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import probatio

from ..actuators.figure import figure
from ..actuators.words import named
from ..const import CONF_WAY_OFF
from ..settings import WayOff, WayOffKind
from .fields import choice, number_box, within
from .house import own_entities, present_id, taken_loads
from .load import LoadDraft


class Way(StrEnum):
    """What the form offers. ``SWITCH``: another entity that stops it."""

    DEFAULT = "default"
    OFF = "off"
    SWITCH = "switch"
    PRESET = "preset"
    OPTION = "option"
    SETPOINT = "setpoint"
    LEVEL = "level"


WAYS: Final[Mapping[str, tuple[Way, ...]]] = {
    "climate": (Way.OFF, Way.PRESET, Way.SETPOINT, Way.LEVEL),
    "fan": (Way.LEVEL,),
    "input_number": (Way.SWITCH, Way.LEVEL),
    "input_select": (Way.OPTION,),
    "light": (Way.LEVEL,),
    "number": (Way.SWITCH, Way.LEVEL),
    "select": (Way.OPTION,),
    "water_heater": (Way.OPTION, Way.SETPOINT),
}
"""What may be chosen instead of the default, by the domain of the entity; the others are only switched off."""

STOPPERS: Final = ["input_boolean", "switch"]
DEGREES: Final = (0.5, 10.0)
"""By how much a thermostat may be turned down."""

_KINDS: Final = {
    Way.OFF: WayOffKind.OFF,
    Way.SWITCH: WayOffKind.OFF,
    Way.PRESET: WayOffKind.PRESET,
    Way.OPTION: WayOffKind.OPTION,
    Way.SETPOINT: WayOffKind.SETPOINT,
    Way.LEVEL: WayOffKind.LEVEL,
}
_FIELDS: Final = {
    Way.SWITCH: "way_switch",
    Way.PRESET: "way_preset",
    Way.OPTION: "way_option",
    Way.SETPOINT: "way_setpoint",
    Way.LEVEL: "way_level",
}
_LISTS: Final = {
    ("climate", Way.PRESET): "preset_modes",
    ("input_select", Way.OPTION): "options",
    ("select", Way.OPTION): "options",
    ("water_heater", Way.OPTION): "operation_list",
}


def way_fields(hass: HomeAssistant, draft: LoadDraft) -> dict[probatio.Marker, object]:
    """The choice of a way, and what each way needs."""
    domain, state = split_entity_id(draft.entity_id)[0], hass.states.get(draft.entity_id)
    ways = WAYS[domain]
    selectors: dict[Way, object] = {
        Way.SWITCH: EntitySelector(
            EntitySelectorConfig(
                filter=[EntityWithDeviceFilterSelectorConfig(domain=STOPPERS)], exclude_entities=own_entities(hass)
            )
        ),
        Way.SETPOINT: number_box(hass.config.units.temperature_unit, 0.5),
        Way.LEVEL: number_box(_level_unit(hass, domain, state), 0.1),
        **{way: _list(state, domain, way, draft) for way in (Way.PRESET, Way.OPTION)},
    }
    fields: dict[probatio.Marker, object] = {
        probatio.Required(CONF_WAY_OFF): choice(CONF_WAY_OFF, (Way.DEFAULT, *ways), SelectSelectorMode.LIST)
    }
    for way in ways:
        if way in _FIELDS:
            fields[probatio.Optional(_FIELDS[way])] = selectors[way]
    return fields


def way_values(draft: LoadDraft) -> dict[str, Any]:
    """The draft's way as `way_fields` shows it."""
    way = _way_of(draft)
    values: dict[str, Any] = {CONF_WAY_OFF: way.value}
    if draft.way_off is not None and way in _FIELDS:
        values[_FIELDS[way]] = draft.way_off.value
    return values


def way_error(
    hass: HomeAssistant, draft: LoadDraft, answer: Mapping[str, Any], others: Sequence[LoadDraft]
) -> str | None:
    """Why the way is refused; ``others`` are the other appliances of the coordinator."""
    way = Way(answer[CONF_WAY_OFF])
    if way not in _FIELDS:
        return None
    if (key := _FIELDS[way]) not in answer:
        return "way_incomplete"
    value = answer[key]
    domain, state = split_entity_id(draft.entity_id)[0], hass.states.get(draft.entity_id)
    match way:
        case Way.SWITCH:
            return _switch_error(hass, present_id(hass, value), others)
        case Way.PRESET | Way.OPTION:
            known = _known(state, domain, way)
            return "way_unknown" if known and named(known, value) is None else None
        case Way.SETPOINT:
            bounds = _bounds(state, "min_temp", "max_temp")
        case _ if domain == "climate":
            bounds = DEGREES
        case _ if domain in ("light", "fan"):
            bounds = (1, 99)
        case _:
            bounds = _bounds(state, "min", "max")
    return None if within(value, bounds) else "way_out_of_range"


def take_way(hass: HomeAssistant, draft: LoadDraft, answer: Mapping[str, Any]) -> None:
    """Put the answer into the draft."""
    way = Way(answer[CONF_WAY_OFF])
    if way is Way.DEFAULT:
        draft.way_off = None
        return
    value: Any = answer[_FIELDS[way]] if way in _FIELDS else None
    draft.way_off = WayOff(_KINDS[way], present_id(hass, value) if way is Way.SWITCH else value)


def _way_of(draft: LoadDraft) -> Way:
    if draft.way_off is None:
        return Way.DEFAULT
    if draft.way_off.kind is WayOffKind.OFF:
        return Way.OFF if draft.way_off.value is None else Way.SWITCH
    return Way(draft.way_off.kind.value)


def _switch_error(hass: HomeAssistant, switch: str, others: Sequence[LoadDraft]) -> str | None:
    """A switch that stops one appliance cannot be another, nor stop two."""
    if switch in own_entities(hass):
        return "way_switch_own"
    taken = {load.entity_id for load in taken_loads(hass, None)}
    taken |= {other.entity_id for other in others}
    taken |= {
        str(other.way_off.value) for other in others if _way_of(other) is Way.SWITCH and other.way_off is not None
    }
    return "way_switch_taken" if switch in taken else None


def _known(state: State | None, domain: str, way: Way) -> list[str]:
    return [] if state is None else list(state.attributes.get(_LISTS.get((domain, way), "")) or ())


def _list(state: State | None, domain: str, way: Way, draft: LoadDraft) -> SelectSelector:
    """The presets or options of the entity; while it tells none, they may be typed."""
    known = _known(state, domain, way)
    chosen = draft.way_off.value if draft.way_off is not None and _way_of(draft) is way else None
    options = list(dict.fromkeys([*known, *([str(chosen)] if chosen is not None else [])]))
    return SelectSelector(
        SelectSelectorConfig(options=options, mode=SelectSelectorMode.DROPDOWN, custom_value=not known)
    )


def _level_unit(hass: HomeAssistant, domain: str, state: State | None) -> str:
    if domain == "climate":
        return hass.config.units.temperature_unit
    if domain in ("light", "fan"):
        return PERCENTAGE
    return "" if state is None else str(state.attributes.get(ATTR_UNIT_OF_MEASUREMENT) or "")


def _bounds(state: State | None, lowest: str, highest: str) -> tuple[float, float]:
    """The range of the entity, without end where it tells none."""
    attributes = {} if state is None else state.attributes
    low, high = figure(attributes.get(lowest)), figure(attributes.get(highest))
    return (float("-inf") if low is None else low, float("inf") if high is None else high)
