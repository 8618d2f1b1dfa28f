"""What is made of a picture is made once and leaves nothing behind, whatever happens on the way."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import text
from tests.transformations.conftest import Workplace, blurred

from mediaworks.errors import Conflict, Unavailable, Unprocessable
from mediaworks.jobs import State, Superseded
from mediaworks.testing.hostile_rendering import CRASHES, EATS_MEMORY, HANGS
from mediaworks.testing.waiting import until
from mediaworks.transformations.model import Into

AtWork = Callable[..., None]
BREAKS = {CRASHES: "decoder_crashed", HANGS: "decoder_timeout", EATS_MEMORY: "decoder_out_of_memory"}
DUE = "UPDATE procrastinate_jobs SET scheduled_at = now() WHERE task_name = 'media.remove_blobs'"


async def work(place: Workplace, condition: Callable[[], Awaitable[bool]]) -> None:
    """Have a worker run until something is so."""
    stop = asyncio.Event()
    running = asyncio.create_task(place.worker().run(stop, ["image", "housekeeping"]))
    try:
        await until(condition)
    finally:
        stop.set()
        await running


def test_what_breaks_a_decoder_costs_one_request(at_work: AtWork) -> None:
    async def steps(place: Workplace) -> None:
        source = await place.picture()
        for sigma, code in BREAKS.items():
            with pytest.raises(Unprocessable) as refused:
                await place.transformations.make(place.caller, source.id, blurred(sigma))
            assert refused.value.code == code
        assert await place.blobs() == {source.storage_key}
        await place.transformations.make(place.caller, source.id, blurred(3))
        assert len(await place.derived_from(source.id)) == 1

    at_work(steps)


def test_who_finds_no_place_is_told_to_come_back(at_work: AtWork) -> None:
    async def steps(place: Workplace) -> None:
        source = await place.picture()
        both = {
            asyncio.create_task(place.transformations.make(place.caller, source.id, blurred(HANGS))) for _ in range(2)
        }
        (refused,), (waiting,) = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        reason = refused.exception()
        assert isinstance(reason, Unavailable)
        assert (reason.code, reason.facts["retry_after"]) == ("busy", 2)
        waiting.cancel()
        await asyncio.wait([waiting])
        assert await place.transformations.make(place.caller, source.id, blurred(3))

    at_work(steps, direct_at_once=1)


def test_a_job_that_runs_twice_makes_one_object_and_leaves_no_second_file(at_work: AtWork) -> None:
    async def steps(place: Workplace) -> None:
        source = await place.picture()
        job = await place.transformations.enqueue(place.caller, source.id, blurred(3))
        first, second = await place.begun(job), await place.begun(job)
        arguments = second.job.arguments
        with pytest.raises(Superseded):
            await place.tasks.process(first, **arguments)
        assert await place.derived_from(source.id) == []
        await place.tasks.process(second, **arguments)
        with pytest.raises(Superseded):
            await place.tasks.process(second, **arguments)
        (kept,) = await place.derived_from(source.id)
        assert len(await place.blobs()) == 4
        async with place.app.database.transaction() as connection:
            await connection.execute(text(DUE))

        async def only_two_are_left() -> bool:
            return await place.blobs() == {source.storage_key, kept}

        await work(place, only_two_are_left)

    at_work(steps)


def test_what_was_not_claimed_in_time_becomes_nothing(at_work: AtWork) -> None:
    async def steps(place: Workplace) -> None:
        source = await place.picture()
        made = await place.making.make(place.caller, source.id, blurred(3))
        async with place.app.database.transaction() as connection:
            await connection.execute(text(DUE))

        async def gone() -> bool:
            return await place.blobs() == {source.storage_key}

        await work(place, gone)
        with pytest.raises(Unavailable) as late:
            async with place.app.database.transaction() as connection:
                await place.making.own_in(connection, place.caller, made)
        assert late.value.code == "content_expired"
        assert await place.derived_from(source.id) == []

    at_work(steps)


def test_a_version_of_what_has_become_another_meanwhile_is_refused(at_work: AtWork) -> None:
    async def steps(place: Workplace) -> None:
        source, order = await place.picture(), blurred(3, Into.VERSION)
        slow = await place.making.make(place.caller, source.id, order)
        await place.making.do(place.caller, source.id, order)
        with pytest.raises(Conflict) as refused:
            async with place.app.database.transaction() as connection:
                await place.making.own_in(connection, place.caller, slow)
        assert refused.value.code == "content_changed"
        assert await place.rows("SELECT number FROM media_versions ORDER BY number") == [1, 2]

    at_work(steps)


def test_a_job_that_is_cancelled_stops_at_once_and_its_decoder_with_it(at_work: AtWork) -> None:
    async def steps(place: Workplace) -> None:
        source = await place.picture()
        job = await place.transformations.enqueue(place.caller, source.id, blurred(HANGS))

        async def cancelled_while_it_runs() -> bool:
            now = await place.app.jobs.get(place.caller, job.id)
            if now.state is not State.RUNNING or now.stage != "rendering":
                return False
            await place.app.jobs.cancel(place.caller, job.id)
            began = time.monotonic()
            await place.transformations.make(place.caller, source.id, blurred(3))
            assert time.monotonic() - began < 5
            return True

        await work(place, cancelled_while_it_runs)
        assert len(await place.derived_from(source.id)) == 1
        assert len(await place.blobs()) == 2

    at_work(steps, job_seconds=60)
