"""The pages whose settings are rows: limits for a time, circuits, and appliances of which only one may be on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    EntitySelector,
    ObjectSelector,
    ObjectSelectorConfig,
    ObjectSelectorField,
    TextSelector,
)
import probatio

from ..caps import When
from ..const import (
    CONF_CIRCUIT_ID,
    CONF_CIRCUITS,
    CONF_ENTITY,
    CONF_EXCLUSIVE,
    CONF_LIMIT_VA,
    CONF_LOADS,
    CONF_MAXIMUM_VA,
    CONF_NAME,
    CONF_SOFT_LIMITS,
    CONF_STATE,
    CONF_WHEN,
)
from .fields import named_choice, number_box, within
from .house import exists, present_id, stored_id
from .protection import LOWEST_THRESHOLD_VA

CIRCUIT_VA: Final = (100, 36_000)

type Refusal = tuple[dict[str, str], dict[str, str]]
"""Errors by field, and what their texts name."""


# Limits for a time ---------------------------------------------------------------------------------------------------


def soft_limits_schema(periods: Mapping[str, str]) -> probatio.Schema:
    """Rows of a lower limit; ``periods`` are the words of when it counts."""
    fields = {
        CONF_WHEN: ObjectSelectorField(selector=named_choice(periods), required=True),
        CONF_ENTITY: ObjectSelectorField(selector=EntitySelector()),
        CONF_STATE: ObjectSelectorField(selector=TextSelector()),
        CONF_LIMIT_VA: ObjectSelectorField(selector=number_box("VA"), required=True),
    }
    return _rows(CONF_SOFT_LIMITS, fields, label=CONF_WHEN, description=CONF_LIMIT_VA)


def soft_limits_values(hass: HomeAssistant, options: Mapping[str, Any]) -> dict[str, Any]:
    """The rows with the present entity ids."""
    return {
        CONF_SOFT_LIMITS: [
            {key: present_id(hass, value) if key == CONF_ENTITY else value for key, value in row.items()}
            for row in options.get(CONF_SOFT_LIMITS, ())
        ]
    }


def soft_limits_refusals(hass: HomeAssistant, rows: Sequence[Mapping[str, Any]], threshold_va: float | None) -> Refusal:
    """Why the rows are refused; ``threshold_va`` holds at other times, None while unknown."""
    seen: set[tuple[object, ...]] = set()
    for number, row in enumerate(rows, 1):
        figures = {"row": str(number), "threshold": "" if threshold_va is None else f"{threshold_va:.0f}"}
        condition = _condition(row)
        if row[CONF_WHEN] == When.ENTITY and (row.get(CONF_ENTITY) is None or not row.get(CONF_STATE, "").strip()):
            return {CONF_SOFT_LIMITS: "soft_incomplete"}, figures
        if row[CONF_WHEN] == When.ENTITY and not exists(hass, present_id(hass, row[CONF_ENTITY])):
            return {CONF_SOFT_LIMITS: "soft_unknown_entity"}, figures
        if row[CONF_LIMIT_VA] < LOWEST_THRESHOLD_VA:
            return {CONF_SOFT_LIMITS: "soft_too_low"}, figures
        if threshold_va is not None and row[CONF_LIMIT_VA] >= threshold_va:
            return {CONF_SOFT_LIMITS: "soft_too_high"}, figures
        if condition in seen:
            return {CONF_SOFT_LIMITS: "soft_twice"}, figures
        seen.add(condition)
    return {}, {}


def soft_limits_rows(hass: HomeAssistant, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows as they are kept: entity and state only where they count."""
    return [
        {CONF_WHEN: row[CONF_WHEN], CONF_LIMIT_VA: row[CONF_LIMIT_VA]}
        | (
            {CONF_ENTITY: stored_id(hass, present_id(hass, row[CONF_ENTITY])), CONF_STATE: row[CONF_STATE].strip()}
            if row[CONF_WHEN] == When.ENTITY
            else {}
        )
        for row in rows
    ]


def _condition(row: Mapping[str, Any]) -> tuple[object, ...]:
    when = row[CONF_WHEN]
    return (when, row.get(CONF_ENTITY), row.get(CONF_STATE, "").strip()) if when == When.ENTITY else (when,)


# Circuits and groups -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KnownLoad:
    """An appliance of any coordinator of the meter. ``va``: what it draws as far as that is known."""

    load_id: str
    name: str
    va: float | None


