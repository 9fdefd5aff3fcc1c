"""What a plug sends: every generation is understood, and nothing is guessed about an output."""

import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.linky_offload.ossp.wire import PlugState, parse_state
from simulator.ossp import SimulatedPlug

ON = {"gpios": [{"output": 2, "state": 1}]}


def parse(body: Any) -> PlugState | None:
    return parse_state(json.dumps(body))


def test_a_state_of_the_latest_generation() -> None:
    plug = SimulatedPlug(load_w=2300)
    plug.outputs[2] = True
    assert parse(plug.state()) == PlugState(
        outputs={2: True},
        voltage=230.0,
        current=10.0,
        power=2300.0,
        power_factor=1.0,
        plug_id="OSSP-1A2B3C",
        station=True,
    )


@pytest.mark.parametrize(
    ("output", "state", "expected"),
    [
        (2, 1, {2: True}),
        ("2", "0", {2: False}),
        ("4", "1", {4: True}),
        (2, True, {2: True}),
        (2, "OFF", {2: False}),
        (2, "maybe", None),
        (2, 2, None),
        (2, None, None),
        ("relay", 1, None),
        (-1, 1, None),
        (2.5, 1, None),
        (None, 1, None),
    ],
)
def test_an_output_is_on_off_or_the_message_is_not_understood(
    output: Any, state: Any, expected: dict[int, bool] | None
) -> None:
    found = parse({"gpios": [{"output": output, "state": state}]})
    assert (None if found is None else found.outputs) == expected


def test_the_first_generation_has_four_outputs() -> None:
    found = parse(SimulatedPlug((2, 4, 12, 14)).state())
    assert found is not None
    assert found.outputs == dict.fromkeys((2, 4, 12, 14), False)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="nothing"),
        pytest.param([], id="a list"),
        pytest.param({"gpios": []}, id="no output"),
        pytest.param({"gpios": [1]}, id="an output that is a number"),
        pytest.param({"gpios": [*ON["gpios"], *ON["gpios"]]}, id="an output twice"),
        pytest.param({"gpios": [{"output": n, "state": 0} for n in range(17)]}, id="more outputs than any plug has"),
        pytest.param({**ON, "ID": "x" * 5000}, id="too long"),
    ],
)
def test_anything_else_is_no_state(body: Any) -> None:
    assert parse(body) is None


@pytest.mark.parametrize(("value", "expected"), [("12.5", 12.5), (None, None), ("nan", None), (True, None), ([], None)])
def test_a_measure_that_is_no_number_is_unknown(value: Any, expected: float | None) -> None:
    found = parse({**ON, "power": value})
    assert found is not None
    assert (found.power, found.voltage) == (expected, None)


@given(
    st.text(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["gpios", "output", "state", "power", "ID", "APconnected"]), inner, max_size=4
            )
        ),
    ).map(json.dumps)
)
def test_nothing_breaks_it(text: str) -> None:
    found = parse_state(text)
    assert found is None or found.outputs
