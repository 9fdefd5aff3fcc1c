"""What a load draws and where, learned from the steps that the meter shows when it is switched (design §5, §6).

Others may move in the same second, so a single step proves little: the median of the latest is believed, and how well
they agree is its confidence. A load that has changed is believed as soon as two steps in a row say so. Where a power
sensor exists, it tells instead: the peak is taken over at once, and fades towards what is typical.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
import math
from typing import Any, Final, Self

_STEPS: Final = 5
_LEAST_VA: Final = 50.0
_AGREE_SHARE: Final = 0.15
_AGREE_VA: Final = 100.0
_CHANGED: Final = 2.0
_TYPICAL_S: Final = 600.0
_PEAK_S: Final = 3600.0
_VOTES: Final = 3
_HEARD: Final = 3  # votes of a step whose size was known beforehand
_VOTE_SHARE: Final = 0.75
_MOST_VOTES: Final = 30
_ALONE_SHARE: Final = 0.8
_EACH_SHARE: Final = 0.2
_THREE: Final = 3


@dataclass(slots=True)
class Learned:
    """The steps of one load, and what its sensor told.

    ``votes``: how often its steps fell on which phases, or on none of them.
    """

    steps_va: list[float] = field(default_factory=list)
    votes: dict[tuple[int, ...], int] = field(default_factory=dict)
    typical_va: float | None = None  # of the sensor, while it draws
    peak_va: float | None = None
    _last: tuple[float, float] | None = None  # power and moment of the sensor's last word
    _before_change: list[float] = field(default_factory=list)  # steps that it made before it seemed to have changed

    @property
    def va(self) -> float | None:
        """What it draws when it runs, VA: the median of its steps, the lower of two; None before the first."""
        if not self.steps_va:
            return None
        return _median(self.steps_va)

    @property
    def confidence(self) -> float:
        """0 nothing known … 1: the latest steps, as many as are kept, all agree; a sensor is always believed."""
        if not self.steps_va:
            return 0.0 if self.peak_va is None else 1.0
        median = self.va or 0.0
        return sum(_agree(step, median) for step in self.steps_va) / _STEPS

    @property
    def phases(self) -> tuple[int, ...]:
        """The phases on which it is, once several steps agree; empty before."""
        if not self.votes:
            return ()
        phases, most = max(self.votes.items(), key=lambda vote: vote[1])
        return phases if most >= _VOTES and most >= _VOTE_SHARE * sum(self.votes.values()) else ()

    def step(self, moved: Mapping[int, float], given: tuple[int, ...]) -> None:
        """Take a step of the load, VA by phase, positive; ``given``: the phases that its owner told."""
        own = [moved[phase] for phase in given if phase in moved]
        where = () if given else _where(moved)
        if own:
            va = sum(own)
        elif where:
            va = sum(moved[phase] for phase in where)
        else:
            va = max(moved.values(), default=0.0)
        if va < _LEAST_VA:
            return
        before, last = self.va, self.steps_va[-1] if self.steps_va else None
        if before is not None and last is not None and _far(va, before) and _far(last, before) and _agree(va, last):
            # Twice the same, and nothing like before: it is another appliance now, unless a hob made the difference.
            self._before_change, self.steps_va = self.steps_va[:-1], [last]
        elif self._before_change and len(self.steps_va) > 1:
            if _agree(va, _median(self._before_change)):
                self.steps_va = self._before_change
            self._before_change = []
        self.steps_va = [*self.steps_va, va][-_STEPS:]
        self.vote(moved, given)

    def vote(self, moved: Mapping[int, float], given: tuple[int, ...]) -> None:
        """Take only the phases of a step; ``given`` ones are never contradicted."""
        where = () if given or len(moved) == 1 else _where(moved)
        if where:
            self._count(where, 1)

    def heard(self, phases: tuple[int, ...]) -> None:
        """Take the phases on which a change of known size was found on the meter; empty: on none of them."""
        self._count(phases, _HEARD if phases else 1)

    def measure(self, power_va: float | None, now: float) -> None:
        """Take the word of the sensor; ``power_va`` is None while the load is off or draws nothing."""
        if self._last is not None and self.typical_va is not None and self.peak_va is not None:
            power, since = self._last
            lasted = max(0.0, now - since)
            self.typical_va -= math.expm1(-lasted / _TYPICAL_S) * (power - self.typical_va)
            self.peak_va += math.expm1(-lasted / _PEAK_S) * (self.peak_va - self.typical_va)
        self._last = None
        if power_va is not None:
            self._last = (power_va, now)
            self.typical_va = power_va if self.typical_va is None else self.typical_va
            self.peak_va = max(power_va, self.peak_va or 0.0)

    def doubt(self) -> None:
        """It found no room for long: forget a power that was seen once only, and steps far above its lowest.

        Others move when a load is cut, and a hob adds the same to one step after the other.
        """
        kept = [*self._before_change, *self.steps_va]
        self.steps_va = [va for va in kept if not _far(va, min(kept))][-_STEPS:] if len(kept) > 1 else []
        self._before_change = []

    def reset(self) -> None:
        """Forget the powers; the phases stay."""
        self.steps_va, self.typical_va, self.peak_va, self._last = [], None, None, None

    def _count(self, phases: tuple[int, ...], votes: int) -> None:
        self.votes[phases] = self.votes.get(phases, 0) + votes
        if sum(self.votes.values()) > _MOST_VOTES:
            self.votes = {phases: count // 2 for phases, count in self.votes.items() if count > 1}

    def dump(self) -> dict[str, Any]:
        """State for storage."""
        return {
            "steps_va": self.steps_va,
            "votes": [[list(phases), count] for phases, count in self.votes.items()],
            "typical_va": self.typical_va,
            "peak_va": self.peak_va,
        }

    @classmethod
    def load(cls, state: Mapping[str, Any]) -> Self:
        """What a `dump` held."""
        return cls(
            steps_va=list(state.get("steps_va", ())),
            votes={tuple(phases): count for phases, count in state.get("votes", ())},
            typical_va=state.get("typical_va"),
            peak_va=state.get("peak_va"),
        )


@dataclass(frozen=True, slots=True)
class Switch:
    """A load that somebody switched: its step is awaited on the meter."""

    load_id: str
    sign: float
    at: float
    raw_before: Mapping[int, float]


class Witness:
    """Watches loads being switched by others. A step counts only if nothing else was switched meanwhile."""

    def __init__(self) -> None:
        """Nothing is awaited."""
        self._switches: list[Switch] = []

    def note(self, load_id: str, *, on: bool, raw: Mapping[int, float], now: float) -> None:
        """A load was switched; two at a time cannot be told apart."""
        if self._switches:
            self._switches = [Switch("", 0.0, now, {})]
        else:
            self._switches = [Switch(load_id, 1.0 if on else -1.0, now, dict(raw))]

    def disturb(self, now: float) -> None:
        """An order of ours leaves: whatever is awaited is lost in it."""
        if self._switches:
            self._switches = [Switch("", 0.0, now, {})]

    def landed(
        self, raw: Mapping[int, float], sampled_at: float, shown_after_s: float
    ) -> Iterator[tuple[str, dict[int, float]]]:
        """The load whose step a sample of this moment contains, with the step by phase."""
        waiting, self._switches = self._switches, []
        for switch in waiting:
            if sampled_at - switch.at <= shown_after_s:
                self._switches.append(switch)
            elif switch.load_id:
                yield switch.load_id, step_of(switch.sign, switch.raw_before, raw)


def step_of(sign: float, before: Mapping[int, float], after: Mapping[int, float]) -> dict[int, float]:
    """The step between two views of the phases, VA, positive where it goes the way of ``sign``."""
    return {phase: sign * (power - before[phase]) for phase, power in after.items() if phase in before}


def _where(moved: Mapping[int, float]) -> tuple[int, ...]:
    """The one phase, or all three, that made the step; none when it cannot be told."""
    risen = {phase: va for phase, va in moved.items() if va > 0}
    total = sum(risen.values())
    if total < _LEAST_VA:
        return ()
    highest = max(risen, key=lambda phase: risen[phase])
    if risen[highest] >= _ALONE_SHARE * total:
        return (highest,)
    even = len(risen) == _THREE and all(va >= _EACH_SHARE * total for va in risen.values())
    return tuple(sorted(risen)) if even else ()


def _median(values: Sequence[float]) -> float:
    return sorted(values)[(len(values) - 1) // 2]


def _agree(one: float, other: float) -> bool:
    return abs(one - other) <= max(_AGREE_VA, _AGREE_SHARE * other)


def _far(one: float, other: float) -> bool:
    return one > _CHANGED * other or one * _CHANGED < other
