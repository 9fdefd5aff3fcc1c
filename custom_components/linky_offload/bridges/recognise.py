"""Which format a message is, from its payload first, its topic second (mqtt-formats, general rule 1)."""

import json
import re
from typing import Final

from .esp_router import is_router, parse_line as parse_router_line
from .formats import Format
from .forms import FORMS, Refused, write
from .linky_rpi import NAMES
from .names import label_of
from .payload import LARGEST, Json, is_too_deep, section
from .tic_lines import holds_lines
from .topics import COLOURS, LINKYTOP, NAMED, TELEINFOKIT
from .zlinky_names import LINKY_ONLY

_STRONG: Final = frozenset({"ADCO", "ADSC", "HCHC", "HCHP", "IINST", "PAPP", "SINSTS", "EAST", "STGE", "PTEC", "LTARF"})
"""Labels that mean nothing else anywhere, in capitals."""

_HOMES: Final = ("homie/", TELEINFOKIT, "teleinfo", "tic", "linky", "edf/", "energy/")
"""Beginnings of topics under which a label in lower case means what it seems to."""

_HINT: Final = re.compile(rf'"(?:[A-Z]{{2}}|[Vv]alue"|{"|".join(sorted(LINKY_ONLY))})'.encode())
"""What no meter's object lacks: most of what else is said on a broker is told apart without being parsed."""

_FLAT_BY_TOPIC: Final = {"RESULT": Format.TASMOTA, "TIC": Format.TASMOTA_TELEINFO}
"""Topics on which a Tasmota sends labels without a wrapper."""

_RAW: Final = "raw"
_LONGEST_VALUE: Final = 160
_ENOUGH: Final = 2


def recognise(topic: str, payload: bytes) -> Format | None:
    """The format of a message; None where nothing tells that it comes from a meter."""
    if not payload or len(payload) > LARGEST:
        return None
    if payload.lstrip()[:1] == b"{":
        if _HINT.search(payload) is None:
            return None
        body = _object(payload)
        return None if body is None else _of_object(topic, body)
    if holds_lines(payload):
        return Format.TIC_LINES
    if parse_router_line(payload) is not None:
        return Format.ESP_ROUTER
    return _of_topic(topic, payload)


def _object(payload: bytes) -> Json | None:
    try:
        text = payload.decode()
        body = None if is_too_deep(text) else json.loads(text)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _of_object(topic: str, body: Json) -> Format | None:
    if is_router(body):
        return Format.ESP_ROUTER
    meter, contract = section(body, "METER"), section(body, "CONTRACT")
    if {"PH", "P"} <= meter.keys() or {"PH", "PSUB"} <= meter.keys() or {"serial", "CONSO"} & contract.keys():
        return Format.TASMOTA_TELEINFO
    if labels := _believable(section(body, "TIC")):
        # One sends texts as the meter does, the other numbers.
        return Format.TASMOTA if any(isinstance(value, int) for value in labels.values()) else Format.TASMOTA_TELEINFO
    if not LINKY_ONLY.isdisjoint(body):
        return Format.ZLINKY
    name = topic.rpartition("/")[2]
    if name in NAMES and ("Value" in body or "value" in body):
        return Format.LINKY_RPI
    wrapped = {key: value[_RAW] for key, value in body.items() if isinstance(value, dict) and _RAW in value}
    if _is_meter(_believable(wrapped)):
        return Format.RAW_VALUE
    return _FLAT_BY_TOPIC.get(name, Format.FLAT) if _is_meter(_believable(body)) else None


def _believable(body: Json) -> Json:
    """The labels among the keys, in capitals, whose values they may carry."""
    return {key: value for key, value in body.items() if key in FORMS and _is_believable(key, value)}


def _is_believable(label: str, value: object) -> bool:
    try:
        write(FORMS[label], value)
    except Refused:
        return False
    return True


def _is_meter(labels: Json) -> bool:
    return len(labels) >= _ENOUGH or not _STRONG.isdisjoint(labels)


def _of_topic(topic: str, payload: bytes) -> Format | None:
    if len(payload) > _LONGEST_VALUE:
        return None
    try:
        text = payload.decode().strip()
    except UnicodeDecodeError:
        return None
    form = LINKYTOP.get(topic)
    if form is not None:
        return Format.LINKYTOP if form.fullmatch(text) else None
    name = topic.rpartition("/")[2]
    if name in NAMED or name in COLOURS:
        return Format.LABEL_TOPICS
    label = label_of(name)
    if label is None or not (name.isupper() or topic.startswith(_HOMES)):
        return None
    return Format.LABEL_TOPICS if _is_believable(label, text) else None
