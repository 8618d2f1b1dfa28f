"""A worker inside a test's own event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

from mediaworks.accounts import Caller, Role, Scope
from mediaworks.db import Database, DatabaseConfig
from mediaworks.db.presence import Presence
from mediaworks.jobs import Job, JobsConfig, Schedule, Task, Worker, enqueue, queries
from mediaworks.jobs.service import Jobs
from mediaworks.jobs.watching import Watchers
from mediaworks.testing.waiting import until

ADMIN = Caller(user_id=uuid4(), role=Role.ADMIN, scopes=frozenset(Scope), key_id=None, quota_bytes=None)


class Workplace:
    """A database, and what a test asks of it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.database = Database(DatabaseConfig(url=url, pool_size=6))

    async def enqueue(self, task: str, *, queue: str = "probe", **more: Any) -> UUID:
        async with self.database.transaction() as connection:
            return await enqueue(connection, task, queue=queue, **more)

    async def job(self, job_id: UUID) -> Job:
        async with self.database.reading() as connection:
            job = await queries.job_by_id(connection, job_id, None)
        assert job is not None
        return job

    async def ended(self, job_id: UUID) -> Job:
        """The job once it is over."""

        async def over() -> Job | None:
            job = await self.job(job_id)
            return job if job.is_finished else None

        job: Job = await until(over)
        return job

    async def supersede(self, job_id: UUID) -> None:
        """Begin another attempt at a job that runs, as a worker does that takes it over."""
        job = await self.job(job_id)
        async with self.database.transaction() as connection:
            assert await queries.begin(connection, job_id, job.ticket or 0)

    async def cancel(self, job_id: UUID) -> Job:
        """As an administrator does."""
        watchers = Watchers(self.database, Presence(self.url))
        return await Jobs(self.database, watchers).cancel(ADMIN, job_id)

    @asynccontextmanager
    async def worker(
        self, *tasks: Task, schedules: Sequence[Schedule] = (), config: JobsConfig | None = None
    ) -> AsyncIterator[asyncio.Event]:
        """A worker that is stopped when the block ends, or when the event is set."""
        stop = asyncio.Event()
        worker = Worker(self.url, self.database, config or JobsConfig(), tasks, schedules)
        running = asyncio.create_task(worker.run(stop, sorted({task.queue for task in tasks} | {"housekeeping"})))
        try:
            yield stop
        finally:
            stop.set()
            await running
