"""A small web server, for the devices that speak HTTP or WebSocket (RFC 9112 and 6455, as far as they need them)."""

import asyncio
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha1
import struct
from urllib.parse import parse_qsl, urlsplit

_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TEXT, _CLOSE, _PING, _PONG = 0x1, 0x8, 0x9, 0xA
_REASONS = {200: "OK", 302: "Found", 401: "Unauthorized", 404: "Not Found", 500: "Internal Server Error"}


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked. ``query`` has each name once, the last one."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


type Page = Callable[[Request], Awaitable[Answer]]


class Socket:
    """One open WebSocket, the server's end."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def receive(self) -> str | None:
        """The next text of the client; None once it is gone."""
        while True:
            try:
                kind, data = await self._frame()
            except asyncio.IncompleteReadError, ConnectionError:
                return None
            if kind == _TEXT:
                return data.decode()
            if kind == _CLOSE:
                with suppress(ConnectionError):
                    self._write(_CLOSE, data)
                return None
            if kind == _PING:
                self._write(_PONG, data)

    def send(self, text: str) -> None:
        """Send a text."""
        self._write(_TEXT, text.encode())

    def abort(self) -> None:
        """Break the connection without a word, as a device that loses its supply."""
        self._writer.transport.abort()

    async def _frame(self) -> tuple[int, bytes]:
        head = await self._reader.readexactly(2)
        size = head[1] & 0x7F
        if size == 126:
            (size,) = struct.unpack(">H", await self._reader.readexactly(2))
        elif size == 127:
            (size,) = struct.unpack(">Q", await self._reader.readexactly(8))
        mask = await self._reader.readexactly(4) if head[1] & 0x80 else bytes(4)
        data = await self._reader.readexactly(size)
        return head[0] & 0x0F, bytes(byte ^ mask[place % 4] for place, byte in enumerate(data))

    def _write(self, kind: int, data: bytes) -> None:
        size = bytes([len(data)]) if len(data) < 126 else b"\x7e" + struct.pack(">H", len(data))
        self._writer.write(bytes([0x80 | kind]) + size + data)


type Talk = Callable[[Socket], Awaitable[None]]


class WebServer:
    """Serves pages and WebSockets on 127.0.0.1, by path."""

    def __init__(self, pages: Mapping[str, Page] | None = None, sockets: Mapping[str, Talk] | None = None) -> None:
        self._pages = dict(pages or {})
        self._sockets = dict(sockets or {})
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Open the port; the same one again after a stop."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close the port and break every connection."""
        if self._server is None:
            return
        self._server.close()
        for writer in tuple(self._writers):
            writer.transport.abort()
        await self._server.wait_closed()
        self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            request = await self._request(reader)
            talk = self._sockets.get(request.path)
            if talk is not None and request.headers.get("upgrade", "").lower() == "websocket":
                writer.write(_handshake(request))
                await talk(Socket(reader, writer))
            else:
                page = self._pages.get(request.path)
                answer = Answer(status=404) if page is None else await page(request)
                writer.write(_written(answer))
                await writer.drain()
        except asyncio.IncompleteReadError, ConnectionError:
            pass  # the client went in the middle
        finally:
            self._writers.discard(writer)
            writer.close()

    @staticmethod
    async def _request(reader: asyncio.StreamReader) -> Request:
        head, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head.split(" ")
        pairs = (line.partition(":") for line in lines if line)
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        parts = urlsplit(target)
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        return Request(method, parts.path, dict(parse_qsl(parts.query)), headers, body)


def _written(answer: Answer) -> bytes:
    headers = {"Content-Length": str(len(answer.body)), "Connection": "close", **answer.headers}
    lines = [
        f"HTTP/1.1 {answer.status} {_REASONS[answer.status]}",
        *(f"{key}: {text}" for key, text in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + answer.body


def _handshake(request: Request) -> bytes:
    key = sha1(request.headers["sec-websocket-key"].encode() + _MAGIC, usedforsecurity=False).digest()
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + b64encode(key) + b"\r\n\r\n"
    )
