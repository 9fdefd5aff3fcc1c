"""A house that exists only in the simulator, as devices of Home Assistant; for the demo and the end-to-end tests."""

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryNotReady

from .const import CONF_CONTROL
from .control import ControlError
from .house import House, HouseConfigEntry

PLATFORMS = [Platform.BINARY_SENSOR, Platform.BUTTON, Platform.CLIMATE, Platform.SENSOR, Platform.SWITCH]


async def async_setup_entry(hass: HomeAssistant, entry: HouseConfigEntry) -> bool:
    """Connect to the simulator and make a device of every appliance."""
    house = House(entry.data[CONF_CONTROL])
    try:
        await house.connect()
    except (OSError, ControlError) as error:
        raise ConfigEntryNotReady("the simulator does not answer") from error
    entry.runtime_data = house
    house.keep(hass, entry)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: HouseConfigEntry) -> bool:
    """Remove the devices; the connection ends with its task."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
