"""What a meter knows at one moment, before it is written on the wire."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from simulator.breaker import Cause
from simulator.tariff import Calendar, Period
from simulator.tic import Mode

NO_MESSAGE = "PAS DE          MESSAGE         "


class MeterKind(StrEnum):
    """A Linky, or the electronic meter before it, which measures no apparent power (tic.md §6.1)."""

    LINKY = "linky"
    CBEMM = "cbemm"


@dataclass(frozen=True, slots=True)
class Dated:
    """A value and the local time at which the meter took it."""

    value: float
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseState:
    """One phase. `import_va` is 0 while the phase exports; the maxima are of the filtered import, VA.

    `voltage_v` is None on a phase that is lost.
    """

    current_a: float
    import_va: float
    voltage_v: float | None = 230.0
    max_today: Dated | None = None
    max_yesterday: Dated | None = None
    mean_voltage: Dated | None = None
    max_current_a: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Maxima:
    """Daily maxima of the filtered total (VA) and the last two points of the load curve (W), import or export."""

    today: Dated | None = None
    yesterday: Dated | None = None
    point: Dated | None = None
    previous_point: Dated | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexes:
    """Registers in Wh and varh; `supplier` has ten, `distributor` four, `reactive` four quadrants."""

    import_wh: float = 0.0
    export_wh: float = 0.0
    supplier_wh: tuple[float, ...] = (0.0,) * 10
    distributor_wh: tuple[float, ...] = (0.0,) * 4
    reactive_varh: tuple[float, ...] = (0.0,) * 4


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterState:
    """A frozen view of the meter.

    `now` is aware local time; `elapsed_s` counts from the meter's start; `import_va` and `export_va` are the totals,
    one of them zero; `contract_kva` is PREF and `cutoff_kva` PCOUP, all phases together. `relays` is the byte of
    RELAIS, whose bit 0 is the real dry contact. `short_message` (MSG2) goes out once for each `short_message_taken_s`.
    """

    mode: Mode
    address: str
    now: datetime
    elapsed_s: float
    calendar: Calendar
    phases: tuple[PhaseState, ...]
    contract_kva: int
    cutoff_kva: int
    import_va: float
    export_va: float
    exporting: bool
    indexes: Indexes
    period: Period
    kind: MeterKind = MeterKind.LINKY
    standby: bool = False
    producer: bool = False
    clock_degraded: bool = False
    breaker: Cause = Cause.CLOSED
    overvoltage: bool = False
    cover_open: bool = False
    cpl_status: int = 1
    cpl_synchronised: bool = False
    relays: int = 0
    import_maxima: Maxima = Maxima()
    export_maxima: Maxima = Maxima()
    message: str = NO_MESSAGE
    short_message: str | None = None
    short_message_taken_s: float = 0.0
    prm: str = "09999999999999"

    @property
    def three_phase(self) -> bool:
        """Whether the meter has three phases."""
        return len(self.phases) == 3

    @property
    def subscribed_a(self) -> int:
        """ISOUSC: contract current per phase, by the convention of 200 V (54E §6.1.2)."""
        return round(self.contract_kva * 1000 / 200 / len(self.phases))

    @property
    def overloaded_phases(self) -> tuple[int, ...]:
        """Phases (1…3) whose whole amps exceed ISOUSC: those that ADPS and ADIRn tell."""
        return tuple(
            number for number, phase in enumerate(self.phases, 1) if whole(phase.current_a) > self.subscribed_a
        )

    @property
    def over_contract(self) -> bool:
        """STGE bit 7: S above PREF, in three-phase any phase above PREF/3 (GP15, tic.md §8.1)."""
        share_va = self.contract_kva * 1000 / len(self.phases)
        return any(phase.import_va > share_va for phase in self.phases)


def whole(value: float) -> int:
    """Round half up, as a meter does."""
    return int(value + 0.5)
