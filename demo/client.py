"""What a browser does with Home Assistant, over its REST and websocket interfaces."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self

import aiohttp

from .homeassistant import HomeAssistant

type Json = dict[str, Any]
FLOWS = "config/config_entries/flow"
OPTIONS_FLOWS = "config/config_entries/options/flow"
SUBENTRY_FLOWS = "config/config_entries/subentries/flow"


class ApiError(RuntimeError):
    """Home Assistant refused a request."""


class Client:
    """The owner's session with one Home Assistant: `async with Client(ha) as client`."""

    def __init__(self, ha: HomeAssistant) -> None:
        self._ha = ha
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {self._ha.owner.access_token}"}, timeout=aiohttp.ClientTimeout(total=60)
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    @property
    def session(self) -> aiohttp.ClientSession:
        """The open HTTP session."""
        if self._session is None:
            raise ApiError("the client is used outside its `async with`")
        return self._session

    # ------------------------------------------------------------------ REST

    async def request(self, method: str, path: str, body: Json | None = None) -> Any:
        """Answer of ``/api/<path>``; raises ApiError with Home Assistant's words when it refuses."""
        async with self.session.request(method, f"{self._ha.url}/api/{path}", json=body) as response:
            if response.status >= 400:
                raise ApiError(f"{method} {path} {body}: {response.status} {await response.text()}")
            return await response.json()

    async def get(self, path: str) -> Any:
        """GET ``/api/<path>``."""
        return await self.request("GET", path)

    async def post(self, path: str, body: Json) -> Any:
        """POST ``body`` to ``/api/<path>``."""
        return await self.request("POST", path, body)

    async def ready(self, patience_s: float = 120.0) -> None:
        """Wait until Home Assistant has started everything."""

        async def running() -> bool:
            self._ha.program.expect_running()
            try:
                config = await self.get("config")
            except aiohttp.ClientError, ApiError:
                return False
            return bool(config["state"] == "RUNNING")

        await until(running, patience_s, "Home Assistant running", every_s=0.05)

    async def state(self, entity_id: str) -> str:
        """State of one entity."""
        return str((await self.get(f"states/{entity_id}"))["state"])

    async def states(self) -> dict[str, Json]:
        """Every state, by entity id."""
        return {state["entity_id"]: state for state in await self.get("states")}

    async def call(self, domain: str, service: str, entity_id: str, **data: Any) -> None:
        """Call a service on one entity."""
        await self.post(f"services/{domain}/{service}", {"entity_id": entity_id, **data})

    async def entries(self, domain: str) -> list[Json]:
        """Configuration entries of an integration."""
        entries: list[Json] = await self.get(f"config/config_entries/entry?domain={domain}")
        return entries

    # ----------------------------------------------------------------- flows

    async def flow(self, body: Json, kind: str = FLOWS) -> Flow:
        """Open a configuration dialogue."""
        return Flow(self, kind, await self.post(kind, body))

    async def resume(self, kind: str, flow_id: str) -> Flow:
        """A configuration dialogue that another one has opened."""
        return Flow(self, kind, await self.get(f"{kind}/{flow_id}"))

    # ------------------------------------------------------------- websocket

    async def command(self, kind: str, **fields: Any) -> Any:
        """Result of one websocket command, on a connection of its own: an idle one would be closed after a minute."""
        async with self._connection() as socket:
            await socket.send_json({"id": 1, "type": kind, **fields})
            answer = await socket.receive_json(timeout=60)
        if not answer["success"]:
            raise ApiError(f"{kind} {fields}: {answer['error']}")
        return answer["result"]

    async def entities(self, platform: str) -> list[Json]:
        """Registry entries of the entities of one integration."""
        entities = await self.command("config/entity_registry/list")
        return [entity for entity in entities if entity["platform"] == platform]

    async def entity_ids(self, platform: str) -> dict[str, str]:
        """Entity ids of one integration by unique id: ids follow the language, unique ids do not."""
        return {entity["unique_id"]: entity["entity_id"] for entity in await self.entities(platform)}

    @asynccontextmanager
    async def events(self, kind: str | None = None) -> AsyncIterator[asyncio.Queue[Json]]:
        """A queue of the events fired from now on, all of them or of one type."""
        async with self._connection() as socket:
            await socket.send_json({"id": 1, "type": "subscribe_events", **({"event_type": kind} if kind else {})})
            await socket.receive_json(timeout=60)
            queue: asyncio.Queue[Json] = asyncio.Queue()
            reading = asyncio.create_task(_pump(socket, queue))
            try:
                yield queue
            finally:
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        async with self.session.ws_connect(f"{self._ha.url}/api/websocket", max_msg_size=0) as socket:
            await socket.receive_json(timeout=60)
            await socket.send_json({"type": "auth", "access_token": self._ha.owner.access_token})
            answer = await socket.receive_json(timeout=60)
            if answer["type"] != "auth_ok":
                raise ApiError(f"websocket: {answer}")
            yield socket


class Flow:
    """A configuration dialogue, answered step by step as a person would."""

    def __init__(self, client: Client, kind: str, step: Json) -> None:
        self._client = client
        self._kind = kind
        self.step = step

    @property
    def fields(self) -> dict[str, Json]:
        """Description of the fields of the present form, by name."""
        return {field["name"]: field for field in self.step.get("data_schema") or []}

    @property
    def proposed(self) -> Json:
        """What the present form already shows in its fields, sections included."""
        return _proposed(self.step.get("data_schema") or [])

    async def answer(self, data: Json) -> Self:
        """Send the present step and go to the next, through any progress screen."""
        self.step = await self._client.post(f"{self._kind}/{self.step['flow_id']}", data)
        while self.step["type"] in {"progress", "progress_done"}:
            await asyncio.sleep(0.1)
            self.step = await self._client.get(f"{self._kind}/{self.step['flow_id']}")
        return self

    async def choose(self, option: str) -> Self:
        """Answer a menu."""
        return await self.answer({"next_step_id": option})

    def expect(self, kind: str, step_id: str | None = None) -> None:
        """Raise ApiError unless the present step is of this kind, without errors."""
        step = self.step
        if step["type"] != kind or step.get("errors") or (step_id is not None and step.get("step_id") != step_id):
            raise ApiError(f"expected {kind} {step_id or ''}, but the dialogue shows {step}")


def _proposed(fields: Iterable[Json]) -> Json:
    shown: Json = {}
    for field in fields:
        suggested = (field.get("description") or {}).get("suggested_value", field.get("default"))
        if "schema" in field:
            shown[field["name"]] = _proposed(field["schema"])
        elif suggested is not None:
            shown[field["name"]] = suggested
    return shown


async def _pump(socket: aiohttp.ClientWebSocketResponse, queue: asyncio.Queue[Json]) -> None:
    async for message in socket:
        answer = message.json()
        if answer["type"] == "event":
            queue.put_nowait(answer["event"])


async def until(
    true: Callable[[], Any], patience_s: float, what: str, *, every_s: float = 0.1, why: Callable[[], str] | None = None
) -> float:
    """Wait until the awaitable ``true()`` says so; seconds waited. TimeoutError names ``what`` was awaited."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    while not await true():
        if loop.time() - began > patience_s:
            raise TimeoutError(f"{what}: not after {patience_s:.0f} s" + (f" ({why()})" if why else ""))
        await asyncio.sleep(every_s)
    return loop.time() - began
