"""On which phase a load is, told by its own power sensor: what it says is looked for in the meter (design §5, §6).

Nobody need switch anything for it: a thermostat that starts and stops its heater is enough. The size of the step is
known, so that a step of another appliance is seldom taken for it; where no phase shows it, that speaks against all.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from .learn import step_of

LEAST_VA: Final = 300.0
"""Smaller changes drown in the noise of the base load."""

_SENSOR_LATE_S: Final = 3.0  # most sensors tell sooner; what slower ones tell is not found, and teaches nothing
_SAME_SHARE: Final = 0.1
_SAME_VA: Final = 60.0
_SAMPLES: Final = 16
_THREE: Final = 3


@dataclass(frozen=True, slots=True)
class _Change:
    load_id: str
    va: float
    at: float
    before: Mapping[int, float]


class Echo:
    """Changes that sensors told, and the samples in which they are looked for."""

    def __init__(self) -> None:
        """Nothing is awaited."""
        self._past: deque[tuple[float, Mapping[int, float]]] = deque(maxlen=_SAMPLES)
        self._awaited: list[_Change] = []
        self._told: dict[str, float] = {}

    def told(self, load_id: str, power_va: float | None, now: float, *, seek: bool) -> float:
        """A load tells its power; return by how much it changed of its own accord, VA.

        None: nobody knows it, or the load was switched lately. ``seek``: look for the change on the meter.
        """
        last = self._told.pop(load_id, None)
        if power_va is None:
            return 0.0
        self._told[load_id] = power_va
        change = 0.0 if last is None else power_va - last
        if seek and abs(change) >= LEAST_VA:
            before = next((raw for at, raw in reversed(self._past) if at <= now - _SENSOR_LATE_S), None)
            if before is not None:
                self._awaited.append(_Change(load_id, change, now, before))
        return change

    def disturb(self) -> None:
        """An order of ours leaves: whatever is awaited is lost in it."""
        self._awaited.clear()

    def landed(
        self, raw: Mapping[int, float], sampled_at: float, shown_after_s: float
    ) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Take a sample; yield the loads whose change it contains, with the phases that show it, if any."""
        self._past.append((sampled_at, dict(raw)))
        if not self._awaited:
            return
        waiting, self._awaited = self._awaited, []
        for change in waiting:
            if sampled_at - change.at <= shown_after_s:
                self._awaited.append(change)
            else:
                yield change.load_id, phases_of(change.va, step_of(1.0, change.before, raw))


def phases_of(va: float, moved: Mapping[int, float]) -> tuple[int, ...]:
    """The one phase that moved by as much, or all three by a third of it; none when it cannot be told."""
    whole = tuple(phase for phase, step_va in moved.items() if _same(step_va, va))
    thirds = tuple(phase for phase, step_va in moved.items() if _same(step_va, va / _THREE))
    if len(thirds) == _THREE:
        return tuple(sorted(thirds))
    return whole if len(whole) == 1 else ()


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= max(_SAME_VA, _SAME_SHARE * abs(other))
