"""The simulator's control protocol: one JSON object a line over a unix socket, answered in order."""

import asyncio
from collections import deque
from collections.abc import Callable
import json
from typing import Any, Self

type Json = dict[str, Any]
LONGEST_LINE = 1 << 20


class ControlError(Exception):
    """The simulator refused a request, or is gone."""


class Control:
    """One connection to a running simulator, made by `Control.open`."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, on_state: Callable[[Json], None] | None
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._on_state = on_state
        self._awaited: deque[asyncio.Future[Json]] = deque()
        self._pump = asyncio.create_task(self._read())

    @classmethod
    async def open(cls, path: str, on_state: Callable[[Json], None] | None = None) -> Self:
        """Connect to the unix socket ``path``; with ``on_state`` every new state of the house is given to it.

        Raises OSError when nobody listens there.
        """
        reader, writer = await asyncio.open_unix_connection(path, limit=LONGEST_LINE)
        control = cls(reader, writer, on_state)
        if on_state is not None:
            await control.request("subscribe")
        return control

    async def request(self, command: str, **fields: Any) -> Json:
        """Answer to one request; raises ControlError when it is refused or the simulator is gone."""
        if self._pump.done():
            raise ControlError("the simulator is gone")
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._awaited.append(answer)
        self._writer.write(json.dumps({"cmd": command, **fields}).encode() + b"\n")
        result = await answer
        if not result["ok"]:
            raise ControlError(f"{command} {fields}: {result['error']}")
        return result

    async def state(self) -> Json:
        """The whole house as it is now."""
        state: Json = (await self.request("state"))["state"]
        return state

    async def closed(self) -> None:
        """Wait until the simulator is gone."""
        await asyncio.wait([self._pump])

    async def close(self) -> None:
        """Hang up."""
        self._pump.cancel()
        await asyncio.wait([self._pump])
        self._writer.close()

    async def _read(self) -> None:
        try:
            while line := await self._reader.readline():
                message = json.loads(line)
                if "event" not in message:
                    self._awaited.popleft().set_result(message)
                elif self._on_state is not None:
                    self._on_state(message["state"])
        except OSError:
            pass  # hung up in the middle of a line: the same as a clean end
        finally:
            for answer in self._awaited:
                if not answer.done():
                    answer.set_exception(ControlError("the simulator is gone"))
            self._awaited.clear()
