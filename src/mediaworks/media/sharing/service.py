"""Sharing: the owner lets users and groups look at a media object, or change what is written on it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from mediaworks.accounts import Caller
from mediaworks.accounts import queries as accounts
from mediaworks.accounts.groups import queries as groups
from mediaworks.db import Connection, Database
from mediaworks.errors import Invalid, NotFound
from mediaworks.events import Event, record
from mediaworks.kit.paging import page_of, require_between
from mediaworks.media.model import Access, Media
from mediaworks.media.service import MediaLibrary
from mediaworks.media.sharing import queries
from mediaworks.media.sharing.model import Recipient, Share, SharePage

PAGE = 200


class Sharing:
    def __init__(self, database: Database, library: MediaLibrary) -> None:
        self._database = database
        self._library = library

    async def share(self, caller: Caller, media_id: UUID, recipient: Recipient) -> tuple[Share, bool]:
        """The share, and whether it is new: with the same recipient again, only the access changes.

        Raises NotFound (also for a group that the caller is not in), Forbidden unless the owner asks, Invalid.
        """
        async with self._database.transaction() as connection:
            media = await self._library.lock(connection, caller, media_id, needed=Access.OWNER)
            await _check(connection, caller, media, recipient)
            share, is_new = await queries.put_share(connection, media_id, recipient, caller.user_id)
            await record(connection, Event("media.shared", media_id, media.user_id, _told(share)))
        return share, is_new

    async def list(self, caller: Caller, media_id: UUID, *, after: UUID | None, limit: int) -> SharePage:
        """Raises NotFound, Forbidden unless the owner asks, Invalid for a limit that cannot be."""
        require_between("limit", limit, PAGE)
        await self._library.get(caller, media_id, needed=Access.OWNER)
        async with self._database.reading() as connection:
            found = await queries.shares_of(connection, media_id, after=after, limit=limit + 1)
        return SharePage(*page_of(found, limit, lambda share: share.id))

    async def end(self, caller: Caller, media_id: UUID, share_id: UUID) -> None:
        """Raises NotFound, Forbidden unless the owner asks."""
        async with self._database.transaction() as connection:
            media = await self._library.lock(connection, caller, media_id, needed=Access.OWNER)
            share = await queries.delete_share(connection, media_id, share_id)
            await record(connection, Event("media.unshared", media_id, media.user_id, _told(share)))


async def _check(connection: Connection, caller: Caller, media: Media, recipient: Recipient) -> None:
    if (recipient.user_id is None) == (recipient.group_id is None):
        raise Invalid("user_id, group_id: give one of them", field="user_id")
    if recipient.user_id == media.user_id:
        raise Invalid("user_id: the media object is that user's own", field="user_id")
    if recipient.user_id is not None:
        user = await accounts.user_by_id(connection, recipient.user_id)
        if user.disabled_at is not None:
            raise NotFound("There is no such user", field="user_id")
    if recipient.group_id is not None:
        if not (caller.sees_everybody or recipient.group_id in caller.groups):
            raise groups.no_such_group()
        await groups.group_by_id(connection, recipient.group_id)


def _told(share: Share) -> dict[str, Any]:
    return {
        "share_id": str(share.id),
        "user_id": share.user_id and str(share.user_id),
        "group_id": share.group_id and str(share.group_id),
        "access": share.access,
    }
