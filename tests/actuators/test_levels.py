"""Turned down instead of off: how far, to which level, and back."""

from typing import Any

from homeassistant.const import Platform
from homeassistant.core import Context, HomeAssistant
from homeassistant.util.unit_system import METRIC_SYSTEM
import pytest

from custom_components.linky_offload.actuators import Actuator
from custom_components.linky_offload.offload.model import TurnDown
from tests.actuators.kit import actuator_of, demo, perform

LAMP = "light.ceiling_lights"
FAN = "fan.percentage_full_fan"
HEAT_PUMP = "climate.heatpump"


async def turned_down(hass: HomeAssistant, entity_id: str, level: float) -> Actuator:
    """A load that we turned down to a level."""
    actuator = actuator_of(hass, entity_id)
    actuator.save(level)
    await actuator.async_level(level, Context())
    await hass.async_block_till_done()
    return actuator


@pytest.mark.parametrize(
    ("entity_id", "before", "scale", "level", "reached", "shown"),
    [
        pytest.param(
            LAMP, 70.6, TurnDown(minimum=1, maximum=100, stop=0), 40, 40, {"brightness": 102}, id="a lamp, per cent"
        ),
        pytest.param(
            FAN,
            100,
            TurnDown(minimum=100 / 3, maximum=100, stop=0, step=100 / 3),
            70,
            67,
            {"percentage": 67},
            id="a fan, by its speeds",
        ),
        pytest.param(
            HEAT_PUMP,
            3,
            TurnDown(minimum=0, maximum=3, step=0.5),
            1,
            1,
            {"temperature": 18},
            id="a thermostat, two degrees below what its owner wants",
        ),
        pytest.param(
            "climate.hvac",
            3,
            TurnDown(minimum=0, maximum=3, step=0.5),
            -6,
            0,
            {"temperature": 24},
            id="a thermostat that cools, three degrees at most",
        ),
        pytest.param(
            "climate.ecobee",
            3,
            TurnDown(minimum=0, maximum=3, step=0.5),
            2,
            2,
            {"target_temp_low": 20, "target_temp_high": 25},
            id="a thermostat that heats and cools",
        ),
    ],
)
async def test_down_and_back(
    hass: HomeAssistant,
    entity_id: str,
    before: float,
    scale: TurnDown,
    level: float,
    reached: float,
    shown: dict[str, Any],
) -> None:
    await demo(hass, Platform.LIGHT, Platform.FAN, Platform.CLIMATE)
    await perform(hass, "fan.turn_on", FAN, percentage=100)
    as_it_was = hass.states.get(entity_id)
    assert as_it_was is not None
    actuator = actuator_of(hass, entity_id)
    assert actuator.turn_down() == scale
    assert actuator.view().level == before

    actuator = await turned_down(hass, entity_id, level)
    state = hass.states.get(entity_id)
    assert state is not None
    assert {key: state.attributes[key] for key in shown} == shown
    view = actuator.view()
    assert view.on is True
    assert view.level == pytest.approx(reached, abs=0.5)
    levels = [actuator.turned_down_to]
    assert actuator.is_as_ordered(state)

    # From there to off, and another level: what its owner wants stays saved.
    wanted = {name: value for name, value in actuator.saved.items() if name != "level"}
    actuator.save()
    await actuator.async_offload(Context())
    await hass.async_block_till_done()
    levels.append(actuator.turned_down_to)
    assert (actuator.view().on, levels, actuator.saved) == (False, [level, None], wanted)
    actuator.save(scale.maximum)
    await actuator.async_level(scale.maximum, Context())
    await hass.async_block_till_done()
    assert actuator.view().on is True

    await actuator.async_restore(Context())
    await hass.async_block_till_done()
    after = hass.states.get(entity_id)
    assert after is not None
    assert (after.state, after.attributes) == (as_it_was.state, as_it_was.attributes)
    actuator.forget()
    assert (actuator.ours, actuator.saved) == (False, wanted)


async def test_turned_down_less_than_its_way_off_it_is_still_on(hass: HomeAssistant) -> None:
    await demo(hass, Platform.CLIMATE)
    actuator = actuator_of(hass, HEAT_PUMP, ("level", 2))
    seen = []
    for level in (2.0, 1.0):
        actuator.save(level)
        await actuator.async_level(level, Context())
        seen.append((actuator.view().level, actuator.view().on))
    assert seen == [(2, True), (1, False)]


async def test_what_has_no_level_is_taken_off(hass: HomeAssistant) -> None:
    await demo(hass, Platform.SWITCH)
    entity_id = "switch.decorative_lights"
    actuator = await turned_down(hass, entity_id, 40)
    assert actuator.turn_down() is None
    assert actuator.view().on is False
    assert actuator.view().level is None


async def test_nothing_is_told_to_what_is_away(hass: HomeAssistant) -> None:
    hass.states.async_set("light.far", "unavailable")
    actuator = await turned_down(hass, "light.far", 40)
    assert actuator.turn_down() is None
    assert not actuator.ours


async def test_lowering_never_raises(hass: HomeAssistant) -> None:
    hass.config.units = METRIC_SYSTEM
    attributes = {"hvac_modes": ["off", "heat"], "min_temp": 5, "max_temp": 30, "temperature": 6}
    hass.states.async_set("climate.cellar", "heat", attributes)
    actuator = actuator_of(hass, "climate.cellar")
    state = actuator.state
    assert state is not None
    assert actuator.level_facts(1, {"hvac_mode": "heat", "temperature": 6}, state) == {
        "hvac_mode": "heat",
        "temperature": 6,
    }


@pytest.mark.parametrize(
    ("entity_id", "service", "data", "wanted"),
    [
        pytest.param(LAMP, "turn_on", {"brightness_pct": 80}, {"brightness": 204}, id="a lamp, per cent"),
        pytest.param(LAMP, "turn_on", {"brightness": 50}, {"brightness": 50}, id="a lamp, of 255"),
        pytest.param(LAMP, "turn_on", {"effect": "rainbow"}, {"brightness": 180}, id="a lamp, something else"),
        pytest.param(FAN, "set_percentage", {"percentage": 67}, {"percentage": 67}, id="a fan, a speed"),
        pytest.param(
            FAN, "turn_on", {"preset_mode": "auto"}, {"percentage": 100, "preset_mode": "auto"}, id="a preset"
        ),
        pytest.param(FAN, "turn_on", {}, {"percentage": 100}, id="a fan, just on"),
    ],
)
async def test_what_others_ask_while_it_is_turned_down(
    hass: HomeAssistant, entity_id: str, service: str, data: dict[str, Any], wanted: dict[str, Any]
) -> None:
    await demo(hass, Platform.LIGHT, Platform.FAN)
    await perform(hass, "fan.turn_on", FAN, percentage=100)
    actuator = await turned_down(hass, entity_id, 40)
    order = actuator.order(service, data)
    assert order is not None
    assert (order.on, order.wanted) == (True, wanted)
    actuator.want(order.wanted)
    assert actuator.saved == {**wanted, "level": 40}


def test_a_fan_at_no_speed_is_off(hass: HomeAssistant) -> None:
    hass.states.async_set(FAN, "on", {"percentage": 100, "supported_features": 1})
    actuator = actuator_of(hass, FAN)
    order = actuator.order("set_percentage", {"percentage": 0})
    assert order is not None
    assert order.on is False
    assert actuator.order("oscillate", {"oscillating": True}) is None
    assert actuator.order("set_percentage", {}) is None
