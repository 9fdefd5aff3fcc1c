"""When a household uses its appliances: seeded times of day, drawn anew each day."""

from collections.abc import Sequence
from dataclasses import dataclass
import random

from simulator.loads import Moment


@dataclass(frozen=True, slots=True)
class Habit:
    """A use around an hour (local time, with a spread in minutes) on a share `chance` of the days."""

    hour: float
    spread_min: float
    chance: float


class Diary:
    """The uses of one day after the other. `key` seeds it: two diaries of one key hold the same days."""

    def __init__(self, key: str, habits: Sequence[Habit]) -> None:
        self._key = key
        self._habits = tuple(habits)
        self._day = -1
        self._starts_s: list[float] = []

    def under_way(self, moment: Moment, duration_s: float) -> bool:
        """Return whether a use that began today less than `duration_s` ago is under way."""
        day = moment.now.toordinal()
        if day != self._day:
            draw = random.Random(f"{self._key} {day}")
            times = [(habit.hour * 3600 + draw.gauss(0, habit.spread_min * 60), habit) for habit in self._habits]
            self._starts_s = [start_s for start_s, habit in times if draw.random() < habit.chance]
            self._day = day
        return any(start_s <= moment.day_s < start_s + duration_s for start_s in self._starts_s)
