"""Second witnesses for groups that only the checksum vouches for (tic.md §3.3; design: nothing false is believed).

Where the parity bit is stripped, two flips that cancel out make another legal number about once in ten thousand groups
on a line that loses one bit in a thousand. Such a group must agree with something else that the meter says: with its
own content of the frame before, with the pace that the power allows an index, with current × voltage, with the total of
the phases, with the clock. One that agrees with nothing is withheld, and what it says is believed when the next group
of its label says it too.

What protects the home must not wait. A power that jumps while its current, sent earlier in the same frame, jumps with
it is believed at once; one that nothing bears out waits for the next group of its label, and never for more than two.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
import math
from typing import NamedTuple

from ..tic import Group, parse_horodate
from .plausibility import Refusal

_FRESH_S = 10.0
"""Age above which a current or a power is no witness of the present."""

_RECENT_RISE_S = 15.0
"""An index that rose this lately is the one that counts now; the others stand still."""

_JOINING = 60
"""Groups after which every label of the meter has been heard: one that is new then may be another one, damaged."""

_PHASE_POWERS = ("SINSTS1", "SINSTS2", "SINSTS3")
_NEAR_VA, _NEAR_SHARE = 100.0, 0.05
_NEAR_A, _NEAR_CURRENT_SHARE = 1, 0.1
_NEAR_V = 1
_AGREEING_SHARE = 0.25
"""How far two live numbers in a row may lie apart and still say the same."""

_LONGEST_WAIT = 2
"""Groups of a label in a row that may be withheld: what moves that much is no accident of the line."""

_CLOCK_S = 2.5
"""What may lie between two DATEs, or a DATE and a maximum, besides the time that passed here."""

_MAINS_V, _MAINS_SHARE = 230.0, 0.1
"""Voltage of historic mode, which tells none, and how far the mains may be from it."""

_MEASURED_SHARE = 0.03
_ROUNDING_A = 0.6
"""Half an ampere of rounding, and a little for the moment between two groups."""

_WH_SLACK = 2
_LARGEST_VA = 54_000
_FILTER_B = 0.008
_MOBILE_STATUS = 1 << 7 | 1 << 9
"""The bits of STGE that follow the power: above the reference, and exporting."""


class _Said(NamedTuple):
    """The content of a group and when it came."""

    data: str
    horodate: str | None
    at: float


type _Likely = Callable[[Witness, str, _Said, _Said], bool]


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a label is judged.

    A group that repeats what was believed, or withheld, just before is always believed. Beyond that ``likely`` tells
    whether other content may follow what was believed, and ``confirms`` whether it may follow what was withheld.
    """

    refusal: Refusal
    likely: _Likely
    confirms: _Likely


