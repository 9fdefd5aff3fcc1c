"""Power to keep free for loads that are on and idle: an armed one may start at any moment (design §6.6).

Of each is learned how often it starts while it is idle. What those of one phase draw together if they start while a
return is being verified has a 90th percentile: that much is left to them before another load returns, so that its
return is not undone at once. A load of which too little was seen reserves nothing; if it starts without room it is
turned away.
"""

from .desk import Desk
from .usage import likely_va


def idle_reserve_va(desk: Desk, now: float) -> dict[int, float]:
    """VA to keep free, by phase."""
    phases = desk.phases
    starts: dict[int, list[tuple[float, float]]] = {phase: [] for phase in phases}
    for load in desk.tracks.values():
        if not (load.idle and load.on and load.available and not load.offloaded) or desk.dead(load):
            continue
        soon, va = load.usage.starts_soon(now), load.known_va
        if soon is not None and va is not None:
            for phase, part in load.effect(va, phases).items():
                starts[phase].append((part, soon))
    return {phase: likely_va(of_phase) for phase, of_phase in starts.items()}
