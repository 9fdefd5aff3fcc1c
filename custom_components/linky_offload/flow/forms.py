"""The first two forms of an offload coordinator: the list, and what its appliances are."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
    TextSelector,
)
import probatio

from ..const import (
    CONF_DECLARED_VA,
    CONF_KIND,
    CONF_LOADS,
    CONF_PHASE,
    CONF_POWER_SENSOR,
    CONF_POWER_SOURCE,
    PHASE_ALL,
    PHASE_UNKNOWN,
    POWER_DECLARED,
    POWER_LEARNED,
    POWER_MEASURED,
)
from ..offload.model import Appliance
from .fields import choice, number_box, within
from .house import (
    LOAD_DOMAINS,
    POWER_CLASSES,
    exists,
    friendly_name,
    is_power_sensor,
    members,
    own_entities,
    present_id,
    taken_loads,
)
from .load import LoadDraft
from .sections import in_sections, section_key

DECLARED_VA: Final = (1, 36_000)


def coordinator_schema(hass: HomeAssistant) -> probatio.Schema:
    """Name and ordered appliances."""
    return probatio.Schema(
        {
            probatio.Required(CONF_NAME): TextSelector(),
            probatio.Required(CONF_LOADS): EntitySelector(
                EntitySelectorConfig(
                    multiple=True,
                    reorder=True,
                    filter=[EntityWithDeviceFilterSelectorConfig(domain=LOAD_DOMAINS)],
                    exclude_entities=own_entities(hass),
                )
            ),
        }
    )


def coordinator_refusals(
    hass: HomeAssistant, name: str, entity_ids: Sequence[str], names: Iterable[str], subentry_id: str | None
) -> tuple[dict[str, str], dict[str, str]]:
    """Errors by field, and what their texts name. ``names`` are those of the other coordinators of the meter."""
    errors: dict[str, str] = {}
    figures: dict[str, str] = {}
    if not name:
        errors[CONF_NAME] = "name_empty"
    elif name.casefold() in {other.casefold() for other in names}:
        errors[CONF_NAME] = "name_used"
    if not entity_ids:
        errors[CONF_LOADS] = "no_load"
    own = set(own_entities(hass))
    taken = [(load, members(hass, load.entity_id)) for load in taken_loads(hass, subentry_id)]
    seen: dict[str, str] = {}
    for entity_id in entity_ids:
        figures = {"load": friendly_name(hass, entity_id)}
        if not exists(hass, entity_id):
            return errors | {CONF_LOADS: "unknown_entity"}, figures
        if entity_id in own:
            return errors | {CONF_LOADS: "own_entity"}, figures
        if entity_id.partition(".")[0] not in LOAD_DOMAINS:
            return errors | {CONF_LOADS: "wrong_domain"}, figures
        all_of_it = members(hass, entity_id)
        for load, others in taken:
            if entity_id == load.entity_id:
                return errors | {CONF_LOADS: "load_taken"}, figures | {"coordinator": load.coordinator}
            if all_of_it & others:
                return errors | {CONF_LOADS: "shared_member"}, figures | {"other": load.name}
        if (clash := next((seen[member] for member in sorted(all_of_it) if member in seen), None)) is not None:
            return errors | {CONF_LOADS: "shared_member"}, figures | {"other": clash}
        seen |= dict.fromkeys(all_of_it, figures["load"])
    return errors, {}


def loads_schema(
    hass: HomeAssistant, drafts: Sequence[LoadDraft], *, three_phase: bool, errors: Mapping[str, str]
) -> probatio.Schema:
    """What each appliance is and how its power is known."""
    fields: dict[probatio.Marker, object] = {
        probatio.Required(CONF_KIND): choice(CONF_KIND, Appliance),
        probatio.Required(CONF_POWER_SOURCE): choice(
            CONF_POWER_SOURCE, (POWER_MEASURED, POWER_DECLARED, POWER_LEARNED)
        ),
        probatio.Optional(CONF_POWER_SENSOR): EntitySelector(
            EntitySelectorConfig(
                filter=[EntityWithDeviceFilterSelectorConfig(domain="sensor", device_class=list(POWER_CLASSES))],
                exclude_entities=own_entities(hass),
            )
        ),
        probatio.Optional(CONF_DECLARED_VA): number_box("VA"),
    }
    if three_phase:
        fields[probatio.Required(CONF_PHASE)] = choice(CONF_PHASE, (PHASE_UNKNOWN, "1", "2", "3", PHASE_ALL))
    return in_sections(fields, drafts, errors)


def loads_values(drafts: Sequence[LoadDraft]) -> dict[str, dict[str, Any]]:
    """The drafts as `loads_schema` shows them."""
    return {
        section_key(place): {
            CONF_KIND: draft.kind.value,
            CONF_POWER_SOURCE: draft.power_source,
            CONF_POWER_SENSOR: draft.power_sensor,
            CONF_DECLARED_VA: draft.declared_va,
            CONF_PHASE: draft.phase,
        }
        for place, draft in enumerate(drafts)
    }


def loads_refusals(
    hass: HomeAssistant, answers: Mapping[str, Mapping[str, Any]], other_sensors: Iterable[str]
) -> dict[str, str]:
    """Errors by section. ``other_sensors`` measure appliances that are not in this form."""
    errors: dict[str, str] = {}
    used = set(other_sensors)
    for key, answer in answers.items():
        error = _power_error(hass, answer, used)
        if error is not None:
            errors[key] = error
        elif answer[CONF_POWER_SOURCE] == POWER_MEASURED:
            used.add(present_id(hass, answer[CONF_POWER_SENSOR]))
    return errors


def _power_error(hass: HomeAssistant, answer: Mapping[str, Any], used: set[str]) -> str | None:
    declared_va = answer.get(CONF_DECLARED_VA)
    if declared_va is not None and not within(declared_va, DECLARED_VA):
        return "power_out_of_range"
    match answer[CONF_POWER_SOURCE]:
        case "measured":
            if (stored := answer.get(CONF_POWER_SENSOR)) is None:
                return "sensor_missing"
            sensor = present_id(hass, stored)
            if sensor in own_entities(hass):
                return "sensor_own"
            if not is_power_sensor(hass, sensor):
                return "sensor_not_power"
            if sensor in used:
                return "sensor_shared"
        case "declared" if declared_va is None:
            return "power_missing"
    return None


def take_loads(hass: HomeAssistant, drafts: Sequence[LoadDraft], answers: Mapping[str, Mapping[str, Any]]) -> None:
    """Put the answers of `loads_schema` into the drafts."""
    for place, draft in enumerate(drafts):
        answer = answers[section_key(place)]
        sensor = answer.get(CONF_POWER_SENSOR)
        declared_va = answer.get(CONF_DECLARED_VA)
        draft.become(Appliance(answer[CONF_KIND]))
        draft.power_source = answer[CONF_POWER_SOURCE]
        draft.power_sensor = None if sensor is None else present_id(hass, sensor)
        draft.declared_va = None if declared_va is None else round(declared_va)
        draft.phase = answer.get(CONF_PHASE, draft.phase)
