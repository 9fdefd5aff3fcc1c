"""What a subentry keeps of a plug, and how its entities are told apart."""

from collections.abc import Mapping
from typing import Any, Final

from .gauge import Calibration, Correction

CONF_HOST: Final = "host"
CONF_OUTPUTS: Final = "outputs"

CALIBRATED: Final = {"voltage": "V", "current": "A", "power": "W"}
"""What is corrected, with its unit."""

GAINS: Final = (0.1, 10.0)
OFFSETS: Final = {"voltage": 50.0, "current": 10.0, "power": 500.0}
"""The largest offset of each, up or down."""

_MARK: Final = "_ossp_"
_OUTPUT: Final = "output"


def unique_id(subentry_id: str, key: str) -> str:
    """The unique id of an entity of a plug."""
    return f"{subentry_id}{_MARK}{key}"


def output_key(output: int) -> str:
    """The key of the switch of an output."""
    return f"{_OUTPUT}_{output}"


def is_appliance(identity: str) -> bool:
    """Whether a unique id is that of an output of a plug, or of what measures it: these may serve as any other's."""
    _, mark, key = identity.partition(_MARK)
    return bool(mark) and (key == "power" or key.startswith(_OUTPUT))


def output_of(identity: str) -> tuple[str, int] | None:
    """The subentry and the number of the output whose switch has a unique id; None for any other."""
    subentry_id, mark, key = identity.partition(_MARK)
    kind, _, number = key.partition("_")
    return (subentry_id, int(number)) if mark and kind == _OUTPUT and number.isdecimal() else None


def gain_key(measure: str) -> str:
    """Where the gain of a measure is kept."""
    return f"{measure}_gain"


def offset_key(measure: str) -> str:
    """Where the offset of a measure is kept, in its unit."""
    return f"{measure}_offset"


def calibration_of(data: Mapping[str, Any]) -> Calibration:
    """The calibration that a subentry holds."""
    return Calibration(**{measure: correction_of(data, measure) for measure in CALIBRATED})


def correction_of(data: Mapping[str, Any], measure: str) -> Correction:
    """The correction of one measure that a subentry holds."""
    return Correction(data.get(gain_key(measure), 1.0), data.get(offset_key(measure), 0.0))
