"""Runs one ticket: begin, run, and write how it ended."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from uuid import UUID

import structlog
from procrastinate import JobContext
from procrastinate.job_context import AbortReason

from mediaworks.db import Connection, Database
from mediaworks.errors import MediaworksError, TimedOut, Unavailable
from mediaworks.jobs import queries, tickets
from mediaworks.jobs.model import State
from mediaworks.jobs.retrying import TryAgain, pause_after
from mediaworks.jobs.running import RunningJob, Superseded
from mediaworks.jobs.task import Task

log = structlog.get_logger(__name__)

OUTAGE_SECONDS = 1.0


class Runner:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def run(self, task: Task, context: JobContext, job_id: UUID) -> None:
        """Do what the ticket is for. Raises TryAgain when it is to come back."""
        ticket = context.job.id or 0
        async with self._database.transaction() as connection:
            job = await queries.begin(connection, job_id, ticket)
            if job is not None:
                await queries.notify(connection, job_id)
        if job is None:
            await self._after_cancel(task, job_id, ticket)
            return
        running = RunningJob(self._database, job)
        try:
            await self._attempt(task, running)
        except Superseded:
            log.info("job_superseded", job=str(job_id), task=task.name, attempt=job.attempts)
        except asyncio.CancelledError:
            await self._cancelled(task, context, running)
        finally:
            await running.close()

    async def _attempt(self, task: Task, running: RunningJob) -> None:
        if running.job.failures > task.retries:
            await self._give_up(task, running, MediaworksError("The workers that ran it died", code="worker_died"))
            return
        try:
            async with asyncio.timeout(task.timeout) as limit:
                result = await task.run(running, **running.job.arguments)
        except Superseded:
            raise
        except Exception as error:
            late = TimedOut(f"The job took longer than {task.timeout:.0f} s", limit=task.timeout)
            await self._failed(task, running, late if limit.expired() else error)
            return
        if not running.is_over:
            await self._write(lambda connection: running.done(connection, result))

    async def _failed(self, task: Task, running: RunningJob, error: Exception) -> None:
        if running.is_over:
            log.exception("job_failed_after_its_end", job=str(running.id), task=task.name, exc_info=error)
            return
        known = error if isinstance(error, MediaworksError) else _unknown()
        failures = running.job.failures + 1
        pause = pause_after(error, failures)
        unexpected = None if isinstance(error, MediaworksError) else error
        log.warning(
            "job_failed", job=str(running.id), task=task.name, error=str(error), pause=pause, exc_info=unexpected
        )
        if pause is None or failures > task.retries:
            await self._give_up(task, running, known)
            return
        await self._write(lambda connection: running.put_back(connection, known))
        raise TryAgain(pause)

    async def _give_up(self, task: Task, running: RunningJob, reason: MediaworksError) -> None:
        running.error = reason
        try:
            if task.give_up is not None:
                await task.give_up(running, **running.job.arguments)
        except Superseded:
            raise
        except Exception as error:
            log.exception("job_not_given_up", job=str(running.id), task=task.name)
            await self._write(lambda connection: running.put_back(connection, reason))
            raise TryAgain(pause_after(Unavailable(), running.job.failures + 1) or 0) from error
        if not running.is_over:
            await self._write(lambda connection: running.refuse(connection, reason))

    async def _cancelled(self, task: Task, context: JobContext, running: RunningJob) -> None:
        """Somebody cancelled the job; or the worker stops, and another is to run it."""
        if context.abort_reason() is AbortReason.USER_REQUEST and (me := asyncio.current_task()):
            me.uncancel()
            await self._follow_cancel(task, running)
            return
        with suppress(Superseded):
            if not running.is_over:
                await self._write(lambda connection: running.put_back(connection, None))
        raise asyncio.CancelledError

    async def _after_cancel(self, task: Task, job_id: UUID, ticket: int) -> None:
        """A ticket of a job that was cancelled before it ran, or whose worker died when it had been cancelled."""
        async with self._database.reading() as connection:
            job = await queries.job_by_id(connection, job_id, None)
        if job is not None and job.state is State.CANCELLED and job.ticket == ticket:
            await self._call_cancelled(task, RunningJob(self._database, job))

    async def _follow_cancel(self, task: Task, running: RunningJob) -> None:
        """Do what follows at once; should that fail, by a ticket of its own, because this one cannot come back."""
        try:
            await self._call_cancelled(task, running)
        except Exception:
            log.exception("job_cancel_not_followed", job=str(running.id), task=task.name)
            await self._write(lambda connection: tickets.draw_new(connection, [running.id]))

    async def _call_cancelled(self, task: Task, running: RunningJob) -> None:
        if task.cancelled is not None:
            await task.cancelled(running, **running.job.arguments)

    async def _write(self, change: Callable[[Connection], Awaitable[None]]) -> None:
        """Make a change for as long as it takes the database to be there: nobody else would."""
        while True:
            try:
                async with self._database.transaction() as connection:
                    return await change(connection)
            except Unavailable:
                log.warning("job_not_written", exc_info=True)
                await asyncio.sleep(OUTAGE_SECONDS)


def _unknown() -> MediaworksError:
    return MediaworksError("The log has more", code="internal_error")
