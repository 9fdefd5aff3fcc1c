"""The usual load of an hour, by which loads return while the meter is silent."""

import pytest

from custom_components.linky_offload.offload import HourlyLoad


@pytest.mark.parametrize(
    ("samples", "expected_va"),
    [
        pytest.param([(599, 800.0)], None, id="too little was seen"),
        pytest.param([(600, 800.0)], 1000.0, id="the upper end of its step of 250 VA"),
        pytest.param([(950, 800.0), (50, 5000.0)], 1000.0, id="one in twenty is more"),
        pytest.param([(940, 800.0), (60, 5000.0)], 5250.0, id="more than one in twenty is more"),
        pytest.param([(600, -300.0)], 250.0, id="a house that exports draws nothing"),
        pytest.param([(49_999, 800.0), (10_000, 5000.0)], 5250.0, id="after fifty thousand, half of it is forgotten"),
        pytest.param([(30_000, 800.0), (1580, 5000.0)], 5250.0, id="as it stood before any was forgotten"),
    ],
)
def test_what_nineteen_in_twenty_samples_stay_under(
    samples: list[tuple[int, float]], expected_va: float | None
) -> None:
    habits = HourlyLoad()
    for count, va in samples:
        for _ in range(count):
            habits.note(7, va)
    assert habits.expected_va(7) == expected_va
    assert habits.expected_va(8) is None


def test_old_days_count_less_and_less() -> None:
    habits = HourlyLoad()
    for _ in range(50_000):
        habits.note(7, 5000.0)
    assert sum(habits.dump()["7"]) == 25_000
