"""Whatever comes on whatever topic: nothing is raised, and nothing out of its bounds is delivered."""

import json
from typing import Any

from hypothesis import given, settings, strategies as st

from custom_components.linky_offload.bridges import Bridge, Format, Keys, Survey, recognise
from custom_components.linky_offload.bridges.linky_rpi import NAMES
from custom_components.linky_offload.bridges.zlinky_names import LINKY_ONLY
from custom_components.linky_offload.meter import Delivery, Quantity
from custom_components.linky_offload.tic import HISTORIC_RULES, STANDARD_RULES
from simulator.bridges import NAMES as BRIDGES, publisher
from simulator.meter import SimulatedMeter
from simulator.tic import Mode

RULES = {**HISTORIC_RULES, **STANDARD_RULES}
LABELS = sorted(label.decode() for label in RULES)
REAL = [
    (message.topic, message.payload)
    for name in BRIDGES
    for message in publisher(name).messages(SimulatedMeter(mode=Mode.HISTORIC).state())
]
KEYS = st.sampled_from(
    [
        *LABELS,
        *sorted(LINKY_ONLY),
        *("METER", "CONTRACT", "CAL", "RELAY", "ALERT", "TIC", "ENERGY", "raw", "value", "Value", "timestamp", "date"),
        *("PH", "P", "W", "PP", "PW", "PSUB", "I1", "U1", "serial", "CONSO", "HC..", "HCJB", "hour", "color", "tmrw"),
        *("load", "Load", "level", "hp", "V1", "ApparentPower", "apparent_power", "rms_current", "available_power"),
        *("REE", "EIB", "FID", "POR", "MPC", "SPL", "VO2"),
        *("current_summ_delivered", "current_tier1_summ_delivered", "status_register", "meter_serial_number"),
    ]
)
TOPICS = st.one_of(
    st.text(max_size=40),
    st.sampled_from([topic for topic, _ in REAL]),
    st.builds("{}/{}".format, st.text(max_size=8), st.sampled_from([*LABELS, *sorted(NAMES), "LWT", "index_wh"])),
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(0, 100_000),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["HC..", "BASE", "Creuse", "Bleu", "HPJB", "003A4401", "H240213064656 03112", "041961999999"]),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(max_size=5), inner, max_size=6)
)
OBJECTS = st.dictionaries(KEYS | st.text(max_size=5), VALUES, max_size=12).map(
    lambda body: json.dumps(body).encode(errors="replace")
)


@st.composite
def _bent(draw: st.DrawFn) -> bytes:
    """A real message of which some bytes were changed, lost or doubled."""
    payload = bytearray(draw(st.sampled_from(REAL))[1])
    for _ in range(draw(st.integers(0, 4))):
        if payload:
            place = draw(st.integers(0, len(payload) - 1))
            payload[place : place + draw(st.integers(0, 2))] = draw(st.binary(max_size=3))
    return bytes(payload)


PAYLOADS = st.one_of(
    st.binary(max_size=200), OBJECTS, _bent(), SCALARS.map(lambda value: str(value).encode(errors="replace"))
)
MESSAGES = st.lists(st.tuples(TOPICS, PAYLOADS, st.booleans()), max_size=8)
LIMITS: dict[Quantity, Any] = {
    Quantity.ACTIVE_POWER: lambda value: -54_000 <= value <= 54_000,
    **{quantity: lambda value: 0 <= value <= 54_000 for quantity in Quantity if quantity.startswith("router_")},
    Quantity.OVER_REFERENCE: lambda value: isinstance(value, bool),
    Quantity.COLOUR_TODAY: lambda value: value in {"blue", "white", "red"},
    Quantity.COLOUR_TOMORROW: lambda value: value in {"blue", "white", "red", "unknown"},
}


def in_bounds(delivery: Delivery) -> bool:
    for group in delivery.groups:
        rule = RULES[group.label.encode()]
        content = f"{group.horodate or 'H000000000000'}\t{group.data}" if rule.dated else group.data
        if not rule.allows(content) or group.mode is not rule.mode:
            return False
    one_mode = len({group.mode for group in delivery.groups}) <= 1
    return one_mode and all(LIMITS[quantity](value) for quantity, value in delivery.measures)


@settings(max_examples=400, deadline=None)
@given(fmt=st.sampled_from(Format), messages=MESSAGES)
def test_no_message_breaks_a_bridge_nor_brings_a_value_out_of_its_bounds(
    fmt: Format, messages: list[tuple[str, bytes, bool]]
) -> None:
    bridge = Bridge(fmt, Keys(power="METER.P", contract="PREF"))
    for now, (topic, payload, retained) in enumerate(messages):
        delivery = bridge.take(topic, payload, retained=retained, now=float(now))
        assert delivery is None or in_bounds(delivery)
        assert delivery is None or not retained or not delivery.measures


@settings(max_examples=200, deadline=None)
@given(messages=MESSAGES)
def test_no_message_breaks_the_survey(messages: list[tuple[str, bytes, bool]]) -> None:
    survey = Survey()
    for topic, payload, retained in messages:
        recognise(topic, payload)
        survey.hear(topic, payload, retained=retained)
    assert all(found.topics for found in survey.found())
