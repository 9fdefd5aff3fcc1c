"""The messages of a bridge, made fit to be read as groups: in order, of one mode, said again while unchanged."""

import math

from ..tic import Group, Mode
from .delivery import Delivery
from .vote import Vote

_POWER_LABELS = frozenset({"PAPP", "SINSTS", "SINSTS1", "SINSTS2", "SINSTS3", "SINSTI"})

_SAID_AGAIN_S = 1.0
"""Shortest time between two messages by which the second repeats what the first said."""


class Inbox:
    """What must be remembered between two messages of a bridge."""

    def __init__(self) -> None:
        self._mode: Vote[Mode] = Vote(first=1, change=3)
        self._unproven: dict[str, Group] = {}
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
        if now - self._said_again_at < _SAID_AGAIN_S:
            return groups
        self._said_again_at = now
        labels = {group.label for group in groups}
        again = [group for label, group in self._unproven.items() if label not in labels]
        return [*again, *groups]

    def prove(self, group: Group, *, believed: bool) -> None:
        """Tell whether a group is believed by now; a bridge that tells changes only will not repeat it."""
        if believed:
            self._unproven.pop(group.label, None)
        else:
            self._unproven[group.label] = group

    def forget(self) -> None:
        """The meter changed its mode: what the other one said is void."""
        self._unproven.clear()
