"""What holds for every bridge: retained messages, availability, zeros at start-up, and hostile payloads."""

import pytest

from custom_components.linky_offload.bridges import Format, Oddity
from tests.bridges.kit import Wire, data

BODY = {"ADCO": "041961999999", "OPTARIF": "HC..", "ISOUSC": "45", "HCHC": "007000000", "PAPP": "00170", "IINST": "001"}


def test_a_retained_message_tells_identity_and_contract_and_no_value() -> None:
    wire = Wire(Format.FLAT)
    found = data(wire.send(BODY, retained=True))
    assert found == {"ADCO": "041961999999", "OPTARIF": "HC..", "ISOUSC": "45"}
    assert wire.bridge.address == "041961999999"
    assert wire.bridge.online is None
    assert wire.odd == {Oddity.RETAINED: 1}


def test_a_retained_value_alone_tells_nothing() -> None:
    wire = Wire(Format.LABEL_TOPICS)
    assert wire.send("09000", "teleinfokit-a1b2c3/data/SINSTS", retained=True) is None
    assert data(wire.send("09", "teleinfokit-a1b2c3/data/PREF", retained=True)) == {"PREF": "09"}


def test_a_retained_warning_is_no_warning() -> None:
    wire = Wire(Format.TASMOTA_TELEINFO)
    assert wire.send({"ALERT": {"volt": "", "load": "STGE", "period": ""}}, retained=True) is None


def test_a_masked_address_names_no_meter() -> None:
    wire = Wire(Format.FLAT)
    wire.send(BODY | {"ADCO": "XXXXXXXXXXXX"})
    assert wire.bridge.address is None


AVAILABILITY: list[tuple[str, Format, str, str, bool | None]] = [
    ("Tasmota there", Format.TASMOTA, "tele/linky/LWT", "Online", True),
    ("Tasmota gone", Format.TASMOTA_TELEINFO, "tele/linky/LWT", "Offline", False),
    ("teleinfo2mqtt there", Format.RAW_VALUE, "teleinfo/status", "up", True),
    ("teleinfo2mqtt gone", Format.RAW_VALUE, "teleinfo/status", "down", False),
    ("a Zigbee device there", Format.ZLINKY, "zigbee2mqtt/ZLinky/availability", '{"state": "online"}', True),
    ("a Zigbee device gone", Format.ZLINKY, "zigbee2mqtt/ZLinky/availability", '{"state":"offline"}', False),
    ("a Zigbee device gone, a word", Format.ZLINKY, "zigbee2mqtt/ZLinky/availability", "offline", False),
    ("Zigbee2MQTT gone", Format.ZLINKY, "zigbee2mqtt/bridge/state", "offline", False),
    ("Homie there", Format.LABEL_TOPICS, "homie/linky/$state", "ready", True),
    ("Homie lost", Format.LABEL_TOPICS, "homie/linky/$state", "lost", False),
    ("Homie begins", Format.LABEL_TOPICS, "homie/linky/$state", "init", None),
    ("a script gone", Format.FLAT, "linky/status", "offline", False),
    ("another word", Format.FLAT, "linky/status", "nominal", None),
    ("bytes", Format.FLAT, "linky/status", "\udcff", None),
]


@pytest.mark.parametrize(
    ("fmt", "topic", "payload", "online"), [pytest.param(*row[1:], id=row[0]) for row in AVAILABILITY]
)
@pytest.mark.parametrize("retained", [True, False], ids=["retained", "live"])
def test_availability(fmt: Format, topic: str, payload: str, online: bool | None, retained: bool) -> None:
    wire = Wire(fmt)
    assert wire.raw(payload.encode(errors="surrogateescape"), topic, retained=retained) is None
    assert wire.bridge.online is online


