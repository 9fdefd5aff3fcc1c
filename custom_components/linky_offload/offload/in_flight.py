"""Commands that the meter does not show yet (design §6.3).

A sample tells the past: between an order and the value that contains its effect pass the latency of the plug, the age
of the meter's value and the time to the next one. Until then the order is reckoned with, so that one overload is
answered once; afterwards it is forgotten, so that a plug that lies is found out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .model import Action


@dataclass(slots=True, kw_only=True)
class Flight:
    """One order under way. ``va``: effect by phase; ``raw_before``: the meter's power by phase when it was given.

    ``unseen``: a cut of a load that had just started, which the meter did not show yet. ``asked_at`` is the first of
    several tries, ``sent_at`` the last; after ``doubted_at`` an order that is not confirmed may have been lost.
    """

    load_id: str
    action: Action
    va: Mapping[int, float]
    asked_at: float
    sent_at: float
    doubted_at: float
    raw_before: Mapping[int, float]
    unseen: bool
    confirmed_at: float | None = None
    alone: bool = field(default=True)  # nothing else moved by us meanwhile: its step can be learned from the meter


class InFlight:
    """All orders under way, and what they change in a sample."""

    def __init__(self) -> None:
        """Nothing under way."""
        self._flights: dict[str, Flight] = {}
        self.changes = 0  # how often what is reckoned with has changed

    def __contains__(self, load_id: str) -> bool:
        """Tell whether an order to this load is under way."""
        return load_id in self._flights

    def __iter__(self) -> Iterator[Flight]:
        """Iterate over the orders under way, free to drop them meanwhile."""
        return iter(tuple(self._flights.values()))

    def __bool__(self) -> bool:
        """Tell whether anything is under way."""
        return bool(self._flights)

    def get(self, load_id: str) -> Flight | None:
        """Return the order under way to this load."""
        return self._flights.get(load_id)

    def send(
        self,
        load_id: str,
        action: Action,
        va: Mapping[int, float],
        raw: Mapping[int, float],
        now: float,
        *,
        latency_s: float,
        unseen: bool = False,
    ) -> None:
        """Note an order that leaves now."""
        self.changes += 1
        earlier = self._flights.pop(load_id, None)
        alone = not self._flights
        for flight in self._flights.values():
            flight.alone = False
        self._flights[load_id] = Flight(
            load_id=load_id,
            action=action,
            va=dict(va),
            asked_at=earlier.asked_at if earlier is not None and earlier.action is action else now,
            sent_at=now,
            doubted_at=now + latency_s,
            raw_before=dict(raw),
            unseen=unseen,
            alone=alone and not unseen,
        )

    def confirm(self, load_id: str, now: float) -> Flight | None:
        """The load says that it obeyed; the order is returned when this is its first word of it."""
        flight = self._flights.get(load_id)
        if flight is None or flight.confirmed_at is not None:
            return None
        flight.confirmed_at = now
        self.changes += 1
        return flight

    def drop(self, load_id: str) -> None:
        """Stop reckoning with an order."""
        if self._flights.pop(load_id, None) is not None:
            self.changes += 1

    def doubtful(self, load_id: str, now: float) -> bool:
        """Tell whether a cut of this load is late and may have been lost on the way."""
        flight = self._flights.get(load_id)
        return flight is not None and flight.action is Action.OFFLOAD and _late(flight, now)

    def landed(self, sampled_at: float, shown_after_s: float) -> list[Flight]:
        """Take out and return the confirmed orders that a sample of this moment contains."""
        done = [
            flight
            for flight in self._flights.values()
            if flight.confirmed_at is not None and sampled_at - flight.confirmed_at > shown_after_s
        ]
        for flight in done:
            self.drop(flight.load_id)
        return done

    def correction_va(self, phase: int, raw_va: float) -> float:
        """VA to add to a sample of this phase for what is ordered and not shown in it yet (negative for cuts).

        What the phase has already moved in the expected direction since the first of the orders counts as shown.
        """
        if not self._flights:
            return 0.0
        cuts = [f for f in self._flights.values() if f.action is Action.OFFLOAD and not f.unseen and phase in f.va]
        false_starts = [f for f in self._flights.values() if f.unseen and phase in f.va]
        returns = [f for f in self._flights.values() if f.action is Action.RESTORE and phase in f.va]
        risen = [raw_va - flights[0].raw_before.get(phase, raw_va) if flights else 0.0 for flights in (cuts, returns)]
        correction = -max(0.0, _ordered(cuts, phase) - max(0.0, -risen[0]))
        correction += max(0.0, _ordered(returns, phase) - max(0.0, risen[1]))
        for flight in false_starts:
            # What was not in the sample leaves it again: only a rise since then is to be taken off.
            correction -= min(flight.va[phase], max(0.0, raw_va - flight.raw_before.get(phase, raw_va)))
        return correction

    def confirmed_cuts(self, phase: int) -> tuple[float, float]:
        """VA of this phase that loads say to have shed since the sample, and the moment at which all of them had."""
        done = [
            (flight.va[phase], flight.confirmed_at)
            for flight in self._flights.values()
            if flight.action is Action.OFFLOAD
            and not flight.unseen
            and flight.confirmed_at is not None
            and phase in flight.va
        ]
        return sum(va for va, _ in done), max((at for _, at in done), default=0.0)

    def doubtful_va(self, phase: int, now: float) -> float:
        """VA of this phase that `correction_va` takes off on the word of cuts that may have been lost."""
        return sum(
            flight.va[phase]
            for flight in self._flights.values()
            if flight.action is Action.OFFLOAD and not flight.unseen and phase in flight.va and _late(flight, now)
        )


def _late(flight: Flight, now: float) -> bool:
    return flight.confirmed_at is None and now >= flight.doubted_at


def _ordered(flights: Sequence[Flight], phase: int) -> float:
    return sum(flight.va[phase] for flight in flights)
