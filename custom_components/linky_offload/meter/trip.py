"""How a Linky decides to open, and how near it is (54E §7, tic.md §9).

Each phase has one filter: every second ``Y = B·X² + (1 − B)·Y``, X being the apparent import. The meter opens as soon
as one ``Y`` reaches ``(1.3·P)²``. Everything here is in units of the phase's share P of the cut-off power: ``ratio`` is
S/P and ``y`` is Y/P², so one set of functions serves every contract, on one phase or three.
"""

import math

B = 0.008
"""Weight of one second in the meter's filter (54E §7)."""

TRIP_RATIO = 1.3
"""The filtered power, over P, at which the meter opens (54E §7, with k = 1)."""

K = -math.log(1 - B)
"""Decay rate of the filter, per second: the continuous twin of ``B``."""

GAP_S = 10.0
"""Longest silence over which the last load is believed to have lasted (tic.md §9.4)."""

RESYNC_S = 3.0
"""A daily maximum no older than one cycle is the filter's present state (tic.md §3.4, §9.1)."""


_TRIPPED = TRIP_RATIO**2


def step(y: float, ratio: float, dt: float) -> float:
    """Advance the filter by ``dt`` seconds under the steady load ``ratio``; a ``dt`` not above zero changes nothing."""
    if dt <= 0:
        return y
    return y - math.expm1(-K * dt) * (ratio * ratio - y)


def seconds_to_trip(y: float, ratio: float, limit: float = TRIP_RATIO) -> float:
    """Seconds until the meter opens if ``ratio`` lasts: 0 when due already, ``inf`` when this load never opens it."""
    threshold = limit * limit
    if y >= threshold:
        return 0.0
    square = ratio * ratio
    if square <= threshold:
        return math.inf
    return math.log((square - y) / (square - threshold)) / K


def margin(y: float) -> float:
    """The trip margin: 1 for a cold filter, 0 when the meter opens."""
    return min(1.0, max(0.0, 1 - y / _TRIPPED))


def highest_ratio(y: float, horizon: float, limit: float = TRIP_RATIO) -> float:
    """The largest S/P that can last ``horizon`` seconds from ``y`` without a trip.

    Solves ``step(y, r, horizon) = limit²`` for r. A filter at its limit leaves 0; no horizon at all leaves ``inf``.
    """
    threshold = limit * limit
    if y >= threshold:
        return 0.0
    gained = -math.expm1(-K * horizon)
    if gained <= 0:
        return math.inf
    return math.sqrt((threshold - y * (1 - gained)) / gained)


def sustainable_ratio(step_ratio: float, horizon: float, limit: float = TRIP_RATIO) -> float:
    """The largest steady S/P from which a jump by ``step_ratio`` still leaves ``horizon`` seconds before the trip.

    The filter is taken where a steady load ends up bringing it, ``y = s²``. Then ``seconds_to_trip(s², s + d, L) = h``
    is a second-degree equation in s, written here with ``k = 1 − e^(−K·h)`` so that no horizon overflows:
    ``s = sqrt(L² − k·(1 − k)·d²) − k·d``. It is 0 where even an empty house could not take the step.
    """
    jump = max(0.0, step_ratio)
    gained = -math.expm1(-K * max(0.0, horizon))
    under_root = limit * limit - gained * (1 - gained) * jump * jump
    if under_root <= 0:
        return 0.0
    return max(0.0, math.sqrt(under_root) - gained * jump)


def lasting_ratio(y: float, step_ratio: float, horizon: float, lasting: float, limit: float = TRIP_RATIO) -> float:
    """The largest S/P that, after ``lasting`` seconds from ``y``, still leaves ``horizon`` to a jump by ``step_ratio``.

    `sustainable_ratio` for a load that does not last for ever. With a = e^(−K·lasting) and b = e^(K·horizon) the filter
    has then reached s² − a·(s² − y), and must not be above (s + d)² − b·((s + d)² − L²): a second-degree equation in s.
    It is 0 where no load leaves the horizon.
    """
    jump = max(0.0, step_ratio)
    left, grown = math.exp(-K * max(0.0, lasting)), math.exp(K * max(0.0, horizon))
    square, half = grown - left, (grown - 1) * jump
    rest = grown * limit * limit - left * y - half * jump
    if square <= 0:
        return math.inf
    under_root = half * half + square * rest
    if under_root <= 0:
        return 0.0
    return max(0.0, (math.sqrt(under_root) - half) / square)


