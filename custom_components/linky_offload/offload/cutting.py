"""Which loads go: the fewest, least missed, that cover the need (design §6.4)."""

from collections.abc import Sequence
from dataclasses import dataclass

from .guard import Need
from .model import LoadStatus, Reason
from .strategies import Scene, Strategy, Taken
from .track import LoadTrack


@dataclass(frozen=True, slots=True)
class Group:
    """Loads of one coordinator that are equally free to be cut, in its strategy's order."""

    strategy: Strategy
    scene: Scene
    loads: Sequence[LoadTrack]


@dataclass(frozen=True, slots=True)
class Choice:
    """What to cut at once, and what would still be missing then, VA by phase."""

    loads: tuple[LoadTrack, ...]
    missing_va: float


def why_not(
    load: LoadTrack, *, urgent: bool, under_way: bool, now: float, minute: int | None = None
) -> tuple[LoadStatus, Reason] | None:
    """What keeps a load from being cut now, None when nothing does. ``minute``: of the local day."""
    if not load.settings.allowed:
        return LoadStatus.NORMAL, Reason.EXCLUDED
    if load.excluded(now):
        return LoadStatus.HELD, Reason.EXCLUDED
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
    if protected(load, minute):
        return LoadStatus.NORMAL, Reason.PROTECTED
    if load.minimum_on_left_s(now) > 0:
        return LoadStatus.NORMAL, Reason.MINIMUM_ON
    return None


def protected(load: LoadTrack, minute: int | None) -> bool:
    """Tell whether a load stands in its protected hours; while the hour is unknown it does not."""
    if minute is None:
        return False
    return any(
        begin <= minute < end if begin <= end else minute >= begin or minute < end
        for begin, end in load.settings.protected
    )


def most_pressing(needs: Sequence[Need]) -> Need:
    """The need that comes before the others."""
    return max(needs, key=lambda need: (need.urgent, need.reason is Reason.RESERVE, need.va))


def answered_by(load: LoadTrack, needs: Sequence[Need]) -> Need:
    """The need for which a load goes: the most pressing on its own phases, or of all where its phase is unknown."""
    return most_pressing([need for need in needs if need.phase in load.phases] or needs)


def choose(needs: Sequence[Need], groups: Sequence[Group], phases: tuple[int, ...], *, one_unknown: bool) -> Choice:
    """Let one group after the other cover what is left of the needs.

    What turned out not to be needed beside the others is given back, the most missed first.
    """
    left = {need.phase: need.va for need in needs}
    chosen: list[Taken] = []
    for group in groups:
        if all(va <= 0 for va in left.values()):
            break
        taken = group.strategy.choose(left, group.loads, phases, group.scene, one_unknown=one_unknown)
        for one in taken:
            _move(left, one, -1.0)
        chosen += taken
        if one_unknown and any(not one.effect for one in taken):
            break
    kept = list(chosen)
    for one in reversed(chosen):
        if one.effect and all(left.get(phase, -va) + va <= 0 for phase, va in one.effect.items()):
            kept.remove(one)
            _move(left, one, 1.0)
    return Choice(tuple(one.load for one in kept), max(0.0, *left.values()))


def _move(left: dict[int, float], one: Taken, sign: float) -> None:
    for phase, va in one.effect.items():
        if phase in left:
            left[phase] += sign * va
