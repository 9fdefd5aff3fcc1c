"""How the report on a load is put into words by its sensors."""

import pytest

from custom_components.linky_offload.descriptions.loads import LOAD_SENSORS
from custom_components.linky_offload.offload import LoadReport, LoadStatus, Reason

SENSORS = {sensor.key: sensor for sensor in LOAD_SENSORS}


def report(status: LoadStatus = LoadStatus.NORMAL, learned_phases: tuple[int, ...] = ()) -> LoadReport:
    return LoadReport(
        load_id="a",
        coordinator_id="c",
        status=status,
        reason=Reason.NONE,
        power_va=None,
        since=0,
        wanted=True,
        learned_phases=learned_phases,
    )


@pytest.mark.parametrize(
    ("phases", "shown"),
    [
        pytest.param((), None, id="not learned yet"),
        pytest.param((2,), "2", id="one"),
        pytest.param((1, 2, 3), "all", id="three"),
    ],
)
def test_the_learned_phase(phases: tuple[int, ...], shown: str | None) -> None:
    sensor = SENSORS["learned_phase"]
    assert sensor.value_fn(report(learned_phases=phases)) == shown
    assert shown is None or shown in (sensor.options or ())


@pytest.mark.parametrize("status", LoadStatus)
def test_every_status_is_one_of_the_states_of_its_sensor(status: LoadStatus) -> None:
    sensor = SENSORS["status"]
    shown = sensor.value_fn(report(status))
    assert shown in (sensor.options or ())
    assert shown != "unavailable", "that word is the entity's own"
