"""Sinks are delivered to by one process at a time, in order, and by the next one when it dies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from mediaworks.db import Database, DatabaseConfig
from mediaworks.db.presence import Presence
from mediaworks.events import Event, EventLog, Published, cursors, queries, record, relay
from mediaworks.events.config import EventsConfig
from mediaworks.events.relay import Relay
from mediaworks.events.retention import forget_old
from mediaworks.kit.clock import now
from mediaworks.testing.waiting import until


class Noting:
    """A sink that fails while `down`, and never answers while `hanging`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.got: list[Published] = []
        self.down = self.hanging = False

    async def deliver(self, events: Sequence[Published]) -> None:
        if self.hanging:
            await asyncio.Event().wait()
        if self.down:
            raise ConnectionError("away")
        self.got += events

    async def close(self) -> None:
        return


class Process:
    """One worker process, as far as events go."""

    def __init__(self, url: str, *sinks: Noting) -> None:
        self.database = Database(DatabaseConfig(url=url))
        self.presence = Presence(url)
        self.log = EventLog(self.database, self.presence)
        self.relay = Relay(self.database, self.log, sinks, self.presence.process_id)
        self.tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        await self.presence.start()
        await self.relay.register()
        self.tasks = [asyncio.create_task(self._number()), asyncio.create_task(self.relay.run())]

    async def die(self) -> None:
        for task in self.tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await self.presence.close()
        await self.database.close()

    async def _number(self) -> None:
        while True:
            await self.log.number()


@pytest.fixture
def url(new_database: Callable[[], str]) -> str:
    return new_database()


@asynccontextmanager
async def running(*processes: Process) -> AsyncIterator[None]:
    for process in processes:
        await process.start()
    try:
        async with asyncio.timeout(30):
            yield
    finally:
        for process in processes:
            await process.die()


async def change(process: Process, count: int, subject: UUID | None = None) -> None:
    async with process.database.transaction() as connection:
        await record(connection, *(Event("media.deleted", subject or uuid4(), None, {}) for _ in range(count)))


async def has_numbered(process: Process, count: int) -> bool:
    return await process.log.last() >= count


async def is_failing(process: Process, name: str) -> bool:
    return (await state_of(process, name)).failing_since is not None


def sequences(sink: Noting) -> list[int]:
    return [event.sequence for event in sink.got]


def test_a_sink_that_is_down_delays_only_itself(url: str) -> None:
    async def steps() -> tuple[Noting, Noting]:
        well, ill = Noting("well"), Noting("ill")
        process = Process(url, well, ill)
        ill.down = True
        async with running(process):
            await change(process, 3)
            await until(lambda: len(well.got) == 3)
            assert ill.got == []
            ill.down = False
            await until(lambda: len(ill.got) == 3)
        return well, ill

    well, ill = asyncio.run(steps())
    assert sequences(well) == sequences(ill) == [1, 2, 3]


def test_a_sink_that_hangs_counts_as_failing(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "DELIVER_SECONDS", 0.1)

    async def steps() -> None:
        sink = Noting("slow")
        process = Process(url, sink)
        sink.hanging = True
        async with running(process):
            await change(process, 1)
            await until(lambda: is_failing(process, "slow"))
            state = await state_of(process, "slow")
            assert (state.behind, state.error) == (1, "TimeoutError")
            sink.hanging = False
            await until(lambda: len(sink.got) == 1)

    asyncio.run(steps())


def test_another_process_goes_on_when_the_one_that_delivers_dies(url: str) -> None:
    async def steps() -> tuple[Noting, Noting]:
        ours, theirs = Noting("place"), Noting("place")
        first, second = Process(url, ours), Process(url, theirs)
        async with running(first):
            await change(first, 3)
            await until(lambda: len(ours.got) == 3)
            async with running(second):
                await change(second, 3)
                await until(lambda: len(ours.got) == 6)
                assert theirs.got == []
                ours.hanging = True
                await change(second, 3)
                await first.die()
                await until(lambda: sequences(theirs)[-3:] == [7, 8, 9])
        return ours, theirs

    ours, theirs = asyncio.run(steps())
    assert sequences(ours) == [1, 2, 3, 4, 5, 6]
    assert sequences(theirs) == list(range(sequences(theirs)[0], 10))


def test_a_new_sink_begins_with_what_happens_from_then_on(url: str) -> None:
    async def steps() -> Noting:
        first = Process(url, Noting("old"))
        async with running(first):
            await change(first, 2)
            await until(lambda: has_numbered(first, 2))
        sink = Noting("new")
        second = Process(url, sink)
        async with running(second):
            await change(second, 1)
            await until(lambda: bool(sink.got))
        return sink

    assert sequences(asyncio.run(steps())) == [3]


def test_what_a_sink_has_not_had_is_not_forgotten_until_it_is_given_up(url: str) -> None:
    async def steps() -> list[int]:
        process = Process(url, Noting("had"))
        async with running(process):
            await change(process, 3)
            async with process.database.transaction() as connection:
                await cursors.begin(connection, ["away"])
            await until(lambda: has_numbered(process, 3))
            left = [await count_after(process, keep_days=0.000001, sink_days=1)]
            left.append(await count_after(process, keep_days=0.000001, sink_days=0))
        return left

    assert asyncio.run(steps()) == [3, 0]


async def count_after(process: Process, *, keep_days: float, sink_days: float) -> int:
    await asyncio.sleep(0.2)
    await forget_old(process.database, EventsConfig(keep_days=keep_days, sink_days=sink_days))
    return len(await process.log.read(0, 100))


async def state_of(process: Process, name: str) -> cursors.SinkState:
    return next(state for state in await process.relay.states() if state.name == name)


def test_events_without_a_place_are_never_forgotten(url: str) -> None:
    async def steps() -> int:
        database = Database(DatabaseConfig(url=url))
        async with database.transaction() as connection:
            await record(connection, Event("media.deleted", uuid4(), None, {}))
        later = now() + timedelta(days=1)
        async with database.transaction() as connection:
            await queries.forget_before(connection, later, later)
            await queries.give_places(connection)
        found = len(await EventLog(database, Presence(url)).read(0, 10))
        await database.close()
        return found

    assert asyncio.run(steps()) == 1
