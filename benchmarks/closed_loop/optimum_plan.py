"""The plan of a whole day, window by window, each begun where the plant itself stands after the plan so far.

The plant runs with the plan so far. When its meter opens, a window begins `LEAD_MINUTES` before that; it is solved, the
plant lives through it, and its first part is kept. The plugs obey with their latency and the loads follow
their own thermostats, which the programme of a window only knows to the minute: where the plant trips all the same,
less is kept, or the window is solved again with more of the limit left alone. So the plant has proved every plan.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.closed_loop.conditions import Conditions
from benchmarks.closed_loop.household import Household
from benchmarks.closed_loop.optimum_anneal import Off, anneal
from benchmarks.closed_loop.optimum_milp import Solution, solve
from benchmarks.closed_loop.optimum_paths import MINIMUM_OFF, MINUTE_S, paths_of
from benchmarks.closed_loop.optimum_replay import Plan, Scheduled, beginning_of, live_through
from benchmarks.closed_loop.optimum_window import TRIP_LIMIT, Way, Window, looks_of, parts_of
from benchmarks.closed_loop.plant import Plant

LENGTHS: Final = ((60, 40), (30, 20), (18, 8))
"""Minutes of a window, and how many of them are kept. A window that is not solved well enough is tried shorter."""
LEAD_MINUTES: Final = 10
SAFE_MINUTES: Final = 4
"""A plan is not kept up to the very trip that it would lead to."""
WORTH_SHARE: Final = 0.4
"""A window of which less can be kept than this share of what should be is solved again."""
ANNEALED: Final = 30_000
STARTS: Final = 3
_MARGINS: Final = (0.01, 0.02, 0.03, 0.05, 0.08)
_ALL_VAH: Final = 1e6
_ROUND: Final = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """One window: its first minute, how long it is, what was kept of it, and what its programme is worth."""

    begins: int
    length: int
    kept: int
    unserved_vah: float
    bound_vah: float
    margin: float

    @property
    def gap(self) -> float:
        """Relative distance of the schedule to the bound."""
        return (self.unserved_vah - self.bound_vah) / self.unserved_vah if self.unserved_vah else 0.0


class _Watched(Plant):
    """A plant whose filters can be read."""

    @property
    def filters(self) -> tuple[float, ...]:
        """The state of the filter of each phase, VA²."""
        return tuple(self._y)


class Planner:
    """Plans one day; to be used once. ``gap`` and ``seconds``: when the solver may stop with a window."""

    def __init__(self, house: Household, *, gap: float, seconds: float) -> None:
        self._house = house
        self._gap = gap
        self._seconds = seconds
        self.plan: Plan = {load.load_id: set() for load in house.loads}

    def run(self) -> Iterator[Solved]:
        """Plan the day; yield each window when it is solved. Raises RuntimeError where no plan avoids a trip."""
        planned, last = 0, self._house.seconds // MINUTE_S
        while (trip := self._trips_at(last, self.plan)) is not None:
            begins = max(planned, trip - LEAD_MINUTES)
            solved = self._advance(begins, last)
            planned = begins + solved.kept
            yield solved

    def _trips_at(self, minutes: int, plan: Plan) -> int | None:
        day = live_through(beginning_of(self._house, minutes), plan)
        return day.trips[0].second // MINUTE_S if day.trips else None

    def _advance(self, begins: int, last: int) -> Solved:
        """Plan on, in a window as long as can be solved to the gap."""
        best: tuple[Solved, Plan] | None = None
        for length, kept in LENGTHS:
            found = self._try(begins, min(last, begins + length), kept)
            if found is not None and (best is None or found[0].gap < best[0].gap):
                best = found
            if best is not None and best[0].gap <= self._gap + _ROUND:
                break
        if best is None:
            raise RuntimeError(f"seed {self._house.seed}: no plan avoids the trip after minute {begins}")
        solved, self.plan = best
        return solved

    def _try(self, begins: int, ends: int, wanted: int) -> tuple[Solved, Plan] | None:
        """Solve a window; return it with the plan so far and what of the window the plant agrees with."""
        for margin in _MARGINS:
            found = self._solve(begins, ends, margin)
            if found is None:
                continue
            off, unserved_vah, bound_vah = found
            plan = {
                load.load_id: {minute for minute in self.plan[load.load_id] if minute < begins}
                | {begins + minute for minute, is_off in enumerate(own) if is_off}
                for load, own in zip(self._house.loads, off, strict=True)
            }
            trip = self._trips_at(ends, plan)
            kept = ends - begins if ends * MINUTE_S >= self._house.seconds else wanted
            if trip is not None:
                kept = min(kept, trip - begins - SAFE_MINUTES)
            if kept >= (WORTH_SHARE * wanted if margin < _MARGINS[-1] else 1):
                solved = Solved(
                    begins=begins,
                    length=ends - begins,
                    kept=kept,
                    unserved_vah=unserved_vah,
                    bound_vah=bound_vah,
                    margin=margin,
                )
                return solved, {load_id: _cut_short(minutes, begins + kept) for load_id, minutes in plan.items()}
        return None

    def _solve(self, begins: int, ends: int, margin: float) -> tuple[Off, float, float] | None:
        """Solve a window: phases that share no load are solved one by one."""
        parts = parts_of(self._window(begins, ends, margin, [_ALL_VAH for _ in self._house.loads]))
        starts = [self._start(part) for _, part in parts]
        most_vah = [0.0 for _ in self._house.loads]
        for (loads, _), start in zip(parts, starts, strict=True):
            for load in loads:
                most_vah[load] = start[1] if start is not None else 0.0
        off: Off = [bytearray(ends - begins) for _ in self._house.loads]
        unserved_vah = bound_vah = 0.0
        # In no better schedule does a load wait for more than all of a known one together.
        known = parts_of(self._window(begins, ends, margin, most_vah))
        for (loads, part), start in zip(known, starts, strict=True):
            if start is None or (solution := self._better(part, start)) is None:
                return None
            unserved_vah += solution.unserved_vah
            bound_vah += solution.bound_vah
            for load, own in zip(loads, solution.off, strict=True):
                off[load] = own
        return off, unserved_vah, bound_vah

    @staticmethod
    def _start(part: Window) -> tuple[Off, float] | None:
        found = [anneal(part, rounds=ANNEALED, seed=seed) for seed in range(STARTS)]
        return min((one for one in found if one is not None), key=lambda one: one[1], default=None)

    def _better(self, part: Window, start: tuple[Off, float]) -> Solution | None:
        off, unserved_vah = start
        if unserved_vah == 0:
            return Solution(off=off, unserved_vah=0.0, bound_vah=0.0, seconds=0.0)
        return solve(part, off, gap=self._gap, seconds=self._seconds)

    def _window(self, begins: int, ends: int, margin: float, most_vah: Sequence[float]) -> Window:
        """Look at the house as it stands at a minute after the plan so far."""
        house = self._house
        share_va = house.facts.contract_share_va
        plant = _Watched(before := beginning_of(house, begins), Scheduled(before.facts, self.plan), Conditions())
        outlets = plant.run().outlets
        ways = []
        for outlet, most in zip(outlets, most_vah, strict=True):
            outlet.step(begins * MINUTE_S)  # the plant stops before the step of its last moment
            va = outlet.spec.va
            paths = paths_of(
                outlet.live,
                begins * MINUTE_S,
                ends - begins,
                most_s=most * 3600 / va,
                off=_off_before(self.plan[outlet.spec.load_id], begins),
            )
            ways.append(
                Way(
                    load_id=outlet.spec.load_id,
                    va=va,
                    phase_share=outlet.phase_va / share_va,
                    phases=outlet.phases,
                    paths=paths,
                )
            )
        seconds = slice(begins * MINUTE_S, ends * MINUTE_S)
        return Window(
            ways=ways,
            looks=[looks_of([va / share_va for va in base[seconds]]) for base in house.base],
            y=[y / share_va**2 for y in plant.filters],
            limit=TRIP_LIMIT**2 * (1 - margin),
        )


def _off_before(minutes: set[int], begins: int) -> int:
    """Count the minutes for which a plug has been off, up to the minimum time."""
    off = 0
    while off < MINIMUM_OFF and begins - 1 - off in minutes:
        off += 1
    return off


def _cut_short(minutes: set[int], until: int) -> set[int]:
    """Forget a plan from a minute on, except that a plug that is off keeps its minimum time."""
    kept = {minute for minute in minutes if minute < until}
    if off := _off_before(kept, until):
        kept.update(range(until, until + MINIMUM_OFF - off))
    return kept
