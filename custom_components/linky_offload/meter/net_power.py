"""The power that crosses the meter, import positive, and the surplus of a home that injects (tic.md §8.1 on bit 9).

A producer's meter tells its export by SINSTI. Without such a contract SINSTS falls to 0 and only STGE bit 9 says that
energy leaves: its size is then worked out of the current, in whole amperes without a sign, times the voltage. Historic
mode has no bit 9: 0 VA beside a current that is not 0 is an export, once it was said again: the current comes before
the power in a frame, and may be of the moment before everything was switched off.
"""

from typing import Final

from .active_power import Banded
from .powers import CURRENTS, MAINS_V, PHASE_POWERS, VOLTAGES
from .quantity import Quantity
from .reading import Reading

_HALF_A: Final = 0.5  # to which a current is rounded
_HALF_V: Final = 0.5
_ASSUMED_V: Final = 23.0  # what the mains may be away from 230 V
_LEAST_FRESH_S: Final = 10.0
_FRESH_CADENCES: Final = 3.0


def net_power(reading: Reading, *, still_zero: bool = True) -> Banded | None:
    """The apparent power of the whole home, VA: import positive, export negative; None while unknown.

    ``still_zero``: this is not the first sample of an import of 0.
    """
    age_s = max(_LEAST_FRESH_S, _FRESH_CADENCES * (reading.cadence_s or 0.0))
    imported = _recent(reading, Quantity.APPARENT_POWER, age_s)
    exported = _recent(reading, Quantity.APPARENT_POWER_EXPORT, age_s)
    if exported:
        return Banded(-exported, _HALF_A)
    if imported is None:
        imported = reading.power_va
    if imported is None or imported > 0:
        return None if imported is None else Banded(imported, _HALF_A)
    if exported is not None:
        return Banded(0.0, _HALF_A)
    return _without_contract(reading, age_s, still_zero=still_zero)


def surplus(net: Banded | None) -> Banded | None:
    """What the home gives away, VA or W, never below 0; None while unknown."""
    if net is None:
        return None
    return Banded(-net.value, net.error) if net.value < 0 else Banded(0.0, 0.0)


def _without_contract(reading: Reading, age_s: float, *, still_zero: bool) -> Banded | None:
    """The meter imports nothing, and tells no export."""
    if reading.exporting is False:
        return Banded(0.0, _HALF_A)
    single = len(reading.phases) == 1
    if reading.exporting is None:
        # Only what one current says of one power is sure: those of several phases may cancel out.
        current = _recent(reading, CURRENTS[0], age_s) if single else None
        if not current or not still_zero:
            return Banded(0.0, _HALF_A) if current == 0 else None
    total = 0.0
    error = 0.0
    for phase in range(len(reading.phases)):
        power = 0.0 if single else _recent(reading, PHASE_POWERS[phase], age_s)
        current = _recent(reading, CURRENTS[phase], age_s)
        if power is None or (current is None and power == 0):
            return None
        if power > 0 or current is None:
            total += power
            continue
        voltage = _recent(reading, VOLTAGES[phase], age_s)
        volts = MAINS_V if voltage is None else voltage
        spread = _ASSUMED_V if voltage is None else _HALF_V
        if current == 0:
            # Less than half an ampere, and it is not nothing: the middle of what it may be.
            half = _HALF_A * volts / 2
            total -= half
            error += half
        else:
            total -= current * volts
            error += _HALF_A * volts + current * spread
    return Banded(total, error) if reading.phases else None


def _recent(reading: Reading, quantity: Quantity, age_s: float) -> float | None:
    measured = reading.values.get(quantity)
    if measured is None or reading.now - measured.at > age_s or not isinstance(measured.value, int | float):
        return None
    return measured.value
