"""Work that many ask for at the same time, done once in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from mediaworks.streaming.cache import SegmentCache


class Flights:
    """Files of the cache that are made when somebody asks for them, `at_once` of them at the same time."""

    def __init__(self, cache: SegmentCache, at_once: int) -> None:
        self._cache = cache
        self._slots = asyncio.Semaphore(at_once)
        self._flying: dict[tuple[str, str], asyncio.Task[Path]] = {}

    async def file(self, folder: str, name: str, make: Callable[[], Awaitable[bytes]]) -> Path:
        """The file, made now unless it is there. Whoever leaves does not end it for the others. Raises what `make` raises."""
        if (path := await asyncio.to_thread(self._cache.found, folder, name)) is not None:
            return path
        key = (folder, name)
        if (task := self._flying.get(key)) is None:
            task = self._flying[key] = asyncio.create_task(self._make(folder, name, make))
            task.add_done_callback(lambda done: self._landed(key, done))
        return await asyncio.shield(task)

    async def close(self) -> None:
        """End what is being made."""
        tasks = list(self._flying.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _make(self, folder: str, name: str, make: Callable[[], Awaitable[bytes]]) -> Path:
        async with self._slots:
            data = await make()
        return await asyncio.to_thread(self._cache.put, folder, name, data)

    def _landed(self, key: tuple[str, str], task: asyncio.Task[Path]) -> None:
        del self._flying[key]
        if not task.cancelled():
            task.exception()
