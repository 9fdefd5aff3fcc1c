"""What the person configured, as the arbiter and the actuators take it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homeassistant.config_entries import ConfigEntry

from .const import (
    CONF_ADJUSTMENT,
    CONF_CONTRACT_DELAY,
    CONF_CONTRACT_POWER,
    CONF_DECLARED_VA,
    CONF_DELAY_AFTER,
    CONF_DELAY_BEFORE,
    CONF_ENABLED,
    CONF_ENTITY,
    CONF_HAND_HOLD,
    CONF_LOAD_ID,
    CONF_LOADS,
    CONF_MINIMUM_OFF,
    CONF_MINIMUM_ON,
    CONF_NAME,
    CONF_PHASE,
    CONF_PHASES,
    CONF_POWER_FACTOR,
    CONF_POWER_SENSOR,
    CONF_POWER_SOURCE,
    CONF_PROFILE,
    CONF_RANK,
    CONF_STRATEGY,
    DEFAULT_ADJUSTMENT,
    DEFAULT_CONTRACT_DELAY,
    DEFAULT_HAND_HOLD,
    DEFAULT_MINIMUM_OFF,
    DEFAULT_MINIMUM_ON,
    DEFAULT_POWER_FACTOR,
    DEFAULT_PROFILE,
    DEFAULT_RANK,
    DEFAULT_STRATEGY,
    PHASE_ALL,
    PHASE_UNKNOWN,
    POWER_DECLARED,
    POWER_LEARNED,
    POWER_MEASURED,
    SUBENTRY_COORDINATOR,
)
from .offload.model import CoordinatorSettings, LoadSettings, Profile, Settings, StrategyName


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadConfig:
    """Where a load is found in Home Assistant.

    ``entity`` and ``power_sensor`` are registry ids, or entity ids of entities that have no registry entry.
    ``power_factor`` turns the watts of the sensor into VA.
    """

    load_id: str
    name: str
    entity: str
    power_sensor: str | None = None
    power_factor: float = DEFAULT_POWER_FACTOR


def arbiter_settings(options: Mapping[str, Any]) -> Settings:
    """The options of an entry."""
    return Settings(
        profile=Profile(options.get(CONF_PROFILE, DEFAULT_PROFILE)),
        adjustment_percent=float(options.get(CONF_ADJUSTMENT, DEFAULT_ADJUSTMENT)),
        contract_delay_s=float(options.get(CONF_CONTRACT_DELAY, DEFAULT_CONTRACT_DELAY)),
        hand_hold_s=60.0 * float(options.get(CONF_HAND_HOLD, DEFAULT_HAND_HOLD)),
    )


def contract_override_va(options: Mapping[str, Any]) -> int | None:
    """The contract that the person insists on, VA; None to take what the meter tells."""
    kva = options.get(CONF_CONTRACT_POWER)
    return None if kva is None else round(1000 * float(kva))


def coordinator_settings(entry: ConfigEntry) -> tuple[CoordinatorSettings, ...]:
    """The offload coordinators of an entry."""
    return tuple(
        CoordinatorSettings(
            coordinator_id=subentry.subentry_id,
            name=subentry.title,
            strategy=StrategyName(subentry.data.get(CONF_STRATEGY, DEFAULT_STRATEGY)),
            rank=int(subentry.data.get(CONF_RANK, DEFAULT_RANK)),
            enabled=bool(subentry.data.get(CONF_ENABLED, True)),
            loads=tuple(
                _load_settings(load, entry.data.get(CONF_PHASES)) for load in subentry.data.get(CONF_LOADS, ())
            ),
        )
        for subentry in entry.get_subentries_of_type(SUBENTRY_COORDINATOR)
    )


def load_configs(entry: ConfigEntry) -> dict[str, LoadConfig]:
    """The loads of every coordinator of an entry, by load id."""
    return {
        load[CONF_LOAD_ID]: LoadConfig(
            load_id=load[CONF_LOAD_ID],
            name=load[CONF_NAME],
            entity=load[CONF_ENTITY],
            power_sensor=load.get(CONF_POWER_SENSOR) if _power_source(load) == POWER_MEASURED else None,
            power_factor=float(load.get(CONF_POWER_FACTOR) or DEFAULT_POWER_FACTOR),
        )
        for subentry in entry.get_subentries_of_type(SUBENTRY_COORDINATOR)
        for load in subentry.data.get(CONF_LOADS, ())
    }


def _power_source(load: Mapping[str, Any]) -> str:
    source: str = load.get(CONF_POWER_SOURCE, POWER_LEARNED)
    return source


def _load_settings(load: Mapping[str, Any], phase_count: int | None) -> LoadSettings:
    declared = load.get(CONF_DECLARED_VA) if _power_source(load) == POWER_DECLARED else None
    return LoadSettings(
        load_id=load[CONF_LOAD_ID],
        name=load[CONF_NAME],
        phases=_phases(str(load.get(CONF_PHASE, PHASE_UNKNOWN)), phase_count),
        declared_va=None if declared is None else float(declared),
        measured=_power_source(load) == POWER_MEASURED and bool(load.get(CONF_POWER_SENSOR)),
        delay_before_s=float(load.get(CONF_DELAY_BEFORE, 0)),
        delay_after_s=float(load.get(CONF_DELAY_AFTER, 0)),
        minimum_off_s=float(load.get(CONF_MINIMUM_OFF, DEFAULT_MINIMUM_OFF)),
        minimum_on_s=float(load.get(CONF_MINIMUM_ON, DEFAULT_MINIMUM_ON)),
    )


def _phases(phase: str, phase_count: int | None) -> tuple[int, ...]:
    if phase_count == 1:
        return (1,)
    if phase == PHASE_ALL:
        return (1, 2, 3)
    return () if phase == PHASE_UNKNOWN else (int(phase),)
