"""Who is alive, and how to reach them: each process holds an advisory lock of PostgreSQL for as long as it lives.

The lock goes the moment the process does, also by kill -9 and on any machine, so whoever can take it knows that its
owner is gone and may clean up after it.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import asyncpg
from sqlalchemy import text

from mediaworks.db.engine import Connection

CHECK_SECONDS = 5.0


class Presence:
    """`process_id` names this process in the database; hold it with `start` and let go with `close`."""

    def __init__(self, url: str) -> None:
        self.process_id = secrets.randbits(62)
        self._url = url
        self._connection: asyncpg.Connection | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._listeners: dict[str, Callable[[str], None]] = {}

    def listen(self, channel: str, heard: Callable[[str], None]) -> None:
        """Have `heard` called with what other processes NOTIFY on `channel`. To be called before `start`."""
        self._listeners[channel] = heard

    async def start(self) -> None:
        await self._take()
        self._keeper = asyncio.create_task(self._keep())

    async def close(self) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            with suppress(asyncio.CancelledError):
                await self._keeper
        if self._connection is not None:
            await self._connection.close(timeout=5)

    async def _take(self) -> None:
        self._connection = await asyncpg.connect(self._url, timeout=10)
        await self._connection.execute("SELECT pg_advisory_lock($1)", self.process_id)
        for channel in self._listeners:
            await self._connection.add_listener(channel, self._hear)

    def _hear(self, connection: Any, pid: int, channel: str, payload: object) -> None:
        self._listeners[channel](str(payload))

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            if self._connection is None or self._connection.is_closed():
                with suppress(OSError, asyncpg.PostgresError, TimeoutError):
                    await self._take()


_GONE = text("SELECT pg_try_advisory_xact_lock(:process_id)")


async def is_gone(connection: Connection, process_id: int) -> bool:
    """Whether the process of that id lives no more. Holds its place until the transaction ends."""
    return bool((await connection.execute(_GONE, {"process_id": process_id})).scalar_one())
