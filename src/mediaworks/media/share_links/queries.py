from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, select, text, update

from mediaworks.db import Connection
from mediaworks.errors import NotFound
from mediaworks.kit.ids import new_id
from mediaworks.media.share_links.model import ShareLink, StoredLink
from mediaworks.media.share_links.tables import share_links

_COLUMNS = share_links.c
_LIVE = _COLUMNS.revoked_at.is_(None) & (_COLUMNS.expires_at.is_(None) | (_COLUMNS.expires_at > func.now()))
_LEFT = _COLUMNS.max_downloads.is_(None) | (_COLUMNS.downloads < _COLUMNS.max_downloads)

_TRY = text(
    "UPDATE share_links"
    " SET tries = tries[CASE WHEN cardinality(tries) >= :most THEN 2 ELSE 1 END:] || clock_timestamp()"
    " WHERE id = :id AND (cardinality(tries) < :most OR tries[1] < clock_timestamp() - interval '1 minute')"
    " RETURNING tries[cardinality(tries)]"
)
_FORGIVE = text("UPDATE share_links SET tries = array_remove(tries, :moment) WHERE id = :id")


async def insert_link(connection: Connection, values: Mapping[str, Any]) -> ShareLink:
    query = insert(share_links).values(id=new_id(), **values).returning(share_links)
    return _link((await connection.execute(query)).one())


async def links_of(connection: Connection, media_id: UUID, *, after: UUID | None, limit: int) -> list[ShareLink]:
    """In the order in which they were made, from after the id `after`; those that are over too."""
    query = select(share_links).where(_COLUMNS.media_id == media_id).order_by(_COLUMNS.id).limit(limit)
    if after is not None:
        query = query.where(_COLUMNS.id > after)
    return [_link(row) for row in await connection.execute(query)]


async def link_by_token(connection: Connection, token_hash: bytes) -> StoredLink | None:
    row = (await connection.execute(select(share_links).where(_COLUMNS.token_hash == token_hash))).one_or_none()
    return None if row is None else StoredLink(**_shown(row), password_hash=row.password_hash)


async def revoke_link(connection: Connection, media_id: UUID, link_id: UUID) -> ShareLink:
    """Raises NotFound when this object has no such link, or it is revoked already."""
    query = update(share_links).where(
        _COLUMNS.id == link_id, _COLUMNS.media_id == media_id, _COLUMNS.revoked_at.is_(None)
    )
    row = (await connection.execute(query.values(revoked_at=func.now()).returning(share_links))).one_or_none()
    if row is None:
        raise NotFound("There is no such link to this media object")
    return _link(row)


async def count_download(connection: Connection, link_id: UUID) -> bool:
    """Whether one more was allowed."""
    query = update(share_links).where(_COLUMNS.id == link_id, _LIVE, _LEFT)
    return (await connection.execute(query.values(downloads=_COLUMNS.downloads + 1))).rowcount == 1


async def note_try(connection: Connection, link_id: UUID, most: int) -> datetime | None:
    """The moment under which a try of the password was noted; None when the last minute saw `most` already."""
    moment: datetime | None = (await connection.execute(_TRY, {"id": link_id, "most": most})).scalar_one_or_none()
    return moment


async def forgive_try(connection: Connection, link_id: UUID, moment: datetime) -> None:
    await connection.execute(_FORGIVE, {"id": link_id, "moment": moment})


def _link(row: Row[Any]) -> ShareLink:
    return ShareLink(**_shown(row))


def _shown(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "media_id": row.media_id,
        "expires_at": row.expires_at,
        "max_downloads": row.max_downloads,
        "downloads": row.downloads,
        "has_password": row.password_hash is not None,
        "created_by": row.created_by,
        "created_at": row.created_at,
        "revoked_at": row.revoked_at,
    }
