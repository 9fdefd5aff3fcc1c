"""Our own states in the shape in which a plug of the 2.x and 3.0 firmware tells its own (reference-systems §1.10)."""

from collections.abc import Mapping
from dataclasses import dataclass
import json
from typing import Final

from .offload_plug import OFFLOAD, Stage

REPEATS: Final = 5
"""How often the short object is said again after a change."""

REPEAT_S: Final = 5.0
TELEMETRY_S: Final = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnState:
    """One appliance of ours. Powers in VA, delays in s; None where it is not known, and then not told."""

    stage: Stage
    phase: int | None = None
    before_s: int | None = None
    after_s: int | None = None
    device_va: int | None = None
    max_va: int | None = None
    contract_va: int | None = None
    adjust_percent: int | None = None


def brief(state: OwnState) -> bytes:
    """What is said at each change, and repeated."""
    return _written({OFFLOAD: _stage(state)})


def full(state: OwnState, local_time: str) -> bytes:
    """The telemetry; ``local_time`` in ISO 8601 without an offset, as the firmware writes it."""
    facts: dict[str, int | None] = {
        "Phase": state.phase,
        "Before": state.before_s,
        "After": state.after_s,
        "Device": state.device_va,
        "Max": state.max_va,
        "Contract": state.contract_va,
        "Adjust": state.adjust_percent,
    }
    known = {key: value for key, value in facts.items() if value is not None}
    return _written({"Time": local_time, OFFLOAD: _stage(state) | known})


def _stage(state: OwnState) -> dict[str, object]:
    offloaded = state.stage in {Stage.ACTIVE, Stage.AFTER}
    return {"State": "ON" if offloaded else "OFF", "Stage": tuple(Stage).index(state.stage)}


def _written(body: Mapping[str, object]) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()
