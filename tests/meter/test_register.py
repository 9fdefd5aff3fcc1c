"""An energy counter that no new meter, no other mode and no full register turns into a spike."""

import json

from hypothesis import given, strategies as st
import pytest

from custom_components.linky_offload.meter.register import Register

METER, OTHER = "041961999999", "041961888888"


def after(*told: tuple[int, float, str | None]) -> Register:
    register = Register()
    for one in told:
        register.take(*one)
    return register


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        pytest.param([(5_000, 0, METER)], 5_000, id="the first value is the meter's"),
        pytest.param([(5_000, 0, METER), (5_001, 2, METER)], 5_001, id="a rise"),
        pytest.param([(5_000, 0, METER), (85_000, 86_400, METER)], 85_000, id="80 kWh after a day of silence"),
        pytest.param([(5_000, 0, METER), (85_000, 60, METER)], 5_000, id="80 kWh in a minute is no use"),
        pytest.param([(999_999_998, 0, METER), (3, 10, METER)], 1_000_000_003, id="nine digits are full"),
        pytest.param([(99_999_998, 0, METER), (3, 10, METER)], 100_000_003, id="eight digits are full"),
        pytest.param([(20_000_000, 0, METER), (12_000, 600, OTHER)], 20_000_000, id="a new meter"),
        pytest.param([(20_000_000, 0, METER), (20_000_100, 600, OTHER)], 20_000_000, id="another one near in index"),
        pytest.param([(20_000_000, 0, METER), (12_000, 600, METER)], 20_000_000, id="indexes set anew"),
        pytest.param(
            [(5_000_000, 0, METER), (25_000_000, 10, METER), (25_000_002, 12, METER)], 5_000_002, id="BASE to EAST"
        ),
        pytest.param([(5_000, 0, None), (5_001, 2, METER)], 5_001, id="the address is learnt later"),
        pytest.param([(5_000, 0, METER), (5_001, 2, None)], 5_001, id="the address is not told"),
        pytest.param([(5_000, 0, METER), (5_001, 2, METER.lstrip("0"))], 5_001, id="a bridge lost the leading zero"),
        pytest.param([(5_000, 0, METER), (5_001, -3600, METER), (5_002, -3598, METER)], 5_002, id="a clock set back"),
    ],
)
def test_what_is_shown(told: list[tuple[int, float, str | None]], shown: int) -> None:
    assert after(*told).shown == shown


def test_it_says_when_it_is_not_what_the_meter_displays() -> None:
    register = after((5_000, 0, METER))
    assert register.shift == 0
    register.take(12, 1, OTHER)
    assert register.shift == 4_988


def test_it_outlives_a_restart() -> None:
    register = after((20_000_000, 0, METER), (12_000, 600, OTHER))
    again = Register.restore(json.loads(json.dumps(register.dump())))
    assert again == register
    assert again.take(12_010, 620, OTHER) == 20_000_010


@given(st.lists(st.tuples(st.integers(0, 999_999_999), st.floats(0, 600), st.sampled_from([METER, OTHER, None]))))
def test_it_never_falls_and_never_leaps(steps: list[tuple[int, float, str | None]]) -> None:
    register = Register()
    at = 0.0
    for told, seconds, meter in steps:
        before = register.shown
        at += seconds
        shown = register.take(told, at, meter)
        assert before is None or 0 <= shown - before <= 15 + 54_000 * seconds / 3600 + 1
