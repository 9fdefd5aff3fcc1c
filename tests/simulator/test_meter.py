"""What the meter measures, remembers and tells, one second after the other."""

from collections.abc import Sequence
from datetime import timedelta
import math

from hypothesis import given, settings, strategies as st
import pytest

from simulator.breaker import Cause
from simulator.meter import SimulatedMeter
from simulator.power import DARK, Power, modulated, of_motor, total
from simulator.registers import MeanRegister
from simulator.tariff import Calendar, TariffKind
from simulator.tic import Mode
from tests.simulator.samples import data, paris

WATTS = st.floats(-9000, 9000)
POWERS = st.builds(Power, WATTS, WATTS, st.floats(0, 4000))


def run(meter: SimulatedMeter, powers: Sequence[Power], seconds: int) -> None:
    for _ in range(seconds):
        meter.step(powers)


@given(POWERS)
def test_apparent_power_is_made_of_its_three_parts(power: Power) -> None:
    assert power.s_va**2 == pytest.approx(power.p_w**2 + power.q_var**2 + power.d_va**2)
    assert power.s_va >= abs(power.p_w) * (1 - 1e-12)
    assert abs(power.signed_va) == power.s_va


@given(st.floats(10, 5000), st.floats(0, 1))
def test_a_dimmed_load_costs_the_root_of_its_level(nominal_w: float, level: float) -> None:
    power = modulated(nominal_w, level)
    assert power.p_w == pytest.approx(nominal_w * level)
    assert power.s_va == pytest.approx(nominal_w * math.sqrt(level))


def test_a_dimmed_load_beside_an_export_shows_va_where_no_w_is() -> None:
    balance = total([modulated(2400, 0.5), Power(-1200)])
    assert balance.p_w == 0
    assert balance.s_va == pytest.approx(1200)


def test_a_motor_has_its_power_factor() -> None:
    power = of_motor(650, 0.65)
    assert power.s_va == pytest.approx(1000)


@pytest.mark.parametrize(
    ("powers", "import_va", "export_va", "exporting"),
    [
        pytest.param([Power(3000, 400)], 3026.5, 0, False, id="one phase importing"),
        pytest.param([Power(-3000, 400)], 0, 3026.5, True, id="one phase exporting"),
        pytest.param([Power(0, 500)], 500, 0, False, id="only reactive power counts as import"),
        pytest.param([Power(3000), Power(2000), Power(1000)], 6000, 0, False, id="three phases importing"),
        pytest.param([Power(-4000), Power(3000), Power(2000)], 1000, 0, False, id="one exports, the house imports"),
        pytest.param([Power(-4000), Power(1000), Power(2000)], 0, 1000, True, id="one exports, so does the house"),
    ],
)
def test_the_total_is_the_sum_of_signed_apparent_powers(
    powers: list[Power], import_va: float, export_va: float, exporting: bool
) -> None:
    meter = SimulatedMeter(phases=len(powers), contract_kva=9)
    meter.step(powers)
    state = meter.state()
    assert state.import_va == pytest.approx(import_va, abs=0.1)
    assert state.export_va == pytest.approx(export_va, abs=0.1)
    assert state.exporting is exporting


def test_an_exporting_phase_says_no_import_but_a_current() -> None:
    meter = SimulatedMeter(phases=3, contract_kva=9)
    meter.step([Power(-2300), Power(2300), Power(100)])
    first, second, _ = meter.state().phases
    assert (first.import_va, second.import_va) == (0, 2300)
    assert first.current_a == pytest.approx(10, rel=0.05)


def test_load_lowers_the_voltage_and_export_raises_it() -> None:
    meter = SimulatedMeter()
    idle_v = meter.voltage_v(0)
    meter.powers = (Power(6000),)
    loaded_v = meter.voltage_v(0)
    meter.powers = (Power(-6000),)
    assert loaded_v < idle_v - 2
    assert meter.voltage_v(0) > idle_v + 2
    assert meter.current_a(0) * meter.voltage_v(0) == pytest.approx(6000)


def test_energies_follow_the_active_power_under_the_index_in_force() -> None:
    meter = SimulatedMeter(calendar=Calendar(kind=TariffKind.HC), start=paris("2026-01-15 22:10:00"))
    run(meter, [Power(3600, 3000)], 1200)
    indexes = meter.indexes()
    assert indexes.import_wh == pytest.approx(1200)
    assert indexes.supplier_wh[:2] == pytest.approx((600, 600))
    assert indexes.distributor_wh == pytest.approx((0, 0, 600, 600))
    assert indexes.reactive_varh == pytest.approx((1000, 0, 0, 0))
    run(meter, [Power(-1800, -360)], 100)
    assert meter.indexes().export_wh == pytest.approx(50)
    assert meter.indexes().import_wh == pytest.approx(1200)
    assert meter.indexes().reactive_varh == pytest.approx((1000, 0, 10, 0))


@settings(max_examples=30)
@given(st.lists(st.tuples(POWERS, POWERS, POWERS), min_size=1, max_size=40))
def test_indexes_never_fall_and_only_one_way_moves(seconds: list[tuple[Power, Power, Power]]) -> None:
    meter = SimulatedMeter(phases=3, contract_kva=36, calendar=Calendar(kind=TariffKind.TEMPO))
    before = meter.indexes()
    for powers in seconds:
        meter.step(powers)
        after = meter.indexes()
        assert after.import_wh >= before.import_wh
        assert after.export_wh >= before.export_wh
        assert after.import_wh == before.import_wh or after.export_wh == before.export_wh
        assert sum(after.supplier_wh) == pytest.approx(after.import_wh)
        assert sum(after.distributor_wh) == pytest.approx(after.import_wh)
        before = after


