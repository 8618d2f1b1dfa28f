from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, delete, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from mediaworks.db import Connection
from mediaworks.kit.clock import now
from mediaworks.media.tables import media_objects
from mediaworks.streaming.shared.tables import shared_segments

LEFT_AFTER = timedelta(hours=1)
_columns = shared_segments.c


class Stored(NamedTuple):
    storage_key: str
    size_bytes: int


async def reserve(connection: Connection, stored: Stored, *, media_id: UUID, place: str, name: str) -> bool:
    """Say that the blob will be there; False when another is, or will be, or the recording is purged."""
    media = media_objects.c
    values = {"place": place, "name": name, **stored._asdict(), "is_whole": False, "used_at": now()}
    kept = select(media.id, *(literal(value) for value in values.values())).where(media.id == media_id)
    statement = insert(shared_segments).from_select(
        ["media_id", *values], kept.with_for_update(key_share=True, read=True)
    )
    found = await connection.execute(statement.on_conflict_do_nothing().returning(_columns.storage_key))
    return found.first() is not None


async def publish(connection: Connection, storage_key: str, used_at: datetime) -> bool:
    """Let it be played; False when it was not wanted any more meanwhile."""
    statement = (
        update(shared_segments).values(is_whole=True, used_at=used_at).where(_columns.storage_key == storage_key)
    )
    return (await connection.execute(statement.returning(_columns.storage_key))).first() is not None


async def use(connection: Connection, place: str, name: str) -> Stored | None:
    """Where it is, from now on used last; None when it is not there."""
    wanted = and_(_columns.place == place, _columns.name == name, _columns.is_whole)
    statement = update(shared_segments).values(used_at=now()).where(wanted)
    found = (await connection.execute(statement.returning(_columns.storage_key, _columns.size_bytes))).first()
    return None if found is None else Stored(*found)


async def names(connection: Connection, place: str) -> set[str]:
    """What of a place is there."""
    query = select(_columns.name).where(_columns.place == place, _columns.is_whole)
    return set((await connection.execute(query)).scalars())


async def total(connection: Connection) -> int:
    """How many bytes may be played."""
    query = select(func.coalesce(func.sum(_columns.size_bytes), 0)).where(_columns.is_whole)
    return int((await connection.execute(query)).scalar_one())


async def give_up(connection: Connection, quota: int, limit: int) -> list[str]:
    """Let nobody play what was not used for longest, down to the quota; returns where that is, at most `limit` of it."""
    kept = func.sum(_columns.size_bytes).over(order_by=(_columns.used_at.desc(), _columns.storage_key))
    ranked = select(_columns.storage_key, kept.label("kept")).where(_columns.is_whole).subquery()
    surplus = select(ranked.c.storage_key).where(ranked.c.kept > quota).order_by(ranked.c.kept.desc()).limit(limit)
    statement = update(shared_segments).values(is_whole=False, used_at=now())
    gone = statement.where(_columns.storage_key.in_(surplus), _columns.is_whole).returning(_columns.storage_key)
    return list((await connection.execute(gone)).scalars())


async def left_over(connection: Connection, limit: int) -> list[str]:
    """Where there is, or may be, what belongs to a purged recording, or what a machine has begun and not ended."""
    unfinished = and_(~_columns.is_whole, _columns.used_at < now() - LEFT_AFTER)
    query = select(_columns.storage_key).where(or_(_columns.media_id.is_(None), unfinished)).limit(limit)
    return list((await connection.execute(query)).scalars())


async def forget(connection: Connection, storage_keys: Iterable[str]) -> None:
    await connection.execute(delete(shared_segments).where(_columns.storage_key.in_(list(storage_keys))))
