"""The outbox: an event exists exactly when the change it tells of was committed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert

from mediaworks.db import Connection
from mediaworks.events.tables import outbox
from mediaworks.kit.ids import new_id


@dataclass(frozen=True, slots=True)
class Event:
    """`type` is dotted (`media.uploaded`), `subject` the id of the media object that it is about."""

    type: str
    subject: UUID
    user_id: UUID | None
    data: dict[str, Any]


async def record(connection: Connection, *events: Event) -> None:
    """Write `events` in the caller's transaction; each gets a stable id and its place in the order."""
    rows = [
        {"id": new_id(), "type": e.type, "subject": e.subject, "user_id": e.user_id, "data": e.data} for e in events
    ]
    await connection.execute(insert(outbox), rows)


async def forget_before(connection: Connection, moment: datetime) -> int:
    """Remove events older than `moment`; returns how many."""
    gone = await connection.execute(delete(outbox).where(outbox.c.created_at < moment))
    return gone.rowcount
