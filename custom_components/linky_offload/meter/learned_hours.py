"""The hours of a tariff learned by watching: historic mode announces none of them (tic.md §6.4).

A change of period is believed to come back at its hour once it was seen on two days, and forgotten when its hour goes
by without it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, Final, Self

NEAR_MIN: Final = 4
"""Minutes within which two changes are the same one: the clock of the meter may drift."""

_DAY_MIN: Final = 24 * 60
_KEPT: Final = timedelta(days=4)
_SEEN_DAYS: Final = 2
_LONGEST_GAP: Final = timedelta(minutes=NEAR_MIN)
_MOST: Final = 12

type Program = tuple[tuple[int, str], ...]
"""What a day brings: minutes after local midnight, and the period that begins then; ordered."""


@dataclass(slots=True)
class _Change:
    """A change to ``period``: the minute of the day of its latest coming, and the days on which it came."""

    period: str
    minute: int
    days: list[date] = field(default_factory=list)


class LearnedHours:
    """The hours at which one meter changes its period."""

    def __init__(self) -> None:
        self._changes: list[_Change] = []
        self._period: str | None = None
        self._at: datetime | None = None

    def observe(self, period: str, moment: datetime) -> bool:
        """See that ``period`` runs at ``moment`` (aware, local); True when something was learned or forgotten."""
        before, at = self._period, self._at
        self._period, self._at = period, moment
        if before is None or at is None or not timedelta(0) <= moment - at <= _LONGEST_GAP:
            return False
        moved = before != period
        if moved:
            self._come(period, moment)
        return self._forget_missed(period, moment) or moved

    def program(self) -> Program | None:
        """The changes of a day; None while they are not known for sure."""
        sure = sorted((change.minute, change.period) for change in self._changes if len(change.days) >= _SEEN_DAYS)
        if len(sure) < 2:
            return None
        periods = [period for _, period in sure]
        alternate = all(one != other for one, other in pairwise([*periods, periods[0]]))
        return tuple(sure) if alternate else None

    def dump(self) -> list[dict[str, Any]]:
        """What is worth keeping over a restart, as JSON has it."""
        return [
            {"period": change.period, "minute": change.minute, "days": [day.isoformat() for day in change.days]}
            for change in self._changes
        ]

    @classmethod
    def restore(cls, kept: list[Mapping[str, Any]]) -> Self:
        """The hours as ``dump`` gave them."""
        hours = cls()
        hours._changes = [
            _Change(row["period"], row["minute"], [date.fromisoformat(day) for day in row["days"]]) for row in kept
        ]
        return hours

    def _come(self, period: str, moment: datetime) -> None:
        minute = _minute(moment)
        change = next(
            (one for one in self._changes if one.period == period and _apart(one.minute, minute) <= NEAR_MIN), None
        )
        if change is None:
            change = _Change(period, minute)
            self._changes = [*self._changes[1 - _MOST :], change]
        change.minute = minute
        if moment.date() not in change.days:
            change.days.append(moment.date())
        oldest = moment.date() - _KEPT
        for other in self._changes:
            other.days = [day for day in other.days if day >= oldest]
        self._changes = [other for other in self._changes if other.days]

    def _forget_missed(self, period: str, moment: datetime) -> bool:
        """A change whose minute has gone by without it is no more."""
        minute = _minute(moment)
        late = [
            change
            for change in self._changes
            if change.period != period and NEAR_MIN < (minute - change.minute) % _DAY_MIN <= 2 * NEAR_MIN
        ]
        self._changes = [change for change in self._changes if change not in late]
        return bool(late)


def _minute(moment: datetime) -> int:
    return moment.hour * 60 + moment.minute


def _apart(one: int, other: int) -> int:
    gap = abs(one - other) % _DAY_MIN
    return min(gap, _DAY_MIN - gap)
