"""From room to return: how long a cut load had room before it came back, and which part of that was a delay.

Room: the house is lit, and on each of its phases the power of the load and max(200 VA, 3 %) more stay below the
contract. All of it is reckoned from what the house did, nothing from what a controller thought of it. The minimum time
off is never counted. Seconds in which a wait is due by the rule of the returns itself are told apart by what they were
for (`Delay`), so that both figures can be shown: the whole wait, and what is left of it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from benchmarks.closed_loop.day import Day, Move
from benchmarks.closed_loop.episodes import Episode, phases_of, relapsed
from benchmarks.closed_loop.outlet import Outlet
from benchmarks.closed_loop.plant import DARK_S

ROOM_VA: Final = 200.0
ROOM_SHARE: Final = 0.03
RESERVED_AFTER_S: Final = 600.0
REPLAYED_S: Final = 120
_LEAST_BACK_OFF_S: Final = 60.0
_LONGEST_BACK_OFF_S: Final = 3600.0
_STEADY_S: Final = 1800


class Delay(StrEnum):
    """What a load with room waits for by the rule of its controller; of two at one second the first counts."""

    BACK_OFF = "back-off after a relapse"
    TOLD_POWER = "room for the power that its owner told"
    RESERVED = "room kept for a larger load"
    REPLAY = "the last two minutes with it on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Times of one load, s: at least off, at most off (None: no limit)."""

    minimum_off_s: float
    longest_off_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Room for a cut load without a break, until it returned (``returned``) or the time was over.

    ``seconds``: how long there had been room, its minimum time off aside. ``aside_s``: the part of it that was a delay.
    """

    load_id: str
    seconds: float
    returned: bool
    aside_s: Mapping[Delay, float]

    @property
    def idle_s(self) -> float:
        """What is left beside the delays: nothing spoke against a return."""
        return self.seconds - sum(self.aside_s.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Away:
    """A load that is off from second ``since`` until before ``until``; ``free_at``: its back-off is over."""

    outlet: Outlet
    times: Times
    since: int
    until: int
    returned: bool
    free_at: float


def waits_of(
    day: Day, times: Mapping[str, Times], episodes: Sequence[Episode], delays: Collection[Delay] = ()
) -> list[Wait]:
    """Return how long each cut load had room before it came back; ``delays``: those that the controller keeps."""
    house = _House(day, sorted(_away(day, times, episodes), key=lambda one: (one.until, one.since)), delays)
    return house.waits()


def _away(day: Day, times: Mapping[str, Times], episodes: Sequence[Episode]) -> Iterator[_Away]:
    """Tell each time that a load was off."""
    phases = phases_of(day)
    for outlet in day.outlets:
        load_id, own = outlet.spec.load_id, times[outlet.spec.load_id]
        moves = [move for move in day.moves if move.load_id == load_id]
        relapses = 0
        back: Move | None = None
        for cut, end in pairwise([*moves, None]):
            if cut is None or cut.on:
                back = cut
                continue
            if back is not None and relapsed(back, phases, [cut], episodes):
                relapses += 1
            elif back is None or cut.second - back.second >= _STEADY_S:
                relapses = 0
            back_off_s = max(own.minimum_off_s, _LEAST_BACK_OFF_S) * 2.0**relapses if relapses else 0.0
            yield _Away(
                outlet=outlet,
                times=own,
                since=cut.second,
                until=day.household.seconds if end is None else end.second,
                returned=end is not None,
                free_at=cut.second + min(back_off_s, _LONGEST_BACK_OFF_S),
            )


class _House:
    """The powers of a day, asked for room."""

    def __init__(self, day: Day, away: Sequence[_Away], delays: Collection[Delay]) -> None:
        share = day.household.facts.contract_share_va
        self._day = day
        self._away = away
        self._delays = [delay for delay in Delay if delay in delays]
        self._limit = share - max(ROOM_VA, ROOM_SHARE * share)
        self._lacking: dict[tuple[str, int], int] = {}

    def waits(self) -> list[Wait]:
        """Count for each load the seconds in which there was room, and tell its delays apart."""
        found: list[Wait] = []
        for away in self._away:
            begins = self._room_from(away)
            aside: dict[Delay, float] = {}
            rivals = [one for one in self._away if _are_rivals(away, one, begins)] if begins < away.until else []
            for second in range(begins, away.until):
                delay = next((one for one in self._delays if self._keeps(one, away, rivals, second)), None)
                if delay is not None:
                    aside[delay] = aside.get(delay, 0.0) + 1.0
            found.append(
                Wait(
                    load_id=away.outlet.spec.load_id,
                    seconds=float(away.until - begins),
                    returned=away.returned,
                    aside_s=aside,
                )
            )
        return found

    def _room_from(self, away: _Away) -> int:
        """Since when there was room without a break, none before the minimum time off was over or the house lit."""
        lit_from = max((trip.second + 1 + DARK_S for trip in self._day.trips if trip.second < away.until), default=0)
        earliest = max(away.since + away.times.minimum_off_s, lit_from)
        begins = away.until
        while begins > earliest and self._fits(away.outlet, begins - 1):
            begins -= 1
        return begins

    def _fits(self, outlet: Outlet, second: int, beside_va: Mapping[int, float] | None = None) -> bool:
        """There is room for a load in this second, and for so much more by phase."""
        more = beside_va or {}
        return all(
            self._day.import_va[phase][second] + outlet.phase_va + more.get(phase, 0.0) <= self._limit
            for phase in outlet.phases
        )

    def _keeps(self, delay: Delay, away: _Away, rivals: Sequence[_Away], second: int) -> bool:
        """Tell whether a delay holds the load back in this second."""
        match delay:
            case Delay.BACK_OFF:
                return second < away.free_at
            case Delay.TOLD_POWER:
                return not self._fits(away.outlet, second, _told_more_va(away.outlet))
            case Delay.RESERVED:
                return any(self._is_kept_for(one, away.outlet, second) for one in rivals)
            case Delay.REPLAY:
                return not self._bears(away.outlet, second)

    def _lacks_from(self, away: _Away) -> int:
        """The first second in which there was no room for a cut load."""
        key = away.outlet.spec.load_id, away.since
        if key not in self._lacking:
            seconds = range(away.since, away.until)
            self._lacking[key] = next((one for one in seconds if not self._fits(away.outlet, one)), away.until)
        return self._lacking[key]

    def _is_kept_for(self, larger: _Away, outlet: Outlet, second: int) -> bool:
        """Room is kept for a load that was passed over for ten minutes, or half its longest time off; then in turns."""
        if not larger.since <= second < larger.until or self._fits(larger.outlet, second):
            return False
        longest = larger.times.longest_off_s
        passed_s = RESERVED_AFTER_S if longest is None else min(RESERVED_AFTER_S, longest / 2)
        if (second - self._lacks_from(larger)) % (2 * passed_s) < passed_s:
            return False
        return not self._fits(outlet, second, dict.fromkeys(larger.outlet.phases, larger.outlet.phase_va))

    def _bears(self, outlet: Outlet, second: int) -> bool:
        """There would have been room with what nobody can cut as in the last two minutes, all else as now."""
        since = max(0, second - REPLAYED_S)
        for phase in outlet.phases:
            base = self._day.household.base[phase]
            rest = self._day.import_va[phase][second] - base[second]
            if max(base[since : second + 1]) + rest + outlet.phase_va > self._limit:
                return False
        return True


def _told_more_va(outlet: Outlet) -> dict[int, float]:
    """By how much a load without a sensor was declared larger than it is, VA by phase."""
    facts = outlet.spec.facts
    if facts.measured or facts.declared_va is None:
        return {}
    return dict.fromkeys(outlet.phases, max(0.0, facts.declared_va - outlet.spec.va) / len(outlet.phases))


def _are_rivals(away: _Away, other: _Away, begins: int) -> bool:
    """Tell whether another load is off while this one has room, and hangs on one of the same phases."""
    meanwhile = other.since < away.until and other.until > begins
    return meanwhile and other is not away and not set(away.outlet.phases).isdisjoint(other.outlet.phases)
