"""Who is told what: the entities subscribe here, and are called after the orders of the same moment have left."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from homeassistant.core import CALLBACK_TYPE, callback

from .meter import Quantity, Reading
from .offload import OffloadEvent, Report


class UpdateCause(StrEnum):
    """What made an update."""

    READING = "reading"
    DECISION = "decision"
    LINK = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What entities are told. ``immediate``: publish without delay, whatever the pace."""

    reading: Reading | None
    report: Report
    immediate: bool
    cause: UpdateCause


class Announcer:
    """Three lists of subscribers. Each `subscribe` returns the function that ends it."""

    def __init__(self) -> None:
        self._updates: list[Callable[[Update], None]] = []
        self._events: list[Callable[[OffloadEvent], None]] = []
        self._quantities: list[Callable[[set[Quantity]], None]] = []

    @callback
    def subscribe(self, subscriber: Callable[[Update], None]) -> CALLBACK_TYPE:
        """Be told of every reading, decision and change of the line."""
        return _subscribed(self._updates, subscriber)

    @callback
    def subscribe_events(self, subscriber: Callable[[OffloadEvent], None]) -> CALLBACK_TYPE:
        """Be told of every event of the arbiter."""
        return _subscribed(self._events, subscriber)

    @callback
    def subscribe_new_quantities(self, subscriber: Callable[[set[Quantity]], None]) -> CALLBACK_TYPE:
        """Be told of quantities that the meter gives for the first time."""
        return _subscribed(self._quantities, subscriber)

    def tell(self, update: Update) -> None:
        """Tell of an update."""
        for subscriber in tuple(self._updates):
            subscriber(update)

    def tell_event(self, event: OffloadEvent) -> None:
        """Tell of an event."""
        for subscriber in tuple(self._events):
            subscriber(event)

    def tell_new_quantities(self, quantities: set[Quantity]) -> None:
        """Tell of new quantities."""
        for subscriber in tuple(self._quantities):
            subscriber(quantities)


def _subscribed[**P](subscribers: list[Callable[P, None]], subscriber: Callable[P, None]) -> CALLBACK_TYPE:
    subscribers.append(subscriber)

    @callback
    def unsubscribe() -> None:
        subscribers.remove(subscriber)

    return unsubscribe
