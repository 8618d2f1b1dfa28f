"""A job while it runs, as its task sees it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any
from uuid import UUID

from mediaworks.db import Connection, Database
from mediaworks.errors import MediaworksError
from mediaworks.jobs import queries
from mediaworks.jobs.changes import announce, told
from mediaworks.jobs.model import Job, State
from mediaworks.kit.clock import now

PROGRESS_SECONDS = 0.25


class Superseded(Exception):
    """This run is not the job's any more: it was cancelled, or given to another worker."""


class RunningJob:
    """One attempt at a job. What it writes counts only while the job is its own; else Superseded is raised, and rolls
    back the transaction in which it happens. `error`: why the job is given up."""

    def __init__(self, database: Database, job: Job) -> None:
        self.job = job
        self.error: MediaworksError | None = None
        self.is_over = False
        self._database = database
        self._news: dict[str, Any] = {}
        self._writer: asyncio.Task[None] | None = None

    @property
    def id(self) -> UUID:
        return self.job.id

    @property
    def attempt(self) -> int:
        return self.job.attempts

    async def progress(self, fraction: float, stage: str | None = None) -> None:
        """Say how much is done, from 0 to 1, and with what it is busy. As often as you like: it is written four times a
        second at most."""
        self._news = {"fraction": min(1.0, max(0.0, fraction)), "stage": stage}
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_news())

    async def done(self, connection: Connection, result: Any = None) -> None:
        """Say in the task's own transaction that its effect is there; the job is not run again. Raises Superseded."""
        await self._end(connection, State.SUCCEEDED, result=result)

    async def refuse(self, connection: Connection, error: MediaworksError) -> None:
        """Say in the task's own transaction that the job has failed for good. Raises Superseded."""
        await self._end(connection, State.FAILED, error=told(error))

    async def put_back(self, connection: Connection, error: MediaworksError | None) -> None:
        """Let the job be run again, after an error or a stop of the worker. Raises Superseded."""
        failures = {} if error is None else {"failures": self.job.failures + 1, "error": told(error)}
        await self._change(connection, {"state": State.QUEUED, **failures})

    async def close(self) -> None:
        """Write nothing more."""
        if self._writer is not None:
            self._writer.cancel()
            with suppress(asyncio.CancelledError, MediaworksError):
                await self._writer

    async def _write_news(self) -> None:
        while self._news:
            news, self._news = self._news, {}
            async with self._database.transaction() as connection:
                if await queries.change_run(connection, self.id, self.attempt, news) is None:
                    return
                await queries.notify(connection, self.id)
            await asyncio.sleep(PROGRESS_SECONDS)

    async def _end(self, connection: Connection, state: State, **values: Any) -> None:
        await self._change(connection, {"state": state, "stage": None, "error": None, "finished_at": now(), **values})
        self.is_over = True

    async def _change(self, connection: Connection, values: dict[str, Any]) -> None:
        changed = await queries.change_run(connection, self.id, self.attempt, values)
        if changed is None:
            raise Superseded
        await announce(connection, changed)
