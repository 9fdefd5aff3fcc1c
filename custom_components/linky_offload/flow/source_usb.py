"""A dongle made for a meter was plugged in: it is offered once a meter was heard on it."""

from typing import override

from homeassistant.components import usb
from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.helpers.service_info.usb import UsbServiceInfo

from ..const import CONF_ADDRESS, CONF_BAUDRATE, CONF_PORT
from ..identity import same_meter
from ..runtime import LinkyConfigEntry
from .found import Found
from .probe import ProbeError
from .source_serial import SerialSteps


class UsbSteps(SerialSteps):
    """The search on a dongle that Home Assistant discovered (the matchers are in the manifest)."""

    @override
    async def async_step_usb(self, discovery_info: UsbServiceInfo) -> ConfigFlowResult:
        """Listen on the dongle before anybody is disturbed, and offer the meter that is heard.

        A dongle without a meter, or one that another program reads, is left alone. A known meter that lost its port
        is given this one: its dongle moved, or was replaced.
        """
        info = discovery_info
        # Until the address is heard, the dongle stands for the meter: one search at a time.
        await self.async_set_unique_id(f"{info.vid}:{info.pid}_{info.serial_number}_{info.manufacturer}")
        self._abort_if_unique_id_configured()
        port = await self.hass.async_add_executor_job(usb.get_serial_by_id, info.device)
        self._async_abort_entries_match({CONF_PORT: port})
        try:
            found = await self._async_probe(port)
        except ProbeError:
            return self.async_abort(reason="no_meter_on_dongle")
        if found.address is not None and (entry := self._known(found.address)) is not None:
            self._take_port(entry, found)
            return self.async_abort(reason="already_configured")
        model = found.model
        self.context["title_placeholders"] = {"name": info.description or port if model is None else model.model}
        return await self._async_found(found)

    def _known(self, address: str) -> LinkyConfigEntry | None:
        entries = self._async_current_entries(include_ignore=False)
        return next((entry for entry in entries if same_meter(address, entry.data.get(CONF_ADDRESS))), None)

    def _take_port(self, entry: LinkyConfigEntry, found: Found) -> None:
        """Give a meter on a line the port where it is now, if it is not heard where it was."""
        if CONF_PORT not in entry.data:
            return
        if entry.state is ConfigEntryState.LOADED and entry.runtime_data.link.connected:
            return
        self.hass.config_entries.async_update_entry(
            entry, data={**entry.data, **{key: found.connection[key] for key in (CONF_PORT, CONF_BAUDRATE)}}
        )
        if entry.state is not ConfigEntryState.LOADED:
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
