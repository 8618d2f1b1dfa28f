"""Blocking calls beside the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def in_thread_to_its_end(call: Callable[[], T]) -> T:
    """Run `call` in a thread; when the awaiting task is cancelled, let `call` finish first, then raise the cancellation.

    For work that must not go on by itself while its owner already cleans up.
    """
    running = asyncio.get_running_loop().run_in_executor(None, call)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise
