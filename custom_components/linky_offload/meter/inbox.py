"""The messages of a bridge, made fit to be read as groups: in order, of one mode, said again while unchanged.

A bridge believes the checksum alone, and many tell each change once. Where its line is noisy, it tells a wrong value
when it reads one, and the right one with the next frame that it can read: what stands is true. A wrong power or current
is gone after a frame, stays within the bounds of plausibility.py, and must not wait for the sake of those that are
right; an index, the contract and the address need several agreeing words anyway. What is left is told once and acted
upon for hours: the tariff, and the status of the meter. A change of these must stand before it is read.
"""

import math
from typing import Final

from ..tic import Group, Mode
from .delivery import Delivery
from .vote import Vote

_POWER_LABELS: Final = frozenset({"PAPP", "SINSTS", "SINSTS1", "SINSTS2", "SINSTS3", "SINSTI"})

_SAID_AGAIN_S: Final = 1.0
"""Shortest time between two messages by which the second repeats what the first said."""

_STANDING: Final = frozenset(
    {"OPTARIF", "PTEC", "DEMAIN", "NGTF", "LTARF", "NTARF", "NJOURF", "NJOURF+1", "PJOURF+1", "PPOINTE", "STGE"}
)
"""Labels of which a change must stand: they are told rarely and acted upon for long."""

_STANDS_S: Final = 5.0
"""Time without another word after which a change stands: the longest frame of historic mode, and a lost one."""

_MOBILE_STATUS: Final = 1 << 7 | 1 << 9
"""The bits of STGE that follow the power, and protect: above the reference, and exporting."""


class Inbox:
    """What must be remembered between two messages of a bridge."""

    def __init__(self) -> None:
        self._mode: Vote[Mode] = Vote(first=1, change=3)
        self._unproven: dict[str, Group] = {}
        self._stood: dict[str, Group] = {}
        self._changed: dict[str, tuple[Group, float]] = {}
        self._said_again_at = -math.inf

    def mode(self, delivery: Delivery) -> Mode | None:
        """The mode that the messages prove; another one only once three in a row are of it."""
        if delivery.groups:
            self._mode.offer(delivery.groups[0].mode)
        return self._mode.value

    def groups(self, delivery: Delivery, now: float) -> list[Group]:
        """The groups to read at ``now``: those of the proven mode.

        Powers come last, as they do on the wire: they are settled by the currents beside them. What came once, is not
        believed yet and was not contradicted since is still being said: it comes again, before the others.
        """
        groups = [group for group in delivery.groups if group.mode is self._mode.value]
        groups.sort(key=lambda group: group.label in _POWER_LABELS)
        told = [group for group in groups if self._stands(group, now, _SAID_AGAIN_S)]
        if now - self._said_again_at < _SAID_AGAIN_S:
            return told
        self._said_again_at = now
        labels = {group.label for group in groups}
        again = [group for label, group in self._unproven.items() if label not in labels]
        return [*(group for group in again if self._stands(group, now, _STANDS_S)), *told]

    def prove(self, group: Group, *, believed: bool) -> None:
        """Tell whether a group is believed by now; a bridge that tells changes only will not repeat it."""
        if believed:
            self._unproven.pop(group.label, None)
        else:
            self._unproven[group.label] = group

    def forget(self) -> None:
        """The meter changed its mode: what the other one said is void."""
        self._unproven.clear()
        self._stood.clear()
        self._changed.clear()

    def _stands(self, group: Group, now: float, least_s: float) -> bool:
        """Whether a group may be read: it says what stood before, or a change that was first told ``least_s`` ago."""
        label = group.label
        if label not in _STANDING:
            return True
        stood, (change, at) = self._stood.get(label), self._changed.get(label, (None, now))
        known = change is not None and _alike(group, change)
        if stood is None or _alike(group, stood) or (known and now - at >= least_s):
            self._stood[label] = group
            self._changed.pop(label, None)
            return True
        if not known:
            self._changed[label] = (group, now)
        self._unproven[label] = group
        return False


def _alike(group: Group, other: Group) -> bool:
    """Whether both say the same, or differ in what follows the power."""
    return _standing(group) == _standing(other)


def _standing(group: Group) -> str | int:
    if group.label != "STGE":
        return group.data
    try:
        return int(group.data, 16) & ~_MOBILE_STATUS
    except ValueError:
        return group.data
