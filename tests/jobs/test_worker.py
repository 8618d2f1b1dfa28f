from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest

from mediaworks.errors import Invalid, SetupError, Unavailable
from mediaworks.jobs import JobsConfig, Priority, RunningJob, Schedule, State, Task, Worker, enqueue, worker_is_alive
from mediaworks.testing.waiting import until
from mediaworks.testing.working import Workplace

AtWork = Callable[[Callable[[Workplace], Any]], Any]


class Wanted(Exception):
    """Rolls a transaction back."""


class Notes:
    """What a task was called with."""

    def __init__(self, *errors: Exception) -> None:
        self.taken: list[str] = []
        self.given_up: list[str] = []
        self._errors = list(errors)

    async def run(self, job: RunningJob, word: str) -> str:
        self.taken.append(word)
        if self._errors:
            raise self._errors.pop(0)
        return word.upper()

    async def give_up(self, job: RunningJob, word: str) -> None:
        assert job.error is not None
        self.given_up.append(f"{word}: {job.error.code}")


def test_a_job_runs_once_its_transaction_is_committed_and_not_when_it_is_rolled_back(at_work: AtWork) -> None:
    notes = Notes()

    async def steps(place: Workplace) -> None:
        async with place.worker(Task("note", "probe", notes.run)):
            with suppress(Wanted):
                async with place.database.transaction() as connection:
                    await enqueue(connection, "note", queue="probe", word="rolled back")
                    raise Wanted
            job = await place.ended(await place.enqueue("note", word="committed", subject=uuid4()))
            async with place.database.reading() as connection:
                assert await worker_is_alive(connection, 20)
        assert (job.state, job.result, job.attempts, job.share) == (State.SUCCEEDED, "COMMITTED", 1, 1.0)

    at_work(steps)
    assert notes.taken == ["committed"]


def test_a_job_that_fails_is_tried_again(at_work: AtWork) -> None:
    notes = Notes(ConnectionError("the first time"))

    async def steps(place: Workplace) -> None:
        async with place.worker(Task("flaky", "probe", notes.run)):
            job = await place.ended(await place.enqueue("flaky", user_id=uuid4(), word="a"))
        assert (job.state, job.attempts, job.failures, job.error) == (State.SUCCEEDED, 2, 1, None)

    at_work(steps)


def test_a_job_that_fails_for_good_is_given_up_once(at_work: AtWork) -> None:
    notes = Notes(ConnectionError(), ConnectionError(), ConnectionError())

    async def steps(place: Workplace) -> None:
        async with place.worker(Task("hopeless", "probe", notes.run, give_up=notes.give_up, retries=1)):
            job = await place.ended(await place.enqueue("hopeless", word="alas"))
        assert (job.state, job.attempts, job.error) == (
            State.FAILED, 2, {"code": "internal_error", "detail": "The log has more"},
        )  # fmt: skip

    at_work(steps)
    assert notes.given_up == ["alas: internal_error"]


def test_what_no_try_can_better_is_given_up_at_once(at_work: AtWork) -> None:
    notes = Notes(Invalid("word: is none", field="word"))

    async def steps(place: Workplace) -> None:
        async with place.worker(Task("refused", "probe", notes.run, give_up=notes.give_up)):
            job = await place.ended(await place.enqueue("refused", word="x"))
        assert (job.attempts, job.error) == (1, {"code": "invalid", "detail": "word: is none", "field": "word"})

    at_work(steps)
    assert notes.given_up == ["x: invalid"]


def test_giving_up_is_tried_until_it_is_done(at_work: AtWork) -> None:
    notes = Notes(Invalid(), Invalid())
    failing = [Unavailable(retry_after=0)]

    async def give_up(job: RunningJob, word: str) -> None:
        if failing:
            raise failing.pop()
        await notes.give_up(job, word)

    async def steps(place: Workplace) -> None:
        async with place.worker(Task("stubborn", "probe", notes.run, give_up=give_up, retries=0)):
            assert (await place.ended(await place.enqueue("stubborn", word="x"))).state is State.FAILED

    at_work(steps)
    assert len(notes.given_up) == 1


def test_a_run_that_takes_too_long_is_ended_and_says_so(at_work: AtWork) -> None:
    async def forever(job: RunningJob) -> None:
        await asyncio.sleep(3600)

    async def steps(place: Workplace) -> None:
        async with place.worker(Task("endless", "probe", forever, timeout=0.2)):
            job = await place.ended(await place.enqueue("endless"))
        assert job.error is not None
        assert (job.state, job.attempts, job.error["code"]) == (State.FAILED, 1, "job_timeout")

    at_work(steps)


