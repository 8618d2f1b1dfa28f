"""Nothing is lost, nothing comes out of order: however transactions overlap and however many processes number them."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from uuid import UUID, uuid5

import hypothesis
import pytest
from hypothesis import strategies
from sqlalchemy import text

from mediaworks.db import Database, DatabaseConfig
from mediaworks.events import Event, queries, record
from mediaworks.events.model import Published

Told = tuple[list[int], list[int], bool]

SUBJECTS = [uuid5(UUID(int=0), str(number)) for number in range(3)]


@pytest.fixture(scope="module")
def url(new_database: Callable[[], str]) -> str:
    return new_database()


class RolledBack(Exception):
    """Ends a transaction as if it had never been."""


class Story:
    """Transactions that change one to three subjects each; a change holds its subject until the transaction ends."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.committed: dict[UUID, list[int]] = defaultdict(list)
        self.locks = {subject: asyncio.Lock() for subject in SUBJECTS}
        self.seen: list[list[Published]] = []

    async def change(self, number: int, subjects: Sequence[int], pauses: Sequence[int], commits: bool) -> None:
        chosen = sorted(set(subjects))
        for index in chosen:
            await self.locks[SUBJECTS[index]].acquire()
        try:
            with suppress(RolledBack):
                async with self.database.transaction() as connection:
                    for index, pause in zip(chosen, pauses, strict=False):
                        told = {"changed": [str(number)]}
                        await record(connection, Event("media.updated", SUBJECTS[index], None, told))
                        await asyncio.sleep(pause / 1000)
                    if not commits:
                        raise RolledBack
            for index in chosen if commits else ():
                self.committed[SUBJECTS[index]].append(number)
        finally:
            for index in chosen:
                self.locks[SUBJECTS[index]].release()

    async def number(self, stop: asyncio.Event, pause: int) -> None:
        while not stop.is_set():
            async with self.database.transaction() as connection:
                await queries.give_places(connection)
            await asyncio.sleep(pause / 1000)

    async def read(self, stop: asyncio.Event, found: list[Published]) -> None:
        """As a client does: each time what follows the last one seen."""
        while True:
            over = stop.is_set()
            async with self.database.reading() as connection:
                fresh = await queries.read_after(connection, found[-1].sequence if found else 0, 3)
            found += fresh
            if over and not fresh:
                return
            await asyncio.sleep(0)


changes = strategies.tuples(
    strategies.lists(strategies.integers(0, 2), min_size=1, max_size=3),
    strategies.lists(strategies.integers(0, 4), min_size=3, max_size=3),
    strategies.booleans() | strategies.just(True),
)


@hypothesis.settings(max_examples=10, deadline=None)
@hypothesis.given(
    strategies.lists(changes, min_size=1, max_size=12),
    strategies.lists(strategies.integers(0, 30), min_size=1, max_size=3),
)
def test_every_reader_gets_every_event_once_without_a_gap_and_in_the_order_of_the_changes(
    url: str, told: list[Told], numbering: list[int]
) -> None:
    """`numbering`: how long each of the processes that give numbers rests in between."""
    asyncio.run(_tell(url, told, numbering))


async def _tell(url: str, told: list[Told], numbering: list[int]) -> None:
    database = Database(DatabaseConfig(url=url, pool_size=10))
    try:
        async with asyncio.timeout(30), database.transaction() as connection:
            await connection.execute(text("TRUNCATE outbox CASCADE"))
            await connection.execute(text("UPDATE event_counter SET last = 0"))
        await _check(Story(database), told, numbering)
    finally:
        await database.close()


async def _check(story: Story, told: list[Told], pauses: list[int]) -> None:
    quiet, stop = asyncio.Event(), asyncio.Event()
    readers: list[list[Published]] = [[], []]
    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        numbering = [group.create_task(story.number(quiet, pause)) for pause in pauses]
        for found in readers:
            group.create_task(story.read(stop, found))
        await asyncio.gather(*(story.change(number, *one) for number, one in enumerate(told)))
        quiet.set()
        await asyncio.wait(numbering)
        async with story.database.transaction() as connection:
            await queries.give_places(connection)
        stop.set()
    for found in readers:
        assert [event.sequence for event in found] == list(range(1, len(found) + 1))
        heard: dict[UUID, list[int]] = defaultdict(list)
        for event in found:
            heard[event.subject].append(int(event.data["changed"][0]))
        assert heard == story.committed
