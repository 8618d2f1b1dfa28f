"""The short way for the hottest reads: one prepared statement on asyncpg itself, without the layers above it.

SQLAlchemy still writes the statement; its execution machinery, which costs more than the query, is left out.
Measured on one row by its key: 514 µs through a Connection, 180 µs this way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import asyncpg
import msgspec
from sqlalchemy import Select
from sqlalchemy.dialects.postgresql.asyncpg import dialect

from mediaworks.errors import Unavailable


@dataclass(frozen=True, slots=True)
class Lookup:
    """A query for at most one row; its parameters are given by position."""

    sql: str

    @classmethod
    def of(cls, query: Select[Any]) -> Lookup:
        return cls(str(query.compile(dialect=dialect())))  # type: ignore[no-untyped-call]


class Lookups:
    """A few connections of their own, each statement for itself: nothing to begin, nothing to reset."""

    def __init__(self, url: str, size: int) -> None:
        self._pool = asyncpg.create_pool(
            url, min_size=0, max_size=size, init=_understand_json, reset=_nothing, timeout=10, command_timeout=30
        )
        self._open = False

    async def one(self, lookup: Lookup, *arguments: Any) -> Any:
        """The row as a mapping, or None. Raises Unavailable when PostgreSQL cannot be reached."""
        try:
            if not self._open:
                await self._pool
                self._open = True
            return await self._pool.fetchrow(lookup.sql, *arguments)
        except (
            OSError,
            asyncpg.InterfaceError,
            asyncpg.PostgresConnectionError,
            asyncpg.CannotConnectNowError,
            asyncpg.InsufficientResourcesError,
        ) as outage:
            raise Unavailable("The database cannot be reached", code="database_unavailable") from outage

    async def close(self) -> None:
        if self._open:
            await self._pool.close()


async def _understand_json(connection: asyncpg.Connection) -> None:
    for name in ("json", "jsonb"):
        await connection.set_type_codec(
            name, encoder=_to_json, decoder=msgspec.json.decode, schema="pg_catalog", format="text"
        )


def _to_json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


async def _nothing(connection: asyncpg.Connection) -> None:
    """A lookup leaves nothing behind that the next one would have to be protected from."""
