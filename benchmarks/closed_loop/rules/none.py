"""No offloading at all: the house as it is."""

from typing import override

from benchmarks.closed_loop.controller import Controller, Orders, Sample


class Nothing(Controller):
    """Leaves every plug alone."""

    name = "none"
    listens = False

    @override
    def sample(self, sample: Sample, now: float) -> Orders:
        """Do nothing."""
        return ()
