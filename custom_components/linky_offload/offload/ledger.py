"""The account of what was withheld from each load: it drives turns and fairness, and outlives restarts (design §6.7).

Time is booked under the state that ends with each look, so that between two changes nothing needs to be done. What a
load asked for is told by its own control where that is known; else a load that draws asks, and one that drew when it
was cut still asks. Of a load without a sensor the steps of the meter tell (`appetite.py`); while they do not either, it
is charged for all the time in which it is off.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
import math
from typing import Any, Final

from .track import LoadTrack

SWEEP_S: Final = 10.0
DAY_S: Final = 86_400.0
_DST_MINUTES: Final = 90
_KEPT_A_DAY: Final = 6 / 7  # of the recent past: a week ago still counts for a third
_DEMANDING_SHARE: Final = 0.1


@dataclass(slots=True)
class Account:
    """What one load got and missed over some time.

    ``off_s``: off by us. ``withheld_s``: of it, while it asked. ``withheld_vah``: power × that time, where its power is
    known. ``demanded_s``: it asked, served or not. ``degree_hours``: its gap beyond the one at the cut × time.
    ``switches``: orders of ours, both ways.
    """

    off_s: float = 0.0
    withheld_s: float = 0.0
    withheld_vah: float = 0.0
    demanded_s: float = 0.0
    degree_hours: float = 0.0
    switches: int = 0


@dataclass(slots=True)
class _Entry:
    """One load: its accounts, the fading past that fairness looks at, and the state since the last look."""

    today: Account = field(default_factory=Account)
    total: Account = field(default_factory=Account)
    lately_withheld_s: float = 0.0
    lately_demanded_s: float = 0.0
    since: float | None = None
    off: bool = False
    asks: bool = False
    va: float | None = None
    missed_k: float = 0.0


class Ledger:
    """The accounts of all loads of one meter, and when each coordinator last passed the turn on."""

    def __init__(self, now: float, state: Mapping[str, Any] | None = None) -> None:
        """Start from a dump of an earlier run, or with empty accounts. A dump that makes no sense is left aside."""
        self._entries: dict[str, _Entry] = {}
        self._minute: int | None = None
        self._minute_at = now
        self._counted_s = 0.0  # how long `lately_*` have been counted
        self._swept_at = -math.inf
        self.turned_at: dict[str, float] = {}
        if state is not None:
            self._load(state, now)

    # Booking --------------------------------------------------------------------------------------------------------

    def book(self, load: LoadTrack, now: float) -> None:
        """Book the time since the last look at a load, and note the state that begins now."""
        entry = self._entries.get(load.load_id)
        if entry is None:
            entry = self._entries[load.load_id] = _Entry()
        passed = now - entry.since if entry.since is not None else 0.0
        if passed > 0:
            for account in (entry.today, entry.total):
                _add(account, entry, passed)
            if entry.asks:
                entry.lately_demanded_s += passed
                entry.lately_withheld_s += passed if entry.off else 0.0
        entry.since = now
        entry.off = load.offloaded and load.on is False
        entry.asks = asks(load)
        entry.va = load.known_va
        gap, at_cut = load.gap_k, load.cut_gap_k
        entry.missed_k = max(0.0, gap - max(0.0, at_cut)) if gap is not None and at_cut is not None else 0.0

    def sweep(self, loads: Iterable[LoadTrack], now: float) -> None:
        """Book every load, at most every `SWEEP_S`."""
        if now - self._swept_at < SWEEP_S:
            return
        self._swept_at = now
        for load in loads:
            self.book(load, now)

    def switched(self, load: LoadTrack, now: float) -> None:
        """An order of ours has left for a load."""
        self.book(load, now)
        entry = self._entries[load.load_id]
        entry.today.switches += 1
        entry.total.switches += 1

    def follow_day(self, minute: int, now: float, loads: Iterable[LoadTrack]) -> None:
        """Take the minute of the local day; a new day begins with empty accounts.

        It is told by the minute falling, by more than a change to winter time makes it fall, or by a day having passed.
        """
        before, self._minute = self._minute, minute
        elapsed, self._minute_at = now - self._minute_at, now
        self._counted_s += elapsed
        if before is None or (minute >= before - _DST_MINUTES and elapsed < DAY_S):
            return
        for load in loads:
            self.book(load, now)
        self._counted_s *= _KEPT_A_DAY
        for entry in self._entries.values():
            entry.today = Account()
            entry.lately_withheld_s *= _KEPT_A_DAY
            entry.lately_demanded_s *= _KEPT_A_DAY

    def close(self, load_id: str) -> None:
        """Forget a load that is gone."""
        self._entries.pop(load_id, None)

    # Asking ---------------------------------------------------------------------------------------------------------

    def today(self, load_id: str) -> Account:
        """The account of a load since midnight; not to be changed."""
        entry = self._entries.get(load_id)
        return entry.today if entry is not None else Account()

    def total(self, load_id: str) -> Account:
        """The account of a load since it is known; not to be changed."""
        entry = self._entries.get(load_id)
        return entry.total if entry is not None else Account()

    def share(self, load_id: str) -> float:
        """Withheld ÷ demanded time of a load lately, 0–1; 0 for one that has asked for nothing."""
        entry = self._entries.get(load_id)
        if entry is None or entry.lately_demanded_s <= 0:
            return 0.0
        return entry.lately_withheld_s / entry.lately_demanded_s

    def fairness(self, load_ids: Iterable[str]) -> float | None:
        """Jain's index of withheld ÷ demanded time lately, among the loads that asked for a tenth of the time.

        1: all alike; 1/n: one load bears everything. None for fewer than two such loads.
        """
        least = _DEMANDING_SHARE * self._counted_s
        return jain(
            [
                self.share(load_id)
                for load_id in load_ids
                if (entry := self._entries.get(load_id)) is not None and entry.lately_demanded_s > least
            ]
        )

    # Keeping --------------------------------------------------------------------------------------------------------

    def dump(self, now: float) -> dict[str, Any]:
        """State for storage, JSON-able."""
        return {
            "minute": self._minute,
            "counted_s": self._counted_s,
            "turns": {coordinator_id: now - at for coordinator_id, at in self.turned_at.items()},
            "loads": {
                load_id: {
                    "today": asdict(entry.today),
                    "total": asdict(entry.total),
                    "lately_withheld_s": entry.lately_withheld_s,
                    "lately_demanded_s": entry.lately_demanded_s,
                }
                for load_id, entry in self._entries.items()
            },
        }

    def _load(self, state: Mapping[str, Any], now: float) -> None:
        minute = state.get("minute")
        self._minute = minute if isinstance(minute, int) else None
        self._counted_s = _number(state.get("counted_s"))
        self.turned_at = {str(name): now - _number(ago) for name, ago in _mapping(state.get("turns")).items()}
        for load_id, kept in _mapping(state.get("loads")).items():
            entry = _mapping(kept)
            self._entries[str(load_id)] = _Entry(
                today=_account(entry.get("today")),
                total=_account(entry.get("total")),
                lately_withheld_s=_number(entry.get("lately_withheld_s")),
                lately_demanded_s=_number(entry.get("lately_demanded_s")),
            )


def asks(load: LoadTrack) -> bool:
    """Whether a load wants power now: by its own control, else by what it draws or drew when it was cut.

    One behind an open contactor does not; one that tells nothing is taken to, until the meter knows better.
    """
    if load.wanted is not True or not load.available:
        return False
    appetite = load.appetite
    if appetite.dead:
        return False
    if load.demand is not None:
        return load.demand
    if appetite.draws is not None:
        return appetite.draws
    return load.offloaded or (load.on is True and not load.idle)


def jain(values: Iterable[float]) -> float | None:
    """Jain's index of fairness; 1 where nothing was withheld from anybody, None for fewer than two values."""
    figures = list(values)
    if len(figures) < 2:
        return None
    squares = sum(value * value for value in figures)
    return 1.0 if squares == 0 else sum(figures) ** 2 / (len(figures) * squares)


def _add(account: Account, entry: _Entry, passed: float) -> None:
    if entry.asks:
        account.demanded_s += passed
    if not entry.off:
        return
    account.off_s += passed
    account.degree_hours += entry.missed_k * passed / 3600
    if entry.asks:
        account.withheld_s += passed
        account.withheld_vah += (entry.va or 0.0) * passed / 3600


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) and value >= 0 else 0.0


def _account(value: object) -> Account:
    kept = _mapping(value)
    return Account(
        off_s=_number(kept.get("off_s")),
        withheld_s=_number(kept.get("withheld_s")),
        withheld_vah=_number(kept.get("withheld_vah")),
        demanded_s=_number(kept.get("demanded_s")),
        degree_hours=_number(kept.get("degree_hours")),
        switches=int(_number(kept.get("switches"))),
    )
