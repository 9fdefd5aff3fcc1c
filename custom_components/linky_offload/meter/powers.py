"""The import of each phase, worked out of what the meter gives (tic.md §7 and §9.4)."""

from collections.abc import Mapping
from dataclasses import dataclass
import math

from .frames import ClosedFrame, FrameLog
from .quantity import Quantity
from .reading import Measured

CURRENTS = (Quantity.CURRENT_1, Quantity.CURRENT_2, Quantity.CURRENT_3)
VOLTAGES = (Quantity.VOLTAGE_1, Quantity.VOLTAGE_2, Quantity.VOLTAGE_3)
PHASE_POWERS = (Quantity.APPARENT_POWER_1, Quantity.APPARENT_POWER_2, Quantity.APPARENT_POWER_3)

MAINS_V = 230
"""Volts by which an ampere is worth a power where the meter gives no voltage."""

FRESH_S = 10.0
"""Age above which a current, a voltage or a total says nothing of the present."""


@dataclass(frozen=True, slots=True)
class PhasePower:
    """Apparent import of one phase (1–3), VA. ``estimated``: out of amperes or of a shared total, not read."""

    phase: int
    power_va: float
    estimated: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """What one value settles: the powers of phases, and whether the value itself may be believed and shown."""

    powers: tuple[PhasePower, ...] = ()
    believed: bool = True


UNSETTLED = Settled()

type Values = Mapping[Quantity, Measured]


def recent(values: Values, quantity: Quantity, now: float) -> float | None:
    """The number held for ``quantity`` if it is fresh enough to speak of the present."""
    measured = values.get(quantity)
    if measured is None or now - measured.at > FRESH_S or not isinstance(measured.value, (int, float)):
        return None
    return measured.value


class HistoricPowers:
    """Historic mode: PAPP for all phases together, whole amperes for each; plain CBEMM meters have no PAPP.

    On one phase PAPP is the power. On three it is shared by the currents when it comes; in the short frames of an
    overload, which carry no PAPP, each current is worth 230 V. A current alone also serves once PAPP fails to come.
    """

    def __init__(self) -> None:
        self._total_at: float | None = None
        self._current_since: float | None = None
        self._without_total = False

    def update(
        self, quantity: Quantity, power: float, *, phases: int, values: Values, frame: FrameLog, now: float
    ) -> Settled:
        """The phase powers that the value of ``quantity``, received at ``now``, settles."""
        if quantity is Quantity.APPARENT_POWER:
            self._total_at = now
            self._without_total = False
            return Settled((PhasePower(1, power, estimated=False),) if phases == 1 else _share(power, values, now))
        if quantity in CURRENTS[:phases] and self._total_missing(frame, now):
            return Settled((PhasePower(CURRENTS.index(quantity) + 1, power * MAINS_V, estimated=True),))
        return UNSETTLED

    def close(self, frame: ClosedFrame) -> None:
        """A whole frame with currents and no PAPP comes from a meter that has none."""
        if frame.complete and "OPTARIF" in frame.labels and "PAPP" not in frame.labels:
            self._without_total = True

    def expect_total(self, now: float) -> None:
        """PAPP comes in the same message as the currents."""
        self._total_at = now

    def _total_missing(self, frame: FrameLog, now: float) -> bool:
        if self._current_since is None:
            self._current_since = now
        since = self._current_since if self._total_at is None else self._total_at
        return frame.is_short or self._without_total or now - since > FRESH_S


def _share(total: float, values: Values, now: float) -> tuple[PhasePower, ...]:
    """Share a total out by the currents; equally when all of them round to 0 A; not at all when one is unknown."""
    currents = [recent(values, quantity, now) for quantity in CURRENTS]
    known = [current for current in currents if current is not None]
    if len(known) < len(currents):
        return ()
    amperes = sum(known)
    shares = [current / amperes if amperes else 1 / len(known) for current in known]
    return tuple(PhasePower(phase, total * share, estimated=True) for phase, share in enumerate(shares, 1))


