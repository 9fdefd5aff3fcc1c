"""Zigbee2MQTT with a ZLinky: the mode, both generations, nulls, whole kWh, and a power that hangs."""

from typing import Any

import pytest

from custom_components.linky_offload.bridges import Format, Oddity
from custom_components.linky_offload.tic import Mode
from tests.bridges.kit import Wire, data, times

STANDARD: dict[str, Any] = {
    "current_tarif": "H PLEINE/CREUSE",
    "current_price": "HEURE PLEINE",
    "current_index_tarif": 2,
    "software_revision": 2,
    "meter_serial_number": "041961999999",
    "current_summ_delivered": 50371.822,
    "current_tier1_summ_delivered": 24066.597,
    "current_tier2_summ_delivered": 26305.225,
    "current_tier3_summ_delivered": None,
    "apparent_power": 2370,
    "rms_current": 10,
    "rms_voltage": 235,
    "available_power": 9,
    "power_threshold": 9,
    "active_power": 2204,
    "status_register": "003A4401",
    "current_date": "H231120211128",
    "mot_d_etat": "",
    "active_register_tier_delivered": "",
    "linkquality": 120,
}
HISTORIC: dict[str, Any] = {
    "current_tarif": "BBR",
    "active_register_tier_delivered": "HPJB",
    "meter_serial_number": "041961999999",
    "available_power": 45,
    "current_summ_delivered": 3.0,
    "current_tier1_summ_delivered": 1.001,
    "current_tier2_summ_delivered": 2.002,
    "current_tier3_summ_delivered": 0,
    "apparent_power": 2370,
    "rms_current": 10,
    "rms_voltage": 0,
    "software_revision": 0,
    "status_register": "",
    "tomorrow_color": "----",
    "warn_d_p_s": 0,
    "mot_d_etat": "000000",
}


def test_standard_mode() -> None:
    delivery = Wire(Format.ZLINKY).send(STANDARD, "zigbee2mqtt/ZLinky")
    assert data(delivery) == {
        "ADSC": "041961999999",
        "VTIC": "02",
        "DATE": "",
        "NGTF": "H PLEINE/CREUSE ",
        "LTARF": "HEURE PLEINE    ",
        "NTARF": "02",
        "EAST": "050371822",
        "EASF01": "024066597",
        "EASF02": "026305225",
        "IRMS1": "010",
        "URMS1": "235",
        "PREF": "09",
        "PCOUP": "09",
        "SINSTS": "02370",
        "CCASN": "02204",
        "STGE": "003A4401",
    }
    assert times(delivery)["DATE"] == "H231120211128"
    assert delivery is not None
    assert delivery.phases == 1


def test_historic_mode_counts_the_contract_in_amperes_and_the_tiers_by_the_option() -> None:
    delivery = Wire(Format.ZLINKY).send(HISTORIC)
    assert data(delivery) == {
        "ADCO": "041961999999",
        "OPTARIF": "BBR(",
        "ISOUSC": "45",
        "PTEC": "HPJB",
        "DEMAIN": "----",
        "MOTDETAT": "000000",
        "PAPP": "02370",
        "IINST": "010",
        "BBRHCJB": "000001001",
        "BBRHPJB": "000002002",
        "BBRHCJW": "000000000",
    }
    assert delivery is not None
    assert delivery.absent == {"ADPS"}


MODES: list[tuple[str, dict[str, Any], Mode | None]] = [
    ("an option with dots", {"current_tarif": "HC.."}, Mode.HISTORIC),
    ("Tempo", {"current_tarif": "BBR("}, Mode.HISTORIC),
    ("a calendar", {"current_tarif": "TEMPO"}, Mode.STANDARD),
    ("BASE with a version", {"current_tarif": "BASE", "software_revision": 2}, Mode.STANDARD),
    ("BASE with a register", {"current_tarif": "BASE", "status_register": "003A0001"}, Mode.STANDARD),
    ("BASE with a period", {"current_tarif": "BASE", "active_register_tier_delivered": "TH.."}, Mode.HISTORIC),
    ("BASE with a state word", {"current_tarif": "BASE", "mot_d_etat": "000000"}, Mode.HISTORIC),
    ("BASE alone", {"current_tarif": "BASE"}, None),
    ("nothing read yet", {"current_tarif": "", "software_revision": 0, "status_register": "00000000"}, None),
]


@pytest.mark.parametrize(("body", "mode"), [pytest.param(*row[1:], id=row[0]) for row in MODES])
def test_the_mode_is_chosen_by_what_only_one_fills_in(body: dict[str, Any], mode: Mode | None) -> None:
    wire = Wire(Format.ZLINKY)
    wire.send(body | {"apparent_power": 350, "rms_current": 2})
    assert wire.bridge.mode is mode


def test_a_state_that_nothing_was_read_into_is_not_believed() -> None:
    """What a device sends right after it was paired."""
    zeros = dict.fromkeys(("current_summ_delivered", "apparent_power", "rms_current", "rms_voltage"), 0)
    wire = Wire(Format.ZLINKY)
    body = {"current_tarif": "BASE", "mot_d_etat": "000000", "status_register": "", "meter_serial_number": None}
    assert wire.send(zeros | body) is None
    assert wire.odd[Oddity.NOT_KNOWN_YET] == 1


