"""One load as the arbiter follows it: what it is seen to do, what its owner wants, what we did to it."""

from dataclasses import dataclass, field, replace
import math

from .appetite import Appetite
from .learn import Learned
from .model import LoadMemory, LoadReport, LoadSettings, LoadStatus, LoadView, Reason
from .usage import Usage

IDLE_VA = 30.0  # less is the stand-by of an appliance: cutting it would free nothing
UNKNOWN_RETURN_VA = 2000.0  # room kept for a load of which nothing is known yet
LATE_REPORT_S = 60.0  # a power sensor may take so long to tell what a load draws that was switched on
_DOUBT_S = 1800.0
_CONFIDENT = 0.6  # three of the latest five steps agree
_LEAST_BACK_OFF_S = 60.0
_LONGEST_BACK_OFF_S = 3600.0
_MOST_DOUBLINGS = 10
_STEADY_S = 1800.0
_FIRST_RETRY_S = 60.0
_LONGEST_RETRY_S = 900.0


@dataclass(slots=True)
class LoadTrack:
    """The state of one load. ``offloaded`` lasts from our order to cut until the return is confirmed.

    Its owner's wish (``wanted``) and our order are kept apart: a load is only ever returned while it is wanted.
    """

    settings: LoadSettings
    coordinator_id: str
    since: float
    enabled: bool = True
    leaving: bool = False  # no longer configured, kept until it is given back
    seen: bool = False
    intent: bool = False  # the journal says that we cut it or were about to, before a restart
    available: bool = False
    on: bool | None = None
    power_va: float | None = None
    gap_k: float | None = None
    demand: bool | None = None
    wanted: bool | None = None
    offloaded: bool = False
    on_since: float = -math.inf
    off_since: float = -math.inf
    held_until: float | None = None
    suspect_until: float | None = None
    failures: int = 0
    relapses: int = 0
    restored_at: float | None = None
    before_cut_va: float | None = None
    cut_reason: Reason = Reason.NONE
    cut_gap_k: float | None = None  # its gap at the cut, None while it is on
    waits_more_s: float = 0.0  # the random part of its delay after, drawn at the cut
    told_longest: bool = False  # that it stays off beyond its longest time
    started_at: float | None = None  # started by no person while others were waiting for room
    freed_nothing_at: float | None = None  # when a cut of it moved nothing on the meter, and it has not drawn since
    learned: Learned = field(default_factory=Learned)
    usage: Usage = field(default_factory=Usage)
    appetite: Appetite = field(default_factory=Appetite)
    level: float | None = None  # at which it stands, None where it does not tell
    wanted_level: float | None = None
    saved_level: float | None = None  # its wanted level by the journal, until it is seen after a restart
    unit_seen_va: float | None = None  # what one unit of its level was seen to draw
    turned_to: float | None = None  # our order: below its wanted level, but not off
    levelled_at: float = -math.inf
    excluded_until: float | None = None  # by a person: not to be offloaded whatever happens
    kept_off_until: float | None = None  # by a person: not to return by itself
    timer_at: float | None = None  # when it is switched by itself
    timed_off: bool = False  # that switching off is under way
    release_by: float | None = None
    room_since: float | None = None
    no_room_since: float | None = None
    status: LoadStatus = LoadStatus.UNAVAILABLE
    reason: Reason = Reason.NONE

    @property
    def load_id(self) -> str:
        """Stable name of the load."""
        return self.settings.load_id

    @property
    def drawing_va(self) -> float | None:
        """What cutting it now would free, VA: measured, else declared, else learned, else unknown.

        A declared power is believed for no more than what the meter showed again and again. Unknown too where its
        last cut freed nothing: a water heater without a sensor may be full.
        """
        if self.settings.measured and self.power_va is not None:
            return self.power_va
        if self.freed_nothing_at is not None:
            return None
        if self.level is not None and (unit := self.unit_va) is not None:
            return self.level * unit
        declared, learned = self.settings.declared_va, self.learned_va
        if declared is None or learned is None or self.learned.confidence < _CONFIDENT:
            return learned if declared is None else declared
        return min(declared, learned)

    @property
    def proven(self) -> bool:
        """What it draws was measured: by its sensor, or by the meter again and again; a mere word proves nothing."""
        if self.settings.measured and self.power_va is not None:
            return True
        return self.learned_va is not None and self.learned.confidence >= _CONFIDENT

    @property
    def learned_va(self) -> float | None:
        """Its step on the meter, VA."""
        return self.learned.va

    @property
    def return_va(self) -> float:
        """Room to be there before it returns, VA; a load that can be turned down returns at its lowest level."""
        if (level := self.return_level) is not None and (unit := self.unit_va) is not None:
            return level * unit
        return self.full_va

    @property
    def full_va(self) -> float:
        """What it draws at the level that its owner wants, VA; a guess while nothing is known."""
        known = self.known_va
        return UNKNOWN_RETURN_VA if known is None else known

    @property
    def return_level(self) -> float | None:
        """The level at which it is given back, to be raised as room appears; None: as its owner wants it."""
        down = self.settings.turn_down
        if down is None or self.release_by is not None or self.wanted_level is None or self.unit_va is None:
            return None
        return down.minimum if down.minimum < self.wanted_level else None

    @property
    def unit_va(self) -> float | None:
        """What one unit of its level draws, VA: told by its owner, else as it draws now; None while unknown."""
        down = self.settings.turn_down
        if down is None:
            return None
        if down.va_per_unit is not None:
            return down.va_per_unit
        if self.settings.declared_va is not None:
            return self.settings.declared_va / down.maximum
        return self.unit_seen_va

    @property
    def phases(self) -> tuple[int, ...]:
        """The phases it is on, as its owner told, else as its steps did; empty while unknown."""
        return self.settings.phases or self.learned.phases

    @property
    def known_va(self) -> float | None:
        """What it draws while it runs: as before its last cut, else declared, else learned, else unknown."""
        if self.wanted_level is not None and (unit := self.unit_va) is not None:
            return self.wanted_level * unit
        for known in (self.before_cut_va, self.settings.declared_va, self.learned_va, self.learned.peak_va):
            if known is not None:
                return known
        return None

    @property
    def ours(self) -> bool:
        """Something of ours is on it: it is cut, or turned down."""
        return self.offloaded or self.turned_to is not None

    @property
    def idle(self) -> bool:
        """It is on and draws nothing (armed): its sensor shows it, or without one its own control asks for nothing."""
        if self.settings.measured and self.power_va is not None:
            return self.power_va < IDLE_VA
        return self.demand is False

    def held(self, now: float) -> bool:
        """A person's wish protects it at present."""
        return self.held_until is not None and now < self.held_until

    def excluded(self, now: float) -> bool:
        """A person took it out of offloading at present."""
        return self.excluded_until is not None and now < self.excluded_until

    def kept_off(self, now: float) -> bool:
        """A person asked for it to be off, and it is not to return by itself yet."""
        return self.offloaded and self.kept_off_until is not None and now < self.kept_off_until

    def suspect(self, now: float) -> bool:
        """It disobeyed lately and is left alone until the next quiet try."""
        return self.suspect_until is not None and now < self.suspect_until

    def effect(self, va: float | None, phases: tuple[int, ...], hint: int | None = None) -> dict[int, float]:
        """Spread a power of the load over the phases of the house.

        A load whose phase is unknown is put on ``hint``, the phase that needs relief, else on each phase in full:
        careful, since the room is then asked for wherever it may be.
        """
        if va is None:
            return {}
        if len(phases) == 1:
            return {phases[0]: va}
        own = tuple(phase for phase in self.phases if phase in phases)
        if own:
            return dict.fromkeys(own, va / len(own))
        return {hint: va} if hint is not None else dict.fromkeys(phases, va)

    def minimum_off_left_s(self, now: float) -> float:
        """Seconds until its minimum time off, lengthened after relapses, is over."""
        least = self.settings.minimum_off_s
        back_off = max(least, _LEAST_BACK_OFF_S) * 2.0 ** min(self.relapses, _MOST_DOUBLINGS) if self.relapses else 0.0
        return self.off_since + max(least, min(back_off, _LONGEST_BACK_OFF_S)) - now

    def minimum_on_left_s(self, now: float) -> float:
        """Seconds until its minimum time on is over."""
        return self.on_since + self.settings.minimum_on_s - now

    def see(self, view: LoadView, now: float) -> None:
        """Take over what the actuator sees; the meaning of a change is judged elsewhere."""
        self.available = view.available and view.on is not None
        self.power_va = view.power_va
        self.gap_k, self.demand = view.gap_k, view.demand
        self.level = view.level
        if not self.available:
            return
        if self.on is not view.on:
            if self.seen:
                self.on_since = now if view.on else self.on_since
                self.off_since = self.off_since if view.on else now
            self.on = view.on
        if view.on and view.level and self.settings.measured and self.power_va and self.power_va >= IDLE_VA:
            self.unit_seen_va = self.power_va / view.level
        self.seen = True

    def cut(self, reason: Reason, now: float) -> None:
        """An order to cut leaves now."""
        self.show(LoadStatus.OFFLOADED, reason, now)
        self.cut_reason = reason
        if now - self.on_since >= _STEADY_S:
            self.relapses = 0
        if self.settings.measured and self.power_va is not None and self.power_va >= IDLE_VA:
            self.before_cut_va = self.power_va
        self.offloaded = True
        self.turned_to = None
        self.off_since = now
        self.cut_gap_k = self.gap_k
        self.told_longest = False
        self.room_since = self.no_room_since = None

    def returned(self, now: float) -> None:
        """It is on again and no longer ours, unless it is still turned down."""
        turned_to = self.turned_to
        self.forget()
        self.turned_to = turned_to
        self.restored_at = now
        self.on_since = now

    def forget(self) -> None:
        """Its owner took it over: whatever we did to it is void."""
        self.offloaded = False
        self.intent = False
        self.release_by = None
        self.turned_to = None
        self.kept_off_until = None
        self.cut_gap_k = None
        self.room_since = self.no_room_since = None

    def remember(self, memory: LoadMemory) -> None:
        """Take over what is known from before a restart."""
        self.intent = memory.intent
        if memory.wanted_level is not None:
            self.saved_level = self.wanted_level = memory.wanted_level
            self.turned_to = None  # the state may be older than the last order: what is seen tells
        if memory.learned_va is not None:
            self.learned.steps_va = [memory.learned_va]

    def doubt(self, now: float) -> None:
        """It has had no room for long: a power that was seen only once may be another's, and is forgotten."""
        if self.no_room_since is not None and now - self.no_room_since >= _DOUBT_S:
            self.learned.doubt()

    def disobeyed(self, now: float) -> None:
        """An order was not obeyed: leave it alone, longer each time."""
        self.suspect_until = now + min(_FIRST_RETRY_S * 2 ** min(self.failures, _MOST_DOUBLINGS), _LONGEST_RETRY_S)
        self.failures += 1

    def obeyed(self) -> None:
        """It did as told: trust is back."""
        self.suspect_until = None
        self.failures = 0

    def show(self, status: LoadStatus, reason: Reason, now: float) -> None:
        """Set what is told of it."""
        if status is not self.status:
            self.since = now
        self.status = status
        self.reason = reason

    def report(self) -> LoadReport:
        """The load for its entities."""
        return LoadReport(
            load_id=self.load_id,
            coordinator_id=self.coordinator_id,
            status=self.status,
            reason=self.reason,
            power_va=self.return_va if self.offloaded else self.drawing_va,
            since=self.since,
            wanted=self.wanted,
            held_until=self.held_until,
            learned_va=self.learned_va,
            confidence=self.learned.confidence,
            learned_phases=self.learned.phases,
            level=self.turned_to,
            wanted_level=self.wanted_level,
            excluded_until=self.excluded_until,
        )

    def memory(self) -> LoadMemory:
        """What should outlive a restart."""
        return LoadMemory(intent=self.ours or self.intent, learned_va=self.learned_va)

    def configured(self, settings: LoadSettings, coordinator_id: str, enabled: bool) -> None:
        """Follow a change of the settings without losing what is known."""
        self.settings = replace(settings)
        self.coordinator_id = coordinator_id
        self.enabled = enabled
        self.leaving = False
