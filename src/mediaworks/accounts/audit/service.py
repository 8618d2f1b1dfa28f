"""The log: entries of requests that end at the same time are written together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextvars import Context

from mediaworks.accounts.audit import chain, queries
from mediaworks.accounts.audit.config import AuditConfig
from mediaworks.accounts.audit.flood import Flood
from mediaworks.accounts.audit.model import Broken, Entry, Head, Row, Verdict
from mediaworks.accounts.audit.queries import Wanted
from mediaworks.db import Database
from mediaworks.errors import Unavailable

TOGETHER = 500
PIECE = 500


class AuditLog:
    def __init__(self, database: Database, config: AuditConfig) -> None:
        self.config = config
        self.flood = Flood(config.refusals_per_minute)
        self._database = database
        self._waiting: list[tuple[Entry, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def append(self, entry: Entry) -> None:
        """Return when the entry is safe. Raises Unavailable when it is not within `patience_seconds`; it may then still
        be written. What was given is written also when the caller is cancelled."""
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((entry, written))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write(), context=Context())  # of no request
        try:
            async with asyncio.timeout(self.config.patience_seconds):
                await written
        except TimeoutError as late:
            raise Unavailable("The audit log could not be written in time", code="audit_unavailable") from late

    async def close(self) -> None:
        """Return when everything given was written, or cannot be."""
        if self._writing is not None:
            await self._writing

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:TOGETHER], self._waiting[TOGETHER:]
            outcome = await self._outcome([entry for entry, _ in batch])
            for _, written in batch:
                if written.done():
                    continue
                if outcome is None:
                    written.set_result(None)
                else:
                    written.set_exception(outcome)

    async def _outcome(self, entries: Sequence[Entry]) -> Exception | None:
        try:
            async with self._database.transaction() as connection:
                await queries.append(connection, entries)
        except Exception as error:
            return error
        return None

    async def page(self, wanted: Wanted, *, before: int | None, limit: int) -> list[Row]:
        """The newest first: rows whose number is less than `before`."""
        async with self._database.reading() as connection:
            return await queries.newest(connection, wanted, before, limit)

    async def verify(self, noted: Head | None = None) -> Verdict:
        """Walk the chain from its start, in pieces. `noted`: a head of before, which must still be in it."""
        last = chain.START
        while piece := await self._following(last.number):
            for row in piece:
                if broken := chain.fault(last, row) or _differs(noted, row):
                    return Verdict(last.number, last, broken)
                last = Head(row.number, row.hash)
        if noted is not None and noted.number > last.number:
            return Verdict(
                last.number, last, Broken(last.number + 1, "the row is missing: the end of the log was cut off")
            )
        return Verdict(last.number, last)

    async def _following(self, number: int) -> list[Row]:
        async with self._database.reading() as connection:
            return await queries.following(connection, number, PIECE)


def _differs(noted: Head | None, row: Row) -> Broken | None:
    if noted is None or noted.number != row.number or noted.hash == row.hash:
        return None
    return Broken(row.number, "the row is not the one that was noted: the log was written anew")