class Witness:
    """Tells which weak groups may be read; ``refused`` counts those that the next group of their label denied."""

    def __init__(self, refused: Counter[Refusal]) -> None:
        self._refused = refused
        self._held: dict[str, _Said] = {}
        self._withheld: dict[str, _Said] = {}
        self._waits: dict[str, int] = {}
        self._risen: dict[str, float] = {}
        self._groups = 0

    def believes(self, group: Group, now: float) -> bool:
        """Hear a group received at ``now`` (s); True when it may be read, False while it is withheld."""
        self._groups += 1
        label = group.label
        new = _Said(group.data, group.horodate, now)
        held = self._held.get(label)
        if group.weak and label not in _TOLD_ONCE and not self._stands(label, new, held):
            self._withheld[label] = new
            self._waits[label] = self._waits.get(label, 0) + 1
            return False
        if held is not None and held.data != new.data:
            self._risen[label] = now
        self._held[label] = new
        if self._withheld.pop(label, None) is not None:
            del self._waits[label]
        return True

    def forget(self) -> None:
        """The meter changed its mode: nothing said in the other one is a witness."""
        self._held.clear()
        self._withheld.clear()
        self._waits.clear()
        self._risen.clear()
        self._groups = 0

    def _stands(self, label: str, new: _Said, held: _Said | None) -> bool:
        kind = _KINDS.get(label, _STEADY)
        withheld = self._withheld.get(label)
        if self._likely(kind, label, new, held):
            if withheld is not None:
                self._refused[kind.refusal] += 1
            return True
        if withheld is None:
            return held is None and self._groups <= _JOINING
        if _same(self, label, new, withheld) or kind.confirms(self, label, new, withheld):
            return True
        self._refused[kind.refusal] += 1
        return kind in _LIVE and self._waits[label] >= _LONGEST_WAIT

    def _likely(self, kind: _Kind, label: str, new: _Said, held: _Said | None) -> bool:
        if label in _WARNINGS:
            return _likely_warning(self, label, new)
        return held is not None and (_same(self, label, new, held) or kind.likely(self, label, new, held))

    def heard(self, label: str, now: float) -> int | None:
        """The latest number of a label, believed or not, while it is fresh."""
        said = self._withheld.get(label) or self._held.get(label)
        return None if said is None or now - said.at > _FRESH_S else int(said.data)

    def rose_lately(self, label: str, now: float) -> bool:
        """Whether an index is one of those that count at present."""
        at = self._risen.get(label)
        return at is not None and now - at <= _RECENT_RISE_S

    def power(self, now: float) -> int | None:
        """The power through the meter, import or export, VA."""
        powers = [self.heard(label, now) for label in ("SINSTS", "SINSTI", "PAPP")]
        return max((power for power in powers if power is not None), default=None)

    def clock(self, now: float) -> datetime | None:
        """The meter's clock carried on to ``now``."""
        said = self._held.get("DATE")
        moment = None if said is None else _moment(said)
        return None if said is None or moment is None else moment + timedelta(seconds=now - said.at)

    def product(self, label: str, now: float) -> tuple[float, float] | None:
        """Current × voltage for a label that tells a power, and how far the power may be from it, VA."""
        phases = label[-1] if label[-1] in "123" else "123"
        letter = "IINST" if label == "PAPP" else "IRMS"
        total = tolerance = 0.0
        found = False
        for phase in phases:
            current = self.heard(letter + phase, now)
            if current is None and label == "PAPP" and phase == "1":
                current = self.heard("IINST", now)
            if current is None:
                continue
            found = True
            voltage = self.heard(f"URMS{phase}", now)
            volts, share = (_MAINS_V, _MAINS_SHARE) if voltage is None else (voltage, _MEASURED_SHARE)
            total += current * volts
            tolerance += _ROUNDING_A * volts + share * current * volts
        return (total, tolerance) if found else None

    def rest_of_total(self, label: str, now: float) -> int | None:
        """What the total of three phases, sent just before them, leaves for one of them, VA."""
        if label not in _PHASE_POWERS:
            return None
        total = self.heard("SINSTS", now)
        others = [self.heard(other, now) for other in _PHASE_POWERS if other != label]
        known = [power for power in others if power is not None]
        return None if total is None or len(known) < len(others) else total - sum(known)

    def over_reference(self, now: float) -> bool | None:
        """Whether a phase is above its share of the contract, as far as the powers tell."""
        contract = self._held.get("PREF")
        phases = [self.heard(label, now) for label in _PHASE_POWERS]
        powers = [power for power in phases if power is not None]
        total = self.heard("SINSTS", now)
        if not powers and total is not None:
            powers = [total]
        if contract is None or not powers:
            return None
        return max(powers) > int(contract.data) * 1000 / len(powers)


def _same(_witness: Witness, _label: str, new: _Said, other: _Said) -> bool:
    return new.data == other.data and new.horodate == other.horodate


def _never(_witness: Witness, _label: str, _new: _Said, _other: _Said) -> bool:
    return False


def _agrees(_witness: Witness, label: str, new: _Said, withheld: _Said) -> bool:
    """Whether a live number says what the one before it said."""
    number, before = int(new.data), int(withheld.data)
    nearest = _NEAR_VA if label in _POWERS else _NEAR_A
    return abs(number - before) <= max(nearest, _AGREEING_SHARE * max(number, before))


def _likely_power(witness: Witness, label: str, new: _Said, held: _Said) -> bool:
    power, before = int(new.data), int(held.data)
    if abs(power - before) <= max(_NEAR_VA, _NEAR_SHARE * before):
        return True
    product = witness.product(label, new.at)
    if product is not None and abs(power - product[0]) <= product[1]:
        return True
    rest = witness.rest_of_total(label, new.at)
    return rest is not None and abs(power - rest) <= _NEAR_VA


def _likely_current(_witness: Witness, _label: str, new: _Said, held: _Said) -> bool:
    before = int(held.data)
    return abs(int(new.data) - before) <= max(_NEAR_A, _NEAR_CURRENT_SHARE * before)


def _likely_warning(witness: Witness, label: str, new: _Said) -> bool:
    """ADPS and ADIR tell the current that IINST tells beside them; that of an earlier overload says nothing."""
    current = witness.heard("IINST" if label == "ADPS" else f"IINST{label[-1]}", new.at)
    return current is not None and abs(int(new.data) - current) <= 1


def _likely_voltage(_witness: Witness, _label: str, new: _Said, held: _Said) -> bool:
    return abs(int(new.data) - int(held.data)) <= _NEAR_V


def _counts_on(witness: Witness, _label: str, new: _Said, before: _Said) -> bool:
    """Whether an index rose no faster than the power through the meter makes it."""
    power = witness.power(new.at)
    most = (_LARGEST_VA if power is None else power) * (new.at - before.at) / 3600 + _WH_SLACK
    return len(new.data) == len(before.data) and 0 <= int(new.data) - int(before.data) <= most


