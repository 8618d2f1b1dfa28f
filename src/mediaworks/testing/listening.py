"""What servers beside a test have in common: one conversation for each connection, and none outlives the server."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import TracebackType


class Conversations:
    """The base of a server: `_listen` opens its socket, `_converse` speaks on one connection."""

    _server: asyncio.Server | None = None
    _running: set[asyncio.Task[None]]

    async def _listen(self) -> asyncio.Server:
        raise NotImplementedError

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raise NotImplementedError

    async def _open(self) -> None:
        self._running = set()
        self._server = await self._listen()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await self._converse(reader, writer)
        writer.close()
        with suppress(OSError, asyncio.CancelledError):
            await writer.wait_closed()
