"""Batches: many things asked for at once, each with its own outcome, and one job that tells how far they are."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from typing import Any
from uuid import UUID

from mediaworks.db import Connection, Database
from mediaworks.errors import Invalid, MediaworksError
from mediaworks.jobs import items as rows
from mediaworks.jobs import queries
from mediaworks.jobs.changes import announce, told
from mediaworks.jobs.model import Item, ItemState, Job, Priority, State
from mediaworks.jobs.queue import enqueue_batch_job
from mediaworks.jobs.retrying import pause_after
from mediaworks.jobs.running import RunningJob, Superseded
from mediaworks.kit.clock import now
from mediaworks.kit.ids import new_id

Effect = Callable[[Connection], Awaitable[Any]]
"""What an item does to the database, in one transaction with its outcome, which it returns."""

MOST_ITEMS = 1000
PAGE = 100


def check_size(field: str, wanted: Sequence[object]) -> None:
    """Raises Invalid for none and for more than a batch may have."""
    if not 1 <= len(wanted) <= MOST_ITEMS:
        raise Invalid(f"{field}: between 1 and {MOST_ITEMS}, these are {len(wanted)}", field=field, limit=MOST_ITEMS)


def failed_item(number: int, subject: str | None, reason: MediaworksError) -> Item:
    return Item(number=number, subject=subject, state=ItemState.FAILED, error=told(reason))


async def enqueue_batch(
    connection: Connection,
    task: str,
    *,
    queue: str,
    user_id: UUID,
    items: Sequence[Item],
    priority: Priority = Priority.NORMAL,
    **arguments: Any,
) -> Job:
    """Queue a job whose task goes through the items with `work_through`."""
    job_id = await enqueue_batch_job(
        connection, task, queue=queue, user_id=user_id, total=len(items), priority=priority, arguments=arguments
    )
    await rows.insert_items(connection, job_id, items)
    failed = sum(item.state is ItemState.FAILED for item in items)
    await queries.count_items(connection, job_id, done=0, failed=failed)
    return await _made(connection, job_id)


async def open_batch(
    connection: Connection, task: str, *, queue: str, user_id: UUID, items: Sequence[Item], job_id: UUID | None = None
) -> Job:
    """Make a job of what is done elsewhere: it ends when `end_item` has been called for each that waits."""
    counted, job_id = Counter(item.state for item in items), job_id or new_id()
    values = {
        "id": job_id,
        "task": task,
        "queue": queue,
        "user_id": user_id,
        "state": State.RUNNING,
        "started_at": now(),
        "total": len(items),
        "done": counted[ItemState.DONE],
        "failed": counted[ItemState.FAILED],
    }
    await queries.insert_without_ticket(connection, values)
    await rows.insert_items(connection, job_id, items)
    await _end_if_all_have(connection, job_id, done=0, failed=0)
    return await _made(connection, job_id)


async def end_item(
    connection: Connection, job_id: UUID, subject: str, *, result: Any = None, error: dict[str, Any] | None = None
) -> None:
    """Write in the caller's transaction how the item about `subject` ended: well unless there is an `error`. What is none
    of the batch's, or has ended before, changes nothing."""
    state = ItemState.DONE if error is None else ItemState.FAILED
    outcome = Item(number=0, state=state, result=result, error=error)
    if await rows.end_about(connection, job_id, subject, outcome):
        await _end_if_all_have(connection, job_id, done=int(error is None), failed=int(error is not None))


async def retell_item(connection: Connection, job_id: UUID, subject: str, result: Any) -> None:
    """Give an item that was done another result."""
    await rows.change_result(connection, job_id, subject, result)


async def waiting_items(connection: Connection, job_id: UUID) -> list[Item]:
    """All items that have not ended."""
    return await rows.list_items(connection, job_id, after=0, limit=MOST_ITEMS, state=ItemState.WAITING)


async def work_through(
    database: Database, job: RunningJob, act: Callable[[Connection, Item], Awaitable[Any]]
) -> dict[str, int]:
    """Call `act` for each item that waits, in one transaction with its outcome; returns how many ended in which way.

    An item that is refused has failed and does not stop the others. Raises Superseded, and what may pass: the job goes
    on later with what is left.
    """

    async def prepare(item: Item) -> Effect:
        return lambda connection: act(connection, item)

    return await work_through_prepared(database, job, prepare)


async def work_through_prepared(
    database: Database, job: RunningJob, prepare: Callable[[Item], Awaitable[Effect]], *, at_once: int = 1
) -> dict[str, int]:
    """As `work_through`, for items that need long work before their effect: `prepare` runs outside of a transaction, for so
    many items `at_once`."""
    after = 0
    while True:
        async with database.reading() as connection:
            page = await rows.list_items(connection, job.id, after=after, limit=PAGE, state=ItemState.WAITING)
        for first in range(0, len(page), at_once):
            await _together(_work_on(database, job, item, prepare) for item in page[first : first + at_once])
        if len(page) < PAGE:
            break
        after = page[-1].number
    async with database.reading() as connection:
        found = await queries.job_by_id(connection, job.id, None)
    return {"done": found.done, "failed": found.failed} if found else {}


async def _made(connection: Connection, job_id: UUID) -> Job:
    (job,) = await queries.jobs_by_id(connection, [job_id])
    return job


async def _together(works: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Wait for all of them. Raises what the first to fail raises; the others are then ended."""
    try:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(work)
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from failures


async def _work_on(
    database: Database, job: RunningJob, item: Item, prepare: Callable[[Item], Awaitable[Effect]]
) -> None:
    try:
        effect = await prepare(item)
        async with database.transaction() as connection:
            result = await effect(connection)
            await _end(connection, job, Item(number=item.number, state=ItemState.DONE, result=result))
    except MediaworksError as refusal:
        if pause_after(refusal, 1) is not None:
            raise
        async with database.transaction() as connection:
            await _end(connection, job, failed_item(item.number, item.subject, refusal))


async def _end(connection: Connection, job: RunningJob, outcome: Item) -> None:
    if not await rows.end_numbered(connection, job.id, job.attempt, outcome):
        raise Superseded


async def _end_if_all_have(connection: Connection, job_id: UUID, *, done: int, failed: int) -> None:
    job = await queries.count_items(connection, job_id, done=done, failed=failed)
    if job is not None and job.state is State.RUNNING and job.done + job.failed == job.total:
        result = {"done": job.done, "failed": job.failed}
        values = {"state": State.SUCCEEDED, "finished_at": now(), "result": result}
        job = await queries.change(connection, job_id, values)
    if job is not None:
        await announce(connection, job)
