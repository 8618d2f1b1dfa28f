from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    ARRAY,
    BigInteger,
    DateTime,
    Integer,
    Row,
    Text,
    Uuid,
    any_,
    bindparam,
    cast,
    delete,
    func,
    select,
    text,
    update,
)

from mediaworks.db import Connection
from mediaworks.jobs.model import ACTIVE, Job, State
from mediaworks.jobs.tables import jobs

CHANGED = "mediaworks_jobs"
_NAMES = tuple(str(column.key) for column in jobs.c)
_ACTIVE = jobs.c.state.in_([state.value for state in ACTIVE])
_INSERT = text("""
    WITH wanted AS (
        SELECT * FROM unnest(:ids, :subjects, :arguments) WITH ORDINALITY AS w(id, subject, arguments, place)
    ), tickets AS (
        SELECT * FROM unnest(procrastinate_defer_jobs_v1(ARRAY(
            SELECT ROW(CAST(:queue AS varchar), CAST(:task AS varchar), CAST(:priority AS integer), CAST(:lock AS text),
                NULL, jsonb_build_object('job_id', id), :run_at)::procrastinate_job_to_defer_v1
            FROM wanted ORDER BY place
        ))) WITH ORDINALITY AS t(ticket, place)
    )
    INSERT INTO jobs (id, ticket, queue, task, user_id, subject, arguments, priority, lock, dedup, total)
    SELECT id, ticket, :queue, :task, :user_id, subject, arguments::jsonb, :priority, :lock, :dedup, :total
    FROM wanted JOIN tickets USING (place)
""").bindparams(
    bindparam("ids", type_=ARRAY(Uuid)),
    bindparam("subjects", type_=ARRAY(Text)),
    bindparam("arguments", type_=ARRAY(Text)),
    bindparam("queue", type_=Text),
    bindparam("task", type_=Text),
    bindparam("user_id", type_=Uuid),
    bindparam("priority", type_=Integer),
    bindparam("lock", type_=Text),
    bindparam("dedup", type_=Text),
    bindparam("total", type_=Integer),
    bindparam("run_at", type_=DateTime(timezone=True)),
)


async def insert_jobs(connection: Connection, values: Mapping[str, Any]) -> None:
    """Write jobs and their tickets: `ids`, `subjects` and `arguments` of each, the rest for all."""
    await connection.execute(_INSERT, dict(values))


async def insert_without_ticket(connection: Connection, values: Mapping[str, Any]) -> None:
    await connection.execute(jobs.insert().values(**values))


async def one_at_a_time(connection: Connection, dedup: str) -> None:
    """Have transactions about the same key pass here one after another."""
    query = text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))")
    await connection.execute(query, {"what": f"job {dedup}"})


async def active_with(connection: Connection, dedup: str) -> UUID | None:
    query = select(jobs.c.id).where(jobs.c.dedup == dedup, _ACTIVE)
    return (await connection.execute(query)).scalar_one_or_none()


async def job_by_id(connection: Connection, job_id: UUID, user_id: UUID | None) -> Job | None:
    """The job, if it is that user's (anybody's: None)."""
    mine = [] if user_id is None else [jobs.c.user_id == user_id]
    return _one(await connection.execute(select(jobs).where(jobs.c.id == job_id, *mine)))


async def jobs_by_id(connection: Connection, ids: Sequence[UUID]) -> list[Job]:
    query = select(jobs).where(jobs.c.id == any_(cast(list(ids), ARRAY(Uuid))))
    return [_job(row) for row in await connection.execute(query)]


async def lock_job(connection: Connection, job_id: UUID, user_id: UUID | None) -> Job | None:
    """As `job_by_id`; nobody else changes it until the transaction ends."""
    mine = [] if user_id is None else [jobs.c.user_id == user_id]
    query = select(jobs).where(jobs.c.id == job_id, *mine).with_for_update()
    return _one(await connection.execute(query))


