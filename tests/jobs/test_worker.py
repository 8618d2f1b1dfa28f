from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

import pytest

from mediaworks.db import Database, DatabaseConfig
from mediaworks.db.migrate import migrate
from mediaworks.jobs import JobsConfig, Schedule, Task, Worker, enqueue, worker_is_alive


class Wanted(Exception):
    """Rolls a transaction back."""


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.fixture
def url(new_database: Callable[[], str]) -> str:
    address = new_database()
    migrate(address)
    return address


def test_a_job_runs_once_its_transaction_is_committed_and_not_when_it_is_rolled_back(url: str) -> None:
    async def steps() -> list[str]:
        ran: list[str] = []

        async def note(word: str) -> None:
            ran.append(word)

        database, stop = Database(DatabaseConfig(url=url)), asyncio.Event()
        worker = asyncio.create_task(Worker(url, JobsConfig(), [Task("note", "media", note)], []).run(stop))
        with suppress(Wanted):
            async with database.transaction() as connection:
                await enqueue(connection, "note", queue="media", word="rolled back")
                raise Wanted
        async with database.transaction() as connection:
            await enqueue(connection, "note", queue="media", word="committed")
        await until(lambda: bool(ran))
        async with database.reading() as connection:
            assert await worker_is_alive(connection, 20)
        stop.set()
        await worker
        await database.close()
        return ran

    assert asyncio.run(steps()) == ["committed"]


def test_a_job_that_fails_is_tried_again(url: str) -> None:
    async def steps() -> int:
        tries: list[int] = []

        async def fail_once() -> None:
            tries.append(1)
            if len(tries) == 1:
                raise ConnectionError("the first time")

        database, stop = Database(DatabaseConfig(url=url)), asyncio.Event()
        worker = asyncio.create_task(Worker(url, JobsConfig(), [Task("flaky", "media", fail_once)], []).run(stop))
        async with database.transaction() as connection:
            await enqueue(connection, "flaky", queue="media")
        await until(lambda: len(tries) == 2)
        stop.set()
        await worker
        await database.close()
        return len(tries)

    assert asyncio.run(steps()) == 2


def test_a_job_that_fails_for_good_is_given_up_once(url: str) -> None:
    async def steps() -> tuple[int, list[str]]:
        tries: list[str] = []
        given_up: list[str] = []

        async def fail(word: str) -> None:
            tries.append(word)
            raise ConnectionError

        async def give_up(word: str) -> None:
            given_up.append(word)

        database, stop = Database(DatabaseConfig(url=url)), asyncio.Event()
        task = Task("hopeless", "media", fail, give_up=give_up, retries=1)
        worker = asyncio.create_task(Worker(url, JobsConfig(), [task], []).run(stop))
        async with database.transaction() as connection:
            await enqueue(connection, "hopeless", queue="media", word="alas")
        await until(lambda: bool(given_up))
        stop.set()
        await worker
        await database.close()
        return len(tries), given_up

    assert asyncio.run(steps()) == (2, ["alas"])


def test_a_stopped_worker_finishes_what_it_began(url: str) -> None:
    async def steps() -> list[str]:
        notes: list[str] = []

        async def slow() -> None:
            notes.append("begun")
            await asyncio.sleep(0.5)
            notes.append("done")

        database, stop = Database(DatabaseConfig(url=url)), asyncio.Event()
        worker = asyncio.create_task(Worker(url, JobsConfig(), [Task("slow", "media", slow)], []).run(stop))
        async with database.transaction() as connection:
            await enqueue(connection, "slow", queue="media")
        await until(lambda: bool(notes))
        stop.set()
        await worker
        await database.close()
        return notes

    assert asyncio.run(steps()) == ["begun", "done"]


def test_a_schedule_that_fails_comes_round_again(url: str) -> None:
    async def steps() -> int:
        rounds: list[int] = []

        async def chore() -> None:
            rounds.append(1)
            raise ValueError("a bad day")

        stop = asyncio.Event()
        worker = asyncio.create_task(Worker(url, JobsConfig(), [], [Schedule("chore", 0.02, chore)]).run(stop))
        await until(lambda: len(rounds) >= 3)
        stop.set()
        await worker
        return len(rounds)

    assert asyncio.run(steps()) >= 3
