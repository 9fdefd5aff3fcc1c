"""The recorder benchmark: its day is the one that it claims, its clocks are seen by all, its sums are right."""

import asyncio
import time

from homeassistant.util import dt as dt_util
import pytest

from benchmarks.recorder import STEP_VA, Clock, Result, measure
from benchmarks.winter_day import CYCLING, START, Day
from custom_components.linky_offload.pace import Publishing
from custom_components.linky_offload.tic import Decoder


def test_a_frame_tells_the_power_that_is_taken_for_true() -> None:
    day = Day(1)
    decoder = Decoder()
    for _ in range(30):
        told, frame = day.second()
        groups = {group.label: group.data for group in decoder.feed(frame)}
        assert int(groups["SINSTS"]) == told
        assert int(groups["EAST"]) == day.import_wh
    assert decoder.stats.damaged == 0


def test_the_appliances_that_cycle_make_more_steps_than_are_asked_for() -> None:
    steps = 0
    before = False
    for second in range(86_400):
        on = any(one.at(second) is not None and one.power.s_va >= STEP_VA for one in CYCLING)
        steps += on is not before
        before = on
    assert steps >= 400


def test_the_clocks_jump_together_and_come_back() -> None:
    real = time.time()

    async def jump() -> None:
        loop = asyncio.get_running_loop()
        clock = Clock()
        rung: list[float] = []
        with clock.installed():
            clock.begin()
            assert abs(dt_util.utcnow() - START).total_seconds() < 1
            began = loop.time()
            loop.call_at(began + 3000, lambda: rung.append(loop.time()))
            clock.reach(3600)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            assert rung
            assert loop.time() - began == pytest.approx(3600, abs=1)
            assert (dt_util.utcnow() - START).total_seconds() == pytest.approx(3600, abs=1)
            clock.reach(60)
            assert loop.time() - began >= 3600, "clocks never go back"

    asyncio.run(jump())
    assert time.time() - real < 60


def test_the_figures_are_those_of_a_whole_day() -> None:
    result = Result(
        seconds=8640,
        steps=5,
        rows={"states": 90, "state_attributes": 8, "events": 2},
        states={},
        sensors=10,
        error_rms_va=50,
        true_rms_va=2000,
        energy_error_wh=0,
    )
    assert (result.rows_per_day, result.statistics_per_day, result.rms_percent) == (1000, 3120, 2.5)


@pytest.fixture
def verify_cleanup() -> None:
    """Replace the watch over a test's own Home Assistant: the benchmark stops its own."""


def test_economy_writes_less_than_live_and_neither_loses_energy() -> None:
    live = asyncio.run(measure(Publishing.LIVE, 60, 1))
    economy = asyncio.run(measure(Publishing.ECONOMY, 60, 1))
    assert live.rms_percent == 0
    assert live.rows["states"] > 5 * economy.rows["states"] > 0
    assert (live.energy_error_wh, economy.energy_error_wh) == (0, 0)
