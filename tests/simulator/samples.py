"""Meters to look at: a state with sensible values, of which a test changes what it is about."""

from datetime import datetime
from typing import Any

from simulator.meter import PARIS
from simulator.state import Dated, Indexes, Maxima, MeterState, PhaseState
from simulator.tariff import Calendar, TariffKind
from simulator.tic import Group, Mode


def paris(text: str) -> datetime:
    """Read `2026-01-15 19:00:00` as legal time in Paris."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def phase(current_a: float = 5, import_va: float = 1150, **changes: Any) -> PhaseState:
    """Return a phase with every history a meter keeps."""
    history = {
        "max_today": Dated(3000, paris("2026-01-15 08:00:00")),
        "max_yesterday": Dated(4000, paris("2026-01-14 19:00:00")),
        "mean_voltage": Dated(235, paris("2026-01-15 12:20:00")),
    }
    return PhaseState(current_a=current_a, import_va=import_va, **(history | changes))


def meter_state(
    *,
    tariff: TariffKind = TariffKind.BASE,
    now: str = "2026-01-15 12:26:00",
    calendar: Calendar | None = None,
    three_phase: bool = False,
    **changes: Any,
) -> MeterState:
    """Return a standard-mode consumer meter of 6 kVA (12 kVA with three phases)."""
    when = paris(now)
    calendar = calendar or Calendar(kind=tariff)
    kva = changes.pop("contract_kva", 12 if three_phase else 6)
    maxima = Maxima(
        today=Dated(5000, paris("2026-01-15 08:00:00")),
        yesterday=Dated(5500, paris("2026-01-14 19:00:00")),
        point=Dated(900, paris("2026-01-15 12:00:00")),
        previous_point=Dated(800, paris("2026-01-15 11:30:00")),
    )
    values: dict[str, Any] = {
        "mode": Mode.STANDARD,
        "address": "042076123456" if three_phase else "042061123456",
        "now": when,
        "elapsed_s": 0.0,
        "calendar": calendar,
        "period": calendar.at(when),
        "phases": (phase(), phase(), phase()) if three_phase else (phase(),),
        "contract_kva": kva,
        "cutoff_kva": kva,
        "import_va": 3450.0 if three_phase else 1150.0,
        "export_va": 0.0,
        "exporting": False,
        "indexes": Indexes(import_wh=1234567.8, supplier_wh=tuple(1000.0 * n for n in range(1, 11))),
        "import_maxima": maxima,
        "export_maxima": maxima,
    }
    return MeterState(**(values | changes))


def labels(groups: list[Group]) -> str:
    """Return the labels in order, in one string."""
    return " ".join(group.label for group in groups)


def data(groups: list[Group]) -> dict[str, str]:
    """Return the data of each label."""
    return {group.label: group.data for group in groups}
