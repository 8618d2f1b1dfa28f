"""Media objects: each public method that writes is one transaction, and tells of itself in the outbox."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from mediaworks.accounts import Accounts, Caller, Scope
from mediaworks.accounts.audit import note_foreign_reads
from mediaworks.db import Connection, Database
from mediaworks.errors import Conflict, Duplicate, Forbidden, Invalid, PreconditionFailed
from mediaworks.events import Event, record
from mediaworks.jobs import enqueue
from mediaworks.kit.clock import now
from mediaworks.kit.paging import require_between
from mediaworks.media import labels, queries
from mediaworks.media.access import admit, kept, limited, missing, owns, shown
from mediaworks.media.config import Duplicates, MediaConfig
from mediaworks.media.contents import REMOVE_BLOBS
from mediaworks.media.listing import Cursor, Filter, Sort
from mediaworks.media.model import Access, Changes, Media, NewMedia, Page, Status
from mediaworks.media.sharing.queries import access_to
from mediaworks.media.versions.queries import contents_of

UNDERSTAND = "media.understand"


class MediaLibrary:
    def __init__(self, database: Database, accounts: Accounts, config: MediaConfig) -> None:
        self._database = database
        self._accounts = accounts
        self._config = config
        self._views: Counter[UUID] = Counter()
        self._downloads: Counter[UUID] = Counter()

    async def add(
        self, connection: Connection, new: NewMedia, *, quota: int | None = None, key_id: UUID | None = None
    ) -> Media:
        """Write row, event and job of a fresh upload in the caller's transaction; its blob is then the library's.

        The charge locks the owner's row, so of two uploads at once the second sees what the first was.

        When the owner has the same bytes already, the setting `duplicates` decides: the answer may be the first object
        instead of a new one; never of one that goes into quarantine. Raises QuotaExceeded, also over the `quota` in
        bytes of the key with which the file came, and Duplicate. `key_id`: to whose allowances the processing counts, too.
        """
        await self._accounts.charge(connection, new.user_id, new.size_bytes, quota)
        first_id = await queries.first_with_bytes(connection, new.user_id, new.sha256)
        if first_id is not None and self._config.duplicates is not Duplicates.KEEP and not new.quarantine:
            return await self._first_instead(connection, new, first_id)
        media = await queries.insert_media(connection, msgspec.structs.replace(new, duplicate_of=first_id))
        if new.quarantine:
            told = _told(new) | {"reason": new.quarantine}
            await record(connection, Event("media.quarantined", new.id, new.user_id, told))
            return media
        await record(connection, Event("media.uploaded", new.id, new.user_id, _told(new)))
        await have_understood(connection, media, key_id)
        return media

    async def _first_instead(self, connection: Connection, new: NewMedia, first_id: UUID) -> Media:
        if self._config.duplicates is Duplicates.REFUSE:
            raise Duplicate(f"The media object {first_id} has these very bytes", media_id=str(first_id))
        await self._accounts.charge(connection, new.user_id, -new.size_bytes)
        await enqueue(connection, REMOVE_BLOBS, queue="housekeeping", keys=[new.storage_key])
        return await _again(connection, first_id)

    async def get(self, caller: Caller, media_id: UUID, *, needed: Access = Access.VIEW) -> Media:
        """Raises NotFound for what is missing, deleted, or not for the caller's eyes: nobody learns which. Forbidden for what
        the caller may see, but not have as much as `needed`."""
        caller.require(Scope.MEDIA_READ)
        media = await self._find(media_id)
        if media is None or owns(caller, media):
            found = kept(media)
            note_foreign_reads(caller, [found.user_id])
            return found
        async with self._database.reading() as connection:
            return await admit(connection, caller, media, needed)

    async def facts(self, caller: Caller, media_id: UUID) -> tuple[Media, dict[str, Any]]:
        """The object and all that was found in its file. Raises NotFound like `get`."""
        media = await self.get(caller, media_id)
        async with self._database.reading() as connection:
            return media, await queries.facts_of(connection, media_id)

    async def shared(self, media_id: UUID) -> Media:
        """The object behind a delivery address, whoever asks; the address is the permission. Raises NotFound."""
        media = await self._find(media_id)
        if media is None or media.status is not Status.ACTIVE:
            raise missing()
        return media

    async def list(
        self,
        caller: Caller,
        wanted: Filter,
        sort: Sort,
        *,
        limit: int,
        cursor: str | None,
        offset: int,
        total: bool,
    ) -> Page:
        """One page of `wanted`. Raises Invalid for a limit, offset or cursor that cannot be."""
        caller.require(Scope.MEDIA_READ)
        require_between("limit", limit, self._config.page_limit)
        if offset < 0:
            raise Invalid("offset: must not be negative", field="offset")
        after = Cursor.decode(cursor, sort) if cursor else None
        async with self._database.reading() as connection:
            found = await queries.list_media(connection, wanted, sort, limit + 1, after=after, offset=offset)
            count = await queries.count_media(connection, wanted) if total else None
            items = tuple(await with_access(connection, caller, found[:limit]))
        note_foreign_reads(caller, (media.user_id for media in items))
        more = len(found) > limit
        return Page(items, Cursor.after(items[-1], sort).encode() if more else None, count)

    async def change(self, caller: Caller, media_id: UUID, changes: Changes, *, if_version: int | None) -> Media:
        """Apply `changes`. Raises NotFound, Invalid, Forbidden for what is not shared to be edited, or to be shown to more
        people, and PreconditionFailed unless `if_version` is still the version."""
        async with self._database.transaction() as connection:
            return await self.change_in(connection, caller, media_id, changes, if_version=if_version)

    async def change_in(
        self, connection: Connection, caller: Caller, media_id: UUID, changes: Changes, *, if_version: int | None = None
    ) -> Media:
        """As `change`, in the caller's transaction; so are the others with this ending."""
        values = checked(changes)
        media = await self.lock(connection, caller, media_id, needed=Access.EDIT)
        if "visibility" in values and media.access is not Access.OWNER:
            raise Forbidden("visibility: only the owner changes it", code="owner_only", field="visibility")
        require_version(media, if_version)
        if values:
            await queries.update_media(connection, media_id, values)
            await record(connection, Event("media.updated", media_id, media.user_id, {"changed": sorted(values)}))
        return shown(await _again(connection, media_id), media.access)

    async def delete(self, caller: Caller, media_id: UUID, *, if_version: int | None = None) -> Media:
        """Hide the object; it can be restored until the retention time is over. Raises NotFound."""
        async with self._database.transaction() as connection:
            return await self.delete_in(connection, caller, media_id, if_version=if_version)

    async def delete_in(
        self, connection: Connection, caller: Caller, media_id: UUID, *, if_version: int | None = None
    ) -> Media:
        media = await self.lock(connection, caller, media_id, needed=Access.OWNER)
        require_version(media, if_version)
        await _mark_deleted(connection, media)
        return await _again(connection, media_id)

    async def restore(self, caller: Caller, media_id: UUID) -> Media:
        """Bring a deleted object back. Raises NotFound, and Conflict when it is not deleted."""
        async with self._database.transaction() as connection:
            return await self.restore_in(connection, caller, media_id)

    async def restore_in(self, connection: Connection, caller: Caller, media_id: UUID) -> Media:
        media = await self.lock(connection, caller, media_id, needed=Access.OWNER, deleted_too=True)
        if media.status is not Status.DELETED:
            raise Conflict("The media object is not deleted", code="not_deleted")
        status = Status.QUARANTINED if media.quarantine else Status.ACTIVE
        await queries.update_media(connection, media_id, {"status": status, "deleted_at": None})
        told = {"processing_status": media.processing_status}
        await record(connection, Event("media.restored", media_id, media.user_id, told))
        return await _again(connection, media_id)

    async def release(self, caller: Caller, media_id: UUID) -> Media:
        """Let an object out of quarantine. Raises Forbidden unless an administrator does, NotFound, Conflict."""
        caller.require_admin()
        async with self._database.transaction() as connection:
            media = await self.lock(connection, caller, media_id, needed=Access.OWNER)
            if media.status is not Status.QUARANTINED:
                raise Conflict("The media object is not in quarantine", code="not_quarantined")
            await queries.update_media(connection, media_id, {"status": Status.ACTIVE, "quarantine": None})
            await record(connection, Event("media.uploaded", media_id, media.user_id, _told(media)))
            await have_understood(connection, media)
            return await _again(connection, media_id)

    async def delete_expired(self) -> int:
        """Delete what was to be kept for a time that is over; returns how many."""
        async with self._database.reading() as connection:
            expired = await queries.expired_before(connection, now(), limit=1000)
        for media_id in expired:
            async with self._database.transaction() as connection:
                media = await queries.lock_media(connection, media_id)
                if media is not None and media.status is not Status.DELETED:
                    await _mark_deleted(connection, media)
        return len(expired)

    async def purge(self, caller: Caller, media_id: UUID) -> None:
        """Remove object and bytes for good, deleted before or not. Raises NotFound."""
        async with self._database.transaction() as connection:
            await self.purge_in(connection, caller, media_id)

    async def purge_in(self, connection: Connection, caller: Caller, media_id: UUID) -> None:
        media = await self.lock(connection, caller, media_id, needed=Access.OWNER, deleted_too=True)
        if media.status is not Status.DELETED:
            await record(connection, Event("media.deleted", media.id, media.user_id, {}))
        await self._purge(connection, media)

    async def lock(
        self, connection: Connection, caller: Caller, media_id: UUID, *, needed: Access, deleted_too: bool = False
    ) -> Media:
        """The object, which nobody else can change until the caller's transaction ends. Raises as `get` does."""
        caller.require(Scope.MEDIA_WRITE)
        media = await queries.lock_media(connection, media_id)
        return await admit(connection, caller, media, needed, deleted_too=deleted_too)

    async def purge_expired(self) -> int:
        """Purge what has been deleted for longer than the retention time; returns how many."""
        if not self._config.purge_after_days:
            return 0
        moment = now() - timedelta(days=self._config.purge_after_days)
        async with self._database.reading() as connection:
            expired = await queries.deleted_before(connection, moment, limit=1000)
        for media_id in expired:
            async with self._database.transaction() as connection:
                media = await queries.lock_media(connection, media_id)
                if media is not None and media.status is Status.DELETED:
                    await self._purge(connection, media)
        return len(expired)

    def count_view(self, media_id: UUID) -> None:
        """One look at the object; written down within `count_seconds`, together with others."""
        self._views[media_id] += 1

    def count_download(self, media_id: UUID) -> None:
        """One transfer of the original; written down within `count_seconds`, together with others."""
        self._downloads[media_id] += 1

    async def write_counts(self) -> None:
        """Write down the views and downloads since the last time. After an error they are kept for the next."""
        if not self._views and not self._downloads:
            return
        views, downloads = self._views, self._downloads
        self._views, self._downloads = Counter(), Counter()
        try:
            async with self._database.transaction() as connection:
                counts = {i: (views[i], downloads[i]) for i in views.keys() | downloads.keys()}
                await queries.add_counts(connection, counts)
        except Exception:
            self._views += views
            self._downloads += downloads
            raise

    async def _find(self, media_id: UUID) -> Media | None:
        row = await self._database.look_up(queries.BY_ID, media_id)
        return None if row is None else queries.media_of(row)

    async def _purge(self, connection: Connection, media: Media) -> None:
        kept = {media.storage_key: media.size_bytes} | await contents_of(connection, [media.id])
        await queries.delete_media(connection, media.id)
        await self._accounts.charge(connection, media.user_id, -sum(kept.values()))
        await record(connection, Event("media.purged", media.id, media.user_id, {}))
        keys = [*kept, *(variant.storage_key for variant in media.variants)]
        await enqueue(connection, REMOVE_BLOBS, queue="housekeeping", keys=keys)


