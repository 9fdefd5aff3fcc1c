"""The benchmark end to end: our engine in a slice of the judged run, and the figures that it may tell."""

from argparse import Namespace
from io import StringIO

import pytest

from benchmarks import offload
from benchmarks.closed_loop.conditions import Conditions
from benchmarks.closed_loop.controller import Order, Sample
from benchmarks.closed_loop.figures import KEYS, figures_of
from benchmarks.closed_loop.household import household
from benchmarks.closed_loop.ours import Ours
from benchmarks.closed_loop.plant import Plant
from benchmarks.closed_loop.progress import Progress
from benchmarks.closed_loop.runner import Entrant, Run, run_all, run_one
from custom_components.linky_offload.offload import EventType, Profile, StrategyName

from .common import house_of, steady_load

MORNING = 9 / 24


@pytest.mark.parametrize("cadence_s", [10.0, 60.0])
@pytest.mark.parametrize("profile", list(Profile))
def test_a_winter_morning_passes_without_a_trip(profile: Profile, cadence_s: float) -> None:
    entrant = Entrant(strategy=StrategyName.HIERARCHICAL, profile=profile)
    result = run_one(Run(entrant, 105, Conditions(cadence_s=cadence_s), MORNING))
    assert result.score.avoidable == 0
    assert result.score.switches > 0
    assert run_one(Run(Entrant("none"), 105, Conditions(cadence_s=cadence_s), MORNING)).score.avoidable > 0


def test_what_was_cut_before_a_restart_returns_after_it() -> None:
    controller = Ours(house_of([[0.0]], [steady_load("load", 3000.0)]).facts)
    controller.plug("load", on=True, power_va=3000.0, now=0.0)
    orders: list[Order] = []
    now = 0.0
    while not orders:
        now += 1.5
        orders += controller.sample(Sample((9000,), over_reference=True, opened=False, hour=12), now)
    assert orders == [Order("load", on=False)]
    fresh = controller.restart(now + 40)
    fresh.plug("load", on=False, power_va=0.0, now=now + 40)
    returned: list[Order] = []
    for number in range(400):
        returned += fresh.sample(Sample((500,), over_reference=False, opened=False, hour=12), now + 41 + 1.5 * number)
    assert returned[0] == Order("load", on=True)


def test_a_silent_meter_is_told_to_the_engine_once() -> None:
    house = household(1)
    controller = Ours(house.facts)
    Plant(house, controller, Conditions(cadence_s=10.0, silence=True)).run()
    kinds = [event.type for event in controller.events if event.type in (EventType.DEGRADED, EventType.LIVE_AGAIN)]
    # The first minutes of a ten-second source are judged by the careful ten seconds of a fast one.
    assert kinds[-2:] == [EventType.DEGRADED, EventType.LIVE_AGAIN]


def test_a_slice_tells_every_key_and_invents_no_figure(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = offload.run(Namespace(seeds=1, stress_seeds=0, hours=0.5, jobs=1, full=False), sizes=[(10, 100)])
    offload.print_outcome(outcome)
    figures = figures_of(outcome)
    assert tuple(figures) == KEYS
    assert figures["unserved_vs_optimum"] is None
    assert figures["avoidable_trips"] == 0
    told = capsys.readouterr()
    assert "ours least-harm contract" in told.out
    assert "not measured" in told.out
    assert "runs in" in told.err


def test_processes_change_no_result_and_no_order() -> None:
    runs = [Run(Entrant(rule), seed, days=1 / 24) for rule in ("none", "balancer") for seed in (1, 3)]
    one, two = (run_all(runs, jobs=jobs, progress=Progress(StringIO())) for jobs in (1, 2))
    assert one == two
    assert [result.run for result in one] == runs


@pytest.mark.parametrize("part", [["--seeds", "2"], ["--stress-seeds", "1"], ["--hours", "12"]])
def test_no_page_is_written_from_a_part(
    part: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["offload", "--report", *part])
    with pytest.raises(SystemExit):
        offload.main()
    assert "whole days of all seeds" in capsys.readouterr().err
