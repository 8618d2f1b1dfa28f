"""The files of recordings for the programs that read them: where the storage is elsewhere, a copy that all of them share."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Protocol

from mediaworks.errors import Unavailable
from mediaworks.storage import BlobStore
from mediaworks.streaming.cache import SegmentCache
from mediaworks.streaming.model import Playable

FOLDER, NAME = "original", "file"
LOCK = ".fetching"
LARGEST_SHARE = 0.5  # of the quota of the cache: a larger one would drive out all else
WAIT_SECONDS = 0.1


class Files(Protocol):
    """Where programs find a recording."""

    def as_file(self, playable: Playable) -> AbstractAsyncContextManager[int]:
        """A descriptor open for reading until the block ends. Raises NotFound, Unavailable."""

    def is_at_hand(self, size_bytes: int) -> bool:
        """Whether a file of that size is opened again without copying all of it."""


class Originals:
    """The copies lie in the cache of segments, count to its quota and go with the recording; each is fetched once for all
    processes of the machine."""

    def __init__(self, store: BlobStore, cache: SegmentCache) -> None:
        self._store = store
        self._cache = cache
        self._coming: dict[str, asyncio.Task[None]] = {}

    @asynccontextmanager
    async def as_file(self, playable: Playable) -> AsyncIterator[int]:
        """Unavailable is raised where there is no room for a copy, too."""
        if not self._store.spools or not self.is_at_hand(playable.size_bytes):
            async with self._store.as_file(playable.storage_key) as descriptor:
                yield descriptor
            return
        descriptor = await self._opened(playable)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def is_at_hand(self, size_bytes: int) -> bool:
        return not self._store.spools or size_bytes <= LARGEST_SHARE * self._cache.quota

    async def close(self) -> None:
        """End what is being fetched."""
        for task in list(self._coming.values()):
            task.cancel()
        await asyncio.gather(*self._coming.values(), return_exceptions=True)

    async def _opened(self, playable: Playable) -> int:
        place = playable.folder(FOLDER)
        while True:
            if (path := await asyncio.to_thread(self._cache.found, place, NAME)) is None:
                await self._fetched(place, playable.storage_key)
                continue
            with suppress(FileNotFoundError):  # room was needed just now
                return os.open(path, os.O_RDONLY | os.O_CLOEXEC)

    async def _fetched(self, place: str, key: str) -> None:
        task = self._coming.get(place)
        if task is None:
            task = self._coming[place] = asyncio.create_task(self._fetch(place, key))
            task.add_done_callback(lambda done: self._landed(place, done))
        await asyncio.shield(task)

    async def _fetch(self, place: str, key: str) -> None:
        with _lock_of(self._cache.folder / place) as lock:
            while not _is_ours(lock):  # noqa: ASYNC110 - it may be another process that fetches it
                await asyncio.sleep(WAIT_SECONDS)
            if await asyncio.to_thread(self._cache.found, place, NAME) is None:
                await self._copy(place, key)

    async def _copy(self, place: str, key: str) -> None:
        with self._cache.fresh(place, NAME) as file:
            async for chunk in self._store.read(key):
                try:
                    await asyncio.to_thread(file.write, chunk)
                except OSError as error:
                    told = f"No room for a copy of the recording in the cache of segments: {error.strerror}"
                    raise Unavailable(told, code="no_room_for_copy") from error

    def _landed(self, place: str, task: asyncio.Task[None]) -> None:
        del self._coming[place]
        if not task.cancelled():
            task.exception()


@contextmanager
def _lock_of(folder: Path) -> Iterator[int]:
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield lock
    finally:
        os.close(lock)


def _is_ours(lock: int) -> bool:
    """Whether nobody else fetches it, of all processes of the machine."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
