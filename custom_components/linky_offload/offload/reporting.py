"""What entities show of the arbiter."""

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType

from .cutting import why_not
from .desk import Desk
from .guard import PhaseLoad
from .model import LoadReport, LoadStatus, OffloadMode, Reason, Report
from .outlook import next_change_at
from .strategies import STRATEGIES
from .track import LoadTrack


def show_resting(desk: Desk, now: float) -> None:
    """Settle the status of the loads that nothing is happening to."""
    for load in desk.tracks.values():
        if load.load_id in desk.flights:
            continue
        if load.offloaded:
            # What waits for room is told of by who looks for it; this one is off on request.
            if load.kept_off(now) and load.available:
                load.show(LoadStatus.OFFLOADED, Reason.MANUAL, now)
            continue
        if not load.available:
            load.show(LoadStatus.UNAVAILABLE, Reason.NONE, now)
        elif load.suspect(now) and not desk.dead(load):
            load.show(LoadStatus.SUSPECT, Reason.DID_NOT_OBEY, now)
        elif load.held(now):
            load.show(LoadStatus.HELD, Reason.HAND, now)
        elif load.excluded(now):
            load.show(LoadStatus.HELD, Reason.EXCLUDED, now)
        elif load.on is not True:
            load.show(LoadStatus.NORMAL, Reason.UNWANTED, now)
        elif load.turned_to is not None:
            load.show(LoadStatus.TURNED_DOWN, load.cut_reason, now)
        elif not load.settings.allowed:
            load.show(LoadStatus.NORMAL, Reason.EXCLUDED, now)
        elif load.load_id not in desk.candidates:
            load.show(LoadStatus.NORMAL, _why_idle(desk, load) if load.idle else Reason.NONE, now)


def _why_idle(desk: Desk, load: LoadTrack) -> Reason:
    return Reason.CONTACTOR if desk.dead(load) else Reason.IDLE


def _fairness(desk: Desk, members: Sequence[LoadTrack]) -> float | None:
    """Fairness on the least even phase: only loads that share a phase can take turns."""
    phases = desk.phases
    indices = (
        desk.ledger.fairness(
            load.load_id for load in members if len(phases) == 1 or not load.phases or phase in load.phases
        )
        for phase in phases
    )
    return min((index for index in indices if index is not None), default=None)


def report_of(desk: Desk, now: float) -> Report:
    """The whole desk for the entities; figures are of the worst phase, None while unknown."""
    loads = desk.house.loads(desk.settings, desk.flights, now)
    offloaded: dict[str, float] = {}
    following: dict[str, str | None] = {}
    fairness: dict[str, float | None] = {}
    ranks: dict[str, int] = {}
    for load in desk.tracks.values():
        desk.ledger.book(load, now)
    for coordinator in desk.coordinators:
        members = desk.members(coordinator)
        order = STRATEGIES[coordinator.strategy].to_offload(members, desk.scene(coordinator, now))
        ranks |= {load.load_id: place for place, load in enumerate(order, 1)}
        fairness[coordinator.coordinator_id] = _fairness(desk, members)
        offloaded[coordinator.coordinator_id] = sum(load.return_va for load in members if load.offloaded)
        following[coordinator.coordinator_id] = next(
            (
                load.load_id
                for load in order
                if coordinator.enabled
                and not load.offloaded
                and why_not(load, urgent=False, under_way=False, now=now, minute=desk.minute) is None
            ),
            None,
        )
    return Report(
        mode=desk.mode,
        overload=desk.house.overload if loads else None,
        degraded=desk.degraded_since is not None,
        threshold_va=sum(load.threshold_va for load in loads) if loads else None,
        headroom_va=min((_headroom(load) for load in loads), default=None),
        load_percent=max((100 * load.raw_va / load.threshold_va for load in loads), default=None),
        trip_margin=desk.house.margin_now(now),
        seconds_to_trip=desk.house.seconds_to_trip(now),
        branch_margin=desk.house.branch_margin(desk.settings, now),
        offloaded_va=MappingProxyType(offloaded),
        next_load=MappingProxyType(following if desk.mode is not OffloadMode.OFF else dict.fromkeys(following)),
        fairness=MappingProxyType(fairness),
        loads=MappingProxyType(
            {load_id: _load_report(desk, load, ranks.get(load_id), now) for load_id, load in desk.tracks.items()}
        ),
    )


def _load_report(desk: Desk, load: LoadTrack, rank: int | None, now: float) -> LoadReport:
    today = desk.ledger.today(load.load_id)
    return replace(
        load.report(),
        next_at=next_change_at(desk, load, now),
        rank=rank,
        gap_k=load.gap_k,
        off_today_s=today.off_s,
        withheld_vah=today.withheld_vah,
        degree_hours=today.degree_hours,
        switches_today=today.switches,
    )


def _headroom(load: PhaseLoad) -> float:
    """VA left under the threshold of one phase, negative above it."""
    return load.threshold_va - load.raw_va
