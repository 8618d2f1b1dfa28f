"""The part of the cache that machines share: blobs of the storage, and a row for each. Losing it costs time, nothing else."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import UUID

import structlog

from mediaworks.db import Database
from mediaworks.errors import MediaworksError, NotFound
from mediaworks.kit.clock import now
from mediaworks.kit.ids import new_id
from mediaworks.storage import BlobStore
from mediaworks.streaming import figures
from mediaworks.streaming.cache import SegmentCache
from mediaworks.streaming.flights import Flights
from mediaworks.streaming.shared import queries
from mediaworks.streaming.shared.queries import Stored
from mediaworks.streaming.shared.tidying import remove

log = structlog.get_logger(__name__)

PATIENCE_SECONDS = 3.0
REST_SECONDS = 10.0
LAST_SECONDS = 2.0
FETCHES, GIFTS = 16, 4  # at once
WAITING = 1000


class SharedSegments:
    """A shelf in the storage. While that or the database are away nobody waits for them: then the log has a warning, and
    for 10 s nobody asks again."""

    def __init__(self, database: Database, store: BlobStore, cache: SegmentCache) -> None:
        self._database = database
        self._store = store
        self.cache = cache
        self._flights = Flights(cache, FETCHES)
        self._turns = asyncio.Semaphore(GIFTS)
        self._offered: set[asyncio.Task[None]] = set()
        self._rests_until = 0.0

    async def fetch(self, place: str, name: str) -> Path | None:
        if self._rests:
            return None
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                path = await self._flights.file(place, name, partial(self._fetched, place, name))
        except NotFound:
            return None
        except (MediaworksError, OSError, TimeoutError) as failure:
            self._rest(failure)
            return None
        figures.segments.labels("shared").inc()
        return path

    def offer(self, media_id: UUID, place: str, name: str, used_at: datetime | None = None) -> None:
        """What finds too many waiting is given to nobody."""
        if self._rests or len(self._offered) >= WAITING:
            return
        task = asyncio.create_task(self._give(media_id, place, name, used_at or now()))
        self._offered.add(task)
        task.add_done_callback(self._offered.discard)

    async def names(self, place: str) -> set[str]:
        async with self._database.reading() as connection:
            return await queries.names(connection, place)

    async def close(self) -> None:
        """Give away what was offered, for a moment."""
        if self._offered:
            await asyncio.wait(self._offered, timeout=LAST_SECONDS)
        for task in self._offered:
            task.cancel()
        await asyncio.gather(*self._offered, return_exceptions=True)
        await self._flights.close()

    @property
    def _rests(self) -> bool:
        return time.monotonic() < self._rests_until

    def _rest(self, failure: Exception) -> None:
        self._rests_until = time.monotonic() + REST_SECONDS
        log.warning("segments_not_shared", reason=str(failure) or type(failure).__name__)

    async def _fetched(self, place: str, name: str) -> bytes:
        async with asyncio.timeout(PATIENCE_SECONDS):
            async with self._database.reading() as connection:
                stored = await queries.use(connection, place, name)
            if stored is None:
                raise NotFound("Nobody has made it yet")
            return await self._read(stored)

    async def _read(self, stored: Stored) -> bytes:
        """Raises NotFound when it is lost, or not what it was."""
        try:
            data = b"".join([chunk async for chunk in self._store.read(stored.storage_key)])
        except NotFound:
            await remove(self._database, self._store, [stored.storage_key])
            raise
        if len(data) != stored.size_bytes:
            await remove(self._database, self._store, [stored.storage_key])
            raise NotFound("The segment is not what it was")
        return data

    async def _give(self, media_id: UUID, place: str, name: str, used_at: datetime) -> None:
        async with self._turns:
            if self._rests:
                return
            try:
                await self._put(media_id, place, name, used_at)
            except (MediaworksError, OSError) as failure:
                self._rest(failure)

    async def _put(self, media_id: UUID, place: str, name: str, used_at: datetime) -> None:
        data = await asyncio.to_thread(self.cache.read, place, name)
        if data is None:
            return
        segment = new_id()
        stored = Stored(f"segments/{segment.hex[-2:]}/{segment}", len(data))
        async with self._database.transaction() as connection:
            if not await queries.reserve(connection, stored, media_id=media_id, place=place, name=name):
                return
        await self._write(stored.storage_key, data)
        async with self._database.reading() as connection:
            is_wanted = await queries.publish(connection, stored.storage_key, used_at)
        if not is_wanted:
            await self._store.delete(stored.storage_key)

    async def _write(self, key: str, data: bytes) -> None:
        writer = await self._store.create(key)
        try:
            await writer.write(data)
            await writer.commit()
        except BaseException:
            await writer.abort()
            raise
