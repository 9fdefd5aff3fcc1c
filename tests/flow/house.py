"""A house of plugs, sensors and a thermostat in the registries, for the forms of an offload coordinator."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.linky_offload.const import SUBENTRY_COORDINATOR

from .steps import Result


@dataclass(slots=True)
class Plugs:
    """Makes devices with a switch and the sensors of its power."""

    hass: HomeAssistant
    entry: MockConfigEntry

    @classmethod
    def of(cls, hass: HomeAssistant) -> Plugs:
        """An integration of plugs."""
        entry = MockConfigEntry(domain="plugs")
        entry.add_to_hass(hass)
        return cls(hass, entry)

    def entity(self, entity_id: str, name: str, *, device: str | None = None, state: str = "on", **kept: Any) -> str:
        """An entity with a unique id; ``kept`` goes to the registry."""
        domain, object_id = entity_id.split(".")
        device_id = None
        if device is not None:
            device_id = (
                dr.async_get(self.hass)
                .async_get_or_create(config_entry_id=self.entry.entry_id, identifiers={("plugs", device)}, name=device)
                .id
            )
        er.async_get(self.hass).async_get_or_create(
            domain,
            "plugs",
            object_id,
            suggested_object_id=object_id,
            config_entry=self.entry,
            device_id=device_id,
            original_name=name,
            **kept,
        )
        self.hass.states.async_set(entity_id, state, {"friendly_name": name})
        return entity_id

    def plug(self, object_id: str, name: str, *sensors: str) -> str:
        """A switch, and for each device class a sensor on the same device."""
        switch = self.entity(f"switch.{object_id}", name, device=name)
        for device_class in sensors:
            self.entity(
                f"sensor.{object_id}_{device_class}",
                f"{name} {device_class}",
                device=name,
                state="0",
                original_device_class=device_class,
            )
        return switch

    def thermostat(self, object_id: str, name: str, heater: str) -> str:
        """A climate entity of a helper that names its heater in its options."""
        helper = MockConfigEntry(domain="generic_thermostat", options={"heater": heater, "name": name})
        helper.add_to_hass(self.hass)
        er.async_get(self.hass).async_get_or_create(
            "climate",
            "generic_thermostat",
            object_id,
            suggested_object_id=object_id,
            config_entry=helper,
            original_name=name,
        )
        self.hass.states.async_set(f"climate.{object_id}", "heat", {"friendly_name": name})
        return f"climate.{object_id}"


def registry_id(hass: HomeAssistant, entity_id: str) -> str:
    """The registry id of an entity that has one."""
    entry = er.async_get(hass).async_get(entity_id)
    assert entry is not None, entity_id
    return entry.id


async def add_coordinator(hass: HomeAssistant, entry: MockConfigEntry) -> Result:
    """Choose to add an offload coordinator to a meter."""
    return await hass.config_entries.subentries.async_init(
        (entry.entry_id, SUBENTRY_COORDINATOR), context={"source": SOURCE_USER}
    )


async def change_coordinator(hass: HomeAssistant, entry: MockConfigEntry, subentry_id: str) -> Result:
    """Choose to change an offload coordinator."""
    return await entry.start_subentry_reconfigure_flow(hass, subentry_id)


async def answer(hass: HomeAssistant, result: Result, **fields: Any) -> Result:
    """Submit the present form or choose in the present menu."""
    result = await hass.config_entries.subentries.async_configure(result["flow_id"], fields)
    await hass.async_block_till_done()
    return result


async def choose(hass: HomeAssistant, result: Result, option: str) -> Result:
    """Choose in the menu of the last page."""
    return await answer(hass, result, next_step_id=option)


def section_answers(result: Result) -> dict[str, dict[str, Any]]:
    """What a person submits who changes nothing in a form of sections."""
    return {
        str(key): {
            str(field): field.description["suggested_value"]
            for field in value.schema.schema
            if field.description is not None and field.description.get("suggested_value") is not None
        }
        for key, value in result["data_schema"].schema.items()
    }


async def reach_finish(hass: HomeAssistant, entry: MockConfigEntry, loads: Sequence[str], name: str = "Home") -> Result:
    """Go to the last page with everything as proposed."""
    result = await add_coordinator(hass, entry)
    result = await answer(hass, result, name=name, loads=list(loads))
    while result["step_id"] == "loads":
        result = await answer(hass, result, **section_answers(result))
    assert result["step_id"] == "finish", result
    return result
