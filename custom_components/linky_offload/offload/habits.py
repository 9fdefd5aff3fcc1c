"""What the house draws beside our loads at each hour: the only ground to stand on while the meter is silent."""

from collections.abc import Mapping

_BIN_VA = 250.0
_BINS = 160
_ENOUGH = 600  # ten minutes of samples at one a second
_FORGET_AT = 50_000
_HOURS = 24


class HourlyLoad:
    """95th percentile, by local hour, of the load of the whole house without the loads that we may cut."""

    def __init__(self, state: Mapping[str, list[int]] | None = None) -> None:
        """Start from a dump of an earlier run, or without experience."""
        self._counts = [[0] * _BINS for _ in range(_HOURS)]
        for hour, counts in (state or {}).items():
            if hour.isdecimal() and int(hour) < _HOURS and len(counts) == _BINS:
                self._counts[int(hour)] = list(counts)
        self._totals = [sum(counts) for counts in self._counts]

    def note(self, hour: int, uncontrolled_va: float) -> None:
        """Take one sample."""
        counts = self._counts[hour]
        counts[min(_BINS - 1, max(0, int(uncontrolled_va / _BIN_VA)))] += 1
        self._totals[hour] += 1
        if self._totals[hour] >= _FORGET_AT:
            self._counts[hour] = [count // 2 for count in counts]
            self._totals[hour] = sum(self._counts[hour])

    def expected_va(self, hour: int) -> float | None:
        """95th percentile of this hour in VA, None while too little was seen."""
        if self._totals[hour] < _ENOUGH:
            return None
        rest = self._totals[hour] * 0.05
        for index in range(_BINS - 1, -1, -1):
            rest -= self._counts[hour][index]
            if rest < 0:
                return (index + 1) * _BIN_VA
        return 0.0

    def dump(self) -> dict[str, list[int]]:
        """State for storage: the hours of which something is known."""
        return {str(hour): list(self._counts[hour]) for hour in range(_HOURS) if self._totals[hour]}
