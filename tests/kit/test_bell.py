from __future__ import annotations

import asyncio

import pytest

from mediaworks.kit.bell import Bell


def test_who_waits_is_woken_by_the_next_ring_and_by_the_end_of_its_patience() -> None:
    async def steps() -> None:
        bell = Bell()
        first = bell.next()
        bell.ring()
        async with asyncio.timeout(5):
            await first.wait(60)
            await bell.next().wait(0.01)

    asyncio.run(steps())


@pytest.mark.parametrize("turns", range(6))
def test_a_cancellation_that_comes_with_the_ring_is_not_lost(turns: int) -> None:
    async def steps() -> None:
        bell = Bell()
        waiting = asyncio.create_task(bell.next().wait(60))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        bell.ring()
        for _ in range(turns):
            await asyncio.sleep(0)
        if waiting.cancel():
            with pytest.raises(asyncio.CancelledError):
                await waiting

    asyncio.run(steps())
