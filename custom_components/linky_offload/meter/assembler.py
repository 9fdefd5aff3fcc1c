"""Groups in, readings out: the meter put together label by label (design: the way of a value)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, tzinfo
from types import MappingProxyType

from ..tic import Group, Mode, describe_address, parse_horodate
from . import historic, standard
from .contract import CONTRACT_QUANTITIES, Contract
from .delivery import Delivery
from .frames import ClosedFrame, FrameLog
from .inbox import Inbox
from .meaning import Meaning
from .phase_watch import PhaseWatch
from .phases import PhaseCount
from .plausibility import Limits, Plausibility, Refusal
from .powers import (
    CURRENTS,
    FRESH_S,
    PHASE_POWERS,
    UNSETTLED,
    VOLTAGES,
    HistoricPowers,
    Settled,
    StandardPowers,
    recent,
)
from .presence import WARNINGS, end_absent, end_delivered
from .quantity import Quantity
from .reading import Breaker, Measured, Reading
from .trip import RESYNC_S
from .vote import Vote
from .witness import Witness

_LIVE = (*CURRENTS, Quantity.APPARENT_POWER, *PHASE_POWERS)
"""What the power of a phase is worked out of."""

_SEEN_AT_ONCE = frozenset({Quantity.APPARENT_POWER, *PHASE_POWERS, Quantity.APPARENT_POWER_EXPORT})
"""Each sample of these makes a reading, changed or not: time is part of what they say."""

_SEEN_ON_CHANGE = CONTRACT_QUANTITIES.union(
    CURRENTS, WARNINGS, (Quantity.BREAKER, Quantity.EXPORTING, Quantity.OVER_REFERENCE, Quantity.PRODUCER)
)

_MAXIMA = {
    Quantity.MAX_POWER_TODAY: (1, 1),
    Quantity.MAX_POWER_TODAY_1: (3, 1),
    Quantity.MAX_POWER_TODAY_2: (3, 2),
    Quantity.MAX_POWER_TODAY_3: (3, 3),
}
"""The daily maxima that a filter computed: on a meter of so many phases, that of which phase."""

_YESTERDAYS = {Quantity(quantity.value.replace("today", "yesterday")): place for quantity, place in _MAXIMA.items()}
"""The same of the day before."""

_DELIVERED_FRESH_S = 180.0
"""Age up to which a current or a voltage that a bridge has not told anew still speaks of the present."""

_QUANTITIES = {Mode.HISTORIC: historic.QUANTITIES, Mode.STANDARD: standard.QUANTITIES}
_POWERS_OF: dict[Mode, type[HistoricPowers | StandardPowers]] = {
    Mode.HISTORIC: HistoricPowers,
    Mode.STANDARD: StandardPowers,
}


class Meter:
    """One Linky, or an older meter, followed group by group.

    ``contract_va`` is the person's own figure for the contract (VA, all phases), which wins over the meter's.
    ``local_tz`` resolves the horodates that carry no season. ``known_va`` and ``phases``: contract and number of phases
    as found out earlier, where the source tells them slowly or never. Times are monotonic seconds, from the caller.
    """

    def __init__(
        self,
        *,
        contract_va: int | None = None,
        known_va: int | None = None,
        local_tz: tzinfo,
        phases: int | None = None,
    ) -> None:
        self._local_tz = local_tz
        self._mode: Mode | None = None
        self._address: Vote[str] = Vote(first=2, change=3)
        self._contract = Contract(contract_va, known_va)
        self._frames = FrameLog()
        self._phases = PhaseCount(phases)
        self._watch = PhaseWatch()
        self._plausibility = Plausibility()
        self._witness = Witness(self._plausibility.refused)
        self._limits = Limits(contract_va=contract_va)
        self._powers: HistoricPowers | StandardPowers = StandardPowers()
        self._meanings: Mapping[str, Meaning] = {}
        self._values: dict[Quantity, Measured] = {}
        self._horodates: dict[str, tuple[str, datetime | None]] = {}
        self._inbox = Inbox()
        self._rearrange()

    @property
    def stats(self) -> Mapping[Refusal, int]:
        """How many values were refused, by kind."""
        return MappingProxyType(self._plausibility.refused)

    def override_contract(self, contract_va: int | None) -> None:
        """Take another figure of the person's for the contract, VA; None gives the meter's back."""
        self._contract.override_va = contract_va
        self._rearrange()

    def gap(self, now: float) -> None:
        """The source lost the line at ``now``: what comes next is taken with caution (tic.md §9.4)."""
        self._frames.lose_line()
        self._watch.lose_line()
        self._limits.current_a = None

    def apply(self, group: Group, now: float) -> Reading | None:
        """Take one group in; a reading when the arbiter must look at once, or when the group closed a frame.

        What must be seen at once: any power, and a change of current, contract, status or overload warning.
        """
        if group.mode is not self._mode:
            self._change_mode(group.mode)
        urgent = power_changed = False
        closed = self._frames.enter(group)
        if closed is not None:
            urgent = True
            power_changed = self._close(closed, group.mode, now)
        if self._phases.observe(group):
            power_changed = self._recount(now)
        for quantity, measured in self._read(group, now) if self._witness.believes(group, now) else ():
            before = self._values.get(quantity)
            settled = self._take(quantity, measured, before)
            if settled is None:
                continue
            power_changed = power_changed or bool(settled.powers)
            if settled.believed:
                changed = before is None or before.value != measured.value
                urgent = urgent or quantity in _SEEN_AT_ONCE or (changed and quantity in _SEEN_ON_CHANGE)
        return self._reading(now, power_changed=power_changed) if urgent or power_changed else None

    def receive(self, delivery: Delivery, now: float, *, live: bool = True) -> list[Reading]:
        """Take one message of a bridge in, as a whole; one reading, or none when it holds nothing of the meter.

        ``live``: it counts for the pace; not so what a broker had kept, nor a part of what its source says together.
        """
        self._watch.deliver(now, live=live)
        mode = self._inbox.mode(delivery)
        if mode is not None and mode is not self._mode:
            self._change_mode(mode)
        groups = self._inbox.groups(delivery, now)
        power_changed = mode is not None and self._enter_message(mode, delivery, groups, now)
        for group in groups:
            for quantity, measured in self._read(group, now):
                settled = self._take(quantity, measured, self._values.get(quantity))
                power_changed = power_changed or (settled is not None and bool(settled.powers))
                if quantity not in _LIVE:
                    held = self._values.get(quantity)
                    self._inbox.prove(group, believed=held is not None and held.value == measured.value)
        for quantity, value in delivery.measures:
            self._take(quantity, Measured(value, now), self._values.get(quantity))
        if mode is not None:
            if delivery.complete and groups:
                power_changed = self._close(self._frames.end_message(mode), mode, now) or power_changed
            end_delivered(self._values, mode, now, absent=delivery.absent)
        if not (groups or delivery.measures or delivery.absent):
            return []
        return [self._reading(now, power_changed=power_changed)]

    def shed(self, shed_va: Mapping[int, float], now: float) -> None:
        """Loads are known to be off from ``now`` on that drew so much, VA by phase (1–3), when the power was told last.

        Where samples are rare the trip model need not go on with a load that has gone (tic.md §9.4).
        """
        self._watch.shed(shed_va, now)

    def held(self, quantity: Quantity) -> Measured | None:
        """The value believed for one quantity, without the cost of a whole reading."""
        return self._values.get(quantity)

    def reading(self, now: float) -> Reading:
        """The meter as known at ``now``."""
        return self._reading(now, power_changed=False)

    def _change_mode(self, mode: Mode) -> None:
        """Keep what both modes tell, drop what only the other one could renew (the decoder has proved the mode)."""
        if self._mode is not None:
            self._values = {key: value for key, value in self._values.items() if key in _QUANTITIES[mode]}
            self._contract.forget()
            self._plausibility.forget()
            self._witness.forget()
            self._horodates.clear()
            self._frames = FrameLog()
            self._inbox.forget()
        self._mode = mode
        self._powers = _POWERS_OF[mode]()
        self._choose_meanings()

    def _enter_message(self, mode: Mode, delivery: Delivery, groups: list[Group], now: float) -> bool:
        """Begin a message; True when it made the power of a phase known by telling the number of phases."""
        labels = {group.label for group in groups}
        self._frames.begin_message(labels)
        if "PAPP" in labels and isinstance(self._powers, HistoricPowers):
            self._powers.expect_total(now)
        told = delivery.phases
        if told is None and self._phases.value is None and self._address.value is not None:
            model = describe_address(self._address.value)
            told = None if model is None else model.phases
        return self._phases.deliver(labels, mode, now, told=told) and self._recount(now)

    def _take(self, quantity: Quantity, measured: Measured, before: Measured | None) -> Settled | None:
        """Judge one value and hold it; None when it is not believed at all."""
        if not self._plausibility.accepts(quantity, measured, before, self._limits):
            return None
        settled = self._settle(quantity, measured)
        if not settled.believed:
            self._plausibility.refused[Refusal.PHASE_SUM] += 1
            return settled
        if self._store(quantity, measured):
            return settled
        return replace(settled, believed=False)

    def _choose_meanings(self) -> None:
        if self._mode is Mode.STANDARD:
            self._meanings = standard.MEANINGS
            return
        model = None if self._address.value is None else describe_address(self._address.value)
        self._meanings = historic.BY_KIND[None if model is None else model.linky]

    def _close(self, frame: ClosedFrame, mode: Mode, now: float) -> bool:
        """End a frame; True when it made the power of a phase known."""
        self._powers.close(frame)
        end_absent(self._values, frame, mode, now)
        return self._recount(now) if self._phases.close(frame, mode) else False

    def _recount(self, now: float) -> bool:
        """The phases were counted anew: place the powers already received; True when there was one."""
        self._rearrange()
        placed = False
        for quantity in _LIVE:
            if recent(self._values, quantity, now) is not None:
                settled = self._settle(quantity, self._values[quantity])
                placed = placed or bool(settled.powers)
        return placed

    def _rearrange(self) -> None:
        """Carry the contract and the number of phases to everything that reckons with them."""
        count = self._phases.value
        self._watch.arrange(count, self._contract.cutoff_va(count))
        self._limits.contract_va = self._contract.contract_va(count)
        self._limits.phases = count
        current, derived = self._values.get(Quantity.SUBSCRIBED_CURRENT), self._contract.meter_va(count)
        if current is not None and derived is not None:
            self._values[Quantity.CONTRACT_POWER] = Measured(derived, current.at)

    def _read(self, group: Group, now: float) -> list[tuple[Quantity, Measured]]:
        meaning = self._meanings.get(group.label)
        if meaning is None:
            return []
        horodate = self._horodate(group)
        try:
            scalars = meaning.read(group.data, horodate)
        except ValueError:
            self._plausibility.refused[Refusal.FORMAT] += 1
            return []
        return [
            (quantity, Measured(scalar, now, horodate))
            for quantity, scalar in zip(meaning.quantities, scalars, strict=True)
            if scalar is not None
        ]

    def _horodate(self, group: Group) -> datetime | None:
        """The group's own time; most horodates come back unchanged in the next frame, so the last one is kept."""
        if group.horodate is None:
            return None
        known = self._horodates.get(group.label)
        if known is not None and known[0] == group.horodate:
            return known[1]
        parsed = parse_horodate(group.horodate)
        moment = None if parsed is None else parsed.to_datetime(self._local_tz)
        self._horodates[group.label] = (group.horodate, moment)
        return moment

    def _settle(self, quantity: Quantity, measured: Measured) -> Settled:
        """Let a live value settle the power of its phases."""
        count = self._phases.value
        if count is None or quantity not in _LIVE or not isinstance(measured.value, (int, float)):
            return UNSETTLED
        now = measured.at
        settled = self._powers.update(
            quantity, measured.value, phases=count, values=self._beside(now), frame=self._frames, now=now
        )
        for sample in settled.powers:
            self._watch.observe(sample, now)
        return settled

    def _beside(self, now: float) -> Mapping[Quantity, Measured]:
        """The values by which a power is settled. What a bridge has not told anew is as it was, for a while."""
        if not self._watch.delivered:
            return self._values
        held = dict(self._values)
        for quantity in (*CURRENTS, *VOLTAGES):
            measured = held.get(quantity)
            if measured is not None and FRESH_S < now - measured.at <= _DELIVERED_FRESH_S:
                held[quantity] = replace(measured, at=now)
        return held

    def _store(self, quantity: Quantity, measured: Measured) -> bool:
        """Hold a plausible value; False when it must first be repeated to be believed."""
        value = measured.value
        if quantity is Quantity.ADDRESS and isinstance(value, str):
            if not self._believe_address(value):
                return False
        elif quantity in CONTRACT_QUANTITIES and isinstance(value, int):
            changed = self._contract.offer(quantity, value)
            if self._contract.believed(quantity) != value:
                return False
            self._values[quantity] = measured
            if changed or quantity is Quantity.SUBSCRIBED_CURRENT:
                self._rearrange()
        self._values[quantity] = measured
        if quantity in CURRENTS:
            currents = [recent(self._values, current, measured.at) for current in CURRENTS]
            self._limits.current_a = sum(current for current in currents if current is not None)
        elif quantity in _MAXIMA:
            self._bound(quantity, measured)
        elif quantity in _YESTERDAYS:
            self._check(quantity, measured)
        elif quantity is Quantity.CLOCK and isinstance(value, datetime):
            self._watch.check.tell_clock(value, measured.at)
        return True

    def _believe_address(self, address: str) -> bool:
        if describe_address(address) is None:
            return False  # masked by its owner: it tells nobody apart
        if self._address.offer(address):
            self._choose_meanings()
        return self._address.value == address

    def _bound(self, quantity: Quantity, measured: Measured) -> None:
        """Check the filter by the maximum that the meter computed with its own, both times by the meter's clock."""
        clock = self._values.get(Quantity.CLOCK)
        if (
            clock is None
            or measured.horodate is None
            or measured.at - clock.at > FRESH_S
            or not isinstance(clock.value, datetime)
            or not isinstance(measured.value, int)
        ):
            return
        phases, phase = _MAXIMA[quantity]
        if phases != self._phases.value:
            return
        age = (clock.value - measured.horodate).total_seconds() + measured.at - clock.at
        self._watch.bound(
            phase,
            measured.value,
            measured.at,
            # The maximum may be a second or two younger than the DATE that opened its frame.
            age_s=0.0 if -RESYNC_S <= age < 0 else age,
            today=clock.value.date() == measured.horodate.date(),
        )

    def _check(self, quantity: Quantity, measured: Measured) -> None:
        """Hold the verdict of the day on the trip model, once the meter has told its maximum of yesterday."""
        phases, phase = _YESTERDAYS[quantity]
        if phases != self._phases.value or measured.horodate is None or not isinstance(measured.value, int):
            return
        error = self._watch.check.tell_maximum(phase, measured.value, measured.horodate)
        if error is not None:
            self._values[Quantity.TRIP_MODEL_ERROR] = Measured(error, measured.at, measured.horodate)

    def _reading(self, now: float, *, power_changed: bool) -> Reading:
        count = self._phases.value
        breaker = self._values.get(Quantity.BREAKER)
        return Reading(
            now=now,
            mode=self._mode,
            address=self._address.value,
            contract_va=self._contract.contract_va(count),
            cutoff_va=self._contract.cutoff_va(count),
            phases=self._watch.readings(now),
            over_reference=self._flag(Quantity.OVER_REFERENCE),
            exporting=self._flag(Quantity.EXPORTING),
            breaker=breaker.value if breaker is not None and isinstance(breaker.value, Breaker) else None,
            cadence_s=self._watch.cadence.p99_s,
            power_changed=power_changed,
            values=MappingProxyType(self._values.copy()),
        )

    def _flag(self, quantity: Quantity) -> bool | None:
        measured = self._values.get(quantity)
        return measured.value if measured is not None and isinstance(measured.value, bool) else None
