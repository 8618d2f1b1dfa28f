"""The quota of what machines share, and what nobody needs there any more."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from mediaworks.db import Database
from mediaworks.storage import BlobStore
from mediaworks.streaming import figures
from mediaworks.streaming.shared import queries

AT_ONCE = 8
BATCH = 500


class SharedQuota:
    """At most `quota` bytes once `tidy` has run."""

    def __init__(self, database: Database, store: BlobStore, quota: int) -> None:
        self._database = database
        self._store = store
        self._quota = quota

    async def tidy(self) -> None:
        """Remove what is left of purged recordings and of machines that died, and what was not played for longest, down to
        the quota. Two may do it at once."""
        while len(await self._remove_left()) == BATCH:
            continue
        while len(await self._remove_surplus()) == BATCH:
            continue

    async def _remove_left(self) -> list[str]:
        async with self._database.reading() as connection:
            left = await queries.left_over(connection, BATCH)
        await remove(self._database, self._store, left)
        return left

    async def _remove_surplus(self) -> list[str]:
        async with self._database.reading() as connection:
            size = await queries.total(connection)
            surplus = await queries.give_up(connection, self._quota, BATCH) if size > self._quota else []
        figures.cache_bytes.labels("shared").set(size)
        await remove(self._database, self._store, surplus)
        return surplus


async def remove(database: Database, store: BlobStore, keys: Sequence[str]) -> None:
    """Remove segments from the storage. The blob goes before its row, so what is not removed is found again."""
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        await asyncio.gather(*(store.delete(key) for key in some))
        async with database.reading() as connection:
            await queries.forget(connection, some)
