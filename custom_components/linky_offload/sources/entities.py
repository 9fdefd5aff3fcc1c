"""Power sensors that Home Assistant already has, read as if they were the meter."""

from collections.abc import Collection
from dataclasses import dataclass, replace
import math
from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    EventStateReportedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import (
    async_track_entity_registry_updated_event,
    async_track_state_change_event,
    async_track_state_report_event,
)

from ..const import CONF_CONTRACT_VA, CONF_ENTITIES, CONF_PHASES, CONF_POWER_FACTOR
from ..meter import Delivery, Quantity, Scalar
from ..tic import Group, Mode
from .feed import Ears, Feed, LinkError

CONF_POWER: Final = "power"  # entities, one a phase, or one for all of a single-phase home
CONF_CURRENT: Final = "current"  # the same, instead of powers
CONF_VOLTAGE: Final = "voltage"  # an entity, None: the given one
CONF_VOLTAGE_V: Final = "voltage_v"
CONF_EXPORT: Final = "export"  # an entity for all phases
CONF_SIGN: Final = "sign"

IMPORT_POSITIVE: Final = "import_positive"
IMPORT_NEGATIVE: Final = "import_negative"

DEFAULT_POWER_FACTOR: Final = 0.95
DEFAULT_VOLTAGE_V: Final = 230.0

_VA: Final = {"VA": 1.0, "kVA": 1000.0}
_W: Final = {"mW": 0.001, "W": 1.0, "kW": 1000.0, "MW": 1_000_000.0}
_A: Final = {"mA": 0.001, "A": 1.0}
_V: Final = {"mV": 0.001, "V": 1.0, "kV": 1000.0}

_LARGEST_VA: Final = 99_999
_LARGEST_A: Final = 999
_LARGEST_V: Final = 999


@dataclass(frozen=True, slots=True, kw_only=True)
class EntitiesSettings:
    """Which sensors tell what. Entities are ids of the registry, or entity ids of those that have none."""

    phases: int
    power: tuple[str, ...] = ()
    current: tuple[str, ...] = ()
    voltage: str | None = None
    voltage_v: float = DEFAULT_VOLTAGE_V
    export: str | None = None
    sign: str = IMPORT_POSITIVE
    power_factor: float = DEFAULT_POWER_FACTOR

    @classmethod
    def of(cls, data: dict[str, Any], phases: int) -> EntitiesSettings:
        """The settings that the forms stored."""
        return cls(
            phases=phases,
            power=tuple(data.get(CONF_POWER) or ()),
            current=tuple(data.get(CONF_CURRENT) or ()),
            voltage=data.get(CONF_VOLTAGE),
            voltage_v=data.get(CONF_VOLTAGE_V, DEFAULT_VOLTAGE_V),
            export=data.get(CONF_EXPORT),
            sign=data.get(CONF_SIGN, IMPORT_POSITIVE),
            power_factor=data.get(CONF_POWER_FACTOR, DEFAULT_POWER_FACTOR),
        )

    @property
    def vital(self) -> tuple[str, ...]:
        """The sensors without which the power is unknown."""
        return self.power or self.current

    @property
    def all(self) -> tuple[str, ...]:
        """Every sensor that is read."""
        return (*self.vital, *(entity for entity in (self.voltage, self.export) if entity is not None))


def number(state: State | None) -> float | None:
    """The finite number of a state; None for anything else."""
    if state is None or state.state in {STATE_UNAVAILABLE, STATE_UNKNOWN}:
        return None
    try:
        found = float(state.state)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def _in_unit(state: State | None, units: dict[str, float]) -> float | None:
    """The number of a state in the base unit of ``units``; None where it has another unit."""
    value = number(state)
    if state is None or value is None:
        return None
    factor = units.get(str(state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)))
    return None if factor is None else value * factor


def unit_of(state: State | None) -> str | None:
    """The unit of a state."""
    return None if state is None else state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)


