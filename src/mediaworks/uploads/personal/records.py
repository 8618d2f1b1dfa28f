from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from uuid import UUID

from mediaworks.db import Database
from mediaworks.db.pages import in_pages
from mediaworks.errors import Locked, NotFound
from mediaworks.kit.archive import Entry, json_list
from mediaworks.storage import BlobStore
from mediaworks.uploads.finishing import Finishing
from mediaworks.uploads.leases import Leases
from mediaworks.uploads.model import State
from mediaworks.uploads.personal import queries
from mediaworks.uploads.presigning import staging_key
from mediaworks.uploads.tables import uploads


class UploadRecords:
    """Records of uploads, and the bytes of those that are under way."""

    def __init__(self, database: Database, store: BlobStore, leases: Leases, finishing: Finishing) -> None:
        self._database = database
        self._store = store
        self._leases = leases
        self._finishing = finishing

    async def export(self, user_id: UUID) -> AsyncIterator[Entry]:
        yield json_list("uploads.json", in_pages(self._database, queries.upload_rows(user_id), uploads.c.id))

    async def erase(self, user_id: UUID) -> None:
        """Abort what is open and forget the rest. Raises Locked while a request does not let go of one."""
        async with self._database.reading() as connection:
            still_open = await queries.open_uploads_of(connection, user_id)
        for upload_id in still_open:
            await self._abort(upload_id)
        async with self._database.transaction() as connection:
            if not await queries.forget_all_of(connection, user_id):
                raise Locked("Uploads of the user are still held")

    async def _abort(self, upload_id: UUID) -> None:
        with suppress(NotFound):
            async with self._leases.hold(upload_id, None) as lease:
                if lease.upload.state is State.OPEN:
                    await self._finishing.discard(lease.upload, State.ABORTED)
                    await self._store.delete(staging_key(upload_id))
