"""One topic for each value: labels, names of a bridge's own, French names, and LinkyTop at the root of the broker."""

import pytest

from custom_components.linky_offload.bridges import Format, Oddity
from custom_components.linky_offload.meter import Quantity
from custom_components.linky_offload.tic import Mode
from tests.bridges.kit import Wire, data, measures

VALUES: list[tuple[str, str, str, dict[str, str]]] = [
    ("TICMeter, a number", "linky/SINSTS", "170", {"SINSTS": "00170"}),
    ("TICMeter, a special character replaced", "linky/NJOURF_1", "0", {"NJOURF+1": "00"}),
    ("TeleInfoKit", "teleinfokit-a1b2c3/data/SMAXSN_1", "03112", {"SMAXSN-1": "03112"}),
    ("TeleInfoKit, version 1", "teleinfokit/data/PTEC", "HP..", {"PTEC": "HP.."}),
    ("the first TeleInfoKit, its own spelling", "teleinfokit/adc0", "041961999999", {"ADCO": "041961999999"}),
    ("the first TeleInfoKit, peak hours", "teleinfokit/hp", "24784235", {"HCHP": "024784235"}),
    ("TeleinfoMQTT", "teleinfo/041961999999/values/PAPP", "00170", {"PAPP": "00170"}),
    ("TeleInfod", "teleinfod/values/HCHC", "024784235", {"HCHC": "024784235"}),
    ("Homie", "homie/linky/tic/papp", "00170", {"PAPP": "00170"}),
    ("linky2mqtt, a power", "edf/papp", "1700", {"PAPP": "01700"}),
    ("linky2mqtt, Wh", "edf/index_wh", "12345678", {"BASE": "012345678"}),
    ("linky2mqtt, kWh", "edf/index_hpb_kwh", "5345.697", {"BBRHPJB": "005345697"}),
    ("linky2mqtt, kWh of all peak hours", "edf/index_hp_kwh", "1.5", {"HCHP": "000001500"}),
    ("linky_tic_mqtt, Wh", "energy/electricity_consumption_wh", "12345678", {"BASE": "012345678"}),
    ("linky_tic_mqtt, A", "energy/electricity_instant_intensity_a", "7", {"IINST": "007"}),
    ("linky_tic_mqtt, VA", "energy/electricity_apparent_power_va", "1700", {"PAPP": "01700"}),
]


@pytest.mark.parametrize(("topic", "text", "expected"), [pytest.param(*row[1:], id=row[0]) for row in VALUES])
def test_a_value_on_its_topic(topic: str, text: str, expected: dict[str, str]) -> None:
    assert data(Wire(Format.LABEL_TOPICS).send(text, topic)) == expected


def test_peak_hours_mean_nothing_under_two_letters_elsewhere() -> None:
    assert Wire(Format.LABEL_TOPICS).send("24784235", "garage/hp") is None


def test_colours_of_tempo_in_english() -> None:
    wire = Wire(Format.LABEL_TOPICS)
    assert measures(wire.send("WHITE", "edf/tempo_day")) == {Quantity.COLOUR_TODAY: "white"}
    assert measures(wire.send("RED", "edf/next_tempo_day")) == {Quantity.COLOUR_TOMORROW: "red"}
    assert wire.send("GREEN", "edf/tempo_day") is None


def test_a_bridge_of_capitals_adds_values_of_its_own_in_small_letters() -> None:
    """TICMeter's ``pref`` is worked out; the meter's own label says it better."""
    wire = Wire(Format.LABEL_TOPICS)
    assert data(wire.send("9", "linky/PREF")) == {"PREF": "09"}
    assert wire.send("6", "linky/pref") is None


def test_historic_names_of_a_standard_meter() -> None:
    """TeleInfod: one meter, standard, of which some labels come under the other mode's names."""
    wire = Wire(Format.LABEL_TOPICS)
    wire.send("003A4401", "teleinfod/values/STGE")
    assert data(wire.send("00170", "teleinfod/values/PAPP")) == {"SINSTS": "00170"}
    assert data(wire.send("007000000", "teleinfod/values/HCHC")) == {"EASF01": "007000000"}
    assert wire.bridge.mode is Mode.STANDARD


