"""The items of batches, in the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Uuid, bindparam, insert, select, text, update
from sqlalchemy.dialects.postgresql import JSONB

from mediaworks.db import Connection
from mediaworks.jobs.model import Item, ItemState
from mediaworks.jobs.queries import CHANGED
from mediaworks.jobs.tables import job_items

_COLUMNS = tuple(job_items.c[name] for name in Item.__struct_fields__)
_WAITING = job_items.c.state == ItemState.WAITING.value

_END = text("""
    WITH ended AS (
        UPDATE job_items SET state = :state, result = :result, error = :error
        WHERE job_id = :job_id AND number = :number AND state = 'waiting' RETURNING number
    ), counted AS (
        UPDATE jobs SET done = done + :done, failed = failed + :failed, updated_at = now()
        WHERE id = :job_id AND attempts = :attempt AND state = 'running' RETURNING id
    )
    SELECT pg_notify(:channel, id::text) FROM counted, ended
""").bindparams(
    bindparam("job_id", type_=Uuid),
    bindparam("result", type_=JSONB(none_as_null=True)),
    bindparam("error", type_=JSONB(none_as_null=True)),
)  # fmt: skip


async def insert_items(connection: Connection, job_id: UUID, items: Sequence[Item]) -> None:
    await connection.execute(insert(job_items), [{"job_id": job_id, **msgspec.structs.asdict(item)} for item in items])


async def list_items(
    connection: Connection, job_id: UUID, *, after: int, limit: int, state: ItemState | None = None
) -> list[Item]:
    """In the order of their numbers, from behind the number `after`."""
    query = select(*_COLUMNS).where(job_items.c.job_id == job_id, job_items.c.number > after)
    if state is not None:
        query = query.where(job_items.c.state == state.value)
    found = await connection.execute(query.order_by(job_items.c.number).limit(limit))
    return [msgspec.convert(row._mapping, Item) for row in found]


async def end_numbered(connection: Connection, job_id: UUID, attempt: int, outcome: Item) -> bool:
    """Write how the item of that number ended, and count it; False when it had ended before, or that attempt is not the
    one that runs the batch."""
    done = outcome.state is ItemState.DONE
    values = {
        "channel": CHANGED,
        "job_id": job_id,
        "attempt": attempt,
        "number": outcome.number,
        "done": int(done),
        "failed": int(not done),
    }
    return (await connection.execute(_END, values | _ending(outcome))).rowcount == 1


async def end_about(connection: Connection, job_id: UUID, subject: str, outcome: Item) -> bool:
    """Write how the item about `subject` ended; False when it had ended before, and when there is none."""
    query = update(job_items).where(job_items.c.job_id == job_id, job_items.c.subject == subject, _WAITING)
    return (await connection.execute(query.values(**_ending(outcome)))).rowcount == 1


async def change_result(connection: Connection, job_id: UUID, subject: str, result: Any) -> None:
    query = update(job_items).where(job_items.c.job_id == job_id, job_items.c.subject == subject)
    await connection.execute(query.values(result=result))


def _ending(outcome: Item) -> dict[str, Any]:
    return {"state": outcome.state.value, "result": outcome.result, "error": outcome.error}
