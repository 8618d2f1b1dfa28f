"""Blobs on a local disk: under their keys, and unfinished ones in `incoming/`."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote

from mediaworks.errors import NotFound, PreconditionFailed, SetupError, Unavailable
from mediaworks.kit.threads import in_thread_to_its_end
from mediaworks.storage.local import parts as joining
from mediaworks.storage.local.appending import BlockPool
from mediaworks.storage.local.disk import full_disk_is_storage_full, make_folder, sync_folder
from mediaworks.storage.local.writer import LocalWriter
from mediaworks.storage.port import Draft, Part, StoredBlob, Unfinished

if TYPE_CHECKING:
    from hashlib import _Hash as Digest

READ_BYTES = 256 * 1024
BLOCK_RINGS = 8
INCOMING = "incoming"
_SLASH = "+"  # stands for the slashes of a key in the name of its temporary file; no key of ours has one
_CHECK = ".check-"


class LocalStore:
    """A folder: blobs under their keys, unfinished ones in `incoming/`."""

    spools = False

    def __init__(self, root: Path) -> None:
        self._root = root
        self._incoming = root / INCOMING
        self._pool = BlockPool(BLOCK_RINGS)
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
        with full_disk_is_storage_full():
            self._temporary(key).unlink(missing_ok=True)
        return await self.resume(Draft(key), hashlib.sha256())

    async def resume(self, draft: Draft, digest: Digest | None) -> LocalWriter:
        with full_disk_is_storage_full():
            temporary, final = self._temporary(draft.key), self._path(draft.key)
            return LocalWriter(draft, temporary, final, self._root, self._pool, digest)

    async def begin(self, key: str, size: int) -> Draft:
        with full_disk_is_storage_full():
            await asyncio.to_thread(joining.make_room, self._temporary(key), size)
        return Draft(key)

    async def put_part(self, draft: Draft, number: int, offset: int, body: AsyncIterator[bytes], size: int) -> Part:
        await joining.write_part(self._temporary(draft.key), offset, body, size)
        return Part(number, size)

    async def assemble(self, draft: Draft, parts: Sequence[Part]) -> None:
        temporary, final = self._temporary(draft.key), self._path(draft.key)
        await in_thread_to_its_end(lambda: joining.assemble(temporary, final, self._root, parts))

    async def concatenate(self, sources: Sequence[str], key: str) -> None:
        paths = [self._path(source) for source in sources]
        with full_disk_is_storage_full():
            await in_thread_to_its_end(
                lambda: joining.concatenate(paths, self._temporary(key), self._path(key), self._root)
            )

    async def adopt(self, source: str, key: str, tag: str) -> None:
        await in_thread_to_its_end(lambda: self._adopt(self._path(source), self._path(key), tag))

    async def discard(self, draft: Draft) -> None:
        await asyncio.to_thread(self._temporary(draft.key).unlink, missing_ok=True)

    async def unfinished(self) -> AsyncIterator[Unfinished]:
        for path in await asyncio.to_thread(lambda: list(self._incoming.glob("[!.]*"))):
            with suppress(FileNotFoundError):
                begun = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                yield Unfinished(Draft(path.name.replace(_SLASH, "/")), begun)

    async def stat(self, key: str) -> StoredBlob | None:
        try:
            found = await asyncio.to_thread(self._path(key).stat)
        except FileNotFoundError:
            return None
        return StoredBlob(key, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC), _tag(found))

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
                if key.startswith(prefix) and not key.startswith(f"{INCOMING}/") and (blob := await self.stat(key)):
                    yield blob

    async def check(self) -> None:
        probe = self._incoming / f"{_CHECK}{os.getpid()}"
        try:
            with full_disk_is_storage_full():
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
        return self._incoming / key.replace("/", _SLASH)

    def _delete(self, key: str) -> None:
        for path in (self._temporary(key), self._path(key)):
            with suppress(FileNotFoundError):
                path.unlink()

    def _adopt(self, source: Path, final: Path, tag: str) -> None:
        try:
            before = _tag(source.stat())
            make_folder(final.parent, self._root)
            if before == tag:
                source.rename(final)
        except FileNotFoundError as missing:
            raise NotFound("The stored file is missing", code="blob_missing") from missing
        if before == tag and _tag(final.stat()) != tag:
            final.rename(source)
            before = ""
        if before != tag:
            raise PreconditionFailed("The stored file is another one by now", code="blob_changed")
        sync_folder(final.parent)


def _tag(found: os.stat_result) -> str:
    return f"{found.st_ino:x}-{found.st_mtime_ns:x}-{found.st_size:x}"


def _walk(root: Path) -> Iterator[tuple[Path, list[str]]]:
    for folder, _, files in os.walk(root):
        yield Path(folder), files
