"""From the bytes of a message to a JSON object or a text, whatever was sent."""

from collections import Counter
from collections.abc import Iterable
import json

from .oddity import Oddity

LARGEST = 65_536
"""Bytes above which no message of a meter is to be expected; the longest known ones have about 7 000."""

MOST_OPENINGS = 500
"""Braces and brackets above which a message is not one of a meter: it may nest deeper than a parser can follow."""

type Json = dict[str, object]


class PayloadReader:
    """Reads payloads and counts what is wrong with them in ``counts``."""

    def __init__(self, counts: Counter[Oddity]) -> None:
        self._counts = counts
        self._decoder = json.JSONDecoder(object_pairs_hook=self._object)

    def _object(self, pairs: list[tuple[str, object]]) -> Json:
        """Build an object; of a repeated key the last value stays, as the newest."""
        known = dict(pairs)
        if len(known) != len(pairs):
            self._counts[Oddity.DUPLICATE_KEY] += len(pairs) - len(known)
        return known

    def text(self, payload: bytes) -> str | None:
        """The payload as text without the white space around it."""
        if len(payload) > LARGEST:
            self._counts[Oddity.TOO_LARGE] += 1
            return None
        try:
            return payload.decode().strip()
        except UnicodeDecodeError:
            self._counts[Oddity.NOT_TEXT] += 1
            return None

    def json(self, payload: bytes) -> Json | None:
        """The JSON object that the payload holds."""
        text = self.text(payload)
        if text is None:
            return None
        if is_too_deep(text):
            self._counts[Oddity.TOO_DEEP] += 1
            return None
        try:
            found = self._decoder.decode(text)
        except ValueError:
            self._counts[Oddity.BROKEN_JSON] += 1
            return None
        if isinstance(found, dict):
            return found
        self._counts[Oddity.WRONG_TYPE] += 1
        return None


def is_too_deep(text: str) -> bool:
    """Whether a JSON text may nest too deep, by the most that it can."""
    return text.count("{") + text.count("[") > MOST_OPENINGS


def section(body: Json, key: str) -> Json:
    """The object under ``key``; an empty one where there is none."""
    found = body.get(key)
    return found if isinstance(found, dict) else {}


def at_path(body: Json, path: Iterable[str]) -> object:
    """The value under nested keys; None where one is missing."""
    value: object = body
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value
