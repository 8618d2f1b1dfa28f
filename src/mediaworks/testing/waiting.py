"""Waiting for what is to come true, in a test's own event loop. `service.wait_until` does so without one."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

PAUSE_SECONDS = 0.01


async def until(condition: Callable[[], Any], seconds: float = 20.0) -> Any:
    """The first true answer of `condition`, awaited when it is to be, asked again and again. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while True:
            answer = condition()
            if inspect.isawaitable(answer):
                answer = await answer
            if answer:
                return answer
            await asyncio.sleep(PAUSE_SECONDS)
