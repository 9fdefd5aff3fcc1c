"""A meter told by power or current sensors that Home Assistant already has."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import Platform
from homeassistant.core import State
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import EntitySelector, EntitySelectorConfig, SelectSelectorMode
from homeassistant.util import dt as dt_util
import probatio

from ..const import (
    CONF_CONTRACT_POWER,
    CONF_CONTRACT_VA,
    CONF_ENTITIES,
    CONF_PHASES,
    CONF_POWER_FACTOR,
    CONF_SOURCE,
    DOMAIN,
    SOURCE_ENTITIES,
)
from ..sources.entities import (
    CONF_CURRENT,
    CONF_EXPORT,
    CONF_POWER,
    CONF_SIGN,
    CONF_VOLTAGE,
    CONF_VOLTAGE_V,
    DEFAULT_POWER_FACTOR,
    DEFAULT_VOLTAGE_V,
    IMPORT_NEGATIVE,
    IMPORT_POSITIVE,
    is_current,
    is_power,
    is_voltage,
    number,
)
from ..sources.silence import SLOW_S
from .fields import CONTRACT_SELECTOR, choice, contract_error, number_box, within
from .found import Found
from .source_base import SourceSteps

CONF_MEASURE: Final = "measure"
POWER_FACTORS: Final = (0.5, 1.0)
VOLTAGES_V: Final = (100.0, 300.0)

_POWER: Final = [SensorDeviceClass.POWER, SensorDeviceClass.APPARENT_POWER]


def _sensor(classes: list[SensorDeviceClass]) -> EntitySelector:
    return EntitySelector(
        EntitySelectorConfig(filter=[{"domain": Platform.SENSOR, "device_class": [str(kind) for kind in classes]}])
    )


def phase_fields(kind: str, phases: int) -> list[str]:
    """The fields of the sensors, one a phase."""
    return [kind] if phases == 1 else [f"{kind}_{phase}" for phase in range(1, phases + 1)]


class EntitiesSteps(SourceSteps):
    """The contract and the phases, then the sensors."""

    def __init__(self) -> None:
        super().__init__()
        self._home: dict[str, Any] = {}
        self._leads_back(SOURCE_ENTITIES, "entities", CONF_MEASURE, self.async_step_entities)

    @property
    def _known_entities(self) -> Mapping[str, Any]:
        """The sensors of the entry that is being changed."""
        entry = self._reconfigured
        return {} if entry is None else entry.data.get(CONF_ENTITIES) or {}

    async def async_step_entities(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask what a sensor cannot tell, and which kind of sensors there are."""
        if user_input is not None:
            self._errors = {}
            if (error := contract_error(user_input.get(CONF_CONTRACT_POWER), needed=True)) is not None:
                self._errors = {CONF_CONTRACT_POWER: error}
            else:
                self._home = user_input
                steps = {CONF_POWER: self.async_step_entities_power, CONF_CURRENT: self.async_step_entities_current}
                return await steps[user_input[CONF_MEASURE]]()
        suggested: dict[str, Any] = {CONF_PHASES: "1", CONF_MEASURE: CONF_POWER}
        if (entry := self._reconfigured) is not None:
            suggested[CONF_PHASES] = str(entry.data.get(CONF_PHASES) or 1)
            if contract_va := entry.data.get(CONF_CONTRACT_VA):
                suggested[CONF_CONTRACT_POWER] = contract_va / 1000
            if self._known_entities.get(CONF_CURRENT):
                suggested[CONF_MEASURE] = CONF_CURRENT
        fields = {
            probatio.Required(CONF_PHASES): choice("phases", ("1", "3"), SelectSelectorMode.LIST),
            probatio.Optional(CONF_CONTRACT_POWER): CONTRACT_SELECTOR,
            probatio.Required(CONF_MEASURE): choice("measure", (CONF_POWER, CONF_CURRENT), SelectSelectorMode.LIST),
        }
        return self.async_show_form(
            step_id="entities",
            data_schema=self.add_suggested_values_to_schema(
                probatio.Schema(fields), user_input or self._home or suggested
            ),
            errors=self._errors,
            description_placeholders=self._figures,
            last_step=False,
        )

    async def async_step_entities_power(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the sensors of power."""
        names = phase_fields(CONF_POWER, self._phases)
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = self._refused(user_input, {**dict.fromkeys(names, "power"), CONF_EXPORT: "power"})
            if not within(user_input[CONF_POWER_FACTOR], POWER_FACTORS):
                errors[CONF_POWER_FACTOR] = "power_factor_out_of_range"
            if not errors:
                return await self._async_take(
                    {
                        CONF_POWER: [self._reference(user_input[name]) for name in names],
                        CONF_EXPORT: self._reference(user_input.get(CONF_EXPORT)),
                        CONF_SIGN: user_input[CONF_SIGN],
                        CONF_POWER_FACTOR: user_input[CONF_POWER_FACTOR],
                    }
                )
        known = self._known_entities
        suggested = {
            CONF_SIGN: IMPORT_POSITIVE,
            CONF_POWER_FACTOR: DEFAULT_POWER_FACTOR,
            **{key: known[key] for key in (CONF_SIGN, CONF_POWER_FACTOR) if key in known},
            **self._entity_ids(names, known.get(CONF_POWER) or (), {CONF_EXPORT: known.get(CONF_EXPORT)}),
        }
        fields: dict[probatio.Marker, object] = {probatio.Required(name): _sensor(_POWER) for name in names}
        fields |= {
            probatio.Optional(CONF_EXPORT): _sensor(_POWER),
            probatio.Required(CONF_SIGN): choice("sign", (IMPORT_POSITIVE, IMPORT_NEGATIVE)),
            probatio.Required(CONF_POWER_FACTOR): number_box("", 0.01),
        }
        return self.async_show_form(
            step_id="entities_power",
            data_schema=self.add_suggested_values_to_schema(probatio.Schema(fields), user_input or suggested),
            errors=errors,
            last_step=False,
        )

    async def async_step_entities_current(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the sensors of current, and for the voltage."""
        names = phase_fields(CONF_CURRENT, self._phases)
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = self._refused(user_input, {**dict.fromkeys(names, "current"), CONF_VOLTAGE: "voltage"})
            if not within(user_input[CONF_VOLTAGE_V], VOLTAGES_V):
                errors[CONF_VOLTAGE_V] = "voltage_out_of_range"
            if not errors:
                return await self._async_take(
                    {
                        CONF_CURRENT: [self._reference(user_input[name]) for name in names],
                        CONF_VOLTAGE: self._reference(user_input.get(CONF_VOLTAGE)),
                        CONF_VOLTAGE_V: user_input[CONF_VOLTAGE_V],
                    }
                )
        known = self._known_entities
        suggested = {
            CONF_VOLTAGE_V: known.get(CONF_VOLTAGE_V, DEFAULT_VOLTAGE_V),
            **self._entity_ids(names, known.get(CONF_CURRENT) or (), {CONF_VOLTAGE: known.get(CONF_VOLTAGE)}),
        }
        fields: dict[probatio.Marker, object] = {
            probatio.Required(name): _sensor([SensorDeviceClass.CURRENT]) for name in names
        }
        fields |= {
            probatio.Optional(CONF_VOLTAGE): _sensor([SensorDeviceClass.VOLTAGE]),
            probatio.Required(CONF_VOLTAGE_V): number_box("V"),
        }
        return self.async_show_form(
            step_id="entities_current",
            data_schema=self.add_suggested_values_to_schema(probatio.Schema(fields), user_input or suggested),
            errors=errors,
            last_step=False,
        )

    @property
    def _phases(self) -> int:
        return int(self._home[CONF_PHASES])

    async def _async_take(self, entities: dict[str, Any]) -> ConfigFlowResult:
        """Take the sensors for the meter."""
        vital = entities.get(CONF_POWER) or entities[CONF_CURRENT]
        states = [self._state(entity) for entity in vital]
        return await self._async_found(
            Found(
                connection={CONF_SOURCE: SOURCE_ENTITIES, CONF_ENTITIES: entities, CONF_PHASES: self._phases},
                where=", ".join(state.name for state in states if state is not None),
                mode=None,
                phases=self._phases,
                address=None,
                contract_va=round(self._home[CONF_CONTRACT_POWER] * 1000),
                contract_sure=True,
                tariff=None,
                slow=any(state is not None and _age_s(state) > SLOW_S for state in states),
            )
        )

    def _state(self, entity: str | None) -> State | None:
        if entity is None:
            return None
        entity_id = er.async_resolve_entity_id(er.async_get(self.hass), entity)
        return None if entity_id is None else self.hass.states.get(entity_id)

    def _refused(self, answers: Mapping[str, Any], kinds: Mapping[str, str]) -> dict[str, str]:
        """What is wrong with the chosen sensors, by field."""
        registry = er.async_get(self.hass)
        checks = {"power": is_power, "current": is_current, "voltage": is_voltage}
        errors: dict[str, str] = {}
        seen: set[str] = set()
        for name, kind in kinds.items():
            if (entity_id := answers.get(name)) is None:
                continue
            entry = registry.async_get(entity_id)
            state = self.hass.states.get(entity_id)
            if entry is not None and entry.platform == DOMAIN:
                errors[name] = "own_entity"
            elif entity_id in seen:
                errors[name] = "entity_twice"
            elif state is None:
                errors[name] = "entity_not_there"
            elif not checks[kind](state):
                errors[name] = f"not_a_{kind}"
            elif number(state) is None:
                errors[name] = "entity_says_nothing"
            seen.add(entity_id)
        return errors

    def _reference(self, entity_id: str | None) -> str | None:
        """What to keep of an entity: its id in the registry, which survives another name."""
        if entity_id is None:
            return None
        entry = er.async_get(self.hass).async_get(entity_id)
        return entity_id if entry is None else entry.id

    def _entity_ids(
        self, names: list[str], vital: list[str] | tuple[()], more: Mapping[str, str | None]
    ) -> dict[str, str]:
        """The present names of the sensors that are configured, by field."""
        registry = er.async_get(self.hass)
        kept = dict(zip(names, vital, strict=False)) | {name: entity for name, entity in more.items() if entity}
        found = {name: er.async_resolve_entity_id(registry, entity) for name, entity in kept.items()}
        return {name: entity_id for name, entity_id in found.items() if entity_id is not None}


def _age_s(state: State) -> float:
    """Seconds since a sensor reported."""
    return (dt_util.utcnow() - state.last_reported).total_seconds()
