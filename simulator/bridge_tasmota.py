"""What the two teleinfo firmwares of Tasmota publish: Tasmota teleinfo and the official one."""

import json

from simulator.bridge_message import Body, Message, Write, as_number, json_message
from simulator.frames import groups_of
from simulator.state import MeterState, whole
from simulator.tariff import NGTF, Colour, TariffKind
from simulator.tic import Group, Mode

_COLOURS_FR = {Colour.BLUE: "Bleu", Colour.WHITE: "Blanc", Colour.RED: "Rouge"}
_POWER_FACTOR = 0.95


def _time(state: MeterState) -> str:
    return state.now.strftime("%Y-%m-%dT%H:%M:%S")


def _tasmota_teleinfo_meter(state: MeterState) -> Body:
    share_va = state.contract_kva * 1000 // len(state.phases)
    meter: Body = {"PH": len(state.phases), "ISUB": share_va // 200, "PSUB": share_va, "PMAX": share_va}
    total_w = 0
    for number, phase in enumerate(state.phases, 1):
        watts = whole(phase.import_va * _POWER_FACTOR)
        total_w += watts
        historic = state.mode is Mode.HISTORIC
        volts = 230 if historic else whole(phase.voltage_v or 0)
        meter |= {
            f"U{number}": volts,
            f"I{number}": round(phase.import_va / volts if volts else 0.0, 2),
            f"P{number}": whole(phase.import_va),
            f"W{number}": watts,
        }
    total_a = round(sum(phase.current_a for phase in state.phases), 2)
    meter |= {"U": 230, "I": total_a, "P": whole(state.import_va), "W": total_w, "C": _POWER_FACTOR}
    meter |= {"YDAY": 12_000, "TDAY": 3_400}
    if state.producer:
        meter |= {"PP": whole(state.export_va), "PW": whole(state.export_va * _POWER_FACTOR), "PYDAY": 0, "PTDAY": 0}
    return meter


def _period_names(state: MeterState) -> list[str]:
    kind = state.calendar.kind
    if state.mode is Mode.HISTORIC:
        return {
            TariffKind.BASE: ["TH.."],
            TariffKind.HC: ["HC..", "HP.."],
            TariffKind.EJP: ["HN..", "PM.."],
            TariffKind.TEMPO: ["HCJB", "HPJB", "HCJW", "HPJW", "HCJR", "HPJR"],
        }[kind]
    return {
        TariffKind.BASE: ["BASE"],
        TariffKind.HC: ["HEURE CREUSE", "HEURE PLEINE"],
        TariffKind.EJP: ["HEURE NORMALE", "HEURE POINTE"],
        TariffKind.TEMPO: ["HC BLEU", "HP BLEU", "HC BLANC", "HP BLANC", "HC ROUGE", "HP ROUGE"],
    }[kind]


def _tasmota_teleinfo_contract(state: MeterState, *, serial_as_text: bool) -> Body:
    period, serial = state.period, int(state.address)
    today = _COLOURS_FR[period.today] if period.today else "Bleu"
    contract: Body = {
        "serial": str(serial) if serial_as_text else serial,
        "name": NGTF[state.calendar.kind].strip(),
        "period": period.ltarf.strip(),
        "color": today,
        "hour": "Creuse" if period.off_peak else "Pleine",
        "tday": today,
        "tmrw": _COLOURS_FR[period.tomorrow] if period.tomorrow else "Inconnu",
        "CONSO": int(state.indexes.import_wh),
    }
    contract |= dict(zip(_period_names(state), map(int, state.indexes.supplier_wh), strict=False))
    if state.producer:
        contract["PROD"] = int(state.indexes.export_wh)
    return contract


def tasmota_teleinfo(state: MeterState) -> list[Message]:
    """Sections on SENSOR, METER alone on LIVE, labels alone on TIC."""
    over = "STGE" if state.over_contract else ""
    relays: Body = {f"V{relay}": state.relays >> relay - 1 & 1 for relay in range(1, 9)}
    level = state.period.today or Colour.BLUE
    sensor = {
        "Time": _time(state),
        "ALERT": {"volt": "", "load": over, "period": ""},
        "METER": _tasmota_teleinfo_meter(state),
        "CONTRACT": _tasmota_teleinfo_contract(state, serial_as_text=True),
        "RELAY": relays,
        "CAL": {"level": int(level), "hp": int(not state.period.off_peak)},
    }
    labels: Body = {group.label: _tasmota_teleinfo_text(group) for group in groups_of(state)}
    return [
        json_message("tele/linky/SENSOR", sensor),
        json_message("tele/linky/LIVE", {"METER": _tasmota_teleinfo_meter(state)}),
        json_message("tele/linky/TIC", labels),
    ]


def _tasmota_teleinfo_text(group: Group) -> str:
    return group.data if group.horodate is None else f"{group.horodate} {group.data}"


def tasmota_teleinfo_old(state: MeterState) -> list[Message]:
    """An older firmware: the labels in their own section, some twice, and the first form of the alerts."""
    alert = {"Load": int(state.over_contract), "Volt": 0, "Preavis": 0, "Label": ""}
    labels = ",".join(
        f"{json.dumps(group.label)}:{json.dumps(_tasmota_teleinfo_text(group))}" for group in groups_of(state)
    )
    twice = f'"PCOUP":"{state.cutoff_kva:02d}",' if state.mode is Mode.STANDARD else ""
    sections = {
        "Time": _time(state),
        "METER": _tasmota_teleinfo_meter(state),
        "CONTRACT": _tasmota_teleinfo_contract(state, serial_as_text=False),
        "ALERT": alert,
    }
    text = json.dumps(sections, separators=(",", ":"))
    return [Message("teleinfo/tele/SENSOR", f'{text[:-1]},"TIC":{{{twice}{labels}}}}}'.encode())]


_PADDED = {"ADCO", "ADSC", "PRM", "NGTF", "LTARF", "STGE", "PTEC", "OPTARIF"}
_LEFT_OUT = {"PJOURF+1", "MSG1", "DATE"}


def _tasmota_labels(state: MeterState) -> Body:
    return {
        group.label: group.data if group.label in _PADDED else as_number(group.data)
        for group in groups_of(state)
        if group.label not in _LEFT_OUT and group.label not in {"ADPS", "ADIR1", "ADIR2", "ADIR3"}
    }


def _tasmota_alerts(state: MeterState) -> list[Body]:
    if state.mode is Mode.STANDARD:
        return []
    return [{f"ADIR{phase}": phase} if state.three_phase else {"ADPS": phase} for phase in state.overloaded_phases]


def tasmota(state: MeterState) -> list[Message]:
    """Every label under TIC, and an alert that names its phase."""
    sensor = {"Time": _time(state), "TIC": _tasmota_labels(state)}
    alerts = [json_message("tele/linky/SENSOR", {"TIC": alert}) for alert in _tasmota_alerts(state)]
    return [json_message("tele/linky/SENSOR", sensor), *alerts]


def tasmota_flat(state: MeterState) -> list[Message]:
    """An older firmware, without the wrapper."""
    return [json_message("tele/linky/RESULT", _tasmota_labels(state))]


def tasmota_changes() -> Write:
    """The option that sends, after the first message, only the labels that changed."""
    told: Body = {}

    def write(state: MeterState) -> list[Message]:
        labels = _tasmota_labels(state)
        changed = {label: value for label, value in labels.items() if told.get(label) != value}
        told.update(changed)
        messages = [json_message("tele/linky/SENSOR", {"Time": _time(state), "TIC": changed})] if changed else []
        return messages + [json_message("tele/linky/SENSOR", {"TIC": alert}) for alert in _tasmota_alerts(state)]

    return write
