"""HOUSE: validated groups in, readings out; no clock, no thread, no I/O."""

from ..tic import Mode
from .active_power import Banded
from .assembler import Meter
from .cadence import Cadence
from .contract import contract_from_current
from .delivery import Delivery
from .derivation import Derivation, Derived
from .plausibility import Refusal
from .quantity import Quantity
from .reading import Breaker, Measured, PhaseReading, Reading, Scalar
from .tariff_days import Span, TariffDays
from .tariff_now import PERIODS, TariffKind, TariffNow, kind_of
from .trip import TRIP_RATIO, B, K, TripFilter, highest_ratio, margin, seconds_to_trip, step, sustainable_ratio

__all__ = [
    "PERIODS",
    "TRIP_RATIO",
    "B",
    "Banded",
    "Breaker",
    "Cadence",
    "Delivery",
    "Derivation",
    "Derived",
    "K",
    "Measured",
    "Meter",
    "Mode",
    "PhaseReading",
    "Quantity",
    "Reading",
    "Refusal",
    "Scalar",
    "Span",
    "TariffDays",
    "TariffKind",
    "TariffNow",
    "TripFilter",
    "contract_from_current",
    "highest_ratio",
    "kind_of",
    "margin",
    "seconds_to_trip",
    "step",
    "sustainable_ratio",
]
