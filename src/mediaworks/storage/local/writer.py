"""One temporary file on its way to its key."""

from __future__ import annotations

import asyncio
import fcntl
import mmap
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mediaworks.errors import Conflict, NotFound
from mediaworks.kit.threads import in_thread_to_its_end
from mediaworks.storage.local.appending import (
    O_DIRECT,
    Appender,
    BlockPool,
    DirectAppender,
    PageCacheAppender,
    Unhashed,
)
from mediaworks.storage.local.disk import full_disk_is_storage_full, publish, sync_folder
from mediaworks.storage.port import Draft, Written

if TYPE_CHECKING:
    from hashlib import _Hash as Digest

FAST_BYTES = 128 * 1024


class LocalWriter:
    """Appends to the temporary file of `draft`, whose `size` bytes are there already."""

    def __init__(
        self, draft: Draft, temporary: Path, final: Path, root: Path, pool: BlockPool, digest: Digest | None
    ) -> None:
        """Raises Conflict while another writer has the file, NotFound when its bytes are gone."""
        self._draft, self._temporary, self._final, self._root, self._pool = draft, temporary, final, root, pool
        self._descriptor = _open_at(temporary, draft.size)
        self._digest = digest
        self._hashing = digest or Unhashed()
        self._appender: Appender = PageCacheAppender(self._descriptor, self._hashing)
        self._may_go_direct = bool(O_DIRECT)
        self._size = draft.size
        self._is_over = False

    async def write(self, chunk: bytes) -> None:
        with full_disk_is_storage_full():
            if self._may_go_direct and len(chunk) >= FAST_BYTES:
                chunk = await self._go_direct(chunk)
            await self._appender.append(chunk)
            self._size += len(chunk)

    async def checkpoint(self) -> Draft:
        with full_disk_is_storage_full():
            durable = self._size - await self._appender.settle()
            await in_thread_to_its_end(self._sync)
        return Draft(self._draft.key, durable)

    async def keep(self) -> Draft:
        async with self._ending():
            await self._appender.finish()
            await in_thread_to_its_end(self._sync)
        return Draft(self._draft.key, self._size)

    async def commit(self) -> Written:
        async with self._ending():
            await self._appender.finish()
            await in_thread_to_its_end(self._publish)
        return Written(self._size, self._digest.hexdigest() if self._digest else "")

    async def abort(self) -> None:
        if self._is_over:
            return
        self._is_over = True
        await self._appender.stop()
        self._close()
        with suppress(FileNotFoundError):
            await asyncio.to_thread(self._temporary.unlink)

    @asynccontextmanager
    async def _ending(self) -> AsyncIterator[None]:
        """Let the file go whatever happens: while it was open, its lock would keep everybody else out."""
        try:
            with full_disk_is_storage_full():
                yield
            self._is_over = True
        finally:
            await self._appender.stop()
            self._close()

    async def _go_direct(self, chunk: bytes) -> bytes:
        """Change over to writing past the page cache, from the next page border on; returns what is left of `chunk`."""
        self._may_go_direct = False
        if not (ring := self._pool.take()):
            return chunk
        to_border = -self._size % mmap.PAGESIZE
        await self._appender.append(chunk[:to_border])
        self._size += to_border
        await self._appender.finish()
        try:
            self._appender = DirectAppender(self._descriptor, self._hashing, self._pool, ring)
        except OSError:
            self._pool.give_back(ring)
        return chunk[to_border:]

    def _sync(self) -> None:
        os.fsync(self._descriptor)
        if self._draft.size == 0:
            sync_folder(self._temporary.parent)

    def _publish(self) -> None:
        publish(self._descriptor, self._temporary, self._final, self._root)

    def _close(self) -> None:
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


def _open_at(temporary: Path, size: int) -> int:
    """The file open after its first `size` bytes, locked against other writers of any process on this machine."""
    try:
        descriptor = os.open(temporary, os.O_RDWR | os.O_CLOEXEC | (0 if size else os.O_CREAT), 0o640)
    except FileNotFoundError as missing:
        raise NotFound("The bytes of the upload are gone", code="blob_missing") from missing
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(descriptor).st_size < size:
            raise NotFound("The bytes of the upload are gone", code="blob_missing")
        os.ftruncate(descriptor, size)
        os.lseek(descriptor, size, os.SEEK_SET)
    except BlockingIOError as held:
        os.close(descriptor)
        raise Conflict("Another request is writing this upload", code="upload_busy") from held
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor
