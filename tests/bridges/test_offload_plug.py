"""Tasmota plugs that offload by themselves: every shape of their messages, whole or partial, kept or live."""

import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.linky_offload.bridges import Oddity
from custom_components.linky_offload.bridges.offload_plug import (
    Generation,
    OffloadPlug,
    PlugState,
    Stage,
    tells_of_offload,
)
from custom_components.linky_offload.bridges.plug_shape import OwnState, brief, full
from custom_components.linky_offload.bridges.plug_topics import PlugTopics
from simulator.offload_plug import VERSIONS, OffloadPlug as Firmware

TOPICS = PlugTopics("delestage_A1B2C3/%prefix%")
SENSOR = "delestage_A1B2C3/tele/SENSOR"


def plug(*bodies: object, topic: str = SENSOR, retained: bool = False) -> OffloadPlug:
    found = OffloadPlug(TOPICS)
    for body in bodies:
        found.take(topic, json.dumps(body).encode(), retained=retained)
    return found


WHOLE = {"State": "ON", "Stage": 2, "Phase": 2, "Before": 4, "After": 10, "Device": 2500, "Max": 6600, "Contract": 6000}
WHOLE |= {"Adjust": 10, "Topic": "compteur/tele/SENSOR", "KeyInst": "P2", "KeyMax": "PREF"}

WHOLE_STATE = PlugState(
    offloaded=True,
    stage=Stage.ACTIVE,
    phase=2,
    before=4,
    after=10,
    device_power=2500,
    max_va=6600,
    contract_va=6000,
    adjust_percent=10,
    topic="compteur/tele/SENSOR",
    key_instant="P2",
    key_contract="PREF",
)


@pytest.mark.parametrize(
    ("told", "generation", "state"),
    [
        pytest.param(
            {"State": "OFF", "Before": 1, "After": 5, "Power": 1000, "Contract": 5000, "Topic": "meter", "Key": "P"},
            Generation.V1,
            PlugState(
                offloaded=False, before=1, after=5, device_power=1000, contract_va=5000, topic="meter", key_instant="P"
            ),
            id="1.1: delays in messages, one key",
        ),
        pytest.param(WHOLE, Generation.V2, WHOLE_STATE, id="2.x and 3.0, whole"),
        pytest.param(
            {"State": "OFF", "Stage": 1},
            Generation.V2,
            PlugState(offloaded=False, stage=Stage.BEFORE),
            id="2.x and 3.0, short",
        ),
        pytest.param(
            {"State": 1, "Stage": 3, "Device": 1500},
            Generation.V3,
            PlugState(offloaded=True, stage=Stage.AFTER, device_power=1500),
            id="3.2: a digit",
        ),
        pytest.param(
            {"State": 0, "Stage": 0, "DeviceVA": 1500},
            Generation.V9,
            PlugState(offloaded=False, stage=Stage.NONE, device_power=1500),
            id="9.2: DeviceVA",
        ),
        pytest.param(
            {"State": 1, "Stage": 2, "Power": 1500},
            Generation.V10,
            PlugState(offloaded=True, stage=Stage.ACTIVE, device_power=1500),
            id="10.4: Power",
        ),
    ],
)
def test_every_shape_is_read(told: dict[str, Any], generation: Generation, state: PlugState) -> None:
    found = plug({"Offload": told})
    assert (found.generation, found.state, found.counts) == (generation, state, {})
    assert found.online is True
    assert tells_of_offload({"Offload": told})


def test_a_short_message_leaves_the_rest_as_it_was() -> None:
    found = plug({"Offload": WHOLE}, {"Offload": {"State": "OFF", "Stage": 0}})
    assert (found.state.offloaded, found.state.stage) == (False, Stage.NONE)
    assert (found.state.device_power, found.state.phase, found.generation) == (2500, 2, Generation.V2)


def test_its_address_is_beside_the_object() -> None:
    found = plug({"Time": "2026-11-20T12:00:00", "Offload": WHOLE, "IP": "192.0.2.7", "MAC": "02:00:00:A1:B2:C3"})
    assert (found.state.ip, found.state.mac) == ("192.0.2.7", "02:00:00:A1:B2:C3")


def test_the_answer_to_a_question_is_read_like_telemetry() -> None:
    found = plug({"StatusSNS": {"Offload": WHOLE}}, topic="delestage_A1B2C3/stat/STATUS10")
    assert found.state == WHOLE_STATE


def test_what_the_broker_kept_tells_the_settings_never_the_stage() -> None:
    found = plug({"Offload": WHOLE}, retained=True)
    assert (found.state.offloaded, found.state.stage, found.online) == (None, None, None)
    assert (found.state.device_power, found.counts) == (2500, {Oddity.RETAINED: 1})


def test_its_last_will_takes_the_stage_away_and_a_live_word_brings_it_back() -> None:
    found = plug({"Offload": WHOLE})
    found.take("delestage_A1B2C3/tele/LWT", b"Offline", retained=True)
    assert (found.online, found.state.offloaded, found.state.contract_va) == (False, None, 6000)
    found.take(SENSOR, b'{"Offload":{"State":"OFF","Stage":0}}', retained=False)
    assert (found.online, found.state.offloaded) == (True, False)


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        pytest.param("delestage_A1B2C3/stat/POWER", b"ON", id="its own topic"),
        pytest.param("delestage_A1B2C3/stat/RESULT", b'{"POWER":"ON"}', id="a result"),
        pytest.param("delestage_A1B2C3/tele/STATE", b'{"Uptime":"1T00:00:00","POWER":"ON"}', id="its state"),
    ],
)
def test_its_relay_is_told_in_three_ways(topic: str, payload: bytes) -> None:
    found = OffloadPlug(TOPICS)
    assert found.take(topic, payload, retained=False)
    assert found.state.relay is True
    assert not found.take(topic, payload, retained=False), "nothing is new"


@pytest.mark.parametrize(
    ("told", "oddity"),
    [
        pytest.param("OFF", Oddity.WRONG_TYPE, id="a word instead of an object"),
        pytest.param({"State": "ON", "Stage": 9}, Oddity.OUT_OF_RANGE, id="no such stage"),
        pytest.param({"State": "OFF", "Stage": 2}, Oddity.BAD_VALUE, id="state and stage disagree"),
        pytest.param({"State": "MAYBE"}, Oddity.BAD_VALUE, id="no such state"),
        pytest.param({"State": "OFF", "Stage": 0, "Device": None}, Oddity.NULL, id="nothing"),
        pytest.param({"State": "OFF", "Stage": 0, "Device": [1]}, Oddity.WRONG_TYPE, id="a list"),
        pytest.param({"State": "OFF", "Stage": 0, "Device": -5}, Oddity.OUT_OF_RANGE, id="a negative power"),
        pytest.param({"State": "OFF", "Stage": 0, "Phase": 4}, Oddity.OUT_OF_RANGE, id="a fourth phase"),
        pytest.param({"State": "OFF", "Stage": 0, "Topic": "a\nb"}, Oddity.BAD_VALUE, id="a broken topic"),
    ],
)
def test_nonsense_is_counted_and_not_believed(told: object, oddity: Oddity) -> None:
    found = plug({"Offload": told})
    assert found.counts[oddity] >= 1
    assert (found.state.device_power, found.state.phase, found.state.topic) == (None, None, None)


def test_where_state_and_stage_disagree_the_stage_counts() -> None:
    assert plug({"Offload": {"State": "OFF", "Stage": 2}}).state.offloaded is True


def test_energy_of_an_ordinary_plug_is_nothing_to_it() -> None:
    body: dict[str, object] = {"Time": "2026-11-20T12:00:00", "ENERGY": {"Power": 12}}
    assert plug(body).state == PlugState()
    assert not tells_of_offload(body)


@given(
    st.sampled_from([SENSOR, "delestage_A1B2C3/stat/STATUS10", "delestage_A1B2C3/stat/RESULT", "other/tele/SENSOR"]),
    st.one_of(
        st.binary(max_size=60),
        st.dictionaries(
            st.sampled_from(["State", "Stage", "Power", "Device", "DeviceVA", "Key", "Topic", "Phase"]),
            st.none() | st.booleans() | st.integers() | st.text() | st.floats() | st.lists(st.integers(), max_size=2),
        ).map(lambda told: json.dumps({"Offload": told, "StatusSNS": {"Offload": told}, "POWER": 1}).encode()),
    ),
)
def test_nothing_makes_it_fail(topic: str, payload: bytes) -> None:
    found = OffloadPlug(TOPICS)
    found.take(topic, payload, retained=False)
    assert found.state.stage is None or found.state.offloaded is (found.state.stage in {Stage.ACTIVE, Stage.AFTER})
    assert found.state.device_power is None or 0 <= found.state.device_power <= 65_535


