"""ESP-Router-PV: the seven figures of a PV router, as its JSON or as the line of its controller (reference §3.5).

The controller measures the mains and writes one line a second, ``NAME>value;`` seven times, ``$`` and a CRC-8. The ESP
beside it serves the figures of the last line as JSON, for ever: a dead controller leaves them as they were.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
import re
from typing import Final

from ..meter import Quantity
from ..meter.delivery import Delivery
from ..meter.vote import Vote
from .draft import Draft
from .forms import Refused, number
from .oddity import Oddity
from .payload import PayloadReader

DEFAULT_POWER_FACTOR: Final = 0.95

LARGEST_W: Final = 54_000
"""What crosses the meter at most, W, either way: one and a half times the largest contract of these homes."""

LARGEST_JSON: Final = 4096
"""Bytes above which an answer is not one of a router; its own has about a hundred."""

HALF_WAVE_US: Final = 10_000
"""Half a period of the mains: a fire delay of so many µs, or more, fires nothing."""

NAMES: Final = ("FID", "EIB", "MPC", "REE", "POR", "SPL", "VO2")
VITAL: Final = frozenset({"REE", "EIB", "FID"})
"""What names a router's message, and what it must tell to be one."""

_BOUNDS: Final[Mapping[str, tuple[float, float]]] = {
    "FID": (0, 99_999),  # 99999: never, in some versions, and means of it with others
    "EIB": (0, 5_000),  # 3600 J at most, and room for another setting
    "MPC": (0, 10_000),
    "REE": (-LARGEST_W, LARGEST_W),
    "POR": (-500_000, LARGEST_W),  # (1 - FID / 10000) of the heater's power, also where FID is 99999
    "SPL": (0, 1_000),
    "VO2": (0, 100),
}
_FEW_SAMPLES: Final = 1.0
_SHARE_OF_MINIMUM: Final = 0.15
"""MPC as a part of the heater's power, in the version whose POR is a percentage."""

_TELLING_SHARE: Final = 0.03
"""Share of the heater's power from which the unit of POR can be told."""

_UNIT_SPREAD: Final = 1.5
"""Points by which a percentage may differ from the one that follows from FID: both are means of one second."""

_LINE: Final = re.compile(rb"((?:[A-Z][A-Z0-9]{1,5}>-?[0-9]{1,7}(?:\.[0-9]{1,6})?;){3,16})\$([0-9]{1,3})")
_FIELD: Final = re.compile(r"([A-Z0-9]+)>([-.0-9]+);")
_END: Final = re.compile(rb"\$([0-9]{1,3})")
_LONGEST_LINE: Final = 512
_FILLING: Final = b"\r\n\t \x00"


class RoutedUnit(StrEnum):
    """What POR counts: it depends on the version of the controller, which does not say."""

    WATT = "watt"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True, kw_only=True)
class RouterSettings:
    """What the router cannot tell. ``routed``: the unit of POR, None to find out; ``heater_w``: on channel 1."""

    power_factor: float = DEFAULT_POWER_FACTOR
    routed: RoutedUnit | None = None
    heater_w: float | None = None


def crc8(data: bytes) -> int:
    """The Dallas/Maxim CRC: reflected polynomial 0x8C, from 0."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0x8C if crc & 1 else crc >> 1
    return crc


def parse_line(line: bytes) -> dict[str, str] | None:
    """The fields of one line, as they are written; None where form, CRC or names do not hold."""
    match = _LINE.fullmatch(line.strip(_FILLING))
    if match is None or crc8(match[1]) != int(match[2]):
        return None
    pairs = _FIELD.findall(match[1].decode("ascii"))
    fields = dict(pairs)
    return fields if len(fields) == len(pairs) and fields.keys() >= VITAL else None


def is_router(body: Mapping[str, object]) -> bool:
    """Whether a JSON object is one of a router."""
    return body.keys() >= VITAL


class LineCutter:
    """Cuts what comes over a serial cable into lines, damaged ones included. Memory is bounded."""

    def __init__(self) -> None:
        self._kept = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that ``data`` completes."""
        kept = self._kept + data
        lines: list[bytes] = []
        begin = 0
        for end in _END.finditer(kept):
            body = kept[begin : end.start()].lstrip(_FILLING)
            # A CRC cut by the end of the chunk: unless it is right as it is, its other digits are on their way.
            if end.end() == len(kept) and len(end[1]) < 3 and crc8(body) != int(end[1]):
                break
            lines.append(kept[begin : end.end()])
            begin = end.end()
        self._kept = kept[begin:][-_LONGEST_LINE:]
        return lines

    def reset(self) -> None:
        """The cable was plugged anew: what was begun will not be completed."""
        self._kept = b""