async def lock_by_ticket(connection: Connection, tickets: Sequence[int]) -> list[Job]:
    """The jobs of these tickets, less those that somebody else is changing."""
    wanted = jobs.c.ticket == any_(cast(list(tickets), ARRAY(BigInteger)))
    query = select(jobs).where(wanted).with_for_update(skip_locked=True)
    return [_job(row) for row in await connection.execute(query)]


async def known_tickets(connection: Connection, tickets: Sequence[int]) -> list[int]:
    """Those of them that are a job's."""
    query = select(jobs.c.ticket).where(jobs.c.ticket == any_(cast(list(tickets), ARRAY(BigInteger))))
    return [ticket for ticket in (await connection.execute(query)).scalars() if ticket is not None]


async def list_jobs(
    connection: Connection, *, filters: Mapping[str, Any], before: UUID | None, limit: int
) -> list[Job]:
    """The newest first, from before the id `before`; `filters` by column."""
    conditions = [jobs.c[name] == value for name, value in filters.items() if value is not None]
    if before is not None:
        conditions.append(jobs.c.id < before)
    query = select(jobs).where(*conditions).order_by(jobs.c.id.desc()).limit(limit)
    return [_job(row) for row in await connection.execute(query)]


async def begin(connection: Connection, job_id: UUID, ticket: int) -> Job | None:
    """The job as it begins to run; None when that ticket is not to run it."""
    query = update(jobs).where(jobs.c.id == job_id, jobs.c.ticket == ticket, _ACTIVE)
    values = {"attempts": jobs.c.attempts + 1, "fraction": None, "stage": None, "started_at": func.now()}
    return await _changed(connection, query.values(state=State.RUNNING, **values))


async def change_run(connection: Connection, job_id: UUID, attempt: int, values: Mapping[str, Any]) -> Job | None:
    """The job with `values`; None when that attempt is not the one that runs it."""
    query = update(jobs).where(jobs.c.id == job_id, jobs.c.attempts == attempt, jobs.c.state == State.RUNNING)
    return await _changed(connection, query.values(**values))


async def change(connection: Connection, job_id: UUID, values: Mapping[str, Any]) -> Job | None:
    return await _changed(connection, update(jobs).where(jobs.c.id == job_id).values(**values))


async def count_items(connection: Connection, job_id: UUID, *, done: int, failed: int) -> Job | None:
    """The batch after so many more of its items ended."""
    return await change(connection, job_id, {"done": jobs.c.done + done, "failed": jobs.c.failed + failed})


async def remove_queued(connection: Connection, job_id: UUID) -> int | None:
    """Remove a job that has not begun, and return its ticket; None when it has."""
    query = delete(jobs).where(jobs.c.id == job_id, jobs.c.state == State.QUEUED.value).returning(jobs.c.ticket)
    return (await connection.execute(query)).scalar_one_or_none()


async def count_deaths(connection: Connection, ids: Sequence[UUID]) -> None:
    """Note that these jobs' worker died while it ran them."""
    wanted = jobs.c.id == any_(cast(list(ids), ARRAY(Uuid)))
    query = update(jobs).where(wanted, jobs.c.state == State.RUNNING)
    await connection.execute(query.values(state=State.QUEUED, failures=jobs.c.failures + 1))


async def notify(connection: Connection, job_id: UUID) -> None:
    """Tell every process, once the transaction is committed, that the job is another."""
    await connection.execute(text(f"SELECT pg_notify('{CHANGED}', :job_id)"), {"job_id": str(job_id)})


async def forget_finished(connection: Connection, before: datetime) -> int:
    """Remove jobs that ended before; returns how many."""
    return (await connection.execute(delete(jobs).where(jobs.c.finished_at < before))).rowcount


async def _changed(connection: Connection, query: Any) -> Job | None:
    return _one(await connection.execute(query.values(updated_at=func.now()).returning(jobs)))


def _one(found: Any) -> Job | None:
    row = found.one_or_none()
    return None if row is None else _job(row)


def _job(row: Row[Any]) -> Job:
    return msgspec.convert(dict(zip(_NAMES, row, strict=True)), Job)
