"""An energy register that goes on: what a counter shows over a new meter, another mode, or a register that is full.

Statistics take every rise for energy that was used, and every fall to a low value for a counter begun anew at 0. A
meter that is replaced, a calendar whose indexes are set anew, or a historic BASE that becomes the EAST of standard mode
would be a spike of thousands of kWh. So only a rise that the mains can have delivered counts; after any other step the
counter goes on from where it was, at the new pace.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

_FASTEST_W: Final = 54_000.0
"""One and a half times the largest contract of these meters, 36 kVA (tic.md §11)."""

_ALWAYS_WH: Final = 15.0
_CAPACITIES: Final = (10**9, 10**8)  # nine digits; eight on some older meters


@dataclass(slots=True)
class Register:
    """``shown``: the counter, Wh (or varh); ``told``: what the meter said last, at ``at`` (s of the wall clock).

    ``meter``: the address of the meter that said it, None while unknown.
    """

    shown: int | None = None
    told: int | None = None
    at: float | None = None
    meter: str | None = None

    def take(self, told: int, at: float, meter: str | None) -> int:
        """Hear the register of ``meter`` at ``at``; the counter."""
        if self.shown is None or self.told is None:
            self.shown = told
        elif not self._replaced(meter):
            self.shown += self._used(told, at)
        self.told, self.at = told, at
        self.meter = meter or self.meter
        return self.shown

    def add(self, wh: int, at: float) -> int:
        """Count what others tell that this register would have counted by ``at``; the counter."""
        self.shown = (self.shown or 0) + wh
        self.told = (self.told or 0) + wh
        self.at = at
        return self.shown

    @property
    def shift(self) -> int:
        """How far the counter is from what the meter itself displays."""
        return (self.shown or 0) - (self.told or 0)

    def dump(self) -> dict[str, Any]:
        """What must be kept over a restart, as JSON has it."""
        return {"shown": self.shown, "told": self.told, "at": self.at, "meter": self.meter}

    @classmethod
    def restore(cls, kept: Mapping[str, Any]) -> Self:
        """The register as ``dump`` gave it."""
        return cls(kept["shown"], kept["told"], kept["at"], kept["meter"])

    def _replaced(self, meter: str | None) -> bool:
        # Some bridges lose the zeros that an address begins with.
        if meter is None or self.meter is None or meter == self.meter:
            return False
        return meter.lstrip("0") != self.meter.lstrip("0")

    def _used(self, told: int, at: float) -> int:
        """What was used since the last time; 0 when no use explains the step."""
        rise = told - (self.told or 0)
        most = _ALWAYS_WH + _FASTEST_W * max(0.0, at - (self.at or 0.0)) / 3600
        return next((used for used in (rise, *(rise + full for full in _CAPACITIES)) if 0 <= used <= most), 0)
