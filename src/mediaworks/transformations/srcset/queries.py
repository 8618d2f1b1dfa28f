from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from mediaworks.db import Connection
from mediaworks.transformations.srcset.model import Known
from mediaworks.transformations.srcset.tables import srcsets


async def known_of(connection: Connection, media_id: UUID, key: str) -> Known | None:
    """What is remembered of the set with that key."""
    query = select(srcsets).where(srcsets.c.media_id == media_id, srcsets.c.key == key)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    return Known((row.width, row.height) if row.width else None, row.blurhash, row.thumbhash)


async def remember(connection: Connection, media_id: UUID, key: str, source: str, known: Known) -> None:
    """`source`: SHA-256 of the bytes that the set was made of. What was known before stays, but for a size."""
    width, height = known.size or (None, None)
    query = upsert(srcsets).values(
        media_id=media_id, key=key, source=source, width=width, height=height, blurhash=known.blurhash,
        thumbhash=known.thumbhash,
    )  # fmt: skip
    new, old = query.excluded, srcsets.c
    changes = {"width": func.coalesce(old.width, new.width), "height": func.coalesce(old.height, new.height)}
    await connection.execute(query.on_conflict_do_update(index_elements=["media_id", "key"], set_=changes))


async def outdated(connection: Connection, media_id: UUID, source: str) -> list[str]:
    """Forget the sets that were made of other bytes, and return their keys."""
    query = delete(srcsets).where(srcsets.c.media_id == media_id, srcsets.c.source != source)
    return list((await connection.execute(query.returning(srcsets.c.key))).scalars())


async def forget_all(connection: Connection, media_id: UUID) -> None:
    await connection.execute(delete(srcsets).where(srcsets.c.media_id == media_id))
