"""Loads with a plain on and off: plugs, lamps, fans, humidifiers. Off, and back exactly as they were."""

from typing import Any

from homeassistant.const import Platform
from homeassistant.core import Context, HomeAssistant, ServiceCall
import pytest

from tests.actuators.kit import actuator_of, demo, off_and_back, perform, templates
from tests.common import state_of

RELAY = {"target": {"entity_id": "input_boolean.relay"}}
LEVEL = {"action": "input_number.set_value", "target": {"entity_id": "input_number.level"}}
HELPERS = {
    "input_boolean": {"relay": {"initial": True}},
    "input_number": {"level": {"min": 0, "max": 255, "initial": 120}},
}
ENTITIES = {
    "switch": [
        {
            "name": "Plug",
            "state": "{{ is_state('input_boolean.relay', 'on') }}",
            "turn_on": [{"action": "input_boolean.turn_on"} | RELAY],
            "turn_off": [{"action": "input_boolean.turn_off"} | RELAY],
        }
    ],
    "light": [
        {
            "name": "Lamp",
            "state": "{{ states('input_number.level') | int > 0 }}",
            "level": "{{ states('input_number.level') | int }}",
            "turn_on": [],
            "turn_off": [LEVEL | {"data": {"value": 0}}],
            "set_level": [LEVEL | {"data": {"value": "{{ brightness }}"}}],
        }
    ],
    "fan": [
        {
            "name": "Blower",
            "state": "{{ is_state('input_boolean.relay', 'on') }}",
            "percentage": "{{ (states('input_number.level') | int / 2) | int }}",
            "turn_on": [
                {"action": "input_boolean.turn_on"} | RELAY,
                LEVEL | {"data": {"value": "{{ 2 * (percentage or 50) }}"}},
            ],
            "turn_off": [{"action": "input_boolean.turn_off"} | RELAY],
            "set_percentage": [LEVEL | {"data": {"value": "{{ 2 * percentage }}"}}],
        }
    ],
}


@pytest.fixture
async def devices(hass: HomeAssistant) -> None:
    """A relay behind a switch, a dimmed lamp, a fan with speeds."""
    await templates(hass, HELPERS, ENTITIES)


@pytest.mark.usefixtures("devices")
@pytest.mark.parametrize("entity_id", ["switch.plug", "input_boolean.relay", "light.lamp", "fan.blower"])
async def test_off_and_back_as_it_was(hass: HomeAssistant, entity_id: str) -> None:
    during, _ = await off_and_back(hass, actuator_of(hass, entity_id))
    assert during == "off"


@pytest.mark.parametrize(
    ("service", "setting"),
    [
        pytest.param("fan.set_percentage", {"percentage": 66}, id="a speed"),
        pytest.param("fan.set_preset_mode", {"preset_mode": "sleep"}, id="a preset"),
        pytest.param("fan.turn_on", {}, id="just on"),
    ],
)
async def test_a_fan_comes_back_at_its_speed_or_preset(
    hass: HomeAssistant, service: str, setting: dict[str, str | int]
) -> None:
    await demo(hass, Platform.FAN)
    entity_id = "fan.percentage_full_fan"
    await perform(hass, service, entity_id, **setting)
    await off_and_back(hass, actuator_of(hass, entity_id))


async def test_a_fan_that_knows_only_presets_comes_back_at_its_preset(hass: HomeAssistant) -> None:
    await demo(hass, Platform.FAN)
    entity_id = "fan.preset_only_limited_fan"
    await perform(hass, "fan.set_preset_mode", entity_id, preset_mode="smart")
    actuator = actuator_of(hass, entity_id)
    assert actuator.turn_down() is None
    await off_and_back(hass, actuator)


@pytest.mark.parametrize("name", ["humidifier", "dehumidifier", "hygrostat"])
async def test_a_humidifier_comes_back_with_its_target_and_mode(hass: HomeAssistant, name: str) -> None:
    await demo(hass, Platform.HUMIDIFIER)
    during, attributes = await off_and_back(hass, actuator_of(hass, f"humidifier.{name}"))
    assert during == "off"
    assert attributes["humidity"] > 0


