from __future__ import annotations

import msgspec
from sqlalchemy import select, text

from mediaworks.db import Connection
from mediaworks.events.model import Published
from mediaworks.events.tables import event_counter, outbox

PLACED = "mediaworks_events"  # NOTIFY: events got their places

_COLUMNS = (
    outbox.c.sequence,
    outbox.c.id,
    outbox.c.type,
    outbox.c.subject,
    outbox.c.user_id,
    outbox.c.data,
    outbox.c.created_at,
)
_WAITING = text("SELECT EXISTS (SELECT FROM outbox WHERE sequence IS NULL)")
_TURN = text("SELECT last FROM event_counter FOR UPDATE")
_PLACE = text(
    "WITH fresh AS ("
    "  SELECT position, row_number() OVER (ORDER BY position) AS number FROM outbox WHERE sequence IS NULL"
    "), placed AS ("
    "  UPDATE outbox SET sequence = :last + fresh.number FROM fresh WHERE outbox.position = fresh.position RETURNING 1"
    ") UPDATE event_counter SET last = :last + (SELECT count(*) FROM placed) RETURNING last"
)
_TELL = text(f"NOTIFY {PLACED}")


async def any_without_place(connection: Connection) -> bool:
    return bool((await connection.execute(_WAITING)).scalar_one())


async def give_places(connection: Connection) -> int:
    """Number what was committed and has no number yet, one process at a time; returns the last number given."""
    last = (await connection.execute(_TURN)).scalar_one()
    placed = (await connection.execute(_PLACE, {"last": last})).scalar_one()
    await connection.execute(_TELL)
    return int(placed)


async def last_sequence(connection: Connection) -> int:
    return int((await connection.execute(select(event_counter.c.last))).scalar_one())


async def read_after(connection: Connection, sequence: int, limit: int) -> list[Published]:
    """The events that follow `sequence`, at most `limit`."""
    query = select(*_COLUMNS).where(outbox.c.sequence > sequence).order_by(outbox.c.sequence).limit(limit)
    return [msgspec.convert(row._mapping, Published) for row in await connection.execute(query)]
