"""How far each sink came, and which process delivers to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from mediaworks.db import Connection
from mediaworks.db.presence import is_gone
from mediaworks.events.tables import event_counter, event_cursors


class SinkState(msgspec.Struct, frozen=True):
    """How far a sink came: it has had everything up to `sequence`, and `behind` events are still to come. `delivering`:
    whether a process serves it just now."""

    name: str
    sequence: int
    behind: int
    delivering: bool
    failing_since: datetime | None
    error: str | None


_STATES = text(
    "SELECT sink AS name, sequence, greatest(0, last - sequence) AS behind, failing_since, error,"
    " holder IS NOT NULL AND NOT pg_try_advisory_xact_lock_shared(holder) AS delivering"
    " FROM event_cursors, event_counter ORDER BY sink"
)


async def states(connection: Connection) -> list[SinkState]:
    """Of every sink that there is or was, by name."""
    return [msgspec.convert(row._mapping, SinkState) for row in await connection.execute(_STATES)]


async def begin(connection: Connection, sinks: Sequence[str]) -> None:
    """Let sinks that are new begin after the last event there is."""
    last = select(event_counter.c.last).scalar_subquery()
    rows = [{"sink": sink, "sequence": last} for sink in sinks]
    if rows:
        await connection.execute(upsert(event_cursors).values(rows).on_conflict_do_nothing())


async def take(connection: Connection, sink: str, process_id: int) -> int | None:
    """The number up to which the sink has everything; None while another living process delivers to it."""
    query = select(event_cursors).where(event_cursors.c.sink == sink).with_for_update()
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    if row.holder == process_id:
        return int(row.sequence)
    if row.holder is not None and not await is_gone(connection, row.holder):
        return None
    await connection.execute(update(event_cursors).where(event_cursors.c.sink == sink).values(holder=process_id))
    return int(row.sequence)


async def advance(connection: Connection, sink: str, process_id: int, sequence: int) -> None:
    """Note that the sink has everything up to `sequence`, unless another process took over meanwhile."""
    query = update(event_cursors).where(event_cursors.c.sink == sink, event_cursors.c.holder == process_id)
    await connection.execute(query.values(sequence=sequence, failing_since=None, error=None))


async def note_failure(connection: Connection, sink: str, process_id: int, error: str) -> None:
    """Note since when the sink fails and why, unless another process took over meanwhile."""
    since = func.coalesce(event_cursors.c.failing_since, func.now())
    query = update(event_cursors).where(event_cursors.c.sink == sink, event_cursors.c.holder == process_id)
    await connection.execute(query.values(failing_since=since, error=error[:500]))
