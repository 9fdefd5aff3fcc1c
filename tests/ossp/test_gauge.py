"""What a plug measures: put right, believed where it is possible, and summed up without ever falling."""

from hypothesis import given, strategies as st
import pytest

from custom_components.linky_offload.ossp.gauge import GLITCHES, Calibration, Correction, Gauge, Measures
from custom_components.linky_offload.ossp.wire import PlugState

GOOD = {"voltage": 230.0, "current": 10.0, "power": 2300.0, "power_factor": 1.0}


def state(**measures: float | None) -> PlugState:
    return PlugState(outputs={2: True}, **measures)  # type: ignore[arg-type]


def test_energy_is_the_integral_of_power() -> None:
    gauge = Gauge()
    for second in range(0, 3601, 2):
        gauge.take(state(**GOOD), second)
    assert gauge.energy_wh == pytest.approx(2300)
    assert gauge.seconds == 3600


@pytest.mark.parametrize(
    ("powers", "wh"),
    [
        pytest.param([(0, 0.0), (10, 3600.0)], 5.0, id="a ramp is its mean"),
        pytest.param([(0, 3600.0), (31, 3600.0)], 0.0, id="nobody knows a long pause"),
        pytest.param([(0, 3600.0), (0, 3600.0)], 0.0, id="no time passed"),
        pytest.param([(0, -3.0), (10, -3.0)], 0.0, id="a small negative reading draws nothing"),
        pytest.param([(0, 3600.0), (5, None), (10, 3600.0)], 10.0, id="one sample without a power"),
    ],
)
def test_what_is_summed_up(powers: list[tuple[float, float | None]], wh: float) -> None:
    gauge = Gauge()
    for at, power in powers:
        gauge.take(state(power=power), at)
    assert gauge.energy_wh == pytest.approx(wh)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"voltage": 0.0}, id="no voltage"),
        pytest.param({"voltage": -12.0}, id="a negative voltage"),
        pytest.param({"voltage": 400.0}, id="a voltage of no home"),
        pytest.param({"current": 500.0}, id="a current of no plug"),
        pytest.param({"power": 30_000.0}, id="a power of no plug"),
        pytest.param({"current": 0.1}, id="a power that the current denies"),
        pytest.param({"power_factor": 3.0}, id="a power factor above 1"),
    ],
)
def test_an_impossible_sample_is_left_out_and_three_in_a_row_are_a_fault(wrong: dict[str, float]) -> None:
    gauge = Gauge()
    gauge.take(state(**GOOD), 0)
    gauge.take(state(**GOOD), 2)
    counted = gauge.energy_wh
    for turn in range(1, GLITCHES + 1):
        assert gauge.now == Measures(**GOOD)
        gauge.take(state(**(GOOD | wrong)), 2 + 2 * turn)
        assert gauge.faulty is (turn == GLITCHES)
    assert gauge.now == Measures()
    assert gauge.energy_wh == counted, "a glitch takes nothing away"
    gauge.take(state(**GOOD), 10)
    assert (gauge.faulty, gauge.now) == (False, Measures(**GOOD))
    assert gauge.energy_wh > counted


def test_what_a_plug_does_not_measure_is_unknown_and_no_fault() -> None:
    gauge = Gauge()
    for second in range(5):
        gauge.take(state(), second)
    assert (gauge.now, gauge.faulty) == (Measures(), False)


def test_each_measure_has_its_own_correction() -> None:
    gauge = Gauge(Calibration(voltage=Correction(1.1, -3), current=Correction(0.5), power=Correction(1.0, -20)))
    gauge.take(state(voltage=200.0, current=4.0, power=400.0), 0)
    assert gauge.now.voltage == pytest.approx(217)
    assert (gauge.now.current, gauge.now.power) == (2.0, 380.0)


def test_a_plug_that_went_is_unknown_and_its_absence_not_summed_up() -> None:
    gauge = Gauge()
    gauge.take(state(**GOOD), 0)
    gauge.interrupt()
    assert gauge.now == Measures()
    gauge.take(state(**GOOD), 10)
    assert gauge.energy_wh == 0


@given(st.lists(st.tuples(st.floats(0, 60), *(st.none() | st.floats(-1e6, 1e6) for _ in range(4))), max_size=40))
def test_energy_never_falls_nor_rises_faster_than_a_plug_can_draw(
    samples: list[tuple[float, float | None, float | None, float | None, float | None]],
) -> None:
    gauge, now, before = Gauge(), 0.0, 0.0
    for passed, voltage, current, power, factor in samples:
        now += passed
        gauge.take(state(voltage=voltage, current=current, power=power, power_factor=factor), now)
        assert before <= gauge.energy_wh <= before + 25_000 * passed / 3600 + 1e-6 + 25_000 * 30 / 3600
        before = gauge.energy_wh
