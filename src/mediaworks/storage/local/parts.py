"""A blob that is put together: from parts in any order, or from other blobs."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path

from mediaworks.errors import Conflict, MalformedBody, NotFound
from mediaworks.kit.threads import in_thread_to_its_end
from mediaworks.storage.local.disk import full_disk_is_storage_full, publish, sync_folder, write_all
from mediaworks.storage.port import Part

_COPY_BYTES = 64 << 20


def make_room(temporary: Path, size: int) -> None:
    """A fresh file of `size` bytes, all of them holes, whose name is durable."""
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
    try:
        os.ftruncate(descriptor, size)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    sync_folder(temporary.parent)


async def write_part(temporary: Path, offset: int, body: AsyncIterator[bytes], size: int) -> None:
    """Put `body` at its place; durable on return. Raises MalformedBody, NotFound, also when the blob was published or
    given up meanwhile: what is published changes no more."""
    descriptor = await asyncio.to_thread(_open, temporary)
    try:
        with full_disk_is_storage_full():
            await _copy(descriptor, temporary, offset, body, size)
            await in_thread_to_its_end(lambda: os.fsync(descriptor))
    finally:
        os.close(descriptor)


async def _copy(descriptor: int, temporary: Path, offset: int, body: AsyncIterator[bytes], size: int) -> None:
    done = 0
    async for chunk in body:
        if done + len(chunk) > size:
            raise MalformedBody(f"The part is to have {size} bytes and has more", code="part_size", limit=size)
        _write_unpublished(descriptor, temporary, memoryview(chunk), offset + done)
        done += len(chunk)
    if done < size:
        raise MalformedBody(f"The part is to have {size} bytes and has {done}", code="part_size", limit=size)


def _write_unpublished(descriptor: int, temporary: Path, chunk: memoryview, offset: int) -> None:
    """The lock is held for one write only, so `assemble` never waits for a sender."""
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    try:
        if not _is_at(descriptor, temporary):
            raise NotFound("The upload takes no more bytes", code="upload_not_found")
        write_all(descriptor, chunk, offset)
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def assemble(temporary: Path, final: Path, root: Path, parts: Sequence[Part]) -> None:
    """Publish the file if the parts are all of it. Raises Conflict, NotFound."""
    descriptor = _open(temporary)
    try:
        if sum(part.size for part in parts) != os.fstat(descriptor).st_size:
            raise Conflict("The parts are not the whole of the upload", code="parts_missing")
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        publish(descriptor, temporary, final, root)
    finally:
        os.close(descriptor)


def concatenate(sources: Iterable[Path], temporary: Path, final: Path, root: Path) -> None:
    """Copy within the kernel (copy_file_range(2); a file system that can share blocks does). Raises NotFound."""
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
    try:
        for source in sources:
            _append(source, descriptor)
        publish(descriptor, temporary, final, root)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)


def _append(source: Path, descriptor: int) -> None:
    found = _open(source)
    try:
        while os.copy_file_range(found, descriptor, _COPY_BYTES):
            pass
    finally:
        os.close(found)


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError as missing:
        raise NotFound("The bytes of the upload are gone", code="blob_missing") from missing
