from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, ColumnElement, Select, Text, Uuid, any_, cast, delete, func, or_, select, text

from mediaworks.db import Connection
from mediaworks.events.catalogue import SHARED_TYPES
from mediaworks.events.model import Published
from mediaworks.events.tables import event_counter, event_cursors, outbox
from mediaworks.events.wanted import Wanted

PLACED = "mediaworks_events"  # NOTIFY: events got their places
AT_ONCE = 10_000

_COLUMNS = (
    outbox.c.sequence,
    outbox.c.id,
    outbox.c.type,
    outbox.c.subject,
    outbox.c.user_id,
    outbox.c.data,
    outbox.c.created_at,
    outbox.c.version,
)
_WAITING = text("SELECT EXISTS (SELECT FROM outbox WHERE sequence IS NULL)")
_TURN = text("SELECT last FROM event_counter FOR UPDATE")
_PLACE = text(
    "WITH fresh AS ("
    "  SELECT position, row_number() OVER (ORDER BY position) AS number FROM outbox WHERE sequence IS NULL"
    "  ORDER BY position LIMIT :most"
    "), placed AS ("
    "  UPDATE outbox SET sequence = :last + fresh.number FROM fresh WHERE outbox.position = fresh.position"
    "  RETURNING sequence"
    ") UPDATE event_counter SET last = (SELECT coalesce(max(sequence), :last) FROM placed) RETURNING last"
)
_TELL = text(f"NOTIFY {PLACED}")


async def any_without_place(connection: Connection) -> bool:
    return bool((await connection.execute(_WAITING)).scalar_one())


async def give_places(connection: Connection) -> int:
    """Number what was committed and has no number yet, one process at a time; returns the last number given."""
    last = (await connection.execute(_TURN)).scalar_one()
    placed = (await connection.execute(_PLACE, {"last": last, "most": AT_ONCE})).scalar_one()
    await connection.execute(_TELL)
    return int(placed)


async def last_sequence(connection: Connection) -> int:
    return int((await connection.execute(select(event_counter.c.last))).scalar_one())


async def read_after(connection: Connection, sequence: int, limit: int) -> list[Published]:
    """The events that follow `sequence`, at most `limit`."""
    query = select(*_COLUMNS).where(outbox.c.sequence > sequence).order_by(outbox.c.sequence).limit(limit)
    return await _all(connection, query)


async def read_wanted(
    connection: Connection,
    wanted: Wanted,
    shared: Collection[UUID],
    limit: int,
    *,
    after: int | None = None,
    before: int | None = None,
) -> list[Published]:
    """What is wanted of the events: those that follow `after`, the oldest first; or else those before `before` (all:
    None), the newest first. `shared`: the subjects that are shared with its reader."""
    query = select(*_COLUMNS).where(outbox.c.sequence.is_not(None), *_conditions(wanted, shared)).limit(limit)
    if after is not None:
        query = query.where(outbox.c.sequence > after).order_by(outbox.c.sequence)
    else:
        query = query.order_by(outbox.c.sequence.desc())
    if before is not None:
        query = query.where(outbox.c.sequence < before)
    return await _all(connection, query)


async def id_of(connection: Connection, sequence: int) -> UUID | None:
    found = await connection.execute(select(outbox.c.id).where(outbox.c.sequence == sequence))
    return found.scalar_one_or_none()


async def sequence_of(connection: Connection, event_id: UUID) -> int | None:
    found = await connection.execute(select(outbox.c.sequence).where(outbox.c.id == event_id))
    return found.scalar_one_or_none()


async def sequence_before(connection: Connection, moment: datetime) -> int | None:
    """The number after which the oldest event since `moment` comes; None when there is none."""
    query = select(func.min(outbox.c.sequence)).where(outbox.c.created_at >= moment)
    found = (await connection.execute(query)).scalar_one()
    return None if found is None else int(found) - 1


async def forget_before(connection: Connection, moment: datetime, given_up: datetime) -> int:
    """Remove events older than `moment` that every sink has had, and those older than `given_up` whoever has had them;
    returns how many of those a sink has not had."""
    had = select(func.coalesce(func.min(event_cursors.c.sequence), func.max(event_counter.c.last)))
    everywhere = (
        outbox.c.sequence <= had.select_from(event_counter.outerjoin(event_cursors, text("true"))).scalar_subquery()
    )
    given = delete(outbox).where(outbox.c.created_at < given_up, outbox.c.sequence.is_not(None), ~everywhere)
    lost = await connection.execute(given)
    await connection.execute(delete(outbox).where(outbox.c.created_at < moment, everywhere))
    return lost.rowcount


def _conditions(wanted: Wanted, shared: Collection[UUID]) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.types is not None:
        conditions.append(outbox.c.type == any_(cast(sorted(wanted.types), ARRAY(Text))))
    if wanted.subject is not None:
        conditions.append(outbox.c.subject == wanted.subject)
    if wanted.readers is not None:
        own = outbox.c.user_id == any_(cast(list(wanted.readers), ARRAY(Uuid)))
        theirs = outbox.c.subject == any_(cast(list(shared), ARRAY(Uuid)))
        told = outbox.c.type == any_(cast(sorted(SHARED_TYPES), ARRAY(Text)))
        conditions.append(or_(own, theirs & told) if shared else own)
    return conditions


async def _all(connection: Connection, query: Select[tuple[object, ...]]) -> list[Published]:
    return [msgspec.convert(row._mapping, Published) for row in await connection.execute(query)]
