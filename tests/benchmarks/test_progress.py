"""The progress of the runs: told where it disturbs no table."""

from io import StringIO
from typing import override

import pytest

from benchmarks.closed_loop import progress
from benchmarks.closed_loop.conditions import Conditions
from benchmarks.closed_loop.plan import DEFAULT
from benchmarks.closed_loop.progress import Progress
from benchmarks.closed_loop.runner import Entrant, Run, weight_of


class Terminal(StringIO):
    @override
    def isatty(self) -> bool:
        return True


@pytest.fixture(name="clock", autouse=True)
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(progress, "monotonic", lambda: now[0])
    return now


def test_what_is_left_follows_the_work_and_not_the_number_of_runs(clock: list[float]) -> None:
    told = Progress(StringIO())
    told.begin(10.0, 4)
    clock[0] = 120.0
    told.note(4.0)
    assert told.text() == "1 of 4 runs, about 3 min left"


def test_a_file_gets_a_line_twice_a_minute(clock: list[float]) -> None:
    out = StringIO()
    told = Progress(out)
    told.begin(10.0, 10)
    for _ in range(10):
        clock[0] += 10.0
        told.note(1.0)
    told.end()
    assert out.getvalue().splitlines() == [
        "3 of 10 runs, about 1 min left",
        "6 of 10 runs, about 1 min left",
        "9 of 10 runs, about 0 min left",
        "10 runs in 1.7 min",
    ]


def test_a_terminal_gets_one_line_written_over() -> None:
    out = Terminal()
    told = Progress(out)
    told.begin(2.0, 2)
    told.note(1.0)
    told.end()
    assert out.getvalue().count("\n") == 1
    assert "\r" in out.getvalue()


def test_nothing_to_run_is_done() -> None:
    assert Progress(StringIO()).text() == "0 of 0 runs, about 0 min left"


@pytest.mark.parametrize(
    ("longer", "shorter"),
    [
        pytest.param(Run(DEFAULT, 1), Run(Entrant("none"), 1), id="ours than a rule"),
        pytest.param(Run(DEFAULT, 3), Run(DEFAULT, 1), id="three phases than one"),
        pytest.param(Run(DEFAULT, 1), Run(DEFAULT, 1, Conditions(cadence_s=10.0)), id="a fast meter than a slow one"),
        pytest.param(Run(DEFAULT, 1, days=7.0), Run(DEFAULT, 3), id="a week than a day"),
    ],
)
def test_what_takes_longer_begins_first(longer: Run, shorter: Run) -> None:
    assert weight_of(longer) > weight_of(shorter)
