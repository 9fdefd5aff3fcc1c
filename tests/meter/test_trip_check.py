"""Every day the trip model is held against the meter's own filter, by the maximum that the meter tells of yesterday."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from custom_components.linky_offload.meter import Meter, Quantity, Reading
from custom_components.linky_offload.meter.trip_check import WARM_S, TripCheck
from custom_components.linky_offload.tic import Decoder
from simulator.breaker import PowerFilter
from simulator.frames import FrameStream
from simulator.line import Line
from simulator.meter import SimulatedMeter
from simulator.power import Power
from tests.meter.feed import PARIS

EVENING = datetime(2026, 1, 15, 23, 46, tzinfo=PARIS)
MIDNIGHT_S = 14 * 60
PEAK_S = range(660, 780)
SHARE_VA = 6000.0


def load_va(second: int, phase: int = 1) -> float:
    """A base, a heater that comes and goes, and the highest power of the day a few minutes before its end."""
    heater = 2400.0 if second % 90 < 30 + 10 * phase else 0.0
    return 300.0 + 100 * phase + heater + (3000.0 if second in PEAK_S else 0.0)


class Evening:
    """One phase sampled every second up to midnight, and the filter of the meter itself."""

    def __init__(self, *, silent: range = range(0), lost_at: int | None = None, load: Callable[[int], float] = load_va):
        self.check = TripCheck()
        self.check.arrange(1)
        real = PowerFilter()
        self.maximum, self.peak_at = 0.0, EVENING
        for second in range(MIDNIGHT_S):
            real.step(load(second))
            clock = EVENING + timedelta(seconds=second)
            if real.va > self.maximum:
                self.maximum, self.peak_at = real.va, clock
            if second == lost_at:
                self.check.lose_line()
            if second not in silent:
                self.check.tell_clock(clock, float(second))
                self.check.observe(1, load(second), SHARE_VA, float(second))
        self.check.tell_clock(EVENING + timedelta(seconds=MIDNIGHT_S), float(MIDNIGHT_S))

    def verdict(self, *, factor: float = 1.0) -> float | None:
        """What is said of the maximum that the meter tells, times ``factor``."""
        return self.check.tell_maximum(1, round(self.maximum * factor), self.peak_at)


def test_the_model_agrees_with_the_meter() -> None:
    assert Evening().verdict() == pytest.approx(0, abs=0.5)


def test_a_meter_with_another_filter_is_found_out() -> None:
    assert Evening().verdict(factor=1.1) == pytest.approx(-9, abs=1)


def test_the_verdict_is_given_once_a_day() -> None:
    evening = Evening()
    assert evening.verdict() is not None
    assert evening.verdict() is None


@pytest.mark.parametrize(
    "evening",
    [
        pytest.param(lambda: Evening(lost_at=600), id="line lost before the maximum"),
        pytest.param(lambda: Evening(lost_at=740), id="line lost while it built up"),
        pytest.param(lambda: Evening(silent=range(700, 720)), id="a gap while it built up"),
        pytest.param(lambda: Evening(load=lambda second: 9000.0 if second < 60 else 100.0), id="filter not known yet"),
        pytest.param(lambda: Evening(load=lambda _: 20.0), id="too small for a percentage"),
    ],
)
def test_a_maximum_that_was_not_followed_gives_no_verdict(evening: Callable[[], Evening]) -> None:
    assert evening().verdict() is None


def test_a_line_lost_after_the_maximum_changes_nothing() -> None:
    assert Evening(lost_at=820).verdict() == pytest.approx(0, abs=0.5)


def test_a_maximum_of_an_older_day_gives_no_verdict() -> None:
    evening = Evening()
    assert evening.check.tell_maximum(1, round(evening.maximum), evening.peak_at - timedelta(days=1)) is None


def test_the_filter_is_trusted_only_when_its_beginning_is_forgotten() -> None:
    assert PEAK_S.start > WARM_S


@pytest.mark.parametrize("phases", [1, 3])
def test_from_the_bytes_of_a_meter(phases: int) -> None:
    simulated = SimulatedMeter(contract_kva=6 * phases, phases=phases, start=EVENING)
    meter, decoder, now = Meter(local_tz=PARIS), Decoder(), 0.0
    line = iter(Line(FrameStream(simulated.state), chunk_bytes=256))

    def run(until: float) -> Reading:
        nonlocal now
        while now < until:
            chunk = next(line)
            now += chunk.delay_s
            while simulated.elapsed_s <= now:
                second = simulated.elapsed_s
                simulated.step([Power(load_va(second, phase)) for phase in range(1, phases + 1)])
            for group in decoder.feed(chunk.data):
                meter.apply(group, now)
        return meter.reading(now)

    assert Quantity.TRIP_MODEL_ERROR not in run(MIDNIGHT_S - 5).values
    verdict = run(MIDNIGHT_S + 10).values[Quantity.TRIP_MODEL_ERROR]
    assert isinstance(verdict.value, float)
    assert abs(verdict.value) <= 2.0
    assert verdict.horodate is not None
    assert verdict.horodate.date() == EVENING.date()
