"""The form of one appliance's rare settings: when it may be cut, how it is taken off, how far it may be turned down."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from homeassistant.components.climate.const import DOMAIN as CLIMATE_DOMAIN
from homeassistant.core import HomeAssistant, split_entity_id
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
    ObjectSelector,
    ObjectSelectorConfig,
    ObjectSelectorField,
    TimeSelector,
)
import probatio

from ..const import (
    CONF_ALLOWED,
    CONF_CLIMATE,
    CONF_CONTACTOR,
    CONF_CYCLIC,
    CONF_FROM,
    CONF_LAST_RESORT,
    CONF_MAXIMUM,
    CONF_MINIMUM,
    CONF_PROTECTED,
    CONF_STOP,
    CONF_TO,
    CONF_TURN_DOWN,
)
from ..offload.model import TurnDown
from .fields import choice, number_box, within
from .house import own_entities, present_id
from .load import LoadDraft
from .tasmota import PLUG_DELAYS, PlugType
from .way import WAYS, take_way, way_error, way_fields, way_values

SECTION_WAY: Final = "taking_off"
SECTION_LEVELS: Final = "levels"
SECTION_TASMOTA: Final = "tasmota"
CONF_PLUG_TYPE: Final = "plug_type"

_FLAGS: Final = {
    CONF_ALLOWED: "allowed",
    CONF_LAST_RESORT: "last_resort",
    CONF_CYCLIC: "cyclic",
    CONF_CONTACTOR: "contactor",
}
_HAVE_THEIR_OWN: Final = frozenset({CLIMATE_DOMAIN, "water_heater"})


def detail_schema(hass: HomeAssistant, draft: LoadDraft, errors: Mapping[str, str]) -> probatio.Schema:
    """The settings that make sense for this kind of entity."""
    fields: dict[probatio.Marker, object] = {probatio.Required(key): BooleanSelector() for key in _FLAGS}
    window: dict[str, ObjectSelectorField] = {
        key: ObjectSelectorField(selector=TimeSelector(), required=True) for key in (CONF_FROM, CONF_TO)
    }
    fields[probatio.Optional(CONF_PROTECTED)] = ObjectSelector(
        ObjectSelectorConfig(
            fields=window,
            multiple=True,
            label_field=CONF_FROM,
            description_field=CONF_TO,
            translation_key=CONF_PROTECTED,
        )
    )
    domain = split_entity_id(draft.entity_id)[0]
    if domain not in _HAVE_THEIR_OWN:
        fields[probatio.Optional(CONF_CLIMATE)] = EntitySelector(
            EntitySelectorConfig(
                filter=[EntityWithDeviceFilterSelectorConfig(domain=CLIMATE_DOMAIN)],
                exclude_entities=own_entities(hass),
            )
        )

    def folded(key: str, inner: dict[probatio.Marker, object], *, used: bool) -> None:
        fields[probatio.Required(key)] = section(probatio.Schema(inner), {"collapsed": not used and key not in errors})

    if domain in WAYS:
        folded(SECTION_WAY, way_fields(hass, draft), used=draft.way_off is not None)
    if draft.turn_down is not None or draft.levels(hass) is not None:
        levels: dict[probatio.Marker, object] = {
            probatio.Required(CONF_TURN_DOWN): BooleanSelector(),
            probatio.Required(CONF_MINIMUM): number_box("", 0.1),
            probatio.Required(CONF_MAXIMUM): number_box("", 0.1),
            probatio.Optional(CONF_STOP): number_box("", 0.1),
        }
        folded(SECTION_LEVELS, levels, used=draft.turn_down is not None)
    folded(SECTION_TASMOTA, {probatio.Optional(CONF_PLUG_TYPE): choice(CONF_PLUG_TYPE, PlugType)}, used=False)
    return probatio.Schema(fields)


def detail_values(hass: HomeAssistant, draft: LoadDraft) -> dict[str, Any]:
    """The draft as `detail_schema` shows it."""
    values: dict[str, Any] = {
        **{key: getattr(draft, name) for key, name in _FLAGS.items()},
        CONF_PROTECTED: draft.protected,
        CONF_CLIMATE: draft.climate,
        SECTION_WAY: way_values(draft),
    }
    if (levels := draft.turn_down or draft.levels(hass)) is not None:
        values[SECTION_LEVELS] = {
            CONF_TURN_DOWN: draft.turn_down is not None,
            CONF_MINIMUM: levels.minimum,
            CONF_MAXIMUM: levels.maximum,
            CONF_STOP: levels.stop,
        }
    return values


def detail_refusals(
    hass: HomeAssistant, draft: LoadDraft, answers: Mapping[str, Any], others: Sequence[LoadDraft]
) -> dict[str, str]:
    """Errors by field or section. ``others``: the other appliances of the coordinator."""
    errors: dict[str, str] = {}
    if any(row[CONF_FROM] == row[CONF_TO] for row in answers.get(CONF_PROTECTED, ())):
        errors[CONF_PROTECTED] = "protected_empty"
    climate = answers.get(CONF_CLIMATE)
    if climate is not None and present_id(hass, climate) in own_entities(hass):
        errors[CONF_CLIMATE] = "climate_own"
    if SECTION_WAY in answers and (error := way_error(hass, draft, answers[SECTION_WAY], others)) is not None:
        errors[SECTION_WAY] = error
    if SECTION_LEVELS in answers and (error := _levels_error(answers[SECTION_LEVELS], draft.levels(hass))) is not None:
        errors[SECTION_LEVELS] = error
    return errors


def _levels_error(answer: Mapping[str, Any], present: TurnDown | None) -> str | None:
    """``present``: what the entity is capable of, None while that is not known."""
    if not answer[CONF_TURN_DOWN]:
        return None
    lowest, highest, stop = answer[CONF_MINIMUM], answer[CONF_MAXIMUM], answer.get(CONF_STOP)
    if not 0 <= lowest < highest:
        return "levels_order"
    if stop is not None and not 0 <= stop < lowest:
        return "levels_stop"
    if present is not None:
        bounds = (present.minimum if present.stop is None else present.stop, present.maximum)
        if not (within(lowest, bounds) and within(highest, bounds)):
            return "levels_out_of_range"
    return None


def take_detail(hass: HomeAssistant, draft: LoadDraft, answers: Mapping[str, Any]) -> None:
    """Put the answers into the draft. The type of a Tasmota plug brings its delays."""
    for key, name in _FLAGS.items():
        setattr(draft, name, answers[key])
    draft.protected = [dict(row) for row in answers.get(CONF_PROTECTED, ())]
    climate = answers.get(CONF_CLIMATE)
    draft.climate = None if climate is None else present_id(hass, climate)
    if SECTION_WAY in answers:
        take_way(hass, draft, answers[SECTION_WAY])
    if (levels := answers.get(SECTION_LEVELS)) is not None:
        present = draft.levels(hass) or draft.turn_down
        draft.turn_down = (
            TurnDown(
                minimum=levels[CONF_MINIMUM],
                maximum=levels[CONF_MAXIMUM],
                stop=levels.get(CONF_STOP),
                step=1.0 if present is None else present.step,
                va_per_unit=None if present is None else present.va_per_unit,
            )
            if levels[CONF_TURN_DOWN]
            else None
        )
    if (plug := answers[SECTION_TASMOTA].get(CONF_PLUG_TYPE)) is not None:
        delays = PLUG_DELAYS[PlugType(plug)]
        draft.become(delays.appliance)
        draft.delay_before_s, draft.delay_after_s = delays.before_s, delays.after_s
        draft.random_after_s = delays.random_s
