"""Tasmota teleinfo: sections, alerts, calendar, relays, and the labels where they come."""

from typing import Any

import pytest

from custom_components.linky_offload.bridges import Format, Oddity
from custom_components.linky_offload.meter import Quantity
from custom_components.linky_offload.tic import Mode
from tests.bridges.kit import Wire, data, measures, times

METER = {
    "PH": 1,
    "ISUB": 45,
    "PSUB": 9000,
    "PMAX": 9900,
    "U1": 231,
    "P1": 350,
    "W1": 203,
    "I1": 1.52,
    "P": 350,
    "W": 203,
}
THREE = {
    "PH": 3, "ISUB": 30, "PSUB": 6000, "PMAX": 6000,
    "U1": 230, "P1": 350, "W1": 300, "I1": 1.52, "U2": 231, "P2": 900, "W2": 800, "I2": 3.9,
    "U3": 232, "P3": 0, "W3": 0, "I3": 0.0, "P": 1250, "W": 1100, "I": 5.42,
}  # fmt: skip
TEMPO = {
    "serial": 41961999999, "name": "TEMPO", "color": "Blanc", "hour": "Pleine", "tday": "Blanc", "tmrw": "Inconnu",
    "CONSO": 21, "HC BLEU": 1, "HP BLEU": 2, "HC BLANC": 3, "HP BLANC": 4, "HC ROUGE": 5, "HP ROUGE": 6,
}  # fmt: skip
OLD_TEMPO = {
    "serial": "41961999999", "name": "TEMPO", "color": "Rouge", "hour": "Creuse", "tday": "Rouge", "tmrw": "Bleu",
    "CONSO": 21, "HCJB": 1, "HPJB": 2, "HCJW": 3, "HPJW": 4, "HCJR": 5, "HPJR": 6,
}  # fmt: skip


def test_meter_on_one_phase() -> None:
    delivery = Wire(Format.TASMOTA_TELEINFO).send({"METER": METER})
    assert data(delivery) == {"PREF": "09", "IRMS1": "002", "URMS1": "231", "SINSTS": "00350"}
    assert measures(delivery) == {Quantity.ACTIVE_POWER: 203}
    assert delivery is not None
    assert delivery.phases == 1


def test_meter_on_three_phases_multiplies_the_contract_of_one() -> None:
    delivery = Wire(Format.TASMOTA_TELEINFO).send({"METER": THREE})
    found = data(delivery)
    assert (found["PREF"], found["SINSTS"], found["SINSTS1"], found["SINSTS2"], found["SINSTS3"]) == (
        "18", "01250", "00350", "00900", "00000",
    )  # fmt: skip
    assert (found["IRMS2"], found["URMS3"]) == ("004", "232")
    assert delivery is not None
    assert delivery.phases == 3


ACTIVE: list[tuple[str, dict[str, Any], float | None]] = [
    ("0 W beside VA is not known yet", {"W": 0}, None),
    ("0 W beside 0 VA is a power", {"P": 0, "W": 0}, 0),
    ("production is negative", {"P": 0, "W": 0, "PP": 1000, "PW": 950}, -950),
    ("production of 0 W beside VA is not known yet", {"P": 0, "W": 0, "PP": 1000, "PW": 0}, None),
    ("a power that no meter carries", {"W": 400_000}, None),
    ("a text", {"W": "much"}, None),
]


@pytest.mark.parametrize(("changes", "watts"), [pytest.param(*row[1:], id=row[0]) for row in ACTIVE])
def test_active_power(changes: dict[str, Any], watts: float | None) -> None:
    wire = Wire(Format.TASMOTA_TELEINFO)
    found = measures(wire.send({"METER": METER | changes}))
    assert found.get(Quantity.ACTIVE_POWER) == watts
    assert bool(wire.odd) is (watts is None)


