"""Two ways to append to a file while hashing it: through the page cache, and past it.

Bytes that pass through the page cache cost the kernel a page each; on a machine of two cores that halves the speed of
a large upload (docs/decisions/0003). So a fast sender's bytes are gathered in aligned blocks and written with O_DIRECT
by one thread while another hashes them and the next block fills. Blocks come from a pool: when it is empty, and for small
or slow files, the page cache serves.
"""

from __future__ import annotations

import asyncio
import fcntl
import mmap
import os
from typing import TYPE_CHECKING, Protocol

from mediaworks.kit.threads import in_thread_to_its_end
from mediaworks.storage.writeback import start_writeback

if TYPE_CHECKING:
    from hashlib import _Hash as Digest

BLOCK_BYTES = 1 << 20
WRITEBACK_BYTES = 32 << 20
O_DIRECT: int = getattr(os, "O_DIRECT", 0)


class Appender(Protocol):
    """Appends to an open file and to a digest; after `finish` the kernel and the digest have all of it."""

    async def append(self, chunk: bytes) -> None: ...

    async def finish(self) -> None: ...

    async def stop(self) -> None:
        """Wait until no thread touches the file any more, and give up what is held."""


class BlockPool:
    """Pairs of page-aligned blocks of memory, at most `pairs` of them over the life of the process."""

    def __init__(self, pairs: int) -> None:
        self._left_to_make = pairs
        self._free: list[tuple[mmap.mmap, mmap.mmap]] = []

    def take(self) -> tuple[mmap.mmap, mmap.mmap] | None:
        """A pair, or None when all are in use."""
        if self._free:
            return self._free.pop()
        if not self._left_to_make:
            return None
        self._left_to_make -= 1
        return mmap.mmap(-1, BLOCK_BYTES), mmap.mmap(-1, BLOCK_BYTES)

    def give_back(self, pair: tuple[mmap.mmap, mmap.mmap]) -> None:
        self._free.append(pair)


class PageCacheAppender:
    """Writes inline: for small chunks a hop to a thread would cost more than the write."""

    def __init__(self, descriptor: int, digest: Digest) -> None:
        self._descriptor = descriptor
        self._digest = digest
        self._dirty = 0
        self._writeback: asyncio.Future[None] | None = None

    async def append(self, chunk: bytes) -> None:
        self._digest.update(chunk)
        _write_all(self._descriptor, memoryview(chunk))
        self._dirty += len(chunk)
        if self._dirty >= WRITEBACK_BYTES:
            await self.stop()
            self._dirty = 0
            loop = asyncio.get_running_loop()
            self._writeback = loop.run_in_executor(None, start_writeback, self._descriptor)

    async def finish(self) -> None:
        await self.stop()

    async def stop(self) -> None:
        if self._writeback is not None:
            await asyncio.wait([self._writeback])


class DirectAppender:
    """Gathers blocks and has threads hash each and write it past the page cache. The file must end at a page border."""

    def __init__(self, descriptor: int, digest: Digest, pool: BlockPool, pair: tuple[mmap.mmap, mmap.mmap]) -> None:
        """Raises OSError (EINVAL) when the file system takes no O_DIRECT; the pair then stays the caller's."""
        _set_direct(descriptor, on=True)
        self._descriptor = descriptor
        self._pool = pool
        self._pair: tuple[mmap.mmap, mmap.mmap] | None = pair
        self._filling, self._other = memoryview(pair[0]), memoryview(pair[1])
        self._filled = 0
        self._digest = digest
        self._under_way: tuple[asyncio.Future[None], ...] = ()

    async def append(self, chunk: bytes) -> None:
        rest = memoryview(chunk)
        while rest:
            taken = min(len(rest), BLOCK_BYTES - self._filled)
            self._filling[self._filled : self._filled + taken] = rest[:taken]
            self._filled += taken
            rest = rest[taken:]
            if self._filled == BLOCK_BYTES:
                await self._hand_over()

    async def finish(self) -> None:
        await self._done()
        await in_thread_to_its_end(self._write_tail)
        await self.stop()

    async def stop(self) -> None:
        if self._under_way:
            await asyncio.wait(self._under_way)
        if self._pair is not None:
            pair, self._pair = self._pair, None
            self._pool.give_back(pair)

    async def _hand_over(self) -> None:
        """Hash and write the full block, side by side, while the other one fills."""
        await self._done()
        full, self._filling, self._other, self._filled = self._filling, self._other, self._filling, 0
        start = asyncio.get_running_loop().run_in_executor
        self._under_way = (
            start(None, self._digest.update, full),
            start(None, _write_all, self._descriptor, full),
        )

    async def _done(self) -> None:
        """Shielded: when this upload is cancelled, `stop` still finds what its threads are about."""
        for future in self._under_way:
            await asyncio.shield(future)
        self._under_way = ()

    def _write_tail(self) -> None:
        _set_direct(self._descriptor, on=False)
        tail = self._filling[: self._filled]
        self._digest.update(tail)
        _write_all(self._descriptor, tail)


def _write_all(descriptor: int, view: memoryview) -> None:
    while view:
        view = view[os.write(descriptor, view) :]


def _set_direct(descriptor: int, *, on: bool) -> None:
    flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
    fcntl.fcntl(descriptor, fcntl.F_SETFL, flags | O_DIRECT if on else flags & ~O_DIRECT)
