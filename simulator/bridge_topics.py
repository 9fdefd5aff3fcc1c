"""What bridges publish that have one topic for each value."""

from collections.abc import Callable

from simulator.bridge_message import Message, Write, as_number, json_message, value_text
from simulator.frames import groups_of
from simulator.state import MeterState, whole
from simulator.tariff import Colour, TariffKind

_COLOURS_EN = {Colour.BLUE: "BLUE", Colour.WHITE: "WHITE", Colour.RED: "RED"}


def _topic_name(label: str) -> str:
    return label.replace("+", "_").replace("-", "_")


def ticmeter(state: MeterState) -> list[Message]:
    """Plain numbers; indexes at 0 left out; a total of its own."""
    groups = [group for group in groups_of(state) if not group.label.startswith("EAS") or group.data.strip("0")]
    messages = [
        Message(f"ticmeter/{_topic_name(group.label)}", str(as_number(value_text(group))).encode()) for group in groups
    ]
    return [*messages, Message("ticmeter/total", str(int(state.indexes.import_wh)).encode())]


def on_change(prefix: str, *, retained: bool) -> Callable[[], Write]:
    """Raw texts when they change."""

    def make() -> Write:
        told: dict[str, bytes] = {}

        def write(state: MeterState) -> list[Message]:
            new = {f"{prefix}/{_topic_name(group.label)}": value_text(group).encode() for group in groups_of(state)}
            changed = {topic: payload for topic, payload in new.items() if told.get(topic) != payload}
            told.update(changed)
            return [Message(topic, payload, retained) for topic, payload in changed.items()]

        return write

    return make


def teleinfo_mqtt(state: MeterState) -> list[Message]:
    """Raw texts under the address of the meter."""
    prefix = f"teleinfo/{state.address}/values"
    return [Message(f"{prefix}/{group.label}", value_text(group).encode()) for group in groups_of(state)]


_HISTORIC_NAMES = {
    "SINSTS": "PAPP",
    "IRMS1": "IINST1",
    "IRMS2": "IINST2",
    "IRMS3": "IINST3",
    "EASF01": "HCHC",
    "EASF02": "HCHP",
}


def teleinfod(state: MeterState) -> list[Message]:
    """Historic names for some standard labels."""
    return [
        Message(f"teleinfod/values/{_HISTORIC_NAMES.get(group.label, group.label)}", value_text(group).encode())
        for group in groups_of(state)
    ]


def linkytop(state: MeterState) -> list[Message]:
    """Five labels at the root of the broker, and words for its owner."""
    wanted = ("HCHC", "HCHP", "PTEC", "IINST", "PAPP")
    found = {group.label: group.data for group in groups_of(state)}
    values = {label: found[label][:2] if label == "PTEC" else found[label] for label in wanted if label in found}
    missing = [Message("ERROR", label.encode()) for label in wanted if label not in found]
    messages = [Message(label, data.encode()) for label, data in values.items()]
    return [*messages, *missing, Message("delay", b"fast"), Message("sleep_time", b"30")]


def homie(state: MeterState) -> list[Message]:
    """Labels in lower case, kept by the broker."""
    return [
        Message(f"homie/linky/tic/{group.label.lower()}", value_text(group).encode(), retained=True)
        for group in groups_of(state)
    ]


def linky2mqtt(state: MeterState) -> list[Message]:
    """Names of its own, energies in kWh, kept by the broker."""
    wh = state.indexes.supplier_wh
    values: dict[str, object] = {"index_wh": int(state.indexes.import_wh), "papp": 10 * whole(state.import_va / 10)}
    values["index_kwh"] = round(state.indexes.import_wh / 1000, 3)
    if state.calendar.kind is TariffKind.TEMPO:
        names = ("hcb", "hpb", "hcw", "hpw", "hcr", "hpr")
        values |= {f"index_{name}_kwh": round(int(wh[place]) / 1000, 3) for place, name in enumerate(names)}
    values |= {f"iinst{number}": whole(phase.current_a) for number, phase in enumerate(state.phases, 1)}
    values["ptec"] = state.period.ptec
    if state.period.today:
        values["tempo_day"] = _COLOURS_EN[state.period.today]
    if state.period.tomorrow:
        values["next_tempo_day"] = _COLOURS_EN[state.period.tomorrow]
    return [Message(f"edf/{name}", str(value).encode(), retained=True) for name, value in values.items()]


