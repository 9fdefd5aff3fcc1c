"""What a run leaves behind, to be judged."""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.closed_loop.household import Household
from benchmarks.closed_loop.outlet import Outlet


@dataclass(frozen=True, slots=True)
class Trip:
    """The meter opened at the end of this second, because of this phase (0…)."""

    second: int
    phase: int


@dataclass(frozen=True, slots=True)
class Move:
    """A plug that moved by an order; the load draws, or no longer does, from this second on."""

    second: int
    load_id: str
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What a run left. ``import_va``: apparent power of each phase second by second, 0 while the house is dark.

    ``deficit_kh``: degree-hours below its target by room.
    """

    household: Household
    import_va: tuple[array[float], ...]
    trips: tuple[Trip, ...]
    moves: tuple[Move, ...]
    outlets: tuple[Outlet, ...]
    deficit_kh: Mapping[str, float]
    samples: int
