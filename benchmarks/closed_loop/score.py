"""What a run is worth: trips, time above the contract, what was withheld, discomfort, switches, fairness, returns."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
import math
from typing import Final

from benchmarks.closed_loop.conditions import Conditions
from benchmarks.closed_loop.day import Day, Trip
from benchmarks.closed_loop.episodes import episodes_of, relapses_of, returns_of
from benchmarks.closed_loop.ours import preset_of
from benchmarks.closed_loop.waits import Delay, Times, Wait, waits_of

PANIC_NEAR_S: Final = 60
AVOIDABLE_RATIO: Final = 1.3
DEMANDING_SHARE: Final = 0.1
SLOWEST_PLUG_S: Final = 3.0
SOURCE_LAG_S: Final = 2.0
"""From the end of the second that a sample shows to the sample: one second of transfer, up to one of measure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The figures of one run.

    Energies are VAh, discomfort degree-hours in excess of the same seed without a limit (a room that fares better
    counts 0). ``late``: episodes above the contract, enough cuttable load being on, that lasted longer than the delay
    plus one cadence, the source's lag and the slowest plug. ``withheld``: withheld ÷ demanded time of each load that
    demanded at least a tenth of the time, by phase (0…): only loads of one phase can take turns. ``waits``: from
    room to return, see `waits_of`, of each return; ``overlong``: the waits that lasted longer than the load may be off
    at most, returned or not.
    """

    days: float
    trips: int
    avoidable: int
    over_s: int
    episodes: int
    late: int
    unserved_vah: float
    degree_hours: float
    worst_room_kh: float
    switches: int
    most_switches: int
    withheld: Mapping[int, Mapping[str, float]]
    returns: int
    relapses: int
    waits: tuple[Wait, ...]
    overlong: int
    still_off: int

    @property
    def unavoidable(self) -> int:
        """Trips that nobody could have avoided."""
        return self.trips - self.avoidable


def score(
    day: Day,
    conditions: Conditions,
    *,
    delay_s: float,
    comfort_kh: Mapping[str, float],
    panic: Sequence[Trip],
    delays: Collection[Delay] = (),
) -> Score:
    """Judge a run.

    ``delay_s``: how long the controller may stay above the contract. ``comfort_kh``: degree-hours by room of the same
    seed without a limit. ``panic``: the trips of the same seed and conditions under panic. ``delays``: those that the
    controller keeps before a return.
    """
    episodes = episodes_of(day)
    judged = [episode for episode in episodes if episode.cuttable]
    longest_s = delay_s + conditions.cadence_s + SOURCE_LAG_S + SLOWEST_PLUG_S
    excess = [max(0.0, day.deficit_kh[room] - comfort_kh[room]) for room in day.deficit_kh]
    moved = [move.load_id for move in day.moves]
    demanding = DEMANDING_SHARE * day.household.seconds
    presets = {load.load_id: preset_of(load.facts.kind) for load in day.household.loads}
    times = {
        load_id: Times(minimum_off_s=preset.minimum_off_s, longest_off_s=preset.longest_off_s)
        for load_id, preset in presets.items()
    }
    waits = waits_of(day, times, episodes, delays)
    return Score(
        days=day.household.seconds / 86_400,
        trips=len(day.trips),
        avoidable=sum(1 for trip in day.trips if is_avoidable(day, trip, panic)),
        over_s=sum(episode.seconds for episode in episodes),
        episodes=len(judged),
        late=sum(1 for episode in judged if episode.seconds > longest_s),
        unserved_vah=sum(outlet.unserved_vah for outlet in day.outlets),
        degree_hours=sum(excess),
        worst_room_kh=max(excess, default=0.0),
        switches=len(moved),
        most_switches=max((moved.count(load_id) for load_id in set(moved)), default=0),
        withheld={
            phase: {
                outlet.spec.load_id: outlet.withheld_s / outlet.demanded_s
                for outlet in day.outlets
                if phase in outlet.phases and outlet.demanded_s >= demanding
            }
            for phase in range(day.household.phases)
        },
        returns=len(returns_of(day)),
        relapses=relapses_of(day, episodes),
        waits=tuple(wait for wait in waits if wait.returned),
        overlong=sum(1 for wait in waits if wait.seconds > (presets[wait.load_id].longest_off_s or math.inf)),
        still_off=sum(1 for outlet in day.outlets if not outlet.on),
    )


def is_avoidable(day: Day, trip: Trip, panic: Sequence[Trip]) -> bool:
    """Tell whether a trip is the controller's fault.

    It is not when panic trips within 60 s of it, except when the last rise above 1.3 × PCOUP came from a return.
    """
    if _risen_by_return(day, trip):
        return True
    return not any(abs(other.second - trip.second) <= PANIC_NEAR_S for other in panic)


def _risen_by_return(day: Day, trip: Trip) -> bool:
    seen = day.import_va[trip.phase]
    limit = AVOIDABLE_RATIO * day.household.facts.cutoff_share_va
    rise = trip.second
    while rise > 0 and seen[rise - 1] > limit:
        rise -= 1
    phases = {outlet.spec.load_id: outlet.phases for outlet in day.outlets}
    return any(move.on and move.second == rise and trip.phase in phases[move.load_id] for move in day.moves)


def jain(values: Sequence[float]) -> float | None:
    """Jain's index of fairness: 1 when all are equal, 1/n when one has it all; None for fewer than two values.

    Nothing withheld from anybody is fair.
    """
    if len(values) < 2:
        return None
    squares = sum(value * value for value in values)
    return 1.0 if squares == 0 else sum(values) ** 2 / (len(values) * squares)