@pytest.mark.parametrize("version", VERSIONS)
def test_a_whole_overload_is_followed_with_every_version(version: str) -> None:
    firmware, found, seen = Firmware(version=version), OffloadPlug(TOPICS), []
    found.take(firmware.telemetry().topic, firmware.telemetry().payload, retained=False)
    for second in range(60):
        firmware.power = 7000 if 5 <= second < 20 else 3000
        for said in firmware.tick(float(second)):
            found.take(said.topic, said.payload, retained=said.retained)
        seen.append(found.state.offloaded)
        assert found.state.offloaded is firmware.offloaded
    assert (seen.index(True), seen.count(True)) == (9, 21), "from its delay before to its delay after"
    assert found.generation == version
    assert not found.counts


# Topics ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "full_topic"),
    [
        pytest.param(" delestage_A1B2C3/%prefix%/ ", "delestage_A1B2C3/%prefix%", id="as this firmware has it"),
        pytest.param("%prefix%/plug", "%prefix%/plug", id="as Tasmota has it by default"),
        pytest.param("home/%prefix%/plug", "home/%prefix%/plug", id="in the middle"),
        pytest.param("%prefix%", None, id="no name"),
        pytest.param("plug", None, id="no prefix"),
        pytest.param("%prefix%/%prefix%/plug", None, id="two prefixes"),
        pytest.param("%prefix%/plug/#", None, id="a wildcard"),
        pytest.param("plug//%prefix%", None, id="an empty level"),
        pytest.param("plug%prefix%", None, id="a prefix within a name"),
    ],
)
def test_a_full_topic(text: str, full_topic: str | None) -> None:
    topics = PlugTopics.parse(text)
    assert (None if topics is None else topics.full_topic) == full_topic


@pytest.mark.parametrize(
    ("topic", "full_topic"),
    [
        ("delestage_A1B2C3/tele/SENSOR", "delestage_A1B2C3/%prefix%"),
        ("tele/plug/LWT", "%prefix%/plug"),
        ("stat/plug/STATUS10", "%prefix%/plug"),
        ("home/tele/plug/SENSOR", "home/%prefix%/plug"),
        ("tele/SENSOR", None),
        ("plug/SENSOR", None),
    ],
)
def test_who_spoke_is_known_from_the_topic(topic: str, full_topic: str | None) -> None:
    topics = PlugTopics.of(topic)
    assert (None if topics is None else topics.full_topic) == full_topic
    if topics is not None:
        assert topics.heard(topic) is not None


def test_a_command_goes_beside_what_it_says() -> None:
    assert TOPICS.topic("cmnd", "STATUS") == "delestage_A1B2C3/cmnd/STATUS"
    assert TOPICS.name == "delestage_A1B2C3"
    assert TOPICS.heard("delestage_A1B2C3/cmnd/STATUS") is None


# Our own states in the same shape -------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", Stage)
def test_what_we_publish_is_what_we_would_read(stage: Stage) -> None:
    found = OffloadPlug(TOPICS)
    state = OwnState(stage=stage, phase=1, before_s=5, after_s=30, device_va=2000, max_va=6600, contract_va=6000)
    found.take(SENSOR, full(state, "2026-11-20T12:00:00"), retained=False)
    found.take(SENSOR, brief(state), retained=False)
    assert (found.generation, found.state.stage, found.counts) == (Generation.V2, stage, {})
    assert (found.state.device_power, found.state.after, found.state.max_va) == (2000, 30, 6600)


def test_what_is_not_known_is_not_published() -> None:
    assert json.loads(full(OwnState(stage=Stage.NONE), "2026-11-20T12:00:00")) == {
        "Time": "2026-11-20T12:00:00",
        "Offload": {"State": "OFF", "Stage": 0},
    }
