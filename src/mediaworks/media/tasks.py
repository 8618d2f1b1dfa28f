"""Background work on media objects. Each task may run twice: its effect is the same as once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
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
from mediaworks.media.contents import REMOVE_BLOBS
from mediaworks.media.keys import original_key, variant_key
from mediaworks.media.metering import used_by
from mediaworks.media.model import Media, Processing, Role, Status, Variant
from mediaworks.media.service import UNDERSTAND
from mediaworks.media.similar.model import APPEARANCE, bits_of
from mediaworks.processing import UNDERSTAND as READ
from mediaworks.processing import (
    Faces,
    Kind,
    ProcessingConfig,
    Sandbox,
    Thumbnail,
    ThumbnailSize,
    Understanding,
    UnderstandRequest,
    master_name,
)
from mediaworks.storage import BlobStore

log = structlog.get_logger(__name__)

UNDERSTAND_SECONDS = 900.0
FollowUp = Callable[[Connection, Media, Kind], Awaitable[None]]


class MediaTasks:
    def __init__(
        self,
        database: Database,
        store: BlobStore,
        sandbox: Sandbox,
        accounts: Accounts,
        config: MediaConfig,
        limits: ProcessingConfig,
        faces: Faces | None = None,
        follow_ups: Sequence[FollowUp] = (),
    ) -> None:
        """`follow_ups` are asked in the transaction in which a file counts as understood."""
        self._database = database
        self._accounts = accounts
        self._store = store
        self._sandbox = sandbox
        self._max_pixels = limits.max_pixels
        self._sizes = tuple(thumbnail_size(name) for name in config.thumbnails)
        self._masters = config.master_sides
        self._faces = faces if config.find_faces else None
        self._follow_ups = follow_ups

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

    async def understand(
        self, job: RunningJob, media_id: str, key_id: str | None = None, content: str | None = None
    ) -> None:
        """Find out what the file is and make its thumbnails; the result is one transaction at the end. `content`: where
        its bytes lay when it was asked for."""
        media = await self._wanted(UUID(media_id), content)
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
        variants = [
            *await self._keep(media, found.thumbnails, Role.THUMBNAIL),
            *await self._keep(media, found.masters, Role.MASTER),
        ]
        if not await self._succeed(job, media, found, variants):
            await self._remove([variant.storage_key for variant in variants])
        await self._accounts.note_use(media.user_id, UUID(key_id) if key_id else None, used_by(found))

    async def give_up(
        self, job: RunningJob, media_id: str, key_id: str | None = None, content: str | None = None
    ) -> None:
        """Say that the file could not be understood, for a reason that is ours and stands in the log."""
        async with self._database.reading() as connection:
            media = await queries.media_by_id(connection, UUID(media_id))
        if media is not None:
            reason = Unprocessable("The service could not process the file", code="processing_failed")
            await self._fail(job, media, reason)

    async def cancelled(
        self, job: RunningJob, media_id: str, key_id: str | None = None, content: str | None = None
    ) -> None:
        """Say that nobody waits for the file to be understood any more."""
        reason = Unprocessable("Somebody cancelled the processing", code="processing_cancelled")
        async with self._database.transaction() as connection:
            media = await queries.lock_media(connection, UUID(media_id))
            if media is not None and media.processing_status is Processing.PENDING:
                await _tell_failure(connection, media, reason)

    async def remove_blobs(self, job: RunningJob, keys: list[str]) -> None:
        """Remove what a purged media object has left in the storage."""
        await self._remove(keys)

    async def _wanted(self, media_id: UUID, content: str | None) -> Media | None:
        """None when it is gone, and what an attempt before this left of it as well."""
        async with self._database.reading() as connection:
            media = await queries.media_by_id(connection, media_id)
        if media is None:
            await self._remove(self._possible_keys(content or original_key(media_id)))
        return media

    def _possible_keys(self, content: str) -> list[str]:
        masters = (f"{master_name(side)}.{extension}" for side in self._masters for extension in ("jpeg", "webp"))
        names = (*(f"{size.name}.webp" for size in self._sizes), *masters)
        return [variant_key(content, *name.rsplit(".")) for name in names]

    async def _look(self, media: Media) -> Understanding:
        request = UnderstandRequest(media.mime_type, self._max_pixels, self._sizes, self._masters)
        async with self._store.as_file(media.storage_key) as descriptor:
            found = await self._sandbox.run(READ, descriptor, request)
            if self._faces is None or media.kind is not Kind.IMAGE:
                return found
            return await self._faces.noted(found, descriptor, media.mime_type)

    async def _keep(self, media: Media, pictures: tuple[Thumbnail, ...], role: Role) -> list[Variant]:
        return list(await asyncio.gather(*(self._keep_one(media, picture, role) for picture in pictures)))

    async def _keep_one(self, media: Media, thumbnail: Thumbnail, role: Role) -> Variant:
        key = variant_key(media.storage_key, thumbnail.name, thumbnail.mime.rpartition("/")[2])
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
            role=role,
        )

    async def _succeed(self, job: RunningJob, media: Media, found: Understanding, variants: list[Variant]) -> bool:
        """Whether the object was still there to be completed, and the same."""
        async with self._database.transaction() as connection:
            current = await queries.lock_media(connection, media.id)
            if current is None or current.storage_key != media.storage_key:
                return False
            await queries.replace_variants(connection, media.id, variants)
            await queries.update_media(connection, media.id, _columns(found))
            if current.status is not Status.DELETED:
                told = {"kind": found.facts.kind, "thumbnails": [thumbnail.name for thumbnail in found.thumbnails]}
                await record(connection, Event("media.ready", media.id, media.user_id, told))
                for follow_up in self._follow_ups:
                    await follow_up(connection, current, found.facts.kind)
            await job.done(connection, {"media_id": str(media.id)})
        return True

    async def _fail(self, job: RunningJob, media: Media, refusal: Unprocessable) -> None:
        log.warning("media_not_understood", media=str(media.id), code=refusal.code, detail=refusal.detail)
        async with self._database.transaction() as connection:
            current = await queries.lock_media(connection, media.id)
            if current is not None and current.storage_key == media.storage_key:
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
    facts = {**found.details, "palette": found.palette, APPEARANCE: found.appearance}
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
        "phash": bits_of(found.appearance) if found.facts.kind is Kind.IMAGE else None,
        "facts": msgspec.to_builtins(facts),
        "processing_status": Processing.READY,
        "processing_error": None,
    }
