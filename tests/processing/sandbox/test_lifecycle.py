"""Closing, cancelling and failing at any moment leaves no process behind, and tells waiting callers why."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from mediaworks.errors import MediaworksError, Unavailable
from mediaworks.processing import ProcessingConfig, Sandbox, Task

HOSTILE = "mediaworks.testing.hostile"
HANG: Task[Any, str] = Task("hang", object, str)
PID: Task[Any, int] = Task("pid", object, int)


def children() -> set[int]:
    """Process ids of this process's children, zombies too (proc_pid_stat(5): the fourth field is the parent)."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue
        if int(text.rpartition(")")[2].split()[1]) == os.getpid():
            found.add(int(stat.parent.name))
    return found


def pool_of(decoders: int, **settings: Any) -> Sandbox:
    return Sandbox(ProcessingConfig(decoders=decoders, **settings), HOSTILE)


async def ask(pool: Sandbox, task: Task[Any, Any] = PID, **options: Any) -> Any:
    with Path("/dev/null").open("rb") as file:
        return await pool.run(task, file.fileno(), None, **options)


async def until_busy(pool: Sandbox) -> None:
    """Return when every decoder has been handed its task."""
    while pool._idle.qsize():
        await asyncio.sleep(0)


def test_closing_while_a_decoder_is_being_replaced_leaves_no_process() -> None:
    async def steps() -> None:
        pool = pool_of(1, tasks_per_decoder=1)
        await pool.start()
        await ask(pool)
        await pool.close()

    before = children()
    asyncio.run(steps())
    assert children() == before


def test_closing_tells_a_running_task_that_the_service_is_going_and_not_that_its_file_is_bad() -> None:
    async def steps() -> BaseException | None:
        pool = pool_of(1)
        await pool.start()
        running = asyncio.create_task(ask(pool, HANG))
        await until_busy(pool)
        await pool.close()
        await asyncio.wait([running])
        return running.exception()

    before = children()
    assert isinstance(asyncio.run(steps()), Unavailable)
    assert children() == before


def test_closing_wakes_tasks_that_wait_for_a_decoder() -> None:
    async def steps() -> list[Any]:
        pool = pool_of(1)
        await pool.start()
        running = [asyncio.create_task(ask(pool, HANG)) for _ in range(3)]
        await until_busy(pool)
        await pool.close()
        return await asyncio.wait_for(asyncio.gather(*running, return_exceptions=True), 5)

    assert [type(one) for one in asyncio.run(steps())] == [Unavailable] * 3


def test_a_task_that_is_cancelled_while_the_pool_closes_is_cancelled() -> None:
    async def steps() -> bool:
        pool = pool_of(1)
        await pool.start()
        running = asyncio.create_task(ask(pool, HANG))
        await until_busy(pool)
        closing = asyncio.create_task(pool.close())
        running.cancel()
        await asyncio.wait([running, closing])
        return running.cancelled()

    assert asyncio.run(steps())


def test_after_closing_nothing_is_started_any_more() -> None:
    async def steps() -> None:
        pool = pool_of(1)
        await pool.start()
        await pool.close()
        with pytest.raises(Unavailable):
            await ask(pool)

    before = children()
    asyncio.run(steps())
    assert children() == before


def test_a_pool_that_cannot_start_leaves_no_process() -> None:
    async def steps() -> None:
        with pytest.raises(OSError, match="did not start"):
            await Sandbox(ProcessingConfig(decoders=2), "mediaworks.no_such_table").start()

    before = children()
    asyncio.run(steps())
    assert children() == before


def test_a_decoder_that_does_not_start_when_it_is_needed_is_a_service_that_is_not_there() -> None:
    async def steps() -> Unavailable:
        pool = Sandbox(ProcessingConfig(decoders=1), "mediaworks.no_such_table")
        pool.start_when_needed()
        with pytest.raises(Unavailable) as refusal:
            await ask(pool)
        await pool.close()
        return refusal.value

    before = children()
    refusal = asyncio.run(steps())
    assert (refusal.code, refusal.facts["retry_after"]) == ("decoder_missing", 5)
    assert children() == before


def test_cancelling_a_start_leaves_no_process() -> None:
    async def steps() -> None:
        pool = pool_of(2)
        starting = asyncio.create_task(pool.start())
        while not children() - before:
            await asyncio.sleep(0)
        starting.cancel()
        await asyncio.wait([starting])
        await pool.close()

    before = children()
    asyncio.run(steps())
    assert children() == before


def test_many_cancelled_tasks_keep_the_pool_at_its_size() -> None:
    async def steps() -> int:
        pool = pool_of(2)
        await pool.start()
        for round_ in range(4):
            running = [asyncio.create_task(ask(pool, HANG)) for _ in range(6)]
            for _ in range(round_ * 50):
                await asyncio.sleep(0)
            for one in running:
                one.cancel()
            await asyncio.wait(running)
        assert await ask(pool) > 0
        while pool._replacing:
            await asyncio.wait(pool._replacing)
        size = len(children() - before)
        await pool.close()
        return size

    before = children()
    assert asyncio.run(steps()) == 2
    assert children() == before


def test_twenty_tasks_at_once_are_all_answered_by_two_decoders() -> None:
    async def steps() -> list[Any]:
        pool = pool_of(2, tasks_per_decoder=5)
        await pool.start()
        try:
            return await asyncio.gather(*(ask(pool) for _ in range(20)), return_exceptions=True)
        finally:
            await pool.close()

    answers = asyncio.run(steps())
    assert not [answer for answer in answers if isinstance(answer, MediaworksError)]
    assert len(set(answers)) >= 4
