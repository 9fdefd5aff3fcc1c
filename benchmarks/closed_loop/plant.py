"""One household lived through, second by second, under one controller.

Between two events (a sample, an order that arrives, a report, a step of the thermostats) nothing changes but the
uncontrolled load, so that time runs in blocks: that is what makes a day cheap. The meter's filter (54E §7) takes every
second; it is written out here rather than called, for the same reason.
"""

from array import array
from enum import IntEnum
import heapq
from itertools import count
import math
import random
from typing import Final

from benchmarks.closed_loop.appliances import STEP_S, Room
from benchmarks.closed_loop.conditions import DOWN_S, Conditions, Faults
from benchmarks.closed_loop.controller import Controller, Orders, Sample
from benchmarks.closed_loop.day import Day, Move, Trip
from benchmarks.closed_loop.household import DAY_S, Household
from benchmarks.closed_loop.outlet import Outlet

FILTER_B: Final = 0.008
DARK_S: Final = 300
LAG_S: Final = 1.0
ROOM_REPORT_S: Final = 60
_POSITION_REPORT_S: Final = 0.1
_AWAY_AFTER_S: Final = 2.0
_BACK_AFTER_S: Final = 5.0
_BACK_SPACING_S: Final = 2.0
_START_RATIO: Final = 0.5
_PACE: Final = (0.97, 1.03)


class _Kind(IntEnum):
    """What an event is; of two at one moment the lower comes first."""

    LIGHT = 0
    ARRIVE = 1
    POSITION = 2
    AWAY = 3
    POWER = 4
    DOWN = 5
    UP = 6


