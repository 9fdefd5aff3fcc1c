"""What the rules share: the lines of a house that they watch, and what they know of its plugs.

None of them but two knows phases. So that they are not beaten by that alone, a house with three phases is wired for
them as a careful owner would: one instance of the rule a phase, each with the loads of its phase. Where the owner does
not know the phases of the loads, one instance watches the highest phase.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from benchmarks.closed_loop.controller import HouseFacts, LoadFacts, Order, Orders, Sample

DRAWING_VA: Final = 100.0
"""A load whose sensor tells less counts as off: reference-systems.md §4.1."""
_LARGEST_SINGLE_VA: Final = 3700.0
"""16 A: of an appliance above it everybody knows that it hangs on three phases."""


class Wired(NamedTuple):
    """A load as one line sees it: ``share`` of its power is on that line, ``phases`` (0…) are those it may be on."""

    facts: LoadFacts
    share: float
    phases: tuple[int, ...]

    @property
    def load_id(self) -> str:
        """Stable name of the load."""
        return self.facts.load_id

    @property
    def typed_va(self) -> float:
        """Power that its owner typed in, VA a phase: what was declared, else what stands on the appliance."""
        facts = self.facts
        return (facts.nameplate_va if facts.declared_va is None else facts.declared_va) * self.share


@dataclass(frozen=True, slots=True)
class Line:
    """What one instance of a rule watches: the highest of some phases (0…), its limit, and the loads behind it."""

    phases: tuple[int, ...]
    limit_va: float
    loads: tuple[Wired, ...]

    def power_va(self, sample: Sample) -> float:
        """Import of the highest of its phases."""
        return float(max(sample.phases_va[phase] for phase in self.phases))


def wire(load: LoadFacts, house: HouseFacts) -> Wired:
    """Tell how a load hangs in a house, as far as its owner knows."""
    if load.phases:
        return Wired(load, 1 / len(load.phases), tuple(phase - 1 for phase in load.phases))
    split = house.phases > 1 and load.nameplate_va > _LARGEST_SINGLE_VA
    return Wired(load, 1 / house.phases if split else 1.0, tuple(range(house.phases)))


def lines_of(house: HouseFacts) -> list[Line]:
    """Return the lines of a house: one a phase, or a single one where the phase of any load is unknown."""
    loads = tuple(wire(load, house) for load in house.loads)
    if not all(load.facts.phases for load in loads):
        return [Line(tuple(range(house.phases)), house.contract_share_va, loads)]
    return [
        Line((phase,), house.contract_share_va, tuple(load for load in loads if phase in load.phases))
        for phase in range(house.phases)
    ]


class Plugs:
    """The last report of each plug, and the last order to it."""

    def __init__(self) -> None:
        self._on: dict[str, bool | None] = {}
        self._power_va: dict[str, float | None] = {}
        self._wanted: dict[str, bool] = {}

    def note(self, load_id: str, on: bool | None, power_va: float | None) -> Orders:
        """Take a report. A plug back from a dark house gets the order again that it missed meanwhile."""
        returned = on is not None and self._on.get(load_id, on) is None
        self._on[load_id] = on
        self._power_va[load_id] = power_va
        missed = returned and self._wanted.get(load_id, on) is not on
        return (Order(load_id, self._wanted[load_id]),) if missed else ()

    def order(self, load_id: str, *, on: bool) -> Order:
        """Make an order and remember it."""
        self._wanted[load_id] = on
        return Order(load_id, on)

    def is_on(self, load: Wired) -> bool:
        """Tell whether a plug said last that it is on."""
        return self._on.get(load.load_id) is True

    def is_held(self, load: Wired) -> bool:
        """Tell whether the last order to a plug was to be off: this line or another one has its load."""
        return self._wanted.get(load.load_id) is False

    def draws(self, load: Wired) -> bool:
        """Tell whether a plug is on and, where it measures, its load draws."""
        power = self._power_va.get(load.load_id)
        return self.is_on(load) and (power is None or power >= DRAWING_VA)

    def measured_va(self, load: Wired) -> float | None:
        """Power that a plug measures, VA a phase; None without a sensor."""
        power = self._power_va.get(load.load_id)
        return None if power is None else power * load.share

    def known_va(self, load: Wired) -> float:
        """Power of a load that draws, VA a phase: measured, else as typed in."""
        power = self.measured_va(load)
        return load.typed_va if power is None else power


def first_drawing(loads: Sequence[Wired], plugs: Plugs) -> Wired | None:
    """Return the first load that draws and that nobody holds."""
    return next((load for load in loads if plugs.draws(load) and not plugs.is_held(load)), None)