class TripFilter:
    """The state of the meter's filter on one phase, followed from the samples that the meter sends.

    Between two samples the last load is held. Before the first one the state is unknown (``y`` is None); the first
    sample starts it at the load's own asymptote, the best guess that a lone power allows. It never rises above the
    trip threshold: there the meter has opened, and its filter can only fall (tic.md §9.6).
    """

    __slots__ = ("_at", "_blind", "_load_va", "_share_va", "_shed", "_y")

    def __init__(self) -> None:
        self._y: float | None = None
        self._load_va = 0.0
        self._share_va = 0.0
        self._at = 0.0
        self._blind = False
        self._shed: list[tuple[float, float]] = []  # moment and VA, oldest first, of this sample's load

    @property
    def y(self) -> float | None:
        """State of the filter, (S/P)², at the latest sample; None while unknown."""
        return self._y

    def value_at(self, now: float) -> float | None:
        """State of the filter at ``now``, the last load held since its sample but for what was shed; None: unknown."""
        if self._y is None:
            return None
        return min(self._carried(self._y, self._load_va, now), _TRIPPED)

    def observe(self, power_va: float, share_va: float, now: float) -> None:
        """Take a sample: the import of the phase and its share of the cut-off power, both in VA, received at ``now``.

        After a silence of more than ``GAP_S``, or a lost line, nobody knows when the load changed: the higher of the
        last and the present one is taken for the whole gap (tic.md §9.4). What was shed meanwhile is known, so that
        this is said of the rest: before the moment of a cut the load was by as much higher than after it.
        """
        if self._y is None:
            self._share_va = share_va
            self._y = min((power_va / share_va) ** 2, _TRIPPED)
        else:
            self.rescale(share_va)
            if self._blind or now - self._at > GAP_S:
                held_va = max(self._load_va, power_va + sum(va for _, va in self._shed))
                self._y = min(self._carried(self._y, held_va, now), _TRIPPED)
            else:
                self._y = min(step(self._y, self._load_va / share_va, now - self._at), _TRIPPED)
        self._load_va = power_va
        self._at = now
        self._blind = False
        self._shed.clear()

    def shed(self, va: float, now: float) -> None:
        """A load that was on at the last sample is known to be off from ``now`` on, and to have drawn ``va``.

        It must not be said of a power that is merely hoped for: by as much the load is then reckoned lower until the
        next sample.
        """
        if self._y is not None and va > 0:
            self._shed.append((now, va))

    def _carried(self, y: float, load_va: float, now: float) -> float:
        at = self._at
        for moment, va in self._shed:
            until = min(max(at, moment), now)
            y = step(y, load_va / self._share_va, until - at)
            at, load_va = until, max(0.0, load_va - va)
        return step(y, load_va / self._share_va, now - at)

    def rescale(self, share_va: float) -> None:
        """Follow a change of the cut-off power: the meter filters VA, so y·P² stays and y does not."""
        if self._y is None or share_va == self._share_va:
            return
        self._y = min(self._y * (self._share_va / share_va) ** 2, _TRIPPED)
        self._share_va = share_va

    def lose_line(self) -> None:
        """Remember that samples were missed: the next one is taken with the conservatism of a gap, however soon."""
        self._blind = self._y is not None

    def bound(self, max_va: float, now: float, *, age_s: float, today: bool) -> None:
        """Correct the state by the daily maximum of the meter's own filter, SMAXSN (tic.md §9.1).

        ``max_va``: the maximum in VA. ``age_s``: seconds between the moment of the maximum and ``now``, both by the
        meter's clock. ``today``: whether the maximum belongs to the meter's current day, so bounds the present too.

        A maximum of this very cycle is the filter itself. An older one of today is an upper bound. From the moment of
        any maximum the filter cannot have fallen faster than it would with no load at all: that is a lower bound.
        A maximum at or above the trip threshold is not the output of this filter under this contract, and is ignored.
        """
        if self._y is None or age_s < 0 or max_va >= TRIP_RATIO * self._share_va:
            return
        if self._blind or now - self._at > GAP_S:
            return  # no load is known for the time since the last sample: the next one settles it
        peak = (max_va / self._share_va) ** 2
        if today and age_s <= RESYNC_S:
            present = step(peak, self._load_va / self._share_va, age_s)
        else:
            present = step(self._y, self._load_va / self._share_va, now - self._at)
            if today:
                present = min(present, peak)
            present = max(present, step(peak, 0.0, age_s))
        self._y = min(present, _TRIPPED)
        self._at = max(self._at, now)
