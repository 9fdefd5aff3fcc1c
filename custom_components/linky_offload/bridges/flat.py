"""Labels as keys of a JSON object, with plain values or with raw ones beside (mqtt-formats §3 and §6)."""

from collections import Counter
from typing import Final

from ..meter import Quantity
from .draft import Draft
from .labels_in import put_labels
from .oddity import Oddity
from .payload import Json, PayloadReader, section

TEMPO: Final = "/tempo"
"""Where teleinfo2mqtt puts the colours of the days, which it fetches from elsewhere."""

_DAYS: Final = {"today": Quantity.COLOUR_TODAY, "tomorrow": Quantity.COLOUR_TOMORROW}
_COLOURS: Final = frozenset({"blue", "white", "red"})


class FlatReader:
    """``{"PAPP":"00170",…}``, ``{"PAPP":{"raw":"170","value":170},…}``, and the same under ``TIC``."""

    def __init__(self, counts: Counter[Oddity]) -> None:
        self._payloads = PayloadReader(counts)

    def read(self, topic: str, payload: bytes, draft: Draft) -> None:
        """Read one message."""
        body = self._payloads.json(payload)
        if body is None:
            return
        if topic.endswith(TEMPO):
            _put_colours(body, draft)
            return
        put_labels(section(body, "TIC"), draft)
        put_labels(body, draft)


def _put_colours(body: Json, draft: Draft) -> None:
    for key, quantity in _DAYS.items():
        colour = body.get(key)
        if isinstance(colour, str) and colour in _COLOURS:
            draft.tell(quantity, colour)
