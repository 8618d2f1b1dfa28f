"""The return of what dead workers left, and the end of what is old."""

from __future__ import annotations

from datetime import timedelta

import structlog

from mediaworks.db import Database
from mediaworks.jobs import queries, tickets
from mediaworks.jobs.config import JobsConfig
from mediaworks.jobs.model import State
from mediaworks.jobs.schedule import Schedule
from mediaworks.kit.clock import now

log = structlog.get_logger(__name__)

FORGET_SECONDS = 600.0


class Rescue:
    def __init__(self, database: Database, config: JobsConfig) -> None:
        self._database = database
        self._config = config

    def schedules(self) -> tuple[Schedule, ...]:
        return (
            Schedule("return stalled jobs", self._config.stalled_after / 4, self.return_stalled),
            Schedule("forget finished jobs", FORGET_SECONDS, self.forget),
        )

    async def return_stalled(self) -> int:
        """Give jobs new tickets whose worker is dead; returns how many. What has ended only loses its old one."""
        async with self._database.reading() as connection:
            stalled = await tickets.stalled(connection, self._config.stalled_after)
        if not stalled:
            return 0
        async with self._database.transaction() as connection:
            held = await queries.lock_by_ticket(connection, stalled)
            unknown = set(stalled) - set(await queries.known_tickets(connection, stalled))
            await tickets.tear(connection, [*unknown, *(job.ticket for job in held if job.ticket is not None)])
            left = [job for job in held if job.state not in {State.SUCCEEDED, State.FAILED}]
            await queries.count_deaths(connection, [job.id for job in left])
            await tickets.draw_new(connection, [job.id for job in left])
        for job in left:
            log.warning("job_returned", job=str(job.id), task=job.task, attempt=job.attempts)
        return len(left)

    async def forget(self) -> int:
        """Remove the records of jobs that ended long ago; returns how many."""
        async with self._database.transaction() as connection:
            return await queries.forget_finished(connection, now() - timedelta(hours=self._config.keep_hours))
