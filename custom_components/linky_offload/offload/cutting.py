"""Which loads go: the fewest, least missed, that cover the need (design §6.4)."""

from collections.abc import Sequence
from dataclasses import dataclass

from .guard import Need
from .model import LoadStatus, Reason
from .track import LoadTrack


@dataclass(frozen=True, slots=True)
class Choice:
    """What to cut at once, and what would still be missing then, VA by phase."""

    loads: tuple[LoadTrack, ...]
    missing_va: float


def why_not(load: LoadTrack, *, urgent: bool, under_way: bool, now: float) -> tuple[LoadStatus, Reason] | None:
    """What keeps a load from being cut now, None when nothing does."""
    if not load.available:
        return LoadStatus.UNAVAILABLE, Reason.NONE
    if load.suspect(now) and not urgent:
        return LoadStatus.SUSPECT, Reason.DID_NOT_OBEY
    if load.on is not True or load.wanted is False:
        return LoadStatus.NORMAL, Reason.UNWANTED
    if under_way:
        return LoadStatus.WAITING, Reason.MEASURING
    if load.idle:
        return LoadStatus.NORMAL, Reason.IDLE
    if urgent:
        return None
    if load.held(now):
        return LoadStatus.HELD, Reason.HAND
    if load.minimum_on_left_s(now) > 0:
        return LoadStatus.NORMAL, Reason.MINIMUM_ON
    return None


def choose(needs: Sequence[Need], order: Sequence[LoadTrack], phases: tuple[int, ...], *, one_unknown: bool) -> Choice:
    """Take loads in the given order until every need is covered.

    A load of unknown power ends the choice when ``one_unknown`` is set: it is cut alone and its effect is observed.
    What turned out not to be needed beside the others is given back, the most missed first.
    """
    left = {need.phase: need.va for need in needs}
    worst = max(needs, key=lambda need: need.va).phase
    chosen: list[tuple[LoadTrack, dict[int, float]]] = []
    for load in order:
        if all(va <= 0 for va in left.values()):
            break
        effect = load.effect(load.drawing_va, phases, worst)
        if effect and not any(left.get(phase, 0.0) > 0 for phase in effect):
            continue
        if not effect and not _may_help(load, left, phases):
            continue
        chosen.append((load, effect))
        for phase, va in effect.items():
            if phase in left:
                left[phase] -= va
        if not effect and one_unknown:
            break
    kept = list(chosen)
    for load, effect in reversed(chosen):
        spare = effect and all(left.get(phase, -va) + va <= 0 for phase, va in effect.items())
        if spare:
            kept.remove((load, effect))
            for phase, va in effect.items():
                if phase in left:
                    left[phase] += va
    return Choice(tuple(load for load, _ in kept), max(0.0, *left.values()))


def _may_help(load: LoadTrack, left: dict[int, float], phases: tuple[int, ...]) -> bool:
    """A load of unknown power may sit on a phase in need."""
    own = load.settings.phases if len(phases) > 1 else phases
    return not own or any(left.get(phase, 0.0) > 0 for phase in own)
