"""The WebSocket of one plug: its state as it comes, and a switch made out of its toggle.

A plug knows no *on* and no *off*: any number that it is sent toggles that output. So its state is asked for first, the
toggle is sent only where it leads to what is wanted, never twice for one order, and the new state is waited for.
"""

import asyncio
from collections.abc import Callable
from enum import StrEnum
import logging
from typing import Any, Final

import aiohttp
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .wire import ASK, LARGEST_MESSAGE, PlugState, parse_state

_LOGGER = logging.getLogger(__name__)

REFRESH_S: Final = 2.0
"""How often a plug that says nothing by itself is asked."""

SILENT_S: Final = 10.0
"""A plug that has not told its state for so long is gone."""

ANSWER_S: Final = 3.0
FIRST_RETRY_S: Final = 1.0
LONGEST_RETRY_S: Final = 60.0
_CONNECT_S: Final = 10.0


class PlugRefusal(StrEnum):
    """Why a plug did not do, or not tell, what it was asked; the value is the key of the words for it."""

    UNREACHABLE = "ossp_unreachable"
    SILENT = "ossp_silent"  # connected, but no state comes
    NO_OUTPUT = "ossp_no_output"  # it has no such output now
    NOT_OBEYED = "ossp_not_obeyed"  # it was toggled, and is not where it should be


class PlugError(Exception):
    """A plug did not do what was asked of it."""

    def __init__(self, refusal: PlugRefusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


def socket_url(host: str) -> str:
    """Where the WebSocket of a plug is."""
    return f"ws://{host}/ws"


class PlugClient:
    """One plug. ``on_state`` gets each state with its time; ``on_link`` whether the plug is there."""

    def __init__(
        self,
        hass: HomeAssistant,
        host: str,
        *,
        on_state: Callable[[PlugState, float], None],
        on_link: Callable[[bool], None],
    ) -> None:
        self.host = host
        self.state: PlugState | None = None
        self.odd = 0
        self._hass = hass
        self._on_state = on_state
        self._on_link = on_link
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._heard = 0.0
        self._there = False
        self._waiting: list[asyncio.Future[PlugState]] = []
        self._order = asyncio.Lock()

    @property
    def available(self) -> bool:
        """Whether its state is known now."""
        return self._there

    async def async_run(self) -> None:
        """Stay connected until this is cancelled."""
        wait_s = FIRST_RETRY_S
        try:
            while True:
                was_there = False
                try:
                    was_there = await self._async_session()
                except (aiohttp.ClientError, OSError) as err:
                    _LOGGER.debug("Plug %s: %s", self.host, err)
                self._set_there(there=False)
                wait_s = FIRST_RETRY_S if was_there else min(2 * wait_s, LONGEST_RETRY_S)
                await asyncio.sleep(wait_s)
        finally:
            self._set_there(there=False)

    async def async_first_state(self) -> PlugState:
        """Connect once, for a form, and return the state. Raises PlugError."""
        first = self._next_state()
        session = asyncio.ensure_future(self._async_session())
        waited: list[asyncio.Future[Any]] = [first, session]
        try:
            await asyncio.wait(waited, timeout=ANSWER_S, return_when=asyncio.FIRST_COMPLETED)
            if first.done():
                return first.result()
            raise PlugError(PlugRefusal.UNREACHABLE if self._socket is None else PlugRefusal.SILENT)
        finally:
            for future in waited:
                future.cancel()
            await asyncio.gather(*waited, return_exceptions=True)

    async def async_switch(self, output: int, *, on: bool) -> None:
        """Bring an output to a state; one order after the other. Raises PlugError."""
        async with self._order:
            if self._is(await self._async_fresh(), output) is on:
                return
            following = self._next_state()
            await self._async_send(str(output))
            if await self._async_reaches(following, output, on):
                return
            # The answer to this comes after whatever the toggle did: the one toggle was carried out, or lost.
            if self._is(await self._async_fresh(), output) is not on:
                raise PlugError(PlugRefusal.NOT_OBEYED)

    # Connection -------------------------------------------------------------------------------------------------------

    async def _async_session(self) -> bool:
        """One connection, to its end; True when a state came by it."""
        came = False
        async with asyncio.timeout(_CONNECT_S):
            socket = await async_get_clientsession(self._hass).ws_connect(
                socket_url(self.host), max_msg_size=LARGEST_MESSAGE
            )
        try:
            self._socket = socket
            self._heard = self._hass.loop.time()
            await socket.send_str(ASK)
            while self._hass.loop.time() - self._heard <= SILENT_S:
                try:
                    message = await socket.receive(timeout=REFRESH_S)
                except TimeoutError:
                    await socket.send_str(ASK)
                    continue
                if message.type is not aiohttp.WSMsgType.TEXT:
                    break
                came = self._take(message.data) or came
        finally:
            self._socket = None
            await socket.close()
        return came

    def _take(self, text: str) -> bool:
        state = parse_state(text)
        if state is None:
            self.odd += 1
            return False
        self.state = state
        self._heard = self._hass.loop.time()
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(state)
        self._on_state(state, self._heard)
        self._set_there(there=True)
        return True

    @callback
    def _set_there(self, *, there: bool) -> None:
        if there is self._there:
            return
        self._there = there
        if not there:
            self.state = None
        _LOGGER.info("Plug %s is %s", self.host, "connected" if there else "not connected any more")
        self._on_link(there)

    # Orders -----------------------------------------------------------------------------------------------------------

    def _next_state(self) -> asyncio.Future[PlugState]:
        """The state that comes next."""
        future: asyncio.Future[PlugState] = self._hass.loop.create_future()
        self._waiting.append(future)
        return future

    async def _async_send(self, text: str) -> None:
        if self._socket is None or not self._there:
            raise PlugError(PlugRefusal.UNREACHABLE)
        try:
            await self._socket.send_str(text)
        except (aiohttp.ClientError, OSError) as err:
            raise PlugError(PlugRefusal.UNREACHABLE) from err

    async def _async_fresh(self) -> PlugState:
        """The state that the plug tells when it is asked now."""
        future = self._next_state()
        await self._async_send(ASK)
        try:
            async with asyncio.timeout(ANSWER_S):
                return await future
        except TimeoutError:
            raise PlugError(PlugRefusal.SILENT) from None

    async def _async_reaches(self, following: asyncio.Future[PlugState], output: int, on: bool) -> bool:
        """Whether one of the next states is the wanted one; the first may be of before the toggle."""
        try:
            async with asyncio.timeout(ANSWER_S):
                while self._is(await following, output) is not on:
                    following = self._next_state()
        except TimeoutError:
            return False
        return True

    @staticmethod
    def _is(state: PlugState, output: int) -> bool:
        if output not in state.outputs:
            raise PlugError(PlugRefusal.NO_OUTPUT)
        return state.outputs[output]
