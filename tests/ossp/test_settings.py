"""How the entities of a plug are told apart, and what a subentry keeps."""

import pytest

from custom_components.linky_offload.ossp.gauge import Calibration, Correction
from custom_components.linky_offload.ossp.settings import calibration_of, is_appliance, output_key, output_of, unique_id

ID = "01JOSSP000000000000000000A"


@pytest.mark.parametrize(
    ("identity", "output", "appliance"),
    [
        (unique_id(ID, output_key(2)), (ID, 2), True),
        (unique_id(ID, output_key(14)), (ID, 14), True),
        (unique_id(ID, "power"), None, True),
        (unique_id(ID, "power_factor"), None, False),
        (unique_id(ID, "energy"), None, False),
        (unique_id(ID, "set_power_gain"), None, False),
        ("meter1_apparent_power", None, False),
        (f"{ID}_output_2", None, False),
    ],
)
def test_what_may_be_an_appliance_or_measure_one(
    identity: str, output: tuple[str, int] | None, appliance: bool
) -> None:
    assert (output_of(identity), is_appliance(identity)) == (output, appliance)


def test_a_plug_without_corrections_is_shown_as_it_is() -> None:
    assert calibration_of({"host": "plug"}) == Calibration()
    assert calibration_of({"power_gain": 1.1, "voltage_offset": -2}) == Calibration(
        voltage=Correction(1.0, -2), power=Correction(1.1)
    )
