"""Background work on media objects. Each task may run twice: its effect is the same as once."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import msgspec
import structlog

from mediaworks.db import Database
from mediaworks.errors import NotFound, Unprocessable
from mediaworks.events import Event, record
from mediaworks.media import queries
from mediaworks.media.config import MediaConfig
from mediaworks.media.keys import variant_key
from mediaworks.media.model import Media, Processing, Status, Variant
from mediaworks.processing import (
    UNDERSTAND,
    ProcessingConfig,
    Sandbox,
    Thumbnail,
    ThumbnailSize,
    Understanding,
    UnderstandRequest,
)
from mediaworks.storage import BlobStore

log = structlog.get_logger(__name__)


class MediaTasks:
    def __init__(
        self, database: Database, store: BlobStore, sandbox: Sandbox, config: MediaConfig, limits: ProcessingConfig
    ) -> None:
        self._database = database
        self._store = store
        self._sandbox = sandbox
        self._max_pixels = limits.max_pixels
        self._sizes = tuple(thumbnail_size(name) for name in config.thumbnails)

    async def understand(self, media_id: str) -> None:
        """Find out what the file is and make its thumbnails; the result is one transaction at the end."""
        media = await self._wanted(UUID(media_id))
        if media is None:
            return
        try:
            found = await self._look(media)
        except NotFound:
            return
        except Unprocessable as refusal:
            await self._fail(media, refusal)
            return
        variants = await self._keep(media, found.thumbnails)
        if not await self._succeed(media, found, variants):
            await self._remove([variant.storage_key for variant in variants])

    async def give_up(self, media_id: str) -> None:
        """Say that the file could not be understood, for a reason that is ours and stands in the log."""
        async with self._database.reading() as connection:
            media = await queries.media_by_id(connection, UUID(media_id))
        if media is not None:
            await self._fail(media, Unprocessable("The service could not process the file", code="processing_failed"))

    async def remove_blobs(self, keys: list[str]) -> None:
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
            return await self._sandbox.run(UNDERSTAND, descriptor, request)

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

    async def _succeed(self, media: Media, found: Understanding, variants: list[Variant]) -> bool:
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
        return True

    async def _fail(self, media: Media, refusal: Unprocessable) -> None:
        log.warning("media_not_understood", media=str(media.id), code=refusal.code, detail=refusal.detail)
        told = {"code": refusal.code, "detail": refusal.detail}
        async with self._database.transaction() as connection:
            values = {"processing_status": Processing.FAILED, "processing_error": told}
            await queries.update_media(connection, media.id, values)
            await record(connection, Event("media.failed", media.id, media.user_id, told))

    async def _remove(self, keys: list[str]) -> None:
        for key in keys:
            await self._store.delete(key)


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
