"""Soft limits of a period: a lower cap on the whole house while a red day, a mobile peak or an entity says so.

They are options of the entry; the lowest of those in force goes to the arbiter. An entity that is unavailable or
unknown says nothing, so that its limit is not in force.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_entity_registry_updated_event, async_track_state_change_event

from .const import CONF_ENTITY, CONF_LIMIT_VA, CONF_SOFT_LIMITS, CONF_STATE, CONF_WHEN
from .meter import TariffNow


class When(StrEnum):
    """What puts a soft limit in force."""

    TEMPO_RED = "tempo_red"
    EJP_PEAK = "ejp_peak"
    ENTITY = "entity"


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftLimit:
    """One row of the options. ``limit_va``: of the whole house; ``entity`` and ``state`` only for `When.ENTITY`."""

    when: When
    limit_va: float
    entity: str | None = None
    state: str | None = None

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Self:
        """From the options."""
        return cls(
            when=When(row[CONF_WHEN]),
            limit_va=float(row[CONF_LIMIT_VA]),
            entity=row.get(CONF_ENTITY),
            state=row.get(CONF_STATE),
        )


class Caps:
    """The soft limits of one entry and the one in force."""

    def __init__(self, hass: HomeAssistant, on_change: Callable[[float | None], None]) -> None:
        """``on_change`` is called with the cap, VA or None, when it becomes another."""
        self._hass = hass
        self._on_change = on_change
        self._limits: tuple[SoftLimit, ...] = ()
        self._tariff: TariffNow | None = None
        self._untrack: list[CALLBACK_TYPE] = []
        self.cap_va: float | None = None

    @callback
    def configure(self, options: Mapping[str, Any]) -> None:
        """Take the soft limits of the options, and watch the entities that they name."""
        self._limits = tuple(SoftLimit.read(row) for row in options.get(CONF_SOFT_LIMITS, ()))
        self._watch()

    @callback
    def stop(self) -> None:
        """Watch no entity any longer."""
        while self._untrack:
            self._untrack.pop()()

    @callback
    def follow(self, tariff: TariffNow) -> None:
        """The tariff, as the latest reading tells it."""
        if tariff != self._tariff:
            self._tariff = tariff
            self._work_out()

    def _watch(self) -> None:
        self.stop()
        if entity_ids := {entity_id for limit in self._limits if (entity_id := self._entity_id(limit)) is not None}:
            self._untrack = [
                async_track_state_change_event(self._hass, entity_ids, self._state_changed),
                async_track_entity_registry_updated_event(self._hass, entity_ids, self._entity_renamed),
            ]
        self._work_out()

    @callback
    def _state_changed(self, _: Event[EventStateChangedData]) -> None:
        self._work_out()

    @callback
    def _entity_renamed(self, _: Event[er.EventEntityRegistryUpdatedData]) -> None:
        self._watch()

    def _work_out(self) -> None:
        cap = min((limit.limit_va for limit in self._limits if self._holds(limit)), default=None)
        if cap != self.cap_va:
            self.cap_va = cap
            self._on_change(cap)

    def _holds(self, limit: SoftLimit) -> bool:
        match limit.when:
            case When.TEMPO_RED:
                return self._tariff is not None and self._tariff.red_day is True
            case When.EJP_PEAK:
                return self._tariff is not None and self._tariff.mobile_peak is True
            case When.ENTITY:
                entity_id = self._entity_id(limit)
                state = self._hass.states.get(entity_id) if entity_id else None
                return state is not None and state.state == limit.state

    def _entity_id(self, limit: SoftLimit) -> str | None:
        return er.async_resolve_entity_id(er.async_get(self._hass), limit.entity) if limit.entity else None
