"""The processor benchmark: what is read of a process, and what is made of it."""

import os
import time

import pytest

from benchmarks.cpu import Cost, cpu_seconds, used_s


def test_the_times_of_all_threads_are_found_behind_any_name() -> None:
    tick = os.sysconf("SC_CLK_TCK")
    stat = f"42 (a (strange) name) S 1 42 42 0 -1 0 9 9 9 9 {3 * tick} {2 * tick} 0 0 20 0 7 0 1 1 1"
    assert cpu_seconds(stat) == 5


def test_a_process_that_works_is_seen_to() -> None:
    before = used_s(os.getpid())
    began = time.process_time()
    while time.process_time() - began < 0.2:
        sum(range(1000))
    assert used_s(os.getpid()) - before == pytest.approx(0.2, abs=0.1)


def test_the_cost_is_what_the_meter_adds() -> None:
    assert Cost(seconds=200, with_meter_s=2.5, without_s=0.5).core_percent == 1