def _likely_index(witness: Witness, label: str, new: _Said, held: _Said) -> bool:
    return witness.rose_lately(label, new.at) and _counts_on(witness, label, new, held)


def _likely_clock(_witness: Witness, _label: str, new: _Said, before: _Said) -> bool:
    moment, earlier = _moment(new), _moment(before)
    if moment is None or earlier is None:
        return False
    return abs((moment - earlier).total_seconds() - (new.at - before.at)) <= _CLOCK_S


def _likely_maximum(witness: Witness, label: str, new: _Said, before: _Said) -> bool:
    """A maximum is renewed at the present second, and grows no faster than the meter's filter (54E §7)."""
    moment, clock = _moment(new), witness.clock(new.at)
    if moment is None or clock is None:
        return False
    elapsed = new.at - before.at
    age = (clock - moment).total_seconds()
    if not -_CLOCK_S <= age <= elapsed + _CLOCK_S:
        return False
    power = witness.heard("SINSTI" if label == "SMAXIN" else label.replace("SMAXSN", "SINSTS"), new.at)
    load = _LARGEST_VA if power is None else 1.25 * power + _NEAR_VA
    last = int(before.data)
    highest = math.sqrt(last**2 + _FILTER_B * (elapsed + _CLOCK_S) * load**2) + _WH_SLACK
    return last <= int(new.data) <= highest


def _likely_status(witness: Witness, _label: str, new: _Said, held: _Said) -> bool:
    """Nothing but the bits that follow the power changed, and they as the power says."""
    status = int(new.data, 16)
    changed = status ^ int(held.data, 16)
    if changed & ~_MOBILE_STATUS:
        return False
    if changed & 1 << 7 and bool(status & 1 << 7) is not witness.over_reference(new.at):
        return False
    power = witness.heard("SINSTS", new.at)
    return not changed & 1 << 9 or (power is not None and bool(status & 1 << 9) is (power == 0))


def _moment(said: _Said) -> datetime | None:
    """The horodate without its season: what is compared lies seconds apart."""
    parsed = None if said.horodate is None else parse_horodate(said.horodate)
    if parsed is None:
        return None
    return parsed.naive - timedelta(hours=1) if parsed.season in "Ee" else parsed.naive


_STEADY = _Kind(Refusal.UNCONFIRMED, _never, _never)
"""What stays for minutes or for years: tariffs, texts, contract, what was measured yesterday."""

_TOLD_ONCE = frozenset({"MSG2"})
"""Sent in one frame only: a text that no second frame can confirm."""

_WARNINGS = frozenset({"ADPS", "ADIR1", "ADIR2", "ADIR3"})

_POWERS = frozenset({"SINSTS", *_PHASE_POWERS, "SINSTI", "PAPP"})

_POWER = _Kind(Refusal.POWER, _likely_power, _agrees)
_CURRENT = _Kind(Refusal.CURRENT, _likely_current, _agrees)
_WARNING = _Kind(Refusal.CURRENT, _never, _agrees)
_VOLTAGE = _Kind(Refusal.VOLTAGE, _likely_voltage, _likely_voltage)
_LIVE = frozenset({_POWER, _CURRENT, _WARNING, _VOLTAGE})
_INDEX = _Kind(Refusal.INDEX, _likely_index, _counts_on)
_CLOCK = _Kind(Refusal.CLOCK, _likely_clock, _likely_clock)
_MAXIMUM = _Kind(Refusal.MAXIMUM, _likely_maximum, _likely_maximum)
_STATUS = _Kind(Refusal.STATUS, _likely_status, _never)


def _kinds() -> Iterator[tuple[_Kind, str]]:
    yield _POWER, " ".join(sorted(_POWERS))
    yield _CURRENT, "IRMS1 IRMS2 IRMS3 IINST IINST1 IINST2 IINST3"
    yield _WARNING, " ".join(sorted(_WARNINGS))
    yield _VOLTAGE, "URMS1 URMS2 URMS3"
    yield _INDEX, "EAST EAIT ERQ1 ERQ2 ERQ3 ERQ4 EASD01 EASD02 EASD03 EASD04"
    yield _INDEX, " ".join(f"EASF{index:02}" for index in range(1, 11))
    yield _INDEX, "BASE HCHC HCHP EJPHN EJPHPM BBRHCJB BBRHPJB BBRHCJW BBRHPJW BBRHCJR BBRHPJR"
    yield _CLOCK, "DATE"
    yield _MAXIMUM, "SMAXSN SMAXSN1 SMAXSN2 SMAXSN3 SMAXIN"
    yield _STATUS, "STGE"


_KINDS = {label: kind for kind, labels in _kinds() for label in labels.split()}
