"""Deliveries on their way into the lanes: for each endpoint and object one lane, in which the earliest event goes first."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import TextClause, text

from mediaworks.db import Connection
from mediaworks.events.model import Published
from mediaworks.kit.ids import new_id

QUEUED = "mediaworks_webhooks"  # NOTIFY: there is something to deliver
_TELL = text(f"NOTIFY {QUEUED}")


def _putting(conflict: str) -> TextClause:
    return text(f"""
WITH queued AS (
  INSERT INTO webhook_deliveries AS d (id, endpoint_id, event_id, subject, sequence, expires_at)
  SELECT id, endpoint_id, event_id, subject, sequence, now() + make_interval(secs => :seconds)
  FROM unnest(CAST(:ids AS uuid[]), CAST(:endpoints AS uuid[]), CAST(:events AS uuid[]), CAST(:subjects AS uuid[]),
              CAST(:sequences AS bigint[])) AS given(id, endpoint_id, event_id, subject, sequence)
  WHERE EXISTS (SELECT FROM webhooks WHERE webhooks.id = given.endpoint_id)
  ON CONFLICT (event_id, endpoint_id) {conflict}
  RETURNING d.endpoint_id, d.subject
), opened AS (
  INSERT INTO webhook_lanes (endpoint_id, subject, next_attempt_at)
  SELECT DISTINCT endpoint_id, subject, now() FROM queued ORDER BY endpoint_id, subject
  ON CONFLICT (endpoint_id, subject) DO UPDATE SET subject = excluded.subject
) SELECT count(*) FROM queued
""")  # noqa: S608 - both texts stand below


_PUT = _putting("DO NOTHING")
_PUT_AGAIN = _putting(
    "DO UPDATE SET state = 'pending', tries = 0, expires_at = excluded.expires_at, finished_at = NULL"
    " WHERE d.state <> 'pending'"
)
_HURRY = text("""
WITH held AS (
  SELECT endpoint_id, subject FROM webhook_lanes
  WHERE endpoint_id = :endpoint AND lease IS NULL AND subject = coalesce(CAST(:subject AS uuid), subject)
  ORDER BY subject FOR UPDATE
) UPDATE webhook_lanes AS lane SET next_attempt_at = now()
FROM held WHERE lane.endpoint_id = held.endpoint_id AND lane.subject = held.subject
""")
_BEGIN_ANEW = text("""
UPDATE webhook_deliveries SET tries = 0, expires_at = now() + make_interval(secs => :seconds)
WHERE endpoint_id = :endpoint AND state = 'pending'
""")


async def put(connection: Connection, addressed: Sequence[tuple[UUID, Published]], seconds: float) -> None:
    """Queue events for the endpoints of these ids, to be tried for so many seconds; once each, however often it is called."""
    await _put(connection, _PUT, addressed, seconds)


async def put_again(connection: Connection, addressed: Sequence[tuple[UUID, Published]], seconds: float) -> int:
    """Queue events also where they were delivered or given up before; returns how many do not wait already."""
    return await _put(connection, _PUT_AGAIN, addressed, seconds)


async def hurry(connection: Connection, endpoint_id: UUID, subject: UUID | None = None) -> None:
    """Have what waits for its next attempt (of one object, when given) tried now."""
    await connection.execute(_HURRY, {"endpoint": endpoint_id, "subject": subject})
    await connection.execute(_TELL)


async def begin_anew(connection: Connection, endpoint_id: UUID, seconds: float) -> None:
    """Give all that waits its whole time again."""
    await connection.execute(_BEGIN_ANEW, {"endpoint": endpoint_id, "seconds": seconds})
    await hurry(connection, endpoint_id)


async def _put(
    connection: Connection, statement: TextClause, addressed: Sequence[tuple[UUID, Published]], seconds: float
) -> int:
    values = {
        "ids": [new_id() for _ in addressed],
        "endpoints": [endpoint_id for endpoint_id, _ in addressed],
        "events": [event.id for _, event in addressed],
        "subjects": [event.subject for _, event in addressed],
        "sequences": [event.sequence for _, event in addressed],
        "seconds": seconds,
    }
    queued = (await connection.execute(statement, values)).scalar_one()
    await connection.execute(_TELL)
    return int(queued)
