"""One topic for each value (mqtt-formats §5)."""

from collections import Counter
from collections.abc import Mapping
import re
from typing import Final

from ..meter import Quantity
from .draft import Draft
from .labels_in import put_value
from .names import label_of
from .oddity import Oddity
from .payload import PayloadReader

LINKYTOP: Final[Mapping[str, re.Pattern[str]]] = {
    "HCHC": re.compile(r"[0-9]{9}"),
    "HCHP": re.compile(r"[0-9]{9}"),
    "PTEC": re.compile(r"TH|HC|HP|HN|PM"),
    "IINST": re.compile(r"[0-9]{3}"),
    "PAPP": re.compile(r"[0-9]{4}0"),
}
"""LinkyTop's topics, at the root of the broker, and what each may hold: digits cut by length, powers in steps of 10."""

NAMED: Final[Mapping[str, tuple[str, float]]] = {
    "index_wh": ("BASE", 1),
    "index_hp_kwh": ("HCHP", 1000),
    "index_hc_kwh": ("HCHC", 1000),
    **{f"index_h{hours}{colour}_kwh": (f"BBRH{hours}J{colour}".upper(), 1000) for hours in "pc" for colour in "bwr"},
    "electricity_consumption_wh": ("BASE", 1),
    "electricity_instant_intensity_a": ("IINST", 1),
    "electricity_apparent_power_va": ("PAPP", 1),
}
"""Names of linky2mqtt and linky-tic-mqtt → label, and the unit of the label in theirs."""

COLOURS: Final[Mapping[str, Quantity]] = {
    "tempo_day": Quantity.COLOUR_TODAY,
    "next_tempo_day": Quantity.COLOUR_TOMORROW,
}
_WORDS: Final = {"BLUE": "blue", "WHITE": "white", "RED": "red"}

TELEINFOKIT: Final = "teleinfokit"
_KIT_NAMES: Final = {"hp": "HCHP", "hc": "HCHC"}
"""Names that the first TeleInfoKit has for the indexes; anywhere else they are too short to mean anything."""


class LabelTopicsReader:
    """The end of the topic is a label, or a name that stands for one; the payload is its value.

    Some bridges add values of their own under lower-case names: these count only where no label is in upper case.
    """

    def __init__(self, counts: Counter[Oddity]) -> None:
        self._payloads = PayloadReader(counts)
        self._upper_case = False

    def read(self, topic: str, payload: bytes, draft: Draft) -> None:
        """Read one message."""
        text = self._payloads.text(payload)
        if text is None:
            return
        name = topic.rpartition("/")[2]
        if name in COLOURS:
            if text in _WORDS:
                draft.tell(COLOURS[name], _WORDS[text])
            else:
                draft.odd(Oddity.BAD_VALUE)
        elif name in NAMED:
            label, factor = NAMED[name]
            draft.put_scaled(label, text, factor)
        elif (label_or_none := self._label(topic, name)) is not None:
            put_value(label_or_none, text, draft)

    def _label(self, topic: str, name: str) -> str | None:
        label = label_of(name)
        if label is None and topic.startswith(TELEINFOKIT):
            return _KIT_NAMES.get(name)
        if name.isupper():
            self._upper_case = self._upper_case or label is not None
        elif self._upper_case:
            return None
        return label


class LinkyTopReader:
    """LinkyTop verifies no checksum: only what has exactly the form of its value is believed."""

    def __init__(self, counts: Counter[Oddity]) -> None:
        self._payloads = PayloadReader(counts)

    def read(self, topic: str, payload: bytes, draft: Draft) -> None:
        """Read one message; ``ERROR``, ``delay`` and ``sleep_time`` are for its owner."""
        form = LINKYTOP.get(topic)
        if form is None:
            return
        text = self._payloads.text(payload)
        if text is None:
            return
        if form.fullmatch(text):
            draft.put(topic, text)
        else:
            draft.odd(Oddity.BAD_VALUE)
