"""Whether endpoints take what they are sent."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import text

from mediaworks.db import Connection
from mediaworks.events.model import Event
from mediaworks.events.outbox import record

_HOLD = text("""
SELECT id FROM webhooks
WHERE id = ANY(CAST(:failed AS uuid[])) OR (id = ANY(CAST(:well AS uuid[])) AND failing_since IS NOT NULL)
ORDER BY id FOR NO KEY UPDATE
""")
_WELL = text(
    "UPDATE webhooks SET failing_since = NULL WHERE id = ANY(CAST(:ids AS uuid[])) AND failing_since IS NOT NULL"
)
_FAILED = text("""
UPDATE webhooks SET failing_since = coalesce(failing_since, now()),
  resumes_at = CASE WHEN given.wish IS NULL THEN resumes_at ELSE greatest(resumes_at, now() + make_interval(secs => given.wish)) END
FROM unnest(CAST(:ids AS uuid[]), CAST(:wishes AS double precision[])) AS given(endpoint, wish) WHERE id = given.endpoint
RETURNING id, failing_since <= now() - make_interval(secs => :limit) AS for_too_long
""")
_DISABLE = text("""
UPDATE webhooks SET disabled_at = now(), disabled_reason = given.reason
FROM unnest(CAST(:ids AS uuid[]), CAST(:reasons AS text[])) AS given(endpoint, reason)
WHERE id = given.endpoint AND disabled_at IS NULL RETURNING id, user_id, url, disabled_reason
""")


async def note(
    connection: Connection, well: Collection[UUID], failed: Mapping[UUID, float | None], limit: float
) -> set[UUID]:
    """Write down which endpoints took something and which failed (each with the pause in seconds that it wishes); returns
    those that have taken nothing for `limit` seconds."""
    await connection.execute(_HOLD, {"well": list(well), "failed": list(failed)})
    if well:
        await connection.execute(_WELL, {"ids": list(well)})
    if not failed:
        return set()
    values = {"ids": list(failed), "wishes": list(failed.values()), "limit": limit}
    return {row.id for row in await connection.execute(_FAILED, values) if row.for_too_long}


async def disable(connection: Connection, reasons: Mapping[UUID, str]) -> None:
    """Ask these endpoints no more, and tell of it; what waits for them stays."""
    values = {"ids": list(reasons), "reasons": list(reasons.values())}
    events = [
        Event("webhook.disabled", row.id, row.user_id, {"url": row.url, "reason": row.disabled_reason})
        for row in await connection.execute(_DISABLE, values)
    ]
    if events:
        await record(connection, *events)
