"""Groups of the standard mode, in the order of the wire (54E §6.2, tic.md §7)."""

from collections.abc import Iterator
from datetime import datetime

from simulator.state import Dated, Maxima, MeterState, whole
from simulator.tariff import NGTF, TariffKind
from simulator.tic import Group, Mode, horodate, seasonless

_EURIDIS_SECURED = 3


def frame_groups(state: MeterState) -> list[Group]:
    """Return the groups of one frame."""
    return [*_identity(state), *_indexes(state), *_instantaneous(state), *_history(state), *_status(state)]


def status_word(state: MeterState) -> int:
    """Return STGE as a number, every bit computed from the state (tic.md §8.1)."""
    period = state.period
    tempo = state.calendar.kind is TariffKind.TEMPO
    fields = (
        (0, not state.relays & 1),
        (1, state.breaker),
        (4, state.cover_open),
        (6, state.overvoltage),
        (7, state.over_contract),
        (8, state.producer),
        (9, state.exporting),
        (10, period.index - 1),
        (14, period.distributor_index - 1),
        (16, state.clock_degraded),
        (17, state.mode is Mode.STANDARD),
        (19, _EURIDIS_SECURED),
        (21, state.cpl_status),
        (23, state.cpl_synchronised),
        (24, period.today if tempo and period.today else 0),
        (26, period.tomorrow if tempo and period.tomorrow else 0),
        (28, period.announced.number if period.announced else 0),
        (30, period.running.number if period.running else 0),
    )
    return sum(int(value) << bit for bit, value in fields)


def _identity(state: MeterState) -> Iterator[Group]:
    yield Group("ADSC", state.address)
    yield Group("VTIC", "02")
    yield Group("DATE", "", _stamp(state, state.now))
    yield Group("NGTF", NGTF[state.calendar.kind])
    yield Group("LTARF", state.period.ltarf)


def _indexes(state: MeterState) -> Iterator[Group]:
    indexes = state.indexes
    yield Group("EAST", _register(indexes.import_wh))
    for number, wh in enumerate(indexes.supplier_wh, 1):
        yield Group(f"EASF{number:02d}", _register(wh))
    for number, wh in enumerate(indexes.distributor_wh, 1):
        yield Group(f"EASD{number:02d}", _register(wh))
    if state.producer:
        yield Group("EAIT", _register(indexes.export_wh))
        for number, varh in enumerate(indexes.reactive_varh, 1):
            yield Group(f"ERQ{number}", _register(varh))


def _instantaneous(state: MeterState) -> Iterator[Group]:
    numbered = list(enumerate(state.phases, 1))
    for number, phase in numbered:
        yield Group(f"IRMS{number}", f"{whole(phase.current_a):03d}")
    for number, phase in numbered:
        yield Group(f"URMS{number}", f"{whole(phase.voltage_v or 0):03d}")
    yield Group("PREF", f"{state.contract_kva:02d}")
    yield Group("PCOUP", f"{state.cutoff_kva:02d}")
    yield Group("SINSTS", f"{whole(state.import_va):05d}")
    if state.three_phase:
        for number, phase in numbered:
            yield Group(f"SINSTS{number}", f"{whole(phase.import_va):05d}")


def _history(state: MeterState) -> Iterator[Group]:
    imported, exported = state.import_maxima, state.export_maxima
    yield from _dated(state, "SMAXSN", imported.today, 5)
    if state.three_phase:
        for number, phase in enumerate(state.phases, 1):
            yield from _dated(state, f"SMAXSN{number}", phase.max_today, 5)
    yield from _dated(state, "SMAXSN-1", imported.yesterday, 5)
    if state.three_phase:
        for number, phase in enumerate(state.phases, 1):
            yield from _dated(state, f"SMAXSN{number}-1", phase.max_yesterday, 5)
    if state.producer:
        yield Group("SINSTI", f"{whole(state.export_va):05d}")
        yield from _dated(state, "SMAXIN", exported.today, 5)
        yield from _dated(state, "SMAXIN-1", exported.yesterday, 5)
    yield from _curve(state, "CCASN", imported)
    if state.producer:
        yield from _curve(state, "CCAIN", exported)
    for number, phase in enumerate(state.phases, 1):
        yield from _dated(state, f"UMOY{number}", phase.mean_voltage, 3)


def _status(state: MeterState) -> Iterator[Group]:
    yield Group("STGE", f"{status_word(state):08X}")
    peaks = {peak.number: peak for peak in state.period.peaks}
    for number, peak in sorted(peaks.items()):
        yield Group(f"DPM{number}", "00", seasonless(peak.start))
        yield Group(f"FPM{number}", "00", seasonless(peak.end))
    yield Group("MSG1", f"{state.message:32.32s}")
    if state.short_message is not None:
        yield Group("MSG2", f"{state.short_message:16.16s}")
    yield Group("PRM", state.prm)
    yield Group("RELAIS", f"{state.relays:03d}")
    yield Group("NTARF", f"{state.period.index:02d}")
    yield Group("NJOURF", "00")
    yield Group("NJOURF+1", "00")
    yield Group("PJOURF+1", state.calendar.profile())
    if state.period.announced is not None:
        yield Group("PPOINTE", state.calendar.peak_profile(state.period.announced))


def _curve(state: MeterState, label: str, maxima: Maxima) -> Iterator[Group]:
    yield from _dated(state, label, maxima.point, 5)
    yield from _dated(state, f"{label}-1", maxima.previous_point, 5)


def _dated(state: MeterState, label: str, value: Dated | None, width: int) -> Iterator[Group]:
    """Yield the group, or nothing while the meter has no such value yet."""
    if value is not None:
        yield Group(label, f"{whole(value.value):0{width}d}", _stamp(state, value.at))


def _stamp(state: MeterState, when: datetime) -> str:
    return horodate(when, degraded=state.clock_degraded)


def _register(value: float) -> str:
    """Nine digits, which roll over."""
    return f"{int(value) % 1_000_000_000:09d}"
