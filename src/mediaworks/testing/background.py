"""Asynchronous servers beside tests that are not."""

from __future__ import annotations

import asyncio
import threading
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import TypeVar

T = TypeVar("T")


class Background:
    """An event loop in a thread of its own, for servers that a test talks to through a service."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._stack = AsyncExitStack()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def enter(self, server: AbstractAsyncContextManager[T]) -> T:
        """The server, running until the test ends."""
        return asyncio.run_coroutine_threadsafe(self._stack.enter_async_context(server), self._loop).result(20)

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._stack.aclose(), self._loop).result(20)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(20)
        self._loop.close()
