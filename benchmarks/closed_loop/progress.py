"""How far the runs have come, told on the standard error so that the standard output stays a table."""

import sys
from time import monotonic
from typing import Final, TextIO

_TELL_S: Final = 30.0
_FIRST_SHARE: Final = 0.02


class Progress:
    """A line that a terminal writes over, and anything else gets twice a minute."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = sys.stderr if out is None else out
        self._whole = 0.0
        self._done = 0.0
        self._runs = 0
        self._ended = 0
        self._began = 0.0
        self._told = 0.0

    def begin(self, whole: float, runs: int) -> None:
        """Start with so much work in so many runs."""
        self._whole, self._runs, self._done, self._ended = whole, runs, 0.0, 0
        self._began = self._told = monotonic()

    def note(self, work: float) -> None:
        """One run more has ended."""
        self._done += work
        self._ended += 1
        if self._out.isatty():
            self._out.write(f"\r\x1b[K{self.text()}")
            self._out.flush()
        elif monotonic() - self._told >= _TELL_S:
            self._told = monotonic()
            print(self.text(), file=self._out, flush=True)

    def end(self) -> None:
        """Say that all is done."""
        lead = "\r\x1b[K" if self._out.isatty() else ""
        minutes = (monotonic() - self._began) / 60
        print(f"{lead}{self._ended} runs in {minutes:.1f} min", file=self._out, flush=True)

    def text(self) -> str:
        """Return how many runs have ended, and about how long the others need."""
        share = self._done / self._whole if self._whole else 1.0
        text = f"{self._ended} of {self._runs} runs"
        if share < _FIRST_SHARE:
            return text
        left_min = (monotonic() - self._began) * (1 / share - 1) / 60
        return f"{text}, about {left_min:.0f} min left"
