"""The devices of an entry: the meter, its offload coordinators, and their loads (home-assistant.md §3.6).

They are kept in step with the subentries, whose data may change while the entry is loaded: names follow, and the
device of a load that was taken out goes away.
"""

from collections.abc import Callable, Iterator
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from .const import CONF_ADDRESS, CONF_INTERNAL_ID, CONF_LOAD_ID, CONF_LOADS, CONF_NAME, DOMAIN, SUBENTRY_COORDINATOR
from .descriptions import View
from .meter import Quantity
from .runtime import LinkyConfigEntry
from .tic import describe_address


def loads_of(entry: LinkyConfigEntry) -> Iterator[tuple[ConfigSubentry, dict[str, Any]]]:
    """Every load of the entry with the subentry of its coordinator."""
    for subentry in entry.get_subentries_of_type(SUBENTRY_COORDINATOR):
        for load in subentry.data.get(CONF_LOADS, ()):
            yield subentry, load


@callback
def async_follow_devices(hass: HomeAssistant, entry: LinkyConfigEntry, view: View) -> Callable[[View], bool]:
    """Register the devices of ``entry`` now; the returned function keeps them in step and is cheap to call often.

    It returns False when a device was removed by this call, so that its entities are still going away.
    """
    known = _picture(entry, view)
    _async_remove_strangers(hass, entry)
    _async_register(hass, entry, view)

    def follow(view: View) -> bool:
        nonlocal known
        if (picture := _picture(entry, view)) == known:
            return True
        known = picture
        settled = _async_remove_strangers(hass, entry)
        _async_register(hass, entry, view)
        return settled

    return follow


def _picture(entry: LinkyConfigEntry, view: View) -> tuple[object, ...]:
    """Everything that the devices are made of, for comparison."""
    return (
        entry.title,
        entry.data.get(CONF_ADDRESS),
        view.value(Quantity.TIC_VERSION),
        *((subentry.subentry_id, subentry.title) for subentry in entry.get_subentries_of_type(SUBENTRY_COORDINATOR)),
        *((subentry.subentry_id, load[CONF_LOAD_ID], load[CONF_NAME]) for subentry, load in loads_of(entry)),
    )


@callback
def _async_register(hass: HomeAssistant, entry: LinkyConfigEntry, view: View) -> None:
    registry = dr.async_get(hass)
    address = entry.data.get(CONF_ADDRESS)
    model = describe_address(address) if address else None
    version = view.value(Quantity.TIC_VERSION)
    meter = registry.async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, entry.data[CONF_INTERNAL_ID])},
        name=entry.title,
        manufacturer=model.manufacturer if model else None,
        model=model.model if model else None,
        serial_number=address,
        sw_version=str(version) if version is not None else None,
    )
    for subentry in entry.get_subentries_of_type(SUBENTRY_COORDINATOR):
        coordinator = registry.async_get_or_create(
            config_entry_id=entry.entry_id,
            config_subentry_id=subentry.subentry_id,
            identifiers={(DOMAIN, subentry.subentry_id)},
            name=subentry.title,
            entry_type=dr.DeviceEntryType.SERVICE,
            via_device_id=meter.id,
        )
        for load in subentry.data.get(CONF_LOADS, ()):
            registry.async_get_or_create_child(
                config_entry_id=entry.entry_id,
                config_subentry_id=subentry.subentry_id,
                identifiers={(DOMAIN, load[CONF_LOAD_ID])},
                name=load[CONF_NAME],
                parent_device_id=coordinator.id,
            )


@callback
def _async_remove_strangers(hass: HomeAssistant, entry: LinkyConfigEntry) -> bool:
    """Remove the devices of loads that are no longer where they were; False when there was one."""
    registry = dr.async_get(hass)
    places = {load[CONF_LOAD_ID]: subentry.subentry_id for subentry, load in loads_of(entry)}
    strangers = [
        device.id
        for device in dr.async_child_entries_for_config_entry(registry, entry.entry_id)
        if not any(places.get(identifier) == device.config_subentry_id for _, identifier in device.identifiers)
    ]
    for device_id in strangers:
        registry.async_remove_device(device_id)
    return not strangers
