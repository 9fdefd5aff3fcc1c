"""Strategies: which loads a coordinator gives up, which come back first, and when two change places."""

from ..model import StrategyName
from .base import Scene, Strategy, Swap, Taken
from .cascade_cyclic import CascadeCyclic
from .hierarchical import Hierarchical
from .least_harm import LeastHarm
from .thermostat import Thermostat

STRATEGIES: dict[StrategyName, Strategy] = {
    StrategyName.HIERARCHICAL: Hierarchical(),
    StrategyName.CASCADE_CYCLIC: CascadeCyclic(),
    StrategyName.THERMOSTAT: Thermostat(),
    StrategyName.LEAST_HARM: LeastHarm(),
}

__all__ = [
    "STRATEGIES",
    "CascadeCyclic",
    "Hierarchical",
    "LeastHarm",
    "Scene",
    "Strategy",
    "Swap",
    "Taken",
    "Thermostat",
]
