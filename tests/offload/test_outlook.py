"""What a countdown shows: the moment at which the present wait of a load is over."""

from collections.abc import Callable

import pytest

from custom_components.linky_offload.offload import Cause, LoadStatus, Profile, Reason

from .common import LEAD_S, Bench, plug, steps

OVERLOAD = steps((0, 500), (10, 5500), (60, 500))
"""With a heater of 2 kVA: too much for a 6 kVA contract, and room again from 60 s on."""


def heater_cut_until_60(**settings: float) -> Bench:
    return Bench(plug("heater", 2000, **settings), base=OVERLOAD, profile=Profile.STRICT)


def delayed() -> Bench:
    return Bench(plug("heater", 2000, measured=True), base=steps((0, 500), (10, 4500)), contract_delay_s=60).run(30)


def silent() -> Bench:
    bench = heater_cut_until_60().run(40)
    bench.mute(muted=True)
    return bench.run(50)


def held() -> Bench:
    bench = Bench(plug("heater", 2000)).run(10)
    bench.take(bench.arbiter.hold("heater", 600, bench.now))
    return bench.run(12)


def excluded() -> Bench:
    bench = Bench(plug("heater", 2000)).run(10)
    bench.take(bench.arbiter.exclude("heater", 600, bench.now))
    return bench.run(12)


def asked_off() -> Bench:
    bench = Bench(plug("heater", 2000)).run(10)
    bench.take(bench.arbiter.offload("heater", bench.now, 600))
    return bench.run(30)


def timed() -> Bench:
    bench = Bench(plug("heater", 2000, auto_off_s=900.0, on=False)).run(10)
    bench.switch("heater", on=True, cause=Cause.ORDER)
    return bench.run(20)


@pytest.mark.parametrize(
    ("bench", "status", "reason", "at"),
    [
        pytest.param(delayed, LoadStatus.WAITING, Reason.DELAY_BEFORE, 71 - LEAD_S, id="the delay before it is cut"),
        pytest.param(
            lambda: heater_cut_until_60(minimum_off_s=300.0).run(80),
            LoadStatus.OFFLOADED,
            Reason.MINIMUM_OFF,
            312,
            id="its minimum time off",
        ),
        pytest.param(
            lambda: heater_cut_until_60(delay_after_s=120.0).run(90),
            LoadStatus.OFFLOADED,
            Reason.DELAY_AFTER,
            181,
            id="the delay before it returns",
        ),
        pytest.param(silent, LoadStatus.OFFLOADED, Reason.METER_SILENT, 940, id="the hold while the meter is silent"),
        pytest.param(held, LoadStatus.HELD, Reason.HAND, 610, id="a hold"),
        pytest.param(excluded, LoadStatus.HELD, Reason.EXCLUDED, 610, id="an exclusion"),
        pytest.param(asked_off, LoadStatus.OFFLOADED, None, 610, id="an offload on request"),
        pytest.param(timed, LoadStatus.NORMAL, Reason.NONE, 910, id="its own timer"),
    ],
)
def test_a_wait_that_the_clock_ends(
    bench: Callable[[], Bench], status: LoadStatus, reason: Reason | None, at: float
) -> None:
    report = bench().report("heater")
    assert report.status is status
    assert reason is None or report.reason is reason
    assert report.next_at == pytest.approx(at, abs=2.5)


@pytest.mark.parametrize(
    ("bench", "status"),
    [
        pytest.param(lambda: Bench(plug("heater", 2000)).run(10), LoadStatus.NORMAL, id="nothing is awaited"),
        pytest.param(
            lambda: Bench(plug("heater", 2000), base=steps((0, 500), (10, 5500)), profile=Profile.STRICT).run(200),
            LoadStatus.OFFLOADED,
            id="room is awaited",
        ),
    ],
)
def test_what_only_the_house_can_end_has_no_time(bench: Callable[[], Bench], status: LoadStatus) -> None:
    report = bench().report("heater")
    assert report.status is status
    assert report.next_at is None


def test_an_exclusion_without_end_has_no_time() -> None:
    bench = Bench(plug("heater", 2000)).run(10)
    bench.take(bench.arbiter.exclude("heater", None, bench.now))
    assert bench.run(12).report("heater").next_at is None


def test_a_load_that_is_taken_out_of_service_is_back_at_the_latest_then() -> None:
    bench = Bench(plug("heater", 2000), base=steps((0, 500), (10, 5500)), profile=Profile.STRICT).run(100)
    assert bench.report("heater").status is LoadStatus.OFFLOADED
    bench.take(bench.arbiter.configure(bench.settings, [], bench.now))
    report = bench.run(110).report("heater")
    assert report.next_at == pytest.approx(1000, abs=2.5)
