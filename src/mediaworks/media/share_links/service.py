"""Links: their owner makes and revokes them; whoever has one opens it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from uuid import UUID

import msgspec

from mediaworks.accounts import Caller
from mediaworks.accounts.secrets import digest
from mediaworks.db import Database
from mediaworks.errors import Invalid, LinkOver, NotFound, PasswordNeeded, TooManyTries
from mediaworks.kit.clock import now
from mediaworks.kit.moments import in_utc
from mediaworks.kit.paging import page_of, require_between
from mediaworks.media.model import Access, Media
from mediaworks.media.service import MediaLibrary
from mediaworks.media.share_links import passwords, queries
from mediaworks.media.share_links.model import LinkPage, LinkRequest, NewShareLink, ShareLink, StoredLink

PAGE = 200
TOKEN_BYTES = 24
TRIES_A_MINUTE = 10


class ShareLinks:
    def __init__(self, database: Database, library: MediaLibrary, address: Callable[[str], str]) -> None:
        """`address`: the URL of a token."""
        self._database = database
        self._library = library
        self._address = address

    async def create(self, caller: Caller, media_id: UUID, wanted: LinkRequest) -> NewShareLink:
        """Raises NotFound, Forbidden unless the owner asks, Invalid for an expiry that is over."""
        _check_expiry(wanted)
        password_hash = None if wanted.password is None else await passwords.digest(wanted.password)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        async with self._database.transaction() as connection:
            await self._library.lock(connection, caller, media_id, needed=Access.OWNER)
            values = {
                "media_id": media_id,
                "token_hash": digest(token),
                "password_hash": password_hash,
                "expires_at": wanted.expires_at,
                "max_downloads": wanted.max_downloads,
                "created_by": caller.user_id,
            }
            made = await queries.insert_link(connection, values)
        return NewShareLink(**msgspec.structs.asdict(made), token=token, url=self._address(token))

    async def list(self, caller: Caller, media_id: UUID, *, after: UUID | None, limit: int) -> LinkPage:
        """Raises NotFound, Forbidden unless the owner asks, Invalid for a limit that cannot be."""
        require_between("limit", limit, PAGE)
        await self._library.get(caller, media_id, needed=Access.OWNER)
        async with self._database.reading() as connection:
            found = await queries.links_of(connection, media_id, after=after, limit=limit + 1)
        return LinkPage(*page_of(found, limit, lambda link: link.id))

    async def revoke(self, caller: Caller, media_id: UUID, link_id: UUID) -> ShareLink:
        """Raises NotFound, Forbidden unless the owner asks."""
        async with self._database.transaction() as connection:
            await self._library.lock(connection, caller, media_id, needed=Access.OWNER)
            return await queries.revoke_link(connection, media_id, link_id)

    async def open(self, token: str, password: str | None) -> tuple[ShareLink, Media]:
        """What the link leads to. Raises NotFound, LinkOver, PasswordNeeded, TooManyTries."""
        async with self._database.reading() as connection:
            link = await queries.link_by_token(connection, digest(token))
        if link is None:
            raise NotFound("There is no such link")
        _require_live(link)
        media = await self._library.shared(link.media_id)
        if link.password_hash is not None:
            await self._check(link, password)
        return link, media

    async def count(self, link: ShareLink) -> None:
        """Take one download of the link, before its first byte is sent. Raises LinkOver when none is left."""
        async with self._database.transaction() as connection:
            if not await queries.count_download(connection, link.id):
                raise LinkOver("The link has been used as often as it may", code="link_used_up")

    async def _check(self, link: StoredLink, password: str | None) -> None:
        """Each guess is noted before it is looked at, so that many at once are no more than many one after another."""
        if password is None:
            raise PasswordNeeded("This link opens with its password")
        async with self._database.transaction() as connection:
            moment = await queries.note_try(connection, link.id, TRIES_A_MINUTE)
        if moment is None:
            raise TooManyTries(f"{TRIES_A_MINUTE} wrong passwords in a minute: wait", retry_after=60)
        if not await passwords.matches(password, link.password_hash or b""):
            raise PasswordNeeded("This is not the password of this link", code="wrong_password")
        async with self._database.transaction() as connection:
            await queries.forgive_try(connection, link.id, moment)


def _check_expiry(wanted: LinkRequest) -> None:
    moment = in_utc(wanted.expires_at, "expires_at")
    if moment is not None and moment <= now():
        raise Invalid("expires_at: must lie in the future", field="expires_at")


def _require_live(link: ShareLink) -> None:
    if link.revoked_at is not None:
        raise LinkOver("The link was revoked", code="link_revoked")
    if link.expires_at is not None and link.expires_at <= now():
        raise LinkOver("The link has expired", code="link_expired")
    if link.max_downloads is not None and link.downloads >= link.max_downloads:
        raise LinkOver("The link has been used as often as it may", code="link_used_up")
