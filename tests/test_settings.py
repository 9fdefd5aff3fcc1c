"""What the person configured, as the arbiter and the actuators take it."""

from typing import Any

import pytest

from custom_components.linky_offload.offload import CoordinatorSettings, LoadSettings, Profile, Settings, StrategyName
from custom_components.linky_offload.offload.model import Appliance, Circuit, TurnDown
from custom_components.linky_offload.settings import (
    LoadConfig,
    WayOff,
    WayOffKind,
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
        pytest.param(
            {"trip_limit": 1.3, "strict_order": True, "branch_breaker": 45, "mains_v": 235},
            Settings(trip_limit=1.3, strict_order=True, branch_breaker_a=45, mains_v=235),
            id="limits beside the contract",
        ),
        pytest.param(
            {
                "circuits": [{"circuit_id": "c1", "name": "Shed", "maximum_va": 3000, "loads": ["a", "b"]}],
                "exclusive": [["a", "b"], ["b", "c"]],
            },
            Settings(
                circuits=(Circuit(circuit_id="c1", name="Shed", maximum_va=3000, load_ids=frozenset({"a", "b"})),),
                exclusive=(frozenset({"a", "b"}), frozenset({"b", "c"})),
            ),
            id="circuits and groups",
        ),
    ],
)
def test_options(options: dict[str, Any], expected: Settings) -> None:
    assert arbiter_settings(options) == expected


@pytest.mark.parametrize(
    ("options", "phases", "threshold_va"),
    [
        pytest.param({"threshold_value": 20}, 1, None, id="the contract by default"),
        pytest.param({"threshold_kind": "contract", "threshold_value": 20}, 1, None, id="the contract by choice"),
        pytest.param({"threshold_kind": "va"}, 1, None, id="no figure yet"),
        pytest.param({"threshold_kind": "va", "threshold_value": 4000}, 3, 4000, id="VA of the whole house"),
        pytest.param({"threshold_kind": "w", "threshold_value": 4000}, 1, 4000, id="W held as VA"),
        pytest.param({"threshold_kind": "a", "threshold_value": 20}, 1, 4600, id="A at 230 V"),
        pytest.param({"threshold_kind": "a", "threshold_value": 20, "mains_v": 240}, 3, 14_400, id="A of each phase"),
        pytest.param({"threshold_kind": "a", "threshold_value": 20}, None, 4600, id="A, phases not known yet"),
    ],
)
def test_a_fixed_threshold(options: dict[str, Any], phases: int | None, threshold_va: float | None) -> None:
    assert arbiter_settings(options, phases).fixed_threshold_va == threshold_va


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
        pytest.param(
            {"longest_off": 1800, "random_after": 15, "auto_on": 600, "auto_off": 900},
            3,
            {"longest_off_s": 1800, "random_after_s": 15, "auto_on_s": 600, "auto_off_s": 900},
            id="longest off, random part and timers",
        ),
        pytest.param({"longest_off": None}, 3, {"longest_off_s": None}, id="off without a limit"),
        pytest.param(
            {"longest_off": 0, "auto_on": 0, "auto_off": 0}, 3, {"longest_off_s": None}, id="0 is no time at all"
        ),
        pytest.param(
            {"kind": "cold", "allowed": False, "cyclic": False, "last_resort": True, "contactor": True},
            3,
            {
                "appliance": Appliance.COLD,
                "allowed": False,
                "cyclic": False,
                "last_resort": True,
                "contactor": True,
            },
            id="what it is and when it may be cut",
        ),
        pytest.param(
            {"protected": [{"from": "22:30:00", "to": "06:00:00"}, {"from": "12:00", "to": "14:00"}]},
            3,
            {"protected": ((1350, 360), (720, 840))},
            id="protected hours",
        ),
        pytest.param(
            {"turn_down": {"minimum": 6, "maximum": 32, "stop": 0, "step": 2, "va_per_unit": 690}},
            3,
            {"turn_down": TurnDown(minimum=6, maximum=32, stop=0, step=2, va_per_unit=690)},
            id="turned down",
        ),
        pytest.param(
            {"turn_down": {"minimum": 20, "maximum": 100}},
            3,
            {"turn_down": TurnDown(minimum=20, maximum=100)},
            id="turned down, with the least that must be known",
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
        pytest.param({"climate": "climate.room"}, {"climate": "climate.room"}, id="the thermostat of its room"),
        pytest.param(
            {"way_off": {"kind": "setpoint", "value": 15}},
            {"way_off": WayOff(WayOffKind.SETPOINT, 15)},
            id="a way off of the person's",
        ),
        pytest.param({"way_off": {"kind": "off"}}, {"way_off": WayOff(WayOffKind.OFF)}, id="plainly off"),
        pytest.param({"way_off": None}, {}, id="the way off of its kind"),
        pytest.param({"phase": "all"}, {"phase_count": 3}, id="on three phases"),
    ],
)
def test_where_a_load_is_found(details: dict[str, Any], expected: dict[str, Any]) -> None:
    entry = meter_entry("/dev/tic", [load("heater", "switch.heater", **details)], phases=3)
    assert load_configs(entry) == {
        "heater": LoadConfig(load_id="heater", name="Heater", entity="switch.heater", **expected)
    }
