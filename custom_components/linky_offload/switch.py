"""The switch that takes an offload coordinator in or out of service."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import CONF_ENABLED
from .entity import OffloadCoordinatorEntity, async_add_for_coordinators
from .pace import Kind, Publishable
from .publisher import Publisher
from .runtime import LinkyConfigEntry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: LinkyConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Create the switch of each offload coordinator."""
    async_add_for_coordinators(
        hass, entry, async_add_entities, lambda publisher, subentry: [EnabledSwitch(publisher, subentry)]
    )


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
            self.hass.config_entries.async_update_subentry(
                self.publisher.entry, subentry, data={**subentry.data, CONF_ENABLED: enabled}
            )
            self.async_write_ha_state()
