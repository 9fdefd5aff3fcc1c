"""HOUSE: validated groups in, readings out; no clock, no thread, no I/O."""

from ..tic import Mode
from .assembler import Meter
from .cadence import Cadence
from .contract import contract_from_current
from .plausibility import Refusal
from .quantity import Quantity
from .reading import Breaker, Measured, PhaseReading, Reading, Scalar
from .trip import TRIP_RATIO, B, K, TripFilter, highest_ratio, margin, seconds_to_trip, step, sustainable_ratio

__all__ = [
    "TRIP_RATIO",
    "B",
    "Breaker",
    "Cadence",
    "K",
    "Measured",
    "Meter",
    "Mode",
    "PhaseReading",
    "Quantity",
    "Reading",
    "Refusal",
    "Scalar",
    "TripFilter",
    "contract_from_current",
    "highest_ratio",
    "margin",
    "seconds_to_trip",
    "step",
    "sustainable_ratio",
]
