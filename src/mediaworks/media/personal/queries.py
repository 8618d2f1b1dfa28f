from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, select, text

from mediaworks.db import Connection
from mediaworks.media.model import Status
from mediaworks.media.share_links.tables import share_links
from mediaworks.media.sharing.tables import media_shares
from mediaworks.media.tables import media_objects, media_variants
from mediaworks.media.versions.queries import contents_of
from mediaworks.media.versions.tables import media_versions


@dataclass(frozen=True, slots=True)
class Removed:
    """Objects whose rows are gone: their ids, with whether each was deleted before; the size in bytes of what counted to the
    quota; all that lies in the storage."""

    ids: dict[UUID, bool]
    size: int
    keys: list[str]


_VERSIONS = (
    select(func.coalesce(func.json_agg(func.row_to_json(media_versions.table_valued())), text("'[]'::json")))
    .where(media_versions.c.media_id == media_objects.c.id)
    .scalar_subquery()
    .label("versions")
)


def media_rows(user_id: UUID) -> Select[Any]:
    """Each with what it was before; without its fingerprint, which is no JSON and stands for nothing but the picture."""
    columns = [column for column in media_objects.c if column.name != "phash"]
    return select(*columns, _VERSIONS).where(media_objects.c.user_id == user_id)


def original_rows(user_id: UUID) -> Select[Any]:
    """Where the originals lie; what is in quarantine is for nobody."""
    columns = (media_objects.c.id, media_objects.c.original_name, media_objects.c.storage_key)
    return select(*columns).where(
        media_objects.c.user_id == user_id, media_objects.c.status != Status.QUARANTINED.value
    )


def share_rows(user_id: UUID) -> Select[Any]:
    """Of the user's objects, and those with the user."""
    mine = select(media_objects.c.id).where(media_objects.c.user_id == user_id)
    return select(media_shares).where(media_shares.c.media_id.in_(mine) | (media_shares.c.user_id == user_id))


def link_rows(user_id: UUID) -> Select[Any]:
    """Without what token and password are recognised by."""
    secret = (share_links.c.token_hash, share_links.c.password_hash, share_links.c.tries)
    shown = [column for column in share_links.c if column not in set(secret)]
    return select(*shown).join(media_objects).where(media_objects.c.user_id == user_id)


async def remove_some(connection: Connection, user_id: UUID, limit: int) -> Removed:
    """Remove the rows of some of the user's objects, deleted ones too, with all that hangs on them."""
    columns = media_objects.c
    query = select(columns.id, columns.status, columns.size_bytes, columns.storage_key).where(
        columns.user_id == user_id
    )
    rows = (await connection.execute(query.order_by(columns.id).limit(limit).with_for_update())).all()
    ids = {row.id: row.status == Status.DELETED.value for row in rows}
    of_these = media_variants.c.media_id.in_(ids)
    kept = {row.storage_key: row.size_bytes for row in rows} | await contents_of(connection, ids)
    variants = (await connection.execute(select(media_variants.c.storage_key).where(of_these))).scalars().all()
    await connection.execute(delete(media_objects).where(columns.id.in_(ids)))
    return Removed(ids, sum(kept.values()), [*kept, *variants])


async def remove_shares_with(connection: Connection, user_id: UUID) -> None:
    await connection.execute(delete(media_shares).where(media_shares.c.user_id == user_id))
