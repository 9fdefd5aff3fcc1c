"""A window of a day as the optimiser sees it: the loads' graphs, and the filter of each phase made linear.

Powers are shares of the contract on one phase, so that the meter opens at 1.3² = 1.69 of its filter (54E §7). Over m
seconds the filter goes from Y to a^m·Y + Σ B·a^(m−1−n)·(base[n] + s)², a = 1 − B, where s is what the loads draw on the
mean of the minute. With the sums over the base known, that is linear in Y, in s and in s².
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from benchmarks.closed_loop.optimum_paths import MINUTE_S, Paths
from benchmarks.closed_loop.plant import FILTER_B

TRIP_LIMIT: Final = 1.3
SPACING: Final = 0.1
LOOKS_S: Final = (15, 30, 45, MINUTE_S)
"""Seconds of a minute after which the filter must be below its limit."""


class Look(NamedTuple):
    """The filter some seconds into a minute: decay·Y + square·s² + linear·s + fixed."""

    decay: float
    square: float
    linear: float
    fixed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One load in a window.

    ``va``: rated, over all its ``phases`` (0…); ``phase_share``: on each of them, ÷ the contract on a phase.
    """

    load_id: str
    va: float
    phase_share: float
    phases: tuple[int, ...]
    paths: Paths


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Some minutes. ``looks``: by phase and minute; ``y``: the filters when it begins; ``limit``: what bounds them."""

    ways: Sequence[Way]
    looks: Sequence[Sequence[Sequence[Look]]]
    y: Sequence[float]
    limit: float

    @property
    def minutes(self) -> int:
        """Its length."""
        return len(self.looks[0])


def looks_of(base: Sequence[float]) -> list[tuple[Look, ...]]:
    """Return the looks of every minute from the uncontrolled power, a share of the contract a second."""
    keep = 1 - FILTER_B
    weights = {look_s: [FILTER_B * keep ** (look_s - 1 - n) for n in range(look_s)] for look_s in LOOKS_S}
    minutes = []
    for begins in range(0, len(base), MINUTE_S):
        looks = []
        for look_s, own in weights.items():
            part = base[begins : begins + look_s]
            linear = 2 * sum(weight * x for weight, x in zip(own, part, strict=True))
            fixed = sum(weight * x * x for weight, x in zip(own, part, strict=True))
            looks.append(Look(keep**look_s, sum(own), linear, fixed))
        minutes.append(tuple(looks))
    return minutes


def square_of(power: float) -> float:
    """Return the square of a power as the programme takes it: never too low, at most SPACING²/4 = 0.0025 too high.

    It is the highest of the parabola's tangents, `SPACING` apart and raised by SPACING²/4 (0.15 % of the limit).
    Squares are only ever bounded from above, so that tangents are all it takes: no binary is needed.
    """
    at = round(power / SPACING) * SPACING
    return 2 * at * power - at * at + SPACING**2 / 4


def parts_of(window: Window) -> list[tuple[list[int], Window]]:
    """Split a window into groups of phases that share no load; each comes with the places of its loads."""
    groups: list[set[int]] = [{phase} for phase in range(len(window.y))]
    for way in window.ways:
        touched = [group for group in groups if not group.isdisjoint(way.phases)]
        groups = [group for group in groups if group.isdisjoint(way.phases)] + [set().union(*touched)]
    parts = []
    for group in groups:
        phases = sorted(group)
        loads = [place for place, way in enumerate(window.ways) if way.phases[0] in group]
        own = replace(
            window,
            ways=[
                replace(window.ways[load], phases=tuple(phases.index(phase) for phase in window.ways[load].phases))
                for load in loads
            ],
            looks=[window.looks[phase] for phase in phases],
            y=[window.y[phase] for phase in phases],
        )
        parts.append((loads, own))
    return parts