def test_a_device_is_gone_when_what_carries_it_is_gone() -> None:
    wire = Wire(Format.ZLINKY)
    wire.send("online", "zigbee2mqtt/ZLinky/availability")
    wire.send("offline", "zigbee2mqtt/bridge/state")
    assert wire.bridge.online is False
    wire.send("online", "zigbee2mqtt/bridge/state")
    assert wire.bridge.online is True


def test_a_live_message_proves_that_the_device_is_there() -> None:
    wire = Wire(Format.FLAT)
    wire.send("offline", "linky/status", retained=True)
    wire.send(BODY, retained=True)
    assert wire.bridge.online is False
    wire.send(BODY)
    assert wire.bridge.online is True


def test_indexes_of_0_come_from_a_bridge_that_has_not_read_its_meter() -> None:
    wire = Wire(Format.FLAT)
    zeros = {"EAST": "000000000", "EASF01": "000000000", "SINSTS": "00000", "URMS1": "000"}
    assert wire.send(zeros) is None
    assert wire.odd == {Oddity.NOT_KNOWN_YET: 1}
    full = zeros | {"EAST": "012345678", "EASF01": "012345678", "EASF02": "000000000", "SINSTS": "00170"}
    assert data(wire.send(full))["EASF02"] == "000000000"
    assert wire.send(zeros) is None


def test_an_index_does_not_fall_to_0_beside_others_that_stand() -> None:
    wire = Wire(Format.FLAT)
    wire.send({"EAST": "012345678", "EASF01": "012345678"})
    assert data(wire.send({"EAST": "012345679", "EASF01": "000000000"})) == {"EAST": "012345679"}


def test_an_unused_index_on_its_own_topic_is_0_once_another_has_risen() -> None:
    wire = Wire(Format.LABEL_TOPICS)
    assert wire.send("000000000", "meter/EASF03") is None
    wire.send("012345678", "meter/EAST")
    assert data(wire.send("000000000", "meter/EASF03")) == {"EASF03": "000000000"}
    assert wire.send("000000000", "meter/EAST") is None


HOSTILE: list[tuple[str, bytes, Oddity]] = [
    ("no JSON", b"{", Oddity.BROKEN_JSON),
    ("nothing", b"", Oddity.BROKEN_JSON),
    ("a list", b"[1]", Oddity.WRONG_TYPE),
    ("a number", b"5", Oddity.WRONG_TYPE),
    ("bytes that are no text", b"\xff\xfe{}", Oddity.NOT_TEXT),
    ("a hundred thousand bytes", b" " * 100_000 + b"{}", Oddity.TOO_LARGE),
    ("ten thousand levels", b'{"a":' * 10_000 + b"1" + b"}" * 10_000, Oddity.TOO_DEEP),
    ("an endless integer", b'{"PAPP":' + b"9" * 5000 + b"}", Oddity.BROKEN_JSON),
    ("a long integer", b'{"PAPP":' + b"9" * 400 + b"}", Oddity.OUT_OF_RANGE),
    ("NaN", b'{"PAPP":NaN}', Oddity.NOT_FINITE),
    ("infinity", b'{"PAPP":1e999}', Oddity.NOT_FINITE),
    ("a truth", b'{"PAPP":true}', Oddity.WRONG_TYPE),
    ("a key twice, then null", b'{"PAPP":"00170","PAPP":null}', Oddity.DUPLICATE_KEY),
    ("half a surrogate", b'{"LTARF":"\\ud800"}', Oddity.BAD_VALUE),
]


@pytest.mark.parametrize("fmt", [Format.FLAT, Format.TASMOTA_TELEINFO, Format.TASMOTA, Format.RAW_VALUE])
@pytest.mark.parametrize(("payload", "oddity"), [pytest.param(*row[1:], id=row[0]) for row in HOSTILE])
def test_hostile_payloads_are_counted_by_kind(fmt: Format, payload: bytes, oddity: Oddity) -> None:
    wire = Wire(fmt)
    assert wire.raw(payload) is None
    assert wire.odd[oddity] == 1
