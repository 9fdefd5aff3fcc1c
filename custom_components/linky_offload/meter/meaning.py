"""What a label means: the quantities it carries and how its text becomes their values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from .quantity import Quantity
from .reading import Scalar

type Read = Callable[[str, datetime | None], tuple[Scalar | None, ...]]


@dataclass(frozen=True, slots=True)
class Meaning:
    """The quantities of a label, and ``read``: data and horodate → one value each, None where there is nothing to say.

    ``read`` raises ValueError for data that the label cannot hold.
    """

    quantities: tuple[Quantity, ...]
    read: Read


def number(quantity: Quantity) -> Meaning:
    """A decimal number in the unit of the quantity."""
    return Meaning((quantity,), lambda data, _: (int(data),))


def thousands(quantity: Quantity) -> Meaning:
    """A power sent in kVA and held in VA."""
    return Meaning((quantity,), lambda data, _: (int(data) * 1000,))


def text(quantity: Quantity) -> Meaning:
    """A text, trimmed and its inner spaces squeezed: padding varies from one frame to the next (tic.md §7.1)."""
    return Meaning((quantity,), lambda data, _: (" ".join(data.split()) or None,))


def instant(quantity: Quantity) -> Meaning:
    """The horodate itself; the data says nothing."""
    return Meaning((quantity,), lambda _, horodate: (horodate,))


def rank(quantity: Quantity, highest: int) -> Meaning:
    """A number from 1 to ``highest``."""

    def read(data: str, _: datetime | None) -> tuple[Scalar | None, ...]:
        if not 1 <= int(data) <= highest:
            msg = f"{quantity} out of 1–{highest}: {data!r}"
            raise ValueError(msg)
        return (int(data),)

    return Meaning((quantity,), read)


def slugs(quantities: tuple[Quantity, ...], table: Mapping[str, tuple[str, ...]], width: int) -> Meaning:
    """A word of a closed list, told by its first ``width`` characters."""

    def read(data: str, _: datetime | None) -> tuple[Scalar | None, ...]:
        words = table.get(data[:width])
        if words is None:
            msg = f"not a word for {quantities[0]}: {data!r}"
            raise ValueError(msg)
        return words

    return Meaning(quantities, read)
