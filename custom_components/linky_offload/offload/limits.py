"""Limits inside the house: circuits with a maximum of their own, and loads of which only one may be on (design §6).

Both concern their own loads only, and act without the delay of the profile: the person set them for a reason that has
nothing to do with the meter. What a circuit draws is the sum of what its loads are known to draw. A load of unknown
power is not taken for nothing: room for an ordinary load is kept for it before another may join it, but nothing is cut
on a guess.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from .cutting import why_not
from .desk import Desk
from .model import Action, Circuit, Reason
from .track import UNKNOWN_RETURN_VA, LoadTrack


@dataclass(frozen=True, slots=True)
class Excess:
    """What a circuit draws too much, VA, and the loads that can relieve it, in the order in which they are given up."""

    circuit: Circuit
    va: float
    order: tuple[LoadTrack, ...]


def excesses(desk: Desk, now: float) -> Iterator[Excess]:
    """The circuits that draw more than they may."""
    for circuit in desk.settings.circuits:
        members = [desk.tracks[load_id] for load_id in circuit.load_ids if load_id in desk.tracks]
        over = sum(_drawn_va(desk, load, unknown_va=0.0) for load in members) - circuit.maximum_va
        if over > 0:
            order = tuple(load for load in desk.in_cut_order(now) if load in members and takeable(desk, load, now))
            yield Excess(circuit, over, order)


def fewest(excess: Excess) -> list[LoadTrack]:
    """The loads to cut, in order: enough, and none that the others make needless."""
    chosen: list[LoadTrack] = []
    left = excess.va
    for load in excess.order:
        if left <= 0:
            break
        if (va := load.drawing_va) is not None:
            chosen.append(load)
            left -= va
    for load in tuple(reversed(chosen)):
        va = load.drawing_va or 0.0
        if left + va <= 0:
            chosen.remove(load)
            left += va
    return chosen


def rivals(desk: Desk, now: float) -> Iterator[LoadTrack]:
    """The loads that must go because another of their group is on too: all but the most wanted, or the held ones."""
    if not desk.settings.exclusive:
        return
    order = list(desk.in_cut_order(now))
    for group in desk.settings.exclusive:
        running = [load for load in order if load.load_id in group and _running(load)]
        stand = [load for load in running if load.held(now) or load.excluded(now)]
        for load in running:
            if load is not (stand or running)[-1] and takeable(desk, load, now):
                yield load


def barred(desk: Desk, load: LoadTrack) -> Reason | None:
    """What forbids the load to return now, whatever room the meter leaves; None when nothing does.

    What was taken out of service is not ours to keep off.
    """
    if load.release_by is not None:
        return None
    for group in desk.settings.exclusive:
        if load.load_id in group and any(
            other is not load and other.load_id in group and (_running(other) or _returning(desk, other))
            for other in desk.tracks.values()
        ):
            return Reason.EXCLUSIVE
    return Reason.CIRCUIT if load.return_va > circuit_room_va(desk, load) else None


def circuit_room_va(desk: Desk, load: LoadTrack) -> float:
    """What the circuits of the load leave for it, beside what it draws already; inf when it is in none."""
    room = float("inf")
    for circuit in desk.settings.circuits:
        if load.load_id in circuit.load_ids:
            members = (desk.tracks[load_id] for load_id in circuit.load_ids if load_id in desk.tracks)
            drawn = sum(_drawn_va(desk, one, unknown_va=UNKNOWN_RETURN_VA) for one in members)
            room = min(room, circuit.maximum_va - drawn)
    return room


def takeable(desk: Desk, load: LoadTrack, now: float) -> bool:
    """The load may be cut for a limit of the house.

    Its minimum time on counts where it is on at our order; a start by somebody else is no ground to keep it on.
    """
    if load.load_id in desk.flights or load.load_id in desk.observed or load.offloaded:
        return False
    hindrance = why_not(load, urgent=False, under_way=False, now=now, minute=desk.minute)
    if hindrance is None:
        return True
    return hindrance[1] is Reason.MINIMUM_ON and load.restored_at != load.on_since


def _drawn_va(desk: Desk, load: LoadTrack, *, unknown_va: float) -> float:
    if _returning(desk, load):
        return load.return_va
    if load.offloaded or not load.on or not load.available:
        return 0.0
    drawing = load.drawing_va
    return unknown_va if drawing is None else drawing


def _running(load: LoadTrack) -> bool:
    return bool(load.on) and load.available and not load.offloaded and not load.idle


def _returning(desk: Desk, load: LoadTrack) -> bool:
    flight = desk.flights.get(load.load_id)
    return flight is not None and flight.action is Action.RESTORE
