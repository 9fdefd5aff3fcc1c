"""Whether a load asks that has neither a sensor nor a control to tell: the meter does, by its steps (design §6.7).

The step at each of our orders says whether it drew. In between, a fall of its size means that it is served, a rise
that it asks again. A rise while it draws is another appliance of its size, whose fall is then awaited first. Where a
step was missed, what the loads that do tell leave unexplained on its phases puts it right.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
import math
from typing import Final

_DREW_SHARE: Final = 0.6
_SLEPT_SHARE: Final = 0.25
_TOO_LITTLE_SHARE: Final = 0.5
_MORE_SHARE: Final = 0.7
_DRIFT: Final = 0.03  # a look, of what the rest of the house draws
_LOOK_S: Final = 10.0
_LONG_S: Final = 90.0  # sensors and controls tell late
_LEAST_VA: Final = 300.0  # smaller steps are made by anything
_SAME_SHARE: Final = 0.1  # as far as the mains voltage makes it move
_ROUGHLY: Final = 0.15  # while only its owner's word tells its size
_STILL_VA: Final = 100.0
_CLOSE_S: Final = 5.0  # further apart, samples hide too much of what happens
_OTHERS_FOR_S: Final = 1800.0
_BELIEVED_S: Final = 1800.0


@dataclass(slots=True)
class Appetite:
    """What is believed of one load. ``draws``: it would draw if it may; None while nobody can tell."""

    draws: bool | None = None
    dead: bool = False  # a day/night contactor keeps it without power
    _told_at: float = 0.0
    _step_va: float | None = None  # what it was seen to draw at the last order
    _rest_va: float | None = None  # what was drawn by none that tells, before it may have started
    _odd_since: float | None = None
    _others: list[float] = field(default_factory=list)  # when others of its size came on while it drew

    def switched(self, moved_va: float, own_va: float, now: float) -> None:
        """An order moved the meter by so much, in the order's direction; ``own_va``: what the load draws when it does.

        A step between none and its own proves nothing.
        """
        if moved_va >= _DREW_SHARE * own_va:
            self._step_va = moved_va if abs(moved_va - own_va) <= _ROUGHLY * own_va else None
            self._believe(now, draws=True)
        elif moved_va <= _SLEPT_SHARE * own_va:
            self._believe(now, draws=False)

    def stepped(self, step_va: float, own_va: float, now: float) -> None:
        """The meter made a step, VA, that no order explains, while the load is on."""
        usual, within = (own_va, _ROUGHLY) if self._step_va is None else (self._step_va, _SAME_SHARE)
        if abs(abs(step_va) - usual) > within * usual:
            return
        if step_va > 0:
            if self.draws:
                self._others.append(now)
            else:
                self._believe(now, draws=True)
            return
        self._others = [at for at in self._others if now - at < _OTHERS_FOR_S]
        if self._others:
            self._others.pop()
        else:
            self._believe(now, draws=False)

    def weigh(self, unexplained_va: float, own_va: float, now: float) -> None:
        """So much on the phases of the load is drawn by none that tells; what is so for long counts.

        Less than it draws means that it rests. While it rests, as much more than before means that it has started.
        """
        if self.draws is False:
            if self._rest_va is None:
                self._rest_va = unexplained_va
            odd = unexplained_va - self._rest_va >= _MORE_SHARE * own_va
            self._rest_va += 0.0 if odd else _DRIFT * (unexplained_va - self._rest_va)
        else:
            odd = unexplained_va <= _TOO_LITTLE_SHARE * own_va
        if not odd:
            self._odd_since = None
        elif self._odd_since is None:
            self._odd_since = now
        elif now - self._odd_since >= _LONG_S:
            self._believe(now, draws=self.draws is False)

    def pass_time(self, *, dead: bool, unseen: bool, now: float) -> None:
        """Follow the contactor. ``unseen``: a start would not show, so that its rest is not believed for long."""
        if dead is not self.dead:
            self.dead = dead
            self.draws = None
            self._others.clear()
        if unseen and self.draws is False and now - self._told_at >= _BELIEVED_S:
            self.draws = None

    def _believe(self, now: float, *, draws: bool) -> None:
        self.draws, self._told_at, self._rest_va, self._odd_since = draws, now, None, None
        self._others.clear()


class Levels:
    """Tells the steps of each phase: from one level at which the meter rests to the next, however long it takes."""

    def __init__(self) -> None:
        """No level is known."""
        self.blind = False  # the samples come too far apart
        self._level: dict[int, float] = {}
        self._last: Mapping[int, float] = {}
        self._last_at = -math.inf
        self._looked_at = -math.inf

    def look(self, now: float) -> bool:
        """It is time to look at the level itself."""
        if now - self._looked_at < _LOOK_S:
            return False
        self._looked_at = now
        return True

    def expect(self, effect: Mapping[int, float], sign: float) -> None:
        """An order of ours was carried out: what it moves, VA by phase, is no step."""
        for phase, va in effect.items():
            if phase in self._level:
                self._level[phase] += sign * va

    def steps(self, raw: Mapping[int, float], sampled_at: float, *, moving: bool = False) -> dict[int, float]:
        """Take a sample; return the step of each phase that has come to rest, where there is one, VA.

        ``moving``: orders of ours are under way, so that nothing can be told yet.
        """
        if sampled_at <= self._last_at:
            return {}
        self.blind = sampled_at - self._last_at > _CLOSE_S
        if self.blind:
            self._level.clear()
            self._last = {}
        if moving:
            self._last, self._last_at = dict(raw), sampled_at
            return {}
        found: dict[int, float] = {}
        for phase, va in raw.items():
            if abs(va - self._last.get(phase, va + 2 * _STILL_VA)) > _STILL_VA:
                continue
            step = va - self._level.get(phase, va)
            self._level[phase] = va
            if abs(step) >= _LEAST_VA:
                found[phase] = step
        self._last, self._last_at = dict(raw), sampled_at
        return found


def share_of(steps: Mapping[int, float], own: Iterable[int]) -> float:
    """What all the phases of a load moved together, VA; 0 unless each of them made a step."""
    moved = [steps.get(phase, 0.0) for phase in own]
    return sum(moved) if moved and all(moved) else 0.0
