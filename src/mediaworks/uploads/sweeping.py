"""Who cleans up: what processes left that live no more, what ran out of time, and what nobody remembers."""

from __future__ import annotations

from datetime import timedelta

import structlog

from mediaworks.db.presence import is_gone
from mediaworks.errors import MediaworksError
from mediaworks.kit.clock import now
from mediaworks.storage import Unfinished
from mediaworks.uploads import queries
from mediaworks.uploads.model import ONE_REQUEST, State, Upload
from mediaworks.uploads.presigning import STAGING, staged_for
from mediaworks.uploads.resumable import Resumable
from mediaworks.uploads.shared import Shared

log = structlog.get_logger(__name__)

BATCH = 500
GRACE = timedelta(hours=1)


class Sweeper:
    def __init__(self, shared: Shared, resumable: Resumable) -> None:
        self._shared = shared
        self._resumable = resumable

    async def sweep(self) -> int:
        """Take care of what dead processes held; returns how many uploads there were."""
        async with self._shared.database.reading() as connection:
            holders = await queries.holders(connection)
        return sum([await self._sweep_process(holder) for holder in holders if holder != self._shared.me])

    async def _sweep_process(self, holder: int) -> int:
        swept = 0
        while True:
            async with self._shared.database.transaction() as connection:
                if not await is_gone(connection, holder):
                    return swept
                left = await queries.take_over(connection, holder, self._shared.me, BATCH)
            for upload in left:
                if upload.state is State.OPEN and upload.protocol not in ONE_REQUEST:
                    await self._settle(upload)
                else:
                    await self._tidy(upload)
            swept += len(left)
            if len(left) < BATCH:
                return swept

    async def _settle(self, upload: Upload) -> None:
        """What can be resumed waits where the dead holder had really come."""
        try:
            async with self._shared.leases.hold(upload.id, None) as lease:
                await self._resumable.settle(lease)
        except MediaworksError as error:
            log.warning("upload_not_settled", upload=str(upload.id), code=error.code, detail=error.detail)

    async def _tidy(self, upload: Upload) -> None:
        """Go on where the dead holder stopped: what came in one request is lost."""
        try:
            if upload.state is State.OPEN:
                await self._shared.finishing.discard(upload, State.ABORTED)
            else:
                await self._shared.finishing.remove_bytes(upload)
        except MediaworksError as error:
            log.warning("upload_not_settled", upload=str(upload.id), code=error.code, detail=error.detail)
        finally:
            await self._release(upload)

    async def _release(self, upload: Upload) -> None:
        async with self._shared.database.reading() as connection:
            if await queries.left_by(connection, upload.id, self._shared.me) is None:
                await queries.let_go(connection, upload.id, self._shared.me)

    async def expire(self) -> int:
        """End uploads whose time is over, and forget the records of those that ended long ago; returns how many ended."""
        async with self._shared.database.reading() as connection:
            over = await queries.expired(connection, BATCH)
            await queries.forget_ended(connection)
        return sum([await self._expire(upload) for upload in over])

    async def _expire(self, upload: Upload) -> bool:
        try:
            async with self._shared.leases.hold(upload.id, None) as lease:
                if lease.upload.state is not State.OPEN or lease.upload.expires_at >= now():
                    return False
                await self._shared.finishing.discard(lease.upload, State.EXPIRED)
        except MediaworksError as error:
            log.warning("upload_not_expired", upload=str(upload.id), code=error.code, detail=error.detail)
            return False
        return True

    async def collect(self) -> int:
        """Remove drafts that lie in the storage and that no record knows, once they are older than an hour; returns how
        many."""
        old: list[Unfinished] = []
        async for found in self._shared.store.unfinished():
            if found.begun < now() - GRACE:
                old.append(found)
        async with self._shared.database.reading() as connection:
            known = await queries.known_keys(connection, [found.draft.key for found in old])
        unknown = [found for found in old if found.draft.key not in known]
        for found in unknown:
            await self._shared.store.discard(found.draft)
        return len(unknown) + await self._collect_staged()

    async def _collect_staged(self) -> int:
        """What was sent to presigned addresses of uploads that are over."""
        staged = [blob async for blob in self._shared.store.list(STAGING) if blob.modified < now() - GRACE]
        async with self._shared.database.reading() as connection:
            awaited = await queries.open_ids(connection, {staged_for(blob.key) for blob in staged})
        over = [blob for blob in staged if staged_for(blob.key) not in awaited]
        for blob in over:
            await self._shared.store.delete(blob.key)
        return len(over)
