"""Blobs on a local disk, durable before they are acknowledged.

The order of a commit is the whole point (docs/durability.md): an exclusive temporary file on the same file system is
written, fsynced, renamed to its key, and the folder of the new name is fsynced. Only then does `commit` return.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import mmap
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import SplitResult, unquote

from mediaworks.errors import NotFound, SetupError, StorageFull, Unavailable
from mediaworks.kit.threads import in_thread_to_its_end
from mediaworks.storage.appending import O_DIRECT, Appender, BlockPool, DirectAppender, PageCacheAppender
from mediaworks.storage.port import StoredBlob, Written

READ_BYTES = 256 * 1024
FAST_BYTES = 128 * 1024
BLOCK_PAIRS = 8
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class LocalStore:
    """A folder: blobs under their keys, unfinished ones in `incoming/`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._incoming = root / "incoming"
        self._pool = BlockPool(BLOCK_PAIRS)
        try:
            self._incoming.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SetupError(f"The storage folder {root} cannot be written: {error.strerror}") from error
        if not os.access(self._incoming, os.W_OK | os.X_OK):
            raise SetupError(f"The storage folder {root} cannot be written: Permission denied")

    @classmethod
    def from_url(cls, url: SplitResult) -> LocalStore:
        return cls(Path(unquote(url.path)))

    async def create(self, key: str) -> LocalWriter:
        with _full_disk_is_storage_full():
            self._temporary(key).unlink(missing_ok=True)
            return LocalWriter(self._temporary(key), self._path(key), self._root, self._pool)

    async def stat(self, key: str) -> StoredBlob | None:
        try:
            found = await asyncio.to_thread(self._path(key).stat)
        except FileNotFoundError:
            return None
        return StoredBlob(key, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))

    async def read(self, key: str, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        async with self.as_file(key) as descriptor:
            left = os.fstat(descriptor).st_size - start if length is None else length
            while left > 0:
                chunk = await asyncio.to_thread(os.pread, descriptor, min(left, READ_BYTES), start)
                if not chunk:
                    raise Unavailable("The stored file ended early", code="blob_truncated")
                yield chunk
                start += len(chunk)
                left -= len(chunk)

    @asynccontextmanager
    async def as_file(self, key: str) -> AsyncIterator[int]:
        try:
            descriptor = await asyncio.to_thread(os.open, self._path(key), os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError as missing:
            raise NotFound("The stored file is missing", code="blob_missing") from missing
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    async def delete(self, key: str) -> None:
        await asyncio.to_thread(self._delete, key)

    async def list(self, prefix: str = "") -> AsyncIterator[StoredBlob]:
        for folder, found in await asyncio.to_thread(lambda: list(_walk(self._root))):
            for entry in found:
                key = str((folder / entry).relative_to(self._root))
                if key.startswith(prefix) and not key.startswith("incoming/") and (blob := await self.stat(key)):
                    yield blob

    async def check(self) -> None:
        probe = self._incoming / f"check-{os.getpid()}"
        try:
            with _full_disk_is_storage_full():
                await asyncio.to_thread(probe.write_bytes, b"ok")
        except OSError as error:
            raise Unavailable(f"The storage folder cannot be written: {error.strerror}") from error
        finally:
            with suppress(OSError):
                probe.unlink()

    async def close(self) -> None:
        """Nothing is held open between calls."""

    def _path(self, key: str) -> Path:
        return self._root / key

    def _temporary(self, key: str) -> Path:
        return self._incoming / key.replace("/", ".")

    def _delete(self, key: str) -> None:
        for path in (self._temporary(key), self._path(key)):
            with suppress(FileNotFoundError):
                path.unlink()


class LocalWriter:
    """One temporary file on its way to its key."""

    def __init__(self, temporary: Path, final: Path, root: Path, pool: BlockPool) -> None:
        self._temporary, self._final, self._root, self._pool = temporary, final, root, pool
        self._descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
        self._digest = hashlib.sha256()
        self._appender: Appender = PageCacheAppender(self._descriptor, self._digest)
        self._may_go_direct = bool(O_DIRECT)
        self._size = 0

    async def write(self, chunk: bytes) -> None:
        with _full_disk_is_storage_full():
            if self._may_go_direct and len(chunk) >= FAST_BYTES:
                chunk = await self._go_direct(chunk)
            await self._appender.append(chunk)
            self._size += len(chunk)

    async def commit(self) -> Written:
        with _full_disk_is_storage_full():
            await self._appender.finish()
            await in_thread_to_its_end(self._publish)
        return Written(self._size, self._digest.hexdigest())

    async def abort(self) -> None:
        if self._descriptor < 0:
            return
        await self._appender.stop()
        self._close()
        with suppress(FileNotFoundError):
            await asyncio.to_thread(self._temporary.unlink)

    async def _go_direct(self, chunk: bytes) -> bytes:
        """Change over to writing past the page cache, from the next page border on; returns what is left of `chunk`."""
        self._may_go_direct = False
        if not (pair := self._pool.take()):
            return chunk
        to_border = -self._size % mmap.PAGESIZE
        await self._appender.append(chunk[:to_border])
        self._size += to_border
        await self._appender.finish()
        try:
            self._appender = DirectAppender(self._descriptor, self._digest, self._pool, pair)
        except OSError:
            self._pool.give_back(pair)
        return chunk[to_border:]

    def _publish(self) -> None:
        os.fsync(self._descriptor)
        _make_folder(self._final.parent, self._root)
        self._temporary.rename(self._final)
        _sync_folder(self._final.parent)
        self._close()

    def _close(self) -> None:
        descriptor, self._descriptor = self._descriptor, -1
        os.close(descriptor)


def _make_folder(folder: Path, root: Path) -> None:
    if folder == root or folder.is_dir():
        return
    _make_folder(folder.parent, root)
    with suppress(FileExistsError):
        folder.mkdir()
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _walk(root: Path) -> Iterator[tuple[Path, list[str]]]:
    for folder, _, files in os.walk(root):
        yield Path(folder), files


@contextmanager
def _full_disk_is_storage_full() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise StorageFull from error
