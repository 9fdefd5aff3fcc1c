"""Real entities of Home Assistant to take off and give back, and the ways to look at them."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import Context, HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util.unit_system import METRIC_SYSTEM
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.linky_offload.actuators import Actuator, make_actuator
from custom_components.linky_offload.actuators.figure import figure
from custom_components.linky_offload.settings import LoadConfig, WayOff, WayOffKind


def actuator_of(
    hass: HomeAssistant, entity: str, way: tuple[str, str | float | None] | None = None, **details: Any
) -> Actuator:
    """The actuator of an entity, taken off in a way of the person's where one is given."""
    way_off = None if way is None else WayOff(WayOffKind(way[0]), way[1])
    return make_actuator(hass, LoadConfig(load_id="load", name="Load", entity=entity, way_off=way_off, **details))


async def demo(hass: HomeAssistant, *platforms: Platform) -> None:
    """The made-up devices that Home Assistant brings along for its own demonstration."""
    hass.config.units = METRIC_SYSTEM
    entry = MockConfigEntry(domain="demo")
    entry.add_to_hass(hass)
    entry.mock_state(hass, ConfigEntryState.LOADED)
    hass.config.components.add("demo")
    async with entry.setup_lock:
        await hass.config_entries.async_forward_entry_setups(entry, platforms)
    await hass.async_block_till_done()


async def templates(hass: HomeAssistant, helpers: Mapping[str, Any], entities: Mapping[str, Any]) -> None:
    """Template entities over helpers which hold what they were told."""
    hass.config.units = METRIC_SYSTEM
    assert await async_setup_component(hass, "homeassistant", {})
    config = {**helpers, "template": [dict(entities)]}
    for domain in (*helpers, "template"):
        assert await async_setup_component(hass, domain, config)
    await hass.async_block_till_done()


async def perform(hass: HomeAssistant, service: str, entity_id: str, **data: Any) -> None:
    """Somebody calls a service."""
    domain, _, name = service.partition(".")
    await hass.services.async_call(domain, name, {"entity_id": entity_id, **data}, blocking=True)
    await hass.async_block_till_done()


def as_told(state: str) -> str | float:
    """A state, where 128 and 128.0 are the same."""
    number = figure(state)
    return state if number is None else number


async def off_and_back(hass: HomeAssistant, actuator: Actuator) -> tuple[str, dict[str, Any]]:
    """Take a load off and give it back exactly as it was; its state and attributes while it is off."""
    assert actuator.entity_id is not None
    before = hass.states.get(actuator.entity_id)
    assert before is not None
    assert actuator.view().on is True
    actuator.save()
    ours = [actuator.ours]
    context = Context()
    await actuator.async_offload(context)
    await hass.async_block_till_done()
    during = hass.states.get(actuator.entity_id)
    assert during is not None
    view = actuator.view()
    ours.append(actuator.ours)
    assert (view.available, view.on, ours) == (True, False, [False, True])
    assert during.context.id == context.id, "recognised as ours"
    await actuator.async_restore(Context())
    await hass.async_block_till_done()
    after = hass.states.get(actuator.entity_id)
    assert after is not None
    assert (as_told(after.state), after.attributes) == (as_told(before.state), before.attributes)
    assert actuator.view().on is True
    return during.state, dict(during.attributes)
