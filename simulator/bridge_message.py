"""What a bridge hands to the broker, and how values turn into texts on the way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
import json

from simulator.state import MeterState
from simulator.tic import Group

type Body = dict[str, object]


@dataclass(frozen=True, slots=True)
class Message:
    """What goes to the broker; ``retained``: the broker keeps it for those who come later."""

    topic: str
    payload: bytes
    retained: bool = False


type Write = Callable[[MeterState], list[Message]]


def json_message(topic: str, body: Mapping[str, object], *, retained: bool = False) -> Message:
    """Return a JSON object as a message."""
    return Message(topic, json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode(), retained)


def as_number(data: str) -> int | str:
    """Return what most firmware makes of digits: a number, its first zeros gone."""
    return int(data) if data.isdigit() else data.strip()


def value_text(group: Group) -> str:
    """Return the data without padding; of a label without data, its horodate."""
    return group.data.strip() or (group.horodate or "")
