"""One writer for each upload among all processes: two of them, each with its own place in the database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from mediaworks import settings as configuration
from mediaworks.accounts import Caller
from mediaworks.db import Database
from mediaworks.db.presence import Presence
from mediaworks.errors import Locked, NotFound
from mediaworks.settings import Settings
from mediaworks.testing.upload_processes import processes
from mediaworks.uploads import queries
from mediaworks.uploads.leases import Leases
from mediaworks.uploads.model import Protocol


@pytest.fixture
def settings(new_database: Callable[[], str], tmp_path: Path) -> Settings:
    return configuration.load(data_dir=tmp_path).with_database(new_database())


@dataclass(frozen=True, slots=True)
class Two:
    """Leases of two processes, and an upload that both want."""

    database: Database
    upload_id: UUID
    caller: Caller
    here: Leases
    there: Leases
    presences: tuple[Presence, Presence]

    async def holder(self) -> int | None:
        async with self.database.reading() as connection:
            found = await queries.upload_by_id(connection, self.upload_id, None)
        assert found is not None
        return found.holder


@asynccontextmanager
async def two_processes(settings: Settings, patience: float) -> AsyncIterator[Two]:
    async with processes(settings) as running:
        app, caller = running.app, running.caller
        upload = await app.uploads.records.draw_up(caller, Protocol.TUS, name="a", length=9)
        await app.uploads.records.begin(upload)
        presences = Presence(settings.database.url), Presence(settings.database.url)
        here, there = (Leases(app.database, presence, patience) for presence in presences)
        for presence in presences:
            await presence.start()
        try:
            yield Two(app.database, upload.id, caller, here, there, presences)
        finally:
            for presence in presences:
                await presence.close()


def with_two(settings: Settings, steps: Callable[[Two], Awaitable[None]], patience: float = 5) -> None:
    async def whole() -> None:
        async with two_processes(settings, patience) as two:
            await steps(two)

    asyncio.run(whole())


class Writer:
    """A request that writes until somebody asks it to let go."""

    def __init__(self, leases: Leases, upload_id: UUID, *, stubborn: bool = False) -> None:
        self._leases, self._upload_id, self._stubborn = leases, upload_id, stubborn
        self.asked = asyncio.Event()
        self.holds = asyncio.Event()
        self.may_go = asyncio.Event()

    async def run(self) -> None:
        async with self._leases.hold(self._upload_id, None, self.asked.set):
            self.holds.set()
            await (self.may_go if self._stubborn else self.asked).wait()

    async def started(self) -> asyncio.Task[None]:
        task = asyncio.create_task(self.run())
        await self.holds.wait()
        return task


@pytest.mark.parametrize("elsewhere", [False, True])
def test_the_newest_wins(settings: Settings, elsewhere: bool) -> None:
    async def steps(two: Two) -> None:
        task = await Writer(two.here, two.upload_id).started()
        async with (two.there if elsewhere else two.here).hold(two.upload_id, None) as lease:
            assert task.done() or not elsewhere
            assert not lease.orphaned
            assert await two.holder() == two.presences[elsewhere].process_id
        await task
        assert await two.holder() is None

    with_two(settings, steps)


def test_a_newcomer_of_another_process_is_not_asked_itself(settings: Settings) -> None:
    async def steps(two: Two) -> None:
        task = await Writer(two.here, two.upload_id).started()
        newcomer = Writer(two.there, two.upload_id, stubborn=True)
        newer = await newcomer.started()
        await task
        await asyncio.sleep(0.2)
        assert not newcomer.asked.is_set()
        newcomer.may_go.set()
        await newer

    with_two(settings, steps)


def test_of_many_of_both_processes_one_holds_at_a_time_and_all_get_their_turn(settings: Settings) -> None:
    async def steps(two: Two) -> None:
        inside, turns = 0, 0

        async def turn(leases: Leases) -> None:
            nonlocal inside, turns
            async with leases.hold(two.upload_id, None):
                inside += 1
                assert inside == 1
                await asyncio.sleep(0.005)
                assert await two.holder() is not None
                inside -= 1
                turns += 1

        await asyncio.gather(*(turn(leases) for leases in [two.here, two.there] * 8))
        assert turns == 16
        assert await two.holder() is None

    with_two(settings, steps, patience=30)


def test_a_late_release_does_not_take_the_hold_from_the_next(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are of one process, so the record names the same holder before and after."""
    let_go = queries.let_go

    async def slowly(*arguments: Any, **values: Any) -> None:
        await asyncio.sleep(0.3)
        await let_go(*arguments, **values)

    async def steps(two: Two) -> None:
        monkeypatch.setattr(queries, "let_go", slowly)
        task = await Writer(two.here, two.upload_id).started()
        async with two.here.hold(two.upload_id, None) as lease:
            assert not lease.orphaned
            await task
            await asyncio.sleep(0.4)
            assert await two.holder() == two.presences[0].process_id

    with_two(settings, steps)


def test_what_a_dead_process_held_is_taken_over_as_an_orphan(settings: Settings) -> None:
    async def steps(two: Two) -> None:
        task = await Writer(two.here, two.upload_id, stubborn=True).started()
        await two.presences[0].close()
        async with two.there.hold(two.upload_id, None) as lease:
            assert lease.orphaned
            assert await two.holder() == two.presences[1].process_id
            task.cancel()
            await asyncio.wait([task])
            assert await two.holder() == two.presences[1].process_id

    with_two(settings, steps)


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_holder_that_does_not_let_go_keeps_the_upload(settings: Settings, elsewhere: bool) -> None:
    async def steps(two: Two) -> None:
        stubborn = Writer(two.here, two.upload_id, stubborn=True)
        task = await stubborn.started()
        with pytest.raises(Locked):
            async with (two.there if elsewhere else two.here).hold(two.upload_id, None):
                pass
        assert stubborn.asked.is_set()
        assert await two.holder() == two.presences[0].process_id
        stubborn.may_go.set()
        await task
        async with two.there.hold(two.upload_id, None) as lease:
            assert not lease.orphaned

    with_two(settings, steps, patience=0.5)


def test_nobody_holds_what_is_not_theirs_or_not_there(settings: Settings) -> None:
    async def steps(two: Two) -> None:
        for upload_id, user_id in ((two.upload_id, uuid4()), (uuid4(), None)):
            with pytest.raises(NotFound):
                async with two.here.hold(upload_id, user_id):
                    pass
        assert await two.holder() is None
        async with two.here.hold(two.upload_id, two.caller.user_id):
            pass

    with_two(settings, steps)


def test_a_request_that_fails_lets_go(settings: Settings) -> None:
    async def steps(two: Two) -> None:
        with pytest.raises(ZeroDivisionError):
            async with two.here.hold(two.upload_id, None):
                raise ZeroDivisionError
        assert await two.holder() is None
        task = await Writer(two.here, two.upload_id, stubborn=True).started()
        task.cancel()
        await asyncio.wait([task])
        async with two.there.hold(two.upload_id, None) as lease:
            assert not lease.orphaned

    with_two(settings, steps)


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_stranger_interrupts_nobody(settings: Settings, elsewhere: bool) -> None:
    async def steps(two: Two) -> None:
        writer = Writer(two.here, two.upload_id)
        task = await writer.started()
        with pytest.raises(NotFound):
            async with (two.there if elsewhere else two.here).hold(two.upload_id, uuid4()):
                pass
        assert not writer.asked.is_set()
        writer.asked.set()
        await task

    with_two(settings, steps)
