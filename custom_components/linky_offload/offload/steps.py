"""The steps that a phase makes upwards: what the reserve must be ready for."""

from collections.abc import Mapping
from types import MappingProxyType

from .guard import SMALL_CONTRACT_VA, UNLEARNED_SMALL_STEP_VA, UNLEARNED_STEP_VA

_BIN_VA = 100.0
_BINS = 200
_SMALLEST_VA = 100.0  # less is the noise of the base load
_ENOUGH = 200
_FORGET_AT = 4000  # halving here lets a new habit of the house show within some days
_LEAST_VA = 1000.0


class StepHistogram:
    """Learns the 99th percentile of the upward steps of one phase between two samples."""

    def __init__(self, state: Mapping[str, int] = MappingProxyType({})) -> None:
        """Start from a dump of an earlier run, or without experience."""
        self._counts = [0] * _BINS
        for index, count in state.items():
            if index.isdecimal() and int(index) < _BINS:
                self._counts[int(index)] = count
        self._total = sum(self._counts)
        self._learned_va: float | None = None

    def dump(self) -> dict[str, int]:
        """State for storage: how many steps of which size, in hundreds of VA, were seen."""
        return {str(index): count for index, count in enumerate(self._counts) if count}

    def note(self, step_va: float) -> None:
        """Take one change between consecutive samples, own commands excluded, VA."""
        if step_va < _SMALLEST_VA:
            return
        self._counts[min(_BINS - 1, int(step_va / _BIN_VA))] += 1
        self._total += 1
        self._learned_va = None
        if self._total >= _FORGET_AT:
            self._counts = [count // 2 for count in self._counts]
            self._total = sum(self._counts)

    def expected_va(self, contract_va: float) -> float:
        """The step to be ready for, VA; a careful guess until enough steps were seen (design §6.2)."""
        if self._total < _ENOUGH:
            return UNLEARNED_SMALL_STEP_VA if contract_va <= SMALL_CONTRACT_VA else UNLEARNED_STEP_VA
        if self._learned_va is None:
            self._learned_va = self._percentile_va()
        return self._learned_va

    def _percentile_va(self) -> float:
        rest = self._total * 0.01
        for index in range(_BINS - 1, -1, -1):
            rest -= self._counts[index]
            if rest < 0:
                return max(_LEAST_VA, (index + 1) * _BIN_VA)
        return _LEAST_VA
