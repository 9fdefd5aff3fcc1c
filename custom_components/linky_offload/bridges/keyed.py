"""Any JSON or number, read as its owner says: an instant power and a contract (the two keys of an offload plug)."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from .draft import Draft
from .forms import Refused, number
from .oddity import Oddity
from .payload import PayloadReader, at_path

_LARGEST_KVA: Final = 36
_VA_PER_KVA: Final = 1000
_VA_PER_A: Final = 200
_AMPERES: Final = frozenset({"ISOUSC", "ISUB"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Where a JSON message holds what counts; nested keys are joined by dots.

    ``power``: the instant power, VA. ``contract``: the contract power, in A under the names ISOUSC and ISUB, else in
    kVA up to 36 and in VA above; None where the messages do not tell it.
    """

    power: str
    contract: str | None = None


class KeyedReader:
    """A JSON object of which two values are known by their keys; the home is taken as one phase."""

    def __init__(self, counts: Counter[Oddity], keys: Keys) -> None:
        self._payloads = PayloadReader(counts)
        self._power = keys.power.split(".")
        self._contract = keys.contract.split(".") if keys.contract else None

    def read(self, _topic: str, payload: bytes, draft: Draft) -> None:
        """Read one message."""
        body = self._payloads.json(payload)
        if body is None:
            return
        draft.phases = 1
        draft.put_scaled("SINSTS", at_path(body, self._power), 1)
        contract = None if self._contract is None else at_path(body, self._contract)
        if self._contract is not None and contract is not None:
            _put_contract(self._contract[-1].upper(), contract, draft)


class ValueReader:
    """The payload is the power in VA itself: a bare number, or what a template has made of a message."""

    def __init__(self, counts: Counter[Oddity]) -> None:
        self._payloads = PayloadReader(counts)

    def read(self, _topic: str, payload: bytes, draft: Draft) -> None:
        """Read one message."""
        text = self._payloads.text(payload)
        if text is not None:
            draft.phases = 1
            draft.put_scaled("SINSTS", text, 1)


def _put_contract(key: str, value: object, draft: Draft) -> None:
    try:
        found = number(value)
    except Refused as refusal:
        draft.odd(refusal.oddity)
        return
    if key in _AMPERES:
        found = found * _VA_PER_A / _VA_PER_KVA
    elif found > _LARGEST_KVA:
        found /= _VA_PER_KVA
    draft.put_scaled("PREF", found, 1)
