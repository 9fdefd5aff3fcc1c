"""Who changed a load, told from contexts alone."""

from dataclasses import dataclass

from homeassistant.core import Context
import pytest

from custom_components.linky_offload.hands import Hands
from custom_components.linky_offload.offload import Cause

NOW = 1000.0
LOAD = "heater"


@dataclass(frozen=True, slots=True)
class Case:
    """A load turns on or off at NOW under ``context``, after what went over the bus before."""

    context: Context
    on: bool
    seen: tuple[tuple[Context, float | None], ...] = ()  # contexts with the time of their service call
    ours: tuple[tuple[Context, bool, float], ...] = ()  # our orders: context, on, time
    orders: tuple[tuple[Context, bool, float], ...] = ()  # orders of others
    exact: bool = False  # the state shows precisely the settings of our order


def person() -> Context:
    return Context(user_id="someone")


def child(parent: Context) -> Context:
    return Context(parent_id=parent.id)


FRESH = Context()
OURS = Context()
PERSON = person()
SCRIPT = child(PERSON)
NESTED = child(SCRIPT)
AUTOMATION = child(Context())


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        pytest.param(Case(OURS, on=False, ours=((OURS, False, NOW - 1),)), Cause.OURS, id="our own context"),
        pytest.param(
            Case(OURS, on=False, ours=((OURS, False, NOW - 1), *((Context(), True, NOW) for _ in range(31)))),
            Cause.OURS,
            id="our own context, 31 orders ago",
        ),
        pytest.param(Case(PERSON, on=True), Cause.HAND, id="a person in the interface"),
        pytest.param(
            Case(PERSON, on=False, ours=((OURS, False, NOW - 1),)),
            Cause.HAND,
            id="a person, even to the state that we asked for",
        ),
        pytest.param(
            Case(SCRIPT, on=True, seen=((PERSON, NOW - 1), (SCRIPT, NOW))), Cause.HAND, id="a script that a person ran"
        ),
        pytest.param(
            Case(NESTED, on=True, seen=((PERSON, None), (SCRIPT, None), (NESTED, NOW))),
            Cause.HAND,
            id="an automation that a person set off two steps before",
        ),
        pytest.param(
            Case(AUTOMATION, on=True, seen=((AUTOMATION, NOW - 0.1),)), Cause.ORDER, id="an automation, by a call"
        ),
        pytest.param(
            Case(FRESH, on=True, seen=((FRESH, NOW - 9.9),)), Cause.ORDER, id="a thermostat, by a call without parent"
        ),
        pytest.param(Case(FRESH, on=True), Cause.HAND, id="a button on the device: no call ever carried the context"),
        pytest.param(
            Case(FRESH, on=True, seen=((FRESH, NOW - 10.1),)), Cause.HAND, id="the call of the context is too old"
        ),
        pytest.param(
            Case(FRESH, on=False, ours=((OURS, False, NOW - 29),)), Cause.OURS, id="a slow device confirms our order"
        ),
        pytest.param(Case(FRESH, on=False, ours=((OURS, False, NOW - 31),)), Cause.HAND, id="too late to be our order"),
        pytest.param(
            Case(FRESH, on=False, ours=((OURS, False, NOW - 899),), exact=True),
            Cause.OURS,
            id="a valve that sleeps shows precisely the set-point that we asked for",
        ),
        pytest.param(
            Case(FRESH, on=False, ours=((OURS, False, NOW - 901),), exact=True),
            Cause.HAND,
            id="a quarter of an hour later",
        ),
        pytest.param(
            Case(FRESH, on=True, orders=((AUTOMATION, True, NOW - 31),), exact=True),
            Cause.HAND,
            id="the same, but the latest order was not ours",
        ),
        pytest.param(
            Case(PERSON, on=False, ours=((OURS, False, NOW - 60),), exact=True),
            Cause.HAND,
            id="a person to precisely what we asked for",
        ),
        pytest.param(
            Case(FRESH, on=True, ours=((OURS, False, NOW - 2),)),
            Cause.OURS,
            id="a polled device tells its old state once more after our order",
        ),
        pytest.param(
            Case(FRESH, on=True, ours=((OURS, False, NOW - 4),)),
            Cause.HAND,
            id="the button, against our order of a while ago",
        ),
        pytest.param(
            Case(FRESH, on=True, orders=((AUTOMATION, True, NOW - 20),)),
            Cause.ORDER,
            id="a slow device confirms an automation",
        ),
        pytest.param(
            Case(FRESH, on=True, orders=((PERSON, True, NOW - 20),)), Cause.HAND, id="a slow device confirms a person"
        ),
        pytest.param(
            Case(FRESH, on=False, ours=((OURS, False, NOW - 5),), orders=((AUTOMATION, True, NOW - 4),)),
            Cause.HAND,
            id="only the latest order counts",
        ),
        pytest.param(Case(AUTOMATION, on=True), Cause.ORDER, id="an unknown parent, and no call"),
    ],
)
def test_who_changed_it(case: Case, expected: Cause) -> None:
    hands = Hands()
    for context, called_at in case.seen:
        hands.note(context, called_at)
    for context, on, at in case.ours:
        hands.note_ours(LOAD, context, on, at)
    for context, on, at in case.orders:
        hands.note_order(LOAD, context, on, at)

    assert hands.classify(LOAD, case.context, case.on, NOW, exact=case.exact) is expected


def test_orders_to_one_load_say_nothing_of_another() -> None:
    hands = Hands()
    hands.note_ours("boiler", OURS, on=False, now=NOW)
    assert hands.classify(LOAD, OURS, on=False, now=NOW) is Cause.HAND
    assert not hands.is_ours(LOAD, OURS)


def test_the_memory_of_contexts_is_bounded_and_keeps_the_latest() -> None:
    hands = Hands()
    hands.note(PERSON, NOW)
    for _ in range(2000):
        hands.note(Context(), NOW)
    hands.note(AUTOMATION, NOW)

    assert len(hands._contexts) <= 512
    assert hands.classify(LOAD, AUTOMATION, on=True, now=NOW) is Cause.ORDER
    assert not hands.by_person(child(PERSON)), "forgotten"


def test_parents_that_form_a_circle_end_somewhere() -> None:
    hands = Hands()
    first, second = Context(id="first", parent_id="second"), Context(id="second", parent_id="first")
    hands.note(first, NOW)
    hands.note(second, NOW)
    assert hands.classify(LOAD, first, on=True, now=NOW) is Cause.ORDER


def test_a_load_that_left_is_forgotten() -> None:
    hands = Hands()
    hands.note_ours(LOAD, OURS, on=False, now=NOW)
    hands.forget(LOAD)
    assert not hands.is_ours(LOAD, OURS)
