"""A load behind its plug in one run: what it asks, what it gets, and the account of what was withheld."""

from benchmarks.closed_loop.appliances import LoadSpec


class Outlet:
    """The plug only withholds: the load draws while it asks, the plug is on and the house is lit.

    ``demanded_s``: seconds in which the load asked. ``withheld_s``: those in which it asked in vain. ``away``: the plug
    has been without power long enough to be missed. ``told_va``: the last report of its power sensor. ``free_at``: when
    an order that leaves now can arrive at the earliest, so that orders never overtake each other.
    """

    __slots__ = (
        "_fed_s",
        "_since",
        "away",
        "demanded_s",
        "drawing",
        "free_at",
        "live",
        "on",
        "phases",
        "spec",
        "told_va",
        "withheld_s",
    )

    def __init__(self, spec: LoadSpec) -> None:
        self.spec = spec
        self.live = spec.live()
        self.phases = tuple(phase - 1 for phase in spec.phases)
        self.on = True
        self.away = False
        self.drawing = False
        self.demanded_s = 0.0
        self.withheld_s = 0.0
        self.told_va: float | None = 0.0 if spec.facts.measured else None
        self.free_at = 0.0
        self._since = 0
        self._fed_s = 0

    @property
    def phase_va(self) -> float:
        """What it draws on each of its phases while it draws."""
        return self.spec.va / len(self.phases)

    @property
    def unserved_vah(self) -> float:
        """Rated power × time in which it asked in vain, VAh."""
        return self.spec.va * self.withheld_s / 3600

    def settle(self, second: int) -> None:
        """Book the time since the last call under the state that ends now."""
        passed, self._since = second - self._since, second
        if self.live.asks:
            self.demanded_s += passed
            if self.drawing:
                self._fed_s += passed
            else:
                self.withheld_s += passed

    def step(self, second: int) -> None:
        """Let the load live through the step that ends now."""
        self.settle(second)
        fed_s, self._fed_s = self._fed_s, 0
        self.live.step(second, fed_s)

    def redraw(self, lit: bool) -> bool:
        """Find out whether it draws; True when that changed."""
        drawing = self.live.asks and self.on and lit
        changed, self.drawing = drawing is not self.drawing, drawing
        return changed
