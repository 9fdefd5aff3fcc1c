"""What is known of a meter while its forms are filled in, and how its pace is told."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant

from ..const import CONF_CONTRACT_VA, CONF_PHASES
from ..meter import Reading
from ..runtime import LinkyConfigEntry
from ..settings import contract_override_va, mains_v
from .protection import HIGHEST_RATIO, Meter
from .text import decimal, load_texts


def reading_of(entry: LinkyConfigEntry) -> Reading | None:
    """The meter as it is now, None while it is not read."""
    return entry.runtime_data.reading if entry.state is ConfigEntryState.LOADED else None


def meter_of(entry: LinkyConfigEntry, options: Mapping[str, Any]) -> Meter:
    """The meter with the contract that these options insist on, else the one that it tells."""
    reading = reading_of(entry)
    return Meter(
        phase_count=entry.data[CONF_PHASES],
        contract_va=contract_override_va(options) or entry.data[CONF_CONTRACT_VA],
        cadence_s=None if reading is None else reading.cadence_s,
    )


async def async_pace(hass: HomeAssistant, meter: Meter) -> str:
    """How often the meter speaks, and what that allows."""
    texts = await load_texts(hass, "pace")
    if meter.cadence_s is None:
        return texts("unknown")
    held = meter.held_percent()
    key = "fast" if meter.is_fast else "slow" if held is None else "held"
    seconds, percent = decimal(hass, meter.cadence_s, 1), "" if held is None else f"{held:.0f}"
    return texts(key, seconds=seconds, percent=percent)


async def async_needed_breaker(hass: HomeAssistant, meter: Meter, options: Mapping[str, Any]) -> str:
    """The least setting of a main breaker that lets the meter be filled up."""
    contract_a = meter.contract_a(mains_v(options))
    if contract_a is None:
        return (await load_texts(hass, "pace"))("no_contract")
    return f"{HIGHEST_RATIO * contract_a:.0f} A"
