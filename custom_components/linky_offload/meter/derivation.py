"""What no label says: active power, net power and surplus, the tariff and its days, the error of the meter's clock.

Fed with every reading, whatever the source; it keeps what must be remembered between them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from types import MappingProxyType
from typing import Any, Final

from ..tic import Mode
from .active_power import ActivePower, Banded
from .clock_offset import ClockOffset
from .net_power import net_power, surplus
from .quantity import Quantity
from .reading import Measured, Reading
from .register import Register
from .tariff_days import NO_DAYS, DayPrograms, TariffDays
from .tariff_now import UNKNOWN_TARIFF, TariffNow, tariff_now

_TARIFF: Final = (
    *(Quantity.TARIFF_OPTION, Quantity.TARIFF_PERIOD, Quantity.TARIFF_INDEX, Quantity.TARIFF_LABEL, Quantity.CALENDAR),
    *(Quantity.COLOUR_TODAY, Quantity.COLOUR_TOMORROW, Quantity.EJP_NOTICE, Quantity.DRY_CONTACT),
    *(Quantity.DAY_TODAY, Quantity.DAY_TOMORROW, Quantity.PROFILE_TOMORROW, Quantity.PROFILE_PEAK),
    *(Quantity.PEAK_NOTICE, Quantity.PEAK_RUNNING),
    *(Quantity(f"peak_{peak}_{edge}") for peak in (1, 2, 3) for edge in ("start", "end")),
)
_INDEXES: Final = tuple(Quantity(f"import_index_{index}") for index in range(1, 11))

REGISTERS: Final = (
    *(Quantity.IMPORT_TOTAL, *_INDEXES, Quantity.EXPORT_TOTAL),
    *(Quantity(f"grid_index_{index}") for index in range(1, 5)),
    *(Quantity(f"reactive_q{quadrant}") for quadrant in range(1, 5)),
)
"""What counts energy."""

_SAMPLES: Final = (*REGISTERS, Quantity.APPARENT_POWER, Quantity.APPARENT_POWER_EXPORT, Quantity.CLOCK)

_CLOCK_FRESH_S: Final = 60.0
_TARIFF_EVERY_S: Final = 15.0
_LEAST_GAP_S: Final = 10.0
_GAP_CADENCES: Final = 4.0
_FULL_W_MARGIN: Final = 20.0
_KEEP_EVERY_S: Final = 3600.0

type Samples = Mapping[Quantity, Measured]


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """What is worked out of the readings; None is what cannot be told.

    ``active``: the active power imported, W, at least 0. ``net_va`` and ``net_w``: import positive, export negative.
    ``surplus``: what the home gives away, VA. ``power_factor``: that of the import, 0 to 1.
    ``clock_offset_s``: the meter's clock minus ours. ``exports``: the home has been seen to export.
    ``counters``: each of ``REGISTERS`` that was told, Wh or varh, as a counter that never leaps (register.py).
    """

    active: Banded | None = None
    power_factor: Banded | None = None
    net_va: Banded | None = None
    net_w: Banded | None = None
    surplus: Banded | None = None
    tariff: TariffNow = UNKNOWN_TARIFF
    days: TariffDays = NO_DAYS
    clock_offset_s: int | None = None
    exports: bool = False
    counters: Mapping[Quantity, int] = field(default_factory=dict)


class Derivation:
    """Derives, for one meter, from every reading. ``local_tz``: that of the home."""

    def __init__(self, local_tz: tzinfo) -> None:
        self._tz = local_tz
        self._imported = ActivePower()
        self._exported = ActivePower()
        self._registers: dict[Quantity, Register] = {}
        self._counters: dict[Quantity, int] = {}
        self._imported_wh = 0
        self._told_wh: dict[Quantity, int] = {}
        self._zeros = 0  # samples of an import of 0 in a row
        self._sampled: dict[Quantity, float] = {}
        self._programs = DayPrograms()
        self._clock = ClockOffset()
        self._tariff_values: tuple[object, ...] = ()
        self._tariff_at: float | None = None
        self._kept_at: float | None = None
        self.derived = Derived(counters=MappingProxyType(self._counters))
        self.learned = False  # something is new that is worth keeping; who keeps it sets this back

    def observe(self, reading: Reading, wall: datetime) -> Derived:
        """Derive from ``reading``, taken at ``wall`` (aware; the true time as far as we know it)."""
        fresh = self._fresh(reading)
        self._follow_clock(fresh, reading.now, wall)
        self._count(fresh, reading, wall)
        tariff, days = self._follow_tariff(reading, wall)
        active, factor = self._follow_import(fresh, reading)
        net_va = net_power(reading, still_zero=self._zeros > 1)
        self.derived = Derived(
            active=active,
            power_factor=factor,
            net_va=net_va,
            net_w=self._net_w(fresh, reading, active, net_va),
            surplus=surplus(net_va),
            tariff=tariff,
            days=days,
            clock_offset_s=self._clock.seconds,
            exports=self.derived.exports or (net_va is not None and net_va.value < 0),
            counters=self.derived.counters,
        )
        if self._kept_at is None or reading.now - self._kept_at >= _KEEP_EVERY_S:
            self._kept_at, self.learned = reading.now, True
        return self.derived

    def interrupt(self) -> None:
        """The line was lost: energies and powers of before and after do not belong together."""
        self._imported.interrupt()
        self._exported.interrupt()

    def dump(self) -> dict[str, Any]:
        """What is worth keeping over a restart, as JSON has it."""
        return {
            "import": self._imported.dump(),
            "export": self._exported.dump(),
            "programs": self._programs.dump(),
            "exports": self.derived.exports,
            "registers": {str(quantity): register.dump() for quantity, register in self._registers.items()},
        }

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Take back what ``dump`` gave."""
        self._imported.restore(kept["import"])
        self._exported.restore(kept["export"])
        self._programs.restore(kept["programs"])
        self._registers = {Quantity(key): Register.restore(register) for key, register in kept["registers"].items()}
        self.derived = replace(self.derived, exports=kept["exports"])

    # Clock and tariff ------------------------------------------------------------------------------------------------

    def _follow_clock(self, fresh: Samples, now: float, wall: datetime) -> None:
        clock = fresh.get(Quantity.CLOCK)
        if clock is not None and isinstance(clock.value, datetime):
            self._clock.observe(clock.value.timestamp(), wall.timestamp() - (now - clock.at))

    def _follow_tariff(self, reading: Reading, wall: datetime) -> tuple[TariffNow, TariffDays]:
        held = self.derived
        values = tuple([measured.value if (measured := reading.values.get(one)) else None for one in _TARIFF])
        due = self._tariff_at is None or reading.now - self._tariff_at >= _TARIFF_EVERY_S
        if values == self._tariff_values and not due:
            return held.tariff, held.days
        self._tariff_values, self._tariff_at = values, reading.now
        moment = self._meter_time(reading, wall)
        tariff = tariff_now(reading.values, moment)
        self.learned = self._programs.observe(reading.values, tariff, moment) or self.learned
        return tariff, self._programs.days(reading.values, tariff, moment)

    def _meter_time(self, reading: Reading, wall: datetime) -> datetime:
        """The meter's own time, by which its tariff runs, unless it lost it."""
        clock = reading.values.get(Quantity.CLOCK)
        degraded = reading.values.get(Quantity.CLOCK_DEGRADED)
        told = clock is not None and isinstance(clock.value, datetime) and reading.now - clock.at < _CLOCK_FRESH_S
        if clock is None or not isinstance(clock.value, datetime) or not told or (degraded and degraded.value):
            return wall.astimezone(self._tz)
        return clock.value.astimezone(self._tz)

    # Energies and powers ---------------------------------------------------------------------------------------------

    def _fresh(self, reading: Reading) -> dict[Quantity, Measured]:
        """The samples that were not there at the last time."""
        fresh = {}
        for quantity in _SAMPLES:
            measured = reading.values.get(quantity)
            if measured is not None and self._sampled.get(quantity) != measured.at:
                self._sampled[quantity] = measured.at
                fresh[quantity] = measured
        return fresh

    def _count(self, fresh: Samples, reading: Reading, wall: datetime) -> None:
        """Carry the counters on, those too of which the meter tells nothing in its present mode."""
        rises: dict[Quantity, int] = {}
        for quantity in REGISTERS:
            measured = fresh.get(quantity)
            if measured is None or not isinstance(measured.value, int):
                continue
            register = self._registers.setdefault(quantity, Register())
            shown, shift = register.shown, register.shift
            at = wall.timestamp() - (reading.now - measured.at)
            self._counters[quantity] = register.take(measured.value, at, reading.address)
            self.learned = self.learned or register.shift != shift
            if shown is not None:
                rises[quantity] = self._counters[quantity] - shown
        total, first = Quantity.IMPORT_TOTAL, Quantity.IMPORT_INDEX_1
        if not self._tells_total(reading):
            self._stand_in(total, sum(rise for quantity, rise in rises.items() if quantity in _INDEXES), wall)
        elif reading.mode is Mode.HISTORIC:
            # It tells a total only where there is one price; BASE then counts what EASF01 counts (54E §6.1).
            self._stand_in(first, rises.get(total, 0), wall)

    def _stand_in(self, quantity: Quantity, wh: int, wall: datetime) -> None:
        """A register that is told no more goes on by what others tell that it would have counted."""
        register = self._registers.get(quantity)
        if register is not None and wh:
            self._counters[quantity] = register.add(wh, wall.timestamp())

    def _follow_import(self, fresh: Samples, reading: Reading) -> tuple[Banded | None, Banded | None]:
        learner = self._imported
        if (at := self._add_import(fresh, reading)) is not None:
            learner.energy(self._imported_wh, at)
        power = fresh.get(Quantity.APPARENT_POWER)
        self._feed(learner, power, reading)
        if power is not None:
            self._zeros = 0 if power.value else self._zeros + 1
        measured = self._measured(reading)
        if measured is None:
            return learner.watts(), learner.factor()
        va = reading.power_va
        return Banded(max(0.0, measured), 0.0), Banded(min(1.0, measured / va), 0.0) if va else None

    def _add_import(self, fresh: Samples, reading: Reading) -> float | None:
        """Add what was imported, by the total or by the indexes that make it up; when it was told, None if it was not.

        A register that is set back takes from the sum, so that the learner sees it.
        """
        total = Quantity.IMPORT_TOTAL
        at: float | None = None
        for quantity in (total,) if self._tells_total(reading) else _INDEXES:
            measured = fresh.get(quantity)
            if measured is None or not isinstance(measured.value, int):
                continue
            self._imported_wh += measured.value - self._told_wh.get(quantity, measured.value)
            self._told_wh[quantity] = measured.value
            at = measured.at
        return at

    @staticmethod
    def _tells_total(reading: Reading) -> bool:
        """Whether the total is told. Historic mode tells it or indexes, never both: the other is held from before."""
        total = reading.values.get(Quantity.IMPORT_TOTAL)
        if total is None or reading.mode is not Mode.HISTORIC:
            return total is not None
        indexes = (reading.values.get(index) for index in _INDEXES)
        return not any(index is not None and index.at > total.at for index in indexes)

    def _net_w(self, fresh: Samples, reading: Reading, active: Banded | None, net_va: Banded | None) -> Banded | None:
        """Export in W only where the meter counts what it exports, or something measures it."""
        energy = fresh.get(Quantity.EXPORT_TOTAL)
        if energy is not None and isinstance(energy.value, int):
            self._exported.energy(energy.value, energy.at)
        self._feed(self._exported, fresh.get(Quantity.APPARENT_POWER_EXPORT), reading)
        if (measured := self._measured(reading)) is not None:
            return Banded(measured, 0.0)
        if net_va is None or net_va.value >= 0:
            return active if net_va is not None else None
        exported = self._exported.watts() if Quantity.APPARENT_POWER_EXPORT in reading.values else None
        return None if exported is None else Banded(-exported.value, exported.error)

    @staticmethod
    def _feed(learner: ActivePower, power: Measured | None, reading: Reading) -> None:
        if power is not None and isinstance(power.value, int | float):
            learner.power(
                power.value,
                power.at,
                longest_gap_s=max(_LEAST_GAP_S, _GAP_CADENCES * (reading.cadence_s or 0.0)),
                rounding_va=5.0 if reading.mode is Mode.HISTORIC else 0.5,
            )

    @staticmethod
    def _measured(reading: Reading) -> float | None:
        """The active power that a bridge measures, W, export negative; None where it is old or makes no sense.

        0 W beside some VA means that the bridge does not know it yet.
        """
        measured = reading.values.get(Quantity.ACTIVE_POWER)
        if measured is None or not isinstance(measured.value, int | float):
            return None
        if reading.now - measured.at > max(_LEAST_GAP_S, _GAP_CADENCES * (reading.cadence_s or 0.0)):
            return None
        watts, va = measured.value, reading.power_va
        if va is None:
            return watts or None
        return watts if (0 < watts <= 1.05 * va + _FULL_W_MARGIN if va else watts <= 0) else None