def circuits_schema(loads: Sequence[KnownLoad]) -> probatio.Schema:
    """Rows of circuits, and rows of appliances that exclude each other."""
    names = {load.load_id: load.name for load in loads}
    members = ObjectSelectorField(selector=named_choice(names, multiple=True), required=True)
    circuits = {
        CONF_NAME: ObjectSelectorField(selector=TextSelector(), required=True),
        CONF_MAXIMUM_VA: ObjectSelectorField(selector=number_box("VA"), required=True),
        CONF_LOADS: members,
    }
    return probatio.Schema(
        {
            **_rows(CONF_CIRCUITS, circuits, label=CONF_NAME, description=CONF_MAXIMUM_VA).schema,
            **_rows(CONF_EXCLUSIVE, {CONF_LOADS: members}, label=CONF_LOADS, description=CONF_LOADS).schema,
        }
    )


def circuits_values(options: Mapping[str, Any], loads: Sequence[KnownLoad]) -> dict[str, Any]:
    """The options as `circuits_schema` shows them, without the appliances that are gone."""
    known = {load.load_id for load in loads}
    circuits = [
        {
            CONF_NAME: row[CONF_NAME],
            CONF_MAXIMUM_VA: row[CONF_MAXIMUM_VA],
            CONF_LOADS: [load_id for load_id in row[CONF_LOADS] if load_id in known],
        }
        for row in options.get(CONF_CIRCUITS, ())
    ]
    groups = [[load_id for load_id in row if load_id in known] for row in options.get(CONF_EXCLUSIVE, ())]
    return {CONF_CIRCUITS: circuits, CONF_EXCLUSIVE: [{CONF_LOADS: group} for group in groups]}


def circuits_refusals(answers: Mapping[str, Any]) -> Refusal:
    """Why the rows are refused. An appliance may be in several circuits, which then nest, and in several groups."""
    errors: dict[str, str] = {}
    figures: dict[str, str] = {}
    names: set[str] = set()
    for row in answers.get(CONF_CIRCUITS, ()):
        name = row[CONF_NAME].strip()
        error = None
        if not name:
            error = "circuit_nameless"
        elif name.casefold() in names:
            error = "circuit_twice"
        elif not row[CONF_LOADS]:
            error = "circuit_empty"
        elif not within(row[CONF_MAXIMUM_VA], CIRCUIT_VA):
            error = "circuit_out_of_range"
        if error is not None:
            errors[CONF_CIRCUITS], figures = error, {"circuit": name}
            break
        names.add(name.casefold())
    groups = [frozenset(row[CONF_LOADS]) for row in answers.get(CONF_EXCLUSIVE, ())]
    if any(len(group) < 2 for group in groups):
        errors[CONF_EXCLUSIVE] = "group_too_small"
    elif len(set(groups)) < len(groups):
        errors[CONF_EXCLUSIVE] = "group_twice"
    return errors, figures


def too_small(answers: Mapping[str, Any], loads: Sequence[KnownLoad]) -> list[tuple[str, float, KnownLoad]]:
    """The circuits, with their maximum, that cannot feed their largest appliance, which would never be on."""
    found: list[tuple[str, float, KnownLoad]] = []
    for row in answers.get(CONF_CIRCUITS, ()):
        own = [load for load in loads if load.load_id in row[CONF_LOADS] and load.va is not None]
        largest = max(own, key=lambda load: load.va or 0.0, default=None)
        if largest is not None and (largest.va or 0.0) > row[CONF_MAXIMUM_VA]:
            found.append((row[CONF_NAME].strip(), row[CONF_MAXIMUM_VA], largest))
    return found


def circuits_changes(answers: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """The answers as options; a circuit keeps its id as long as it keeps its name."""
    ids = {row[CONF_NAME].casefold(): row[CONF_CIRCUIT_ID] for row in options.get(CONF_CIRCUITS, ())}
    circuits = [
        {
            CONF_CIRCUIT_ID: ids.get(row[CONF_NAME].strip().casefold()) or uuid4().hex,
            CONF_NAME: row[CONF_NAME].strip(),
            CONF_MAXIMUM_VA: row[CONF_MAXIMUM_VA],
            CONF_LOADS: list(dict.fromkeys(row[CONF_LOADS])),
        }
        for row in answers.get(CONF_CIRCUITS, ())
    ]
    groups = [list(dict.fromkeys(row[CONF_LOADS])) for row in answers.get(CONF_EXCLUSIVE, ())]
    return {CONF_CIRCUITS: circuits or None, CONF_EXCLUSIVE: groups or None}


def _rows(key: str, fields: dict[str, ObjectSelectorField], *, label: str, description: str) -> probatio.Schema:
    """A list of rows, which the interface edits one by one."""
    rows = ObjectSelector(
        ObjectSelectorConfig(
            fields=fields, multiple=True, label_field=label, description_field=description, translation_key=key
        )
    )
    return probatio.Schema({probatio.Optional(key): rows})
