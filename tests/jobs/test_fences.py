"""Exactly one outcome, whatever dies, comes back late, or is cancelled."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from mediaworks.errors import Conflict, Invalid, NotFound, StorageFull, TimedOut, TooSlow, Unavailable, Unprocessable
from mediaworks.jobs import JobsConfig, Priority, RunningJob, State, Superseded, Task, queries, tickets
from mediaworks.jobs.rescue import Rescue
from mediaworks.jobs.retrying import pause_after
from mediaworks.processing import ProcessingConfig, Sandbox
from mediaworks.processing.sandbox.pool import Task as SandboxTask
from mediaworks.testing.waiting import until
from mediaworks.testing.working import Workplace

AtWork = Callable[[Callable[[Workplace], Any]], Any]
SOON = JobsConfig(stalled_after=2)


class Hanging:
    """A task that runs until it is let go."""

    def __init__(self) -> None:
        self.begun, self.free = asyncio.Event(), asyncio.Event()
        self.cancelled: list[UUID] = []
        self.was_cancelled_at = 0.0

    async def run(self, job: RunningJob, **arguments: Any) -> str:
        self.begun.set()
        try:
            await self.free.wait()
        except asyncio.CancelledError:
            self.was_cancelled_at = time.monotonic()
            raise
        return "done"

    async def follow(self, job: RunningJob, **arguments: Any) -> None:
        self.cancelled.append(job.id)


async def is_running(place: Workplace, job_id: UUID) -> bool:
    return (await place.job(job_id)).state is State.RUNNING


async def leave_with_a_dead_worker(place: Workplace, job_id: UUID, *, state: State = State.RUNNING) -> None:
    """The job as a worker leaves it that was killed while it ran it, a while ago."""
    async with place.database.transaction() as connection:
        ticket = (await place.job(job_id)).ticket
        query = "UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL WHERE id = :ticket"
        await connection.execute(text(query), {"ticket": ticket})
        await queries.change(connection, job_id, {"state": state, "attempts": 1})


def test_what_a_dead_worker_left_is_run_by_another(at_work: AtWork) -> None:
    async def work(job: RunningJob) -> str:
        return f"by attempt {job.attempt}"

    async def steps(place: Workplace) -> None:
        job_id = await place.enqueue("left")
        await leave_with_a_dead_worker(place, job_id)
        async with place.worker(Task("left", "probe", work), config=SOON):
            job = await place.ended(job_id)
        assert (job.state, job.result, job.failures) == (State.SUCCEEDED, "by attempt 2", 1)

    at_work(steps)


def test_what_has_ended_is_not_run_again_when_its_worker_died_before_it_could_say_so(at_work: AtWork) -> None:
    runs: list[UUID] = []

    async def work(job: RunningJob) -> None:
        runs.append(job.id)

    async def steps(place: Workplace) -> None:
        ended = [await place.enqueue("left") for _ in range(2)]
        await leave_with_a_dead_worker(place, ended[0], state=State.SUCCEEDED)
        await leave_with_a_dead_worker(place, ended[1], state=State.FAILED)
        async with place.worker(Task("left", "probe", work), config=SOON):
            other = await place.enqueue("left")
            await place.ended(other)
            await Rescue(place.database, SOON).return_stalled()
        async with place.database.reading() as connection:
            left = "SELECT count(*) FROM jobs JOIN procrastinate_jobs AS t ON t.id = ticket WHERE jobs.id = ANY(:ids)"
            assert (await connection.execute(text(left), {"ids": ended})).scalar_one() == 0
        assert runs == [other]

    at_work(steps)


def test_a_job_that_kills_its_workers_is_given_up(at_work: AtWork) -> None:
    async def work(job: RunningJob) -> None:
        raise AssertionError

    async def steps(place: Workplace) -> None:
        job_id = await place.enqueue("poison")
        for _ in range(2):
            await leave_with_a_dead_worker(place, job_id)
            await Rescue(place.database, SOON).return_stalled()
        async with place.worker(Task("poison", "probe", work, retries=1)):
            job = await place.ended(job_id)
        assert (job.state, job.error and job.error["code"]) == (State.FAILED, "worker_died")

    at_work(steps)


def test_a_worker_that_was_taken_for_dead_and_comes_back_has_no_effect(at_work: AtWork) -> None:
    """Its last transaction is rolled back, together with what it says of the job."""
    raised: list[type[BaseException]] = []

    async def steps(place: Workplace) -> None:
        task = Hanging()

        async def run(job: RunningJob) -> None:
            await task.run(job)
            try:
                async with place.database.transaction() as connection:
                    await queries.change(connection, other, {"stage": "effect"})
                    await job.done(connection)
            except BaseException as error:
                raised.append(type(error))
                raise

        other = await place.enqueue("other", queue="video")
        async with place.worker(Task("late", "probe", run)):
            job_id = await place.enqueue("late")
            await task.begun.wait()
            await place.supersede(job_id)
            task.free.set()
            await until(lambda: bool(raised))
        assert raised == [Superseded]
        assert ((await place.job(job_id)).state, (await place.job(other)).stage) == (State.RUNNING, None)

    at_work(steps)


def test_of_two_tickets_of_a_job_only_its_own_runs_it(at_work: AtWork) -> None:
    async def steps(place: Workplace) -> None:
        task, config = Hanging(), JobsConfig(probe_at_once=2)
        job_id = await place.enqueue("twice")
        async with place.database.transaction() as connection:
            await tickets.draw_new(connection, [job_id])
        async with place.worker(Task("twice", "probe", task.run), config=config):
            await task.begun.wait()
            other = await place.enqueue("twice")
            await until(lambda: is_running(place, other))
            task.free.set()
            assert (await place.ended(job_id)).attempts == 1

    at_work(steps)


def test_a_job_whose_worker_did_not_know_the_task_waits_for_one_that_does(at_work: AtWork) -> None:
    async def work(job: RunningJob) -> str:
        return "known"

    async def steps(place: Workplace) -> None:
        async with place.worker(Task("old", "probe", work)):
            job_id = await place.enqueue("new")
            last = await place.ended(await place.enqueue("old", priority=Priority.BULK))
            assert last.state is State.SUCCEEDED
        assert (await place.job(job_id)).state is State.QUEUED
        async with place.worker(Task("new", "probe", work), config=SOON):
            assert (await place.ended(job_id)).result == "known"

    at_work(steps)


def test_what_a_task_says_in_its_own_transaction_counts_even_if_the_worker_dies_then(at_work: AtWork) -> None:
    runs: list[int] = []

    async def steps(place: Workplace) -> None:
        async def run(job: RunningJob) -> None:
            runs.append(job.attempt)
            async with place.database.transaction() as connection:
                await job.done(connection, {"made": 1})
            raise ConnectionError("too late to matter")

        async with place.worker(Task("said", "probe", run)):
            job = await place.ended(await place.enqueue("said"))
        assert (job.state, job.result, job.error) == (State.SUCCEEDED, {"made": 1}, None)

    at_work(steps)
    assert runs == [1]


def test_a_running_job_is_cancelled_within_a_second(at_work: AtWork) -> None:
    async def steps(place: Workplace) -> None:
        task = Hanging()
        async with place.worker(Task("hang", "probe", task.run, cancelled=task.follow)):
            job_id = await place.enqueue("hang")
            await task.begun.wait()
            began = time.monotonic()
            await place.cancel(job_id)
            await until(lambda: task.cancelled == [job_id])
        assert task.was_cancelled_at - began < 1
        assert (await place.job(job_id)).state is State.CANCELLED

    at_work(steps)


def test_a_queued_job_is_cancelled_at_once_and_never_runs(at_work: AtWork) -> None:
    async def steps(place: Workplace) -> None:
        task = Hanging()
        job_id = await place.enqueue("hang")
        assert (await place.cancel(job_id)).state is State.CANCELLED
        with pytest.raises(Conflict):
            await place.cancel(job_id)
        async with place.worker(Task("hang", "probe", task.run, cancelled=task.follow)):
            await until(lambda: task.cancelled == [job_id])
        assert not task.begun.is_set()

    at_work(steps)


def test_what_follows_a_cancel_is_done_even_if_the_worker_died(at_work: AtWork) -> None:
    async def steps(place: Workplace) -> None:
        task = Hanging()
        job_id = await place.enqueue("hang")
        await leave_with_a_dead_worker(place, job_id)
        await place.cancel(job_id)
        async with place.worker(Task("hang", "probe", task.run, cancelled=task.follow), config=SOON):
            await until(lambda: task.cancelled == [job_id])
        assert not task.begun.is_set()

    at_work(steps)


def test_what_follows_a_cancel_is_tried_again_when_it_fails(at_work: AtWork) -> None:
    async def steps(place: Workplace) -> None:
        task, failing = Hanging(), [ConnectionError()]

        async def follow(job: RunningJob) -> None:
            if failing:
                raise failing.pop()
            await task.follow(job)

        async with place.worker(Task("hang", "probe", task.run, cancelled=follow)):
            job_id = await place.enqueue("hang")
            await task.begun.wait()
            await place.cancel(job_id)
            await until(lambda: task.cancelled == [job_id])

    at_work(steps)


def test_a_cancelled_job_leaves_no_decoder_behind(at_work: AtWork) -> None:
    hang: SandboxTask[str, str] = SandboxTask("hang", str, str)

    async def steps(place: Workplace) -> None:
        sandbox = Sandbox(ProcessingConfig(decoders=1), "mediaworks.testing.hostile")
        await sandbox.start()
        begun = asyncio.Event()

        async def run(job: RunningJob) -> None:
            with open(os.devnull, "rb") as file:
                begun.set()
                await sandbox.run(hang, file.fileno(), "")

        try:
            async with place.worker(Task("decode", "probe", run)):
                job_id = await place.enqueue("decode")
                await begun.wait()
                await until(sandbox._idle.empty)
                (decoder,) = sandbox_pids(sandbox)
                began = time.monotonic()
                await place.cancel(job_id)
                await until(lambda: not Path(f"/proc/{decoder}").exists())
                assert time.monotonic() - began < 1
        finally:
            await sandbox.close()

    at_work(steps)


def sandbox_pids(sandbox: Sandbox) -> list[int]:
    return [decoder._process.pid for decoder in sandbox._all]


def test_progress_is_written_a_few_times_a_second_and_the_last_word_counts(at_work: AtWork) -> None:
    async def steps(place: Workplace) -> None:
        seen: set[float | None] = set()
        free = asyncio.Event()

        async def run(job: RunningJob) -> None:
            for step in range(100):
                await job.progress(step / 200, f"step {step}")
                await asyncio.sleep(0.005)
            await free.wait()

        async with place.worker(Task("steps", "probe", run)):
            job_id = await place.enqueue("steps")
            async with asyncio.timeout(10):
                while (job := await place.job(job_id)).fraction != 99 / 200:
                    seen.add(job.fraction)
                    await asyncio.sleep(0.005)
            assert (job.stage, job.share) == ("step 99", 99 / 200)
            assert job.eta_seconds is not None
            free.set()
            await place.ended(job_id)
        assert len(seen) <= 8

    at_work(steps)


def test_finished_jobs_are_forgotten_after_a_while(at_work: AtWork) -> None:
    async def nothing(job: RunningJob) -> None: ...

    async def steps(place: Workplace) -> None:
        async with place.worker(Task("short", "probe", nothing)):
            job_id = await place.enqueue("short")
            await place.ended(job_id)
        waiting = await place.enqueue("short")
        await Rescue(place.database, JobsConfig(keep_hours=1)).forget()
        assert await place.job(job_id)
        await Rescue(place.database, JobsConfig(keep_hours=0)).forget()
        async with place.database.reading() as connection:
            assert await queries.job_by_id(connection, job_id, None) is None
        assert (await place.job(waiting)).state is State.QUEUED

    at_work(steps)


@pytest.mark.parametrize("error", [Unprocessable(), Invalid(), NotFound(), Conflict(), TimedOut()])
def test_what_stays_as_it_is_is_not_tried_again(error: Exception) -> None:
    assert pause_after(error, 1) is None


@pytest.mark.parametrize("error", [Unavailable(), StorageFull(), ConnectionError(), ValueError(), TooSlow()])
def test_what_may_pass_is_tried_later_and_later(error: Exception) -> None:
    pauses = [pause_after(error, failures) or 0 for failures in (1, 4, 8)]
    assert 0 < pauses[0] < pauses[1] < pauses[2]
    assert (pause_after(error, 1000) or 0) <= 750


def test_an_outage_is_given_more_time_than_an_error_and_the_time_that_it_asks_for() -> None:
    assert min(pause_after(Unavailable(), 1) or 0 for _ in range(50)) > max(
        pause_after(ValueError(), 1) or 0 for _ in range(50)
    )
    assert (pause_after(Unavailable(retry_after=90), 1) or 0) >= 90
