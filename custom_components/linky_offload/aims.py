"""What an action is aimed at: a meter, its offload coordinators, its appliances.

An appliance is meant by its own device or one of its entities here, by the entity that switches it or the device of
that one, by its coordinator's device, and by an area, a floor or a label with any of these in it.
"""

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids

from .const import CONF_ENTITY, CONF_LOAD_ID, DOMAIN, SUBENTRY_COORDINATOR, SUBENTRY_PLUG
from .devices import loads_of
from .runtime import LinkyConfigEntry


class Targets:
    """The devices and entities that a call names, groups and areas resolved."""

    def __init__(self, hass: HomeAssistant, call: ServiceCall) -> None:
        """Resolve the target of ``call``."""
        selection = TargetSelection(dict(call.data))
        selected = async_extract_referenced_entity_ids(hass, selection)
        registry = er.async_get(hass)
        self.given = selection.has_any_target
        self._hass = hass
        self._entity_ids = selected.referenced | selected.indirectly_referenced
        entities = [registry.async_get(entity_id) for entity_id in self._entity_ids]
        self._device_ids = selected.referenced_devices | {
            entity.device_id for entity in entities if entity and entity.device_id and entity.platform == DOMAIN
        }

    @callback
    def async_loads(self) -> list[tuple[LinkyConfigEntry, str]]:
        """The appliances that are meant, with the loaded entry of each; refused when there is none."""
        found = [
            (entry, load[CONF_LOAD_ID])
            for entry in self._entries()
            for _, load in loads_of(entry)
            if self._means_load(entry, load[CONF_LOAD_ID], load[CONF_ENTITY])
        ]
        if not found:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_appliance_targeted")
        return found

    @callback
    def async_coordinators(self) -> list[tuple[LinkyConfigEntry, ConfigSubentry]]:
        """The offload coordinators that are meant, by themselves or by one of their appliances, or refused."""
        registry = dr.async_get(self._hass)
        found: list[tuple[LinkyConfigEntry, ConfigSubentry]] = []
        for entry in self._entries():
            of_loads = {
                subentry.subentry_id
                for subentry, load in loads_of(entry)
                if self._means_load(entry, load[CONF_LOAD_ID], load[CONF_ENTITY])
            }
            for subentry in entry.get_subentries_of_type(SUBENTRY_COORDINATOR):
                device = registry.async_get_device_by_identifier((DOMAIN, subentry.subentry_id), entry.entry_id)
                if subentry.subentry_id in of_loads or (device is not None and device.id in self._device_ids):
                    found.append((entry, subentry))
        if not found:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_coordinator_targeted")
        return found

    @callback
    def async_plugs(self) -> list[tuple[LinkyConfigEntry, ConfigSubentry]]:
        """The Tasmota plugs with their own offloading that are meant, or refused."""
        registry = dr.async_get(self._hass)
        found = [
            (entry, subentry)
            for entry in self._entries()
            for subentry in entry.get_subentries_of_type(SUBENTRY_PLUG)
            if (device := registry.async_get_device_by_identifier((DOMAIN, subentry.subentry_id), entry.entry_id))
            is not None
            and device.id in self._device_ids
        ]
        if not found:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_plug_targeted")
        return found

    def _entries(self) -> list[LinkyConfigEntry]:
        return self._hass.config_entries.async_loaded_entries(DOMAIN)

    def _means_load(self, entry: LinkyConfigEntry, load_id: str, entity: str) -> bool:
        device = dr.async_get(self._hass).async_get_child_device_by_identifier((DOMAIN, load_id), entry.entry_id)
        if device is not None and device.id in self._device_ids:
            return True
        return er.async_resolve_entity_id(er.async_get(self._hass), entity) in self._entity_ids
