"""Plugs and lamps: off, and back as they were."""

from homeassistant.core import Context, HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.linky_offload.actuators import make_actuator
from custom_components.linky_offload.settings import LoadConfig
from tests.common import state_of

LAMP = "light.lamp"
SWITCH = "switch.plug"
TEMPLATES = {
    "template": [
        {
            "switch": [
                {
                    "name": "Plug",
                    "state": "{{ is_state('input_boolean.relay', 'on') }}",
                    "turn_on": [{"action": "input_boolean.turn_on", "target": {"entity_id": "input_boolean.relay"}}],
                    "turn_off": [{"action": "input_boolean.turn_off", "target": {"entity_id": "input_boolean.relay"}}],
                }
            ],
            "light": [
                {
                    "name": "Lamp",
                    "state": "{{ states('input_number.level') | int > 0 }}",
                    "level": "{{ states('input_number.level') | int }}",
                    "turn_on": [],
                    "turn_off": [
                        {
                            "action": "input_number.set_value",
                            "target": {"entity_id": "input_number.level"},
                            "data": {"value": 0},
                        }
                    ],
                    "set_level": [
                        {
                            "action": "input_number.set_value",
                            "target": {"entity_id": "input_number.level"},
                            "data": {"value": "{{ brightness }}"},
                        }
                    ],
                }
            ],
        }
    ],
    "input_boolean": {"relay": {"initial": True}},
    "input_number": {"level": {"min": 0, "max": 255, "initial": 120}},
}


@pytest.fixture(autouse=True)
async def devices(hass: HomeAssistant) -> None:
    """A relay behind a switch, and a dimmed lamp."""
    for domain in ("input_boolean", "input_number", "template"):
        assert await async_setup_component(hass, domain, TEMPLATES)
    await hass.async_block_till_done()


@pytest.mark.parametrize("entity_id", [SWITCH, "input_boolean.relay", LAMP])
async def test_off_and_back_as_it_was(hass: HomeAssistant, entity_id: str) -> None:
    actuator = make_actuator(hass, LoadConfig(load_id="load", name="Load", entity=entity_id))
    before = hass.states.get(entity_id)
    assert before is not None
    context = Context()
    assert actuator.view().on is True
    actuator.save()

    await actuator.async_offload(context)
    await hass.async_block_till_done()
    assert actuator.view().on is False
    during = hass.states.get(entity_id)
    assert during is not None
    assert during.context.id == context.id, "recognised as ours"

    await actuator.async_restore(context)
    await hass.async_block_till_done()
    after = hass.states.get(entity_id)
    assert after is not None
    assert (after.state, after.attributes) == (before.state, before.attributes)


async def test_a_lamp_without_brightness_just_comes_on(hass: HomeAssistant) -> None:
    actuator = make_actuator(hass, LoadConfig(load_id="load", name="Load", entity="light.strip"))
    hass.states.async_set("light.strip", "on", {"supported_color_modes": ["onoff"]})
    actuator.save()
    assert actuator.saved == {}


async def test_a_lamp_that_is_cut_keeps_what_was_saved(hass: HomeAssistant) -> None:
    actuator = make_actuator(hass, LoadConfig(load_id="load", name="Load", entity=LAMP))
    actuator.save()
    await actuator.async_offload(Context())
    await hass.async_block_till_done()
    actuator.save()
    assert actuator.saved == {"brightness": 120}
    assert state_of(hass, LAMP) == "off"
