"""What callers can do with jobs: look, cancel, run again."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Any
from uuid import UUID

from mediaworks.accounts import Caller, Scope
from mediaworks.db import Connection, Database
from mediaworks.errors import Conflict, NotFound
from mediaworks.jobs import items, queries, tickets
from mediaworks.jobs.changes import announce
from mediaworks.jobs.model import FINISHED, Item, ItemState, Job, State
from mediaworks.jobs.watching import Watchers
from mediaworks.kit.clock import now
from mediaworks.kit.paging import require_between

PAGE = 200
HEARTBEAT_SECONDS = 15.0


class Jobs:
    def __init__(self, database: Database, watchers: Watchers) -> None:
        self._database = database
        self._watchers = watchers

    async def get(self, caller: Caller, job_id: UUID) -> Job:
        """Raises NotFound for what is missing or somebody else's: nobody learns which."""
        caller.require(Scope.MEDIA_READ)
        async with self._database.reading() as connection:
            return _found(await queries.job_by_id(connection, job_id, _seen_by(caller)))

    async def list(
        self, caller: Caller, filters: dict[str, Any], *, everybody: bool, before: UUID | None, limit: int
    ) -> Sequence[Job]:
        """The newest first; `filters` by queue, task, state and subject. Raises Invalid for a limit that cannot be,
        Forbidden for everybody's to those who may not see them."""
        caller.require(Scope.MEDIA_READ)
        require_between("limit", limit, PAGE)
        if everybody:
            caller.require_everybody()
        else:
            filters = {**filters, "user_id": caller.user_id}
        async with self._database.reading() as connection:
            return await queries.list_jobs(connection, filters=filters, before=before, limit=limit)

    async def items(
        self, caller: Caller, job_id: UUID, *, state: ItemState | None, after: int, limit: int
    ) -> Sequence[Item]:
        """The items of a batch in their order, from behind the number `after`. Raises NotFound, Invalid."""
        require_between("limit", limit, PAGE)
        await self.get(caller, job_id)
        async with self._database.reading() as connection:
            return await items.list_items(connection, job_id, after=after, limit=limit, state=state)

    async def follow(self, caller: Caller, job_id: UUID) -> AsyncGenerator[Job | None]:
        """The job now, at each of its changes, and at its end, which is the end of this as well; None when nothing has
        happened for a while. Raises NotFound."""
        with self._watchers.watch(job_id) as watch:
            job = await self.get(caller, job_id)
            yield job
            while not job.is_finished:
                news = await watch.next(HEARTBEAT_SECONDS)
                if news is None:
                    yield None
                    news = await self.get(caller, job_id)
                if news != job:
                    job = news
                    yield job

    async def cancel(self, caller: Caller, job_id: UUID) -> Job:
        """End the job; one that runs hears of it at once. Raises NotFound, Conflict when it is over."""
        caller.require(Scope.MEDIA_WRITE)
        async with self._database.transaction() as connection:
            job = _found(await queries.lock_job(connection, job_id, _seen_by(caller)))
            if job.is_finished:
                raise Conflict(f"The job is over: {job.state}", code="job_finished", state=job.state)
            values = {"state": State.CANCELLED, "stage": None, "error": None, "finished_at": now()}
            cancelled = _found(await queries.change(connection, job_id, values))
            if job.ticket is not None and job.state is State.RUNNING:
                await tickets.abort(connection, job.ticket)
            else:
                await self._draw_new(connection, job)
            await announce(connection, cancelled)
        return cancelled

    async def retry(self, caller: Caller, job_id: UUID) -> Job:
        """Queue a job again that failed or was cancelled. Raises NotFound, Conflict for any other, and for one that does
        nothing itself or whose key another job has meanwhile."""
        caller.require(Scope.MEDIA_WRITE)
        async with self._database.transaction() as connection:
            job = _found(await queries.lock_job(connection, job_id, _seen_by(caller)))
            if job.state not in FINISHED - {State.SUCCEEDED}:
                raise Conflict(f"The job is {job.state}", code="job_not_failed", state=job.state)
            if job.started_at is not None and job.attempts == 0:
                raise Conflict("The job is that of its items: ask for those again", code="job_not_repeatable")
            if job.dedup is not None:
                await queries.one_at_a_time(connection, job.dedup)
                if (other := await queries.active_with(connection, job.dedup)) is not None:
                    raise Conflict("Another job does the same", code="job_duplicate", job_id=str(other))
            values = {"state": State.QUEUED, "failures": 0, "fraction": None, "error": None, "finished_at": None}
            queued = _found(await queries.change(connection, job_id, values))
            await self._draw_new(connection, job)
            await announce(connection, queued)
        return queued

    async def _draw_new(self, connection: Connection, job: Job) -> None:
        if job.ticket is not None:
            await tickets.tear_waiting(connection, job.ticket)
        await tickets.draw_new(connection, [job.id])


def _seen_by(caller: Caller) -> UUID | None:
    """Whose jobs this caller may see: its own, or everybody's (None)."""
    return None if caller.sees_everybody else caller.user_id


def _found(job: Job | None) -> Job:
    if job is None:
        raise NotFound("There is no such job", code="job_not_found")
    return job