def is_power(state: State | None) -> bool:
    """Whether a state is in VA or W."""
    return unit_of(state) in _VA or unit_of(state) in _W


def is_current(state: State | None) -> bool:
    """Whether a state is in A."""
    return unit_of(state) in _A


def is_voltage(state: State | None) -> bool:
    """Whether a state is in V."""
    return unit_of(state) in _V


@dataclass(frozen=True, slots=True)
class PhaseSample:
    """What the sensors tell of one phase, import positive: VA, and W, A and V where they are measured."""

    va: float
    active_w: float | None = None
    current_a: float | None = None
    voltage_v: float | None = None


def phase_sample(settings: EntitiesSettings, state: State | None, voltage: State | None) -> PhaseSample | None:
    """Read one phase; None while its sensor tells nothing that may be believed."""
    sign = -1.0 if settings.sign == IMPORT_NEGATIVE else 1.0
    volts = _in_unit(voltage, _V) if settings.voltage is not None else settings.voltage_v
    if settings.current:
        amperes = _in_unit(state, _A)
        if amperes is None or volts is None:
            return None
        return PhaseSample(sign * amperes * volts, current_a=abs(amperes), voltage_v=volts)
    if (va := _in_unit(state, _VA)) is not None:
        return PhaseSample(sign * va)
    if (watts := _in_unit(state, _W)) is not None:
        return PhaseSample(sign * watts / settings.power_factor, active_w=sign * watts)
    return None


def delivery(
    settings: EntitiesSettings, samples: dict[int, PhaseSample], told: Collection[int], export_va: float | None
) -> Delivery:
    """The labels of a meter that would tell the same. ``samples`` by phase, ``told``: those that were told just now.

    What a phase exports reads 0 on it, as on a Linky. ``export_va`` is None where nothing tells of an export.
    """
    groups: list[Group] = []
    for phase, sample in sorted(samples.items()):
        if phase not in told:
            continue  # as old as its last word
        if sample.current_a is not None and sample.voltage_v is not None:
            groups.append(_group(f"IRMS{phase}", sample.current_a, 3, _LARGEST_A))
            groups.append(_group(f"URMS{phase}", sample.voltage_v, 3, _LARGEST_V))
        if settings.phases > 1:
            groups.append(_group(f"SINSTS{phase}", max(0.0, sample.va), 5, _LARGEST_VA))
    measures: list[tuple[Quantity, Scalar]] = []
    if len(samples) == settings.phases:
        # On three phases the total is what is imported: a phase that exports takes from it.
        groups.append(_group("SINSTS", max(0.0, net_va(samples)), 5, _LARGEST_VA))
        if export_va is not None:
            groups.append(_group("SINSTI", export_va, 5, _LARGEST_VA))
        watts = [sample.active_w for sample in samples.values() if sample.active_w is not None]
        if len(watts) == len(samples):
            measures.append((Quantity.ACTIVE_POWER, round(sum(watts))))
    return Delivery(groups=tuple(groups), measures=tuple(measures), phases=settings.phases)


def net_va(samples: dict[int, PhaseSample]) -> float:
    """The sum of the phases, negative while the home exports."""
    return sum(sample.va for sample in samples.values())


def _group(label: str, value: float, width: int, largest: int) -> Group:
    return Group(label, f"{min(round(value), largest):0{width}}")


