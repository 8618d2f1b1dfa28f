from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

log = structlog.get_logger(__name__)

AFTER_FAILURE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Schedule:
    """`run` every `seconds` in each worker, beginning at its start. For sweeps that do no harm when two do them."""

    name: str
    seconds: float
    run: Callable[[], Awaitable[object]]


async def repeat(schedule: Schedule) -> None:
    while True:
        try:
            await schedule.run()
        except Exception:
            log.exception("schedule_failed", schedule=schedule.name)
            await asyncio.sleep(AFTER_FAILURE_SECONDS)
        await asyncio.sleep(schedule.seconds)