def test_a_stopped_worker_finishes_what_it_began(at_work: AtWork) -> None:
    begun = asyncio.Event()

    async def slow(job: RunningJob) -> None:
        begun.set()
        await asyncio.sleep(0.5)

    async def steps(place: Workplace) -> None:
        async with place.worker(Task("slow", "probe", slow)):
            job_id = await place.enqueue("slow")
            await begun.wait()
        assert (await place.job(job_id)).state is State.SUCCEEDED

    at_work(steps)


def test_what_a_stopped_worker_does_not_finish_is_for_others_and_no_failure(
    at_work: AtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mediaworks.jobs.worker.GRACE_SECONDS", 0.1)
    runs: list[int] = []

    async def long(job: RunningJob) -> None:
        runs.append(job.attempt)
        await asyncio.sleep(3600 if job.attempt == 1 else 0)

    async def steps(place: Workplace) -> None:
        async with place.worker(Task("long", "probe", long)):
            job_id = await place.enqueue("long")
            await until(lambda: bool(runs))
        assert (await place.job(job_id)).state is State.QUEUED
        async with place.worker(Task("long", "probe", long)):
            job = await place.ended(job_id)
        assert (job.state, job.attempts, job.failures) == (State.SUCCEEDED, 2, 0)

    at_work(steps)


def test_of_two_jobs_the_more_urgent_starts_first(at_work: AtWork) -> None:
    notes = Notes()

    async def steps(place: Workplace) -> None:
        await place.enqueue("sorted", queue="video", priority=Priority.BULK, word="late")
        await place.enqueue("sorted", queue="video", word="middle")
        last = await place.enqueue("sorted", queue="video", priority=Priority.URGENT, word="first")
        async with place.worker(Task("sorted", "video", notes.run)):
            await until(lambda: len(notes.taken) == 3)
            await place.ended(last)

    at_work(steps)
    assert notes.taken == ["first", "middle", "late"]


def test_each_queue_has_places_of_its_own(at_work: AtWork) -> None:
    free, begun = asyncio.Event(), asyncio.Event()

    async def block(job: RunningJob) -> None:
        begun.set()
        await free.wait()

    async def nothing(job: RunningJob) -> None: ...

    async def steps(place: Workplace) -> None:
        config = JobsConfig(video_at_once=1)
        async with place.worker(Task("block", "video", block), Task("quick", "audio", nothing), config=config):
            blocked, waiting = await place.enqueue("block", queue="video"), await place.enqueue("block", queue="video")
            await begun.wait()
            assert (await place.ended(await place.enqueue("quick", queue="audio"))).state is State.SUCCEEDED
            assert (await place.job(waiting)).state is State.QUEUED
            free.set()
            await place.ended(blocked)
            await place.ended(waiting)

    at_work(steps)


def test_while_a_job_with_its_key_is_there_no_other_is_made(at_work: AtWork) -> None:
    notes = Notes()

    async def steps(place: Workplace) -> None:
        first = await place.enqueue("once", dedup="a", word="1")
        assert await place.enqueue("once", dedup="a", word="2") == first
        assert await place.enqueue("once", dedup="b", word="3") != first
        at_once = await asyncio.gather(*(place.enqueue("once", dedup="c", word="4") for _ in range(5)))
        assert len(set(at_once)) == 1
        async with place.worker(Task("once", "probe", notes.run)):
            await place.ended(first)
            assert await place.enqueue("once", dedup="a", word="5") != first
            await until(lambda: len(notes.taken) == 4)

    at_work(steps)
    assert sorted(notes.taken) == ["1", "3", "4", "5"]


def test_a_queue_that_there_is_not_is_refused(url: str, at_work: AtWork) -> None:
    async def steps(place: Workplace) -> None:
        with pytest.raises(ValueError, match="kitchen is none of the queues probe"):
            await place.enqueue("note", queue="kitchen")
        with pytest.raises(SetupError, match="kitchen is none of probe, image"):
            await Worker(url, place.database, JobsConfig(), [], []).run(asyncio.Event(), ["probe", "kitchen"])

    at_work(steps)


def test_a_schedule_that_fails_comes_round_again(at_work: AtWork) -> None:
    rounds: list[int] = []

    async def chore() -> None:
        rounds.append(1)
        raise ValueError("a bad day")

    async def steps(place: Workplace) -> None:
        async with place.worker(schedules=[Schedule("chore", 0.02, chore)]):
            await until(lambda: len(rounds) >= 2)

    at_work(steps)
