"""A remote-controlled plug: its relay follows commands after a latency, unless it is faulty."""

from enum import StrEnum


class PlugFault(StrEnum):
    """DEAF hears no command; GONE is deaf and unavailable."""

    NONE = "none"
    DEAF = "deaf"
    GONE = "gone"


class Plug:
    """One relay, closed at first. `latency_s` is from command to relay; a new command replaces the pending one."""

    def __init__(self, *, latency_s: float = 0.0) -> None:
        self.on = True
        self.fault = PlugFault.NONE
        self.latency_s = latency_s
        self._pending: tuple[bool, float] | None = None

    @property
    def available(self) -> bool:
        """Whether the plug can be reached."""
        return self.fault is not PlugFault.GONE

    def command(self, *, on: bool) -> None:
        """Ask for a state; a faulty plug does not listen."""
        if self.fault is not PlugFault.NONE:
            return
        if self.latency_s <= 0:
            self.on, self._pending = on, None
        else:
            self._pending = (on, self.latency_s)

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass."""
        if self._pending is None:
            return
        on, left_s = self._pending
        if left_s <= dt_s:
            self.on, self._pending = on, None
        else:
            self._pending = (on, left_s - dt_s)
