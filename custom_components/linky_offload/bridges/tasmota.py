"""The official teleinfo of Tasmota (mqtt-formats §2)."""

from collections import Counter
from typing import Final

from .draft import Draft
from .labels_in import WARNINGS, put_labels, put_warning
from .oddity import Oddity
from .payload import Json, PayloadReader, section

_PHASES: Final = 3


class TasmotaReader:
    """``{"TIC":{…}}`` with every label or those that changed; older firmware without the wrapper.

    Its alerts carry the number of the phase where the meter gives amperes.
    """

    def __init__(self, counts: Counter[Oddity]) -> None:
        self._payloads = PayloadReader(counts)

    def read(self, _topic: str, payload: bytes, draft: Draft) -> None:
        """Read one message."""
        body = self._payloads.json(payload)
        if body is None:
            return
        labels = section(body, "TIC") or body
        put_labels(without_alerts(labels, draft), draft)


def without_alerts(labels: Json, draft: Draft) -> Json:
    """Write the alerts down, and return the other labels. No contract is so small that it warns at 3 A."""
    alerts = [
        label
        for label in WARNINGS
        if isinstance(value := labels.get(label), int) and not isinstance(value, bool) and 1 <= value <= _PHASES
    ]
    for label in alerts:
        put_warning(label, draft)
    return {label: value for label, value in labels.items() if label not in alerts} if alerts else labels
