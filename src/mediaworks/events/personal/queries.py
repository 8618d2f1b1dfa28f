from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, select, update

from mediaworks.db import Connection
from mediaworks.events.idempotency.tables import idempotency_keys
from mediaworks.events.tables import outbox

KEPT = ("media.deleted", "media.purged")  # others have to hear that it is gone, and these say nothing more


def event_rows(user_id: UUID) -> Select[Any]:
    columns = (outbox.c.position, outbox.c.id, outbox.c.type, outbox.c.subject, outbox.c.data, outbox.c.created_at)
    return select(*columns).where(outbox.c.user_id == user_id)


async def forget_all_of(connection: Connection, user_id: UUID) -> None:
    """Remove the user's events and the answers that are kept for its repeats; of what is purged it stays to be told that
    it is, and no longer whose it was."""
    await connection.execute(delete(idempotency_keys).where(idempotency_keys.c.user_id == user_id))
    mine = outbox.c.user_id == user_id
    await connection.execute(delete(outbox).where(mine, outbox.c.type.not_in(KEPT)))
    await connection.execute(update(outbox).where(mine).values(user_id=None))
