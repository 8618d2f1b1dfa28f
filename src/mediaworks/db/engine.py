"""The connection pool and the two ways to use it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Any

import msgspec
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from mediaworks.db.config import DatabaseConfig
from mediaworks.db.lookups import Lookup, Lookups
from mediaworks.errors import Unavailable

Connection = AsyncConnection

before_commit: ContextVar[Callable[[Connection], Awaitable[None]] | None] = ContextVar("before_commit", default=None)
"""What every transaction that begins in this context does last, in itself."""


class Database:
    """A pool of PostgreSQL connections.

    `transaction()` commits when its block ends and rolls back when it raises; `reading()` sees each statement on its
    own and costs no BEGIN. Both raise Unavailable when PostgreSQL cannot be reached.
    """

    def __init__(self, config: DatabaseConfig) -> None:
        self._engine = create_async_engine(
            make_url(config.url).set(drivername="postgresql+asyncpg"),
            pool_size=config.pool_size,
            max_overflow=0,
            pool_timeout=config.patience_seconds,
            connect_args={"timeout": 10},
            json_deserializer=msgspec.json.decode,
            json_serializer=lambda value: msgspec.json.encode(value).decode(),
        )
        self._lookups = Lookups(
            make_url(config.url).set(drivername="postgresql").render_as_string(hide_password=False), config.pool_size
        )
        self._autocommit = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        with _outage_is_unavailable():
            async with self._engine.begin() as connection:
                yield connection
                if (last := before_commit.get()) is not None:
                    await last(connection)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        with _outage_is_unavailable():
            async with self._autocommit.connect() as connection:
                yield connection

    async def look_up(self, lookup: Lookup, *arguments: Any) -> Any:
        """At most one row as a mapping, or None, the short way. Raises Unavailable when PostgreSQL cannot be reached."""
        return await self._lookups.one(lookup, *arguments)

    async def check(self) -> None:
        """Return when PostgreSQL answers; raise Unavailable when it does not."""
        async with self.reading() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        await self._lookups.close()
        await self._engine.dispose()


@contextmanager
def _outage_is_unavailable() -> Iterator[None]:
    try:
        yield
    except (ConnectionError, PoolTimeout) as outage:
        raise Unavailable("The database cannot be reached", code="database_unavailable") from outage
    except DBAPIError as error:
        if not error.connection_invalidated and not _is_without_room(error):
            raise
        raise Unavailable("The database cannot be reached", code="database_unavailable") from error


def _is_without_room(error: DBAPIError) -> bool:
    """Whether PostgreSQL has no connection, memory or disk left (error class 53)."""
    return str(getattr(error.orig, "sqlstate", "") or "").startswith("53")
