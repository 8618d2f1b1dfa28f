"""Pictures that were taken in before anybody looked at their pixels as closely as now."""

from __future__ import annotations

from uuid import UUID

from mediaworks.db import Database
from mediaworks.errors import NotFound, Unprocessable
from mediaworks.jobs import Priority, RunningJob, Task, enqueue
from mediaworks.media.model import Media
from mediaworks.media.queries import media_by_id
from mediaworks.media.similar import queries
from mediaworks.processing import LOOK, Appearance, ProbeRequest, ProcessingConfig, Sandbox
from mediaworks.storage import BlobStore

LOOK_AGAIN = "media.look_again"
AT_ONCE = 500
ENOUGH = 512  # pixels of the longer side


class Backfill:
    def __init__(self, database: Database, store: BlobStore, sandbox: Sandbox, limits: ProcessingConfig) -> None:
        self._database = database
        self._store = store
        self._sandbox = sandbox
        self._max_pixels = limits.max_pixels

    def tasks(self) -> tuple[Task, ...]:
        return (Task(LOOK_AGAIN, "probe", self.look_again),)

    async def find(self) -> int:
        """Queue some of the pictures that have not been looked at; returns how many."""
        async with self._database.transaction() as connection:
            found = await queries.not_looked_at(connection, AT_ONCE)
            for media_id in found:
                await enqueue(
                    connection,
                    LOOK_AGAIN,
                    queue="probe",
                    subject=media_id,
                    dedup=f"{LOOK_AGAIN}:{media_id}",
                    priority=Priority.BULK,
                    media_id=str(media_id),
                )
        return len(found)

    async def look_again(self, job: RunningJob, media_id: str) -> None:
        """Note what the pixels show, or that they show nothing, so that nobody tries for ever."""
        async with self._database.reading() as connection:
            media = await media_by_id(connection, UUID(media_id))
        if media is None:
            return
        appearance = await self._seen(media)
        async with self._database.transaction() as connection:
            await queries.note_appearance(connection, media, appearance)
            await job.done(connection, {"media_id": media_id})

    async def _seen(self, media: Media) -> Appearance | None:
        key, mime = _smallest_sufficient(media)
        try:
            async with self._store.as_file(key) as descriptor:
                return await self._sandbox.run(LOOK, descriptor, ProbeRequest(mime, self._max_pixels))
        except (NotFound, Unprocessable):
            return None


def _smallest_sufficient(media: Media) -> tuple[str, str]:
    """Key and type of the smallest of what is stored that shows the whole picture large enough."""
    whole = [one for one in media.variants if "x" not in one.name and max(one.width, one.height) >= ENOUGH]
    if not whole:
        return media.storage_key, media.mime_type
    best = min(whole, key=lambda one: one.width * one.height)
    return best.storage_key, best.mime_type
