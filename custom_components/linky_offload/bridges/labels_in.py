"""Labels that come as keys of a JSON object, whichever way their values are wrapped (mqtt-formats §2, §3, §6)."""

from typing import Final

from .draft import Draft
from .names import label_of, looks_like_label
from .oddity import Oddity
from .payload import Json

WARNINGS: Final = {"ADPS": ("IINST", "IINST1"), "ADIR1": ("IINST1",), "ADIR2": ("IINST2",), "ADIR3": ("IINST3",)}
"""Overload warnings, and the current that each of them repeats (tic.md §6)."""

_ENDED_BY_ZERO: Final = frozenset({*WARNINGS, "PEJP"})
_NO_WARNING: Final = frozenset({"", "0", "00", "000"})


def put_labels(body: Json, draft: Draft) -> None:
    """Write down every label among the keys of ``body``; other keys are not of the meter."""
    for key, value in body.items():
        label = label_of(key)
        if label is not None:
            put_value(label, value, draft)
        elif looks_like_label(key) and not isinstance(value, dict):
            draft.odd(Oddity.UNKNOWN_LABEL)


def put_value(label: str, value: object, draft: Draft) -> None:
    """Write one label down; its value may stand in an object beside its raw text and its time."""
    horodate = None
    if isinstance(value, dict):
        horodate = _horodate(value.get("timestamp"))
        value = value.get("raw", value.get("value"))
    if label in _ENDED_BY_ZERO and (value in _NO_WARNING if isinstance(value, str) else value == 0):
        draft.deny(label)
        return
    draft.put(label, value, horodate)


def put_warning(label: str, draft: Draft) -> None:
    """Write down a warning whose amperes the bridge does not give: they are those of the phase."""
    for current in WARNINGS[label]:
        data = draft.last(current)
        if data is not None:
            draft.put(label, data)
            return
    draft.odd(Oddity.NOT_KNOWN_YET)


def _horodate(stamp: object) -> str | None:
    """A bridge's time as the meter wrote it: 13 characters, or a date in ISO form whose zone is a fiction.

    teleinfo2mqtt ends its dates with Z, although they are the meter's local time (mqtt-formats §3).
    """
    if isinstance(stamp, str) and stamp:
        return stamp.rjust(13)
    if not isinstance(stamp, dict):
        return None
    date = stamp.get("date")
    if not isinstance(date, str) or len(date) > 32:
        return None
    digits = "".join(filter(str.isdigit, date))
    season = "E" if stamp.get("dst") == "summer" else "H"
    return season + digits[2:14]
