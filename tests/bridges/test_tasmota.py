"""Official Tasmota, and the other ways of sending labels as keys of a JSON object."""

from typing import Any

import pytest

from custom_components.linky_offload.bridges import Format, Oddity
from custom_components.linky_offload.meter import Quantity
from custom_components.linky_offload.tic import Mode
from tests.bridges.kit import Wire, data, measures, times

LABELS = {"ADSC": "041961999999", "VTIC": 2, "EAST": 27416857, "IRMS1": 2, "SINSTS": 1305, "STGE": "003A4001"}
WRITTEN = {
    "ADSC": "041961999999",
    "VTIC": "02",
    "EAST": "027416857",
    "IRMS1": "002",
    "SINSTS": "01305",
    "STGE": "003A4001",
}


@pytest.mark.parametrize("body", [{"TIC": LABELS}, LABELS], ids=["wrapped", "flat, as older firmware"])
def test_labels_as_numbers(body: dict[str, Any]) -> None:
    assert data(Wire(Format.TASMOTA).send({"Time": "2024-02-01T17:18:14"} | body)) == WRITTEN


def test_an_alert_carries_the_phase_and_takes_its_amperes_from_the_current() -> None:
    wire = Wire(Format.TASMOTA)
    wire.send({"TIC": {"IINST1": 12, "IINST2": 34, "IINST3": 5, "PAPP": 11000, "OPTARIF": "BASE"}})
    assert data(wire.send({"TIC": {"ADIR2": 2}})) == {"ADIR2": "034"}


def test_an_alert_of_a_single_phase() -> None:
    wire = Wire(Format.TASMOTA)
    wire.send({"TIC": {"IINST": 47, "PAPP": 11000}})
    assert data(wire.send({"TIC": {"ADPS": 1}})) == {"ADPS": "047"}


def test_an_alert_before_any_current_is_not_made_up() -> None:
    wire = Wire(Format.TASMOTA)
    assert wire.send({"TIC": {"ADPS": 1}}) is None
    assert wire.odd[Oddity.NOT_KNOWN_YET] == 1


def test_a_label_in_a_whole_message_carries_amperes() -> None:
    assert data(Wire(Format.TASMOTA).send({"TIC": {"ADPS": 47}})) == {"ADPS": "047"}


def test_a_warning_of_0_says_that_there_is_none() -> None:
    delivery = Wire(Format.FLAT).send({"ADPS": "000", "IINST": "010"})
    assert delivery is not None
    assert delivery.absent == {"ADPS"}


def test_teleinfo2mqtt_wraps_and_dates() -> None:
    delivery = Wire(Format.RAW_VALUE).send(
        {
            "ADSC": {"raw": "12345678901", "value": 12345678901},
            "NGTF": {"raw": "H PLEINE/CREUSE", "value": "H PLEINE/CREUSE"},
            "SMAXSN": {
                "raw": "02740",
                "value": 2740,
                "timestamp": {"date": "2022-06-09T06:05:31.000Z", "dst": "summer"},
            },
        }
    )
    assert data(delivery) == {"ADSC": "012345678901", "NGTF": "H PLEINE/CREUSE ", "SMAXSN": "02740"}
    # The Z of its date is wrong: it is the meter's own time.
    assert times(delivery)["SMAXSN"] == "E220609060531"


def test_teleinfo2mqtt_tells_the_colours_of_the_days() -> None:
    body = {"today": "blue", "tomorrow": "white", "blue_remaining": 215}
    assert measures(Wire(Format.RAW_VALUE).send(body, "teleinfo/tempo")) == {
        Quantity.COLOUR_TODAY: "blue",
        Quantity.COLOUR_TOMORROW: "white",
    }
    assert Wire(Format.RAW_VALUE).send({"today": "green", "tomorrow": None}, "teleinfo/tempo") is None


def test_the_period_comes_from_the_raw_text() -> None:
    assert data(Wire(Format.RAW_VALUE).send({"PTEC": {"raw": "HP..", "value": "HP"}})) == {"PTEC": "HP.."}


def test_tic2mqtt_json_dates_as_the_meter_does() -> None:
    delivery = Wire(Format.RAW_VALUE).send({"SMAXSN": {"raw": "02740", "timestamp": "E220609060531"}})
    assert times(delivery) == {"SMAXSN": "E220609060531"}


@pytest.mark.parametrize(
    "stamp",
    [{"date": 5}, {"date": "x" * 500}, {"dst": "summer"}, [], 7, "", {"date": "²²²²-06-09T06:05:31"}],
    ids=["number", "endless", "no date", "list", "number alone", "empty", "other digits"],
)
def test_a_nonsensical_time_leaves_its_value(stamp: Any) -> None:
    delivery = Wire(Format.RAW_VALUE).send({"SMAXSN": {"raw": "02740", "timestamp": stamp}})
    assert times(delivery) == {"SMAXSN": None}


def test_flat_json_of_texts() -> None:
    body = {"IINST": "001", "OPTARIF": "HC..", "ADCO": "041961999999", "PAPP": "00170", "PTEC": "HP.."}
    wire = Wire(Format.FLAT)
    assert data(wire.send(body)) == body
    assert wire.bridge.mode is Mode.HISTORIC


def test_spellings_of_a_label() -> None:
    body = {"papp": 170, "smaxsn_1": 3112, "SMAXSN_1": 3112, "NJOURF_1": 0}
    assert set(data(Wire(Format.FLAT).send(body))) == {"SINSTS", "SMAXSN-1", "NJOURF+1"}


def test_other_keys_are_not_of_the_meter_and_unknown_labels_are_counted() -> None:
    wire = Wire(Format.FLAT)
    assert data(wire.send({"PAPP": "00170", "timestamp": 5, "Wifi": {"RSSI": 60}, "XYZW": "12"})) == {"PAPP": "00170"}
    assert wire.odd == {Oddity.UNKNOWN_LABEL: 1}
