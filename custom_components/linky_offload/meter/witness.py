"""Second witnesses for groups that only the checksum vouches for (tic.md §3.3; design: nothing false is believed).

Where the parity bit is stripped, two flips that cancel out make another legal number about once in ten thousand groups
on a line that loses one bit in a thousand. Such a group must agree with something else that the meter says: with its
own content of the frame before, with the pace that the power allows an index, with current × voltage, with the total of
the phases, with the clock. One that agrees with nothing is withheld, and what it says is believed when the next group
of its label says it too.

What protects the home must not wait. A power that jumps while its current, sent earlier in the same frame, jumps with
it is believed at once; one that nothing bears out waits for the next group of its label, and never for more than two.

On a rough line, which loses more than a third of its groups, damage is as likely as a small change: there the first
word of a label waits for its second, and a number that is merely near the one before needs a witness beside it. What
waits there differs by little from what is held.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
import math
from typing import Final

from ..tic import Group
from .plausibility import Refusal
from .sayings import PHASE_POWERS, Said, Sayings

_JOINING: Final = 60
"""Groups after which every label of the meter has been heard: one that is new then may be another one, damaged."""

_PROOF_S: Final = 60.0
"""Age above which what was withheld confirms nothing: the label may be a rare one, or another one damaged twice."""

_NEAR_VA, _NEAR_SHARE = 100.0, 0.05
_NEAR_A, _NEAR_CURRENT_SHARE = 1, 0.1
_NEAR_V = 1
_AGREEING_SHARE: Final = 0.25
"""How far two live numbers in a row may lie apart and still say the same."""

_ROUGH_VA, _ROUGH_SHARE = 20.0, 0.005
"""What a home wanders by from one frame to the next; all else must be borne out on a rough line."""

_ROUNDED_VA: Final = 200.0
"""Steps below which currents in whole amperes tell nothing."""

_LONGEST_WAIT: Final = 2
"""Groups of a label in a row that may be withheld: what moves that much is no accident of the line."""

_ROUGH_LONGEST_WAIT: Final = 4
"""The same on a rough line for a number that is far from all that was said of late."""

_CLOCK_S: Final = 2.5
"""What may lie between two DATEs, or a DATE and a maximum, besides the time that passed here."""

_WH_SLACK: Final = 2
_LARGEST_VA: Final = 54_000
_FILTER_B: Final = 0.008
_MOBILE_STATUS: Final = 1 << 7 | 1 << 9
"""The bits of STGE that follow the power: above the reference, and exporting."""


type _Likely = Callable[[Sayings, str, Said, Said], bool]


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
    """Tells which weak groups may be read; ``refused`` counts those that nothing bore out."""

    def __init__(self, refused: Counter[Refusal]) -> None:
        self._refused = refused
        self._sayings = Sayings()
        self._waits: Counter[str] = Counter()

    def believes(self, group: Group, now: float) -> bool:
        """Hear a group received at ``now`` (s); True when it may be read, False while it is withheld."""
        sayings, label = self._sayings, group.label
        sayings.hear(group)
        new = Said(group.data, group.horodate, now)
        if group.weak and label not in _TOLD_ONCE and not self._stands(label, new):
            sayings.withheld[label] = new
            self._waits[label] += 1
            return False
        sayings.believe(label, new)
        if sayings.withheld.pop(label, None) is not None:
            del self._waits[label]
        return True

    def forget(self) -> None:
        """The meter changed its mode: nothing said in the other one is a witness."""
        self._sayings = Sayings()
        self._waits.clear()

    def _stands(self, label: str, new: Said) -> bool:
        kind = _KINDS.get(label, _STEADY)
        held, withheld = self._sayings.held.get(label), self._sayings.withheld.get(label)
        if withheld is not None and new.at - withheld.at > _PROOF_S:
            del self._sayings.withheld[label], self._waits[label]
            self._refused[kind.refusal] += 1
            withheld = None
        if self._likely(kind, label, new, held):
            if withheld is not None:
                self._refused[kind.refusal] += 1
            return True
        if withheld is None:
            return held is None and self._sayings.groups <= _JOINING and not self._sayings.rough
        if new.repeats(withheld) or kind.confirms(self._sayings, label, new, withheld):
            return True
        self._refused[kind.refusal] += 1
        return kind in _LIVE and self._waited(label, new, (held, withheld))

    def _waited(self, label: str, new: Said, others: Iterable[Said | None]) -> bool:
        """Whether a live number has been withheld for so long that it must be believed."""
        waits = self._waits[label]
        if waits < _LONGEST_WAIT or _odd(self._sayings, label, new):
            return False
        if not self._sayings.rough or waits >= _ROUGH_LONGEST_WAIT:
            return True
        number = int(new.data)
        spoken = [int(other.data) for other in others if other is not None]
        return any(abs(number - other) <= max(_NEAR_A, _AGREEING_SHARE * max(number, other)) for other in spoken)

    def _likely(self, kind: _Kind, label: str, new: Said, held: Said | None) -> bool:
        if label in _WARNINGS:
            return _likely_warning(self._sayings, label, new)
        return held is not None and (new.repeats(held) or kind.likely(self._sayings, label, new, held))


def _never(_sayings: Sayings, _label: str, _new: Said, _other: Said) -> bool:
    return False


def _odd(sayings: Sayings, label: str, new: Said) -> bool:
    """Whether a power has a last digit that no power of this meter has."""
    return label == "PAPP" and sayings.tens and not new.data.endswith("0")


def _agrees(sayings: Sayings, label: str, new: Said, withheld: Said) -> bool:
    """Whether a live number says what the one before it said."""
    number, before = int(new.data), int(withheld.data)
    if _odd(sayings, label, new):
        return _odd(sayings, label, withheld) and abs(number - before) <= _AGREEING_SHARE * max(number, before)
    nearest = _NEAR_VA if label in _POWERS else _NEAR_A
    share = _NEAR_SHARE if sayings.rough else _AGREEING_SHARE
    return abs(number - before) <= max(nearest, share * max(number, before))


def _likely_power(sayings: Sayings, label: str, new: Said, held: Said) -> bool:
    power, before = int(new.data), int(held.data)
    if _odd(sayings, label, new) or (label == "SINSTI" and power and sayings.heard("SINSTS", new.at)):
        return False  # a meter that takes does not give
    product, rest = sayings.product(label, new.at), sayings.rest_of_total(label, new.at)
    borne_out = product is not None and abs(power - product[0]) <= product[1]
    borne_out = borne_out or (rest is not None and abs(power - rest) <= _NEAR_VA)
    step = abs(power - before)
    if not sayings.rough:
        return borne_out or step <= max(_NEAR_VA, _NEAR_SHARE * before)
    if step > _ROUNDED_VA:
        return borne_out
    return step <= max(_ROUGH_VA, _ROUGH_SHARE * before)


def _likely_current(sayings: Sayings, label: str, new: Said, held: Said) -> bool:
    if sayings.rough:
        return sayings.makes(label, int(new.data), new.at)
    before = int(held.data)
    return abs(int(new.data) - before) <= max(_NEAR_A, _NEAR_CURRENT_SHARE * before)


def _likely_warning(sayings: Sayings, label: str, new: Said) -> bool:
    """ADPS and ADIR tell the current that IINST tells beside them; that of an earlier overload says nothing."""
    current = sayings.heard("IINST" if label == "ADPS" else f"IINST{label[-1]}", new.at)
    return current is not None and abs(int(new.data) - current) <= 1


def _likely_voltage(_sayings: Sayings, _label: str, new: Said, held: Said) -> bool:
    return abs(int(new.data) - int(held.data)) <= _NEAR_V


def _counts_on(sayings: Sayings, _label: str, new: Said, before: Said) -> bool:
    """Whether an index rose no faster than the power through the meter makes it."""
    power = sayings.power(new.at)
    most = (_LARGEST_VA if power is None else power) * (new.at - before.at) / 3600 + _WH_SLACK
    return len(new.data) == len(before.data) and 0 <= int(new.data) - int(before.data) <= most


def _likely_index(sayings: Sayings, label: str, new: Said, held: Said) -> bool:
    return sayings.counts(label, new.at) and _counts_on(sayings, label, new, held)


def _likely_clock(_sayings: Sayings, _label: str, new: Said, before: Said) -> bool:
    moment, earlier = new.moment, before.moment
    if moment is None or earlier is None:
        return False
    return abs((moment - earlier).total_seconds() - (new.at - before.at)) <= _CLOCK_S


def _likely_maximum(sayings: Sayings, label: str, new: Said, before: Said) -> bool:
    """A maximum is renewed at the present second, and grows no faster than the meter's filter (54E §7)."""
    moment, clock = new.moment, sayings.clock(new.at)
    if moment is None or clock is None:
        return False
    elapsed = new.at - before.at
    age = (clock - moment).total_seconds()
    if not -_CLOCK_S <= age <= elapsed + _CLOCK_S:
        return False
    power = sayings.heard("SINSTI" if label == "SMAXIN" else label.replace("SMAXSN", "SINSTS"), new.at)
    load = _LARGEST_VA if power is None else 1.25 * power + _NEAR_VA
    last = int(before.data)
    highest = math.sqrt(last**2 + _FILTER_B * (elapsed + _CLOCK_S) * load**2) + _WH_SLACK
    return last <= int(new.data) <= highest


def _likely_status(sayings: Sayings, _label: str, new: Said, held: Said) -> bool:
    """Nothing but the bits that follow the power changed, and they as the power says."""
    status = int(new.data, 16)
    changed = status ^ int(held.data, 16)
    if changed & ~_MOBILE_STATUS:
        return False
    if changed & 1 << 7 and bool(status & 1 << 7) is not sayings.over_reference(new.at):
        return False
    power = sayings.heard("SINSTS", new.at)
    return not changed & 1 << 9 or (power is not None and bool(status & 1 << 9) is (power == 0))


_STEADY = _Kind(Refusal.UNCONFIRMED, _never, _never)
"""What stays for minutes or for years: tariffs, texts, contract, what was measured yesterday."""

_TOLD_ONCE = frozenset({"MSG2"})
"""Sent in one frame only: a text that no second frame can confirm."""

_WARNINGS = frozenset({"ADPS", "ADIR1", "ADIR2", "ADIR3"})

_POWERS = frozenset({"SINSTS", *PHASE_POWERS, "SINSTI", "PAPP"})

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
