"""The calendar of tariff periods: today and tomorrow, as far as the meter tells them or they were learned."""

from datetime import datetime
from typing import override

from homeassistant.components.calendar import CalendarEntity, CalendarEvent
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.translation import async_translate_state
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .descriptions.tariff import has_periods
from .entity import MeterEntity
from .meter import Span
from .pace import Kind, Publishable
from .publisher import Publisher, async_publisher
from .runtime import LinkyConfigEntry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: LinkyConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Create the calendar once the meter has told that its price changes with the hour."""
    publisher = async_publisher(hass, entry)
    made: list[TariffCalendar] = []

    @callback
    def create() -> None:
        if not made and has_periods(publisher.view):
            made.append(TariffCalendar(publisher))
            async_add_entities(made)

    entry.async_on_unload(publisher.async_follow(create))


class TariffCalendar(MeterEntity, CalendarEntity):
    """One event for each stretch of a period."""

    _attr_translation_key = "tariff"

    def __init__(self, publisher: Publisher) -> None:
        """Belong to the meter."""
        super().__init__(publisher, "tariff_calendar", Kind.TEXT)

    @property
    @override
    def available(self) -> bool:
        """What was announced stays true while the meter is silent."""
        return bool(self._spans)

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """The running period, else the next one that is known."""
        span = self._present()
        return None if span is None else self._told(span)

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """The periods that touch a stretch of time."""
        return [self._told(span) for span in self._spans if span.start < end_date and span.end > start_date]

    @override
    def shown(self) -> Publishable:
        """All periods: those that read the calendar want to know when any of them changes."""
        return (self._spans, self._present())

    @property
    def _spans(self) -> tuple[Span, ...]:
        return self.view.derived.days.spans

    def _present(self) -> Span | None:
        now = dt_util.now()
        return next((span for span in self._spans if span.end > now), None)

    def _told(self, span: Span) -> CalendarEvent:
        return CalendarEvent(start=span.start, end=span.end, summary=self._name(span.period))

    def _name(self, period: str) -> str:
        """The period in the language of the home, by the words of the tariff period sensor."""
        return async_translate_state(self.hass, period, SENSOR_DOMAIN, DOMAIN, "tariff_period", None)