class EntitiesFeed(Feed):
    """Reads sensors at each of their reports, changed or not."""

    silent_text = "entities_silent"

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, ears: Ears) -> None:
        super().__init__(hass, entry, ears)
        self.settings = EntitiesSettings.of(entry.data[CONF_ENTITIES], entry.data[CONF_PHASES])
        self._reported: dict[str, float] = {}
        self._round = -math.inf
        self._gone: bool | None = None
        self._exports = False
        self._stop: list[CALLBACK_TYPE] = []

    @property
    @override
    def name(self) -> str:
        registry = er.async_get(self._hass)
        return ", ".join(er.async_resolve_entity_id(registry, entity) or entity for entity in self.settings.vital)

    @property
    @override
    def mode(self) -> Mode | None:
        return None

    @property
    @override
    def met(self) -> bool:
        # Sensors have no tariff, and their phases are known.
        return True

    @override
    async def async_open(self) -> None:
        """Entities may come later than we do: that is no error of ours."""

    @override
    def start(self) -> None:
        watched = [entity_id for entity in self.settings.all if (entity_id := self._entity_id(entity)) is not None]
        self._stop = [
            async_track_state_change_event(self._hass, watched, self._changed),
            async_track_state_report_event(self._hass, watched, self._same_again),
            async_track_entity_registry_updated_event(self._hass, watched, self._registered),
        ]
        self._tell_gone()

    @callback
    def _registered(self, event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        """An entity may have another name now."""
        for stop in self._stop:
            stop()
        self.start()

    @override
    async def async_close(self) -> None:
        while self._stop:
            self._stop.pop()()

    def _entity_id(self, entity: str) -> str | None:
        return er.async_resolve_entity_id(er.async_get(self._hass), entity)

    def _state(self, entity: str) -> State | None:
        entity_id = self._entity_id(entity)
        return None if entity_id is None else self._hass.states.get(entity_id)

    @callback
    def _changed(self, event: Event[EventStateChangedData]) -> None:
        self._heard(event.data["entity_id"])

    @callback
    def _same_again(self, event: Event[EventStateReportedData]) -> None:
        self._heard(event.data["entity_id"])

    @callback
    def _heard(self, entity_id: str) -> None:
        """One sensor reported: the source spoke once the slowest of those that matter has."""
        self._tell_gone()
        entity = next((entity for entity in self.settings.all if self._entity_id(entity) == entity_id), None)
        if entity is None or number(self._state(entity)) is None:
            return
        now = self._hass.loop.time()
        self._reported[entity] = now
        if self._gone:
            return
        oldest = min(self._reported.get(vital, -math.inf) for vital in self.settings.vital)
        live = oldest > self._round
        if live:
            self._round = now
        self._ears.on_delivery(self._delivery(self._phases_of(entity)), now, live)

    def _phases_of(self, entity: str) -> Collection[int]:
        """The phases that an entity tells of."""
        return {phase for phase, other in enumerate(self.settings.vital, 1) if other == entity}

    def _delivery(self, phases: Collection[int]) -> Delivery:
        voltage = self._state(self.settings.voltage) if self.settings.voltage is not None else None
        samples = {
            phase: sample
            for phase, entity in enumerate(self.settings.vital, 1)
            if (sample := phase_sample(self.settings, self._state(entity), voltage)) is not None
        }
        told = delivery(self.settings, samples, phases, self._export_of(samples))
        # No sensor tells the contract: it is the one that the person gave.
        contract_va = self._entry.data.get(CONF_CONTRACT_VA)
        if contract_va is None:
            return told
        return replace(told, measures=(*told.measures, (Quantity.CONTRACT_POWER, contract_va)))

    def _export_of(self, samples: dict[int, PhaseSample]) -> float | None:
        if self.settings.export is not None:
            return self._export_va(self._state(self.settings.export))
        net = net_va(samples)
        self._exports = self._exports or net < 0
        return max(0.0, -net) if self._exports else None

    def _export_va(self, state: State | None) -> float | None:
        va = _in_unit(state, _VA)
        if va is None and (watts := _in_unit(state, _W)) is not None:
            va = watts / self.settings.power_factor
        return None if va is None else abs(va)

    def _tell_gone(self) -> None:
        """A vital sensor that is gone, unavailable or unknown makes the power unknown, never 0."""
        gone = any(number(self._state(entity)) is None for entity in self.settings.vital)
        if gone is not self._gone:
            self._gone = gone
            self._ears.on_link(LinkError.ENTITIES if gone else None)
