"""The spellings under which labels come: in topics, in keys, in lower case, with special characters replaced."""

import re
from typing import Final

from .forms import FORMS

_LOOKS: Final = re.compile(r"[A-Z][A-Z0-9+-]{2,8}")
_KNOWN_SPELLINGS: Final = {
    "ADC0": "ADCO",
    "PPOINTE1": "PPOINTE",
    "SMAXN2": "SMAXSN2",
    "SMAXN3": "SMAXSN3",
    "SMAXN2-1": "SMAXSN2-1",
    "SMAXN3-1": "SMAXSN3-1",
}


def _spellings() -> dict[str, str]:
    found = {}
    for name, label in [*((label, label) for label in FORMS), *_KNOWN_SPELLINGS.items()]:
        plain = name.replace("+", "_").replace("-", "_")
        for spelling in (name, plain):
            found[spelling] = label
            found[spelling.lower()] = label
    return found


SPELLINGS: Final = _spellings()
"""A spelling of a label → the label as the meter writes it."""


def label_of(name: str) -> str | None:
    """The label that a key or a part of a topic means; None when it means none."""
    return SPELLINGS.get(name)


def looks_like_label(name: str) -> bool:
    """Whether an unknown key has the looks of a label, and may be one that no specification lists."""
    return (
        3 <= len(name) <= 9 and name.isascii() and name.isupper() and name.replace("+", "").replace("-", "").isalnum()
    )
