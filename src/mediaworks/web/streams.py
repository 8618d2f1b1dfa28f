"""Server-sent events end with the process, and with a client that reads nothing any more."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, cast

from litestar.types import ASGIApp, HTTPReceiveMessage, Receive, Scope, Send

EVENT_STREAM = b"text/event-stream"
PATIENCE_SECONDS = 60.0


def ending_streams(app: ASGIApp, stopping: asyncio.Event) -> ASGIApp:
    """Let every stream of `app` see its client go when `stopping` is set: the server waits for all responses to end."""

    async def middleware(scope: Scope, receive: Receive, send: Send) -> None:
        if cast(str, scope["type"]) != "http":
            await app(scope, receive, send)
            return
        response = _Response(receive, send, stopping)
        await app(scope, response.receive, response.send)
        if response.ends_early:
            with suppress(TimeoutError):
                await response.close()

    return middleware


class _Response:
    def __init__(self, receive: Receive, send: Send, stopping: asyncio.Event) -> None:
        self._receive = receive
        self._send = send
        self._stopping = stopping
        self._stalled = asyncio.Event()
        self._streams = False

    @property
    def ends_early(self) -> bool:
        return self._streams and self._stopping.is_set()

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self._streams = any(
                name == b"content-type" and value.startswith(EVENT_STREAM) for name, value in message["headers"]
            )
        if not self._streams:
            await self._send(message)
            return
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._send(message)
        except TimeoutError:
            self._stalled.set()
            await asyncio.Event().wait()

    async def receive(self) -> HTTPReceiveMessage:
        """The client's next message; that it left, as soon as its stream has to end."""
        if not self._streams:
            return cast(HTTPReceiveMessage, await self._receive())
        waits = [asyncio.ensure_future(each) for each in (self._receive(), self._stopping.wait(), self._stalled.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            return cast(HTTPReceiveMessage, waits[0].result() if waits[0].done() else {"type": "http.disconnect"})
        finally:
            for each in waits:
                each.cancel()

    async def close(self) -> None:
        async with asyncio.timeout(1):
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})