class Plant:
    """Runs one day; to be used once."""

    def __init__(self, household: Household, controller: Controller, conditions: Conditions) -> None:
        self._household = household
        self._controller = controller
        self._conditions = conditions
        self._faults = Faults(household.seed, conditions, [load.load_id for load in household.loads])
        self._outlets = tuple(Outlet(spec) for spec in household.loads)
        self._by_id = {outlet.spec.load_id: outlet for outlet in self._outlets}
        self._rooms = [outlet for outlet in self._outlets if isinstance(outlet.live, Room)]
        phases = range(household.phases)
        share = household.contract_va / household.phases * (1 + conditions.share_error)
        self._b = FILTER_B * conditions.b_factor
        self._limit_y = math.inf if conditions.unlimited else (conditions.trip_limit * share) ** 2
        self._y = [(_START_RATIO * share) ** 2 for _ in phases]
        self._highest = [0.0 for _ in phases]
        self._highest_at = [0 for _ in phases]
        self._controlled = [0.0 for _ in phases]
        self._import = tuple(array("d", bytes(8 * household.seconds)) for _ in phases)
        self._lit = True
        self._dark_from = -DARK_S
        self._down = False
        self._trips: list[Trip] = []
        self._moves: list[Move] = []
        self._events: list[tuple[float, int, int, Outlet | None, float]] = []
        self._number = count()
        self._samples = 0
        self._tells_rooms = type(controller).room is not Controller.room

    def run(self) -> Day:
        """Live through all the seconds of the household."""
        second, end = 0, self._household.seconds
        pace = random.Random(f"pace {self._household.seed}")
        step_at, sample_at = 0, LAG_S + 0.5 if self._controller.listens else math.inf
        if (restart_at := self._faults.restart_at) is not None:
            self._plan(restart_at, _Kind.DOWN)
            self._plan(restart_at + DOWN_S, _Kind.UP)
        self._report_all(0.0)
        while second < end:
            event_at = self._events[0][0] if self._events else math.inf
            tick_at = self._controller.next_at
            wake_at = math.inf if tick_at is None or self._down else tick_at
            due = min(event_at, step_at, sample_at, wake_at)
            if due > second:
                second = self._live(second, min(end, math.ceil(due)))
            elif due == step_at:
                self._step(step_at)
                step_at += STEP_S
            elif due == event_at:
                self._happen(second)
            elif due == sample_at:
                self._sample(sample_at)
                sample_at += self._conditions.cadence_s * pace.uniform(*_PACE)
            else:
                self._controller.next_at = None
                self._obey(self._controller.tick(wake_at), wake_at)
        for outlet in self._outlets:
            outlet.settle(end)
        return Day(
            household=self._household,
            import_va=self._import,
            trips=tuple(self._trips),
            moves=tuple(self._moves),
            outlets=self._outlets,
            deficit_kh={o.spec.load_id: o.live.deficit_kh for o in self._outlets if isinstance(o.live, Room)},
            samples=self._samples,
        )

    # The meter -------------------------------------------------------------------------------------------------------

    def _live(self, second: int, stop: int) -> int:
        """Let the seconds up to ``stop`` pass, or fewer when the meter opens; return the second that comes next."""
        if not self._lit:
            # The arrays hold zeros already.
            decay = (1 - self._b) ** (stop - second)
            self._y = [y * decay for y in self._y]
            return stop
        wanted, tripped, after = stop, -1, list(self._y)
        for phase, y in enumerate(self._y):
            after[phase], passed = self._filter(phase, y, second, stop)
            if after[phase] >= self._limit_y and (tripped < 0 or passed < stop):
                tripped, stop = phase, passed
        if tripped >= 0:
            # The phases before it went further than the opening: what they did after it did not happen.
            for phase in range(tripped):
                after[phase], _ = self._filter(phase, self._y[phase], second, stop)
            for seen in self._import:
                seen[stop:wanted] = array("d", bytes(8 * (wanted - stop)))
        self._y = after
        if tripped >= 0:
            self._open(stop, tripped)
        return stop

    def _filter(self, phase: int, y: float, second: int, stop: int) -> tuple[float, int]:
        """Pass seconds of one phase through the filter; return its state and the second after the last one."""
        base, controlled, seen = self._household.base[phase], self._controlled[phase], self._import[phase]
        b, limit, highest = self._b, self._limit_y, self._highest[phase]
        for now in range(second, stop):
            x = base[now] + controlled
            seen[now] = x
            y += b * (x * x - y)
            if y > highest:
                highest, self._highest_at[phase] = y, now + 1
            if y >= limit:
                stop = now + 1
                break
        self._highest[phase] = highest
        return y, stop

    def _open(self, second: int, phase: int) -> None:
        """The house is dark from this second on, and its plugs are soon missed."""
        self._trips.append(Trip(second - 1, phase))
        self._lit = False
        self._dark_from = second
        for outlet in self._outlets:
            self._redraw(outlet, second)
            self._plan(second + _AWAY_AFTER_S, _Kind.AWAY, outlet)
        self._plan(second + DARK_S, _Kind.LIGHT)

    def _sample(self, at: float) -> None:
        if self._down or at in self._faults.silent:
            return
        second = int(at - LAG_S)
        historic = self._household.historic
        step = 10 if historic else 1
        powers = tuple([int(seen[second] / step + 0.5) * step for seen in self._import])
        over = max(powers) * len(powers) > self._household.contract_va
        self._samples += 1
        opened = self._dark_from <= second < self._dark_from + DARK_S
        hour = int(at / 3600) % 24
        if historic:
            sample = Sample(powers, over, None, hour)
        else:
            maxima = tuple(
                [(int(math.sqrt(y)), at - when) for y, when in zip(self._highest, self._highest_at, strict=True)]
            )
            sample = Sample(powers, over, opened, hour, maxima)
        self._obey(self._controller.sample(sample, at), at)

    # The loads -------------------------------------------------------------------------------------------------------

    def _step(self, second: int) -> None:
        if second % DAY_S == 0:
            self._highest = [0.0 for _ in self._highest]
        for outlet in self._outlets:
            asked = outlet.live.asks
            outlet.step(second)
            if outlet.live.asks is not asked:
                self._redraw(outlet, second)
        if self._tells_rooms and second % ROOM_REPORT_S == 0 and not self._down:
            for outlet in self._rooms:
                room = outlet.live
                assert isinstance(room, Room)
                self._obey(
                    self._controller.room(
                        outlet.spec.load_id, room.temperature_c, room.target_c, room.asks, float(second)
                    ),
                    second,
                )

    def _redraw(self, outlet: Outlet, second: int) -> None:
        """Follow a change of what a load asks or gets."""
        outlet.settle(second)
        if not outlet.redraw(self._lit):
            return
        change = outlet.phase_va if outlet.drawing else -outlet.phase_va
        for phase in outlet.phases:
            self._controlled[phase] += change
        if outlet.spec.facts.measured:
            power = outlet.spec.va if outlet.drawing else 0.0
            self._plan(second + outlet.spec.report_s, _Kind.POWER, outlet, power)

    def _obey(self, orders: Orders, now: float) -> None:
        """Send orders on their way; those that are lost, or meet a dark house or a deaf plug, do nothing."""
        for order in orders:
            outlet = self._by_id[order.load_id]
            latency = self._faults.latency_of(order.load_id, now)
            if latency is not None and self._lit:
                outlet.free_at = max(now + latency, outlet.free_at)
                self._plan(outlet.free_at, _Kind.ARRIVE, outlet, float(order.on))

    # Events ----------------------------------------------------------------------------------------------------------

    def _plan(self, at: float, kind: _Kind, outlet: Outlet | None = None, value: float = 0.0) -> None:
        heapq.heappush(self._events, (at, kind, next(self._number), outlet, value))

    def _happen(self, second: int) -> None:
        at, kind, _, outlet, value = heapq.heappop(self._events)
        if kind == _Kind.LIGHT:
            self._lit = True
            for place, dark in enumerate(self._outlets):
                self._redraw(dark, second)
                self._plan(at + _BACK_AFTER_S + place * _BACK_SPACING_S, _Kind.POSITION, dark, 1.0)
        elif kind == _Kind.DOWN:
            self._down = True
        elif kind == _Kind.UP:
            self._down = False
            self._controller = self._controller.restart(at)
            self._report_all(at)
        elif outlet is not None:
            self._at_plug(kind, outlet, value, at, second)

    def _at_plug(self, kind: int, outlet: Outlet, value: float, at: float, second: int) -> None:
        if kind == _Kind.ARRIVE:
            if self._lit and outlet.on is not bool(value):
                outlet.on = bool(value)
                self._moves.append(Move(second, outlet.spec.load_id, outlet.on))
                self._redraw(outlet, second)
                self._plan(at + _POSITION_REPORT_S, _Kind.POSITION, outlet)
        elif kind == _Kind.AWAY:
            if not self._lit:
                outlet.away = True
                self._report(outlet, at)
        elif kind == _Kind.POSITION:
            # After darkness (value 1) it comes back with its power; a mere move leaves that to the sensor.
            if not self._lit:
                return
            if value:
                outlet.away = False
                outlet.told_va = self._true_va(outlet)
            self._report(outlet, at)
        elif kind == _Kind.POWER and not outlet.away:
            outlet.told_va = value
            self._report(outlet, at)

    def _report(self, outlet: Outlet, at: float) -> None:
        if self._down or not self._controller.listens:
            return
        on, power = (None, None) if outlet.away else (outlet.on, outlet.told_va)
        self._obey(self._controller.plug(outlet.spec.load_id, on, power, at), at)

    def _report_all(self, at: float) -> None:
        for outlet in self._outlets:
            if not outlet.away:
                outlet.told_va = self._true_va(outlet)
            self._report(outlet, at)

    @staticmethod
    def _true_va(outlet: Outlet) -> float | None:
        if not outlet.spec.facts.measured:
            return None
        return outlet.spec.va if outlet.drawing else 0.0
