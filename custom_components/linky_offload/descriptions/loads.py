"""The sensors of a load and of an offload coordinator, read from what the arbiter says of them."""

from collections.abc import Callable
from dataclasses import dataclass

from homeassistant.components.sensor import SensorDeviceClass, SensorEntityDescription, SensorStateClass
from homeassistant.const import EntityCategory, UnitOfApparentPower, UnitOfRatio, UnitOfTemperature, UnitOfTime
from homeassistant.helpers.typing import StateType

from ..figures import shown_percent, whole
from ..offload import LoadReport, LoadStatus, Reason, Report
from ..pace import Kind

VOLT_AMPERE_HOUR = "VAh"
DEGREE_HOUR = "°C·h"

# "unavailable" is a word of Home Assistant for the entity itself, which goes on telling about an unavailable load.
UNREACHABLE = "unreachable"
LOAD_STATES = [UNREACHABLE if status is LoadStatus.UNAVAILABLE else str(status) for status in LoadStatus]

AWAY = frozenset({LoadStatus.OFFLOADED, LoadStatus.TURNED_DOWN})
"""Off or turned down by us."""

ALL_PHASES = "all"
LEARNED_PHASES = ["1", "2", "3", ALL_PHASES]


@dataclass(frozen=True, kw_only=True)
class LoadSensorDescription(SensorEntityDescription):
    """A sensor of a load."""

    pace: Kind
    value_fn: Callable[[LoadReport], StateType]


@dataclass(frozen=True, kw_only=True)
class CoordinatorSensorDescription(SensorEntityDescription):
    """A sensor of an offload coordinator, by the coordinator's id. ``load``: the value is a load id, shown by name."""

    pace: Kind
    value_fn: Callable[[Report, str], StateType]
    load: bool = False


def _status(report: LoadReport) -> str:
    return UNREACHABLE if report.status is LoadStatus.UNAVAILABLE else str(report.status)


def _learned_phase(report: LoadReport) -> str | None:
    match report.learned_phases:
        case ():
            return None
        case (phase,):
            return str(phase)
        case _:
            return ALL_PHASES


LOAD_SENSORS: tuple[LoadSensorDescription, ...] = (
    LoadSensorDescription(
        key="status",
        translation_key="load_status",
        device_class=SensorDeviceClass.ENUM,
        options=LOAD_STATES,
        pace=Kind.AT_ONCE,
        value_fn=_status,
    ),
    LoadSensorDescription(
        key="reason",
        translation_key="load_reason",
        device_class=SensorDeviceClass.ENUM,
        options=[str(reason) for reason in Reason],
        pace=Kind.AT_ONCE,
        value_fn=lambda report: str(report.reason),
    ),
    LoadSensorDescription(
        key="power",
        translation_key="load_power",
        device_class=SensorDeviceClass.APPARENT_POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfApparentPower.VOLT_AMPERE,
        suggested_display_precision=0,
        pace=Kind.POWER,
        value_fn=lambda report: whole(report.power_va),
    ),
    LoadSensorDescription(
        key="off_today",
        translation_key="off_today",
        device_class=SensorDeviceClass.DURATION,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_unit_of_measurement=UnitOfTime.MINUTES,
        suggested_display_precision=0,
        pace=Kind.INDEX,
        value_fn=lambda report: whole(report.off_today_s),
    ),
    LoadSensorDescription(
        key="withheld_today",
        translation_key="withheld_today",
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=VOLT_AMPERE_HOUR,
        suggested_display_precision=0,
        pace=Kind.INDEX,
        value_fn=lambda report: round(report.withheld_vah, 1),
    ),
    LoadSensorDescription(
        key="switches_today",
        translation_key="switches_today",
        state_class=SensorStateClass.TOTAL_INCREASING,
        pace=Kind.TEXT,
        value_fn=lambda report: report.switches_today,
    ),
    LoadSensorDescription(
        key="degree_hours_today",
        translation_key="degree_hours_today",
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=DEGREE_HOUR,
        suggested_display_precision=1,
        entity_registry_enabled_default=False,
        pace=Kind.INDEX,
        value_fn=lambda report: round(report.degree_hours, 2),
    ),
    LoadSensorDescription(
        key="cut_rank",
        translation_key="cut_rank",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        pace=Kind.VALUE,
        value_fn=lambda report: report.rank,
    ),
    LoadSensorDescription(
        key="gap",
        translation_key="gap",
        device_class=SensorDeviceClass.TEMPERATURE_DELTA,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfTemperature.KELVIN,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        pace=Kind.VALUE,
        value_fn=lambda report: None if report.gap_k is None else round(report.gap_k, 1),
    ),
    LoadSensorDescription(
        key="learned_power",
        translation_key="learned_power",
        device_class=SensorDeviceClass.APPARENT_POWER,
        native_unit_of_measurement=UnitOfApparentPower.VOLT_AMPERE,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
        pace=Kind.TEXT,
        value_fn=lambda report: whole(report.learned_va),
    ),
    LoadSensorDescription(
        key="learned_confidence",
        translation_key="learned_confidence",
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        pace=Kind.TEXT,
        value_fn=lambda report: None if report.learned_va is None else shown_percent(report.confidence),
    ),
    LoadSensorDescription(
        key="learned_phase",
        translation_key="learned_phase",
        device_class=SensorDeviceClass.ENUM,
        options=LEARNED_PHASES,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        pace=Kind.TEXT,
        value_fn=_learned_phase,
    ),
)


COORDINATOR_SENSORS: tuple[CoordinatorSensorDescription, ...] = (
    CoordinatorSensorDescription(
        key="offloaded_power",
        translation_key="offloaded_power",
        device_class=SensorDeviceClass.APPARENT_POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfApparentPower.VOLT_AMPERE,
        suggested_display_precision=0,
        pace=Kind.AT_ONCE,
        value_fn=lambda report, coordinator_id: whole(report.offloaded_va.get(coordinator_id)),
    ),
    CoordinatorSensorDescription(
        key="next_load",
        translation_key="next_load",
        pace=Kind.AT_ONCE,
        value_fn=lambda report, coordinator_id: report.next_load.get(coordinator_id),
        load=True,
    ),
    CoordinatorSensorDescription(
        key="fairness",
        translation_key="fairness",
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        entity_category=EntityCategory.DIAGNOSTIC,
        pace=Kind.INDEX,
        value_fn=lambda report, coordinator_id: shown_percent(report.fairness.get(coordinator_id)),
    ),
)
