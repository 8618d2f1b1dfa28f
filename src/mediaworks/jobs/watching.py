"""Following jobs as they change: one LISTEN and one reader for all who watch in a process."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import UUID

import structlog

from mediaworks.db import Database
from mediaworks.db.presence import Presence
from mediaworks.errors import MediaworksError
from mediaworks.jobs import queries
from mediaworks.jobs.model import Job

log = structlog.get_logger(__name__)


class Watch:
    """One who watches a job; sees the newest, and may miss what was between."""

    def __init__(self) -> None:
        self._newest: Job | None = None
        self._news = asyncio.Event()

    def show(self, job: Job) -> None:
        self._newest = job
        self._news.set()

    async def next(self, seconds: float) -> Job | None:
        """The job when it has changed; None when it has not for so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._news.wait()
        self._news.clear()
        newest, self._newest = self._newest, None
        return newest


class Watchers:
    def __init__(self, database: Database, presence: Presence) -> None:
        """To be made before `presence.start`."""
        self._database = database
        self._watches: dict[UUID, set[Watch]] = defaultdict(set)
        self._changed: set[UUID] = set()
        self._reader: asyncio.Task[None] | None = None
        presence.listen(queries.CHANGED, self._hear)

    @contextmanager
    def watch(self, job_id: UUID) -> Iterator[Watch]:
        watch = Watch()
        self._watches[job_id].add(watch)
        try:
            yield watch
        finally:
            self._watches[job_id].discard(watch)
            if not self._watches[job_id]:
                del self._watches[job_id]

    def _hear(self, payload: str) -> None:
        job_id = UUID(payload)
        if job_id not in self._watches:
            return
        self._changed.add(job_id)
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        while self._changed:
            wanted, self._changed = self._changed, set()
            try:
                async with self._database.reading() as connection:
                    found = await queries.jobs_by_id(connection, list(wanted))
            except MediaworksError as error:
                log.warning("jobs_not_read", error=error.detail)
                return
            for job in found:
                for watch in self._watches.get(job.id, ()):
                    watch.show(job)
