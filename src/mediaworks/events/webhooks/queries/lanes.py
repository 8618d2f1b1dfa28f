"""Taking deliveries out of the lanes and writing down how they went.

A lane holds what one endpoint is still to hear of one object; its earliest delivery is under way or waits, so order holds by
itself. Who takes a lane writes a lease into it, after which it is due again: nothing is lost with a process.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import Row, text

from mediaworks.db import Connection
from mediaworks.events.model import Published
from mediaworks.events.webhooks.model import Claim, DeliveryState, Outcome

_TAKE = text("""
WITH open AS MATERIALIZED (
  SELECT id FROM webhooks AS endpoint
  WHERE disabled_at IS NULL AND (resumes_at IS NULL OR resumes_at <= now()) AND EXISTS (
    SELECT FROM webhook_lanes WHERE endpoint_id = endpoint.id AND next_attempt_at <= now())
    AND EXISTS (SELECT FROM users WHERE users.id = endpoint.user_id AND users.disabled_at IS NULL)
  FOR NO KEY UPDATE SKIP LOCKED
), due AS (
  SELECT lane.*, row_number() OVER (PARTITION BY lane.endpoint_id ORDER BY lane.next_attempt_at) AS place
  FROM open CROSS JOIN LATERAL (
    SELECT endpoint_id, subject, next_attempt_at FROM webhook_lanes
    WHERE endpoint_id = open.id AND next_attempt_at <= now()
    ORDER BY next_attempt_at LIMIT :at_once FOR UPDATE SKIP LOCKED) AS lane
), chosen AS (
  SELECT endpoint_id, subject FROM due
  WHERE place <= :at_once - (
    SELECT count(*) FROM webhook_lanes AS busy
    WHERE busy.endpoint_id = due.endpoint_id AND busy.lease IS NOT NULL AND busy.next_attempt_at > now())
  ORDER BY place LIMIT :room
) UPDATE webhook_lanes AS lane SET lease = :lease, next_attempt_at = now() + make_interval(secs => :seconds)
FROM chosen WHERE lane.endpoint_id = chosen.endpoint_id AND lane.subject = chosen.subject
RETURNING lane.endpoint_id, lane.subject
""")
_FIRST = text("""
SELECT taken.endpoint_id, taken.subject, endpoint.url, endpoint.secrets, first.id AS delivery_id, first.tries,
  first.expires_at, event.id, event.sequence, event.type, event.user_id, event.data, event.created_at,
  event.version
FROM unnest(CAST(:endpoints AS uuid[]), CAST(:subjects AS uuid[])) AS taken(endpoint_id, subject)
JOIN webhooks AS endpoint ON endpoint.id = taken.endpoint_id
CROSS JOIN LATERAL (
  SELECT * FROM webhook_deliveries AS waiting
  WHERE waiting.endpoint_id = taken.endpoint_id AND waiting.subject = taken.subject AND waiting.state = 'pending'
  ORDER BY waiting.sequence LIMIT 1) AS first
JOIN outbox AS event ON event.id = first.event_id
""")
_CLOSE = text("""
DELETE FROM webhook_lanes AS lane USING unnest(CAST(:endpoints AS uuid[]), CAST(:subjects AS uuid[])) AS empty(endpoint, subject)
WHERE lane.endpoint_id = empty.endpoint AND lane.subject = empty.subject
""")
_NEXT = text("""
SELECT CAST(extract(epoch FROM min(moment) - clock_timestamp()) AS double precision) FROM (
  SELECT (SELECT min(next_attempt_at) FROM webhook_lanes WHERE endpoint_id = endpoint.id AND next_attempt_at > now()) AS moment
  FROM webhooks AS endpoint WHERE disabled_at IS NULL
  UNION ALL SELECT resumes_at FROM webhooks WHERE resumes_at > now() AND disabled_at IS NULL
) AS moments
""")
_SETTLE = text("""
WITH result AS (
  SELECT * FROM unnest(
    CAST(:endpoints AS uuid[]), CAST(:subjects AS uuid[]), CAST(:leases AS uuid[]), CAST(:deliveries AS uuid[]),
    CAST(:states AS text[]), CAST(:attempts AS text[]), CAST(:pauses AS double precision[])
  ) AS given(endpoint_id, subject, lease, delivery_id, state, attempt, pause)
), held AS (
  SELECT result.* FROM webhook_lanes AS lane JOIN result USING (endpoint_id, subject, lease)
  ORDER BY endpoint_id, subject FOR UPDATE OF lane
), freed AS (
  UPDATE webhook_lanes AS lane SET lease = NULL, next_attempt_at = now() + make_interval(secs => held.pause)
  FROM held WHERE lane.endpoint_id = held.endpoint_id AND lane.subject = held.subject
) UPDATE webhook_deliveries AS delivery SET
  state = held.state, tries = delivery.tries + 1,
  attempts = CASE WHEN jsonb_array_length(delivery.attempts) < 20 THEN delivery.attempts ELSE delivery.attempts - 0 END
    || CAST(held.attempt AS jsonb),
  finished_at = CASE WHEN held.state = 'pending' THEN NULL ELSE now() END
FROM held WHERE delivery.id = held.delivery_id
""")


async def claim(connection: Connection, *, at_once: int, room: int, seconds: float) -> tuple[list[Claim], bool]:
    """At most `room` deliveries whose turn it is, not more than `at_once` under way to one endpoint; this process is to
    attempt them within `seconds`. And whether places became free by it, so that there may be more."""
    lease = uuid4()
    limits = {"at_once": at_once, "room": room, "lease": lease, "seconds": seconds}
    taken = {(row.endpoint_id, row.subject) for row in await connection.execute(_TAKE, limits)}
    if not taken:
        return [], False
    first = (await connection.execute(_FIRST, _columns(taken))).all()
    empty = taken - {(row.endpoint_id, row.subject) for row in first}
    if empty:
        await connection.execute(_CLOSE, _columns(empty))
    return [_claim(row, lease) for row in first], bool(empty)


async def seconds_until_next(connection: Connection) -> float | None:
    """When something will be due that is not yet; None when nothing waits."""
    seconds: float | None = (await connection.execute(_NEXT)).scalar_one()
    return seconds


async def settle(connection: Connection, results: Sequence[tuple[Outcome, DeliveryState, float]]) -> None:
    """Write attempts down: what became of the delivery, and in how many seconds its lane goes on. Outcomes whose lease
    another process took over are dropped."""
    claims = [outcome.claim for outcome, _, _ in results]
    values = {
        "endpoints": [claim.endpoint_id for claim in claims],
        "subjects": [claim.event.subject for claim in claims],
        "leases": [claim.lease for claim in claims],
        "deliveries": [claim.delivery_id for claim in claims],
        "states": [state.value for _, state, _ in results],
        "attempts": [msgspec.json.encode(outcome.attempt).decode() for outcome, _, _ in results],
        "pauses": [pause for _, _, pause in results],
    }
    await connection.execute(_SETTLE, values)


def _columns(lanes: set[tuple[UUID, UUID]]) -> dict[str, list[UUID]]:
    return {"endpoints": [lane[0] for lane in lanes], "subjects": [lane[1] for lane in lanes]}


def _claim(row: Row[object], lease: UUID) -> Claim:
    values = row._mapping
    facts = {str(name): value for name, value in values.items()}
    return msgspec.convert(facts | {"lease": lease, "event": msgspec.convert(values, Published)}, Claim)
