"""All that is said on a broker for a few seconds: which devices are meters, and where they speak."""

from dataclasses import dataclass, field
from typing import Final

from .flat import TEMPO
from .formats import Format
from .recognise import recognise
from .topics import LINKYTOP

_IGNORED: Final = ("$SYS/", "homeassistant/")
"""What the broker says of itself, and what others announce to Home Assistant."""

_MOST_DEVICES: Final = 32
_MOST_TOPICS: Final = 400
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
    """

    format: Format
    topics: tuple[str, ...]
    root: str
    live: bool


@dataclass(slots=True)
class _Heard:
    formats: set[Format] = field(default_factory=set)
    topics: dict[str, None] = field(default_factory=dict)
    live: bool = False
    messages: int = 0


class Survey:
    """Is fed every message of the broker, and tells what it found. Memory is bounded whatever is said."""

    def __init__(self) -> None:
        self._heard: dict[str, _Heard] = {}

    def hear(self, topic: str, payload: bytes, *, retained: bool) -> None:
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
        if len(heard.topics) < _MOST_TOPICS:
            heard.topics[topic] = None
        heard.live |= not retained
        heard.messages += 1

    def found(self) -> list[Found]:
        """The devices heard, those that speak now and most first."""
        return [
            _found(root, heard)
            for root, heard in sorted(self._heard.items(), key=lambda one: (not one[1].live, -one[1].messages, one[0]))
        ]


def _found(root: str, heard: _Heard) -> Found:
    fmt = next(fmt for fmt in _RANK if fmt in heard.formats)
    return Found(format=fmt, topics=_topics(root, fmt, list(heard.topics)), root=root, live=heard.live)


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
            return (f"{root}/+",) if root else tuple(heard)
    return (*heard, f"{_parent(root)}/status") if _parent(root) else tuple(heard)
