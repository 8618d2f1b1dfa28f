"""The process that does the work: Procrastinate's worker over our tasks, with places of its own for each queue."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

import procrastinate

from mediaworks.db import Database
from mediaworks.errors import SetupError
from mediaworks.jobs.config import JobsConfig
from mediaworks.jobs.connector import SharedConnector
from mediaworks.jobs.model import QUEUES
from mediaworks.jobs.rescue import Rescue
from mediaworks.jobs.retrying import Backoff
from mediaworks.jobs.runner import Runner
from mediaworks.jobs.schedule import Schedule, repeat
from mediaworks.jobs.task import Task

POLL_SECONDS = 2.0  # how late a job starts at most, should a NOTIFY get lost with its connection
GRACE_SECONDS = 20.0
CONNECTIONS = 6  # that all queues share, beside the one that listens


class Worker:
    def __init__(
        self, url: str, database: Database, config: JobsConfig, tasks: Sequence[Task], schedules: Sequence[Schedule]
    ) -> None:
        self._config = config
        self._schedules = schedules
        self._rescue = Rescue(database, config)
        self._connector = SharedConnector(url, CONNECTIONS)
        self._app = procrastinate.App(connector=self._connector)
        self._queues = [queue for queue in QUEUES if any(task.queue == queue for task in tasks)]
        runner = Runner(database)
        for task in tasks:
            self._register(runner, task)

    def _register(self, runner: Runner, task: Task) -> None:
        async def run(context: procrastinate.JobContext, job_id: str) -> None:
            await runner.run(task, context, UUID(job_id))

        self._app.task(name=task.name, queue=task.queue, retry=Backoff(), pass_context=True)(run)

    async def run(self, stop: asyncio.Event, queues: Sequence[str] | None = None) -> None:
        """Work until `stop` is set; then finish what was begun (for at most 20 s) and return."""
        lanes = self._queues if queues is None else checked_queues(queues)
        async with self._app.open_async(), asyncio.TaskGroup() as group:
            sides = [group.create_task(repeat(schedule)) for schedule in (*self._schedules, *self._rescue.schedules())]
            sides.append(group.create_task(self._connector.listen(lanes)))
            work = [group.create_task(self._work(queue)) for queue in lanes]
            stopped = group.create_task(stop.wait())
            await asyncio.wait([*work, stopped], return_when=asyncio.FIRST_COMPLETED)
            for task in (*sides, stopped, *work):
                task.cancel()

    async def _work(self, queue: str) -> None:
        await self._app.run_worker_async(
            queues=[queue],
            name=queue,
            concurrency=self._config.places(queue),
            install_signal_handlers=False,
            shutdown_graceful_timeout=GRACE_SECONDS,
            update_heartbeat_interval=self._config.stalled_after / 4,
            stalled_worker_timeout=self._config.stalled_after,
            fetch_job_polling_interval=POLL_SECONDS,
            delete_jobs="always",
        )


def checked_queues(queues: Sequence[str]) -> list[str]:
    """`queues`, each once. Raises SetupError for one that there is not."""
    unknown = [queue for queue in queues if queue not in QUEUES]
    if unknown or not queues:
        raise SetupError(f"--queues: {', '.join(unknown) or 'nothing'} is none of {', '.join(QUEUES)}")
    return list(dict.fromkeys(queues))
