"""How fast an encoder goes: at once while somebody waits for what it makes, else only while it is in nobody's way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from mediaworks.streaming.slots import TICK_SECONDS, Place


class Pausable(Protocol):
    def pause(self) -> None: ...

    def go_on(self) -> None: ...


@asynccontextmanager
async def paced(encoder: Pausable, place: Place, *, idle_seconds: float) -> AsyncIterator[None]:
    """Let `encoder` work while it may, and stand still otherwise; once it has stood still for so long, the block ends
    there and then, and nothing is raised."""
    patience = asyncio.timeout(None)
    try:
        async with patience:
            pacing = asyncio.create_task(_pace(encoder, place, patience, idle_seconds))
            try:
                yield
            finally:
                pacing.cancel()
                await asyncio.gather(pacing, return_exceptions=True)
    except TimeoutError:
        if not patience.expired():
            raise


async def _pace(encoder: Pausable, place: Place, patience: asyncio.Timeout, idle_seconds: float) -> None:
    works = True
    while True:
        await asyncio.sleep(TICK_SECONDS)
        if place.may_work() == works:
            continue
        works = not works
        patience.reschedule(None if works else asyncio.get_running_loop().time() + idle_seconds)
        if works:
            encoder.go_on()
        else:
            encoder.pause()
