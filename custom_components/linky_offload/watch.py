"""What happens to the loads: their states, their power, and the orders that others aim at them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.components.automation import EVENT_AUTOMATION_TRIGGERED
from homeassistant.components.script.const import EVENT_SCRIPT_STARTED
from homeassistant.const import ATTR_DOMAIN, ATTR_SERVICE, ATTR_SERVICE_DATA, EVENT_CALL_SERVICE
from homeassistant.core import (
    CALLBACK_TYPE,
    DOMAIN as HOMEASSISTANT_DOMAIN,
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event, async_track_time_interval
from homeassistant.helpers.start import async_at_started

from .actuators import KINDS, Actuator, Order, make_actuator
from .hands import Hands
from .missing import check_missing, forget_missing
from .offload.model import Cause, LoadView
from .settings import LoadConfig
from .targets import aimed_at

_POWER_CHECK: Final = timedelta(seconds=60)


class LoadWatch:
    """Follows every load of an entry.

    ``on_view`` gets each change with who is behind it, ``on_wish`` each order of somebody else: load, on, by a person.
    ``on_saved`` is told of a load that will go back otherwise than was saved, since its owner changed his mind.
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
        self.on_saved: Callable[[str], None] = _nobody
        self._hass = hass
        self._on_view = on_view
        self._on_wish = on_wish
        self._views: dict[str, LoadView] = {}
        self._by_entity: Mapping[str, Actuator] = {}
        self._by_measure: Mapping[str, list[Actuator]] = {}
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
                actuator.take_over(old)
                self._views.pop(config.load_id, None)
        for load_id in kept:
            self._views.pop(load_id, None)
            self.hands.forget(load_id)
            forget_missing(self._hass, load_id)
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
        self._by_entity = {entity_id: actuator for actuator in actuators for entity_id in actuator.switched_ids}
        by_measure: defaultdict[str, list[Actuator]] = defaultdict(list)
        for actuator in actuators:
            for entity_id in actuator.measured_ids:
                by_measure[entity_id].append(actuator)
        self._by_measure = by_measure
        self._untrack = [
            async_track_state_change_event(self._hass, list(self._by_entity), self._load_changed),
            async_track_state_change_event(self._hass, list(self._by_measure), self._measure_changed),
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
        state = event.data["new_state"] if event.data["entity_id"] == actuator.entity_id else actuator.state
        view = actuator.view_of(state)
        self._see(actuator, view, self._cause(actuator, event, view, state))
        if event.data["old_state"] is None or event.data["new_state"] is None:
            self._check_missing()

    def _cause(
        self, actuator: Actuator, event: Event[EventStateChangedData], view: LoadView, state: State | None
    ) -> Cause:
        before = self._views.get(actuator.load_id)
        if view.on is None:
            return Cause.MEASURE
        if before is None:
            return Cause.FIRST
        if before.on is None:
            return Cause.REAPPEARED
        moved = actuator.turned_down_to is not None and view.level != before.level
        if view.on is before.on and not moved:
            return Cause.MEASURE
        exact = actuator.is_as_ordered(state)
        return self.hands.classify(actuator.load_id, event.context, view.on, self._hass.loop.time(), exact=exact)

    @callback
    def _measure_changed(self, event: Event[EventStateChangedData]) -> None:
        for actuator in self._by_measure[event.data["entity_id"]]:
            self._see(actuator, actuator.view(), Cause.MEASURE)

    @callback
    def _check_power(self, _now: datetime) -> None:
        """A sensor that died says nothing: look at its age."""
        for actuators in self._by_measure.values():
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
        if domain not in KINDS and domain != HOMEASSISTANT_DOMAIN:
            return
        data = event.data[ATTR_SERVICE_DATA]
        aimed = aimed_at(self._hass, self._by_entity, domain, data)
        for actuator in {self._by_entity[entity_id] for entity_id in aimed}:
            if self.hands.is_ours(actuator.load_id, event.context):
                continue
            order = actuator.order(service, data)
            if order is not None and _matters(actuator, order):
                self._ordered(actuator, order, event, now)

    def _ordered(self, actuator: Actuator, order: Order, event: Event[Any], now: float) -> None:
        """Somebody else ordered a load on or off, or changed how it will be once it is back."""
        if actuator.ours and order.on and order.wanted != actuator.saved:
            actuator.want(order.wanted)
            self.on_saved(actuator.load_id)
        cause = self.hands.note_order(actuator.load_id, event.context, order.on, now)
        self._on_wish(actuator.load_id, order.on, cause is Cause.HAND)

    # Renamed and removed entities ------------------------------------------------------------------------------------

    @callback
    def _concerns_us(self, data: er.EventEntityRegistryUpdatedData) -> bool:
        changed = {data["entity_id"], data.get("old_entity_id")}
        return (
            data["action"] == "create"
            or not changed.isdisjoint(self._by_entity)
            or not changed.isdisjoint(self._by_measure)
        )

    @callback
    def _registry_updated(self, _event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        before = self._followed()
        for actuator in self.actuators.values():
            actuator.resolve()
        if before != self._followed():
            self._track()

    def _followed(self) -> list[tuple[str, ...]]:
        return [
            entity_ids
            for actuator in self.actuators.values()
            for entity_ids in (actuator.switched_ids, actuator.measured_ids)
        ]

    @callback
    def _started(self, _hass: HomeAssistant) -> None:
        self._check_missing()

    @callback
    def _check_missing(self) -> None:
        for actuator in self.actuators.values():
            check_missing(self._hass, actuator)


def _matters(actuator: Actuator, order: Order) -> bool:
    """Whether an order is about on and off, or about a load that we hold: changed settings of others are no wish."""
    view = actuator.view()
    held = actuator.ours and (view.on is False or actuator.turned_down_to is not None)
    return order.switches or order.on is not view.on or held


def _nobody(_load_id: str) -> None:
    """Nobody needs to know yet."""
