"""One load as the arbiter follows it: what it is seen to do, what its owner wants, what we did to it."""

from dataclasses import dataclass, replace
import math

from .model import LoadMemory, LoadReport, LoadSettings, LoadStatus, LoadView, Reason

IDLE_VA = 30.0  # less is the stand-by of an appliance: cutting it would free nothing
UNKNOWN_RETURN_VA = 2000.0  # room kept for a load of which nothing is known yet
_LEARN_SHARE = 0.4
_LEARN_LEAST_VA = 50.0
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
    started_at: float | None = None  # started by no person while others were waiting for room
    learned_va: float | None = None
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
        """What cutting it now would free, VA: measured, else declared, else learned, else unknown."""
        if self.settings.measured and self.power_va is not None:
            return self.power_va
        return self.settings.declared_va if self.settings.declared_va is not None else self.learned_va

    @property
    def return_va(self) -> float:
        """Room to be there before it returns, VA."""
        for known in (self.before_cut_va, self.settings.declared_va, self.learned_va):
            if known is not None:
                return known
        return UNKNOWN_RETURN_VA

    @property
    def idle(self) -> bool:
        """A sensor shows that it is on and draws nothing (armed)."""
        return self.settings.measured and self.power_va is not None and self.power_va < IDLE_VA

    def held(self, now: float) -> bool:
        """A person's wish protects it at present."""
        return self.held_until is not None and now < self.held_until

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
        own = tuple(phase for phase in self.settings.phases if phase in phases)
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
        if not self.available:
            return
        if self.on is not view.on:
            if self.seen:
                self.on_since = now if view.on else self.on_since
                self.off_since = self.off_since if view.on else now
            self.on = view.on
        self.seen = True

    def cut(self, reason: Reason, now: float) -> None:
        """An order to cut leaves now."""
        self.show(LoadStatus.OFFLOADED, reason, now)
        self.cut_reason = reason
        if now - self.on_since >= _STEADY_S:
            self.relapses = 0
        drawing = self.drawing_va
        if drawing is not None and drawing >= IDLE_VA:
            self.before_cut_va = drawing
        self.offloaded = True
        self.off_since = now
        self.room_since = self.no_room_since = None

    def returned(self, now: float) -> None:
        """It is on again and no longer ours."""
        self.forget()
        self.restored_at = now
        self.on_since = now

    def forget(self) -> None:
        """Its owner took it over: whatever we did to it is void."""
        self.offloaded = False
        self.intent = False
        self.release_by = None
        self.room_since = self.no_room_since = None

    def learn(self, step_va: float) -> None:
        """A step of the meter that only this load can have made."""
        if step_va < _LEARN_LEAST_VA:
            return
        if self.learned_va is None:
            self.learned_va = step_va
        else:
            self.learned_va += _LEARN_SHARE * (step_va - self.learned_va)
        self.before_cut_va = step_va

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
        )

    def memory(self) -> LoadMemory:
        """What should outlive a restart."""
        return LoadMemory(intent=self.offloaded or self.intent, learned_va=self.learned_va)

    def configured(self, settings: LoadSettings, coordinator_id: str, enabled: bool) -> None:
        """Follow a change of the settings without losing what is known."""
        self.settings = replace(settings)
        self.coordinator_id = coordinator_id
        self.enabled = enabled
        self.leaving = False