def test_smaxsn_is_the_filtered_maximum_not_the_peak() -> None:
    meter = SimulatedMeter()
    run(meter, [Power(7000)], 60)
    run(meter, [Power(100)], 60)
    maximum = meter.state().import_maxima.today
    assert maximum is not None
    assert maximum.value == pytest.approx(7000 * math.sqrt(1 - 0.992**60))
    assert maximum.at == paris("2026-01-15 19:01:00")


def test_at_midnight_today_becomes_yesterday() -> None:
    meter = SimulatedMeter(phases=3, contract_kva=9, start=paris("2026-01-15 23:59:00"))
    run(meter, [Power(2000)] * 3, 59)
    evening = meter.state()
    assert evening.import_maxima.yesterday is None
    run(meter, [Power(0)] * 3, 1)
    state = meter.state()
    assert state.import_maxima.yesterday == evening.import_maxima.today
    assert state.phases[2].max_yesterday == evening.phases[2].max_today
    assert state.import_maxima.today is not None
    assert state.import_maxima.today.at == paris("2026-01-16 00:00:00")


def test_points_of_the_load_curve_are_means_of_half_an_hour() -> None:
    meter = SimulatedMeter(start=paris("2026-01-15 19:00:00"))
    run(meter, [Power(1000, 800)], 900)
    run(meter, [Power(3000)], 899)
    assert meter.state().import_maxima.point is None
    run(meter, [Power(3000)], 1)
    point = meter.state().import_maxima.point
    assert point is not None
    assert point.value == pytest.approx(2000)
    assert point.at == paris("2026-01-15 19:30:00")
    assert meter.state().export_maxima.point is not None


def test_a_mean_keeps_the_period_before() -> None:
    register = MeanRegister(10)
    start = paris("2026-01-15 12:00:00")
    for second in range(1, 1201):
        register.take(230 if second <= 600 else 240, start + timedelta(seconds=second))
    assert register.last is not None
    assert register.previous is not None
    assert (register.previous.value, register.last.value) == (230, 240)


def test_the_clock_is_legal_time_over_the_change_of_season() -> None:
    meter = SimulatedMeter(start=paris("2026-10-25 02:59:59"))
    assert {g.label: g.horodate for g in meter.groups()}["DATE"] == "E261025025959"
    run(meter, [DARK], 1)
    assert {g.label: g.horodate for g in meter.groups()}["DATE"] == "H261025020000"


def test_an_overload_opens_the_meter_and_the_house_is_dark_until_it_is_closed() -> None:
    meter = SimulatedMeter(contract_kva=6)
    run(meter, [Power(12000)], 68)
    assert not meter.breaker.is_open
    run(meter, [Power(12000)], 2)
    state = meter.state()
    assert state.breaker is Cause.OVERPOWER
    assert data(meter.groups())["SINSTS"] == "00000"
    energy_wh = meter.indexes().import_wh
    run(meter, [Power(12000)], 10)
    assert meter.indexes().import_wh == energy_wh
    meter.reclose()
    run(meter, [Power(1000)], 1)
    assert data(meter.groups())["SINSTS"] == "01000"
    assert (int(data(meter.groups())["STGE"], 16) >> 1) & 7 == 0


def test_export_neither_heats_the_filter_nor_opens_the_meter() -> None:
    meter = SimulatedMeter(contract_kva=3, producer=True)
    run(meter, [Power(-9000)], 600)
    assert meter.breaker.margins() == (1.0,)
    exported = meter.state().export_maxima.today
    assert exported is not None
    assert exported.value == pytest.approx(9000, rel=0.01)


def test_a_settled_meter_begins_where_hours_of_its_load_lead() -> None:
    meter = SimulatedMeter(contract_kva=6)
    meter.settle([Power(4800)])
    assert meter.breaker.filters[0].va == pytest.approx(4800)


def test_a_frame_comes_in_the_mode_of_the_moment() -> None:
    meter = SimulatedMeter(mode=Mode.HISTORIC)
    assert meter.frame().startswith(b"\x02\nADCO 041961999999")
    meter.mode = Mode.STANDARD
    assert meter.frame().startswith(b"\x02\nADSC\t041961999999")


def test_the_dry_contact_closes_in_off_peak_hours() -> None:
    meter = SimulatedMeter(calendar=Calendar(kind=TariffKind.HC), start=paris("2026-01-15 22:19:59"))
    before = data(meter.groups())
    run(meter, [DARK], 1)
    after = data(meter.groups())
    assert (before["RELAIS"], int(before["STGE"], 16) & 1) == ("000", 1)
    assert (after["RELAIS"], int(after["STGE"], 16) & 1) == ("001", 0)


def test_messages_and_a_new_contract_show_on_the_wire() -> None:
    meter = SimulatedMeter()
    meter.set_message(long="COUPURE DEMAIN", short="VOIR MESSAGE")
    meter.set_contract(9)
    sent = data(meter.groups())
    assert sent["MSG1"].rstrip() == "COUPURE DEMAIN"
    assert sent["MSG2"].rstrip() == "VOIR MESSAGE"
    assert (sent["PREF"], sent["PCOUP"]) == ("09", "09")
    run(meter, [Power(11000)], 900)
    assert not meter.breaker.is_open


def test_one_seed_one_meter() -> None:
    voltages = [SimulatedMeter(seed=seed).voltage_v(0) for seed in (1, 1, 2)]
    assert voltages[0] == voltages[1] != voltages[2]
