"""Rooms for the bench: loads that tell how far they are from their target, and a house whose minutes pass."""

from collections.abc import Callable, Mapping
from typing import Any, override

from custom_components.linky_offload.offload import Cause, LoadView
from custom_components.linky_offload.offload.ledger import Ledger
from custom_components.linky_offload.offload.strategies import Scene
from custom_components.linky_offload.offload.track import LoadTrack

from .common import Bench, Plug, plug

type Gap = Callable[[float], float]


class Rooms(Bench):
    """A bench whose loads tell a gap, K: a figure that never changes, or one that follows the second."""

    def __init__(self, *plugs: Plug, gaps: Mapping[str, float | Gap], **options: Any) -> None:
        self.gaps = dict(gaps)
        super().__init__(*plugs, **options)
        self.at(0.0, self._tell)

    def gap(self, load_id: str) -> float | None:
        """What a room lacks now."""
        gap = self.gaps.get(load_id)
        return gap(self.now) if callable(gap) else gap

    def _tell(self) -> None:
        for one in self.plugs.values():
            self._see(one, Cause.MEASURE)
        self.at(self.now + 60.0, self._tell)

    @override
    def _see(self, one: Plug, cause: Cause) -> None:
        gap = self.gap(one.load_id)
        view = LoadView(
            load_id=one.load_id,
            available=one.available,
            on=one.on if one.available else None,
            power_va=one.draw_va(self.now) if one.measured and one.available else None,
            gap_k=gap,
            demand=None if gap is None else gap > 0,
        )
        self.take(self.arbiter.see_load(view, cause, self.now))


def track(load_id: str, va: float = 1000.0, *, gap_k: float | None = None, **options: Any) -> LoadTrack:
    """A load that is on and wanted, as a strategy sees it."""
    seen = {name: options.pop(name) for name in ("demand", "offloaded", "off_since", "on_since") if name in options}
    made = LoadTrack(plug(load_id, va, **options).settings, "main", 0.0)
    made.available = made.on = made.wanted = made.seen = True
    made.gap_k = gap_k
    for name, value in seen.items():
        setattr(made, name, value)
    if made.offloaded:
        made.on = False
    return made


def scene(now: float = 10_000.0, ledger: Ledger | None = None, rotation_s: float = 300.0) -> Scene:
    """What a strategy looks at beside the loads."""
    return Scene(now=now, ledger=ledger or Ledger(0.0), rotation_s=rotation_s)


def names(loads: Any) -> list[str]:
    """Ids of loads, in order."""
    return [load.load_id for load in loads]
