from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from uuid import UUID

from mediaworks.accounts import Accounts
from mediaworks.db import Database
from mediaworks.db.pages import in_pages
from mediaworks.errors import NotFound
from mediaworks.events import Event, record
from mediaworks.jobs import enqueue
from mediaworks.kit.archive import Entry, json_list
from mediaworks.media.contents import REMOVE_BLOBS
from mediaworks.media.personal import queries
from mediaworks.media.share_links.tables import share_links
from mediaworks.media.sharing.tables import media_shares
from mediaworks.media.tables import media_objects
from mediaworks.media.versions.model import Version
from mediaworks.media.versions.queries import versions_of
from mediaworks.storage import BlobStore

BATCH = 200


class MediaRecords:
    """Media objects with their originals and what these were before, shares and links."""

    def __init__(self, database: Database, store: BlobStore, accounts: Accounts) -> None:
        self._database = database
        self._store = store
        self._accounts = accounts

    async def export(self, user_id: UUID) -> AsyncIterator[Entry]:
        """An original that is purged meanwhile is left out."""
        yield json_list("media.json", in_pages(self._database, queries.media_rows(user_id), media_objects.c.id))
        yield json_list("shares.json", in_pages(self._database, queries.share_rows(user_id), media_shares.c.id))
        yield json_list("links.json", in_pages(self._database, queries.link_rows(user_id), share_links.c.id))
        async for row in in_pages(self._database, queries.original_rows(user_id), media_objects.c.id):
            if (entry := await self._file(f"media/{row['id']}/{row['original_name']}", row["storage_key"])) is None:
                continue
            yield entry
            for version in await self._former(row["id"], row["storage_key"]):
                name = f"media/{row['id']}/versions/{version.number}.{version.extension}"
                if (former := await self._file(name, version.storage_key)) is not None:
                    yield former

    async def _former(self, media_id: UUID, current: str) -> list[Version]:
        """Versions whose bytes are others than those under the key `current`."""
        async with self._database.reading() as connection:
            return [one for one in await versions_of(connection, media_id) if one.storage_key != current]

    async def _file(self, name: str, key: str) -> Entry | None:
        """None when it is there no longer."""
        content = self._store.read(key)
        try:
            first = await anext(content, b"")
        except NotFound:
            return None
        return Entry(name, _rejoined(first, content))

    async def erase(self, user_id: UUID) -> None:
        """Purge everything, and end what was shared with the user."""
        while await self._purge_some(user_id):
            pass
        async with self._database.transaction() as connection:
            await queries.remove_shares_with(connection, user_id)

    async def _purge_some(self, user_id: UUID) -> bool:
        """Whether there was anything."""
        async with self._database.transaction() as connection:
            gone = await queries.remove_some(connection, user_id, BATCH)
            if not gone.ids:
                return False
            await self._accounts.charge(connection, user_id, -gone.size)
            await record(connection, *_told(gone, user_id))
            await enqueue(connection, REMOVE_BLOBS, queue="housekeeping", keys=gone.keys)
        return True


def _told(gone: queries.Removed, user_id: UUID) -> Iterator[Event]:
    for media_id, was_deleted in gone.ids.items():
        if not was_deleted:
            yield Event("media.deleted", media_id, user_id, {})
        yield Event("media.purged", media_id, user_id, {})


async def _rejoined(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for chunk in rest:
        yield chunk
