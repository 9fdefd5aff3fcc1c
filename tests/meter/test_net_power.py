"""The signed power of the home and its surplus, with and without a producer's contract."""

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given, strategies as st
import pytest

from custom_components.linky_offload.meter import Mode, Quantity
from custom_components.linky_offload.meter.active_power import Banded
from custom_components.linky_offload.meter.net_power import net_power, surplus

from .readings import reading

S, I1, U1 = Quantity.APPARENT_POWER, Quantity.CURRENT_1, Quantity.VOLTAGE_1


@pytest.mark.parametrize(
    ("values", "exporting", "net"),
    [
        pytest.param({}, None, None, id="nothing told"),
        pytest.param({S: 1500, I1: 7, U1: 230}, False, Banded(1500, 0.5), id="import"),
        pytest.param(
            {S: 0, Quantity.APPARENT_POWER_EXPORT: 800, I1: 4}, True, Banded(-800, 0.5), id="a producer exports"
        ),
        pytest.param({S: 300, Quantity.APPARENT_POWER_EXPORT: 0}, False, Banded(300, 0.5), id="a producer imports"),
        pytest.param({S: 0, Quantity.APPARENT_POWER_EXPORT: 0}, False, Banded(0, 0.5), id="a producer in balance"),
        pytest.param({S: 0, I1: 0, U1: 230}, False, Banded(0, 0.5), id="nothing flows"),
        pytest.param({S: 0, I1: 4, U1: 240}, True, Banded(-960, 122), id="STGE bit 9, 4 A at 240 V"),
        pytest.param({S: 0, I1: 4}, True, Banded(-920, 207), id="without a voltage"),
        pytest.param({S: 0, I1: 0, U1: 240}, True, Banded(-60, 60), id="less than half an ampere"),
        pytest.param({S: 0}, True, None, id="no current to tell how much"),
    ],
)
def test_one_phase(values: Mapping[Quantity, float], exporting: bool | None, net: Banded | None) -> None:
    assert net_power(reading(values, exporting=exporting)) == net


@pytest.mark.parametrize(
    ("values", "net"),
    [
        pytest.param({S: 690, I1: 3}, Banded(690, 0.5), id="import"),
        pytest.param({S: 0, I1: 5}, Banded(-1150, 230), id="0 VA beside 5 A is an export"),
        pytest.param({S: 0, I1: 0}, Banded(0, 0.5), id="0 VA and 0 A"),
        pytest.param({S: 0}, None, id="0 VA and no current told"),
    ],
)
def test_historic_mode_has_no_bit_9(values: Mapping[Quantity, float], net: Banded | None) -> None:
    assert net_power(reading(values, mode=Mode.HISTORIC)) == net


def test_the_first_zero_beside_a_current_may_be_a_house_that_went_dark() -> None:
    view = reading({S: 0, I1: 45}, mode=Mode.HISTORIC)
    assert net_power(view, still_zero=False) is None
    assert net_power(reading({S: 0, I1: 45, U1: 230}, exporting=True), still_zero=False) is not None


THREE = {
    S: 0,
    Quantity.APPARENT_POWER_1: 0,
    Quantity.APPARENT_POWER_2: 400,
    Quantity.APPARENT_POWER_3: 0,
    I1: 5,
    Quantity.CURRENT_2: 2,
    Quantity.CURRENT_3: 1,
    U1: 230,
    Quantity.VOLTAGE_2: 230,
    Quantity.VOLTAGE_3: 230,
}


def test_phases_that_import_take_from_those_that_export() -> None:
    assert net_power(reading(THREE, phases=3, exporting=True)) == Banded(-1150 + 400 - 230, 2 * 115 + 6 * 0.5)


def test_three_phases_in_historic_mode_may_cancel_out() -> None:
    values = {S: 0, I1: 5, Quantity.CURRENT_2: 5, Quantity.CURRENT_3: 0}
    assert net_power(reading(values, phases=3, mode=Mode.HISTORIC)) is None


def test_an_old_value_says_nothing() -> None:
    view = reading({S: 0, I1: 4, U1: 230}, exporting=True, now=100)
    assert net_power(replace(view, now=105)) is not None
    assert net_power(replace(view, now=120)) is None
    assert net_power(replace(view, now=120, cadence_s=10)) is not None


@pytest.mark.parametrize(
    ("net", "told"),
    [
        pytest.param(None, None, id="unknown"),
        pytest.param(Banded(500, 1), Banded(0, 0), id="import"),
        pytest.param(Banded(-500, 100), Banded(500, 100), id="export"),
    ],
)
def test_the_surplus(net: Banded | None, told: Banded | None) -> None:
    assert surplus(net) == told


@given(st.floats(1, 9000), st.floats(207, 253))
def test_the_true_export_is_within_what_is_told(watts: float, volts: float) -> None:
    values = {S: 0, I1: round(watts / volts), U1: round(volts)}
    net = net_power(reading(values, exporting=True))
    assert net is not None
    assert abs(net.value + watts) <= net.error + 0.5 * values[I1] + 0.5
    historic = net_power(reading({S: 0, I1: values[I1]}, mode=Mode.HISTORIC))
    assert historic is not None
    assert values[I1] == 0 or abs(historic.value + watts) <= historic.error + 12
