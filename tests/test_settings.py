"""What the person configured, as the arbiter and the actuators take it."""

from typing import Any

import pytest

from custom_components.linky_offload.offload import CoordinatorSettings, LoadSettings, Profile, Settings, StrategyName
from custom_components.linky_offload.settings import (
    LoadConfig,
    arbiter_settings,
    contract_override_va,
    coordinator_settings,
    load_configs,
)

from .common import COORDINATOR_ID, load, meter_entry


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({}, Settings(), id="the defaults suit a normal home"),
        pytest.param(
            {"profile": "meter", "contract_delay": 30, "adjustment": -10, "hand_hold": 15},
            Settings(profile=Profile.METER, contract_delay_s=30, adjustment_percent=-10, hand_hold_s=900),
            id="all of them given; minutes become seconds",
        ),
    ],
)
def test_options(options: dict[str, Any], expected: Settings) -> None:
    assert arbiter_settings(options) == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({}, None, id="what the meter tells"),
        pytest.param({"contract_power": None}, None, id="emptied"),
        pytest.param({"contract_power": 9}, 9000, id="kVA"),
        pytest.param({"contract_power": 4.5}, 4500, id="half a kVA"),
    ],
)
def test_contract_override(options: dict[str, Any], expected: int | None) -> None:
    assert contract_override_va(options) == expected


@pytest.mark.parametrize(
    ("details", "meter_phases", "expected"),
    [
        pytest.param({}, 3, {}, id="nothing known"),
        pytest.param({"phase": "2"}, 3, {"phases": (2,)}, id="on one phase"),
        pytest.param({"phase": "all"}, 3, {"phases": (1, 2, 3)}, id="on three phases"),
        pytest.param({"phase": "unknown"}, 1, {"phases": (1,)}, id="a single-phase meter has but one"),
        pytest.param({"phase": "2"}, None, {"phases": (2,)}, id="phases of the meter not known yet"),
        pytest.param(
            {"power_source": "declared", "declared_va": 1500, "power_sensor": "sensor.left_over"},
            3,
            {"declared_va": 1500},
            id="declared",
        ),
        pytest.param(
            {"power_source": "measured", "declared_va": 1500, "power_sensor": "sensor.power"},
            3,
            {"measured": True},
            id="measured",
        ),
        pytest.param({"power_source": "measured", "power_sensor": None}, 3, {}, id="measured, but by what"),
        pytest.param({"power_source": "learned", "declared_va": 1500}, 3, {}, id="learned"),
        pytest.param(
            {"delay_before": 5, "delay_after": 30, "minimum_off": 300, "minimum_on": 60},
            3,
            {"delay_before_s": 5, "delay_after_s": 30, "minimum_off_s": 300, "minimum_on_s": 60},
            id="times",
        ),
    ],
)
def test_a_load(details: dict[str, Any], meter_phases: int | None, expected: dict[str, Any]) -> None:
    entry = meter_entry("/dev/tic", [load("heater", "switch.heater", **details)], phases=meter_phases)
    [coordinator] = coordinator_settings(entry)
    assert coordinator == CoordinatorSettings(
        coordinator_id=COORDINATOR_ID,
        name="Home",
        strategy=StrategyName.HIERARCHICAL,
        loads=(LoadSettings(load_id="heater", name="Heater", **expected),),
    )


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        pytest.param({}, {}, id="no sensor"),
        pytest.param(
            {"power_source": "measured", "power_sensor": "sensor.power", "power_factor": 0.9},
            {"power_sensor": "sensor.power", "power_factor": 0.9},
            id="a sensor and its power factor",
        ),
        pytest.param({"power_source": "learned", "power_sensor": "sensor.power"}, {}, id="a sensor that is not used"),
    ],
)
def test_where_a_load_is_found(details: dict[str, Any], expected: dict[str, Any]) -> None:
    entry = meter_entry("/dev/tic", [load("heater", "switch.heater", **details)])
    assert load_configs(entry) == {
        "heater": LoadConfig(load_id="heater", name="Heater", entity="switch.heater", **expected)
    }