async def with_access(connection: Connection, caller: Caller, found: list[Media]) -> Iterable[Media]:
    """Each object as the caller may see it."""
    foreign = [media.id for media in found if not owns(caller, media)]
    if not foreign:
        return found
    access = await access_to(connection, caller, foreign)
    return (shown(media, limited(caller, access[media.id])) if media.id in access else media for media in found)


async def have_understood(connection: Connection, media: Media, key_id: UUID | None = None) -> None:
    """Have a job find out what the bytes of the object are. `key_id`: to whose allowances that counts, too."""
    await enqueue(
        connection,
        UNDERSTAND,
        queue="probe",
        user_id=media.user_id,
        subject=media.id,
        media_id=str(media.id),
        content=media.storage_key,
        key_id=key_id and str(key_id),
    )


def require_version(media: Media, wanted: int | None) -> None:
    if wanted is not None and wanted != media.version:
        raise PreconditionFailed(
            f"The media object is at version {media.version}, not {wanted}: read it again",
            version=media.version,
        )


async def _mark_deleted(connection: Connection, media: Media) -> None:
    await queries.update_media(connection, media.id, {"status": Status.DELETED, "deleted_at": now()})
    await record(connection, Event("media.deleted", media.id, media.user_id, {}))


async def _again(connection: Connection, media_id: UUID) -> Media:
    media = await queries.media_by_id(connection, media_id)
    if media is None:
        raise missing()
    return media


def checked(changes: Changes) -> dict[str, Any]:
    """The columns that they change. Raises Invalid."""
    values = {name: value for name, value in msgspec.structs.asdict(changes).items() if value is not msgspec.UNSET}
    if "original_name" in values:
        values["original_name"] = labels.clean_name(values["original_name"])
    if "tags" in values:
        values["tags"] = list(labels.check_tags(values["tags"]))
    if "metadata" in values:
        labels.check_metadata(values["metadata"])
    return values


def _told(new: NewMedia | Media) -> dict[str, Any]:
    return {
        "kind": new.kind,
        "original_name": new.original_name,
        "mime_type": new.mime_type,
        "size_bytes": new.size_bytes,
        "sha256": new.sha256,
        **({"parent_id": str(new.parent_id)} if new.parent_id else {}),
    }
