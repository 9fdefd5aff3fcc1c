"""The meter's side of a decision: power by phase now, how long it has been too much, and what to be ready for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
import math

from ..meter import Breaker, PhaseReading, Reading
from ..meter.trip import TRIP_RATIO, margin, seconds_to_trip, step
from .branch import BranchFilter, branch_margin
from .guard import SOURCE_LAG_S, UNKNOWN_CADENCE_S, PhaseLoad, guard_ratio
from .in_flight import InFlight
from .model import Action, Settings
from .recent import Recent
from .steps import StepHistogram

FRESH_S = 10.0
RARE_S = 20.0
"""Between samples further apart a hob or an oven comes and goes unseen: they draw in turns of that length."""

_CALM_S = 30.0
_NEAR_TRIP_Y = 0.85 * TRIP_RATIO**2
_DARK_VA = 1.0


@dataclass(frozen=True, slots=True)
class _Told:
    """A load moved of its own accord by ``va``, by phase, since the meter told ``raw_before``; it last spoke ``at``."""

    va: Mapping[int, float]
    at: float
    raw_before: Mapping[int, float]

    def unshown(self, raw: Mapping[int, float]) -> _Told:
        """What of its rise this sample does not show: by what the phase has risen since, it counts as shown."""
        shown = {phase: max(0.0, raw[phase] - before) for phase, before in self.raw_before.items()}
        return replace(self, va={phase: max(0.0, va - shown.get(phase, 0.0)) for phase, va in self.va.items()})


class House:
    """What the samples of the meter tell, phase by phase."""

    def __init__(self) -> None:
        """Nothing is known before the first sample."""
        self.reading: Reading | None = None
        self.raw: dict[int, float] = {}
        self.over_since: dict[int, float] = {}
        self.overload: bool | None = None
        self.open_since: float | None = None
        self.closed_at: float | None = None
        self.cap_va: float | None = None  # soft limit of the present period, all phases together
        self._below_since: float | None = None
        self._sampled_at: dict[int, float] = {}
        self._steps: dict[int, StepHistogram] = {}
        self._branch: dict[int, BranchFilter] = {}
        self._recent: dict[int, Recent] = {}
        self._longest_s = 0.0  # between two samples, as far as was seen
        self._blind: dict[int, float] = {}  # VA, followed by what our loads do until the next sample
        self._told: dict[str, _Told] = {}  # since the last sample
        self._told_changes = 0
        self._asked: tuple[object, ...] = ()
        self._loads: Sequence[PhaseLoad] = ()

    def take(self, reading: Reading, flights: InFlight, now: float) -> None:
        """Take a new view of the meter."""
        self.reading = reading
        longest = self._longest_wait_s
        for phase in reading.phases:
            if phase.power_va is None or phase.at is None:
                continue
            number, power = phase.phase, phase.power_va
            previous, sampled = self.raw.get(number), self._sampled_at.get(number)
            if sampled is not None and phase.at <= sampled:
                continue
            returning = bool(flights) and any(f.action is Action.RESTORE and number in f.va for f in flights)
            if previous is not None and sampled is not None and phase.at - sampled <= longest and not returning:
                self._histogram(number).note(power - previous)
            if sampled is not None:
                self._longest_s = max(self._longest_s, phase.at - sampled)
            self._branch.setdefault(number, BranchFilter()).observe(power, phase.at)
            corrected = max(0.0, power + flights.correction_va(number, power))
            self._recent.setdefault(number, Recent()).note(corrected, phase.at)
            if now - phase.at <= longest:
                self._blind[number] = corrected
            else:
                self._blind.pop(number, None)  # old when it came: nobody has watched this load
            self.raw[number] = power
            self._sampled_at[number] = phase.at
        if self._told:
            latest = self.sampled_at - SOURCE_LAG_S
            self._told = {name: told.unshown(self.raw) for name, told in self._told.items() if told.at >= latest}
            self._told_changes += 1

    @property
    def sampled_at(self) -> float:
        """The moment of which every phase has told, -inf before the first sample."""
        return min(self._sampled_at.values(), default=-math.inf)

    def moved(self, effect: Mapping[int, float], sign: float = 1.0) -> None:
        """A load of ours moves this, VA by phase: what was lately is reckoned as if it had moved before."""
        for phase, va in effect.items():
            if (recent := self._recent.get(phase)) is not None:
                recent.shift(sign * va)
            if phase in self._blind:
                self._blind[phase] = max(0.0, self._blind[phase] + sign * va)

    def told(self, load_id: str, effect: Mapping[int, float], now: float) -> None:
        """A load changed of its own accord by this, VA by phase: where samples are rare, that need not wait for one.

        What ends counts against what starts, and no further: a late word may be of what the last sample knew already.
        """
        self.moved(effect)
        if self.samples_rare:
            before = self._told.get(load_id)
            moved = {phase: va + (before.va.get(phase, 0.0) if before else 0.0) for phase, va in effect.items()}
            self._told[load_id] = _Told(moved, now, dict(self.raw) if before is None else before.raw_before)
            self._told_changes += 1

    def leaves(self, load_id: str) -> bool:
        """A load goes off: tell whether it had started since the last sample, which then knows nothing of it."""
        self._told_changes += 1
        told = self._told.pop(load_id, None)
        return told is not None and any(va > 0 for va in told.va.values())

    def unseen(self) -> Iterator[tuple[int, float, float, float]]:
        """While no sample tells: by phase its power, its share of the cut-off power, and the step to be ready for, VA.

        The power is what the last sample told, moved by the orders that left since and by what our loads tell. Nothing
        is known of a house that was never seen whole.
        """
        whole = all(phase.phase in self._blind for phase in self._phases())
        for phase in self._phases() if whole else ():
            if phase.share_va is not None:
                step_va = self._histogram(phase.phase).expected_va(phase.share_va)
                yield phase.phase, self._blind[phase.phase], phase.share_va, step_va

    def bears(self, load: PhaseLoad, extra_va: float, step_va: float, horizon: float) -> bool:
        """Tell whether the last minutes could come again with ``extra_va`` more on this phase, and a step on top."""
        recent, rare = self._recent.get(load.phase), self.samples_rare
        return recent is None or all(recent.bears(one, extra_va, step_va, horizon, rare=rare) for one in load.filters())

    @property
    def samples_rare(self) -> bool:
        """One sample tells little of the time until the next."""
        return self.cadence_s > RARE_S

    @property
    def cadence_s(self) -> float:
        """Seconds between two samples: the pace of the meter once it is known, the longest time seen before."""
        if self.reading is not None and self.reading.cadence_s is not None:
            return self.reading.cadence_s
        return max(UNKNOWN_CADENCE_S, self._longest_s)

    @property
    def _longest_wait_s(self) -> float:
        """Seconds between two samples beyond which the first one tells nothing of the present."""
        return max(FRESH_S, 3 * self.cadence_s)

    def fresh(self, now: float) -> bool:
        """Every phase has spoken lately enough to act on, and the contract is known."""
        reading = self.reading
        if reading is None or not reading.phases:
            return False
        oldest = self._longest_wait_s
        return all(
            phase.power_va is not None
            and phase.at is not None
            and phase.share_va is not None
            and phase.trip_y is not None
            and now - phase.at <= oldest
            for phase in reading.phases
        )

    def loads(self, settings: Settings, flights: InFlight, now: float) -> Sequence[PhaseLoad]:
        """Each phase with the commands in flight taken into account; none while the view is stale or incomplete."""
        # One decision asks several times, mostly with nothing changed in between.
        over, changes = tuple(self.over_since.items()), (flights.changes, self._told_changes)
        asked = (now, changes, settings, self.reading, self.cap_va, over)
        if asked != self._asked:
            self._asked, self._loads = asked, self._reckon(settings, flights, now)
        return self._loads

    def _reckon(self, settings: Settings, flights: InFlight, now: float) -> Sequence[PhaseLoad]:
        if not self.fresh(now) or self.reading is None:
            return ()
        contract = self.reading.contract_va or self.reading.cutoff_va or 0
        limit = threshold_va(settings, contract, self.cap_va)
        return tuple(self._load(phase, contract, limit, settings, flights, now) for phase in self.reading.phases)

    def watch(self, loads: Sequence[PhaseLoad], settings: Settings, now: float) -> bool | None:
        """Follow the overload; True when it starts, False when it ends, None when nothing changes.

        The meter's own word (STGE bit 7, ADPS, ADIR) counts as well, unless the person moved the threshold.
        """
        if not loads:
            self.over_since.clear()  # nobody knows how long it lasts while nothing is heard
        for load in loads:
            if load.power_va > load.threshold_va:
                self.over_since.setdefault(load.phase, now)
            elif load.raw_va <= load.threshold_va:  # until the meter shows it, an order has ended nothing
                self.over_since.pop(load.phase, None)
        moved = settings.adjustment_percent != 0 or settings.fixed_threshold_va is not None
        signal = bool(self.reading and self.reading.over_reference) and not moved
        if not loads and not signal:
            return None
        if self.over_since or signal:
            self._below_since = None
            started = not self.overload
            self.overload = True
            return True if started else None
        if not self.overload:
            self.overload = False
            return None
        self._below_since = now if self._below_since is None else self._below_since
        clear = all(load.power_va <= load.threshold_va - load.hysteresis_va for load in loads)
        if clear or now - self._below_since >= _CALM_S:
            self.overload, self._below_since = False, None
            return False
        return None

    def watch_breaker(self, now: float) -> bool | None:
        """Follow the breaking device; True when the meter opens, False when it closes again, None otherwise.

        An opening that the meter cannot tell (historic mode) shows as a dead house right after a trip was near.
        """
        reading = self.reading
        if reading is None or not reading.phases:
            return None
        told = reading.breaker
        dark = all(phase.power_va is not None and phase.power_va < _DARK_VA for phase in reading.phases)
        near = any(phase.trip_y is not None and phase.trip_y >= _NEAR_TRIP_Y for phase in reading.phases)
        if told is None:
            is_open = dark and not reading.exporting and (near or self.open_since is not None)
        else:
            is_open = told not in (Breaker.CLOSED, Breaker.UNDEFINED)
        if is_open and self.open_since is None:
            self.open_since, self.closed_at = now, None
            return True
        if not is_open and self.open_since is not None:
            self.open_since, self.closed_at = None, now
            return False
        return None

    def margin_now(self, now: float) -> float | None:
        """Trip margin of the worst phase at this moment, 1 cold … 0 the meter opens."""
        values = [y for phase in self._phases() if (y := _y_at(phase, now, self.reading)) is not None]
        return min(margin(y) for y in values) if values else None

    def seconds_to_trip(self, now: float) -> float | None:
        """Seconds until the meter opens at the present raw load, inf when it never does."""
        times = [
            seconds_to_trip(y, phase.power_va / phase.share_va)
            for phase in self._phases()
            if phase.power_va is not None and phase.share_va and (y := _y_at(phase, now, self.reading)) is not None
        ]
        return min(times) if times else None

    def dump_steps(self) -> dict[str, dict[str, int]]:
        """The steps that each phase was seen to make, for storage."""
        return {str(phase): histogram.dump() for phase, histogram in self._steps.items()}

    def load_steps(self, state: Mapping[str, Mapping[str, int]]) -> None:
        """Take over what `dump_steps` held."""
        self._steps = {int(phase): StepHistogram(counts) for phase, counts in state.items()}

    def branch_margin(self, settings: Settings, now: float) -> float | None:
        """Margin of the breaker beside the meter, of its worst phase; None without its setting or a sample."""
        if settings.branch_breaker_a is None:
            return None
        rated = settings.branch_breaker_a * settings.mains_v
        states = [y for one in self._branch.values() if (y := one.y_at(now, rated)) is not None]
        return min((branch_margin(y) for y in states), default=None)

    def _phases(self) -> tuple[PhaseReading, ...]:
        return self.reading.phases if self.reading is not None else ()

    def _histogram(self, phase: int) -> StepHistogram:
        histogram = self._steps.get(phase)
        if histogram is None:
            histogram = self._steps[phase] = StepHistogram()
        return histogram

    def _load(
        self,
        phase: PhaseReading,
        contract_va: int,
        limit: tuple[float, bool],
        settings: Settings,
        flights: InFlight,
        now: float,
    ) -> PhaseLoad:
        assert phase.power_va is not None  # `fresh` has seen to all three
        assert phase.share_va is not None
        assert self.reading is not None
        count = len(self.reading.phases)
        share = contract_va / count
        threshold, capped = limit
        rated = None if settings.branch_breaker_a is None else settings.branch_breaker_a * settings.mains_v
        power = max(0.0, phase.power_va + flights.correction_va(phase.phase, phase.power_va))
        taken_off = max(0.0, phase.power_va - power)
        if self._told:
            power += max(0.0, sum(told.va.get(phase.phase, 0.0) for told in self._told.values()))
        return PhaseLoad(
            phase=phase.phase,
            power_va=power,
            raw_va=phase.power_va,
            doubtful_va=min(taken_off, flights.doubtful_va(phase.phase, now)) if taken_off else 0.0,
            trip_y=_y_after_cuts(phase, power, flights, now, self.reading),
            share_va=phase.share_va,
            threshold_va=threshold / count,
            step_va=self._histogram(phase.phase).expected_va(share),
            over_since=self.over_since.get(phase.phase),
            capped=capped,
            guard_ratio=guard_ratio(settings),
            branch_va=rated,
            branch_y=None if rated is None else self._branch[phase.phase].y_at(now, rated),
        )


def threshold_va(settings: Settings, contract_va: float, cap_va: float | None) -> tuple[float, bool]:
    """The threshold of the whole house, VA, and whether it is the cap: the lower of the two counts."""
    fixed = settings.fixed_threshold_va
    own = fixed if fixed is not None else contract_va * (1 + settings.adjustment_percent / 100)
    return (cap_va, True) if cap_va is not None and cap_va < own else (own, False)


def _y_at(phase: PhaseReading, now: float, reading: Reading | None) -> float | None:
    """State of the filter now, the last known load held since the view was made."""
    if phase.trip_y is None or reading is None:
        return None
    if phase.power_va is None or not phase.share_va or now <= reading.now:
        return phase.trip_y
    return step(phase.trip_y, phase.power_va / phase.share_va, now - reading.now)


def _y_after_cuts(phase: PhaseReading, power_va: float, flights: InFlight, now: float, reading: Reading) -> float:
    """State of the filter now: the last known load held until the confirmed cuts, and the rest of it from there on.

    ``power_va``: the load with all orders under way. Where samples are rare, the filter would else go on filling with
    a load that is known to be gone, and ask for cuts that nothing needs.
    """
    shed_va, since = flights.confirmed_cuts(phase.phase) if flights else (0.0, 0.0)
    known = _y_at(phase, now if shed_va <= 0 else min(now, max(since, reading.now)), reading) or 0.0
    if shed_va <= 0 or phase.power_va is None or not phase.share_va:
        return known
    return step(known, max(power_va, phase.power_va - shed_va) / phase.share_va, now - max(since, reading.now))
