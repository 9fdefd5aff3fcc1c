"""What a LinkyTop says of itself, and what it is told when it asks how long it may sleep.

The box reads its five labels, publishes them, asks, and sleeps: an answer ``slow;N`` puts it to sleep for N seconds,
``fast;N`` lets it read again at once. Without an answer it sleeps for 30 s.
"""

from collections import Counter
from enum import StrEnum
import re
from typing import Final

from .oddity import Oddity
from .topics import LINKYTOP

DELAYS_S: Final = (30, 45, 60, 90, 120, 300, 600, 900, 1200, 1800)
"""The delays between two measures that may be chosen, seconds."""

DEFAULT_DELAY_S: Final = 30

HELLO: Final = "hello"
ERROR: Final = "ERROR"
PACE: Final = "delay"
SLEEP_TIME: Final = "sleep_time"
OWN_TOPICS: Final = (HELLO, ERROR, PACE, SLEEP_TIME)
"""Where the box speaks of itself, at the root of the broker."""

_SECONDS: Final = re.compile(r"[1-9][0-9]{0,4}")
_LONGEST: Final = 64


class Pace(StrEnum):
    """How the box measures."""

    FAST = "fast"  # again and again
    SLOW = "slow"  # it sleeps in between


def answer(pace: Pace, delay_s: int) -> str:
    """What the box is told when it asks."""
    return f"{pace};{delay_s}"


class Box:
    """Keeps the latest word of one box. Nothing that a broker had kept is believed: the box has nothing kept.

    ``pace`` and ``sleep_s`` as the box announced them; ``missing``: labels that it did not find in its last round, in
    the order in which it reads them; ``started_at`` and ``seen_at``: seconds of the clock of the caller.
    """

    def __init__(self) -> None:
        self.counts: Counter[Oddity] = Counter()
        self.pace: Pace | None = None
        self.sleep_s: int | None = None
        self.last_missing: str | None = None
        self.started_at: float | None = None
        self.seen_at: float | None = None
        self._missing: set[str] = set()

    @property
    def missing(self) -> tuple[str, ...]:
        """The labels that it looks for in vain."""
        return tuple(label for label in LINKYTOP if label in self._missing)

    def take(self, topic: str, payload: bytes, *, retained: bool, now: float) -> None:
        """Take one message of the box; what it cannot have said is counted."""
        if retained:
            self.counts[Oddity.RETAINED] += 1
            return
        text = self._text(payload)
        if text is None:
            return
        if topic in LINKYTOP:
            # Its value is for the meter; here it only ends what was missing.
            self._missing.discard(topic)
        elif topic == PACE and text in tuple(Pace):
            self.pace = Pace(text)
            if self.pace is Pace.FAST:
                self.sleep_s = None
        elif topic == SLEEP_TIME and _SECONDS.fullmatch(text):
            self.sleep_s = int(text)
        elif topic == ERROR and text in LINKYTOP:
            self._missing.add(text)
            self.last_missing = text
        elif topic == HELLO and text:
            self.started_at = now
        else:
            self.counts[Oddity.BAD_VALUE] += 1
            return
        self.seen_at = now

    def _text(self, payload: bytes) -> str | None:
        if len(payload) > _LONGEST:
            self.counts[Oddity.TOO_LARGE] += 1
            return None
        try:
            return payload.decode().strip()
        except UnicodeDecodeError:
            self.counts[Oddity.NOT_TEXT] += 1
            return None