async def test_a_humidifier_whose_settings_were_changed_while_off_gets_back_what_was_saved(hass: HomeAssistant) -> None:
    await demo(hass, Platform.HUMIDIFIER)
    actuator = actuator_of(hass, "humidifier.hygrostat")
    actuator.save()
    await actuator.async_offload(Context())
    await perform(hass, "humidifier.set_humidity", "humidifier.hygrostat", humidity=35)
    await perform(hass, "humidifier.set_mode", "humidifier.hygrostat", mode="eco")
    await actuator.async_restore(Context())
    state = hass.states.get("humidifier.hygrostat")
    assert state is not None
    assert (state.state, state.attributes["humidity"], state.attributes["mode"]) == ("on", 50, "home")


@pytest.mark.parametrize(
    ("service", "data", "changed"),
    [
        pytest.param("set_humidity", {"humidity": 40}, {"humidity": 40}, id="a target"),
        pytest.param("set_mode", {"mode": "eco"}, {"mode": "eco"}, id="a mode"),
        pytest.param("set_mode", {}, None, id="an order that says nothing"),
    ],
)
async def test_what_others_order_of_a_humidifier_while_it_is_off_is_how_it_is_wanted(
    hass: HomeAssistant, service: str, data: dict[str, Any], changed: dict[str, Any] | None
) -> None:
    await demo(hass, Platform.HUMIDIFIER)
    actuator = actuator_of(hass, "humidifier.hygrostat")
    actuator.save()
    await actuator.async_offload(Context())
    order = actuator.order(service, data)
    assert (order and order.wanted) == (changed and {"humidity": 50, "mode": "home", **changed})


async def test_a_humidifier_tells_whether_it_works(hass: HomeAssistant) -> None:
    entity_id = "humidifier.cellar"
    actuator = actuator_of(hass, entity_id)
    seen = []
    for action in ("humidifying", "drying", "idle", "off", None):
        hass.states.async_set(entity_id, "on", {"action": action})
        seen.append(actuator.view().demand)
    assert seen == [True, True, False, False, None]


async def test_a_lamp_without_brightness_just_comes_on(hass: HomeAssistant) -> None:
    actuator = actuator_of(hass, "light.strip")
    hass.states.async_set("light.strip", "on", {"supported_color_modes": ["onoff"]})
    actuator.save()
    assert actuator.saved == {}
    assert actuator.turn_down() is None
    calls: list[ServiceCall] = []
    hass.services.async_register("light", "turn_on", calls.append)
    await actuator.async_restore(Context())
    assert [call.data for call in calls] == [{"entity_id": "light.strip"}]


@pytest.mark.usefixtures("devices")
async def test_a_lamp_that_is_cut_keeps_what_was_saved(hass: HomeAssistant) -> None:
    actuator = actuator_of(hass, "light.lamp")
    actuator.save()
    await actuator.async_offload(Context())
    await hass.async_block_till_done()
    actuator.save()
    assert actuator.saved == {"brightness": 120}
    assert state_of(hass, "light.lamp") == "off"


@pytest.mark.usefixtures("devices")
@pytest.mark.parametrize(("entity_id", "level"), [("light.lamp", 20), ("fan.blower", 30)])
async def test_off_may_mean_a_low_level(hass: HomeAssistant, entity_id: str, level: float) -> None:
    actuator = actuator_of(hass, entity_id, ("level", level))
    during, _ = await off_and_back(hass, actuator)
    assert during == "on"


async def test_the_journal_of_an_older_version_is_enough_to_give_a_lamp_back(hass: HomeAssistant) -> None:
    calls: list[ServiceCall] = []
    hass.services.async_register("light", "turn_on", calls.append)
    actuator = actuator_of(hass, "light.lamp")
    actuator.resume({"brightness": 10})
    await actuator.async_restore(Context())
    assert [call.data for call in calls] == [{"entity_id": "light.lamp", "brightness": 10}]
