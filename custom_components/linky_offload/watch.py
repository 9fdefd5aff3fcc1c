"""What happens to the loads: their states, their power, and the orders that others aim at them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.components.automation import EVENT_AUTOMATION_TRIGGERED
from homeassistant.components.climate.const import ATTR_HVAC_MODE, SERVICE_SET_HVAC_MODE, HVACMode
from homeassistant.components.script.const import EVENT_SCRIPT_STARTED
from homeassistant.const import (
    ATTR_DOMAIN,
    ATTR_ENTITY_ID,
    ATTR_SERVICE,
    ATTR_SERVICE_DATA,
    ENTITY_MATCH_ALL,
    EVENT_CALL_SERVICE,
    SERVICE_TOGGLE,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
)
from homeassistant.core import (
    CALLBACK_TYPE,
    DOMAIN as HOMEASSISTANT_DOMAIN,
    Event,
    EventStateChangedData,
    HomeAssistant,
    callback,
    split_entity_id,
)
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.helpers.event import async_track_state_change_event, async_track_time_interval
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids

from .actuators import KINDS, Actuator, make_actuator
from .const import DOMAIN
from .hands import Hands
from .offload.model import Cause, LoadView
from .settings import LoadConfig

_SWITCHING: Final = frozenset({SERVICE_TURN_ON, SERVICE_TURN_OFF, SERVICE_TOGGLE, SERVICE_SET_HVAC_MODE})
_POWER_CHECK: Final = timedelta(seconds=60)


def missing_issue_id(load_id: str) -> str:
    """The repair issue of a load whose entity is gone."""
    return f"load_missing_{load_id}"


class LoadWatch:
    """Follows every load of an entry.

    ``on_view`` gets each change with who is behind it, ``on_wish`` each order of somebody else: load, on, by a person.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        on_view: Callable[[LoadView, Cause], None],
        on_wish: Callable[[str, bool, bool], None],
    ) -> None:
        self.actuators: dict[str, Actuator] = {}
        self.hands = Hands()
        self._hass = hass
        self._on_view = on_view
        self._on_wish = on_wish
        self._views: dict[str, LoadView] = {}
        self._by_entity: Mapping[str, Actuator] = {}
        self._by_sensor: Mapping[str, list[Actuator]] = {}
        self._muted: set[str] = set()
        self._untrack: list[CALLBACK_TYPE] = []
        self._unlisten: list[CALLBACK_TYPE] = []

    @callback
    def start(self) -> None:
        """Listen from now on."""
        bus = self._hass.bus
        self._unlisten = [
            bus.async_listen(EVENT_CALL_SERVICE, self._service_called),
            bus.async_listen(EVENT_AUTOMATION_TRIGGERED, self._context_seen),
            bus.async_listen(EVENT_SCRIPT_STARTED, self._context_seen),
            bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, self._registry_updated, self._concerns_us),
            async_track_time_interval(self._hass, self._check_power, _POWER_CHECK, cancel_on_shutdown=True),
            async_at_started(self._hass, self._started),
        ]

    @callback
    def stop(self) -> None:
        """Listen no more."""
        for unsubscribe in (*self._unlisten, *self._untrack):
            unsubscribe()
        self._unlisten, self._untrack = [], []

    @callback
    def configure(self, configs: Iterable[LoadConfig]) -> None:
        """Follow these loads and no others. The caller then looks at the new ones with `look`."""
        kept, self.actuators = self.actuators, {}
        for config in configs:
            old = kept.pop(config.load_id, None)
            if old is not None and old.config == config:
                self.actuators[config.load_id] = old
                continue
            actuator = self.actuators[config.load_id] = make_actuator(self._hass, config)
            if old is not None:
                actuator.saved = old.saved
                self._views.pop(config.load_id, None)
        for load_id in kept:
            self._views.pop(load_id, None)
            self.hands.forget(load_id)
            ir.async_delete_issue(self._hass, DOMAIN, missing_issue_id(load_id))
        self._track()

    @callback
    def look(self) -> None:
        """Tell of every load that was not seen before."""
        for load_id, actuator in self.actuators.items():
            if load_id not in self._views:
                self._see(actuator, actuator.view(), Cause.FIRST)

    @callback
    def mute(self, load_id: str) -> Callable[[], None]:
        """Tell nothing of a load until the returned function is called: it is being tried."""
        self._muted.add(load_id)

        @callback
        def unmute() -> None:
            self._muted.discard(load_id)
            if (actuator := self.actuators.get(load_id)) is not None:
                self._see(actuator, actuator.view(), Cause.OURS)

        return unmute

    def is_muted(self, load_id: str) -> bool:
        """Whether the load is being tried."""
        return load_id in self._muted

    def _track(self) -> None:
        for unsubscribe in self._untrack:
            unsubscribe()
        actuators = self.actuators.values()
        self._by_entity = {actuator.entity_id: actuator for actuator in actuators if actuator.entity_id is not None}
        by_sensor: defaultdict[str, list[Actuator]] = defaultdict(list)
        for actuator in actuators:
            if actuator.sensor_id is not None:
                by_sensor[actuator.sensor_id].append(actuator)
        self._by_sensor = by_sensor
        self._untrack = [
            async_track_state_change_event(self._hass, list(self._by_entity), self._load_changed),
            async_track_state_change_event(self._hass, list(self._by_sensor), self._power_changed),
        ]
        self._check_missing()

    def _see(self, actuator: Actuator, view: LoadView, cause: Cause) -> None:
        if view == self._views.get(actuator.load_id) or actuator.load_id in self._muted:
            return
        self._views[actuator.load_id] = view
        self._on_view(view, cause)

    @callback
    def _load_changed(self, event: Event[EventStateChangedData]) -> None:
        actuator = self._by_entity[event.data["entity_id"]]
        view = actuator.view_of(event.data["new_state"])
        before = self._views.get(actuator.load_id)
        if view.on is None:
            cause = Cause.MEASURE
        elif before is None:
            cause = Cause.FIRST
        elif before.on is None:
            cause = Cause.REAPPEARED
        elif view.on is before.on:
            cause = Cause.MEASURE
        else:
            cause = self.hands.classify(actuator.load_id, event.context, view.on, self._hass.loop.time())
        self._see(actuator, view, cause)
        if event.data["old_state"] is None or event.data["new_state"] is None:
            self._check_missing()

    @callback
    def _power_changed(self, event: Event[EventStateChangedData]) -> None:
        for actuator in self._by_sensor[event.data["entity_id"]]:
            self._see(actuator, actuator.view(), Cause.MEASURE)

    @callback
    def _check_power(self, _now: datetime) -> None:
        """A sensor that died says nothing: look at its age."""
        for actuators in self._by_sensor.values():
            for actuator in actuators:
                self._see(actuator, actuator.view(), Cause.MEASURE)

    # Orders of others ------------------------------------------------------------------------------------------------

    @callback
    def _context_seen(self, event: Event[Any]) -> None:
        self.hands.note(event.context)

    @callback
    def _service_called(self, event: Event[Any]) -> None:
        now = self._hass.loop.time()
        self.hands.note(event.context, now)
        domain, service = event.data[ATTR_DOMAIN], event.data[ATTR_SERVICE]
        if service not in _SWITCHING or (domain not in KINDS and domain != HOMEASSISTANT_DOMAIN):
            return
        data = event.data[ATTR_SERVICE_DATA]
        for entity_id in self._targets(domain, data):
            actuator = self._by_entity[entity_id]
            if self.hands.is_ours(actuator.load_id, event.context):
                continue
            on = self._wanted_on(actuator, service, data)
            cause = self.hands.note_order(actuator.load_id, event.context, on, now)
            self._on_wish(actuator.load_id, on, cause is Cause.HAND)

    def _wanted_on(self, actuator: Actuator, service: str, data: Mapping[str, Any]) -> bool:
        match service:
            case "turn_on":
                return True
            case "turn_off":
                return False
            case "set_hvac_mode":
                return data.get(ATTR_HVAC_MODE) != HVACMode.OFF
            case _:
                return not actuator.view().on

    def _targets(self, domain: str, data: Mapping[str, Any]) -> set[str]:
        """The entities of our loads at which a call of this domain is aimed."""
        ours = {
            entity_id
            for entity_id in self._by_entity
            if domain in (HOMEASSISTANT_DOMAIN, split_entity_id(entity_id)[0])
        }
        if not ours:
            return ours
        named = data.get(ATTR_ENTITY_ID)
        if named == ENTITY_MATCH_ALL:
            return ours
        if isinstance(named, str):
            data = {**data, ATTR_ENTITY_ID: [name.strip().lower() for name in named.split(",")]}
        selected = async_extract_referenced_entity_ids(self._hass, TargetSelection(dict(data)))
        return ours & (selected.referenced | selected.indirectly_referenced)

    # Renamed and removed entities ------------------------------------------------------------------------------------

    @callback
    def _concerns_us(self, data: er.EventEntityRegistryUpdatedData) -> bool:
        changed = {data["entity_id"], data.get("old_entity_id")}
        return (
            data["action"] == "create"
            or not changed.isdisjoint(self._by_entity)
            or not changed.isdisjoint(self._by_sensor)
        )

    @callback
    def _registry_updated(self, _event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        before = [(actuator.entity_id, actuator.sensor_id) for actuator in self.actuators.values()]
        for actuator in self.actuators.values():
            actuator.resolve()
        if before != [(actuator.entity_id, actuator.sensor_id) for actuator in self.actuators.values()]:
            self._track()

    @callback
    def _started(self, _hass: HomeAssistant) -> None:
        self._check_missing()

    @callback
    def _check_missing(self) -> None:
        """A load whose entity is gone is told; entities without registry entry appear only while we start."""
        for actuator in self.actuators.values():
            entity_id = actuator.entity_id
            registered = entity_id is not None and er.async_get(self._hass).async_get(entity_id) is not None
            gone = entity_id is None or (
                self._hass.is_running and not registered and self._hass.states.get(entity_id) is None
            )
            if gone:
                ir.async_create_issue(
                    self._hass,
                    DOMAIN,
                    missing_issue_id(actuator.load_id),
                    is_fixable=False,
                    severity=ir.IssueSeverity.WARNING,
                    translation_key="load_missing",
                    translation_placeholders={"name": actuator.config.name, "entity": actuator.config.entity},
                )
            else:
                ir.async_delete_issue(self._hass, DOMAIN, missing_issue_id(actuator.load_id))
