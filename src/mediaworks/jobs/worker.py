"""The process that does the work: Procrastinate's worker over our tasks, and the return of what dead workers left."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import procrastinate
import structlog

from mediaworks.jobs.config import JobsConfig

log = structlog.get_logger(__name__)

AFTER_FAILURE_SECONDS = 1.0
TRANSFERS = frozenset({"import", "housekeeping"})


@dataclass(frozen=True, slots=True)
class Task:
    """`run` is called with a job's arguments. It may run twice (after a crash), so its effect must not add up.

    After an error it is tried again, `retries` times with growing pauses; when the last try failed as well, `give_up`
    is called with the same arguments.
    """

    name: str
    queue: str
    run: Callable[..., Awaitable[None]]
    give_up: Callable[..., Awaitable[None]] | None = None
    retries: int = 5


@dataclass(frozen=True, slots=True)
class Schedule:
    """`run` every `seconds` in each worker, beginning at its start. For sweeps that do no harm when two do them."""

    name: str
    seconds: float
    run: Callable[[], Awaitable[object]]


class Worker:
    def __init__(self, url: str, config: JobsConfig, tasks: Sequence[Task], schedules: Sequence[Schedule]) -> None:
        self._config = config
        self._schedules = schedules
        self._app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url, min_size=1, max_size=4))
        self._queues = {task.queue for task in tasks}
        for task in tasks:
            retry = procrastinate.RetryStrategy(max_attempts=task.retries, exponential_wait=2)
            self._app.task(name=task.name, queue=task.queue, retry=retry, pass_context=True)(_tried(task))

    async def run(self, stop: asyncio.Event, queues: Sequence[str] | None = None) -> None:
        """Work until `stop` is set; then finish what was begun (for at most 20 s) and return."""
        async with self._app.open_async(), asyncio.TaskGroup() as group:
            sides = [group.create_task(repeat(schedule)) for schedule in (*self._schedules, self._rescue())]
            work = [group.create_task(self._work(lane, size)) for lane, size in self._lanes(queues) if lane]
            stopped = group.create_task(stop.wait())
            await asyncio.wait([*work, stopped], return_when=asyncio.FIRST_COMPLETED)
            for task in (*sides, stopped, *work):
                task.cancel()

    def _lanes(self, queues: Sequence[str] | None) -> Iterator[tuple[list[str], int]]:
        """Queues that share so many places: those that only wait are not held up by those that compute."""
        wanted = self._queues if queues is None else self._queues & set(queues)
        yield sorted(wanted - TRANSFERS), self._config.concurrency
        yield sorted(wanted & TRANSFERS), self._config.transfers

    async def _work(self, queues: Sequence[str], concurrency: int) -> None:
        beat = self._config.stalled_after / 4
        await self._app.run_worker_async(
            queues=queues,
            concurrency=concurrency,
            install_signal_handlers=False,
            shutdown_graceful_timeout=20,
            update_heartbeat_interval=beat,
            stalled_worker_timeout=self._config.stalled_after,
            fetch_job_polling_interval=2,
        )

    def _rescue(self) -> Schedule:
        return Schedule("return stalled jobs", self._config.stalled_after / 4, self._return_stalled)

    async def _return_stalled(self) -> None:
        manager = self._app.job_manager
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=self._config.stalled_after):
            log.warning("job_returned", job=job.id, task=job.task_name)
            await manager.retry_job(job)
        await manager.delete_old_jobs(nb_hours=self._config.keep_hours, include_failed=False)


def _tried(task: Task) -> Callable[..., Awaitable[None]]:
    async def run(context: procrastinate.JobContext, **arguments: Any) -> None:
        try:
            await task.run(**arguments)
        except Exception:
            if task.give_up is not None and context.job.attempts >= task.retries:
                await task.give_up(**arguments)
            raise

    return run


async def repeat(schedule: Schedule) -> None:
    while True:
        try:
            await schedule.run()
        except Exception:
            log.exception("schedule_failed", schedule=schedule.name)
            await asyncio.sleep(AFTER_FAILURE_SECONDS)
        await asyncio.sleep(schedule.seconds)
