"""A stream without HTTP: how it beats, and how it ends with the access of its client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest

from mediaworks.db import Database, DatabaseConfig
from mediaworks.db.presence import Presence
from mediaworks.errors import Unauthenticated, Unavailable
from mediaworks.events import Event, EventLog, record, stream
from mediaworks.events.hub import KEPT, Hub
from mediaworks.events.stream import Access, follow
from mediaworks.events.wanted import Wanted
from mediaworks.jobs import Schedule, repeat
from mediaworks.testing.waiting import until

ALL = Wanted(types=None, subject=None, readers=None)


@asynccontextmanager
async def process(url: str) -> AsyncIterator[tuple[Database, EventLog, Hub]]:
    database, presence = Database(DatabaseConfig(url=url)), Presence(url)
    log = EventLog(database, presence)
    hub = Hub(log)
    await presence.start()
    chores = [asyncio.create_task(repeat(Schedule("", 0, run))) for run in (log.number, hub.keep_up)]
    try:
        yield database, log, hub
    finally:
        for chore in chores:
            chore.cancel()
        await presence.close()
        await database.close()


@pytest.fixture
def url(new_database: Callable[[], str]) -> str:
    return new_database()


async def ask_everything() -> Wanted:
    return ALL


def test_a_stream_ends_when_its_client_may_see_nothing_any_more(url: str) -> None:
    answers: list[Exception] = [Unavailable(), Unauthenticated(code="invalid_key")]

    async def ask() -> Wanted:
        raise answers.pop(0)

    async def steps() -> list[bytes]:
        async with process(url) as (_, _, hub), asyncio.timeout(10):
            return [part async for part in follow(hub, 0, None, Access(ALL, ask, 0.2))]

    parts = asyncio.run(steps())
    assert parts[-1] == b": invalid_key\n\n"
    assert answers == []


def test_a_stream_says_every_so_often_that_it_is_there(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "BEAT_SECONDS", 0.1)

    async def steps() -> list[bytes]:
        async with process(url) as (_, _, hub), asyncio.timeout(10):
            parts = follow(hub, 0, None, Access(ALL, ask_everything, 20))
            return [await anext(parts) for _ in range(3)]

    assert asyncio.run(steps())[1:] == [b": beat\n\n"] * 2


async def has_reached(hub: Hub, count: int) -> bool:
    return (await hub.after(count - 1, ALL))[1] >= count


def test_a_client_that_reads_nothing_for_a_while_finds_all_of_it_in_order(url: str) -> None:
    """What is held in memory does not grow with it, and what is not held any more comes from the database."""
    count = KEPT + 500

    async def steps() -> tuple[list[bytes], int]:
        async with process(url) as (database, _, hub), asyncio.timeout(60):
            parts = follow(hub, 0, None, Access(ALL, ask_everything, 20))
            await anext(parts)
            for number in range(0, count, 100):
                events = [Event("media.deleted", uuid4(), None, {}) for _ in range(number, number + 100)]
                async with database.transaction() as connection:
                    await record(connection, *events)
            await until(lambda: has_reached(hub, count))
            return [await anext(parts) for _ in range(count)], len(hub._held)

    parts, held = asyncio.run(steps())
    sequences = [int(part.partition(b'"sequence":')[2].partition(b",")[0]) for part in parts]
    assert sequences == list(range(1, count + 1))
    assert held == KEPT
