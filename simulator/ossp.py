"""An Open Source Smart Plug: its WebSocket, on which any number toggles (reference §2.2)."""

import asyncio
from collections.abc import Sequence
import json

from .web import Socket, WebServer

MAINS_V = 230.0


class SimulatedPlug:
    """One plug and what is plugged into it; all its outputs carry the same load.

    ``refresh_s``: it tells its state by itself so often, as the latest generation does; None: only when asked.
    ``deaf``: toggles change nothing. ``slow_s``: time between a toggle and the relay. ``words``: how an output that is
    off and one that is on are written.
    """

    def __init__(
        self, outputs: Sequence[int] = (2,), *, load_w: float = 2000.0, refresh_s: float | None = None
    ) -> None:
        self.outputs = dict.fromkeys(outputs, False)
        self.load_w = load_w
        self.voltage = MAINS_V
        self.refresh_s = refresh_s
        self.deaf = False
        self.mute = False
        self.slow_s = 0.0
        self.words: tuple[object, object] = (0, 1)
        self.asked = 0
        self.toggles: list[int] = []
        self._sockets: list[Socket] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def state(self) -> dict[str, object]:
        """The state as it is sent."""
        amperes = sum(self.outputs.values()) * self.load_w / MAINS_V
        return {
            "gpios": [{"output": output, "state": self.words[on]} for output, on in self.outputs.items()],
            "APconnected": True,
            "ID": "OSSP-1A2B3C",
            "power": round(self.voltage * amperes, 1),
            "current": round(amperes, 3),
            "voltage": self.voltage,
            "powerfactor": 1.0 if amperes else 0.0,
        }

    def press(self, output: int) -> None:
        """Somebody presses the button of an output, or touches it on the plug's page."""
        self.outputs[output] = not self.outputs[output]
        self.broadcast()

    def broadcast(self) -> None:
        """Tell every client."""
        for socket in self._sockets:
            socket.send(json.dumps(self.state()))

    def cut_off(self) -> None:
        """Lose every client without a word."""
        for socket in self._sockets:
            socket.abort()

    def server(self) -> WebServer:
        """The plug, to be started."""
        return WebServer(sockets={"/ws": self._talk})

    async def _talk(self, socket: Socket) -> None:
        self._sockets.append(socket)
        refreshing = asyncio.ensure_future(self._refresh(socket))
        try:
            while (text := await socket.receive()) is not None:
                if text == "states":
                    self.asked += 1
                    if not self.mute:
                        socket.send(json.dumps(self.state()))
                else:
                    task = asyncio.ensure_future(self._toggle(int(text)))
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)
        finally:
            refreshing.cancel()
            self._sockets.remove(socket)

    async def _refresh(self, socket: Socket) -> None:
        while self.refresh_s is not None:
            await asyncio.sleep(self.refresh_s)
            socket.send(json.dumps(self.state()))

    async def _toggle(self, output: int) -> None:
        self.toggles.append(output)
        if self.slow_s:
            await asyncio.sleep(self.slow_s)
        if not self.deaf:
            self.press(output)
