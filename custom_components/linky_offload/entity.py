"""What every entity has in common: its device, its unique id, and states written at its own pace."""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Any, override

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import ChildDeviceInfo, DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import CONF_INTERNAL_ID, CONF_LOAD_ID, CONF_LOADS, CONF_NAME, DOMAIN, SUBENTRY_COORDINATOR
from .descriptions import View
from .descriptions.base import Told
from .devices import loads_of
from .offload import LoadReport
from .pace import Kind, Pace, Publishable
from .publisher import Publisher, async_publisher
from .runtime import LinkyConfigEntry, LinkyRuntime


class LinkyEntity(Entity):
    """An entity that the publisher serves."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, publisher: Publisher, pace: Kind) -> None:
        """Bind to the publisher; identity and device come from the subclasses."""
        self.publisher = publisher
        self._pace = Pace(pace)
        self._was_available: bool | None = None

    @property
    def runtime(self) -> LinkyRuntime:
        """The runtime of the meter."""
        return self.publisher.entry.runtime_data

    @property
    def view(self) -> View:
        """The present view of the meter."""
        return self.publisher.view

    @property
    def eager(self) -> bool:
        """True when the state is looked at with every update."""
        return self._pace.kind.eager

    @property
    def urgent(self) -> bool:
        """True when the interval of the pace does not hold now."""
        return False

    @abstractmethod
    def shown(self) -> Publishable:
        """What the state and its attributes are made of, for comparison."""

    @override
    async def async_added_to_hass(self) -> None:
        """Ask to be served. The first state is about to be written without the pace being asked."""
        await super().async_added_to_hass()
        self._takes_note(self.publisher.now())
        self.async_on_remove(self.publisher.async_add(self))

    @callback
    def async_consider(self, now: float, *, immediate: bool = False) -> None:
        """Write the state if it is due; a change of availability always is."""
        if self._takes_note(now, urgent=self.urgent or (immediate and self.eager)):
            self.async_write_ha_state()

    def _takes_note(self, now: float, *, urgent: bool = False) -> bool:
        """Tell whether the present state is due, and hold it as written if so."""
        available = self.available
        changed = available is not self._was_available
        self._was_available = available
        rule = self.publisher.rules[self._pace.kind]
        return self._pace.due(self.shown() if available else None, now, rule, urgent=urgent) or changed

    @callback
    def async_entity_id_changed(self, old_entity_id: str) -> None:
        """Nothing here depends on the entity id: a rename needs no new start."""


class MeterEntity(LinkyEntity):
    """An entity of the meter's device."""

    def __init__(self, publisher: Publisher, key: str, pace: Kind) -> None:
        """Identify by the internal id of the entry, which never changes."""
        super().__init__(publisher, pace)
        internal_id = publisher.entry.data[CONF_INTERNAL_ID]
        self._attr_unique_id = f"{internal_id}_{key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, internal_id)})


class DescribedMeterEntity[DescriptionT: Told](MeterEntity):
    """An entity of the meter made from a row of a table."""

    def __init__(self, publisher: Publisher, key: str, description: DescriptionT) -> None:
        """Take name and default state of enablement from the description and from what the meter is."""
        super().__init__(publisher, key, description.pace)
        self.told = description
        if description.name_fn is not None:
            self._attr_translation_key = description.name_fn(publisher.facts)
        if description.enabled_fn is not None:
            self._attr_entity_registry_enabled_default = description.enabled_fn(publisher.view, publisher.facts)

    @property
    @override
    def available(self) -> bool:
        """Available while the meter speaks."""
        return self.told.without_link or self.view.link.available

    @property
    @override
    def urgent(self) -> bool:
        """As the description says."""
        return self.told.urgent_fn(self.view)


class OffloadCoordinatorEntity(LinkyEntity):
    """An entity of an offload coordinator's device."""

    def __init__(self, publisher: Publisher, subentry: ConfigSubentry, key: str, pace: Kind) -> None:
        """Identify by the subentry."""
        super().__init__(publisher, pace)
        self.coordinator_id = subentry.subentry_id
        self._attr_unique_id = f"{subentry.subentry_id}_{key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, subentry.subentry_id)})

    @property
    def subentry(self) -> ConfigSubentry | None:
        """The coordinator's settings as they are now; None while it is being removed."""
        return self.publisher.entry.subentries.get(self.coordinator_id)

    @property
    @override
    def available(self) -> bool:
        """Available while the coordinator exists: what was decided stays true when the meter is silent."""
        return self.subentry is not None

    def name_of(self, load_id: str | None) -> str | None:
        """The name of one of the coordinator's loads."""
        loads = self.subentry.data.get(CONF_LOADS, ()) if self.subentry else ()
        return next((load[CONF_NAME] for load in loads if load[CONF_LOAD_ID] == load_id), None)


