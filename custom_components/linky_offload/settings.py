"""What the person configured, as the arbiter and the actuators take it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from homeassistant.config_entries import ConfigEntry

from .const import (
    CONF_ADJUSTMENT,
    CONF_ALLOWED,
    CONF_AUTO_OFF,
    CONF_AUTO_ON,
    CONF_BRANCH_BREAKER,
    CONF_CIRCUIT_ID,
    CONF_CIRCUITS,
    CONF_CLIMATE,
    CONF_CONTACTOR,
    CONF_CONTRACT_DELAY,
    CONF_CONTRACT_POWER,
    CONF_CYCLIC,
    CONF_DECLARED_VA,
    CONF_DELAY_AFTER,
    CONF_DELAY_BEFORE,
    CONF_ENABLED,
    CONF_ENTITY,
    CONF_EXCLUSIVE,
    CONF_FROM,
    CONF_HAND_HOLD,
    CONF_KIND,
    CONF_LAST_RESORT,
    CONF_LOAD_ID,
    CONF_LOADS,
    CONF_LONGEST_OFF,
    CONF_MAINS_V,
    CONF_MAXIMUM,
    CONF_MAXIMUM_VA,
    CONF_MINIMUM,
    CONF_MINIMUM_OFF,
    CONF_MINIMUM_ON,
    CONF_NAME,
    CONF_PHASE,
    CONF_PHASES,
    CONF_POWER_FACTOR,
    CONF_POWER_SENSOR,
    CONF_POWER_SOURCE,
    CONF_PROFILE,
    CONF_PROTECTED,
    CONF_RANDOM_AFTER,
    CONF_RANK,
    CONF_ROTATION,
    CONF_STEP,
    CONF_STOP,
    CONF_STRATEGY,
    CONF_STRICT_ORDER,
    CONF_THRESHOLD_KIND,
    CONF_THRESHOLD_VALUE,
    CONF_TO,
    CONF_TRIP_LIMIT,
    CONF_TURN_DOWN,
    CONF_VA_PER_UNIT,
    CONF_WAY_OFF,
    DEFAULT_ADJUSTMENT,
    DEFAULT_CONTRACT_DELAY,
    DEFAULT_HAND_HOLD,
    DEFAULT_LONGEST_OFF,
    DEFAULT_MAINS_V,
    DEFAULT_MINIMUM_OFF,
    DEFAULT_MINIMUM_ON,
    DEFAULT_POWER_FACTOR,
    DEFAULT_PROFILE,
    DEFAULT_RANK,
    DEFAULT_ROTATION,
    DEFAULT_STRATEGY,
    DEFAULT_TRIP_LIMIT,
    PHASE_ALL,
    PHASE_UNKNOWN,
    POWER_DECLARED,
    POWER_LEARNED,
    POWER_MEASURED,
    SUBENTRY_COORDINATOR,
    THRESHOLD_A,
    THRESHOLD_CONTRACT,
)
from .offload.model import (
    Appliance,
    Circuit,
    CoordinatorSettings,
    LoadSettings,
    Profile,
    Settings,
    StrategyName,
    TurnDown,
)


class WayOffKind(StrEnum):
    """How a load is taken off, where a person does not want what suits its kind (design §5)."""

    OFF = "off"  # plainly off; for a number that only sets a current, the value names the switch that stops it
    PRESET = "preset"
    SETPOINT = "setpoint"  # degrees, in the unit of the home
    OPTION = "option"  # of a select, or an operation mode of a water heater
    LEVEL = "level"  # % of a lamp or a fan, a value of a number, degrees by which a thermostat goes down


@dataclass(frozen=True, slots=True)
class WayOff:
    """A way off chosen by a person."""

    kind: WayOffKind
    value: str | float | None = None

    @classmethod
    def read(cls, data: Mapping[str, Any] | None) -> Self | None:
        """From the data of a load, or from the journal; None where the default way is taken."""
        return None if data is None else cls(WayOffKind(data["kind"]), data.get("value"))


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadConfig:
    """Where a load is found in Home Assistant, and how it is taken off.

    ``entity``, ``power_sensor`` and ``climate`` are registry ids, or entity ids where there is no registry entry.
    ``power_factor`` turns the watts of the sensor into VA; ``phase_count``: the phases of the mains that it draws from.
    """

    load_id: str
    name: str
    entity: str
    power_sensor: str | None = None
    power_factor: float = DEFAULT_POWER_FACTOR
    phase_count: int = 1
    way_off: WayOff | None = None
    climate: str | None = None

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """From the journal; what an older one did not hold has its default."""
        return cls(**{**data, "way_off": WayOff.read(data.get("way_off"))})


def arbiter_settings(options: Mapping[str, Any], phase_count: int | None = None) -> Settings:
    """The options of an entry, whose meter has ``phase_count`` phases; unknown is one."""
    breaker_a = options.get(CONF_BRANCH_BREAKER)
    return Settings(
        profile=Profile(options.get(CONF_PROFILE, DEFAULT_PROFILE)),
        adjustment_percent=float(options.get(CONF_ADJUSTMENT, DEFAULT_ADJUSTMENT)),
        contract_delay_s=float(options.get(CONF_CONTRACT_DELAY, DEFAULT_CONTRACT_DELAY)),
        hand_hold_s=60.0 * float(options.get(CONF_HAND_HOLD, DEFAULT_HAND_HOLD)),
        trip_limit=float(options.get(CONF_TRIP_LIMIT, DEFAULT_TRIP_LIMIT)),
        strict_order=bool(options.get(CONF_STRICT_ORDER)),
        fixed_threshold_va=fixed_threshold_va(options, phase_count),
        branch_breaker_a=None if breaker_a is None else float(breaker_a),
        mains_v=mains_v(options),
        circuits=tuple(
            Circuit(
                circuit_id=row[CONF_CIRCUIT_ID],
                name=row[CONF_NAME],
                maximum_va=float(row[CONF_MAXIMUM_VA]),
                load_ids=frozenset(row[CONF_LOADS]),
            )
            for row in options.get(CONF_CIRCUITS, ())
        ),
        exclusive=tuple(frozenset(row) for row in options.get(CONF_EXCLUSIVE, ())),
    )


def mains_v(options: Mapping[str, Any]) -> float:
    """The voltage that turns amperes into VA."""
    return float(options.get(CONF_MAINS_V, DEFAULT_MAINS_V))


def fixed_threshold_va(options: Mapping[str, Any], phase_count: int | None) -> float | None:
    """The threshold of the whole house instead of the contract, VA; None to take the contract.

    A limit in W counts as the same figure in VA: a house never draws more watts than VA, so that it is held whatever
    the power factor. One in A is what each phase may carry, so that VA = A × mains voltage × phases.
    """
    kind, value = options.get(CONF_THRESHOLD_KIND, THRESHOLD_CONTRACT), options.get(CONF_THRESHOLD_VALUE)
    if kind == THRESHOLD_CONTRACT or value is None:
        return None
    return float(value) * (mains_v(options) * (phase_count or 1) if kind == THRESHOLD_A else 1.0)


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
            rotation_s=float(subentry.data.get(CONF_ROTATION, DEFAULT_ROTATION)),
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
            phase_count=3 if load.get(CONF_PHASE) == PHASE_ALL and entry.data.get(CONF_PHASES) != 1 else 1,
            way_off=WayOff.read(load.get(CONF_WAY_OFF)),
            climate=load.get(CONF_CLIMATE),
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
        allowed=bool(load.get(CONF_ALLOWED, True)),
        longest_off_s=_maybe_s(load.get(CONF_LONGEST_OFF, DEFAULT_LONGEST_OFF)),
        random_after_s=float(load.get(CONF_RANDOM_AFTER, 0)),
        auto_on_s=_maybe_s(load.get(CONF_AUTO_ON)),
        auto_off_s=_maybe_s(load.get(CONF_AUTO_OFF)),
        appliance=Appliance(load.get(CONF_KIND, Appliance.OTHER)),
        cyclic=bool(load.get(CONF_CYCLIC, True)),
        last_resort=bool(load.get(CONF_LAST_RESORT)),
        protected=tuple((_minute(row[CONF_FROM]), _minute(row[CONF_TO])) for row in load.get(CONF_PROTECTED, ())),
        contactor=bool(load.get(CONF_CONTACTOR)),
        turn_down=turn_down_of(load.get(CONF_TURN_DOWN)),
    )


def _minute(time: str) -> int:
    """The minute of the day of a time such as 06:30:00."""
    hours, minutes, *_ = time.split(":")
    return 60 * int(hours) + int(minutes)


def turn_down_of(data: Mapping[str, Any] | None) -> TurnDown | None:
    """How far a load may be turned down, from its data; None where it is only switched off and on."""
    if data is None:
        return None
    return TurnDown(
        minimum=float(data[CONF_MINIMUM]),
        maximum=float(data[CONF_MAXIMUM]),
        stop=data.get(CONF_STOP),
        step=float(data.get(CONF_STEP) or 1),
        va_per_unit=data.get(CONF_VA_PER_UNIT),
    )


def _maybe_s(seconds: float | None) -> float | None:
    """Seconds; nothing and 0 mean that there is no such time."""
    return float(seconds) if seconds else None


def _phases(phase: str, phase_count: int | None) -> tuple[int, ...]:
    if phase_count == 1:
        return (1,)
    if phase == PHASE_ALL:
        return (1, 2, 3)
    return () if phase == PHASE_UNKNOWN else (int(phase),)
