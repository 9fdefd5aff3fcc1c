"""An event of the arbiter in a person's terms: names instead of ids, figures as they are shown."""

from datetime import datetime, timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.util import dt as dt_util

from .figures import shown_percent, shown_seconds, whole
from .offload import OffloadEvent
from .settings import load_configs


def told(entry: ConfigEntry, event: OffloadEvent) -> dict[str, Any]:
    """The event as attributes, JSON-able; unknown figures are None."""
    load = load_configs(entry).get(event.load_id) if event.load_id else None
    subentry = entry.subentries.get(event.coordinator_id) if event.coordinator_id else None
    return {
        "load": load.name if load else None,
        "load_id": event.load_id,
        "coordinator": subentry.title if subentry else None,
        "reason": str(event.reason),
        "va": whole(event.va),
        "phase": event.phase,
        "trip_margin": shown_percent(event.trip_margin),
        "seconds_to_trip": shown_seconds(event.seconds_to_trip),
        "observed": event.observed,
    }


def wall_time(at: float, now: float) -> datetime:
    """The UTC time of a monotonic second ``at``, given the present one."""
    return dt_util.utcnow() - timedelta(seconds=now - at)
