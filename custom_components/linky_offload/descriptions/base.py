"""What an entity of the meter is made of: where its value comes from, when it exists, how often it is published."""

from collections.abc import Callable, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from homeassistant.components.binary_sensor import BinarySensorEntityDescription
from homeassistant.components.sensor import SensorEntityDescription
from homeassistant.helpers.typing import StateType

from ..meter import Banded, Derived, Quantity, Reading
from ..offload import Report
from ..pace import Kind
from ..runtime import LinkState, LinkyRuntime
from ..tic import Mode, ParityState, Stats

ATTR_UNCERTAINTY = "uncertainty"
ATTR_METER_INDEX = "meter_index"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything that a value of the meter's device may be read from, at one moment.

    ``met``: the meter has surely told what kind of tariff and output it has. ``wired``: it is read from a line.
    """

    reading: Reading | None
    report: Report
    link: LinkState
    stats: Stats
    parity: ParityState
    mode: Mode | None
    met: bool
    wired: bool
    seen: Set[Quantity]
    derived: Derived

    @classmethod
    def of(cls, runtime: LinkyRuntime, *, reading: Reading | None = None, report: Report | None = None) -> Self:
        """The present view of the runtime; ``reading`` and ``report`` when they came with an update."""
        return cls(
            reading=reading or runtime.reading,
            report=report or runtime.report,
            link=runtime.link,
            stats=runtime.decoder.stats,
            parity=runtime.decoder.parity,
            mode=runtime.connection.mode,
            met=runtime.connection.met,
            wired=runtime.connection.feed.wired,
            seen=runtime.quantities,
            derived=runtime.insight.derived,
        )

    def value(self, quantity: Quantity) -> StateType | datetime:
        """The value of a quantity, None while the meter does not tell it."""
        measured = self.reading.values.get(quantity) if self.reading else None
        return measured.value if measured else None

    def horodate(self, quantity: Quantity) -> datetime | None:
        """The meter's own time of a quantity, where it gives one."""
        measured = self.reading.values.get(quantity) if self.reading else None
        return measured.horodate if measured else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What names depend on: the number of phases, and the tariff as a slug (None when it has no known index names)."""

    phases: int | None
    tariff: str | None


def _never(view: View) -> bool:
    return False


@dataclass(frozen=True, kw_only=True)
class Told:
    """What sensors and binary sensors of the meter have in common.

    ``quantity``: the meaning that the entity stands for, None for what we derive. ``exists_fn``: it is time to create
    the entity; by default when the quantity has been seen, or at once for what is derived. ``enabled_fn``: enabled
    when first created, if the description alone does not tell. ``urgent_fn``: the pace's interval is lifted.
    ``name_fn``: the translation key, where it depends on the meter. ``without_link``: available even when the meter
    is silent.
    """

    pace: Kind
    quantity: Quantity | None = None
    exists_fn: Callable[[View], bool] | None = None
    enabled_fn: Callable[[View, Facts], bool] | None = None
    urgent_fn: Callable[[View], bool] = _never
    name_fn: Callable[[Facts], str] | None = None
    without_link: bool = False

    def exists(self, view: View) -> bool:
        """Tell whether the entity is to be created."""
        if self.quantity is None:
            return self.exists_fn is None or self.exists_fn(view)
        if not view.met:
            return False
        return self.quantity in view.seen if self.exists_fn is None else self.exists_fn(view)


@dataclass(frozen=True, kw_only=True)
class MeterSensorDescription(SensorEntityDescription, Told):
    """A sensor of the meter's device. ``dated``: it tells the meter's own time of the value as an attribute.

    ``kept``: an energy register, or a verdict on a past day: its last value stays true while the meter is silent
    and over a restart.
    ``attributes_fn``: figures that explain the value, never recorded; None when there are none now.
    """

    value_fn: Callable[[View], StateType | datetime]
    dated: bool = False
    kept: bool = False
    attributes_fn: Callable[[View], dict[str, StateType] | None] | None = None


@dataclass(frozen=True, kw_only=True)
class MeterBinarySensorDescription(BinarySensorEntityDescription, Told):
    """A binary sensor of the meter's device; ``attributes_fn`` gives figures that explain it, never recorded."""

    value_fn: Callable[[View], bool | None]
    attributes_fn: Callable[[View], dict[str, StateType]] | None = None


def reads(quantity: Quantity) -> Callable[[View], StateType | datetime]:
    """The value function of a quantity shown as it is."""
    return lambda view: view.value(quantity)


def chooses(quantity: Quantity, options: list[str]) -> Callable[[View], str | None]:
    """The value function of an enumeration: a slug out of ``options``, None for anything else."""

    def choose(view: View) -> str | None:
        value = view.value(quantity)
        return value if isinstance(value, str) and value in options else None

    return choose


def tells(quantity: Quantity) -> Callable[[View], bool | None]:
    """The value function of a yes or no."""

    def tell(view: View) -> bool | None:
        value = view.value(quantity)
        return value if isinstance(value, bool) else None

    return tell


def rounds(derive: Callable[[Derived], Banded | None]) -> Callable[[View], int | None]:
    """The value function of a derived figure, to the unit."""

    def value(view: View) -> int | None:
        figure = derive(view.derived)
        return None if figure is None else round(figure.value)

    return value


def doubts(derive: Callable[[Derived], Banded | None]) -> Callable[[View], dict[str, StateType] | None]:
    """The attribute that tells how far a derived figure may be off, in its unit."""

    def attribute(view: View) -> dict[str, StateType] | None:
        figure = derive(view.derived)
        return None if figure is None else {ATTR_UNCERTAINTY: round(figure.error)}

    return attribute


def by_phase(single: str, several: str) -> Callable[[Facts], str]:
    """Translation key of a value that a single-phase meter has once and a three-phase meter once a phase."""
    return lambda facts: single if facts.phases == 1 else several