def test_contract_of_tempo_in_standard_mode() -> None:
    wire = Wire(Format.TASMOTA_TELEINFO)
    delivery = wire.send({"METER": METER, "CONTRACT": TEMPO})
    found = data(delivery)
    assert found["ADSC"] == wire.bridge.address == "041961999999"
    assert [found[f"EASF0{index}"] for index in range(1, 7)] == [f"{index:09d}" for index in range(1, 7)]
    assert (found["EAST"], found["NTARF"]) == ("000000021", "04")
    assert measures(delivery)[Quantity.COLOUR_TODAY] == "white"
    assert measures(delivery)[Quantity.COLOUR_TOMORROW] == "unknown"
    assert wire.bridge.mode is Mode.STANDARD


def test_contract_of_tempo_in_historic_mode_tells_the_mode_of_all_that_follows() -> None:
    wire = Wire(Format.TASMOTA_TELEINFO)
    found = data(wire.send({"METER": METER, "CONTRACT": OLD_TEMPO}))
    assert wire.bridge.mode is Mode.HISTORIC
    assert (found["ADCO"], found["PTEC"], found["DEMAIN"], found["OPTARIF"]) == ("041961999999", "HCJR", "BLEU", "BBR(")
    assert (found["BBRHCJB"], found["BBRHPJR"]) == ("000000001", "000000006")
    # The firmware takes 230 V for granted there: no voltage was measured.
    assert data(wire.send({"METER": METER}, "tele/x/LIVE")) == {"ISOUSC": "45", "IINST": "002", "PAPP": "00350"}


PLANS: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    ("historic base", {"TH..": 5}, {"BASE": "000000005", "OPTARIF": "BASE"}),
    (
        "historic peak hours",
        {"HC..": 5, "HP..": 6, "hour": "Creuse"},
        {"HCHC": "000000005", "HCHP": "000000006", "OPTARIF": "HC..", "PTEC": "HC.."},
    ),
    ("historic EJP", {"HN..": 5, "PM..": 6}, {"EJPHN": "000000005", "EJPHPM": "000000006", "OPTARIF": "EJP."}),
    ("standard base", {"BASE": 5}, {"EASF01": "000000005"}),
    (
        "standard peak hours",
        {"HEURE CREUSE": 5, "HEURE PLEINE": 6, "hour": "Pleine"},
        {"EASF01": "000000005", "EASF02": "000000006", "NTARF": "02"},
    ),
    ("numbered periods", {"PERIOD3": 7}, {"EASF03": "000000007"}),
    ("a rare calendar, all periods listed", {"tday": "", "HC SEMAINE": 5, "HP MERCREDI": 6}, {"EASF02": "000000006"}),
    ("production", {"BASE": 5, "PROD": 77}, {"EAIT": "000000077"}),
]


@pytest.mark.parametrize(("contract", "expected"), [pytest.param(*row[1:], id=row[0]) for row in PLANS])
def test_the_periods_of_a_contract(contract: dict[str, Any], expected: dict[str, str]) -> None:
    found = data(Wire(Format.TASMOTA_TELEINFO).send({"CONTRACT": contract}))
    assert expected.items() <= found.items()


def test_a_rare_calendar_is_not_guessed_where_periods_may_be_missing() -> None:
    assert data(Wire(Format.TASMOTA_TELEINFO).send({"CONTRACT": {"serial": 41961999999, "HC SEMAINE": 5}})) == {
        "ADSC": "041961999999"
    }


ALERTS: list[tuple[str, dict[str, Any], bool | None]] = [
    ("first form, overload", {"Load": 1, "Volt": 0, "Preavis": 0, "Label": ""}, True),
    ("first form, none", {"Load": 0, "Volt": 0, "Preavis": 1, "Label": "DEP1"}, False),
    ("second form, status register", {"volt": "", "load": "STGE", "period": ""}, True),
    ("second form, phase 2", {"volt": "", "load": "ADIR2", "period": ""}, True),
    ("second form, none", {"volt": "265", "load": "", "period": "PM1"}, False),
    ("the person's own percentage is not the meter's word", {"volt": "", "load": "MAX1", "period": ""}, None),
]


@pytest.mark.parametrize(("alert", "over"), [pytest.param(*row[1:], id=row[0]) for row in ALERTS])
def test_alerts(alert: dict[str, Any], over: bool | None) -> None:
    delivery = Wire(Format.TASMOTA_TELEINFO).send({"METER": METER, "ALERT": alert})
    assert measures(delivery).get(Quantity.OVER_REFERENCE) is over
    assert delivery is not None
    assert ("ADPS" in delivery.absent) is (over is False)


