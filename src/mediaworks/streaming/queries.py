from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from mediaworks.db import Connection
from mediaworks.media.tables import media_objects
from mediaworks.processing import Index
from mediaworks.streaming.tables import media_indexes


async def index_of(connection: Connection, media_id: UUID, sha256: str) -> Index | None:
    """The index of these very bytes."""
    columns = media_indexes.c
    query = select(columns.index).where(columns.media_id == media_id, columns.sha256 == sha256)
    found = (await connection.execute(query)).scalar_one_or_none()
    return None if found is None else msgspec.convert(found, Index)


async def keep_index(connection: Connection, media_id: UUID, sha256: str, index: Index) -> None:
    values = {"sha256": sha256, "index": msgspec.to_builtins(index)}
    statement = insert(media_indexes).values(media_id=media_id, **values)
    await connection.execute(statement.on_conflict_do_update(index_elements=["media_id"], set_=values))


async def still_there(connection: Connection, media_ids: Sequence[UUID]) -> set[UUID]:
    """Those that are not purged."""
    columns = media_objects.c
    return set((await connection.execute(select(columns.id).where(columns.id.in_(media_ids)))).scalars())
