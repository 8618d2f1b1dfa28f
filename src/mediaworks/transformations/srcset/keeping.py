"""Renditions on their way into the store, and the transaction that makes them a media object's."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from mediaworks.accounts import Caller
from mediaworks.db import Connection, Database
from mediaworks.errors import Conflict, Unavailable
from mediaworks.events import Event, record
from mediaworks.jobs import enqueue, withdraw
from mediaworks.kit.clock import now
from mediaworks.kit.ids import new_id
from mediaworks.media import Access, Media, MediaLibrary, Role, Variant
from mediaworks.media import queries as rows
from mediaworks.media.contents import REMOVE_BLOBS, UNCLAIMED
from mediaworks.processing import Rendered, Results
from mediaworks.storage import BlobStore
from mediaworks.transformations.srcset import queries
from mediaworks.transformations.srcset.model import Known


class Unclaimed(msgspec.Struct, frozen=True):
    """Durable renditions that belong to nobody yet. `removal`: the job that removes them unless they are claimed before."""

    variants: list[Variant]
    removal: UUID


class Keeping:
    """`most`: renditions that one media object may have."""

    def __init__(self, database: Database, store: BlobStore, library: MediaLibrary, most: int) -> None:
        self._database = database
        self._store = store
        self._library = library
        self._most = most

    def require_room(self, media: Media, more: int) -> None:
        """Raises Conflict when `more` renditions would be too many."""
        if len(renditions_of(media)) + more > self._most:
            told = f"A media object may have {self._most} renditions: remove those that it has first"
            raise Conflict(told, code="too_many_renditions", limit=self._most)

    async def write(self, media_id: UUID, results: Results, named: Sequence[tuple[str, Rendered]]) -> Unclaimed:
        """Make the bytes durable. Whoever dies before they are claimed leaves nothing behind: that they are to be removed is
        known before they are there."""
        keys = [f"renditions/{media_id.hex[-2:]}/{media_id}-{new_id().hex}" for _ in named]
        async with self._database.reading() as connection:
            moment = now() + UNCLAIMED
            removal = await enqueue(connection, REMOVE_BLOBS, queue="housekeeping", run_at=moment, keys=keys)
        pairs = zip(keys, named, strict=True)
        return Unclaimed([await self._written(key, results, *one) for key, one in pairs], removal)

    async def adopt(
        self, connection: Connection, caller: Caller, media: Media, key: str, known: Known, made: Unclaimed
    ) -> None:
        """Give the object what was made of it, and take away what was made of other bytes.

        Raises as `MediaLibrary.lock`, Conflict when the object has other bytes by now, or too many renditions, and
        Unavailable when it took too long.
        """
        if not await withdraw(connection, made.removal):
            raise Unavailable("What was made lay unused for too long: ask for it again", code="content_expired")
        current = await self._library.lock(connection, caller, media.id, needed=Access.EDIT)
        if current.sha256 != media.sha256:
            raise Conflict("The media object changed meanwhile: ask again", code="content_changed")
        old = await queries.outdated(connection, media.id, media.sha256)
        await self._take(connection, media.id, [one.name for one in renditions_of(current) if _key_of(one) in old])
        self.require_room(current, len(made.variants))
        await queries.remember(connection, media.id, key, media.sha256, known)
        new = await rows.add_variants(connection, media.id, made.variants)
        await _discard(connection, [variant.storage_key for variant in made.variants if variant.name not in new])
        await record(connection, Event("media.updated", media.id, media.user_id, {"changed": ["renditions"]}))

    async def remove_all(self, caller: Caller, media_id: UUID) -> None:
        """Take away every rendition that the object has. Raises as `MediaLibrary.lock`."""
        async with self._database.transaction() as connection:
            media = await self._library.lock(connection, caller, media_id, needed=Access.EDIT)
            await queries.forget_all(connection, media_id)
            await self._take(connection, media_id, [one.name for one in renditions_of(media)])

    async def _take(self, connection: Connection, media_id: UUID, names: Sequence[str]) -> None:
        await _discard(connection, await rows.take_variants(connection, media_id, names))

    async def _written(self, key: str, results: Results, name: str, rendered: Rendered) -> Variant:
        writer = await self._store.create(key)
        try:
            async for piece in results.read(rendered):
                await writer.write(piece)
            written = await writer.commit()
        except BaseException:
            await writer.abort()
            raise
        return Variant(
            name=name,
            mime_type=rendered.mime,
            width=rendered.width,
            height=rendered.height,
            size_bytes=written.size,
            sha256=written.sha256,
            storage_key=key,
            role=Role.RENDITION,
        )


def renditions_of(media: Media) -> list[Variant]:
    return [variant for variant in media.variants if variant.role is Role.RENDITION]


def _key_of(variant: Variant) -> str:
    return variant.name.rpartition("-")[0]


async def _discard(connection: Connection, keys: Sequence[str]) -> None:
    if keys:
        await enqueue(connection, REMOVE_BLOBS, queue="housekeeping", keys=list(keys))
