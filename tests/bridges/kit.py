"""A bridge fed by hand, and what it delivers in a form that a table can hold."""

import json
from typing import Any

from custom_components.linky_offload.bridges import Bridge, Format, Keys, Oddity
from custom_components.linky_offload.meter import Delivery, Quantity, Scalar


class Wire:
    """One bridge, its messages sent live one second apart unless told otherwise."""

    def __init__(self, fmt: Format, keys: Keys | None = None) -> None:
        self.bridge = Bridge(fmt, keys)
        self.now = 0.0

    def raw(self, payload: bytes, topic: str = "meter/state", *, retained: bool = False) -> Delivery | None:
        """Send bytes."""
        self.now += 1
        return self.bridge.take(topic, payload, retained=retained, now=self.now)

    def send(self, body: Any, topic: str = "meter/state", *, retained: bool = False) -> Delivery | None:
        """Send an object as JSON, a text as it is."""
        text = body if isinstance(body, str) else json.dumps(body)
        return self.raw(text.encode(), topic, retained=retained)

    @property
    def odd(self) -> dict[Oddity, int]:
        """What was counted."""
        return dict(self.bridge.counts)


def data(delivery: Delivery | None) -> dict[str, str]:
    """Label → data."""
    return {} if delivery is None else {group.label: group.data for group in delivery.groups}


def times(delivery: Delivery | None) -> dict[str, str | None]:
    """Label → horodate."""
    return {} if delivery is None else {group.label: group.horodate for group in delivery.groups}


def measures(delivery: Delivery | None) -> dict[Quantity, Scalar]:
    """Quantity → value."""
    return {} if delivery is None else dict(delivery.measures)
