"""Blobs on a local disk, durable before they are acknowledged.

The order of a commit is the whole point (docs/durability.md): an exclusive temporary file on the same file system is
written, fsynced, renamed to its key, and the folder of the new name is fsynced. Only then does `commit` return.
"""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import SplitResult, unquote

from mediaworks.errors import NotFound, SetupError, StorageFull, Unavailable
from mediaworks.kit.threads import in_thread_to_its_end
from mediaworks.storage.port import StoredBlob

READ_BYTES = 256 * 1024
FLUSH_BYTES = 32 * 1024 * 1024
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class LocalStore:
    """A folder: blobs under their keys, unfinished ones in `incoming/`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._incoming = root / "incoming"
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
            return LocalWriter(self._temporary(key), self._path(key), self._root)

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

    def path(self, key: str) -> Path:
        """The file under `key`, for servers that can send one by its path."""
        return self._path(key)

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

    async def free_bytes(self) -> int | None:
        return (await asyncio.to_thread(shutil.disk_usage, self._root)).free

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
    """One temporary file, written from the event loop in the server's chunks and flushed behind the writer's back.

    Each write of a few hundred KiB goes to the page cache; a thread hop for each made uploads slower. What could
    stall, the way from the page cache to the disk, runs in threads: one `fdatasync` at a time, begun every 32 MiB, so
    that the last fsync has little left to do.
    """

    def __init__(self, temporary: Path, final: Path, root: Path) -> None:
        self._temporary, self._final, self._root = temporary, final, root
        self._descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
        self._unflushed = 0
        self._flush: asyncio.Future[None] | None = None

    async def write(self, chunk: bytes) -> None:
        with _full_disk_is_storage_full():
            view = memoryview(chunk)
            while view:
                view = view[os.write(self._descriptor, view) :]
            self._unflushed += len(chunk)
            if self._unflushed >= FLUSH_BYTES:
                await self._flush_behind()

    async def commit(self) -> None:
        with _full_disk_is_storage_full():
            await self._flushed()
            await in_thread_to_its_end(self._publish)

    async def abort(self) -> None:
        if self._descriptor < 0:
            return
        with suppress(OSError, StorageFull):
            await self._flushed()
        self._close()
        with suppress(FileNotFoundError):
            await asyncio.to_thread(self._temporary.unlink)

    async def _flush_behind(self) -> None:
        await self._flushed()
        self._unflushed = 0
        self._flush = asyncio.get_running_loop().run_in_executor(None, os.fdatasync, self._descriptor)

    async def _flushed(self) -> None:
        if self._flush is not None:
            flush, self._flush = self._flush, None
            await flush

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
