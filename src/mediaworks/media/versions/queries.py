from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import msgspec
from sqlalchemy import delete, insert, select

from mediaworks.db import Connection
from mediaworks.media.versions.model import Version
from mediaworks.media.versions.tables import media_versions

_COLUMNS = tuple(media_versions.c[name] for name in Version.__struct_fields__)


async def versions_of(
    connection: Connection, media_id: UUID, *, before: int | None = None, limit: int | None = None
) -> list[Version]:
    """The newest first, from before the number `before`; none of an object that was never changed."""
    query = select(*_COLUMNS).where(media_versions.c.media_id == media_id)
    if before is not None:
        query = query.where(media_versions.c.number < before)
    rows = await connection.execute(query.order_by(media_versions.c.number.desc()).limit(limit))
    return [msgspec.convert(row._mapping, Version) for row in rows]


async def contents_of(connection: Connection, ids: Collection[UUID]) -> dict[str, int]:
    """Where all versions of these objects lie, and their sizes in bytes: what two versions share stands there once."""
    query = select(media_versions.c.storage_key, media_versions.c.size_bytes)
    rows = await connection.execute(query.where(media_versions.c.media_id.in_(ids)))
    return {row.storage_key: row.size_bytes for row in rows}


async def insert_version(connection: Connection, media_id: UUID, version: Version) -> None:
    values = {"media_id": media_id, **msgspec.structs.asdict(version)}
    await connection.execute(insert(media_versions).values(values))


async def remove_version(connection: Connection, media_id: UUID, number: int) -> None:
    of_it = (media_versions.c.media_id == media_id, media_versions.c.number == number)
    await connection.execute(delete(media_versions).where(*of_it))
