"""Uploads that were asked for together: one job tells how far they are, and ends when all have."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

from mediaworks.db import Connection
from mediaworks.errors import MediaworksError
from mediaworks.events import record
from mediaworks.jobs import Item, ItemState, Job, RunningJob, Task, open_batch
from mediaworks.jobs.batches import failed_item, waiting_items
from mediaworks.uploads.endings import ending
from mediaworks.uploads.model import State, Upload
from mediaworks.uploads.records import item_result
from mediaworks.uploads.shared import Shared

IMPORT_BATCH = "uploads.import_batch"
PRESIGN_BATCH = "uploads.presign_batch"
AT_ONCE = 8


class UploadBatches:
    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    def tasks(self) -> tuple[Task, ...]:
        """They do nothing themselves, but can be cancelled."""
        return tuple(Task(name, "import", _nothing, cancelled=self.cancelled) for name in (IMPORT_BATCH, PRESIGN_BATCH))

    async def begin(
        self,
        connection: Connection,
        task: str,
        user_id: UUID,
        uploads: Sequence[Upload | MediaworksError],
        *,
        batch_id: UUID,
    ) -> Job:
        """Write the records of uploads and their job in the caller's transaction; those that have ended already, or were
        refused, count at once. Raises TooManyUploads."""
        made = [upload for upload in uploads if isinstance(upload, Upload)]
        new = [upload for upload in made if upload.state in {State.OPEN, State.FAILED}]
        await self._shared.records.begin_all_in(connection, new)
        told = [event for upload in new for event in ending(upload)]
        if told:
            await record(connection, *told)
        items = [_item(number, upload) for number, upload in enumerate(uploads, 1)]
        return await open_batch(connection, task, queue="import", user_id=user_id, items=items, job_id=batch_id)

    async def cancelled(self, job: RunningJob) -> None:
        """End all uploads of the batch that are open, and leave nothing of what came."""
        async with self._shared.database.reading() as connection:
            waiting = await waiting_items(connection, job.id)
        places = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as group:
            for item in waiting:
                group.create_task(self._abort(UUID(item.subject), places))

    async def _abort(self, upload_id: UUID, places: asyncio.Semaphore) -> None:
        async with places, self._shared.leases.hold(upload_id, None) as lease:
            if lease.upload.state is State.OPEN:
                await self._shared.finishing.discard(lease.upload, State.ABORTED)


async def _nothing(job: RunningJob) -> None:
    """The items are done elsewhere."""


def _item(number: int, upload: Upload | MediaworksError) -> Item:
    if isinstance(upload, MediaworksError):
        return failed_item(number, None, upload)
    state = {State.OPEN: ItemState.WAITING, State.DONE: ItemState.DONE}.get(upload.state, ItemState.FAILED)
    return Item(number=number, subject=str(upload.id), state=state, result=item_result(upload), error=upload.error)
