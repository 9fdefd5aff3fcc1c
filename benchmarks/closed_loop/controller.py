"""What every controller of the benchmark is told, and what it may answer: the one door between plant and rule.

Times are seconds since midnight of the first day (floats, never falling); powers are VA of import.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, NamedTuple, Self


class LoadKind(StrEnum):
    """What a controllable load is."""

    HEATER = "heater"  # a resistive heater with the thermostat of its room
    HEAT_PUMP = "heat_pump"  # as a heater, with a coefficient of performance
    TANK = "tank"  # a storage water heater, fed at off-peak hours
    CAR = "car"  # asks from its arrival until it has what it needs
    PROGRAM = "program"  # a cycle that waits where it was cut: dryer, dishwasher


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadFacts:
    """What a person tells of one load when it is set up. The order of the loads is the one in which they may go.

    ``phases`` is empty where the person does not know; in a three-phase house a single number is one phase, (1, 2, 3)
    a three-phase appliance. ``declared_va`` is what the person typed in, None where nothing was.
    ``nameplate_va`` is what stands on the appliance: for rules that cannot work without a power of each load.
    ``measured``: the plug has a power sensor. ``has_room``: `Controller.room` tells about it.
    """

    load_id: str
    kind: LoadKind
    phases: tuple[int, ...]
    nameplate_va: float
    declared_va: float | None
    measured: bool
    has_room: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseFacts:
    """What a person or the meter tells of the house. Powers are totals over the phases (PREF and PCOUP).

    ``historic``: the meter speaks historic mode, so it does not tell that it is open.
    """

    phases: int
    contract_va: float
    cutoff_va: float
    historic: bool
    loads: tuple[LoadFacts, ...]

    @property
    def contract_share_va(self) -> float:
        """The contract on one phase."""
        return self.contract_va / self.phases

    @property
    def cutoff_share_va(self) -> float:
        """The cut-off power on one phase."""
        return self.cutoff_va / self.phases


class Sample(NamedTuple):
    """A value of the meter: the import of each phase in whole VA, in tens in historic mode, 0 while the meter is open.

    ``over_reference`` is the meter's own word (STGE bit 7, ADPS). ``opened``: the breaking device is open; None in
    historic mode, which does not tell. ``hour``: local hour, 0–23. ``maxima``: SMAXSN of each phase, the highest state
    of the meter's own filter today, as (VA, seconds since then); None in historic mode, which has none.
    """

    phases_va: tuple[int, ...]
    over_reference: bool
    opened: bool | None
    hour: int
    maxima: tuple[tuple[int, float], ...] | None = None


class Order(NamedTuple):
    """Switch the plug of a load on or off. It arrives after the plug's latency, or never."""

    load_id: str
    on: bool


type Orders = Sequence[Order]


class Controller(ABC):
    """A rule that decides which plugs are off. Every door returns the orders that it gives in answer.

    The plant reports every plug once before the first sample and again after each `restart`. `tick` is called at
    `next_at`, which may be changed by any door; None asks for nothing. An order for a plug that is in the wanted
    position already moves nothing and is not counted as a switch.
    """

    name: ClassVar[str]
    listens: ClassVar[bool] = True  # False: the plant spares itself every call
    next_at: float | None = None

    def __init__(self, facts: HouseFacts) -> None:
        self.facts = facts

    @abstractmethod
    def sample(self, sample: Sample, now: float) -> Orders:
        """A value of the meter has arrived."""

    def plug(self, load_id: str, on: bool | None, power_va: float | None, now: float) -> Orders:
        """A plug tells its position or its power. ``on`` is None while it cannot be reached.

        ``power_va`` is the last report of its power sensor, None without one.
        """
        return ()

    def room(self, load_id: str, temperature_c: float, target_c: float, asks: bool, now: float) -> Orders:
        """The thermostat of a load with ``has_room`` tells, once a minute, its temperature, target and demand."""
        return ()

    def tick(self, now: float) -> Orders:
        """`next_at` has come."""
        return ()

    def restart(self, now: float) -> Self:
        """A new controller from what this one keeps on disk; by default it keeps nothing."""
        return type(self)(self.facts)
