"""All that is said on a broker for a few seconds: which devices are meters, and where they speak."""

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC
from typing import Final

from ..meter import Meter
from ..tic import Mode
from .bridge import Bridge
from .flat import TEMPO
from .formats import Format
from .recognise import recognise
from .topics import LINKYTOP

_IGNORED: Final = ("$SYS/", "homeassistant/")
"""What the broker says of itself, and what others announce to Home Assistant."""

_MOST_DEVICES: Final = 32
_MOST_MESSAGES: Final = 400
_TASMOTA: Final = frozenset({"SENSOR", "LIVE", "TIC", "RESULT"})
_HOMIE: Final = "homie/"
_VALUES: Final = "/values"

_RANK: Final = (
    Format.TASMOTA_TELEINFO,
    Format.TASMOTA,
    Format.ZLINKY,
    Format.RAW_VALUE,
    Format.LINKY_RPI,
    Format.ESP_ROUTER,
    Format.TIC_LINES,
    Format.FLAT,
    Format.LINKYTOP,
    Format.LABEL_TOPICS,
)
"""Of the formats heard under one root, the one that reads the others too comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A device that speaks for a meter.

    ``topics``: what to subscribe to, availability included, wildcards where a device has a topic for each value.
    ``root``: what its topics have in common, to show. ``live``: it was heard now, not only remembered by the broker.
    The preview is None where the messages heard do not tell: address, mode, phases, import in VA, contract in VA.
    """

    format: Format
    topics: tuple[str, ...]
    root: str
    live: bool
    messages: int
    address: str | None
    mode: Mode | None
    phases: int | None
    power_va: float | None
    contract_va: int | None


@dataclass(slots=True)
class _Heard:
    formats: set[Format] = field(default_factory=set)
    messages: deque[tuple[str, bytes, bool, float]] = field(default_factory=lambda: deque(maxlen=_MOST_MESSAGES))


class Survey:
    """Is fed every message of the broker, and tells what it found. Memory is bounded whatever is said."""

    def __init__(self) -> None:
        self._heard: dict[str, _Heard] = {}

    def hear(self, topic: str, payload: bytes, *, retained: bool, now: float) -> None:
        """Take one message in."""
        if topic.startswith(_IGNORED):
            return
        fmt = recognise(topic, payload)
        if fmt is None:
            return
        root = _root(topic, fmt)
        heard = self._heard.get(root)
        if heard is None:
            if len(self._heard) >= _MOST_DEVICES:
                return
            heard = self._heard[root] = _Heard()
        heard.formats.add(fmt)
        heard.messages.append((topic, payload, retained, now))

    def found(self, now: float) -> list[Found]:
        """The devices heard until ``now``, those that speak now first."""
        devices = [_preview(root, heard, now) for root, heard in self._heard.items()]
        return sorted(devices, key=lambda device: (not device.live, -device.messages, device.root))


def _preview(root: str, heard: _Heard, now: float) -> Found:
    fmt = next(fmt for fmt in _RANK if fmt in heard.formats)
    bridge, meter = Bridge(fmt), Meter(local_tz=UTC)
    for topic, payload, retained, at in heard.messages:
        delivery = bridge.take(topic, payload, retained=retained, now=at)
        if delivery is not None:
            meter.receive(delivery, at)
    reading = meter.reading(now)
    return Found(
        format=fmt,
        topics=_topics(root, fmt, [topic for topic, *_ in heard.messages]),
        root=root,
        live=not all(retained for _, _, retained, _ in heard.messages),
        messages=len(heard.messages),
        address=bridge.address,
        mode=bridge.mode,
        phases=len(reading.phases) or bridge.phases,
        power_va=reading.power_va,
        contract_va=reading.contract_va,
    )


def _parent(topic: str) -> str:
    return topic.rpartition("/")[0]


def _root(topic: str, fmt: Format) -> str:
    """What the topics of one device have in common."""
    parent, _, last = topic.rpartition("/")
    if fmt is Format.LINKYTOP:
        return ""
    if fmt is Format.LINKY_RPI:
        return _parent(parent)
    if fmt is Format.LABEL_TOPICS:
        return "/".join(topic.split("/")[:2]) if topic.startswith(_HOMIE) else parent
    return parent if parent and last in _TASMOTA else topic


def _topics(root: str, fmt: Format, heard: list[str]) -> tuple[str, ...]:
    """What to subscribe to, in order to hear a device and whether it is there."""
    match fmt:
        case Format.LINKYTOP:
            return tuple(LINKYTOP)
        case Format.LINKY_RPI:
            return (f"{root}/+/+",)
        case Format.TASMOTA_TELEINFO if heard[0] != root:
            return tuple(f"{root}/{name}" for name in ("SENSOR", "LIVE", "TIC", "LWT"))
        case Format.TASMOTA if heard[0] != root:
            return tuple(f"{root}/{name}" for name in ("SENSOR", "RESULT", "LWT"))
        case Format.RAW_VALUE if parent := _parent(root):
            return (root, f"{parent}/status", parent + TEMPO)
        case Format.ZLINKY:
            return (root, f"{root}/availability", f"{root.partition('/')[0]}/bridge/state")
        case Format.LABEL_TOPICS if root.startswith(_HOMIE):
            return (f"{root}/+/+", f"{root}/$state")
        case Format.LABEL_TOPICS if root.endswith(_VALUES):
            return (f"{root}/+", f"{_parent(root)}/status")
        case Format.LABEL_TOPICS:
            return (f"{root}/+",) if root else tuple(dict.fromkeys(heard))
    return (*dict.fromkeys(heard), f"{_parent(root)}/status") if _parent(root) else tuple(dict.fromkeys(heard))
