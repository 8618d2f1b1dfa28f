"""Which of two requests with one key runs, whatever became of the first."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from mediaworks.db import Database, DatabaseConfig, before_commit
from mediaworks.db.presence import Presence
from mediaworks.errors import Conflict, KeyReused
from mediaworks.events import Event, cause, record
from mediaworks.events.idempotency import Answer, Idempotency, IdempotencyConfig, Kept, Running

USER = UUID(int=7)
REQUEST = b"r" * 32
ANSWER = Answer(201, [(b"content-type", b"application/json")], b'{"id": 1}')


class Process:
    """One process of the service, as far as its keys go."""

    def __init__(self, url: str) -> None:
        self.database = Database(DatabaseConfig(url=url))
        self.presence = Presence(url)
        self.idempotency = Idempotency(self.database, self.presence, IdempotencyConfig())

    async def begin(self, key: str) -> Running | Kept:
        return await self.idempotency.begin(USER, key, REQUEST)

    async def run(self, key: str) -> Running:
        found = await self.begin(key)
        assert isinstance(found, Running)
        return found

    async def refused(self, key: str) -> Conflict:
        with pytest.raises(Conflict) as refusal:
            await self.begin(key)
        return refusal.value

    async def change(self, running: Running) -> None:
        """Commit something for the request that tells no event."""
        noting = before_commit.set(partial(self.idempotency.note_change, running))
        async with self.database.transaction() as connection:
            await connection.execute(text("SELECT 1"))
        before_commit.reset(noting)

    async def die(self) -> None:
        await self.presence.close()
        await self.database.close()


@pytest.fixture(scope="module")
def url(new_database: Callable[[], str]) -> str:
    return new_database()


@asynccontextmanager
async def processes(url: str) -> AsyncIterator[tuple[Process, Process, str]]:
    one, other = Process(url), Process(url)
    await one.presence.start()
    await other.presence.start()
    yield one, other, str(uuid4())
    await one.die()
    await other.die()


def run(steps: Callable[[Process, Process, str], Awaitable[None]], url: str) -> None:
    async def whole() -> None:
        async with processes(url) as (one, other, key):
            await steps(one, other, key)

    asyncio.run(whole())


def test_an_answer_that_was_kept_is_had_by_every_process(url: str) -> None:
    async def steps(one: Process, other: Process, key: str) -> None:
        await one.idempotency.keep(await one.run(key), key, b"body", ANSWER)
        assert await one.begin(key) == await other.begin(key) == Kept(b"body", ANSWER)

    run(steps, url)


def test_while_it_runs_every_process_asks_for_patience(url: str) -> None:
    async def steps(one: Process, other: Process, key: str) -> None:
        await one.run(key)
        assert [(await process.refused(key)).code for process in (one, other)] == ["idempotency_in_progress"] * 2

    run(steps, url)


def test_a_key_belongs_to_its_request_even_while_that_runs(url: str) -> None:
    async def steps(one: Process, other: Process, key: str) -> None:
        await one.run(key)
        with pytest.raises(KeyReused):
            await other.idempotency.begin(USER, key, b"another" * 4)

    run(steps, url)


def test_a_request_that_was_released_runs_anew(url: str) -> None:
    async def steps(one: Process, other: Process, key: str) -> None:
        await one.idempotency.release(await one.run(key))
        await other.run(key)
        assert (await one.refused(key)).code == "idempotency_in_progress"

    run(steps, url)


def test_a_request_of_a_process_that_died_runs_anew(url: str) -> None:
    async def steps(one: Process, other: Process, key: str) -> None:
        await one.run(key)
        await one.die()
        await other.run(key)

    run(steps, url)


def test_what_a_process_that_died_has_told_of_is_named_and_not_done_again(url: str) -> None:
    async def steps(one: Process, other: Process, key: str) -> None:
        running, subject = await one.run(key), uuid4()
        known = cause.set(running.id)
        async with one.database.transaction() as connection:
            await record(connection, Event("media.deleted", subject, USER, {}))
        cause.reset(known)
        await one.die()
        refusal = await other.refused(key)
        assert refusal.code == "idempotency_outcome_unknown"
        assert refusal.facts["effects"] == [{"type": "media.deleted", "subject": subject}]

    run(steps, url)


def test_what_a_process_that_died_has_changed_is_not_done_again(url: str) -> None:
    async def steps(one: Process, other: Process, key: str) -> None:
        await one.change(await one.run(key))
        await one.die()
        assert (await other.refused(key)).code == "idempotency_outcome_unknown"

    run(steps, url)


def test_a_change_that_was_rolled_back_is_none(url: str) -> None:
    async def steps(one: Process, other: Process, key: str) -> None:
        noting = before_commit.set(partial(one.idempotency.note_change, await one.run(key)))
        with suppress(RuntimeError):
            async with one.database.transaction() as connection:
                await connection.execute(text("SELECT 1"))
                raise RuntimeError
        before_commit.reset(noting)
        await one.die()
        await other.run(key)

    run(steps, url)


def test_of_two_that_take_over_one_does(url: str) -> None:
    async def steps(one: Process, other: Process, key: str) -> None:
        await one.idempotency.release(await one.run(key))
        found = await asyncio.gather(*(p.begin(key) for p in (one, other) * 4), return_exceptions=True)
        assert sorted(type(one).__name__ for one in found) == ["Conflict"] * 7 + ["Running"]

    run(steps, url)


def test_answers_are_forgotten_when_their_time_is_over(url: str) -> None:
    async def steps(one: Process, other: Process, key: str) -> None:
        await one.idempotency.keep(await one.run(key), key, b"body", ANSWER)
        await one.idempotency.forget_old()
        assert isinstance(await one.begin(key), Kept)
        async with one.database.transaction() as connection:
            await connection.execute(text("UPDATE idempotency_keys SET created_at = created_at - interval '25 hours'"))
        await one.idempotency.forget_old()
        await one.run(key)

    run(steps, url)
