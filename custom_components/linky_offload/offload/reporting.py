"""What entities show of the arbiter."""

from types import MappingProxyType

from .cutting import why_not
from .desk import Desk
from .guard import PhaseLoad
from .model import LoadStatus, OffloadMode, Reason, Report
from .strategies import STRATEGIES


def show_resting(desk: Desk, now: float) -> None:
    """Settle the status of the loads that nothing is happening to."""
    for load in desk.tracks.values():
        if load.offloaded or load.load_id in desk.flights:
            continue
        if not load.available:
            load.show(LoadStatus.UNAVAILABLE, Reason.NONE, now)
        elif load.suspect(now):
            load.show(LoadStatus.SUSPECT, Reason.DID_NOT_OBEY, now)
        elif load.held(now):
            load.show(LoadStatus.HELD, Reason.HAND, now)
        elif load.on is not True:
            load.show(LoadStatus.NORMAL, Reason.UNWANTED, now)
        elif load.load_id not in desk.candidates:
            load.show(LoadStatus.NORMAL, Reason.IDLE if load.idle else Reason.NONE, now)


def report_of(desk: Desk, now: float) -> Report:
    """The whole desk for the entities; figures are of the worst phase, None while unknown."""
    loads = desk.house.loads(desk.settings, desk.flights, now)
    offloaded: dict[str, float] = {}
    following: dict[str, str | None] = {}
    for coordinator in desk.coordinators:
        members = [desk.tracks[load.load_id] for load in coordinator.loads]
        offloaded[coordinator.coordinator_id] = sum(load.return_va for load in members if load.offloaded)
        following[coordinator.coordinator_id] = next(
            (
                load.load_id
                for load in STRATEGIES[coordinator.strategy].to_offload(members)
                if coordinator.enabled
                and not load.offloaded
                and why_not(load, urgent=False, under_way=False, now=now) is None
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
        offloaded_va=MappingProxyType(offloaded),
        next_load=MappingProxyType(following if desk.mode is not OffloadMode.OFF else dict.fromkeys(following)),
        loads=MappingProxyType({load_id: load.report() for load_id, load in desk.tracks.items()}),
    )


def _headroom(load: PhaseLoad) -> float:
    """VA left under the threshold of one phase, negative above it."""
    return load.threshold_va - load.raw_va