def test_relays_are_the_byte_of_relais() -> None:
    relays = {"P1": 0, "W1": 500, **{f"V{relay}": int(relay in {1, 3, 8}) for relay in range(1, 9)}, "C1": "1,1,0,Bleu"}
    assert data(Wire(Format.TASMOTA_TELEINFO).send({"RELAY": relays})) == {"RELAIS": "133"}


def test_the_calendar_tells_the_period_of_a_known_contract() -> None:
    wire = Wire(Format.TASMOTA_TELEINFO)
    wire.send({"CONTRACT": TEMPO})
    delivery = wire.send({"CAL": {"level": 3, "hp": 0}})
    assert data(delivery) == {"NTARF": "05"}
    assert measures(delivery) == {Quantity.COLOUR_TODAY: "red"}


def test_blue_is_no_colour_where_the_contract_has_none() -> None:
    body = {"CONTRACT": {"name": "BASE", "color": "Bleu", "hour": "Pleine", "tday": "Bleu", "BASE": 5, "CONSO": 5}}
    delivery = Wire(Format.TASMOTA_TELEINFO).send(body)
    assert measures(delivery) == {}
    assert "NTARF" not in data(delivery)


def test_labels_carry_their_horodate_inside_and_may_come_twice() -> None:
    wire = Wire(Format.TASMOTA_TELEINFO)
    text = '{"TIC":{"SMAXSN":"H240213064656 03112","SINSTS":"00350","SINSTS":"00360","DPM1":" 240213060000 00"}}'
    delivery = wire.send(text)
    assert data(delivery) == {"SMAXSN": "03112", "SINSTS": "00360", "DPM1": "00"}
    assert times(delivery)["SMAXSN"] == "H240213064656"
    assert wire.odd == {Oddity.DUPLICATE_KEY: 1}


def test_what_the_meter_said_wins_over_what_was_made_of_it() -> None:
    body = {"METER": METER, "TIC": {"SINSTS": "00999", "IRMS1": "004"}}
    found = data(Wire(Format.TASMOTA_TELEINFO).send(body))
    assert (found["SINSTS"], found["IRMS1"]) == ("00999", "004")


def test_labels_alone_on_their_topic() -> None:
    assert data(Wire(Format.TASMOTA_TELEINFO).send({"PAPP": "00350", "PTEC": "HP.."}, "tele/x/TIC")) == {
        "PAPP": "00350",
        "PTEC": "HP..",
    }


def test_energy_serves_where_there_is_nothing_better() -> None:
    energy = {"Total": 1234.567, "Power": 300, "ApparentPower": 350, "Factor": 0.86, "Voltage": 231, "Current": 1.5}
    wire = Wire(Format.TASMOTA_TELEINFO)
    expected = {"EAST": "001234567", "SINSTS": "00350", "URMS1": "231", "IRMS1": "002"}
    assert data(wire.send({"ENERGY": energy})) == expected
    wire.send({"METER": METER})
    assert wire.send({"ENERGY": energy}) is None


def test_energy_of_three_phases_comes_in_lists() -> None:
    energy = {"ApparentPower": [350, 900, 0], "Voltage": [231, 230, 229], "Current": [1.5, 3.9, 0]}
    found = data(Wire(Format.TASMOTA_TELEINFO).send({"ENERGY": energy}))
    assert (found["SINSTS2"], found["URMS3"], found["IRMS1"]) == ("00900", "229", "002")


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(b'{"Time":"2024-02-01T17:18:14","METER":_{"PH":1}}', id="an underline before the section"),
        pytest.param(b'{"TIC":{"Kr":"]00000rc\'"}},,', id="a line that ends with commas"),
        pytest.param(b'"METER":{"PH":1', id="a message cut in two"),
    ],
)
def test_broken_messages_really_seen(payload: bytes) -> None:
    wire = Wire(Format.TASMOTA_TELEINFO)
    assert wire.raw(payload) is None
    assert wire.odd == {Oddity.BROKEN_JSON: 1, Oddity.NOTHING: 1}
