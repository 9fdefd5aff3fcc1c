"""WHO WAITS: readings of the meter and views of the loads in, decisions out."""

from .arbiter import Arbiter
from .habits import HourlyLoad
from .model import (
    Action,
    Cause,
    Command,
    CoordinatorSettings,
    Decision,
    EventType,
    LoadMemory,
    LoadReport,
    LoadSettings,
    LoadStatus,
    LoadView,
    OffloadEvent,
    OffloadMode,
    Profile,
    Reason,
    Report,
    Settings,
    StrategyName,
)

__all__ = [
    "Action",
    "Arbiter",
    "Cause",
    "Command",
    "CoordinatorSettings",
    "Decision",
    "EventType",
    "HourlyLoad",
    "LoadMemory",
    "LoadReport",
    "LoadSettings",
    "LoadStatus",
    "LoadView",
    "OffloadEvent",
    "OffloadMode",
    "Profile",
    "Reason",
    "Report",
    "Settings",
    "StrategyName",
]
