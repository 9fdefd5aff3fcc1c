"""The link to the meter as a whole: whatever its source, open or not, heard or not."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN, LOGGER
from .meter import Delivery
from .sources import Ears, LinkError, Silence, Voice, connection_of, make_feed
from .tic import Decoder, Group, Mode

LOOK_S: Final = 10.0
"""How often a link that nothing else wakes is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkState:
    """What is known of the link.

    ``available``: its latest values may be shown. ``degraded``: it is too quiet to act on its word.
    ``connected``: the source may be heard; ``error`` tells why it may not. ``slow``: it speaks too rarely to protect
    anything, whatever it says. ``since``: monotonic second of the last change.
    """

    available: bool = False
    degraded: bool = False
    connected: bool = False
    error: LinkError | None = None
    slow: bool = False
    since: float


def issue_id(entry: ConfigEntry) -> str:
    """The repair issue of a meter that is not heard."""
    return f"meter_silent_{entry.entry_id}"


def slow_issue_id(entry: ConfigEntry) -> str:
    """The repair issue of a source that is too slow to protect."""
    return f"source_slow_{entry.entry_id}"


class Link:
    """Keeps the source, and judges its silences.

    ``on_groups`` gets the groups of a line in the same turn of the event loop in which their last byte was read,
    ``on_delivery`` the messages of a bridge as soon; ``on_state`` the new state after every change.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        *,
        on_groups: Callable[[list[Group], float], None],
        on_delivery: Callable[[Delivery, float, bool], None],
        on_state: Callable[[LinkState], None],
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._loop = hass.loop
        self._on_groups = on_groups
        self._on_delivery = on_delivery
        self._on_state = on_state
        now = self._loop.time()
        self.state = LinkState(since=now)
        self._silence = Silence(now)
        self._heard = False
        self._lost = False
        self._timer: asyncio.TimerHandle | None = None
        ears = Ears(on_groups=self._groups, on_delivery=self._delivery, on_link=self._link_changed)
        self.feed = make_feed(hass, entry, ears)

    @property
    def decoder(self) -> Decoder:
        """The decoder of the line, for its counters."""
        return self.feed.decoder

    @property
    def mode(self) -> Mode | None:
        """The mode of the meter, None where its source knows no such thing."""
        return self.feed.mode

    @property
    def met(self) -> bool:
        """Whether the meter has surely told what kind of tariff and output it has."""
        return self.feed.met

    def start(self) -> None:
        """Listen from now on."""
        self.feed.start()
        self._check()

    async def async_stop(self) -> None:
        """Close the source and forget its troubles."""
        if self._timer is not None:
            self._timer.cancel()
        await self.feed.async_close()
        for issue in (issue_id(self._entry), slow_issue_id(self._entry)):
            ir.async_delete_issue(self._hass, DOMAIN, issue)

    def must_be_made_anew(self) -> bool:
        """Whether the entry has another connection than the one in use."""
        return connection_of(self._entry.data) != self.feed.connection

    # What the source tells -------------------------------------------------------------------------------------------

    @callback
    def _groups(self, groups: list[Group], now: float) -> None:
        self._hear(now)
        self._on_groups(groups, now)

    @callback
    def _delivery(self, delivery: Delivery, now: float, live: bool) -> None:
        if live:
            self._hear(now)
        self._on_delivery(delivery, now, live)

    def _hear(self, now: float) -> None:
        self._silence.note(now)
        changed = self._silence.slow is not self.state.slow or self._silence.pause_s != self.feed.pause_s
        if not self.state.available or self.state.degraded or changed:
            self._heard = True
            self._check()

    @callback
    def _link_changed(self, error: LinkError | None) -> None:
        self._silence.interrupt()
        self._heard = False
        self._set(connected=error is None, error=error, available=False, degraded=error is not None)

    # Its silences ----------------------------------------------------------------------------------------------------

    @callback
    def _check(self) -> None:
        """Judge the silence now, and come back when the judgement may change."""
        now = self._loop.time()
        self._silence.pause_s = self.feed.pause_s
        voice = self._silence.voice(now)
        slow = self._silence.slow
        self._set(
            available=self._heard and voice is not Voice.SILENT,
            degraded=not self.state.connected or voice is not Voice.SPEAKING or slow,
            slow=slow,
        )
        self._tell(voice)
        wake = [self.feed.look(now, self._silence.last), self._silence.next_change(now)]
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(min((at for at in wake if at is not None), default=now + LOOK_S), self._check)

    def _set(self, **changes: bool | LinkError | None) -> None:
        state = replace(self.state, **changes)  # type: ignore[arg-type]
        if state != self.state:
            self._log(state)
            self.state = replace(state, since=self._loop.time())
            self._on_state(self.state)

    def _log(self, state: LinkState) -> None:
        """Once when the meter falls silent, and once when it is back, whatever its source."""
        if state.available is self.state.available:
            return
        if not state.available:
            self._lost = True
            LOGGER.warning("%s is not heard any more", self._entry.title)
        elif self._lost:
            self._lost = False
            LOGGER.info("%s is heard again", self._entry.title)

    def _tell(self, voice: Voice) -> None:
        """Say in plain words that the meter has not been heard for long, or is heard too rarely."""
        if voice is not Voice.SILENT:
            ir.async_delete_issue(self._hass, DOMAIN, issue_id(self._entry))
        else:
            self._create(
                issue_id(self._entry),
                self.feed.silent_text if self.state.connected else str(self.state.error or LinkError.LOST),
                ir.IssueSeverity.ERROR,
            )
        if self._silence.slow:
            self._create(slow_issue_id(self._entry), "source_slow", ir.IssueSeverity.WARNING)
        else:
            ir.async_delete_issue(self._hass, DOMAIN, slow_issue_id(self._entry))

    def _create(self, issue: str, text: str, severity: ir.IssueSeverity) -> None:
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue,
            is_fixable=False,
            severity=severity,
            translation_key=text,
            translation_placeholders={"name": self._entry.title, "port": self.feed.name},
        )
