"""Carries out the arbiter's decisions: journal, service calls, and the loads that must be given back in any case."""

import asyncio
from collections.abc import Coroutine, Iterable
from functools import partial
import logging
from typing import Any, Final

from homeassistant.core import Context, HomeAssistant, callback

from .actuators import Actuator
from .journal import Intent, Journal
from .offload.model import Action, Command
from .watch import LoadWatch

_LOGGER = logging.getLogger(__name__)

JOURNAL_WAIT_S: Final = 0.25
"""An order that is not urgent waits at most this long for the disk."""

STOP_WAIT_S: Final = 10.0
"""Home Assistant is not held up longer than this when it stops."""


class Commander:
    """Turns commands into service calls. The newest command for a load wins over one that is still under way."""

    def __init__(self, hass: HomeAssistant, journal: Journal, watch: LoadWatch) -> None:
        self._hass = hass
        self._journal = journal
        self._watch = watch
        self._running: dict[str, asyncio.Task[None]] = {}
        self._leaving: dict[str, asyncio.Task[None]] = {}
        self._pinned: set[str] = set()
        watch.on_saved = self._saved_changed

    @callback
    def follow_intents(self, intents: Iterable[str]) -> frozenset[str]:
        """Make the journal hold these loads, each with the settings to put back, and no others.

        Return those that left it.
        """
        wanted = self._pinned.union(intents)
        for load_id in wanted:
            if load_id not in self._journal.intents:
                self._note(load_id)
        gone = self._journal.intents.keys() - wanted
        for load_id in gone:
            self._journal.drop(load_id)
            if (actuator := self._watch.actuators.get(load_id)) is not None:
                if actuator.view().on is False:
                    self._let_go(actuator)
                actuator.forget()
        return frozenset(gone)

    @callback
    def send(self, command: Command) -> None:
        """Carry out a command; its service call leaves before this returns, unless it must wait for the journal."""
        actuator = self._watch.actuators[command.load_id]
        _LOGGER.debug("%s %s: %s", command.action, actuator.config.name, command.reason)
        if command.level is not None:
            self._start(command.load_id, self._turn_down(actuator, command.level, wait=not command.urgent))
        elif command.action is Action.RESTORE:
            self._start(command.load_id, actuator.async_restore(self._context(actuator, on=True)))
        else:
            self._start(command.load_id, self._offload(actuator, wait=not command.urgent))

    async def async_settle(self) -> None:
        """Wait for the calls under way, and for the loads to be seen back, but not for long."""
        try:
            async with asyncio.timeout(STOP_WAIT_S):
                while self._running:
                    await asyncio.wait(self._running.values())
        except TimeoutError:
            _LOGGER.debug("Not every appliance answered before Home Assistant stopped")

    @callback
    def pin(self, load_id: str) -> None:
        """Keep a load in the journal whatever the arbiter says: it is off for a trial."""
        self._pinned.add(load_id)
        self._note(load_id)

    @callback
    def unpin(self, load_id: str, *, still_cut: bool) -> None:
        """The trial is over."""
        self._pinned.discard(load_id)
        if not still_cut:
            self._journal.drop(load_id)
            if (actuator := self._watch.actuators.get(load_id)) is not None:
                actuator.forget()

    async def async_switch(self, actuator: Actuator, on: bool) -> None:
        """Switch a load for a trial and wait for the call."""
        context = self._context(actuator, on=on)
        await (actuator.async_restore(context) if on else actuator.async_offload(context))

    async def _offload(self, actuator: Actuator, *, wait: bool) -> None:
        await self._journalled(actuator, None, wait=wait)
        await actuator.async_offload(self._context(actuator, on=False))

    async def _turn_down(self, actuator: Actuator, level: float, *, wait: bool) -> None:
        await self._journalled(actuator, level, wait=wait)
        await actuator.async_level(level, self._context(actuator, on=True))

    async def _journalled(self, actuator: Actuator, level: float | None, *, wait: bool) -> None:
        """Put what is about to be done into the journal; if there is time, wait until the disk has it."""
        self._note(actuator.load_id, level)
        if wait and not self._journal.is_written:
            try:
                async with asyncio.timeout(JOURNAL_WAIT_S):
                    await self._journal.async_written()
            except TimeoutError:
                _LOGGER.debug("The disk is slow: %s is cut before the journal is written", actuator.config.name)

    def _note(self, load_id: str, level: float | None = None) -> None:
        actuator = self._watch.actuators[load_id]
        actuator.save(level)
        self._journal.put(Intent.now(actuator.config, actuator.saved))

    @callback
    def _saved_changed(self, load_id: str) -> None:
        if load_id in self._journal.intents:
            actuator = self._watch.actuators[load_id]
            self._journal.put(Intent.now(actuator.config, actuator.saved))

    def _context(self, actuator: Actuator, *, on: bool) -> Context:
        context = Context()
        self._watch.hands.note_ours(actuator.load_id, context, on, self._hass.loop.time())
        return context

    def _let_go(self, actuator: Actuator) -> None:
        """In the background: the load may not be off yet, and nobody waits for it."""
        load_id = actuator.load_id
        task = self._hass.async_create_background_task(
            actuator.async_let_go(Context()), f"linky_offload lets {load_id} go"
        )
        _hold(self._leaving, load_id, task)

    def _start(self, load_id: str, work: Coroutine[Any, Any, None]) -> None:
        if (leaving := self._leaving.pop(load_id, None)) is not None:
            leaving.cancel()
        if (older := self._running.pop(load_id, None)) is not None:
            older.cancel()
        _hold(self._running, load_id, self._hass.async_create_task(work, f"linky_offload command {load_id}"))


def _hold(tasks: dict[str, asyncio.Task[None]], load_id: str, task: asyncio.Task[None]) -> None:
    """Have a task of a load at hand until it is done. An eager one may be done already."""
    if not task.done():
        tasks[load_id] = task
        task.add_done_callback(partial(_drop, tasks, load_id))


def _drop(tasks: dict[str, asyncio.Task[None]], load_id: str, task: asyncio.Task[None]) -> None:
    if tasks.get(load_id) is task:
        del tasks[load_id]
