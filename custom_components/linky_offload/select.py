"""What is chosen of a list: the mode of the arbiter, its profile, and the strategy of each offload coordinator."""

from typing import override

from homeassistant.components.select import SelectEntity
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import CONF_PROFILE, CONF_STRATEGY, DEFAULT_PROFILE, DEFAULT_STRATEGY
from .entity import MeterEntity, OffloadCoordinatorEntity, async_add_for_coordinators
from .linkytop import async_linkytop
from .linkytop_entities import MeasurementDelay
from .offload import OffloadMode, Profile, StrategyName
from .pace import Kind, Publishable
from .publisher import Publisher, async_publisher
from .runtime import LinkyConfigEntry
from .writing import async_write_option, async_write_subentry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: LinkyConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Create the selects of the meter and of its offload coordinators."""
    meter = async_publisher(hass, entry)
    async_add_entities([ModeSelect(meter), ProfileSelect(meter)])
    if (linkytop := async_linkytop(hass, entry)) is not None:
        async_add_entities([MeasurementDelay(meter, linkytop)])
    async_add_for_coordinators(
        hass, entry, async_add_entities, lambda publisher, subentry: [StrategySelect(publisher, subentry)]
    )


class ModeSelect(MeterEntity, SelectEntity):
    """What the arbiter may do. It has no category, so that automations reach it through its area and device."""

    _attr_translation_key = "mode"
    _attr_options = [str(mode) for mode in OffloadMode]  # noqa: RUF012 (SelectEntity declares it so)

    def __init__(self, publisher: Publisher) -> None:
        """Belong to the meter."""
        super().__init__(publisher, "mode", Kind.AT_ONCE)

    @property
    @override
    def current_option(self) -> str:
        """The mode in force."""
        return str(self.view.report.mode)

    @override
    def shown(self) -> Publishable:
        """The mode alone."""
        return self.current_option

    @override
    async def async_select_option(self, option: str) -> None:
        """Change the mode."""
        await self.runtime.async_set_mode(OffloadMode(option))


class ProfileSelect(MeterEntity, SelectEntity):
    """When the arbiter acts. The options own the setting; the select only writes it."""

    _attr_translation_key = "profile"
    _attr_entity_category = EntityCategory.CONFIG
    _attr_entity_registry_enabled_default = False
    _attr_options = [str(profile) for profile in Profile]  # noqa: RUF012 (SelectEntity declares it so)

    def __init__(self, publisher: Publisher) -> None:
        """Belong to the meter."""
        super().__init__(publisher, CONF_PROFILE, Kind.TEXT)

    @property
    @override
    def current_option(self) -> str:
        """The profile in force."""
        return str(self.publisher.entry.options.get(CONF_PROFILE, DEFAULT_PROFILE))

    @override
    def shown(self) -> Publishable:
        """The profile alone."""
        return self.current_option

    @override
    async def async_select_option(self, option: str) -> None:
        """Write the option."""
        async_write_option(self.hass, self.publisher.entry, CONF_PROFILE, option)
        self.async_write_ha_state()


class StrategySelect(OffloadCoordinatorEntity, SelectEntity):
    """How a coordinator picks among its loads. The subentry owns the setting; what is cut stays cut at a change."""

    _attr_translation_key = "strategy"
    _attr_entity_category = EntityCategory.CONFIG
    _attr_entity_registry_enabled_default = False
    _attr_options = [str(strategy) for strategy in StrategyName]  # noqa: RUF012 (SelectEntity declares it so)

    def __init__(self, publisher: Publisher, subentry: ConfigSubentry) -> None:
        """Bind to the coordinator."""
        super().__init__(publisher, subentry, CONF_STRATEGY, Kind.TEXT)

    @property
    @override
    def current_option(self) -> str | None:
        """The strategy in force."""
        return None if self.subentry is None else str(self.subentry.data.get(CONF_STRATEGY, DEFAULT_STRATEGY))

    @override
    def shown(self) -> Publishable:
        """The strategy alone."""
        return self.current_option

    @override
    async def async_select_option(self, option: str) -> None:
        """Write the setting."""
        if (subentry := self.subentry) is not None:
            async_write_subentry(self.hass, self.publisher.entry, subentry, CONF_STRATEGY, option)
            self.async_write_ha_state()
