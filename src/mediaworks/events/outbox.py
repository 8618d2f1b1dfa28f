"""The outbox: an event exists exactly when the change it tells of was committed."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, text

from mediaworks.db import Connection
from mediaworks.events.catalogue import CATALOGUE
from mediaworks.events.model import Event
from mediaworks.events.tables import outbox
from mediaworks.kit.ids import new_id

WRITTEN = "mediaworks_outbox"  # NOTIFY: something was committed that has no place yet
_TELL = text(f"NOTIFY {WRITTEN}")

cause: ContextVar[UUID | None] = ContextVar("cause", default=None)
"""What the running request is known by; events note it, so that their cause can be found."""


async def record(connection: Connection, *events: Event) -> None:
    """Write `events` in the caller's transaction; each gets a stable id. Raises KeyError for a type that the catalogue
    has not."""
    because = cause.get()
    rows = [_row(event, because) for event in events]
    await connection.execute(insert(outbox), rows)
    await connection.execute(_TELL)


def _row(event: Event, because: UUID | None) -> dict[str, object]:
    missing = set(CATALOGUE[event.type].fields) - event.data.keys()
    if missing:
        raise KeyError(f"{event.type} lacks {', '.join(sorted(missing))}")
    return {
        "id": new_id(),
        "type": event.type,
        "subject": event.subject,
        "user_id": event.user_id,
        "data": event.data,
        "cause": because,
    }


async def forget_before(connection: Connection, moment: datetime) -> int:
    """Remove events older than `moment`; returns how many."""
    gone = await connection.execute(delete(outbox).where(outbox.c.created_at < moment))
    return gone.rowcount
