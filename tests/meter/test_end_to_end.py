"""From the bytes of a simulated meter, at the pace of its line, to readings; beside what the meter really did."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import takewhile

import pytest

from custom_components.linky_offload.meter import TRIP_RATIO, Meter, Quantity, Reading, seconds_to_trip
from custom_components.linky_offload.tic import Decoder, Mode
from simulator.frames import FrameStream
from simulator.line import Line
from simulator.meter import SimulatedMeter
from simulator.power import DARK, Power
from simulator.state import MeterKind
from simulator.tariff import Calendar, TariffKind
from simulator.tic import Mode as WireMode
from tests.meter.feed import OLD_ONE_PHASE, PARIS

type House = Callable[[int], tuple[Power, ...]]


@dataclass(frozen=True, slots=True)
class Seen:
    """A reading and the filters of the meter at that moment, (S/P)² per phase."""

    reading: Reading
    real_y: tuple[float, ...]


class Bench:
    """A simulated meter, its line, the decoder and the meter room. ``past`` keeps the powers of the latest seconds."""

    def __init__(self, simulated: SimulatedMeter, house: House, *, bit_error_rate: float = 0.0) -> None:
        self.simulated = simulated
        self.house = house
        self.meter = Meter(local_tz=PARIS)
        self.decoder = Decoder()
        self.past: list[tuple[float, ...]] = [(0.0,) * simulated.phases]
        self._line = Line(FrameStream(simulated.state), bit_error_rate=bit_error_rate, seed=7)

    def run(self) -> Iterator[Seen]:
        """Every reading that the meter room makes, for ever."""
        now = 0.0
        for chunk in self._line:
            now += chunk.delay_s
            while self.simulated.elapsed_s <= now:
                self.simulated.step(self.house(self.simulated.elapsed_s))
                self.past.append(tuple(power.import_va for power in self.simulated.powers))
            for group in self.decoder.feed(chunk.data):
                reading = self.meter.apply(group, now)
                if reading is not None:
                    share = self.simulated.breaker.share_va
                    yield Seen(reading, tuple(phase.y / share**2 for phase in self.simulated.breaker.filters))

    def for_seconds(self, seconds: float) -> list[Seen]:
        """The readings of the first ``seconds``."""
        return list(takewhile(lambda seen: seen.reading.now < seconds, self.run()))


def resistive(*watts: float) -> tuple[Power, ...]:
    return tuple(Power(w) for w in watts)


def one_phase_house(second: int) -> tuple[Power, ...]:
    """A base load, a heater from 20 s on, an oven that cycles by 30 s."""
    return resistive(400 + (2500 if second > 20 else 0) + (3800 if second % 60 < 30 else 0))


def three_phase_house(second: int) -> tuple[Power, ...]:
    return resistive(300, 1500 + (1000 if second % 40 < 20 else 0), 3000 if second > 30 else 100)


CASES = [
    pytest.param(
        lambda: SimulatedMeter(contract_kva=6, mode=WireMode.STANDARD), one_phase_house, 0.02, id="standard, one phase"
    ),
    pytest.param(
        lambda: SimulatedMeter(contract_kva=12, phases=3, mode=WireMode.STANDARD),
        three_phase_house,
        0.02,
        id="standard, three phases",
    ),
    pytest.param(
        lambda: SimulatedMeter(contract_kva=6, mode=WireMode.HISTORIC, calendar=Calendar(kind=TariffKind.TEMPO)),
        one_phase_house,
        0.04,
        id="historic, one phase, the slowest frame",
    ),
    pytest.param(
        lambda: SimulatedMeter(contract_kva=12, phases=3, mode=WireMode.HISTORIC),
        three_phase_house,
        0.12,
        id="historic, three phases, shared by whole amperes",
    ),
]


@pytest.mark.parametrize(("build", "house", "tolerance"), CASES)
def test_the_filter_stays_with_that_of_the_meter(
    build: Callable[[], SimulatedMeter], house: House, tolerance: float
) -> None:
    bench = Bench(build(), house)
    bench.simulated.settle(house(0))
    seen = bench.for_seconds(300)
    compared = 0
    for moment in seen:
        for phase, real in zip(moment.reading.phases, moment.real_y, strict=False):
            if phase.trip_y is not None:
                compared += 1
                assert phase.trip_y == pytest.approx(real, abs=tolerance)
    assert compared > 200


def test_a_cold_filter_is_found_by_the_daily_maximum_where_the_load_alone_would_mislead() -> None:
    bench = Bench(SimulatedMeter(contract_kva=6, mode=WireMode.STANDARD), lambda _: resistive(7500))
    seen = bench.for_seconds(10)
    last = seen[-1]
    assert last.reading.phases[0].trip_y == pytest.approx(last.real_y[0], abs=0.03)
    assert last.real_y[0] < 0.2


@pytest.mark.parametrize("phases", [1, 3])
@pytest.mark.parametrize("mode", list(WireMode))
def test_the_trip_is_foreseen_to_the_second_or_nearly(mode: WireMode, phases: int) -> None:
    share = 6000.0

    def house(second: int) -> tuple[Power, ...]:
        return resistive(*(share * ratio for ratio in (1.6 if second >= 20 else 0.8, 0.2, 0.2)[:phases]))

    bench = Bench(SimulatedMeter(contract_kva=6 * phases, phases=phases, mode=mode), house)
    bench.simulated.settle(house(0))
    forecasts: list[float] = []
    for seen in bench.run():
        if bench.simulated.breaker.is_open:
            break
        phase = seen.reading.phases[0] if seen.reading.phases else None
        if phase is not None and phase.trip_y is not None and phase.power_va is not None and seen.reading.now > 50:
            forecasts.append(seen.reading.now + seconds_to_trip(phase.trip_y, phase.power_va / share))
    trip = bench.simulated.breaker.trips[0].elapsed_s
    assert trip > 60
    assert len(forecasts) > 10
    # Historic currents of three phases are whole amperes: half an ampere of 1.6 × P is some seconds of forecast.
    tolerance = 12 if mode is WireMode.HISTORIC and phases == 3 else 4
    assert all(forecast == pytest.approx(trip, abs=tolerance) for forecast in forecasts)


def test_the_meter_that_opens_says_so_and_its_filter_decays() -> None:
    bench = Bench(SimulatedMeter(contract_kva=6, mode=WireMode.STANDARD), lambda _: resistive(24_000))
    seen = bench.for_seconds(60)
    opened = [moment for moment in seen if moment.reading.breaker == "overpower"]
    assert opened
    assert opened[-1].reading.phases[0].power_va == 0
    assert opened[-1].reading.phases[0].trip_y == pytest.approx(opened[-1].real_y[0], abs=0.05)


@pytest.mark.parametrize("mode", list(WireMode))
def test_a_damaged_line_shows_no_wrong_power(mode: WireMode) -> None:
    bench = Bench(SimulatedMeter(contract_kva=6, mode=mode), one_phase_house, bit_error_rate=2e-3)
    shown = 0
    for moment in bench.run():
        if moment.reading.now > 240:
            break
        if not moment.reading.power_changed:
            continue
        shown += 1
        recent = {round(power[0], -1) for power in bench.past[-7:]}
        power = moment.reading.phases[0].power_va
        assert power is not None
        if not moment.reading.phases[0].estimated:
            assert round(power, -1) in recent
    assert bench.decoder.stats.checksum_errors + bench.decoder.stats.parity_errors > 100
    assert shown > 20


def test_short_frames_give_the_currents_of_an_overload_at_their_own_pace() -> None:
    bench = Bench(
        SimulatedMeter(contract_kva=12, phases=3, mode=WireMode.HISTORIC),
        lambda second: resistive(500, 500, 500 if second < 20 else 5300),
    )
    warned: list[float] = []
    for moment in bench.run():
        reading = moment.reading
        if reading.now > 60:
            break
        if reading.over_reference:
            warned.append(reading.now)
            assert Quantity.WARNING_CURRENT_3 in reading.values
    assert 20 < warned[0] < 23
    final = bench.meter.reading(60)
    assert final.over_reference is True
    assert final.phases[2].power_va == pytest.approx(5300, rel=0.05)


def test_an_old_meter_is_read_by_its_current() -> None:
    bench = Bench(
        SimulatedMeter(contract_kva=9, mode=WireMode.HISTORIC, kind=MeterKind.CBEMM, address=OLD_ONE_PHASE),
        lambda _: resistive(2300),
    )
    reading = bench.for_seconds(20)[-1].reading
    assert reading.address == OLD_ONE_PHASE
    assert reading.phases[0].estimated
    assert reading.phases[0].power_va == pytest.approx(2300, abs=120)


def test_a_change_of_mode_is_followed_live() -> None:
    simulated = SimulatedMeter(contract_kva=9, mode=WireMode.HISTORIC, calendar=Calendar(kind=TariffKind.HC))
    bench = Bench(simulated, lambda _: resistive(2000))
    index = None
    for moment in bench.run():
        if moment.reading.now > 20 and simulated.mode is WireMode.HISTORIC:
            index = moment.reading.values[Quantity.IMPORT_INDEX_1].value
            simulated.mode = WireMode.STANDARD
        if moment.reading.now > 40:
            break
    reading = bench.meter.reading(40)
    assert reading.mode is Mode.STANDARD
    assert reading.contract_va == 9000
    assert Quantity.TARIFF_PERIOD not in reading.values
    later = reading.values[Quantity.IMPORT_INDEX_1].value
    assert isinstance(index, int)
    assert isinstance(later, int)
    assert index <= later <= index + 30
    assert reading.phases[0].trip_y == pytest.approx(simulated.breaker.filters[0].y / 9000**2, abs=0.01)


def test_a_home_that_exports_imports_nothing() -> None:
    bench = Bench(SimulatedMeter(contract_kva=6, mode=WireMode.STANDARD, producer=True), lambda _: resistive(-2500))
    reading = bench.for_seconds(10)[-1].reading
    assert reading.exporting is True
    assert reading.phases[0].power_va == 0
    assert reading.values[Quantity.APPARENT_POWER_EXPORT].value == 2500


def test_a_dark_home_draws_nothing_and_that_is_known() -> None:
    reading = Bench(SimulatedMeter(mode=WireMode.STANDARD), lambda _: (DARK,)).for_seconds(10)[-1].reading
    assert reading.phases[0].power_va == 0
    assert reading.phases[0].trip_y is not None
    assert reading.phases[0].trip_y < TRIP_RATIO / 100
