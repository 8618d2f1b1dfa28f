from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, select

from mediaworks.db import Connection
from mediaworks.uploads.model import State
from mediaworks.uploads.tables import import_sources, uploads

_SHOWN = (
    "id", "protocol", "state", "name", "declared_type", "labels", "length", "received", "media_id", "error",
    "created_at", "updated_at", "expires_at",
)  # fmt: skip


def upload_rows(user_id: UUID) -> Select[Any]:
    """What the sender said and what became of it; of an import its address."""
    url = func.coalesce(uploads.c.source["url"].astext, None).label("url")
    return select(*(uploads.c[name] for name in _SHOWN), url).where(uploads.c.user_id == user_id)


async def open_uploads_of(connection: Connection, user_id: UUID) -> list[UUID]:
    query = select(uploads.c.id).where(uploads.c.user_id == user_id, uploads.c.state == State.OPEN.value)
    return list((await connection.execute(query)).scalars())


async def forget_all_of(connection: Connection, user_id: UUID) -> bool:
    """Remove the records of what is over and held by nobody; whether nothing is left."""
    mine = uploads.c.user_id == user_id
    await connection.execute(delete(import_sources).where(import_sources.c.user_id == user_id))
    await connection.execute(
        delete(uploads).where(mine, uploads.c.state != State.OPEN.value, uploads.c.holder.is_(None))
    )
    return (await connection.execute(select(uploads.c.id).where(mine).limit(1))).first() is None
