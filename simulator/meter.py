"""A Linky: measures the powers of each second, runs its filter and breaker, keeps its registers, tells its state."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
import random
from zoneinfo import ZoneInfo

from simulator.breaker import Breaker, Cause, PowerFilter, Trip
from simulator.frames import groups_of
from simulator.power import DARK, Power
from simulator.registers import DailyMaximum, IndexRegisters, MeanRegister, slow_wander
from simulator.state import NO_MESSAGE, Indexes, Maxima, MeterKind, MeterState, PhaseState
from simulator.tariff import Calendar, Period
from simulator.tic import Group, Mode, frame

PARIS = ZoneInfo("Europe/Paris")
DEFAULT_START = datetime(2026, 1, 15, 19, 0, tzinfo=PARIS)
DEFAULT_ADDRESS = {1: "041961999999", 3: "041976999999"}
_LINE_OHM = 0.12
_POINT_MIN = 30
_MEAN_VOLTAGE_MIN = 10


class SimulatedMeter:
    """One meter in front of a house.

    `contract_kva` is PREF, `cutoff_kva` PCOUP (the contract unless given), both for all phases together; `start` is an
    aware time. `breaker` may be given to simulate a meter that differs from the published filter.
    """

    def __init__(
        self,
        *,
        contract_kva: int = 6,
        cutoff_kva: int | None = None,
        phases: int = 1,
        mode: Mode = Mode.STANDARD,
        calendar: Calendar | None = None,
        address: str | None = None,
        kind: MeterKind = MeterKind.LINKY,
        producer: bool = False,
        start: datetime = DEFAULT_START,
        indexes: Indexes | None = None,
        breaker: Breaker | None = None,
        seed: int = 0,
    ) -> None:
        self.contract_kva = contract_kva
        self.cutoff_kva = cutoff_kva or contract_kva
        self.phases = phases
        self.mode = mode
        self.calendar = calendar or Calendar()
        self.address = address or DEFAULT_ADDRESS[phases]
        self.kind = kind
        self.producer = producer
        self.standby = False
        self.clock_degraded = False
        self.message = NO_MESSAGE
        self.elapsed_s = 0
        self.breaker = breaker or Breaker(cutoff_va=1000.0 * self.cutoff_kva, phases=phases)
        self.powers: tuple[Power, ...] = (DARK,) * phases
        self._start = start.astimezone(UTC)
        self._registers = IndexRegisters(indexes or Indexes())
        self._import_filter, self._export_filter = PowerFilter(), PowerFilter()
        self._import_max, self._export_max = DailyMaximum(), DailyMaximum()
        self._phase_max = tuple(DailyMaximum() for _ in range(phases))
        self._import_curve, self._export_curve = MeanRegister(_POINT_MIN), MeanRegister(_POINT_MIN)
        self._mean_voltages = tuple(MeanRegister(_MEAN_VOLTAGE_MIN) for _ in range(phases))
        self._max_currents = [0.0] * phases
        self._short_message: tuple[str, float] | None = None
        draw = random.Random(seed)
        self._mains = tuple(
            slow_wander(draw.uniform(232, 238), 2.5, draw.uniform(500, 900), draw.uniform(0, 6)) for _ in range(phases)
        )

    @property
    def now(self) -> datetime:
        """The meter's clock, aware local time."""
        return (self._start + timedelta(seconds=self.elapsed_s)).astimezone(PARIS)

    @property
    def period(self) -> Period:
        """The tariff in force."""
        return self.calendar.at(self.now)

    @property
    def house(self) -> Power:
        """P and Q summed over the phases; its S is not the meter's, which adds apparent powers."""
        return Power(sum(power.p_w for power in self.powers), sum(power.q_var for power in self.powers))

    @property
    def exporting(self) -> bool:
        """Whether ΣP leaves the house (STGE bit 9)."""
        return self.house.p_w < 0

    @property
    def total_va(self) -> float:
        """|Σ ±S| over the phases, the sign of each from its P (54E §6.2.3.10)."""
        return abs(sum(power.signed_va for power in self.powers))

    @property
    def import_va(self) -> float:
        """What SINSTS says, VA."""
        return 0.0 if self.exporting else self.total_va

    @property
    def export_va(self) -> float:
        """What SINSTI says, VA."""
        return self.total_va if self.exporting else 0.0

    @property
    def contact_closed(self) -> bool:
        """The real dry contact, closed during off-peak hours: what a day/night contactor hangs on."""
        return self.period.off_peak

    def voltage_v(self, phase: int) -> float:
        """RMS voltage of a phase (0…2): the mains, less what its own current drops, more where it exports."""
        mains = self._mains[phase](self.elapsed_s)
        return mains - _LINE_OHM * self.powers[phase].signed_va / mains

    def current_a(self, phase: int) -> float:
        """RMS current of a phase (0…2), without sign."""
        return self.powers[phase].s_va / self.voltage_v(phase)

    def settle(self, powers: Sequence[Power]) -> None:
        """Put the filters where hours of these steady powers lead to."""
        self.powers = tuple(powers)
        self.breaker.settle([power.import_va for power in powers])
        self._import_filter.settle(self.import_va)
        self._export_filter.settle(self.export_va)

    def step(self, powers: Sequence[Power]) -> Trip | None:
        """Measure one second of the house; return the trip if it opens the breaker. A dark house has no power."""
        self.powers = (DARK,) * self.phases if self.breaker.is_open else tuple(powers)
        self._registers.add(self.house, self.period, 1)
        self.elapsed_s += 1
        trip = self.breaker.step([power.import_va for power in self.powers])
        self._remember()
        if self.breaker.is_open:
            self.powers = (DARK,) * self.phases
        return trip

    def _remember(self) -> None:
        now = self.now
        self._import_filter.step(self.import_va)
        self._export_filter.step(self.export_va)
        single = self.breaker.filters[0] if self.phases == 1 else self._import_filter
        self._import_max.take(single.va, now)
        self._export_max.take(self._export_filter.va, now)
        active_w = self.house.p_w
        self._import_curve.take(max(active_w, 0.0), now)
        self._export_curve.take(max(-active_w, 0.0), now)
        for index in range(self.phases):
            self._phase_max[index].take(self.breaker.filters[index].va, now)
            self._mean_voltages[index].take(self.voltage_v(index), now)
            self._max_currents[index] = max(self._max_currents[index], self.current_a(index))

    def reclose(self) -> None:
        """Press the button of the meter."""
        self.breaker.reclose()

    def set_contract(self, contract_kva: int) -> None:
        """Take a new contract power; the cut-off power follows it."""
        self.contract_kva = self.cutoff_kva = contract_kva
        self.breaker.set_cutoff(1000.0 * contract_kva)

    def set_message(self, *, long: str | None = None, short: str | None = None) -> None:
        """Show MSG1 from now on; send MSG2 once."""
        if long is not None:
            self.message = long
        if short is not None:
            self._short_message = (short, float(self.elapsed_s))

    def indexes(self) -> Indexes:
        """Return the energy registers."""
        return self._registers.view()

    def state(self) -> MeterState:
        """Return what the meter would tell now."""
        period = self.period
        short, taken_s = self._short_message or (None, 0.0)
        return MeterState(
            mode=self.mode,
            address=self.address,
            now=self.now,
            elapsed_s=self.elapsed_s,
            calendar=self.calendar,
            period=period,
            phases=tuple(self._phase_state(index) for index in range(self.phases)),
            contract_kva=self.contract_kva,
            cutoff_kva=self.cutoff_kva,
            import_va=self.import_va,
            export_va=self.export_va,
            exporting=self.exporting,
            indexes=self._registers.view(),
            kind=self.kind,
            standby=self.standby,
            producer=self.producer,
            clock_degraded=self.clock_degraded,
            breaker=self.breaker.cause,
            overvoltage=self.breaker.cause is Cause.OVERVOLTAGE,
            relays=int(period.off_peak),
            import_maxima=_maxima(self._import_max, self._import_curve),
            export_maxima=_maxima(self._export_max, self._export_curve),
            short_message=short,
            short_message_taken_s=taken_s,
            message=self.message,
        )

    def groups(self) -> list[Group]:
        """Return the groups of a full frame now."""
        return groups_of(self.state())

    def frame(self) -> bytes:
        """Return a full frame now, 7-bit, STX to ETX."""
        return frame(self.groups(), self.mode)

    def _phase_state(self, index: int) -> PhaseState:
        return PhaseState(
            current_a=self.current_a(index),
            import_va=self.powers[index].import_va,
            voltage_v=self.voltage_v(index),
            max_today=self._phase_max[index].today,
            max_yesterday=self._phase_max[index].yesterday,
            mean_voltage=self._mean_voltages[index].last,
            max_current_a=self._max_currents[index],
        )


def _maxima(daily: DailyMaximum, curve: MeanRegister) -> Maxima:
    return Maxima(today=daily.today, yesterday=daily.yesterday, point=curve.last, previous_point=curve.previous)
