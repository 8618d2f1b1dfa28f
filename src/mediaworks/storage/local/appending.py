"""Two ways to append to a file while hashing it: through the page cache, and past it.

Bytes that pass through the page cache cost the kernel a page each; on a machine of two cores that halves the speed of
a large upload (docs/decisions/0003). So a fast sender's bytes are gathered in aligned blocks and written with O_DIRECT
by one thread while another hashes them and the next blocks fill. Blocks come from a pool: when it is empty, and for small
or slow files, the page cache serves.
"""

from __future__ import annotations

import asyncio
import fcntl
import mmap
import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

from mediaworks.kit.threads import in_thread_to_its_end
from mediaworks.storage.local.writeback import start_writeback

BLOCK_BYTES = 1 << 19
RING_BLOCKS = 4
WRITEBACK_BYTES = 32 << 20
O_DIRECT: int = getattr(os, "O_DIRECT", 0)


class Hashing(Protocol):
    """What bytes are told to on their way: a digest, or nobody."""

    def update(self, data: bytes | memoryview, /) -> None: ...


class Unhashed:
    """The digest of a writer that nobody gave one."""

    def update(self, data: bytes | memoryview, /) -> None:
        return


class Appender(Protocol):
    """Appends to an open file and to a digest; after `finish` the kernel and the digest have all of it."""

    async def append(self, chunk: bytes) -> None: ...

    async def settle(self) -> int:
        """Wait until the kernel has what it was given; how many bytes are still held back for a full block."""

    async def finish(self) -> None: ...

    async def stop(self) -> None:
        """Wait until no thread touches the file any more, and give up what is held."""


Ring = tuple[mmap.mmap, ...]


class BlockPool:
    """Rings of page-aligned blocks of memory, at most `rings` of them over the life of the process."""

    def __init__(self, rings: int) -> None:
        self._left_to_make = rings
        self._free: list[Ring] = []

    def take(self) -> Ring | None:
        """A ring, or None when all are in use."""
        if self._free:
            return self._free.pop()
        if not self._left_to_make:
            return None
        self._left_to_make -= 1
        return tuple(mmap.mmap(-1, BLOCK_BYTES) for _ in range(RING_BLOCKS))

    def give_back(self, ring: Ring) -> None:
        self._free.append(ring)


class PageCacheAppender:
    """Writes inline: for small chunks a hop to a thread would cost more than the write."""

    def __init__(self, descriptor: int, digest: Hashing) -> None:
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

    async def settle(self) -> int:
        await self.stop()
        return 0

    async def finish(self) -> None:
        await self.stop()

    async def stop(self) -> None:
        if self._writeback is not None:
            await asyncio.wait([self._writeback])


class DirectAppender:
    """Gathers blocks; one thread hashes them and another writes them past the page cache, each in their order, while
    the next ones fill. The file must end at a page border."""

    def __init__(self, descriptor: int, digest: Hashing, pool: BlockPool, ring: Ring) -> None:
        """Raises OSError (EINVAL) when the file system takes no O_DIRECT; the ring then stays the caller's."""
        _set_direct(descriptor, on=True)
        self._descriptor = descriptor
        self._digest = digest
        self._pool = pool
        self._ring: Ring | None = ring
        self._free = deque(memoryview(block) for block in ring)
        self._filling, self._filled = self._free.popleft(), 0
        self._under_way: deque[tuple[memoryview, tuple[Future[None], ...]]] = deque()
        self._hashing = ThreadPoolExecutor(1, thread_name_prefix="hash")
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="write")

    async def append(self, chunk: bytes) -> None:
        rest = memoryview(chunk)
        while rest:
            taken = min(len(rest), BLOCK_BYTES - self._filled)
            self._filling[self._filled : self._filled + taken] = rest[:taken]
            self._filled += taken
            rest = rest[taken:]
            if self._filled == BLOCK_BYTES:
                await self._hand_over()

    async def settle(self) -> int:
        while self._under_way:
            self._free.append(await self._done())
        return self._filled

    async def finish(self) -> None:
        await self.settle()
        await in_thread_to_its_end(self._write_tail)
        await self.stop()

    async def stop(self) -> None:
        running = [asyncio.wrap_future(future) for _, futures in self._under_way for future in futures]
        if running:
            await asyncio.wait(running)
        self._hashing.shutdown(wait=False)
        self._writing.shutdown(wait=False)
        if self._ring is not None:
            ring, self._ring = self._ring, None
            self._pool.give_back(ring)

    async def _hand_over(self) -> None:
        """Have the full block hashed and written, and fill another one."""
        full, self._filling, self._filled = self._filling, _NO_BLOCK, 0
        hashed = self._hashing.submit(self._digest.update, full)
        self._under_way.append((full, (hashed, self._writing.submit(_write_all, self._descriptor, full))))
        self._filling = self._free.popleft() if self._free else await self._done()

    async def _done(self) -> memoryview:
        """The oldest block that is under way, once no thread needs it. Shielded: when this upload is cancelled, `stop`
        still finds what its threads are about."""
        block, futures = self._under_way[0]
        for future in futures:
            await asyncio.shield(asyncio.wrap_future(future))
        self._under_way.popleft()
        return block

    def _write_tail(self) -> None:
        _set_direct(self._descriptor, on=False)
        tail = self._filling[: self._filled]
        self._digest.update(tail)
        _write_all(self._descriptor, tail)


_NO_BLOCK = memoryview(b"")


def _write_all(descriptor: int, view: memoryview) -> None:
    while view:
        view = view[os.write(descriptor, view) :]


def _set_direct(descriptor: int, *, on: bool) -> None:
    flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
    fcntl.fcntl(descriptor, fcntl.F_SETFL, flags | O_DIRECT if on else flags & ~O_DIRECT)
