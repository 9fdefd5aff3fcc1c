"""Any JSON by its keys, and any number: the last resort of an unknown bridge."""

from typing import Any

import pytest

from custom_components.linky_offload.bridges import Bridge, Format, Keys, Oddity
from tests.bridges.kit import Wire, data

P_AND_MAX = Keys(power="power", contract="max")
PLUG = Keys(power="P1", contract="PREF")
NESTED = Keys(power="METER.P", contract="METER.PSUB")
AMPERES = Keys(power="PAPP", contract="TIC.ISOUSC")
BOTH = {"SINSTS": "00350", "PREF": "09"}

CASES: list[tuple[str, Keys, dict[str, Any], dict[str, str]]] = [
    ("the keys of an offload plug", PLUG, {"P1": 350, "PREF": 9}, BOTH),
    ("nested keys", NESTED, {"METER": {"P": 350, "PSUB": 9000}}, BOTH),
    ("a contract in A", AMPERES, {"PAPP": "00350", "TIC": {"ISOUSC": "45"}}, BOTH),
    ("no contract", Keys(power="power"), {"power": 349.6}, {"SINSTS": "00350"}),
    ("a contract that this message does not tell", P_AND_MAX, {"power": 350}, {"SINSTS": "00350"}),
    ("a missing power", Keys(power="a.b", contract="max"), {"a": 5, "max": 9}, {"PREF": "09"}),
    ("a contract that nobody has", P_AND_MAX, {"power": 350, "max": 120_000}, {"SINSTS": "00350"}),
    ("an injection is no import", Keys(power="power"), {"power": -350}, {}),
]


@pytest.mark.parametrize(("keys", "body", "expected"), [pytest.param(*row[1:], id=row[0]) for row in CASES])
def test_two_keys(keys: Keys, body: dict[str, Any], expected: dict[str, str]) -> None:
    assert data(Wire(Format.KEYED, keys).send(body)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("350", {"SINSTS": "00350"}, id="an integer"),
        pytest.param(" 350.4 ", {"SINSTS": "00350"}, id="a decimal, spaces around"),
        pytest.param("350 VA", {}, id="a unit behind"),
        pytest.param("unknown", {}, id="no value"),
        pytest.param("nan", {}, id="not a number"),
    ],
)
def test_a_bare_value(text: str, expected: dict[str, str]) -> None:
    assert data(Wire(Format.VALUE).send(text)) == expected


def test_keys_are_asked_for() -> None:
    with pytest.raises(ValueError, match="keys"):
        Bridge(Format.KEYED)


def test_what_is_not_an_object_is_counted() -> None:
    wire = Wire(Format.KEYED, Keys(power="power"))
    assert wire.send([350]) is None
    assert wire.odd[Oddity.WRONG_TYPE] == 1
