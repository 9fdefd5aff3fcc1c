"""What the simulated bridges publish: the forms of the real ones, checked by hand and without the decoder."""

import json
from typing import Any

import pytest

from simulator.bridges import NAMES, Message, publisher
from simulator.tariff import TariffKind
from simulator.tic import Mode
from tests.simulator.samples import meter_state, phase


def by_topic(name: str, **changes: Any) -> dict[str, Message]:
    return {message.topic: message for message in publisher(name).messages(meter_state(**changes))}


def body(name: str, topic: str, **changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(by_topic(name, **changes)[topic].payload)
    return found


HISTORIC = {"mode": Mode.HISTORIC}


def test_tasmota_teleinfo_sections() -> None:
    sensor = body("tasmota_teleinfo", "tele/linky/SENSOR", tariff=TariffKind.HC)
    assert sensor["METER"]["PH"] == 1
    assert (sensor["METER"]["P"], sensor["METER"]["PSUB"], sensor["METER"]["ISUB"]) == (1150, 6000, 30)
    assert sensor["CONTRACT"]["serial"] == "42061123456"
    assert sensor["CONTRACT"]["HEURE CREUSE"] == 1000
    assert sensor["ALERT"] == {"volt": "", "load": "", "period": ""}
    assert set(body("tasmota_teleinfo", "tele/linky/LIVE")) == {"METER"}
    assert body("tasmota_teleinfo", "tele/linky/TIC")["SMAXSN"] == "H260115080000 05000"


def test_an_older_tasmota_teleinfo_repeats_a_key_and_loses_the_quotes_of_its_serial() -> None:
    (message,) = publisher("tasmota_teleinfo_old").messages(meter_state())
    assert message.payload.count(b'"PCOUP"') == 2
    assert b'"serial":42061123456' in message.payload


def test_tasmota_sends_numbers_and_names_the_phase_of_an_alert() -> None:
    assert body("tasmota", "tele/linky/SENSOR")["TIC"]["SINSTS"] == 1150
    over = meter_state(three_phase=True, mode=Mode.HISTORIC, phases=(phase(), phase(current_a=40), phase()))
    assert json.loads(publisher("tasmota").messages(over)[-1].payload) == {"TIC": {"ADIR2": 2}}


def test_a_bridge_that_sends_changes_says_nothing_twice() -> None:
    for name in ("tasmota_changes", "teleinfokit"):
        write = publisher(name).messages
        assert write(meter_state())
        assert write(meter_state()) == []
        assert len(write(meter_state(import_va=1200.0))) == 1


def test_teleinfo2mqtt_wraps_with_a_wrong_zone() -> None:
    found = body("teleinfo2mqtt", "teleinfo/042061123456")
    assert found["SMAXSN"] == {
        "raw": "05000",
        "value": 5000,
        "timestamp": {"date": "2026-01-15T08:00:00.000Z", "dst": "winter"},
    }
    assert body("tic2mqtt_json", "tic2mqtt/042061123456")["SMAXSN"] == {"raw": "05000", "timestamp": "H260115080000"}


def test_zlinky_keeps_the_fields_of_the_other_mode() -> None:
    found = body("zlinky", "zigbee2mqtt/ZLinky")
    assert (found["current_summ_delivered"], found["apparent_power"], found["warn_d_p_s"]) == (1234.567, 1150, 0)
    old = body("zlinky_first", "zigbee2mqtt/ZLinky", **HISTORIC)
    assert (old["currentSummDelivered"], old["currentTarif"]) == (1000, "BASE")
    assert old["rmsVoltage"] == -32768


def test_one_topic_for_each_label() -> None:
    assert by_topic("ticmeter")["ticmeter/NJOURF_1"].payload == b"0"
    assert by_topic("teleinfo_mqtt")["teleinfo/042061123456/values/SINSTS"].payload == b"01150"
    assert by_topic("teleinfod")["teleinfod/values/PAPP"].payload == b"01150"
    assert by_topic("homie")["homie/linky/tic/sinsts"].retained
    assert by_topic("teleinfokit")["teleinfokit-a1b2c3/data/SMAXSN_1"].retained


def test_linkytop_cuts_the_period_and_speaks_at_the_root() -> None:
    found = by_topic("linkytop", tariff=TariffKind.HC, **HISTORIC)
    assert {topic: message.payload for topic, message in found.items()} == {
        "HCHC": b"000001000",
        "HCHP": b"000002000",
        "PTEC": b"HP",
        "IINST": b"005",
        "PAPP": b"01150",
        "delay": b"fast",
        "sleep_time": b"30",
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_bridge_that_announces_itself_has_the_broker_keep_it(name: str) -> None:
    speaker = publisher(name)
    assert bool(speaker.birth) is bool(speaker.death)
    assert all(message.retained for message in (*speaker.birth, *speaker.death))
    assert [message.topic for message in speaker.birth] == [message.topic for message in speaker.death]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("three_phase", [False, True], ids=["one phase", "three phases"])
@pytest.mark.parametrize("mode", Mode)
def test_every_bridge_speaks_for_every_meter_that_it_can_read(name: str, mode: Mode, three_phase: bool) -> None:
    speaker = publisher(name)
    if mode is Mode.HISTORIC or not speaker.historic_only:
        messages = speaker.messages(meter_state(mode=mode, three_phase=three_phase))
        assert messages
        assert all(isinstance(message.payload, bytes) for message in messages)
