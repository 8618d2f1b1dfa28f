"""Streams end with the process and with clients that read nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from mediaworks.web import streams
from mediaworks.web.streams import ending_streams

Send = Callable[[Any], Awaitable[None]]


async def stream(scope: Any, receive: Callable[[], Awaitable[Any]], send: Send) -> None:
    """Sends until the client is gone."""
    kind = scope["type_of_answer"]
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})

    async def tell() -> None:
        while True:
            await send({"type": "http.response.body", "body": b": beat\n\n", "more_body": True})
            await asyncio.sleep(0.01)

    telling = asyncio.create_task(tell())
    while (await receive())["type"] != "http.disconnect":
        pass
    telling.cancel()


async def serve(stopping: asyncio.Event, kind: bytes, *, reads: bool = True) -> list[Any]:
    sent: list[Any] = []

    async def receive() -> Any:
        await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)
        if not reads and len(sent) > 1 and message.get("more_body"):
            await asyncio.Event().wait()

    app: Any = ending_streams(stream, stopping)
    async with asyncio.timeout(5):
        await app({"type": "http", "type_of_answer": kind}, receive, send)
    return sent


def test_a_stream_ends_properly_when_the_service_stops() -> None:
    async def steps() -> list[Any]:
        stopping = asyncio.Event()
        asyncio.get_running_loop().call_later(0.1, stopping.set)
        return await serve(stopping, b"text/event-stream; charset=utf-8")

    sent = asyncio.run(steps())
    assert sent[-1] == {"type": "http.response.body", "body": b"", "more_body": False}


def test_what_is_no_stream_is_finished_first() -> None:
    async def steps() -> None:
        stopping = asyncio.Event()
        stopping.set()
        await serve(stopping, b"video/mp4")

    with pytest.raises(TimeoutError):
        asyncio.run(steps())


def test_a_client_that_reads_nothing_any_more_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "PATIENCE_SECONDS", 0.1)
    sent = asyncio.run(serve(asyncio.Event(), b"text/event-stream", reads=False))
    assert len(sent) == 2
