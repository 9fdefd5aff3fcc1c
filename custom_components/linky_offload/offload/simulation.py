"""What would happen at a given power of the house: the need, the choice and the reasons, with nothing changed."""

from collections.abc import Sequence
from dataclasses import replace
import math

from . import levels
from .cutting import choose, why_not
from .desk import Desk
from .guard import Need, PhaseLoad, need_of
from .model import LoadStatus, Reason, SimulatedLoad, Simulation
from .overload import takeable
from .track import LoadTrack


def simulate(desk: Desk, va: float, now: float) -> Simulation:
    """Reckon with ``va`` for the whole house, spread over the phases as the present load is, all delays elapsed."""
    loads = desk.house.loads(desk.settings, desk.flights, now)
    if not loads:
        return Simulation(va=va, need_va=None, stay=_staying(desk, (), urgent=False, now=now))
    found = (need_of(load, desk.settings, desk.horizon, now) for load in _at(loads, va))
    needed = [need for need in found if need is not None]
    if not needed:
        return Simulation(va=va, need_va=0.0, stay=_staying(desk, (), urgent=False, now=now))
    urgent = any(need.urgent for need in needed)
    pressing = max(needed, key=lambda need: (need.urgent, need.reason is Reason.RESERVE, need.va))
    cut, lower, missing = _choice(desk, needed, urgent=urgent, now=now)
    return Simulation(
        va=va,
        need_va=sum(need.va for need in needed),
        reason=pressing.reason,
        cut=tuple(
            SimulatedLoad(
                load_id=load.load_id,
                name=load.settings.name,
                reason=pressing.reason,
                va=load.drawing_va,
                level=lower.get(load.load_id),
            )
            for load in cut
        ),
        stay=_staying(desk, cut, urgent=urgent, now=now),
        missing_va=missing,
    )


def _at(loads: Sequence[PhaseLoad], va: float) -> list[PhaseLoad]:
    total = sum(load.power_va for load in loads)
    shares = [load.power_va / total if total > 0 else 1 / len(loads) for load in loads]
    return [
        replace(load, power_va=va * share, raw_va=va * share, doubtful_va=0.0, over_since=-math.inf)
        for load, share in zip(loads, shares, strict=True)
    ]


def _choice(
    desk: Desk, needed: Sequence[Need], *, urgent: bool, now: float
) -> tuple[tuple[LoadTrack, ...], levels.Levels, float]:
    groups, _ = takeable(desk, now, urgent=urgent)
    free = [load for group in groups for load in group.loads if not load.held(now)]
    lower = levels.enough(needed, free, desk.phases)
    if lower is not None:
        return tuple(desk.tracks[load_id] for load_id in lower), lower, 0.0
    choice = choose(needed, groups, desk.phases, one_unknown=not urgent)
    return choice.loads, levels.softened(choice.loads, needed, desk.phases), choice.missing_va


def _staying(desk: Desk, cut: Sequence[LoadTrack], *, urgent: bool, now: float) -> tuple[SimulatedLoad, ...]:
    """The loads of the enabled coordinators that stay as they are, and why; no reason: they are not needed."""
    staying: list[SimulatedLoad] = []
    for load in desk.in_cut_order(now):
        if load in cut:
            continue
        hindrance = why_not(load, urgent=urgent, under_way=False, now=now, minute=desk.minute)
        reason = load.cut_reason if load.offloaded else (hindrance or (LoadStatus.NORMAL, Reason.NONE))[1]
        staying.append(SimulatedLoad(load_id=load.load_id, name=load.settings.name, reason=reason, va=load.drawing_va))
    return tuple(staying)