class StandardPowers:
    """Standard mode: SINSTS on one phase, SINSTS1 to 3 on three, against which some meters give nonsense.

    A phase power above the total, which its own current times voltage does not confirm, is replaced by that product at
    once. Powers that do not add up to the total in ``_STREAK`` frames in a row, while no phase exports, are replaced
    until they add up again as long.
    """

    _STREAK = 3

    def __init__(self) -> None:
        self._frame: int | None = None
        self._heard: dict[Quantity, float] = {}
        self._against = 0
        self._distrusted = False

    def update(
        self, quantity: Quantity, power: float, *, phases: int, values: Values, frame: FrameLog, now: float
    ) -> Settled:
        """The phase power that ``quantity``, received at ``now``, settles; estimated where the value is nonsense."""
        if quantity in CURRENTS:
            return UNSETTLED
        if phases == 1:
            total = quantity is Quantity.APPARENT_POWER
            return Settled((PhasePower(1, power, estimated=False),)) if total else UNSETTLED
        if frame.number != self._frame:
            self._frame = frame.number
            self._heard.clear()
        self._heard[quantity] = power
        if len(self._heard) == 1 + len(PHASE_POWERS):
            self._add_up(values, now)
        if quantity is Quantity.APPARENT_POWER:
            return UNSETTLED
        phase = PHASE_POWERS.index(quantity) + 1
        if not self._nonsense(phase, power, values, now):
            return Settled((PhasePower(phase, power, estimated=False),))
        estimate = self._estimate(phase, values, now)
        return Settled(() if estimate is None else (PhasePower(phase, estimate, estimated=True),), believed=False)

    def close(self, frame: ClosedFrame) -> None:
        """Nothing is learnt from the end of a frame."""

    def _nonsense(self, phase: int, power: float, values: Values, now: float) -> bool:
        if self._distrusted:
            return True
        total = self._heard.get(Quantity.APPARENT_POWER)
        product = _product(phase, values, now)
        if total is None or product is None:
            return False
        return power > total + _tolerance(total) and power > product + _tolerance(product)

    def _add_up(self, values: Values, now: float) -> None:
        total = self._heard[Quantity.APPARENT_POWER]
        excess = sum(self._heard[quantity] for quantity in PHASE_POWERS) - total
        tolerance = _tolerance(total)
        # A phase that exports reads 0 and takes from the total, never from the other phases: it explains an excess.
        coherent = -tolerance <= excess <= tolerance + self._exported(values, now)
        self._against = 0 if coherent is not self._distrusted else self._against + 1
        if self._against >= self._STREAK:
            self._distrusted = not self._distrusted
            self._against = 0

    def _exported(self, values: Values, now: float) -> float:
        """The most that the phases may be exporting: the currents that no import explains; anything if unknown."""
        if _exporting(values):
            return math.inf
        products = [_product(phase, values, now) for phase in range(1, len(PHASE_POWERS) + 1)]
        return sum(
            math.inf if product is None else max(0.0, product - self._heard[quantity])
            for quantity, product in zip(PHASE_POWERS, products, strict=True)
        )

    def _estimate(self, phase: int, values: Values, now: float) -> float | None:
        """Current times voltage; 0 while the home exports, since a current has no sign."""
        return 0.0 if _exporting(values) else _product(phase, values, now)


def _exporting(values: Values) -> bool:
    """STGE bit 9: the home as a whole exports."""
    measured = values.get(Quantity.EXPORTING)
    return measured is not None and measured.value is True


def _product(phase: int, values: Values, now: float) -> float | None:
    current = recent(values, CURRENTS[phase - 1], now)
    voltage = recent(values, VOLTAGES[phase - 1], now)
    return None if current is None or voltage is None else current * voltage


def _tolerance(power: float) -> float:
    """What rounding to an ampere, and the second that may part two groups of a frame, can explain."""
    return max(350.0, 0.1 * power)