def linky_tic_mqtt(state: MeterState) -> list[Message]:
    """Three values under English names."""
    values = {
        "electricity_consumption_wh": int(state.indexes.import_wh),
        "electricity_instant_intensity_a": whole(state.phases[0].current_a),
        "electricity_apparent_power_va": 10 * whole(state.import_va / 10),
    }
    return [Message(f"energy/{name}", str(value).encode()) for name, value in values.items()]


_RPI_NAMES = {
    **dict.fromkeys(("ADCO", "ADSC"), ("Compteur", "AdresseCompteur")),
    **dict.fromkeys(("OPTARIF", "NGTF"), ("Tarif", "TarifSouscrit")),
    **dict.fromkeys(("ISOUSC", "PREF"), ("Contrat", "IntensiteSouscrite")),
    **dict.fromkeys(("BASE", "EAST"), ("Index", "Index00")),
    **dict.fromkeys(("HCHC", "EJPHN", "BBRHCJB", "EASF01"), ("Index", "Index01")),
    **dict.fromkeys(("HCHP", "EJPHPM", "BBRHPJB", "EASF02"), ("Index", "Index02")),
    **dict.fromkeys(("PTEC", "NTARF"), ("Tarif", "CodeTarifEnCours")),
    **dict.fromkeys(("PAPP", "SINSTS"), ("Puissance", "PuissanceApparente")),
    **dict.fromkeys(("IINST", "IINST1", "IRMS1"), ("Intensite", "IntensiteInstantaneePhase1")),
    **dict.fromkeys(("IINST2", "IRMS2"), ("Intensite", "IntensiteInstantaneePhase2")),
    **dict.fromkeys(("IINST3", "IRMS3"), ("Intensite", "IntensiteInstantaneePhase3")),
    "URMS1": ("Tension", "TensionEfficacePhase1"),
    "LTARF": ("Tarif", "PeriodeTarifaireEnCours"),
    "PCOUP": ("Contrat", "PuissanceCoupure"),
    "VTIC": ("Compteur", "VersionTIC"),
    "MOTDETAT": ("Compteur", "MotEtat"),
    "HHPHC": ("Tarif", "HorairesHC"),
    "ADPS": ("Alerte", "DepassementPuissance"),
    **{f"SINSTS{phase}": ("Puissance", f"PuissanceApparentePhase{phase}") for phase in (1, 2, 3)},
}
_RPI_TEXTS = {"ADCO", "ADSC", "OPTARIF", "NGTF", "PTEC", "NTARF", "LTARF", "VTIC", "MOTDETAT", "HHPHC"}


def linkyrpi(state: MeterState) -> list[Message]:
    """French names, values in an object."""
    messages = [Message("LinkyRPi/Status/Execution", b"ON")]
    for group in groups_of(state):
        if group.label in _RPI_NAMES:
            topic = "/".join(_RPI_NAMES[group.label])
            value = group.data.strip() if group.label in _RPI_TEXTS else int(group.data)
            messages.append(json_message(f"LinkyRPi/{topic}", {"Value": value, "unit_of_measurement": "", "icon": ""}))
    return messages


def teleinfokit_first(state: MeterState) -> list[Message]:
    """The first kit: names of its own in lower case, identity kept by the broker."""
    found = {group.label: group.data.lstrip("0") or "0" for group in groups_of(state)}
    names = {
        "ADCO": "adc0",
        "ISOUSC": "isousc",
        "IINST": "iinst",
        "PAPP": "papp",
        "IMAX": "imax",
        "HCHP": "hp",
        "HCHC": "hc",
    }
    messages = [
        Message(f"teleinfokit/{name}", found[label].encode(), label in {"ADCO", "ISOUSC"})
        for label, name in names.items()
        if label in found
    ]
    return [*messages, Message("teleinfokit/ptec", state.period.ptec.encode())]
