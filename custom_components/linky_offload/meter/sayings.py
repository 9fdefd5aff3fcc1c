"""What a meter said lately, believed or not, and what follows from it for the next group of a weak line."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from ..tic import Group, parse_horodate

_FRESH_S: Final = 10.0
"""Age above which a current or a power is no witness of the present."""

_ROUGH_FRESH_S: Final = 30.0
"""The same on a rough line, where a label comes through once in several frames."""

_ROUGH_SHARE: Final = 1 / 3
"""Of the groups, how many follow a loss on a line that is rough: there, two flips in one group are everyday."""

_LOSS_GROUPS: Final = 32
_LOSS_BEFORE: Final = 8
"""Groups over which the losses are averaged, and as how many whole ones a line counts that is new."""

_RECENT_RISE_S: Final = 15.0
"""An index that rose this lately is one that counts now."""

_MAINS_V, _MAINS_SHARE = 230.0, 0.1
"""Voltage of historic mode, which tells none, and how far the mains may be from it."""

_MEASURED_SHARE: Final = 0.03
_ROUNDING_A: Final = 0.6
"""Half an ampere of rounding, and a little for the moment between two groups."""

_SAME_FRAME_S: Final = 3.0
_LEARNABLE_A: Final = 6
_LEARNT_SAMPLES: Final = 8
_LONGEST_MEMORY: Final = 32
_LOWEST_V, _HIGHEST_V = 200, 260
"""Power ÷ current of a historic frame tells its volts, where the current of each phase is this large."""

_PHASES: Final = ("1", "2", "3")
PHASE_POWERS: Final = ("SINSTS1", "SINSTS2", "SINSTS3")


class Said(NamedTuple):
    """The content of a group and when it came."""

    data: str
    horodate: str | None
    at: float

    def repeats(self, other: Said) -> bool:
        """Whether both say the same."""
        return self.data == other.data and self.horodate == other.horodate

    @property
    def moment(self) -> datetime | None:
        """The horodate without its season: what is compared lies seconds apart."""
        parsed = None if self.horodate is None else parse_horodate(self.horodate)
        if parsed is None:
            return None
        return parsed.naive - timedelta(hours=1) if parsed.season in "Ee" else parsed.naive


class Sayings:
    """By label what was believed last (``held``) and what waits for a second witness (``withheld``).

    ``tens``: the total power of historic mode comes in tens of VA, as it should (tic.md §6); a meter, or what stands
    in for one, that was heard to tell single VA is taken at its word. Powers are in VA, currents in A, times in s.
    """

    def __init__(self) -> None:
        self.held: dict[str, Said] = {}
        self.withheld: dict[str, Said] = {}
        self.groups = 0
        self.tens = True
        self._risen: dict[str, float] = {}
        self._losses = 0.0
        self._volts = _MAINS_V
        self._volts_samples = 0

    @property
    def rough(self) -> bool:
        """Whether so much is lost on the line that a small change may well be damage."""
        return self._losses > _ROUGH_SHARE

    def hear(self, group: Group) -> None:
        """Count a group, and whether something was lost before it."""
        self.groups += 1
        self._losses += (group.after_loss - self._losses) / min(self.groups + _LOSS_BEFORE, _LOSS_GROUPS)

    def believe(self, label: str, said: Said) -> None:
        """Hold what was believed."""
        before = self.held.get(label)
        if before is not None and before.data != said.data:
            self._risen[label] = said.at
        self.held[label] = said
        if label == "PAPP":
            self.tens = self.tens and said.data.endswith("0")
            self._learn_volts(int(said.data), said.at)

    def heard(self, label: str, now: float) -> int | None:
        """The latest number of a label, believed or not, while it is fresh."""
        said = self.withheld.get(label) or self.held.get(label)
        fresh_s = _ROUGH_FRESH_S if self.rough else _FRESH_S
        return None if said is None or now - said.at > fresh_s else int(said.data)

    def counts(self, label: str, now: float) -> bool:
        """Whether an index is one of those that count at present: it rose lately, or what is drawn counts there.

        Of the indexes among which the tariff chooses, the one that rose last counts on until another one rises.
        """
        risen = self._risen.get(label)
        if risen is None:
            return False
        if now - risen <= _RECENT_RISE_S:
            return True
        if label == "EAST":
            return bool(self.heard("SINSTS", now))
        if label == "EAIT":
            return bool(self.heard("SINSTI", now))
        family = _family(label)
        return family is not None and all(at <= risen for other, at in self._risen.items() if _family(other) == family)

    def power(self, now: float) -> int | None:
        """The power through the meter, import or export, VA."""
        powers = [self.heard(label, now) for label in ("SINSTS", "SINSTI", "PAPP")]
        return max((power for power in powers if power is not None), default=None)

    def clock(self, now: float) -> datetime | None:
        """The meter's clock carried on to ``now``."""
        said = self.held.get("DATE")
        moment = None if said is None else said.moment
        return None if said is None or moment is None else moment + timedelta(seconds=now - said.at)

    def product(self, label: str, now: float) -> tuple[float, float] | None:
        """Current × voltage for a label that tells a power, and how far the power may be from it, VA.

        None unless the current of each phase of the label is known.
        """
        total = tolerance = 0.0
        names = self._currents(label)
        for name in names:
            current = self.heard(name, now)
            if current is None:
                return None
            volts, share = self._voltage(name[-1], now)
            total += current * volts
            tolerance += _ROUNDING_A * volts + share * current * volts
        return (total, tolerance) if names else None

    def makes(self, label: str, current: int, now: float) -> bool:
        """Whether a current is that of the power of its own phase, sent after it in the frame before.

        The total of three phases of historic mode bears no single current out.
        """
        phase = label[-1] if label[-1] in _PHASES else ""
        if label.startswith("IRMS"):
            powers = [f"SINSTS{phase}"]
            if "IRMS2" not in self.held:
                powers = ["SINSTS", "SINSTI"]
        else:
            powers = [] if phase else ["PAPP"]
        power = max((self.heard(name, now) or 0 for name in powers), default=0)
        volts, share = self._voltage(phase, now)
        return power > 0 and abs(current * volts - power) <= _ROUNDING_A * volts + min(share, _MEASURED_SHARE) * power

    def rest_of_total(self, label: str, now: float) -> int | None:
        """What the total of three phases, sent just before them, leaves for one of them, VA."""
        if label not in PHASE_POWERS:
            return None
        total = self.heard("SINSTS", now)
        others = [self.heard(other, now) for other in PHASE_POWERS if other != label]
        known = [power for power in others if power is not None]
        return None if total is None or len(known) < len(others) else total - sum(known)

    def over_reference(self, now: float) -> bool | None:
        """Whether a phase is above its share of the contract, as far as the powers tell."""
        contract = self.held.get("PREF")
        phases = [self.heard(label, now) for label in PHASE_POWERS]
        powers = [power for power in phases if power is not None]
        total = self.heard("SINSTS", now)
        if not powers and total is not None:
            powers = [total]
        if contract is None or not powers:
            return None
        return max(powers) > int(contract.data) * 1000 / len(powers)

    def _currents(self, label: str) -> list[str]:
        """The labels of the currents that make a power, as far as this meter has ever told them."""
        letter = "IINST" if label == "PAPP" else "IRMS"
        phases = (label[-1],) if label[-1] in _PHASES else ("", *_PHASES)
        return [name for phase in phases if (name := letter + phase) in self.held]

    def _voltage(self, phase: str, now: float) -> tuple[float, float]:
        """The volts of a phase and the share by which they may be wrong."""
        measured = self.heard(f"URMS{phase}", now)
        if measured is not None:
            return measured, _MEASURED_SHARE
        if self.rough and self._volts_samples >= _LEARNT_SAMPLES:
            return self._volts, _MEASURED_SHARE
        return _MAINS_V, _MAINS_SHARE

    def _learn_volts(self, power: int, now: float) -> None:
        currents = [self.held[name] for name in self._currents("PAPP")]
        if not currents or any(now - said.at > _SAME_FRAME_S for said in currents):
            return
        total_a = sum(int(said.data) for said in currents)
        if total_a < _LEARNABLE_A * len(currents) or not _LOWEST_V <= power / total_a <= _HIGHEST_V:
            return
        self._volts_samples += 1
        self._volts += (power / total_a - self._volts) / min(self._volts_samples, _LONGEST_MEMORY)


def _family(label: str) -> str | None:
    """The indexes of which one at a time counts, by a name in common: those of a supplier's or the grid's tariff."""
    if label.startswith(("EASF", "EASD")):
        return label[:4]
    return "historic" if label.startswith(("HC", "EJP", "BBR")) else None
