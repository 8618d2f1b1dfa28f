"""Background work on media objects. Each task may run twice: its effect is the same as once."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import msgspec
import structlog

from mediaworks.accounts import Accounts
from mediaworks.db import Connection, Database
from mediaworks.errors import NotFound, Unprocessable
from mediaworks.events import Event, record
from mediaworks.jobs import RunningJob, Task
from mediaworks.media import queries
from mediaworks.media.config import MediaConfig
from mediaworks.media.keys import variant_key
from mediaworks.media.metering import used_by
from mediaworks.media.model import Media, Processing, Status, Variant
from mediaworks.media.service import REMOVE_BLOBS, UNDERSTAND
from mediaworks.processing import UNDERSTAND as READ
from mediaworks.processing import (
    ProcessingConfig,
    Sandbox,
    Thumbnail,
    ThumbnailSize,
    Understanding,
    UnderstandRequest,
)
from mediaworks.storage import BlobStore

log = structlog.get_logger(__name__)

UNDERSTAND_SECONDS = 900.0


class MediaTasks:
    def __init__(
        self,
        database: Database,
        store: BlobStore,
        sandbox: Sandbox,
        accounts: Accounts,
        config: MediaConfig,
        limits: ProcessingConfig,
    ) -> None:
        self._database = database
        self._accounts = accounts
        self._store = store
        self._sandbox = sandbox
        self._max_pixels = limits.max_pixels
        self._sizes = tuple(thumbnail_size(name) for name in config.thumbnails)

    def all(self) -> tuple[Task, ...]:
        """What workers do for media objects."""
        return (
            Task(
                UNDERSTAND,
                "probe",
                self.understand,
                give_up=self.give_up,
                cancelled=self.cancelled,
                timeout=UNDERSTAND_SECONDS,
            ),
            Task(REMOVE_BLOBS, "housekeeping", self.remove_blobs),
        )

    async def understand(self, job: RunningJob, media_id: str, key_id: str | None = None) -> None:
        """Find out what the file is and make its thumbnails; the result is one transaction at the end."""
        media = await self._wanted(UUID(media_id))
        if media is None:
            return
        await job.progress(0.1, "reading")
        try:
            found = await self._look(media)
        except NotFound:
            return
        except Unprocessable as refusal:
            await self._fail(job, media, refusal)
            return
        await job.progress(0.8, "keeping thumbnails")
        variants = await self._keep(media, found.thumbnails)
        if not await self._succeed(job, media, found, variants):
            await self._remove([variant.storage_key for variant in variants])
        await self._accounts.note_use(media.user_id, UUID(key_id) if key_id else None, used_by(found))

    async def give_up(self, job: RunningJob, media_id: str, key_id: str | None = None) -> None:
        """Say that the file could not be understood, for a reason that is ours and stands in the log."""
        async with self._database.reading() as connection:
            media = await queries.media_by_id(connection, UUID(media_id))
        if media is not None:
            reason = Unprocessable("The service could not process the file", code="processing_failed")
            await self._fail(job, media, reason)

    async def cancelled(self, job: RunningJob, media_id: str, key_id: str | None = None) -> None:
        """Say that nobody waits for the file to be understood any more."""
        reason = Unprocessable("Somebody cancelled the processing", code="processing_cancelled")
        async with self._database.transaction() as connection:
            media = await queries.lock_media(connection, UUID(media_id))
            if media is not None and media.processing_status is Processing.PENDING:
                await _tell_failure(connection, media, reason)

    async def remove_blobs(self, job: RunningJob, keys: list[str]) -> None:
        """Remove what a purged media object has left in the storage."""
        await self._remove(keys)

    async def _wanted(self, media_id: UUID) -> Media | None:
        async with self._database.reading() as connection:
            media = await queries.media_by_id(connection, media_id)
        if media is None:
            await self._remove([variant_key(media_id, size.name, "webp") for size in self._sizes])
        return media

    async def _look(self, media: Media) -> Understanding:
        request = UnderstandRequest(media.mime_type, self._max_pixels, self._sizes)
        async with self._store.as_file(media.storage_key) as descriptor:
            return await self._sandbox.run(READ, descriptor, request)

    async def _keep(self, media: Media, thumbnails: tuple[Thumbnail, ...]) -> list[Variant]:
        return list(await asyncio.gather(*(self._keep_one(media, thumbnail) for thumbnail in thumbnails)))

    async def _keep_one(self, media: Media, thumbnail: Thumbnail) -> Variant:
        key = variant_key(media.id, thumbnail.name, thumbnail.mime.rpartition("/")[2])
        writer = await self._store.create(key)
        try:
            await writer.write(thumbnail.data)
            written = await writer.commit()
        except BaseException:
            await writer.abort()
            raise
        return Variant(
            name=thumbnail.name,
            mime_type=thumbnail.mime,
            width=thumbnail.width,
            height=thumbnail.height,
            size_bytes=written.size,
            sha256=written.sha256,
            storage_key=key,
        )

    async def _succeed(self, job: RunningJob, media: Media, found: Understanding, variants: list[Variant]) -> bool:
        """Whether the object was still there to be completed."""
        async with self._database.transaction() as connection:
            current = await queries.lock_media(connection, media.id)
            if current is None:
                return False
            await queries.replace_variants(connection, media.id, variants)
            await queries.update_media(connection, media.id, _columns(found))
            if current.status is not Status.DELETED:
                told = {"kind": found.facts.kind, "thumbnails": [variant.name for variant in variants]}
                await record(connection, Event("media.ready", media.id, media.user_id, told))
            await job.done(connection, {"media_id": str(media.id)})
        return True

    async def _fail(self, job: RunningJob, media: Media, refusal: Unprocessable) -> None:
        log.warning("media_not_understood", media=str(media.id), code=refusal.code, detail=refusal.detail)
        async with self._database.transaction() as connection:
            current = await queries.lock_media(connection, media.id)
            if current is not None:
                await _tell_failure(connection, current, refusal)
            await job.refuse(connection, job.error or refusal)

    async def _remove(self, keys: list[str]) -> None:
        for key in keys:
            await self._store.delete(key)


async def _tell_failure(connection: Connection, media: Media, refusal: Unprocessable) -> None:
    told = {"code": refusal.code, "detail": refusal.detail}
    values = {"processing_status": Processing.FAILED, "processing_error": told}
    await queries.update_media(connection, media.id, values)
    if media.status is not Status.DELETED:
        await record(connection, Event("media.failed", media.id, media.user_id, told))


def thumbnail_size(name: str) -> ThumbnailSize:
    """The size that a setting names: `320` fits a box, `150x150` is cropped to it."""
    width, cross, height = name.partition("x")
    return ThumbnailSize(name=name, width=int(width), height=int(height or width), crop=bool(cross))


def _columns(found: Understanding) -> dict[str, Any]:
    facts = {**found.details, "palette": found.palette}
    if found.warnings:
        facts["warnings"] = found.warnings
    return {
        "kind": found.facts.kind,
        "width": found.facts.width,
        "height": found.facts.height,
        "duration": found.facts.duration,
        "fps": found.facts.fps,
        "blurhash": found.blurhash,
        "thumbhash": found.thumbhash,
        "dominant_color": found.dominant_color,
        "facts": msgspec.to_builtins(facts),
        "processing_status": Processing.READY,
        "processing_error": None,
    }
