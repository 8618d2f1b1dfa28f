"""What a media object was before: each change of its bytes is a version, and none is lost until somebody removes it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from msgspec.structs import replace

from mediaworks.accounts import Accounts, Caller
from mediaworks.db import Connection, Database
from mediaworks.errors import Conflict, Forbidden, NotFound
from mediaworks.events import Event, record
from mediaworks.jobs import enqueue
from mediaworks.kit.clock import now
from mediaworks.kit.paging import require_between
from mediaworks.media import queries as objects
from mediaworks.media.contents import REMOVE_BLOBS
from mediaworks.media.labels import retyped
from mediaworks.media.model import Access, Media, Processing, Status
from mediaworks.media.service import MediaLibrary, have_understood, require_version
from mediaworks.media.versions import queries
from mediaworks.media.versions.model import NewVersion, Version, first_of

PAGE = 200


class Versions:
    """Bytes that several versions share are kept, and counted to the owner, once."""

    def __init__(self, database: Database, accounts: Accounts, library: MediaLibrary) -> None:
        self._database = database
        self._accounts = accounts
        self._library = library

    async def list(self, caller: Caller, media_id: UUID, *, before: int | None, limit: int) -> list[Version]:
        """The newest first, which is what the object is now.

        Only for who may edit it: a version may show what a later one hides. Raises NotFound, Forbidden, Invalid.
        """
        require_between("limit", limit, PAGE)
        media = await self._library.get(caller, media_id, needed=Access.EDIT)
        async with self._database.reading() as connection:
            found = await queries.versions_of(connection, media_id, before=before, limit=limit)
        return found or ([first_of(media)] if before is None else [])

    async def get(self, caller: Caller, media_id: UUID, number: int) -> tuple[Media, Version]:
        """The object, and what it was. Raises NotFound, Forbidden also for what is in quarantine."""
        media = await self._library.get(caller, media_id, needed=Access.EDIT)
        _require_active(media)
        async with self._database.reading() as connection:
            return media, _numbered(await _history(connection, media), number)

    async def add_in(
        self, connection: Connection, caller: Caller, media_id: UUID, new: NewVersion, *, if_version: int | None
    ) -> Media:
        """Have the object become `new` in the caller's transaction; what it was stays.

        Raises NotFound, Forbidden, QuotaExceeded over the owner's quota, PreconditionFailed, Conflict with the code
        `content_changed` when it is no longer what the new version was made of, Unavailable.
        """
        media = await self._locked(connection, caller, media_id, Access.EDIT, if_version)
        if media.storage_key != new.made_from:
            raise Conflict("The media object has become another meanwhile: try again", code="content_changed")
        quota = caller.policy.quota_bytes if caller.user_id == media.user_id else None
        await self._accounts.charge(connection, media.user_id, new.content.written.size, quota)
        await new.content.claim(connection)
        history = await _history(connection, media)
        if len(history) == 1:
            await queries.insert_version(connection, media_id, history[0])
        return await _become(connection, media, _version(new, history[0].number + 1), caller.key_id)

    async def restore(self, caller: Caller, media_id: UUID, number: int, *, if_version: int | None) -> Media:
        """Have the object become again what it was: as a version of its own, of the same bytes.

        Raises NotFound, Forbidden, PreconditionFailed, Conflict for what it is already.
        """
        async with self._database.transaction() as connection:
            media = await self._locked(connection, caller, media_id, Access.EDIT, if_version)
            history = await _history(connection, media)
            former = _former(history, number)
            again = replace(former, number=history[0].number + 1, recipe={"restored": number}, created_at=now())
            return await _become(connection, media, again, caller.key_id)

    async def delete(self, caller: Caller, media_id: UUID, number: int, *, if_version: int | None) -> None:
        """Remove what the object was, for good; for its owner.

        Raises NotFound, Forbidden, PreconditionFailed, Conflict for what it is now.
        """
        async with self._database.transaction() as connection:
            media = await self._locked(connection, caller, media_id, Access.OWNER, if_version)
            history = await _history(connection, media)
            former = _former(history, number)
            await queries.remove_version(connection, media_id, number)
            if all(one.storage_key != former.storage_key for one in history if one is not former):
                await self._accounts.charge(connection, media.user_id, -former.size_bytes)
                await enqueue(connection, REMOVE_BLOBS, queue="housekeeping", keys=[former.storage_key])
            await record(connection, Event("media.version_deleted", media_id, media.user_id, {"number": number}))

    async def _locked(
        self, connection: Connection, caller: Caller, media_id: UUID, needed: Access, if_version: int | None
    ) -> Media:
        media = await self._library.lock(connection, caller, media_id, needed=needed)
        _require_active(media)
        require_version(media, if_version)
        return media


async def _history(connection: Connection, media: Media) -> list[Version]:
    """The newest first: what the object is now."""
    return await queries.versions_of(connection, media.id) or [first_of(media)]


async def _become(connection: Connection, media: Media, version: Version, key_id: UUID | None) -> Media:
    """Whatever was known of the former bytes is forgotten at once, thumbnails too: the new ones may hide something."""
    await queries.insert_version(connection, media.id, version)
    keys = await objects.take_variants(connection, media.id, [variant.name for variant in media.variants])
    if keys:
        await enqueue(connection, REMOVE_BLOBS, queue="housekeeping", keys=keys)
    now_known: dict[str, Any] = {
        "storage_key": version.storage_key,
        "sha256": version.sha256,
        "size_bytes": version.size_bytes,
        "mime_type": version.mime_type,
        "extension": version.extension,
        "width": version.width,
        "height": version.height,
    }
    if version.mime_type != media.mime_type:
        now_known["original_name"] = retyped(media.original_name, version.extension)
    await objects.update_media(connection, media.id, now_known | _NOT_UNDERSTOOD)
    told = {name: now_known[name] for name in ("mime_type", "size_bytes", "sha256")} | {"number": version.number}
    await record(connection, Event("media.version_added", media.id, media.user_id, told))
    changed = await objects.media_by_id(connection, media.id)
    if changed is None:
        raise NotFound("There is no such media object")
    await have_understood(connection, changed, key_id)
    return replace(changed, access=media.access)


_NOT_UNDERSTOOD: dict[str, Any] = {
    "duration": None,
    "fps": None,
    "blurhash": None,
    "thumbhash": None,
    "dominant_color": None,
    "phash": None,
    "facts": {},
    "duplicate_of": None,
    "processing_status": Processing.PENDING,
    "processing_error": None,
}


def _version(new: NewVersion, number: int) -> Version:
    return Version(
        number=number,
        storage_key=new.content.storage_key,
        sha256=new.content.written.sha256,
        size_bytes=new.content.written.size,
        mime_type=new.mime_type,
        extension=new.extension,
        width=new.width,
        height=new.height,
        recipe=new.recipe,
        created_at=now(),
    )


def _numbered(history: list[Version], number: int) -> Version:
    for version in history:
        if version.number == number:
            return version
    raise NotFound("There is no such version", code="version_not_found")


def _former(history: list[Version], number: int) -> Version:
    version = _numbered(history, number)
    if version is history[0]:
        raise Conflict("The version is what the media object is now", code="current_version")
    return version


def _require_active(media: Media) -> None:
    if media.status is Status.QUARANTINED:
        raise Forbidden(f"The file is in quarantine: {media.quarantine}", code="quarantined")
