from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, ColumnElement, Row, Select, Uuid, any_, cast, delete, func, literal_column, select
from sqlalchemy.dialects.postgresql import insert as upsert

from mediaworks.accounts import Caller
from mediaworks.db import Connection
from mediaworks.errors import NotFound
from mediaworks.kit.ids import new_id
from mediaworks.media.model import Access
from mediaworks.media.sharing.model import Recipient, Share
from mediaworks.media.sharing.tables import media_shares

_COLUMNS = media_shares.c


def shared_with(user_id: UUID, groups: Collection[UUID]) -> ColumnElement[bool]:
    """The condition that a share is for this user, or for one of these groups."""
    return (_COLUMNS.user_id == user_id) | (_COLUMNS.group_id == any_(cast(list(groups), ARRAY(Uuid))))


def ids_shared_with(user_id: UUID, groups: Collection[UUID]) -> Select[tuple[UUID]]:
    return select(_COLUMNS.media_id).where(shared_with(user_id, groups))


async def access_to(connection: Connection, caller: Caller, media_ids: Iterable[UUID]) -> dict[UUID, Access]:
    """What of these objects is shared with the caller, and for how much: of several shares the greatest."""
    may_edit = func.bool_or(_COLUMNS.access == Access.EDIT.value)
    query = (
        select(_COLUMNS.media_id, may_edit)
        .where(_among(media_ids), shared_with(caller.user_id, caller.groups))
        .group_by(_COLUMNS.media_id)
    )
    return {row[0]: Access.EDIT if row[1] else Access.VIEW for row in await connection.execute(query)}


async def audience(connection: Connection, media_ids: Iterable[UUID]) -> dict[UUID, frozenset[UUID]]:
    """The ids of the users and groups with whom each of these objects is shared; objects that are not are left out."""
    ids = func.array_agg(func.coalesce(_COLUMNS.user_id, _COLUMNS.group_id), type_=ARRAY(Uuid))
    query = select(_COLUMNS.media_id, ids).where(_among(media_ids)).group_by(_COLUMNS.media_id)
    return {row[0]: frozenset(row[1]) for row in await connection.execute(query)}


async def shared_among(connection: Connection, readers: Collection[UUID]) -> list[UUID]:
    """The objects that are shared with any of these users and groups."""
    ids = cast(list(readers), ARRAY(Uuid))
    query = (
        select(_COLUMNS.media_id).where((_COLUMNS.user_id == any_(ids)) | (_COLUMNS.group_id == any_(ids))).distinct()
    )
    return list((await connection.execute(query)).scalars())


async def put_share(connection: Connection, media_id: UUID, recipient: Recipient, by: UUID) -> tuple[Share, bool]:
    """The share, and whether it is new; there is one for each object and recipient, whose access this sets."""
    values = {"id": new_id(), "media_id": media_id, "created_by": by, **msgspec.structs.asdict(recipient)}
    target = _COLUMNS.user_id if recipient.user_id else _COLUMNS.group_id
    query = (
        upsert(media_shares)
        .values(values)
        .on_conflict_do_update(index_elements=[_COLUMNS.media_id, target], set_={"access": recipient.access})
        .returning(*_COLUMNS, literal_column("xmax = 0").label("is_new"))
    )
    row = (await connection.execute(query)).one()
    return _share(row), bool(row.is_new)


async def shares_of(connection: Connection, media_id: UUID, *, after: UUID | None, limit: int) -> list[Share]:
    """In the order in which they were made, from after the id `after`."""
    query = select(media_shares).where(_COLUMNS.media_id == media_id).order_by(_COLUMNS.id).limit(limit)
    if after is not None:
        query = query.where(_COLUMNS.id > after)
    return [_share(row) for row in await connection.execute(query)]


async def delete_share(connection: Connection, media_id: UUID, share_id: UUID) -> Share:
    """Raises NotFound when this object has no such share."""
    query = delete(media_shares).where(_COLUMNS.id == share_id, _COLUMNS.media_id == media_id)
    row = (await connection.execute(query.returning(*_COLUMNS))).one_or_none()
    if row is None:
        raise NotFound("There is no such share of this media object")
    return _share(row)


def _among(media_ids: Iterable[UUID]) -> ColumnElement[bool]:
    return _COLUMNS.media_id == any_(cast(list(media_ids), ARRAY(Uuid)))


def _share(row: Row[Any]) -> Share:
    return Share(row.id, row.media_id, row.user_id, row.group_id, Access(row.access), row.created_by, row.created_at)
