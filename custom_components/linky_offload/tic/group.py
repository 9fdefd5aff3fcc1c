"""What crosses the door of this room: one validated group of the TIC stream."""

from dataclasses import dataclass, field
from enum import StrEnum


class Mode(StrEnum):
    """The two outputs of a meter (54E §5.1): historic at 1200 Bd, standard at 9600 Bd."""

    HISTORIC = "historic"
    STANDARD = "standard"


# A frozen dataclass costs 0.2 µs a group more than a NamedTuple would. It is kept because the decoder stays well above
# its required speed, and because two groups that say the same are equal whatever frame they came in.
@dataclass(frozen=True, slots=True)
class Group:
    """One label with its data, as the wire gave them after every check of tic.md §3.

    ``label`` is the upper-case label of the specification, pilot meters' names being translated; ``data`` is not
    stripped; ``horodate`` is the 13 characters of tic.md §4, None where the label has none.
    ``frame`` rises by one at each new frame. ``after_loss`` tells that something was dropped between the group
    returned before this one and this one, so that the frame cannot prove the absence of a label.
    ``weak`` tells that only the 6 bits of the checksum vouch for it: the line carries no parity bit, or one of its
    parity bits was wrong. Equality looks at label, data and horodate only.
    """

    label: str
    data: str
    horodate: str | None = None
    mode: Mode = field(default=Mode.STANDARD, compare=False)
    frame: int = field(default=0, compare=False)
    after_loss: bool = field(default=False, compare=False)
    weak: bool = field(default=False, compare=False)
