"""Readings made by hand: nothing but the values that a test names."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from custom_components.linky_offload.meter import Measured, Mode, PhaseReading, Quantity, Reading

PARIS = ZoneInfo("Europe/Paris")


def values_of(values: Mapping[Quantity, Any], at: float = 0.0) -> dict[Quantity, Measured]:
    """Values received at ``at``."""
    return {quantity: Measured(value, at) for quantity, value in values.items()}


def reading(
    values: Mapping[Quantity, Any],
    *,
    now: float = 0.0,
    phases: int = 1,
    exporting: bool | None = None,
    mode: Mode = Mode.STANDARD,
    cadence_s: float | None = 1.0,
) -> Reading:
    """A reading with nothing but these values, all received now."""
    return Reading(
        now=now,
        mode=mode,
        address=None,
        contract_va=None,
        cutoff_va=None,
        phases=tuple(
            PhaseReading(phase=phase, power_va=None, estimated=False, at=None, trip_y=None, share_va=None)
            for phase in range(1, phases + 1)
        ),
        over_reference=None,
        exporting=exporting,
        breaker=None,
        cadence_s=cadence_s,
        power_changed=True,
        values=values_of(values, now),
    )


def paris(text: str) -> datetime:
    """A local time: '2026-01-15 18:30'."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)