def test_nulls_of_every_kind() -> None:
    wire = Wire(Format.ZLINKY)
    found = data(wire.send(STANDARD | {"apparent_power": -32768, "rms_current": 65535, "rms_voltage": None}))
    assert not {"SINSTS", "IRMS1", "URMS1"} & found.keys()
    assert wire.odd == {Oddity.NULL: 2}


def test_the_first_generation_has_camel_case_and_watt_hours() -> None:
    body = {
        "currentTarif": "BASE",
        "activeRegisterTierDelivered": "TH..",
        "currentSummDelivered": 4571435,
        "currentTier1SummDelivered": 4571567,
        "availablePower": 30,
        "meterSerialNumber": "041961999999",
        "apparentPower": 484,
        "rmsCurrent": 2,
        "warnDPS": 0,
    }
    found = data(Wire(Format.ZLINKY).send(body))
    assert (found["BASE"], found["ISOUSC"], found["PAPP"]) == ("004571567", "30", "00484")


def test_old_names_that_stayed_in_the_state_are_frozen_and_not_read() -> None:
    found = data(Wire(Format.ZLINKY).send(STANDARD | {"apparentPower": 9999, "currentSummDelivered": 1}))
    assert (found["SINSTS"], found["EAST"]) == ("02370", "050371822")


def test_three_phases() -> None:
    body = STANDARD | {
        "meter_serial_number": "041976999999",
        "total_apparent_power": 3000,
        "apparent_power": 1000,
        "apparent_power_ph_b": 1500,
        "apparent_power_ph_c": 500,
        "rms_current_ph_b": 7,
        "rms_current_ph_c": 2,
        "rms_voltage_ph_b": 233,
    }
    delivery = Wire(Format.ZLINKY).send(body)
    found = data(delivery)
    assert (found["SINSTS"], found["SINSTS1"], found["SINSTS2"], found["SINSTS3"]) == (
        "03000", "01000", "01500", "00500",
    )  # fmt: skip
    assert (found["IRMS2"], found["URMS2"]) == ("007", "233")
    assert delivery is not None
    assert delivery.phases == 3


STUCK: list[tuple[str, dict[str, Any], str | None]] = [
    ("the register says that the home exports", {"status_register": "003A4601"}, "00000"),
    ("no current flows", {"rms_current": 0}, None),
    ("less than an ampere flows", {"rms_current": 0, "apparent_power": 110}, "00110"),
    ("a current of which nothing is known", {"rms_current": None}, "02370"),
]


@pytest.mark.parametrize(("changes", "power"), [pytest.param(*row[1:], id=row[0]) for row in STUCK])
def test_a_power_that_hangs_is_seen_through(changes: dict[str, Any], power: str | None) -> None:
    assert data(Wire(Format.ZLINKY).send(STANDARD | changes)).get("SINSTS") == power


def test_a_power_that_moved_since_is_alive_and_the_register_late() -> None:
    wire = Wire(Format.ZLINKY)
    exporting = STANDARD | {"status_register": "003A4601"}
    powers = (2370, 2370, 3100, 3100)
    seen = [data(wire.send(exporting | {"apparent_power": power})).get("SINSTS") for power in powers]
    assert seen == ["00000", "00000", "03100", "03100"]
    assert wire.odd[Oddity.STUCK] == 2


def test_whole_kilowatt_hours_are_told_when_they_step() -> None:
    """By default the converter rounds to 1 kWh: the same figure again is no news of the register."""
    wire = Wire(Format.ZLINKY)
    seen = [
        data(wire.send(STANDARD | {"current_summ_delivered": kwh})).get("EAST") for kwh in (50371, 50371, 50371, 50372)
    ]
    assert seen == ["050371000", None, None, "050372000"]


def test_what_was_only_remembered_by_the_broker_is_told_once_it_is_live() -> None:
    wire = Wire(Format.ZLINKY)
    assert "EAST" not in data(wire.send(STANDARD | {"current_summ_delivered": 50371}, retained=True))
    assert data(wire.send(STANDARD | {"current_summ_delivered": 50371}))["EAST"] == "050371000"


def test_warnings_of_historic_mode() -> None:
    found = data(Wire(Format.ZLINKY).send(HISTORIC | {"warn_d_p_s": 47}))
    assert found["ADPS"] == "047"


def test_the_notice_of_ejp_comes_and_goes() -> None:
    wire = Wire(Format.ZLINKY)
    body = HISTORIC | {"current_tarif": "EJP.", "active_register_tier_delivered": "HN..", "tomorrow_color": ""}
    assert data(wire.send(body | {"start_notice_e_j_p": 30}))["PEJP"] == "30"
    delivery = wire.send(body | {"start_notice_e_j_p": 0})
    assert delivery is not None
    assert "PEJP" in delivery.absent
