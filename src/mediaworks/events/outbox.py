"""The outbox: an event exists exactly when the change it tells of was committed."""

from __future__ import annotations

from contextvars import ContextVar
from uuid import UUID

from sqlalchemy import insert, text

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
    has not, or with other fields than it has there."""
    if not events:
        return
    because = cause.get()
    rows = [_row(event, because) for event in events]
    await connection.execute(insert(outbox), rows)
    await connection.execute(_TELL)


def _row(event: Event, because: UUID | None) -> dict[str, object]:
    meaning = CATALOGUE[event.type]
    if missing := set(meaning.fields) - event.data.keys():
        raise KeyError(f"{event.type} lacks {', '.join(sorted(missing))}")
    if excess := event.data.keys() - {*meaning.fields, *meaning.optional}:
        raise KeyError(f"{event.type} has no {', '.join(sorted(excess))}")
    return {
        "id": new_id(),
        "type": event.type,
        "subject": event.subject,
        "user_id": event.user_id,
        "data": event.data,
        "cause": because,
        "version": meaning.version,
    }
