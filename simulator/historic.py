"""Groups of the historic mode, in the order of the wire (02E §2, 54E §6.1, tic.md §6)."""

from simulator.state import MeterKind, MeterState, whole
from simulator.tariff import INDEX_LABELS, OPTARIF, Colour, TariffKind
from simulator.tic import Group

_TOMORROW = {None: "----", Colour.BLUE: "BLEU", Colour.WHITE: "BLAN", Colour.RED: "ROUG"}
_LINKY_IMAX = {1: "090", 3: "060"}


def long_frame(state: MeterState) -> list[Group]:
    """Return the groups of a full frame, or of a standby frame, which holds only ADCO."""
    if state.standby:
        return [Group("ADCO", state.address)]
    return [*_contract(state), *(_three_phases(state) if state.three_phase else _one_phase(state))]


def short_frame(state: MeterState) -> list[Group]:
    """Return the groups of a short three-phase frame; ADIRn only for phases above ISOUSC (tic.md §6.3)."""
    return [
        *(Group(f"ADIR{n}", _amps(state.phases[n - 1].current_a)) for n in state.overloaded_phases),
        Group("ADCO", state.address),
        *_currents(state),
    ]


def _contract(state: MeterState) -> list[Group]:
    kind = state.calendar.kind
    groups = [
        Group("ADCO", state.address),
        Group("OPTARIF", OPTARIF[kind]),
        Group("ISOUSC", f"{state.subscribed_a:02d}"),
    ]
    groups += [
        Group(label, f"{int(wh) % 1_000_000_000:09d}")
        for label, wh in zip(INDEX_LABELS[kind], state.indexes.supplier_wh, strict=False)
    ]
    if state.period.ejp_notice:
        groups.append(Group("PEJP", "30"))
    groups.append(Group("PTEC", state.period.ptec))
    if kind is TariffKind.TEMPO:
        groups.append(Group("DEMAIN", _TOMORROW[state.period.tomorrow]))
    return groups


def _one_phase(state: MeterState) -> list[Group]:
    phase = state.phases[0]
    old = state.kind is MeterKind.CBEMM
    groups = [Group("IINST", _amps(phase.current_a))]
    if state.overloaded_phases:
        groups.append(Group("ADPS", _amps(phase.current_a)))
    groups.append(Group("IMAX", _amps(phase.max_current_a) if old else _LINKY_IMAX[1]))
    if not old:
        groups.append(Group("PAPP", _apparent(state.import_va)))
    # The old meter leaves HHPHC out of a BASE frame.
    if not old or state.calendar.kind is not TariffKind.BASE:
        groups.append(Group("HHPHC", "A"))
    groups.append(Group("MOTDETAT", "000000"))
    return groups


def _three_phases(state: MeterState) -> list[Group]:
    yesterday = state.import_maxima.yesterday
    missing = sum(1 << number for number, phase in enumerate(state.phases, 1) if phase.voltage_v is None)
    return [
        *_currents(state),
        *(Group(f"IMAX{number}", _LINKY_IMAX[3]) for number in (1, 2, 3)),
        Group("PMAX", f"{whole(yesterday.value if yesterday else 0):05d}"),
        Group("PAPP", _apparent(state.import_va)),
        Group("HHPHC", "A"),
        Group("MOTDETAT", "000000"),
        Group("PPOT", f"{missing:02X}"),
    ]


def _currents(state: MeterState) -> list[Group]:
    return [Group(f"IINST{number}", _amps(phase.current_a)) for number, phase in enumerate(state.phases, 1)]


def _amps(current_a: float) -> str:
    return f"{whole(current_a):03d}"


def _apparent(power_va: float) -> str:
    """PAPP is rounded to 10 VA."""
    return f"{10 * whole(power_va / 10):05d}"
