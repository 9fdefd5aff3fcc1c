"""What a change of a load means: a confirmation, a person's wish, an order of the home, or a plug that came back.

The person wins. Automations, scenes and thermostats only change what is wanted.
"""

from enum import Enum

from .model import Action, Cause, LoadView
from .track import LoadTrack


class Meaning(Enum):
    """What the arbiter has to do about a change."""

    NOTHING = "nothing"
    CUT_CONFIRMED = "cut confirmed"
    RETURN_CONFIRMED = "return confirmed"
    TAKEN_BACK = "taken back"  # a person switched a cut load on
    CAME_BACK = "came back"  # a cut load is on again, nobody's wish
    STARTED = "started"  # something that is no person switched it on
    AWOKE = "awoke"  # it was on and drew nothing, now it draws
    SWITCHED_OFF = "switched off"  # its owner, or the home, no longer wants it
    HELD_ON = "held on"  # a person switched it on


def meaning_of(load: LoadTrack, view: LoadView, cause: Cause, under_way: Action | None, now: float) -> Meaning:
    """Take over a view and tell what it means.

    A load that is first seen off while the journal holds an intent for it is ours to return; first seen on, the
    intent was not carried out or already undone.
    """
    first = not load.seen
    before, slept = load.on, load.idle
    load.see(view, now)
    if not load.available:
        return Meaning.NOTHING
    on = bool(load.on)
    if first:
        return _first_look(load, on)
    if on is before and under_way is None and not (load.offloaded and on):
        if not on and not load.offloaded and cause is Cause.REAPPEARED:
            load.wanted = False  # an order to a plug that was away was lost; it is not ours to repeat
        return Meaning.AWOKE if on and slept and not load.idle else Meaning.NOTHING
    if load.offloaded:
        return _while_offloaded(load, on, before, cause, under_way)
    if on is before:
        return Meaning.NOTHING
    if not on:
        # A late obedience of a suspect, or one of ours confirmed after it was given up, is still our cut; and what
        # disobeyed, vanished and is back off has obeyed: nobody's hand is in a plug that was away.
        ours = cause is Cause.OURS or (cause is Cause.REAPPEARED and load.failures)
        if ours and load.wanted and not load.timed_off:
            load.offloaded = True
            return Meaning.CUT_CONFIRMED
        load.wanted = load.timed_off = False
        return Meaning.SWITCHED_OFF
    load.wanted = True
    if cause is Cause.HAND:
        return Meaning.HELD_ON
    return Meaning.STARTED


def _first_look(load: LoadTrack, on: bool) -> Meaning:
    if on:
        load.wanted, load.intent = True, False
        return Meaning.NOTHING
    load.wanted = load.intent
    load.offloaded = load.intent
    return Meaning.NOTHING


def _while_offloaded(load: LoadTrack, on: bool, before: bool | None, cause: Cause, under_way: Action | None) -> Meaning:
    if not on:
        return Meaning.CUT_CONFIRMED if under_way is Action.OFFLOAD else Meaning.NOTHING
    if cause is Cause.HAND and before is not True:
        load.wanted = True
        return Meaning.TAKEN_BACK
    if under_way is Action.RESTORE:
        return Meaning.RETURN_CONFIRMED
    if under_way is Action.OFFLOAD and before is not False:
        return Meaning.NOTHING  # still on its way off
    load.wanted = True
    return Meaning.CAME_BACK