def test_a_switched_meter_is_followed() -> None:
    wire = Wire(Format.LABEL_TOPICS)
    wire.send("00170", "meter/SINSTS")
    wire.now += 121
    assert data(wire.send("00180", "meter/PAPP")) == {"PAPP": "00180"}
    assert data(wire.send("00190", "meter/SINSTS")) == {"SINSTS": "00190"}


LINKYTOP: list[tuple[str, str, str, dict[str, str]]] = [
    ("off-peak hours", "HCHC", "007000000", {"HCHC": "007000000"}),
    ("the period, cut to two letters", "PTEC", "HC", {"PTEC": "HC.."}),
    ("a current", "IINST", "007", {"IINST": "007"}),
    ("a power", "PAPP", "01700", {"PAPP": "01700"}),
    ("a power that the meter would have rounded", "PAPP", "01703", {}),
    ("a damaged digit", "HCHC", "00700q000", {}),
    ("a digit too few", "HCHC", "00700000", {}),
    ("a damaged period", "PTEC", "H@", {}),
    ("a label that was not found", "ERROR", "PAPP", {}),
    ("the pace", "delay", "fast", {}),
    ("the pause", "sleep_time", "30", {}),
]


@pytest.mark.parametrize(("topic", "text", "expected"), [pytest.param(*row[1:], id=row[0]) for row in LINKYTOP])
def test_linkytop_has_no_checksum_and_is_filtered(topic: str, text: str, expected: dict[str, str]) -> None:
    assert data(Wire(Format.LINKYTOP).send(text, topic)) == expected


def test_linkyrpi_says_nothing_until_the_mode_is_known() -> None:
    wire = Wire(Format.LINKY_RPI)
    assert wire.send({"Value": 1700, "unit_of_measurement": "VA"}, "LinkyRPi/Puissance/PuissanceApparente") is None
    wire.send({"Value": "HC..", "unit_of_measurement": ""}, "LinkyRPi/Tarif/TarifSouscrit")
    send = wire.send
    assert data(send({"Value": 1700}, "LinkyRPi/Puissance/PuissanceApparente")) == {"PAPP": "01700"}
    assert data(send({"Value": 7000000}, "LinkyRPi/Index/Index01")) == {"HCHC": "007000000"}
    assert data(send({"Value": 47}, "LinkyRPi/Alerte/DepassementPuissance")) == {"ADPS": "047"}
    assert data(send({"Value": 7}, "LinkyRPi/Intensite/IntensiteInstantaneePhase1")) == {"IINST": "007"}


def test_linkyrpi_in_standard_mode() -> None:
    wire = Wire(Format.LINKY_RPI)
    wire.send({"Value": "02"}, "LinkyRPi/Compteur/VersionTIC")
    assert data(wire.send({"Value": 9}, "LinkyRPi/Contrat/IntensiteSouscrite")) == {"PREF": "09"}
    assert data(wire.send({"Value": 5}, "LinkyRPi/Index/Index01")) == {"EASF01": "000000005"}
    assert data(wire.send({"Value": 77}, "LinkyRPi/Index/EnergieActiveInjectéeTotale")) == {"EAIT": "000000077"}


def test_linkyrpi_on_three_phases_names_the_first_one_too() -> None:
    wire = Wire(Format.LINKY_RPI)
    wire.send({"Value": "000000"}, "LinkyRPi/Compteur/MotEtat")
    wire.send({"Value": 3}, "LinkyRPi/Intensite/IntensiteInstantaneePhase2")
    assert data(wire.send({"Value": 7}, "LinkyRPi/Intensite/IntensiteInstantaneePhase1")) == {"IINST1": "007"}


def test_unknown_topics_are_counted_and_nothing_else() -> None:
    wire = Wire(Format.LABEL_TOPICS)
    assert wire.send("5", "linky/wifi") is None
    assert wire.odd == {Oddity.NOTHING: 1}
