"""The pages whose settings are rows: limits for a time, circuits, and appliances of which only one may be on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count
from typing import Any, Final
from uuid import uuid4

from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    EntitySelector,
    ObjectSelector,
    ObjectSelectorConfig,
    ObjectSelectorField,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
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
from .fields import number_box, within
from .house import exists, present_id, stored_id
from .protection import LOWEST_THRESHOLD_VA

CIRCUIT_VA: Final = (100, 36_000)

type Refusal = tuple[dict[str, str], dict[str, str]]
"""Errors by field, and what their texts name."""


class Words:
    """The words of a choice inside a row, each once.

    The interface shows a row by the bare values of its fields, never by the labels of a choice: so the values of the
    form are the words themselves, and are turned into what is kept when it comes back.
    """

    def __init__(self, words: Mapping[str, str]) -> None:
        self._kept: dict[str, str] = {}
        for kept, word in words.items():
            numbered = (f"{word} ({number})" for number in count(2))
            self._kept[next(free for free in chain((word,), numbered) if free not in self._kept)] = kept
        self._words = {kept: word for word, kept in self._kept.items()}

    def choice(self, *, multiple: bool = False) -> SelectSelector:
        """One or several of the words."""
        mode = SelectSelectorMode.LIST if multiple else SelectSelectorMode.DROPDOWN
        return SelectSelector(SelectSelectorConfig(options=list(self._kept), mode=mode, multiple=multiple))

    def said(self, rows: Iterable[Mapping[str, Any]], key: str) -> list[dict[str, Any]]:
        """The rows with words under ``key``, one or a list of them."""
        return [{**row, key: _each(self._words, row[key])} for row in rows]

    def meant(self, rows: Iterable[Mapping[str, Any]], key: str) -> list[dict[str, Any]]:
        """The rows with what the words under ``key`` stand for."""
        return [{**row, key: _each(self._kept, row[key])} for row in rows]


def _each(table: Mapping[str, str], value: str | list[str]) -> str | list[str]:
    return table[value] if isinstance(value, str) else [table[one] for one in value]


# Limits for a time ---------------------------------------------------------------------------------------------------


def soft_limits_schema(periods: Words) -> probatio.Schema:
    """Rows of a lower limit; ``periods`` are the words of when it counts."""
    fields = {
        CONF_WHEN: ObjectSelectorField(selector=periods.choice(), required=True),
        CONF_ENTITY: ObjectSelectorField(selector=EntitySelector()),
        CONF_STATE: ObjectSelectorField(selector=TextSelector()),
        CONF_LIMIT_VA: ObjectSelectorField(selector=number_box("VA"), required=True),
    }
    return _rows(CONF_SOFT_LIMITS, fields, CONF_WHEN, CONF_LIMIT_VA)


def soft_limits_values(hass: HomeAssistant, options: Mapping[str, Any], periods: Words) -> dict[str, Any]:
    """The options as `soft_limits_schema` shows them, with the present entity ids."""
    rows = [
        {key: present_id(hass, value) if key == CONF_ENTITY else value for key, value in row.items()}
        for row in options.get(CONF_SOFT_LIMITS, ())
    ]
    return {CONF_SOFT_LIMITS: periods.said(rows, CONF_WHEN)}


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


def circuits_schema(names: Words) -> probatio.Schema:
    """Rows of circuits, and rows of appliances that exclude each other; ``names`` are those of the appliances."""
    members = ObjectSelectorField(selector=names.choice(multiple=True), required=True)
    circuits = {
        CONF_NAME: ObjectSelectorField(selector=TextSelector(), required=True),
        CONF_MAXIMUM_VA: ObjectSelectorField(selector=number_box("VA"), required=True),
        CONF_LOADS: members,
    }
    return probatio.Schema(
        {
            **_rows(CONF_CIRCUITS, circuits, CONF_NAME, CONF_MAXIMUM_VA).schema,
            **_rows(CONF_EXCLUSIVE, {CONF_LOADS: members}, CONF_LOADS).schema,
        }
    )


def circuits_said(answers: Mapping[str, Any], names: Words) -> dict[str, Any]:
    """Circuits and groups as `circuits_schema` shows them."""
    return {key: names.said(answers.get(key, ()), CONF_LOADS) for key in (CONF_CIRCUITS, CONF_EXCLUSIVE)}


def circuits_meant(answers: Mapping[str, Any], names: Words) -> dict[str, Any]:
    """What was entered in `circuits_schema`, with the ids of the appliances."""
    return {key: names.meant(answers.get(key, ()), CONF_LOADS) for key in (CONF_CIRCUITS, CONF_EXCLUSIVE)}


def circuits_values(options: Mapping[str, Any], loads: Sequence[KnownLoad]) -> dict[str, Any]:
    """The rows of the options, without the appliances that are gone."""
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


def _rows(
    key: str, fields: dict[str, ObjectSelectorField], label: str, description: str | None = None
) -> probatio.Schema:
    """Rows, which the interface edits one by one. A row is shown by one field, and another may stand below it."""
    config = ObjectSelectorConfig(fields=fields, multiple=True, label_field=label, translation_key=key)
    if description is not None:
        config["description_field"] = description
    return probatio.Schema({probatio.Optional(key): ObjectSelector(config)})
