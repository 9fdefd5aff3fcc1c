"""The action that writes settings to a Tasmota plug with its own offloading; nothing else ever writes to one."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
import probatio

from .aims import Targets
from .bridges.plug_orders import TYPES, PlugSettings
from .const import CONF_ADJUSTMENT, DEFAULT_ADJUSTMENT, DOMAIN
from .plug_writing import async_configure
from .plugs import async_plugs
from .runtime import LinkyConfigEntry
from .settings import contract_override_va

SERVICE: Final = "configure_plug"

_LARGEST: Final = 65_535


def _whole(lowest: int, highest: int) -> object:
    return probatio.All(probatio.Coerce(int), probatio.Range(min=lowest, max=highest))


FIELDS: Final[Mapping[str, tuple[str, object]]] = {
    "contract": ("contract_va", _whole(1, _LARGEST)),
    "adjustment": ("adjust_percent", _whole(-99, 100)),
    "power": ("device_va", _whole(1, _LARGEST)),
    "priority": ("priority", _whole(1, 10)),
    "appliance": ("appliance", probatio.In(TYPES)),
    "topic": ("topic", cv.string),
    "power_key": ("key_instant", cv.string),
    "contract_key": ("key_contract", cv.string),
    "auto_on": ("auto_on_s", _whole(0, _LARGEST)),
    "auto_off": ("auto_off_s", _whole(0, _LARGEST)),
}
"""What the action calls a setting → what the plug's settings call it, and what it may be for any firmware."""

_SCHEMA: Final = probatio.Schema(
    {**cv.TARGET_SERVICE_FIELDS, **{probatio.Optional(field): rule for field, (_, rule) in FIELDS.items()}}
)


@callback
def async_setup_plug_actions(hass: HomeAssistant) -> None:
    """Register the action, once a run of Home Assistant."""
    hass.services.async_register(DOMAIN, SERVICE, _async_configure_plug, _SCHEMA, SupportsResponse.OPTIONAL)


async def _async_configure_plug(call: ServiceCall) -> ServiceResponse:
    """Write the settings that are given to each plug that is meant; our contract and adjustment where none is."""
    given: dict[str, Any] = {name: call.data[field] for field, (name, _) in FIELDS.items() if field in call.data}
    written: dict[str, Any] = {}
    for entry, subentry in Targets(call.hass, call).async_plugs():
        settings = PlugSettings(**given) if given else our_settings(entry)
        link = async_plugs(call.hass, entry).links[subentry.subentry_id]
        written[subentry.title] = dict(await async_configure(call.hass, subentry.title, link, settings))
    return {"plugs": written}


def our_settings(entry: LinkyConfigEntry) -> PlugSettings:
    """The contract of one phase, and the adjustment of the threshold, as they are here."""
    reading = entry.runtime_data.reading
    contract_va = contract_override_va(entry.options) or (None if reading is None else reading.contract_va)
    if contract_va is None:
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="plug_no_contract")
    phases = len(reading.phases) if reading is not None and reading.phases else 1
    return PlugSettings(
        contract_va=contract_va // phases,
        adjust_percent=round(entry.options.get(CONF_ADJUSTMENT, DEFAULT_ADJUSTMENT)),
    )
