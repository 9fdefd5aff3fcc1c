"""Belief by repetition: what hardly ever changes is not changed by one group that slipped through the checksum."""


class Vote[T]:
    """A value believed after ``first`` equal offers in a row, and changed only after ``change`` equal ones in a row."""

    __slots__ = ("_candidate", "_change", "_count", "_first", "value")

    def __init__(self, *, first: int, change: int) -> None:
        self._first = first
        self._change = change
        self._candidate: T | None = None
        self._count = 0
        self.value: T | None = None

    def offer(self, value: T) -> bool:
        """Hear one more ``value``; True when this makes the belief change."""
        if value == self.value:
            self._candidate, self._count = None, 0
            return False
        if value == self._candidate:
            self._count += 1
        else:
            self._candidate, self._count = value, 1
        if self._count < (self._first if self.value is None else self._change):
            return False
        self.value = value
        self._candidate, self._count = None, 0
        return True
