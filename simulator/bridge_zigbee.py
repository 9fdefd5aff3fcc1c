"""The state of a ZLinky_TIC as Zigbee2MQTT publishes it: every attribute in one object, whatever the mode."""

from simulator.frames import groups_of
from simulator.state import MeterState, whole
from simulator.tariff import TariffKind
from simulator.tic import Mode

type Body = dict[str, object]

_NO_VALUE = -32768
_TIERS = 10
_HISTORIC_INDEXES = (
    "BASE", "HCHC", "HCHP", "EJPHN", "EJPHPM", "BBRHCJB", "BBRHPJB", "BBRHCJW", "BBRHPJW", "BBRHCJR", "BBRHPJR",
)  # fmt: skip


def _kwh(wh: float) -> float:
    return round(int(wh) / 1000, 3)


def zlinky(state: MeterState) -> Body:
    """The present generation: snake_case names, kWh."""
    labels = {group.label: group.data.strip() for group in groups_of(state)}
    stamps = {group.label: group.horodate for group in groups_of(state)}
    body = _both_modes(state)
    body |= _historic(state, labels) if state.mode is Mode.HISTORIC else _standard(state, labels, stamps)
    return body | {"linkquality": 120, "last_seen": state.now.isoformat(), "update": {"state": "idle"}}


def first_generation(state: MeterState) -> Body:
    """The first one: camelCase names, Wh."""
    body: Body = {}
    for key, value in zlinky(state).items():
        if key.endswith("_breakout"):
            continue
        is_energy = ("summ_" in key or "_out_d" in key) and isinstance(value, float)
        first, *others = key.split("_")
        name = key if key == "last_seen" else first + "".join(word[:1].upper() + word[1:] for word in others)
        body[name] = round(value * 1000) if is_energy and isinstance(value, float) else value
    return body


def _both_modes(state: MeterState) -> Body:
    """What either mode fills in, and the fields of the other at their idle values."""
    tiers: Body = {f"current_tier{tier}_summ_delivered": None for tier in range(1, _TIERS + 1)}
    return tiers | {
        "meter_serial_number": state.address,
        "site_id": None,
        "current_summ_received": 0,
        "active_register_tier_delivered": "",
        "current_price": "",
        "current_index_tarif": 0,
        "current_date": "",
        "software_revision": 0,
        "status_register": "",
        "rms_voltage": _NO_VALUE,
        "active_power": _NO_VALUE,
        "active_power_max": _NO_VALUE,
        "tomorrow_color": None,
        "mot_d_etat": "",
        "warn_d_p_s": 0,
        "warn_d_i_r1": 0,
        "warn_d_i_r2": 0,
        "warn_d_i_r3": 0,
        "start_notice_e_j_p": 0,
        "schedule_h_p_h_c": "",
        "power_threshold": None,
        "relais": 0,
        "message1": "",
        "message2": "",
        "injected_v_a": _NO_VALUE,
        "rms_current_ph_b": 65535,
        "rms_current_ph_c": 65535,
    }


def _currents(state: MeterState) -> Body:
    names = ("rms_current", "rms_current_ph_b", "rms_current_ph_c")
    return {name: whole(phase.current_a) for name, phase in zip(names, state.phases, strict=False)}


def _historic(state: MeterState, labels: dict[str, str]) -> Body:
    found = [int(labels[label]) for label in _HISTORIC_INDEXES if label in labels]
    tariff = {
        TariffKind.BASE: "BASE",
        TariffKind.HC: "HC..",
        TariffKind.EJP: "EJP.",
        TariffKind.TEMPO: "BBR",
    }[state.calendar.kind]
    body: Body = {
        "current_tarif": tariff,
        "available_power": state.subscribed_a,
        "current_summ_delivered": _kwh(sum(found)),
        "active_register_tier_delivered": labels["PTEC"],
        "apparent_power": int(labels["PAPP"]),
        "rms_current_max": 60 if state.three_phase else 90,
        "mot_d_etat": labels["MOTDETAT"],
        "schedule_h_p_h_c": labels["HHPHC"],
        "tomorrow_color": labels.get("DEMAIN"),
        "start_notice_e_j_p": int(labels.get("PEJP", 0)),
        "warn_d_p_s": int(labels.get("ADPS", 0)),
        "status_register_breakout": {"type_tic": "historique", "sens_energie_active": "positive"},
    }
    body |= {f"current_tier{tier}_summ_delivered": _kwh(wh) for tier, wh in enumerate(found, 1)}
    if state.three_phase:
        body |= {f"warn_d_i_r{phase}": whole(state.phases[phase - 1].current_a) for phase in state.overloaded_phases}
        body |= {"presence_potential": int(labels["PPOT"], 16), "active_power_max": int(labels["PMAX"])}
    return body | _currents(state)


def _standard(state: MeterState, labels: dict[str, str], stamps: dict[str, str | None]) -> Body:
    body: Body = {
        "current_tarif": labels["NGTF"],
        "current_price": " ".join(labels["LTARF"].split()),
        "current_index_tarif": state.period.index,
        "current_date": stamps["DATE"],
        "software_revision": 2,
        "site_id": state.prm,
        "current_summ_delivered": _kwh(state.indexes.import_wh),
        "available_power": state.contract_kva,
        "power_threshold": state.cutoff_kva,
        "status_register": labels["STGE"],
        "status_register_breakout": {"type_tic": "standard"},
        "relais": state.relays,
        "message1": " ".join(state.message.split()),
        "days_number_current_calendar": 0,
        "days_number_next_calendar": 0,
        "days_profile_current_calendar": labels["PJOURF+1"],
    }
    for tier, wh in enumerate(state.indexes.supplier_wh, 1):
        body[f"current_tier{tier}_summ_delivered"] = _kwh(wh)
    for tier, wh in enumerate(state.indexes.distributor_wh, 1):
        body[f"active_energy_out_d{tier:02}"] = _kwh(wh)
    for phase, suffix in enumerate(("", "_ph_b", "_ph_c")[: len(state.phases)], 1):
        body[f"rms_voltage{suffix}"] = int(labels[f"URMS{phase}"])
        if state.three_phase:
            body[f"apparent_power{suffix}"] = int(labels[f"SINSTS{phase}"])
    body |= {"total_apparent_power" if state.three_phase else "apparent_power": int(labels["SINSTS"])}
    if "CCASN" in labels:
        body["active_power"] = int(labels["CCASN"])
    if "SMAXSN" in labels and not state.three_phase:
        body["active_power_max"] = int(labels["SMAXSN"])
    if state.producer:
        body |= {"current_summ_received": _kwh(state.indexes.export_wh), "injected_v_a": int(labels["SINSTI"])}
    return body | _currents(state)
