"""What a meter remembers: indexes, daily maxima, load curve, mean voltages (tic.md §7)."""

from collections.abc import Callable
from datetime import date, datetime
import math

from simulator.power import Power
from simulator.state import Dated, Indexes
from simulator.tariff import Period


class IndexRegisters:
    """The energies, from P and Q of the house as a whole: import and export never both within a second."""

    def __init__(self, start: Indexes) -> None:
        self.import_wh = start.import_wh
        self.export_wh = start.export_wh
        self._supplier = list(start.supplier_wh)
        self._distributor = list(start.distributor_wh)
        self._reactive = list(start.reactive_varh)

    def add(self, house: Power, period: Period, seconds: float) -> None:
        """Take `seconds` of power under the tariff in force."""
        wh = abs(house.p_w) * seconds / 3600
        if house.p_w >= 0:
            self.import_wh += wh
            self._supplier[period.index - 1] += wh
            self._distributor[period.distributor_index - 1] += wh
        else:
            self.export_wh += wh
        # Quadrants: 1 import inductive, 2 export inductive, 3 export capacitive, 4 import capacitive.
        quadrant = (0 if house.p_w >= 0 else 1) if house.q_var >= 0 else (3 if house.p_w >= 0 else 2)
        self._reactive[quadrant] += abs(house.q_var) * seconds / 3600

    def view(self) -> Indexes:
        """Return the present values."""
        return Indexes(
            import_wh=self.import_wh,
            export_wh=self.export_wh,
            supplier_wh=tuple(self._supplier),
            distributor_wh=tuple(self._distributor),
            reactive_varh=tuple(self._reactive),
        )


class DailyMaximum:
    """The highest value since local midnight, and that of the day before."""

    def __init__(self) -> None:
        self.today: Dated | None = None
        self.yesterday: Dated | None = None
        self._day: date | None = None

    def take(self, value: float, now: datetime) -> None:
        """Take the value of this second."""
        if self._day != now.date():
            self.yesterday, self.today, self._day = self.today, None, now.date()
        if self.today is None or value > self.today.value:
            self.today = Dated(value, now)


class MeanRegister:
    """Mean over whole periods of the clock (10 min for voltages, 30 min for the load curve), and the one before."""

    def __init__(self, period_min: int) -> None:
        self._period_min = period_min
        self._sum = 0.0
        self._count = 0
        self.last: Dated | None = None
        self.previous: Dated | None = None

    def take(self, value: float, now: datetime) -> None:
        """Take the value of the second that ends at `now`; a period ends on its own minute."""
        self._sum += value
        self._count += 1
        if now.second == 0 and now.minute % self._period_min == 0:
            self.previous = self.last
            self.last = Dated(self._sum / self._count, now)
            self._sum, self._count = 0.0, 0


def slow_wander(mean: float, spread: float, period_s: float, phase: float) -> Callable[[float], float]:
    """Return a smooth, repeatable wander of a mains voltage: two incommensurate sines around `mean`."""

    def value(elapsed_s: float) -> float:
        angle = 2 * math.pi * elapsed_s / period_s + phase
        return mean + spread * (0.6 * math.sin(angle) + 0.4 * math.sin(2.7 * angle + 1))

    return value
