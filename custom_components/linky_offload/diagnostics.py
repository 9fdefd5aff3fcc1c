"""Diagnostics of an entry, without anything that tells whose meter it is."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
import math
import re
from typing import Any

from homeassistant.components.diagnostics import REDACTED, async_redact_data
from homeassistant.core import HomeAssistant

from .const import (
    CONF_ACTIONS_BEGIN,
    CONF_ACTIONS_END,
    CONF_ADDRESS,
    CONF_DELAY_SERVICE,
    CONF_FULL_TOPIC,
    CONF_INTERNAL_ID,
    CONF_NAME,
    CONF_PORT,
)
from .linkytop import async_linkytop
from .meter import Quantity, Reading
from .ossp.hub import async_ossp
from .plugs import async_plugs
from .runtime import LinkyConfigEntry

TO_REDACT = {
    CONF_ACTIONS_BEGIN,  # whom they notify is nobody's business
    CONF_ACTIONS_END,
    CONF_ADDRESS,
    CONF_DELAY_SERVICE,
    "host",  # of a plug
    CONF_FULL_TOPIC,  # may hold half of a network address
    CONF_INTERNAL_ID,
    CONF_NAME,
    CONF_PORT,
    "ip",
    "mac",
    "root",  # of an MQTT source: a name that a person gave, or the address of the meter
    "serial_number",
    "title",
    "topic",
    "topics",
    "unique_id",
    "url",  # of a router
    str(Quantity.PRM),
}

# In an event, beside their ids.
NAMES = {"coordinator", "load"}

# What a port says of itself may carry a serial number or a host: its kind is enough to help.
PORT_KIND = re.compile(r"(?P<kind>/dev/serial/by-(?:id|path)/|[a-z][a-z0-9+.-]*://|/dev/[A-Za-z]*)")


async def async_get_config_entry_diagnostics(hass: HomeAssistant, entry: LinkyConfigEntry) -> dict[str, Any]:
    """Everything that helps to understand what happens, redacted."""
    runtime = entry.runtime_data
    reading = runtime.reading
    now = hass.loop.time()
    report = {
        "entry": {
            "data": dict(entry.data),
            "options": dict(entry.options),
            "subentries": [
                {"type": subentry.subentry_type, "data": dict(subentry.data)} for subentry in entry.subentries.values()
            ],
        },
        "port_kind": port_kind(entry.data[CONF_PORT]) if CONF_PORT in entry.data else None,
        "source": runtime.connection.feed.diagnostics(),
        "link": runtime.link,
        "decoder": {
            "mode": runtime.decoder.mode,
            "parity": runtime.decoder.parity,
            "stats": runtime.decoder.stats,
            "unknown_labels": dict(runtime.decoder.unknown),
        },
        "meter": {
            "refused": dict(runtime.meter.stats),
            "seen": sorted(runtime.quantities),
            "reading": None if reading is None else _reading(reading, now),
        },
        "derived": runtime.insight.derived,
        "arbiter": runtime.report,
        "journal": runtime.journal.intents,
        "history": [{key: event[key] for key in event.keys() - NAMES} for event in runtime.history.events()],
    }
    if (linkytop := async_linkytop(hass, entry)) is not None:
        report["linkytop"] = linkytop.diagnostics()
    if plugs := async_plugs(hass, entry).diagnostics():
        report["plugs"] = plugs
    if ossp := async_ossp(hass, entry).diagnostics():
        report["ossp"] = ossp
    redacted: dict[str, Any] = scrub(async_redact_data(plain(report), TO_REDACT), tuple(_secrets(entry, reading)))
    return redacted


def _reading(reading: Reading, now: float) -> dict[str, Any]:
    """The reading with the age of each value."""
    return {
        **{field.name: getattr(reading, field.name) for field in fields(reading) if field.name != "values"},
        "values": {
            quantity: {
                "value": measured.value,
                "age_s": round(now - measured.at, 1),
                **({"horodate": measured.horodate} if measured.horodate else {}),
            }
            for quantity, measured in reading.values.items()
        },
    }


def port_kind(port: str) -> str:
    """The kind of a port: its folder or its scheme, without what names the device or the host."""
    match = PORT_KIND.match(port)
    return f"{match['kind'] if match else ''}{REDACTED}"


def _secrets(entry: LinkyConfigEntry, reading: Reading | None) -> Iterator[str]:
    """Texts that must not be found anywhere, not even inside another one."""
    told = [reading.values.get(quantity) for quantity in (Quantity.ADDRESS, Quantity.PRM)] if reading else []
    candidates = [
        entry.data.get(CONF_ADDRESS),
        entry.data.get(CONF_INTERNAL_ID),
        entry.unique_id,
        entry.data.get(CONF_PORT),
        *(measured.value for measured in told if measured is not None),
    ]
    yield from (str(candidate) for candidate in candidates if candidate)


def scrub(data: Any, secrets: tuple[str, ...]) -> Any:
    """The same data with every secret taken out of keys and texts."""
    match data:
        case str():
            for secret in secrets:
                data = data.replace(secret, REDACTED)
            return data
        case dict():
            return {scrub(key, secrets): scrub(value, secrets) for key, value in data.items()}
        case list():
            return [scrub(value, secrets) for value in data]
        case _:
            return data


def plain(data: Any) -> Any:
    """The same data as JSON has it: dataclasses and mappings as objects, enumerations and times as texts."""
    if is_dataclass(data) and not isinstance(data, type):
        return plain({field.name: getattr(data, field.name) for field in fields(data)})
    match data:
        case Enum():
            return str(data)
        case datetime():
            return data.isoformat()
        case float() if not math.isfinite(data):  # no trip in sight
            return str(data)
        case Mapping():
            return {str(key): plain(value) for key, value in data.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(value) for value in data]
        case _:
            return data