class LoadEntity(LinkyEntity):
    """An entity of one load, on a device of its own under the coordinator's."""

    def __init__(
        self, publisher: Publisher, subentry: ConfigSubentry, load: dict[str, Any], key: str, pace: Kind
    ) -> None:
        """Identify by the load's own id, which it keeps when it changes coordinator."""
        super().__init__(publisher, pace)
        self.load_id: str = load[CONF_LOAD_ID]
        self.coordinator_id = subentry.subentry_id
        parent_id = dr.async_get_device_id_by_identifier(
            publisher.hass, (DOMAIN, subentry.subentry_id), config_entry_id=publisher.entry.entry_id
        )
        self._attr_unique_id = f"{self.load_id}_{key}"
        self._attr_device_info = ChildDeviceInfo(
            identifiers={(DOMAIN, self.load_id)}, name=load[CONF_NAME], parent_device_id=parent_id
        )

    @property
    def subentry(self) -> ConfigSubentry | None:
        """The coordinator's settings as they are now; None while it is being removed."""
        return self.publisher.entry.subentries.get(self.coordinator_id)

    @property
    def details(self) -> Mapping[str, Any] | None:
        """The load's settings as they are now; None while it is being removed."""
        loads = self.subentry.data.get(CONF_LOADS, ()) if self.subentry else ()
        return next((load for load in loads if load[CONF_LOAD_ID] == self.load_id), None)

    @property
    def report(self) -> LoadReport | None:
        """What the arbiter says of the load; None while it does not know it."""
        return self.view.report.loads.get(self.load_id)

    @property
    @override
    def available(self) -> bool:
        """Available while the arbiter knows the load."""
        return self.report is not None


@callback
def async_add_described[DescriptionT: Told](
    hass: HomeAssistant,
    entry: LinkyConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    descriptions: Iterable[DescriptionT],
    make: Callable[[Publisher, DescriptionT], Entity],
    *,
    at_start: Callable[[DescriptionT], bool] = lambda _: False,
) -> None:
    """Create each described entity when its time has come: some values of a meter are first seen months later.

    ``at_start``: a description whose entity is to be there from the start, seen or not.
    """
    publisher = async_publisher(hass, entry)
    waiting = list(descriptions)

    def create(ready: Callable[[DescriptionT], bool]) -> None:
        chosen = [description for description in waiting if ready(description)]
        if chosen:
            waiting[:] = [description for description in waiting if description not in chosen]
            async_add_entities([make(publisher, description) for description in chosen])

    create(at_start)
    entry.async_on_unload(
        publisher.async_follow(lambda: create(lambda description: description.exists(publisher.view)))
    )


@callback
def async_add_for_coordinators(
    hass: HomeAssistant,
    entry: LinkyConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    make: Callable[[Publisher, ConfigSubentry], Iterable[Entity]],
) -> None:
    """Create entities for every offload coordinator, those of later ones included."""
    publisher = async_publisher(hass, entry)
    served: set[str] = set()

    def follow() -> None:
        present = {subentry.subentry_id: subentry for subentry in entry.get_subentries_of_type(SUBENTRY_COORDINATOR)}
        for subentry_id, subentry in present.items():
            if subentry_id not in served:
                async_add_entities(make(publisher, subentry), config_subentry_id=subentry_id)
        served.clear()
        served.update(present)

    entry.async_on_unload(publisher.async_follow(follow))


@callback
def async_add_for_loads(
    hass: HomeAssistant,
    entry: LinkyConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    make: Callable[[Publisher, ConfigSubentry, dict[str, Any]], Iterable[Entity]],
) -> None:
    """Create entities for every load, those added later or moved to another coordinator included."""
    publisher = async_publisher(hass, entry)
    served: set[tuple[str, str]] = set()

    def follow() -> None:
        present = {(subentry.subentry_id, load[CONF_LOAD_ID]): (subentry, load) for subentry, load in loads_of(entry)}
        for place, (subentry, load) in present.items():
            if place not in served:
                async_add_entities(make(publisher, subentry, load), config_subentry_id=subentry.subentry_id)
        served.clear()
        served.update(present)

    entry.async_on_unload(publisher.async_follow(follow))
