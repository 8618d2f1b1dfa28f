"""A real HTTP server on loopback whose answers a test writes byte for byte, so that it can be as wrong as it likes."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from mediaworks.testing.listening import Conversations


@dataclass(frozen=True, slots=True)
class Heard:
    """A request as it came; names of headers in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


Answer = Callable[[Heard, asyncio.StreamWriter], Awaitable[None]]


def answer(status: str, body: bytes = b"", **headers: str) -> bytes:
    """A whole answer: `answer("200 OK", b"…", content_type="image/png")`; Content-Length unless it is given."""
    lines = {"content_length": str(len(body)), **headers}
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items() if value)
    return f"HTTP/1.1 {status}\r\n{head}Connection: close\r\n\r\n".encode("latin-1") + body


@dataclass
class Origin(Conversations):
    """`async with Origin(answer_with) as origin:` one request for each connection; `heard` keeps what was asked."""

    respond: Answer
    host: str = "127.0.0.1"
    port: int = 0
    tls: ssl.SSLContext | None = None
    heard: list[Heard] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://{self.host}:{self.port}"

    async def __aenter__(self) -> Origin:
        await self._open()
        return self

    async def _listen(self) -> asyncio.Server:
        server = await asyncio.start_server(self._serve, self.host, self.port, ssl=self.tls)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        heard = await _read(reader)
        self.heard.append(heard)
        await self.respond(heard, writer)


def always(whole: bytes) -> Answer:
    """Answers every request with the same bytes."""

    async def respond(heard: Heard, writer: asyncio.StreamWriter) -> None:
        writer.write(whole)
        await writer.drain()

    return respond


async def _read(reader: asyncio.StreamReader) -> Heard:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Heard(method, target, headers, body)
