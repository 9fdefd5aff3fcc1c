"""Listening to a whole broker: what is a meter, where it speaks, and what is none."""

import json
from typing import Any

import pytest

from custom_components.linky_offload.bridges import Format, Survey, recognise
from simulator.bridges import Message, publisher
from simulator.meter import SimulatedMeter
from simulator.power import Power
from simulator.tic import Mode, encode_group

SUBSCRIPTIONS: list[tuple[str, tuple[str, ...]]] = [
    ("tasmota_teleinfo", ("tele/linky/SENSOR", "tele/linky/LIVE", "tele/linky/TIC", "tele/linky/LWT")),
    ("tasmota", ("tele/linky/SENSOR", "tele/linky/RESULT", "tele/linky/LWT")),
    ("teleinfo2mqtt", ("teleinfo/041961999999", "teleinfo/status", "teleinfo/tempo")),
    ("zlinky", ("zigbee2mqtt/ZLinky", "zigbee2mqtt/ZLinky/availability", "zigbee2mqtt/bridge/state")),
    ("ticmeter", ("ticmeter/+",)),
    ("teleinfokit", ("teleinfokit-a1b2c3/data/+",)),
    ("teleinfo_mqtt", ("teleinfo/041961999999/values/+", "teleinfo/041961999999/status")),
    ("homie", ("homie/linky/+/+", "homie/linky/$state")),
    ("linkyrpi", ("LinkyRPi/+/+",)),
    ("flat", ("teleinfo/demo", "teleinfo/status")),
    ("linky_state", ("linky/state", "linky/status")),
]


def said_by(name: str) -> list[Message]:
    meter = SimulatedMeter()
    meter.settle([Power(1000, 0)])
    meter.step([Power(1000, 0)])
    speaker = publisher(name)
    return [*speaker.birth, *speaker.messages(meter.state())]


@pytest.mark.parametrize(("name", "topics"), SUBSCRIPTIONS, ids=[name for name, _ in SUBSCRIPTIONS])
def test_the_topics_to_subscribe_to(name: str, topics: tuple[str, ...]) -> None:
    survey = Survey()
    for message in said_by(name):
        survey.hear(message.topic, message.payload, retained=False)
    (found,) = survey.found()
    assert found.topics == topics


def test_several_meters_on_one_broker_and_much_else() -> None:
    survey = Survey()
    for name in ("zlinky", "flat", "teleinfo_mqtt", "tasmota_teleinfo"):
        for message in said_by(name):
            survey.hear(message.topic, message.payload, retained=message.retained)
    survey.hear("zigbee2mqtt/lamp", b'{"state":"ON","linkquality":120}', retained=False)
    assert {found.format for found in survey.found()} == {
        Format.ZLINKY,
        Format.FLAT,
        Format.LABEL_TOPICS,
        Format.TASMOTA_TELEINFO,
    }


def test_what_the_broker_only_remembers_is_listed_last_and_says_so() -> None:
    survey = Survey()
    for message in said_by("teleinfokit"):
        survey.hear(message.topic, message.payload, retained=True)
    for message in said_by("flat"):
        survey.hear(message.topic, message.payload, retained=False)
    live, remembered = survey.found()
    assert (live.format, live.live) == (Format.FLAT, True)
    assert (remembered.format, remembered.live) == (Format.LABEL_TOPICS, False)


def test_memory_is_bounded() -> None:
    survey = Survey()
    for number in range(100):
        survey.hear(f"meter{number}/PAPP", b"00170", retained=False)
    assert len(survey.found()) == 32


NOT_METERS: list[tuple[str, str, Any]] = [
    ("a Zigbee plug", "zigbee2mqtt/plug", {"power": 350, "current": 1.5, "voltage": 230, "energy": 12.3}),
    ("a Tasmota plug", "tele/plug/SENSOR", {"ENERGY": {"Total": 1.2, "Power": 350, "ApparentPower": 360}}),
    ("an offload plug", "tele/plug/SENSOR", {"Offload": {"State": "OFF", "Stage": 0, "Phase": 1}}),
    ("a thing with a date", "garage/state", {"DATE": "H240213064656", "temperature": 5}),
    ("a thing with one key in small letters", "garage/state", {"base": 5}),
    ("an announcement to Home Assistant", "homeassistant/sensor/x/config", {"PAPP": "00170", "ADCO": "041961999999"}),
    ("a number somewhere", "garage/power", 350),
    ("a small-lettered topic somewhere", "garage/base", "012345678"),
    ("what LinkyTop says to its owner", "ERROR", "PAPP"),
    ("a text", "garage/door", "open"),
    ("nothing", "garage/door", ""),
]


@pytest.mark.parametrize(("topic", "body"), [pytest.param(*row[1:], id=row[0]) for row in NOT_METERS])
def test_what_is_no_meter_is_not_found(topic: str, body: Any) -> None:
    survey = Survey()
    survey.hear(topic, body.encode() if isinstance(body, str) else json.dumps(body).encode(), retained=False)
    assert survey.found() == []


RECOGNISED: list[tuple[str, str, Any, Format]] = [
    ("METER", "tele/x/SENSOR", {"METER": {"PH": 1, "P": 350}}, Format.TASMOTA_TELEINFO),
    ("CONTRACT", "tele/x/SENSOR", {"CONTRACT": {"serial": 5, "CONSO": 7}}, Format.TASMOTA_TELEINFO),
    ("labels as texts under TIC", "tele/x/SENSOR", {"TIC": {"PAPP": "00350", "PTEC": "HP.."}}, Format.TASMOTA_TELEINFO),
    ("labels as texts on TIC", "tele/x/TIC", {"PAPP": "00350", "PTEC": "HP.."}, Format.TASMOTA_TELEINFO),
    ("labels as numbers under TIC", "tele/x/SENSOR", {"TIC": {"SINSTS": 350}}, Format.TASMOTA),
    ("labels as numbers on RESULT", "tele/x/RESULT", {"SINSTS": 350, "EAST": 5}, Format.TASMOTA),
    ("raw", "anything", {"PAPP": {"raw": "170", "value": 170}}, Format.RAW_VALUE),
    ("ZLinky", "zigbee2mqtt/x", {"current_tarif": "BASE"}, Format.ZLINKY),
    ("the first ZLinky", "zigbee2mqtt/x", {"activeRegisterTierDelivered": "TH.."}, Format.ZLINKY),
    ("LinkyRPi", "LinkyRPi/Index/Index01", {"Value": 5}, Format.LINKY_RPI),
    ("flat", "anything", {"ADCO": "041961999999"}, Format.FLAT),
    ("a label on its topic", "anything/PAPP", "00170", Format.LABEL_TOPICS),
    ("LinkyTop", "PAPP", "00170", Format.LINKYTOP),
    ("a line", "anything", encode_group(Mode.HISTORIC, "PAPP", "00170").decode().strip("\r\n"), Format.TIC_LINES),
]


@pytest.mark.parametrize(("topic", "body", "fmt"), [pytest.param(*row[1:], id=row[0]) for row in RECOGNISED])
def test_a_format_is_recognised(topic: str, body: Any, fmt: Format) -> None:
    assert recognise(topic, body.encode() if isinstance(body, str) else json.dumps(body).encode()) is fmt
