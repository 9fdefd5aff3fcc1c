"""Strategies: in which order a coordinator gives its loads up, and takes them back."""

from collections.abc import Sequence
from typing import Protocol

from ..model import StrategyName
from ..track import LoadTrack
from .hierarchical import Hierarchical


class Strategy(Protocol):
    """The order of the loads of one coordinator; what may be taken at all is not its matter."""

    def to_offload(self, loads: Sequence[LoadTrack]) -> Sequence[LoadTrack]:
        """Loads in the order in which they are given up."""

    def to_restore(self, loads: Sequence[LoadTrack]) -> Sequence[LoadTrack]:
        """Loads in the order in which they return."""


STRATEGIES: dict[StrategyName, Strategy] = {StrategyName.HIERARCHICAL: Hierarchical()}

__all__ = ["STRATEGIES", "Hierarchical", "Strategy"]