class RouterReader:
    """Reads what a router says, import positive (a router counts what leaves the home as positive)."""

    def __init__(self, counts: Counter[Oddity], settings: RouterSettings | None = None) -> None:
        self._payloads = PayloadReader(counts)
        self._settings = settings or RouterSettings()
        self._unit: Vote[RoutedUnit] = Vote(first=3, change=10)
        self._last: dict[str, float] | None = None
        self._starting = False

    def read(self, _topic: str, payload: bytes, draft: Draft) -> None:
        """Read one message. What only repeats the last one to the hundredth is no sign of life."""
        fields = self._fields(payload, draft)
        if fields is None:
            return
        figures = self._figures(fields, draft)
        if figures is None:
            return
        if not figures.get("SPL", _FEW_SAMPLES) or not any(figures.values()):
            draft.odd(Oddity.NOT_KNOWN_YET)
            self._starting = True
            return
        if figures == self._last:
            draft.odd(Oddity.SAME_AGAIN)
            return
        self._last = figures
        if self._starting:
            # The first line after a start sums up three seconds as if they were one.
            self._starting = False
            draft.odd(Oddity.NOT_KNOWN_YET)
            return
        self._tell(figures, draft)

    def _fields(self, payload: bytes, draft: Draft) -> Mapping[str, object] | None:
        if payload.lstrip()[:1] == b"{":
            if len(payload) > LARGEST_JSON:
                draft.odd(Oddity.TOO_LARGE)
                return None
            return self._payloads.json(payload)
        fields = parse_line(payload)
        if fields is None:
            draft.odd(Oddity.DAMAGED_LINE)
        return fields

    @staticmethod
    def _figures(fields: Mapping[str, object], draft: Draft) -> dict[str, float] | None:
        """The figures within their bounds; None where one that must be told is not: they are of one moment."""
        figures: dict[str, float] = {}
        for name in NAMES:
            if name not in fields:
                continue
            lowest, highest = _BOUNDS[name]
            try:
                value = number(fields[name])
                if not lowest <= value <= highest:
                    raise Refused(Oddity.OUT_OF_RANGE)
            except Refused as refusal:
                draft.odd(refusal.oddity)
                return None
            figures[name] = value
        if figures.keys() >= VITAL:
            return figures
        draft.odd(Oddity.UNKNOWN_LABEL)
        return None

    def _tell(self, figures: Mapping[str, float], draft: Draft) -> None:
        draft.phases = 1
        watts = -figures["REE"]
        factor = self._settings.power_factor
        draft.put_scaled("SINSTS", max(0.0, watts) / factor, 1)
        draft.put_scaled("SINSTI", max(0.0, -watts) / factor, 1)
        draft.measure(Quantity.ACTIVE_POWER, round(watts), -LARGEST_W, LARGEST_W)
        delay_us = min(figures["FID"], HALF_WAVE_US)
        share = 1 - delay_us / HALF_WAVE_US
        told = {
            Quantity.ROUTER_FIRE_DELAY: round(delay_us),
            Quantity.ROUTER_BUCKET: round(figures["EIB"]),
            Quantity.ROUTER_LEVEL: round(100 * share, 1),
            Quantity.ROUTER_POWER: self._routed_w(figures, share),
            Quantity.ROUTER_MINIMUM_POWER: figures.get("MPC"),
            Quantity.ROUTER_SAMPLES: figures.get("SPL"),
            Quantity.ROUTER_SECOND_LEVEL: figures.get("VO2"),
        }
        for quantity, value in told.items():
            if value is not None:
                draft.measure(quantity, value, 0, LARGEST_W)

    def _routed_w(self, figures: Mapping[str, float], share: float) -> float | None:
        """What the first channel draws, W; None while its unit is not known, or no power to take a percentage of."""
        routed = figures.get("POR")
        if routed is None:
            return None
        if share == 0:
            return 0
        if share >= _TELLING_SHARE:
            alike = abs(routed - 100 * share) <= _UNIT_SPREAD
            self._unit.offer(RoutedUnit.PERCENT if alike else RoutedUnit.WATT)
        unit = self._settings.routed or self._unit.value
        if unit is RoutedUnit.WATT:
            return round(max(0.0, routed))
        heater_w = self._settings.heater_w or figures.get("MPC", 0) / _SHARE_OF_MINIMUM
        if unit is None or not heater_w:
            return None
        return round(max(0.0, routed) / 100 * heater_w)


def is_routing(delivery: Delivery) -> bool:
    """Whether a message tells that a channel draws now."""
    measures = dict(delivery.measures)
    levels = (measures.get(Quantity.ROUTER_LEVEL), measures.get(Quantity.ROUTER_SECOND_LEVEL))
    return any(isinstance(level, int | float) and level > 0 for level in levels)
