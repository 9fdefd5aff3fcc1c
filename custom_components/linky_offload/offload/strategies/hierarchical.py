"""Hierarchical: always the same order, 1, 2, 3 …, returned in reverse (reference-systems §4)."""

from collections.abc import Sequence

from ..track import LoadTrack


class Hierarchical:
    """The person's list is the order: what is missed least goes first and returns last."""

    def to_offload(self, loads: Sequence[LoadTrack]) -> Sequence[LoadTrack]:
        """Loads as they are listed."""
        return loads

    def to_restore(self, loads: Sequence[LoadTrack]) -> Sequence[LoadTrack]:
        """Loads from the end of the list."""
        return loads[::-1]
