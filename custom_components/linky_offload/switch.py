"""Switches: an offload coordinator in or out of service, an appliance that may be offloaded or not, real time."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import CONF_ALLOWED, CONF_ENABLED
from .entity import LoadEntity, OffloadCoordinatorEntity, async_add_for_coordinators, async_add_for_loads
from .linkytop import async_linkytop
from .linkytop_entities import RealTime
from .ossp.entities import async_add_for_ossp, ossp_switches
from .pace import Kind, Publishable
from .publisher import Publisher, async_publisher
from .runtime import LinkyConfigEntry
from .writing import async_write_load, async_write_subentry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: LinkyConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Create the switch of each offload coordinator and of each load, and that of a LinkyTop."""
    if (linkytop := async_linkytop(hass, entry)) is not None:
        async_add_entities([RealTime(async_publisher(hass, entry), linkytop)])
    async_add_for_coordinators(
        hass, entry, async_add_entities, lambda publisher, subentry: [EnabledSwitch(publisher, subentry)]
    )
    async_add_for_loads(
        hass, entry, async_add_entities, lambda publisher, subentry, load: [AllowedSwitch(publisher, subentry, load)]
    )
    async_add_for_ossp(hass, entry, async_add_entities, ossp_switches)


class EnabledSwitch(OffloadCoordinatorEntity, SwitchEntity):
    """On: the coordinator may cut its loads. The subentry owns the setting; the switch only writes it."""

    _attr_translation_key = "enabled"

    def __init__(self, publisher: Publisher, subentry: ConfigSubentry) -> None:
        """Bind to the coordinator."""
        super().__init__(publisher, subentry, CONF_ENABLED, Kind.AT_ONCE)

    @property
    @override
    def is_on(self) -> bool | None:
        """The setting as it is now."""
        return None if self.subentry is None else bool(self.subentry.data.get(CONF_ENABLED, True))

    @override
    def shown(self) -> Publishable:
        """The setting alone."""
        return self.is_on

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Put the coordinator in service."""
        self._write(enabled=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Take the coordinator out of service: its loads return."""
        self._write(enabled=False)

    def _write(self, *, enabled: bool) -> None:
        if (subentry := self.subentry) is not None:
            async_write_subentry(self.hass, self.publisher.entry, subentry, CONF_ENABLED, enabled)
            self.async_write_ha_state()


class AllowedSwitch(LoadEntity, SwitchEntity):
    """On: the appliance may be offloaded. The subentry owns the setting; the switch only writes it."""

    _attr_translation_key = "allowed"

    def __init__(self, publisher: Publisher, subentry: ConfigSubentry, load: dict[str, Any]) -> None:
        """Bind to the load."""
        super().__init__(publisher, subentry, load, CONF_ALLOWED, Kind.AT_ONCE)

    @property
    @override
    def is_on(self) -> bool | None:
        """The setting as it is now."""
        return None if self.details is None else bool(self.details.get(CONF_ALLOWED, True))

    @override
    def shown(self) -> Publishable:
        """The setting alone."""
        return self.is_on

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Let the appliance be offloaded."""
        self._write(allowed=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Keep the appliance out of offloading: if it is cut, it returns."""
        self._write(allowed=False)

    def _write(self, *, allowed: bool) -> None:
        if (subentry := self.subentry) is not None:
            async_write_load(self.hass, self.publisher.entry, subentry, self.load_id, CONF_ALLOWED, allowed)
            self.async_write_ha_state()
