"""What a person, or an automation in their name, asks of the arbiter itself: the doors behind the actions (design §6).

An explicit request goes before delays and minimum times. Only the meter goes before a request: a load is not returned
where that predicts a trip. In observe mode an offload is told and not done; nothing is touched while the mode is off.
"""

from abc import ABC, abstractmethod
from dataclasses import replace
import math

from . import levels, turns
from .desk import Desk
from .guard import trip_predicted
from .limits import barred
from .model import Action, Decision, EventType, OffloadMode, Reason, Simulation
from .returning import room_now
from .simulation import simulate
from .track import LoadTrack


class ManualDoors(ABC):
    """The doors of the arbiter for explicit requests. Unknown loads and coordinators are ignored."""

    _desk: Desk

    @abstractmethod
    def _decide(self, now: float) -> Decision:
        """Decide with what has just been changed."""

    def offload(self, load_id: str, now: float, for_s: float | None = None) -> Decision:
        """Cut a load and keep it off for ``for_s`` seconds, or until it is asked back or switched on by hand."""
        desk = self._desk
        load = desk.tracks.get(load_id)
        if load is None:
            return self._decide(now)
        if desk.mode is OffloadMode.OFF or not load.available or not (load.on or load.offloaded):
            desk.tell(EventType.REFUSED, now, load, Reason.MANUAL, va=load.drawing_va)
            return self._decide(now)
        load.held_until = load.excluded_until = None
        flight = desk.flights.get(load_id)
        if not load.offloaded or (flight is not None and flight.action is Action.RESTORE):
            desk.cut(load, Reason.MANUAL, now)
        load.kept_off_until = math.inf if for_s is None else now + for_s
        return self._decide(now)

    def restore(self, load_id: str | None, now: float) -> Decision:
        """Return a load at once and leave it on for the time of a hand; None: all, those that fit at once."""
        desk = self._desk
        if load_id is None:
            self._restore_all(now)
        elif (load := desk.tracks.get(load_id)) is not None and load.ours:
            why = self._why_not_now(load)
            if why is None:
                load.held_until = now + desk.settings.hand_hold_s
                self._give_back(load, Reason.MANUAL, now)
            else:
                load.kept_off_until = None
                desk.tell(EventType.REFUSED, now, load, why, va=load.full_va)
        return self._decide(now)

    def hold(self, load_id: str, for_s: float, now: float) -> Decision:
        """Leave a load as it is for ``for_s`` seconds, unless a trip is predicted."""
        desk = self._desk
        if (load := desk.tracks.get(load_id)) is not None:
            load.held_until = now + for_s
            desk.wake(load.held_until, now)
            desk.tell(EventType.HOLD, now, load, Reason.MANUAL)
        return self._decide(now)

    def exclude(self, load_id: str, for_s: float | None, now: float) -> Decision:
        """Take a load out of offloading for ``for_s`` seconds, or until it is included; if it is cut it returns now.

        Not even a predicted trip cuts it.
        """
        desk = self._desk
        if (load := desk.tracks.get(load_id)) is not None:
            load.excluded_until = math.inf if for_s is None else now + for_s
            if for_s is not None:
                desk.wake(load.excluded_until, now)
            if load.ours and load.available and desk.house.open_since is None:
                self._give_back(load, Reason.EXCLUDED, now)
        return self._decide(now)

    def include(self, load_id: str | None, now: float) -> Decision:
        """Offload a load again when needed; None: all loads."""
        desk = self._desk
        for load in desk.tracks.values() if load_id is None else filter(None, (desk.tracks.get(load_id),)):
            load.excluded_until = None
        return self._decide(now)

    def relearn(self, load_id: str, now: float) -> Decision:
        """Forget what a load was seen to draw: it is another appliance now. Its phase is the socket's, and stays."""
        if (load := self._desk.tracks.get(load_id)) is not None:
            load.learned.reset()
            load.before_cut_va = load.unit_seen_va = None
        return self._decide(now)

    def rotate(self, coordinator_id: str, now: float) -> Decision:
        """Pass the turn on now, where the strategy of the coordinator takes turns."""
        turns.rotate(self._desk, coordinator_id, now)
        return self._decide(now)

    def simulate(self, va: float, now: float) -> Simulation:
        """What would happen if the whole house drew ``va``, all delays elapsed. Changes nothing."""
        return simulate(self._desk, va, now)

    def _why_not_now(self, load: LoadTrack) -> Reason | None:
        """What forbids a return that was asked for; None when nothing does."""
        desk = self._desk
        if not load.available or desk.mode is OffloadMode.OFF:
            return Reason.MANUAL
        if desk.house.open_since is not None:
            return Reason.METER_OPEN
        effect = load.effect(load.full_va, desk.phases)
        for phase in desk.house.loads(desk.settings, desk.flights, desk.house.sampled_at):
            fuller = replace(phase, power_va=phase.power_va + effect.get(phase.phase, 0.0))
            if trip_predicted(fuller, desk.horizon):
                return Reason.PREDICTED_TRIP
        return None

    def _give_back(self, load: LoadTrack, reason: Reason, now: float) -> None:
        desk = self._desk
        load.kept_off_until = None
        flight = desk.flights.get(load.load_id)
        if load.offloaded and (flight is None or flight.action is Action.OFFLOAD):
            desk.flights.drop(load.load_id)
            load.obeyed()
            load.wanted = True
            desk.give_back(load, reason, now)
        elif load.turned_to is not None and not load.offloaded and load.wanted_level is not None:
            levels.turn(desk, load, load.wanted_level, reason, now)

    def _restore_all(self, now: float) -> None:
        """Forget every wait that a person did not ask for now, and return what fits; the rest follows as ever."""
        desk = self._desk
        for load in desk.tracks.values():
            if load.offloaded:
                load.kept_off_until = None
                load.relapses = 0
        room = room_now(desk, now) if desk.house.open_since is None else None
        for load in desk.to_return(now):
            if room is not None and room.holds(load) and barred(desk, load) is None:
                room = room.without((load,))
                desk.give_back(load, Reason.MANUAL, now)
