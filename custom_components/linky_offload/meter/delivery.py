"""What a bridge hands over: one message, already in the words of the TIC (design: the way of a value)."""

from dataclasses import dataclass

from ..tic import Group
from .quantity import Quantity
from .reading import Scalar


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What one message of a bridge says.

    ``groups``: labels in the data format of the wire, digits padded to the length of the label, all of one mode; a
    horodate may be missing. ``measures``: what no label carries, for example an active power in W.
    ``complete``: a label that is absent here is absent in the meter, as in a whole frame; never so for a partial
    update. ``absent``: labels of which the message says in so many words that the meter does not send them now (an
    ADPS of 0). ``phases``: 1 or 3 where the bridge itself tells it, None where the labels must.

    A message that the broker had kept (retained) may tell what hardly ever changes: identity, contract, calendar.
    It never yields a live value.
    """

    groups: tuple[Group, ...] = ()
    measures: tuple[tuple[Quantity, Scalar], ...] = ()
    complete: bool = False
    absent: frozenset[str] = frozenset()
    phases: int | None = None
