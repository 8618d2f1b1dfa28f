"""Queueing jobs in the transaction that they belong to.

So there is never a row without its job nor a job without its row, whatever happens in between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from mediaworks.db import Connection
from mediaworks.jobs import queries, tickets
from mediaworks.jobs.model import QUEUES, Priority
from mediaworks.kit.ids import new_id


async def enqueue(
    connection: Connection,
    task: str,
    *,
    queue: str,
    user_id: UUID | None = None,
    subject: UUID | str | None = None,
    dedup: str | None = None,
    priority: Priority = Priority.NORMAL,
    lock: str | None = None,
    run_at: datetime | None = None,
    **arguments: Any,
) -> UUID:
    """Queue `task` with JSON-able `arguments`; it starts once the caller's transaction has been committed. Returns the
    job's id.

    `user_id`: who sees it, beside administrators; `subject`: what it is about. While a job with the same `dedup` is
    queued or running, nothing is queued and its id returned. Jobs with the same `lock` run one after another.
    """
    if dedup is not None:
        await queries.one_at_a_time(connection, dedup)
        if (same := await queries.active_with(connection, dedup)) is not None:
            return same
    more = {"priority": priority, "lock": lock, "dedup": dedup, "run_at": run_at}
    (job_id,) = await _insert(connection, task, queue, user_id, [(subject, arguments)], more)
    return job_id


async def enqueue_many(
    connection: Connection,
    task: str,
    *,
    queue: str,
    user_id: UUID | None = None,
    jobs: Sequence[tuple[UUID | str | None, Mapping[str, Any]]],
    priority: Priority = Priority.NORMAL,
) -> list[UUID]:
    """As `enqueue`, a job for each subject and its arguments, in one statement."""
    return await _insert(connection, task, queue, user_id, jobs, {"priority": priority})


async def withdraw(connection: Connection, job_id: UUID) -> bool:
    """Take a job back that has not begun, in the caller's transaction; False when it has. It leaves no trace."""
    ticket = await queries.remove_queued(connection, job_id)
    if ticket is None:
        return False
    await tickets.tear_waiting(connection, ticket)
    return True


async def enqueue_batch_job(
    connection: Connection,
    task: str,
    *,
    queue: str,
    user_id: UUID,
    total: int,
    priority: Priority,
    arguments: Mapping[str, Any],
) -> UUID:
    """As `enqueue`, a job that goes through `total` items."""
    more = {"priority": priority, "total": total}
    (job_id,) = await _insert(connection, task, queue, user_id, [(None, arguments)], more)
    return job_id


async def _insert(
    connection: Connection,
    task: str,
    queue: str,
    user_id: UUID | None,
    wanted: Sequence[tuple[UUID | str | None, Mapping[str, Any]]],
    more: Mapping[str, Any],
) -> list[UUID]:
    if queue not in QUEUES:
        raise ValueError(f"{queue} is none of the queues {', '.join(QUEUES)}")
    ids = [new_id() for _ in wanted]
    values = {
        "ids": ids,
        "subjects": [None if subject is None else str(subject) for subject, _ in wanted],
        "arguments": [msgspec.json.encode(arguments).decode() for _, arguments in wanted],
        "queue": queue,
        "task": task,
        "user_id": user_id,
    }
    defaults = {"lock": None, "dedup": None, "run_at": None, "total": None}
    await queries.insert_jobs(connection, values | defaults | dict(more))
    return ids
