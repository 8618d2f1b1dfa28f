"""Who writes an upload just now: at most one request of all processes on all machines, and the newest wins.

A row names the process that holds the upload; whether that process lives is asked of its advisory lock
(`db/presence.py`). A newcomer asks the holder to let go, within its own process by a call, elsewhere by NOTIFY.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from mediaworks.db import Database
from mediaworks.db.presence import Presence, is_gone
from mediaworks.errors import Locked, NotFound
from mediaworks.uploads import queries
from mediaworks.uploads.model import Upload

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.05


@dataclass(slots=True)
class Lease:
    """The right to write one upload. `orphaned`: the holder before died in the middle of something."""

    upload: Upload
    orphaned: bool = False


@dataclass(slots=True)
class _Holding:
    interrupt: Callable[[], None]
    ended: asyncio.Event = field(default_factory=asyncio.Event)


class Leases:
    def __init__(self, database: Database, presence: Presence, patience: float) -> None:
        """`patience`: seconds that a newcomer waits for the holder to let go."""
        self._database = database
        self._presence = presence
        self._patience = patience
        self._holdings: dict[UUID, _Holding] = {}
        presence.listen(queries.LET_GO, self._asked)

    @asynccontextmanager
    async def hold(
        self, upload_id: UUID, user_id: UUID | None, interrupt: Callable[[], None] = lambda: None
    ) -> AsyncIterator[Lease]:
        """Be the one who writes the upload. `interrupt` is called when somebody newer wants to.

        Raises NotFound when that user has no such upload, Locked when the holder does not let go in time.
        """
        holding = await self._enter(upload_id, user_id, interrupt)
        try:
            yield await self._take(upload_id, user_id)
        finally:
            await asyncio.shield(self._leave(upload_id, holding))

    async def _enter(self, upload_id: UUID, user_id: UUID | None, interrupt: Callable[[], None]) -> _Holding:
        """Become the only one in this process. Nobody is interrupted by one who may not write the upload."""
        if upload_id in self._holdings:
            await self._require(upload_id, user_id)
        try:
            async with asyncio.timeout(self._patience):
                while (other := self._holdings.get(upload_id)) is not None:
                    other.interrupt()
                    await other.ended.wait()
        except TimeoutError as busy:
            raise Locked(_BUSY) from busy
        self._holdings[upload_id] = holding = _Holding(interrupt)
        return holding

    async def _take(self, upload_id: UUID, user_id: UUID | None) -> Lease:
        """Become the only one of all processes."""
        deadline = asyncio.get_running_loop().time() + self._patience
        me = self._presence.process_id
        while True:
            async with self._database.transaction() as connection:
                if held := await queries.take_hold(connection, upload_id, user_id, me, of=None):
                    return Lease(held)
                found = await queries.upload_by_id(connection, upload_id, user_id)
                if found is None:
                    raise NotFound("There is no such upload", code="upload_not_found")
                if found.holder is not None and (found.holder == me or await is_gone(connection, found.holder)):
                    orphan = await queries.take_hold(connection, upload_id, user_id, me, of=found.holder)
                    if orphan:
                        return Lease(orphan, orphaned=True)
                if found.holder is not None:
                    await queries.ask_to_let_go(connection, upload_id, found.holder)
            if asyncio.get_running_loop().time() > deadline:
                raise Locked(_BUSY)
            await asyncio.sleep(POLL_SECONDS)

    async def _require(self, upload_id: UUID, user_id: UUID | None) -> None:
        async with self._database.reading() as connection:
            if await queries.upload_by_id(connection, upload_id, user_id) is None:
                raise NotFound("There is no such upload", code="upload_not_found")

    async def _leave(self, upload_id: UUID, holding: _Holding) -> None:
        """Let go in the record first: whoever is next in this process writes the same holder into it."""
        try:
            async with self._database.reading() as connection:
                await queries.let_go(connection, upload_id, self._presence.process_id)
        finally:
            del self._holdings[upload_id]
            holding.ended.set()

    def _asked(self, payload: str) -> None:
        upload_id, _, holder = payload.partition(" ")
        holding = self._holdings.get(UUID(upload_id))
        if holding is not None and int(holder) == self._presence.process_id:
            holding.interrupt()


_BUSY = "Another request is writing this upload and does not let go: try again"
