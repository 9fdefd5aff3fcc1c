"""Hierarchical: always the same order, 1, 2, 3 …, returned in reverse (reference-systems §4)."""

from .base import Strategy


class Hierarchical(Strategy):
    """The person's list is the order: what is missed least goes first and returns last."""
