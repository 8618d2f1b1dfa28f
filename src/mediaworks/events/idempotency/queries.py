from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from mediaworks.db import Connection
from mediaworks.events.idempotency.tables import idempotency_keys as keys
from mediaworks.events.tables import outbox


async def insert(
    connection: Connection, request_id: UUID, *, user_id: UUID, key_hash: bytes, request: bytes, holder: int
) -> bool:
    """Whether the key is new."""
    values = {"id": request_id, "user_id": user_id, "key_hash": key_hash, "request": request, "holder": holder}
    return (await connection.execute(upsert(keys).values(values).on_conflict_do_nothing())).rowcount == 1


async def lock(connection: Connection, *, user_id: UUID, key_hash: bytes) -> Any:
    """The row of a key, held until the transaction ends; None when it is gone."""
    query = select(keys).where(keys.c.user_id == user_id, keys.c.key_hash == key_hash).with_for_update()
    return (await connection.execute(query)).one_or_none()


async def take_over(connection: Connection, request_id: UUID, *, request: bytes, holder: int) -> None:
    await connection.execute(update(keys).where(keys.c.id == request_id).values(request=request, holder=holder))


async def keep(connection: Connection, request_id: UUID, *, body: bytes, answer: bytes) -> None:
    await connection.execute(
        update(keys).where(keys.c.id == request_id).values(body=body, answer=answer, holder=None)
    )  # fmt: skip


async def note_change(connection: Connection, request_id: UUID) -> None:
    await connection.execute(update(keys).where(keys.c.id == request_id).values(changed=True))


async def release(connection: Connection, request_id: UUID) -> None:
    await connection.execute(update(keys).where(keys.c.id == request_id).values(holder=None))


async def forget(connection: Connection, moment: datetime) -> int:
    return (await connection.execute(delete(keys).where(keys.c.created_at < moment))).rowcount


async def effects_of(connection: Connection, request_id: UUID, limit: int) -> list[dict[str, Any]]:
    """What the request changed, by the events that it caused."""
    query = select(outbox.c.type, outbox.c.subject).where(outbox.c.cause == request_id)
    return [{"type": row.type, "subject": row.subject} for row in await connection.execute(query.limit(limit))]
