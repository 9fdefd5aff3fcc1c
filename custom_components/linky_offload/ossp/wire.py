"""What a plug sends: its state as JSON (reference §2.2). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
import json
import math
from typing import Final

ASK: Final = "states"
"""Asks a plug for its state. Any other text is taken for the number of an output, which it toggles."""

LARGEST_MESSAGE: Final = 4096
_MOST_OUTPUTS: Final = 16
_HIGHEST_OUTPUT: Final = 99
_ON: Final = frozenset({"1", "on", "true", "high"})
_OFF: Final = frozenset({"0", "off", "false", "low"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PlugState:
    """One state of a plug.

    ``outputs``: whether each is on, by number. ``voltage`` V, ``current`` A, ``power`` W and ``power_factor`` as the
    plug works them out, None where it does not. ``plug_id``: as it calls itself. ``station``: it is a guest of the
    home's Wi-Fi.
    """

    outputs: Mapping[int, bool]
    voltage: float | None = None
    current: float | None = None
    power: float | None = None
    power_factor: float | None = None
    plug_id: str | None = None
    station: bool | None = None


def parse_state(text: str) -> PlugState | None:
    """The state that a message tells; None where it is none."""
    if len(text) > LARGEST_MESSAGE or text.count("[") + text.count("{") > 4 * _MOST_OUTPUTS:
        return None
    try:
        body = json.loads(text)
    except ValueError:
        return None
    if not isinstance(body, dict):
        return None
    outputs = _outputs(body.get("gpios"))
    if outputs is None:
        return None
    plug_id = body.get("ID")
    return PlugState(
        outputs=outputs,
        voltage=_number(body.get("voltage")),
        current=_number(body.get("current")),
        power=_number(body.get("power")),
        power_factor=_number(body.get("powerfactor")),
        plug_id=str(plug_id)[:64] if isinstance(plug_id, str | int) and plug_id != "" else None,
        station=_flag(body.get("APconnected")),
    )


def _outputs(listed: object) -> dict[int, bool] | None:
    """Every output with its state; None where one is not understood: a toggle must not rest on a guess."""
    if not isinstance(listed, list) or not 1 <= len(listed) <= _MOST_OUTPUTS:
        return None
    outputs: dict[int, bool] = {}
    for item in listed:
        if not isinstance(item, dict):
            return None
        number, on = _number(item.get("output")), _flag(item.get("state"))
        if number is None or on is None or number != int(number) or not 0 <= number <= _HIGHEST_OUTPUT:
            return None
        if int(number) in outputs:
            return None
        outputs[int(number)] = on
    return outputs


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except ValueError, OverflowError:
        return None
    return found if math.isfinite(found) else None


def _flag(value: object) -> bool | None:
    word = str(value).strip().lower()
    return True if word in _ON else False if word in _OFF else None
