"""Who changed a load: we, a person, or an automation. Told from contexts and from the orders seen on the bus.

A person in the interface leaves a user id in the context or in one of its ancestors. A button on the device leaves a
fresh context that no service call ever carried. What lies between is somebody's automation, scene or thermostat.
"""

from collections import OrderedDict, deque
from dataclasses import dataclass

from homeassistant.core import Context

from .offload.model import Cause

OUR_CONTEXTS = 64
"""Contexts of our own calls remembered for each load."""

CALL_S = 10.0
"""A change follows the service call that made it within this many seconds."""

CONFIRM_S = 30.0
"""A slow device confirms an order with a fresh context within this many seconds."""

CONFIRM_EXACTLY_S = 900.0
"""One that shows precisely the settings that we asked for may take so long: a radiator valve sleeps most of the day."""

BOUNCE_S = 3.0
"""A device polled just after our call may first tell its old state again."""

_CONTEXTS = 512
_ANCESTORS = 8


@dataclass(slots=True)
class _Call:
    parent_id: str | None
    user_id: str | None
    called_at: float | None


@dataclass(frozen=True, slots=True)
class _Order:
    on: bool
    at: float
    cause: Cause


class Hands:
    """The contexts seen lately, and the latest order aimed at each load. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._contexts: OrderedDict[str, _Call] = OrderedDict()
        self._ours: dict[str, deque[str]] = {}
        self._orders: dict[str, _Order] = {}

    def note(self, context: Context, called_at: float | None = None) -> None:
        """A context went over the bus; ``called_at`` when it carried a service call."""
        known = self._contexts.get(context.id)
        if known is None:
            self._contexts[context.id] = _Call(context.parent_id, context.user_id, called_at)
            if len(self._contexts) > _CONTEXTS:
                self._contexts.popitem(last=False)
        elif called_at is not None:
            known.called_at = called_at
            self._contexts.move_to_end(context.id)

    def note_ours(self, load_id: str, context: Context, on: bool, now: float) -> None:
        """We are about to ask the load to be on or off under this context."""
        self._ours.setdefault(load_id, deque(maxlen=OUR_CONTEXTS)).append(context.id)
        self._orders[load_id] = _Order(on, now, Cause.OURS)

    def note_order(self, load_id: str, context: Context, on: bool, now: float) -> Cause:
        """Somebody else asked the load to be on or off; tells who."""
        cause = Cause.HAND if self.by_person(context) else Cause.ORDER
        self._orders[load_id] = _Order(on, now, cause)
        return cause

    def is_ours(self, load_id: str, context: Context) -> bool:
        """Whether the context is that of one of our own calls to this load."""
        return context.id in self._ours.get(load_id, ())

    def by_person(self, context: Context) -> bool:
        """Whether a user stands behind the context or behind one of its ancestors."""
        if context.user_id is not None:
            return True
        parent_id = context.parent_id
        for _ in range(_ANCESTORS):
            if parent_id is None or (parent := self._contexts.get(parent_id)) is None:
                return False
            if parent.user_id is not None:
                return True
            parent_id = parent.parent_id
        return False

    def classify(self, load_id: str, context: Context, on: bool, now: float, *, exact: bool = False) -> Cause:
        """Who turned the load on or off, given the context of its new state.

        ``exact``: the state shows precisely the settings of our latest order, a set-point say. Plain on and off are
        too common to prove anything.
        """
        if self.is_ours(load_id, context):
            return Cause.OURS
        if self.by_person(context):
            return Cause.HAND
        call = self._contexts.get(context.id)
        if call is not None and call.called_at is not None and now - call.called_at <= CALL_S:
            return Cause.ORDER
        order = self._orders.get(load_id)
        if order is not None and order.on == on:
            patience = CONFIRM_EXACTLY_S if exact and order.cause is Cause.OURS else CONFIRM_S
            if now - order.at <= patience:
                return order.cause
        if order is not None and order.cause is Cause.OURS and now - order.at <= BOUNCE_S:
            # Not a hand: if it is no echo, the load has not obeyed, and that is looked at later.
            return Cause.OURS
        # An automation that set the state by other means than a call still names its ancestor.
        return Cause.HAND if context.parent_id is None else Cause.ORDER

    def forget(self, load_id: str) -> None:
        """The load is no longer ours to watch."""
        self._ours.pop(load_id, None)
        self._orders.pop(load_id, None)
