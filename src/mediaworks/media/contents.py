"""Bytes on their way to become what a media object is: durable before there is a row, and gone when there never is one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import msgspec

from mediaworks.db import Connection, Database
from mediaworks.errors import Unavailable
from mediaworks.jobs import enqueue, withdraw
from mediaworks.kit.clock import now
from mediaworks.media.keys import content_key
from mediaworks.storage import BlobStore, Written

REMOVE_BLOBS = "media.remove_blobs"
UNCLAIMED = timedelta(hours=1)


class Content(msgspec.Struct, frozen=True):
    """Durable bytes that belong to nobody yet. `removal`: the job that removes them unless they are claimed before."""

    storage_key: str
    written: Written
    removal: UUID

    async def claim(self, connection: Connection) -> None:
        """Have the bytes stay, in the transaction of the row that names them. Raises Unavailable when it is too late."""
        if not await withdraw(connection, self.removal):
            raise Unavailable("What was made lay unused for too long: ask for it again", code="content_expired")


class Contents:
    def __init__(self, database: Database, store: BlobStore) -> None:
        self._database = database
        self._store = store

    async def keep(self, media_id: UUID, chunks: AsyncIterator[bytes]) -> Content:
        """Make the bytes durable under a key of their own. Whoever dies before they are claimed leaves nothing behind:
        that they are to be removed is known before they are there."""
        key = content_key(media_id)
        async with self._database.reading() as connection:
            removal = await enqueue(
                connection, REMOVE_BLOBS, queue="housekeeping", run_at=now() + UNCLAIMED, keys=[key]
            )
        return Content(key, await self._written(key, chunks), removal)

    async def drop(self, content: Content) -> None:
        """Remove at once what will not be claimed."""
        await self._store.delete(content.storage_key)
        async with self._database.reading() as connection:
            await withdraw(connection, content.removal)

    async def _written(self, key: str, chunks: AsyncIterator[bytes]) -> Written:
        writer = await self._store.create(key)
        try:
            async for chunk in chunks:
                await writer.write(chunk)
            return await writer.commit()
        except BaseException:
            await writer.abort()
            raise
